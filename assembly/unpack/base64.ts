// Base64 to bytes (RFC 4648), without padding.

/** The values of 16 characters: ranges of letters and digits lie apart by different steps; + is 43 and / is 47. */
@inline
function values(c: v128): v128 {
  let step = i8x16.splat(4); // 0 to 9
  step = v128.bitselect(i8x16.splat(-65), step, i8x16.gt_s(c, i8x16.splat(64)));
  step = v128.bitselect(i8x16.splat(-71), step, i8x16.gt_s(c, i8x16.splat(96)));
  step = v128.bitselect(i8x16.splat(16), step, i8x16.eq(c, i8x16.splat(47)));
  step = v128.bitselect(i8x16.splat(19), step, i8x16.eq(c, i8x16.splat(43)));
  return i8x16.add(c, step);
}

/**
 * Decodes `n` characters at `text` to `out`, which may be `text` itself: bytes come more slowly than characters. Up to 16 bytes are
 * read and written behind the end.
 */
export function base64(text: usize, n: i32, out: usize): void {
  for (const end = text + n; text < end; text += 16, out += 12) {
    const sixes = values(v128.load(text));
    // Two of 6 bits make 12 in 16, the first one higher; two of these make 24 in 32; three of the four bytes, the highest first.
    const twelves = v128.or(i16x8.shl(v128.and(sixes, i16x8.splat(0x3f)), 6), i16x8.shr_u(sixes, 8));
    const groups = v128.or(i32x4.shl(v128.and(twelves, i32x4.splat(0xfff)), 12), i32x4.shr_u(twelves, 16));
    v128.store(out, i8x16.swizzle(groups, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
  }
}
