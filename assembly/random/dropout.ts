// Dropout: each element is kept with probability 1 - p and scaled by 1 / (1 - p), or becomes 0. The mask, one byte per element, is
// computed first; values and gradients are then masked by the same loop.
import { bit, packBytes } from "../lib/simd";
import { generate } from "./words";

/** 1 in the lanes whose upper 24 bits reach `least`. */
@inline
function keepMask(bits: v128, least: v128): v128 {
  return bit(i32x4.ge_s(i32x4.shr_u(bits, 8), least));
}

@unmanaged
class Keep {
  @inline
  emit(mask: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128, least: v128, _b: v128, _c: v128): void {
    // Element 4*l + j is lane l of wj, so byte 4*j + l of the packed vector.
    const packed = packBytes(keepMask(w0, least), keepMask(w1, least), keepMask(w2, least), keepMask(w3, least));
    let bytes = v128.shuffle<i8>(packed, packed, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    mask += i;
    if (left >= 16) {
      v128.store(mask, bytes);
      return;
    }
    for (; left > 0; left--, mask++) {
      v128.store_lane<u8>(mask, bytes, 0);
      bytes = v128.shuffle<i8>(bytes, bytes, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
    }
  }
}

/** out = mask ? x / (1 - p) : 0. A dropped element is 0 even if it was NaN. */
function applyMask(x: usize, mask: usize, out: usize, n: i32, p: f32): void {
  const scale = <f32>(1 / (1 - <f64>p)); // infinite for p = 1, and then no element is kept
  const scales = f32x4.splat(scale);
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 16, out += 16, mask += 4) {
    const kept = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(mask)));
    const drop = i32x4.eq(kept, i32x4.splat(0));
    v128.store(out, v128.andnot(f32x4.mul(v128.load(x), scales), drop));
  }
  for (; i < n; i++, x += 4, out += 4, mask++) store<f32>(out, load<u8>(mask) ? load<f32>(x) * scale : 0);
}

export function dropout(
  x: usize, out: usize, mask: usize, n: i32, p: f32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32,
): void {
  const least = i32x4.splat(<i32>ceil(<f64>p * 16777216)); // of the upper 24 bits of a word
  generate<Keep>(mask, n, seedLo, seedHi, offLo, offHi, least, least, least);
  applyMask(x, mask, out, n, p);
}

export function dropoutGrad(g: usize, mask: usize, out: usize, n: i32, p: f32): void {
  applyMask(g, mask, out, n, p);
}
