// Positions of the elements of a mask, which holds bytes, 0 or 1. Positions are int32.

/** The bits of the next min(n, 16) bytes: bit i is set if byte i is not 0. */
@inline
function bitsOf(mask: usize, n: i32): i32 {
  if (n >= 16) return i8x16.bitmask(i8x16.ne(v128.load(mask), i8x16.splat(0)));
  let bits = 0;
  for (let i = 0; i < n; i++) bits |= <i32>(load<u8>(mask + i) != 0) << i;
  return bits;
}

/** How many of n bytes are not 0. */
export function countTrue(mask: usize, n: i32): i32 {
  let count = 0;
  for (; n > 0; n -= 16, mask += 16) {
    // Adds up the 16 bits in pairs, in fours, in bytes: "Hacker's Delight", section 5-1.
    let bits = bitsOf(mask, n);
    bits -= (bits >> 1) & 0x5555;
    bits = (bits & 0x3333) + ((bits >> 2) & 0x3333);
    bits = (bits + (bits >> 4)) & 0x0f0f;
    count += (bits + (bits >> 8)) & 31;
  }
  return count;
}

/** The positions of the bytes that are not 0, in ascending order; out has room for as many as `countTrue` says. */
export function truePositions(mask: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 16, mask += 16) {
    for (let bits = bitsOf(mask, n - i); bits; bits &= bits - 1, out += 4) store<i32>(out, i + ctz(bits));
  }
}
