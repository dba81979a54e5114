// Conversion from float32 to int8: q = clamp(round(x / scale) + zero, low, high), so x is about (q - zero) * scale. Arrays are
// [outer, channels, inner], and each channel has its own scale; with one channel, all elements share it. Ties round to even.

import { loadUpTo4, storeBytesUpTo4 } from "../lib/simd";

/** Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits. */
const ROUND: usize = memory.data<f32>([12582912]);

/** The least scale, the smallest normal float: with a smaller one, or 0 for a channel of zeros, x / scale would not be usable. */
const SMALLEST: f32 = 1.17549435e-38;

/** The bits of the largest magnitude of n floats. As integers, these bits are in the order of the floats, with NaN as the largest. */
function magnitudeBits(x: usize, n: i32): i32 {
  let largest = i32x4.splat(0);
  for (; n > 0; n -= 4, x += 16) largest = i32x4.max_s(largest, f32x4.abs(loadUpTo4(x, n)));
  largest = i32x4.max_s(largest, v128.shuffle<i32>(largest, largest, 2, 3, 0, 1));
  return max(i32x4.extract_lane(largest, 0), i32x4.extract_lane(largest, 1));
}

/** scale[c] = max |x| / limit over channel c. A NaN or Infinity in the channel makes its scale NaN or Infinity. */
export function absmaxScale(x: usize, scale: usize, outer: i32, channels: i32, inner: i32, limit: f32): void {
  memory.fill(scale, 0, <usize>channels << 2);
  for (; outer > 0; outer--) {
    for (let c = 0; c < channels; c++, x += <usize>inner << 2) {
      const at = scale + (<usize>c << 2);
      store<i32>(at, max(load<i32>(at), magnitudeBits(x, inner)));
    }
  }
  for (; channels > 0; channels--, scale += 4) {
    const s = load<f32>(scale) / limit;
    store<f32>(scale, s < SMALLEST ? SMALLEST : s);
  }
}

/** Four values q as bytes, in lanes of 0 to 255. A NaN gives `zero`. */
@inline
function quantize4(x: v128, scale: v128, low: v128, high: v128, zero: v128): v128 {
  const ratio = f32x4.div(x, scale);
  const number = v128.and(ratio, f32x4.eq(ratio, ratio));
  const held = f32x4.pmin(f32x4.pmax(number, low), high);
  const round = v128.load32_splat(ROUND);
  const whole = i32x4.sub(f32x4.add(held, round), round);
  return v128.and(i32x4.add(whole, zero), i32x4.splat(255));
}

/** out = q of each x; q - zero is clamped to low and high. */
export function quantizeInt8(
  x: usize, scale: usize, out: usize, outer: i32, channels: i32, inner: i32, low: f32, high: f32, zero: i32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const zeros = i32x4.splat(zero);
  for (; outer > 0; outer--) {
    for (let c = 0; c < channels; c++) {
      const s = v128.load32_splat(scale + (<usize>c << 2));
      for (let n = inner; n > 0; n -= 4) {
        storeBytesUpTo4(out, quantize4(loadUpTo4(x, n), s, lows, highs, zeros), n);
        x += <usize>min(n, 4) << 2;
        out += min(n, 4);
      }
    }
  }
}
