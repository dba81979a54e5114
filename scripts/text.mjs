// Bytes as text for a string literal: one character for a frequent byte, two for a rare one. gzip sees whole bytes and their
// repetition in it, which base64 hides, and half the length of hexadecimal, which leaves its window of 32 KB twice the room.

/** Printable ASCII without what a literal of any quotes, or one inside a <script> element, would have to escape. */
const DIGITS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((character) => !"\"'`\\$<".includes(character))
  .join("");
/** Characters that open a pair: 87 single ones and 2 * 89 pairs are enough for 256 bytes. */
const ESCAPES = 2;
const SINGLES = DIGITS.length - ESCAPES;

/**
 * Texts for several byte strings, in one alphabet. `src/wasm/modules/text.ts` reads them.
 * @param {Buffer[]} parts
 * @returns {{ alphabet: { digits: string, escapes: number, ranked: string }, texts: string[] }}
 */
export function encodeTexts(parts) {
  const counts = new Array(256).fill(0);
  for (const part of parts) for (const byte of part) counts[byte]++;
  const ranked = Buffer.from([...counts.keys()]).sort((a, b) => counts[b] - counts[a] || a - b);
  const codes = [];
  ranked.forEach((byte, rank) => {
    const pair = rank - SINGLES;
    codes[byte] = pair < 0 ? DIGITS[rank] : DIGITS[SINGLES + Math.floor(pair / DIGITS.length)] + DIGITS[pair % DIGITS.length];
  });
  const texts = parts.map((part) => Array.from(part, (byte) => codes[byte]).join(""));
  return { alphabet: { digits: DIGITS, escapes: ESCAPES, ranked: ranked.toString("hex") }, texts };
}
