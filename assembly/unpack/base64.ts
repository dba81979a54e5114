// Base64 to bytes (RFC 4648), without padding.

/** The six bits that a character stands for. */
@inline
function sixBits(c: i32): i32 {
  if (c >= 97) return c - 71; // a to z
  if (c >= 65) return c - 65; // A to Z
  if (c >= 48) return c + 4; // 0 to 9
  return c == 43 ? 62 : 63; // + and /
}

/** Decodes `n` characters at `text` to `out`, which may be `text` itself: bytes come more slowly than characters. */
export function base64(text: usize, n: i32, out: usize): void {
  let held = 0;
  for (let i = 0; i < n; i++) {
    held = (held << 6) | sixBits(load<u8>(text + i));
    if (i & 3) store<u8>(out++, held >> (6 - 2 * (i & 3)));
  }
}
