// Bytes from text, as scripts/text.mjs writes it: printable ASCII, one character for a frequent byte, two for a rare one.

/** How the characters are read. */
export interface Alphabet {
  /** Characters by their value; the last `escapes` of them open a pair. */
  readonly digits: string;
  readonly escapes: number;
  /** All byte values, the most frequent first, two hexadecimal digits each. */
  readonly ranked: string;
}

/** The bytes that `text` stands for. */
export function decodeText(text: string, { digits, escapes, ranked }: Alphabet): Uint8Array<ArrayBuffer> {
  const valueAt = new Uint8Array(128);
  for (let i = 0; i < digits.length; i++) valueAt[digits.charCodeAt(i)] = i;
  const byteAt = Uint8Array.from({ length: 256 }, (_, rank) => Number.parseInt(ranked.slice(2 * rank, 2 * rank + 2), 16));
  const singles = digits.length - escapes;
  const out = new Uint8Array(text.length);
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    let rank = valueAt[text.charCodeAt(i)] as number;
    if (rank >= singles) rank = singles + (rank - singles) * digits.length + (valueAt[text.charCodeAt(++i)] as number);
    out[size++] = byteAt[rank] as number;
  }
  return out.subarray(0, size);
}
