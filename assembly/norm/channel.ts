// The channels of x [N, C, S] as vectors, for batch normalization. If S > 1, one channel is processed at a time: N rows of S floats, and
// a parameter is the same in all lanes. If S is 1, up to four neighbouring channels are processed at a time, one per lane, and so are
// their parameters. `width` is the number of channels, `length` the floats of a row of them.

import { loadTail, loadUpTo4, narrow, widenHigh, widenLow } from "../lib/simd";

/** Most floats that are summed in float32, in four chains; these sums are added in float64. So the error does not grow with N or S. */
const BLOCK: i32 = 256;

const LANES: usize = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** The number of channels that are processed together from channel c on. */
@inline
export function widthAt(c: i32, C: i32, S: i32): i32 {
  return S == 1 ? min(4, C - c) : 1;
}

@inline
export function lengthAt(width: i32, S: i32): i32 {
  return S == 1 ? width : S;
}

/** The parameter p [C] of the channels from c on, or `other` if p is 0. */
@inline
export function parameter(p: usize, c: i32, width: i32, S: i32, other: f32): v128 {
  if (!p) return f32x4.splat(other);
  p += <usize>c << 2;
  return S == 1 ? loadUpTo4(p, width) : v128.load32_splat(p);
}

/** Sums of op.of(x, g, mean, rest) in four lanes over n <= BLOCK floats; lanes past the end add nothing. */
@inline
function blockSum<Op>(x: usize, g: usize, n: i32, mean: v128, rest: v128): v128 {
  const op = changetype<Op>(0);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; n >= 16; n -= 16, x += 64, g += 64) {
    s0 = f32x4.add(s0, op.of(v128.load(x), v128.load(g), mean, rest));
    s1 = f32x4.add(s1, op.of(v128.load(x, 16), v128.load(g, 16), mean, rest));
    s2 = f32x4.add(s2, op.of(v128.load(x, 32), v128.load(g, 32), mean, rest));
    s3 = f32x4.add(s3, op.of(v128.load(x, 48), v128.load(g, 48), mean, rest));
  }
  for (; n >= 4; n -= 4, x += 16, g += 16) s0 = f32x4.add(s0, op.of(v128.load(x), v128.load(g), mean, rest));
  if (n > 0) {
    const last = op.of(loadTail(x, n), loadTail(g, n), mean, rest);
    s1 = f32x4.add(s1, v128.and(last, v128.load(LANES + (<usize>(4 - n) << 2))));
  }
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}

/** The sum of op over N rows of `length` floats, `stride` bytes apart, divided by `divisor`: per lane if S is 1, else one sum for all. */
@inline
export function channelSum<Op>(
  x: usize, g: usize, N: i32, length: i32, stride: usize, S: i32, mean: v128, rest: v128, divisor: f64,
): v128 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; N > 0; N--, x += stride, g += stride) {
    for (let j = 0; j < length; j += BLOCK) {
      const at = <usize>j << 2;
      const block = blockSum<Op>(x + at, g + at, min(BLOCK, length - j), mean, rest);
      low = f64x2.add(low, widenLow(block));
      high = f64x2.add(high, widenHigh(block));
    }
  }
  if (S > 1) {
    low = f64x2.add(low, high);
    low = f64x2.add(low, v128.shuffle<f64>(low, low, 1, 0));
    high = low;
  }
  const by = f64x2.splat(divisor);
  return narrow(f64x2.div(low, by), f64x2.div(high, by));
}
