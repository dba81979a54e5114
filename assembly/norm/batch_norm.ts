// Batch normalization: y = (x - mean) / sqrt(variance + eps) * w + b with one mean, variance, w and b per channel of x [N, C, S].
// g has the shape of y; dx, dw and db have the shapes of x, w and b.
// The mean of a batch is the sum of two floats, `mean` and `rest`, its rounding error: if the deviation is small compared to the mean, the
// rounding error of one float would be as large as the deviation. The pointer `rest` is 0 for a mean without it.

import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";
import { channelSum, lengthAt, parameter, widthAt } from "./channel";

/** x - mean, where the mean is two floats. */
@inline
function deviation(x: v128, mean: v128, rest: v128): v128 {
  return f32x4.sub(f32x4.sub(x, mean), rest);
}

/** The terms of sums over a channel, from vectors of x and g. */
@unmanaged
class Deviations {
  @inline of(x: v128, g: v128, mean: v128, rest: v128): v128 {
    return deviation(x, mean, rest);
  }
}

@unmanaged
class SquaredDeviations {
  @inline of(x: v128, g: v128, mean: v128, rest: v128): v128 {
    const d = deviation(x, mean, rest);
    return f32x4.mul(d, d);
  }
}

@unmanaged
class Gradients {
  @inline of(x: v128, g: v128, mean: v128, rest: v128): v128 {
    return g;
  }
}

@unmanaged
class GradientsTimesDeviations {
  @inline of(x: v128, g: v128, mean: v128, rest: v128): v128 {
    return f32x4.mul(g, deviation(x, mean, rest));
  }
}

/** 1 / sqrt(var + eps), rounded once. */
@inline
function reciprocalDeviation(variance: v128, eps: f64): v128 {
  const one = f64x2.splat(1);
  const add = f64x2.splat(eps);
  return narrow(
    f64x2.div(one, f64x2.sqrt(f64x2.add(widenLow(variance), add))),
    f64x2.div(one, f64x2.sqrt(f64x2.add(widenHigh(variance), add))),
  );
}

/**
 * The mean, its rest and the biased variance of the first `channels` of C channels; for later ones, advance all pointers. The differences
 * from the channel's first value are averaged, so that equal values deviate by exactly 0. The variance is computed in a separate pass,
 * so that it is never a difference of large sums.
 */
export function batchNormStats(
  x: usize, mean: usize, rest: usize, variance: usize, N: i32, C: i32, S: i32, channels: i32,
): void {
  const stride = <usize>C * S << 2;
  const count = <f64>N * S;
  const none = f32x4.splat(0);
  let c = 0;
  while (c < channels) {
    const width = widthAt(c, channels, S);
    const length = lengthAt(width, S);
    const from = x + (<usize>c * S << 2);
    const first = parameter(count > 0 ? from : 0, 0, width, S, 0);
    const step = channelSum<Deviations>(from, from, N, length, stride, S, first, none, count);
    // Knuth's TwoSum: center + lack is first + step exactly.
    const center = f32x4.add(first, step);
    const part = f32x4.sub(center, first);
    const lack = f32x4.add(f32x4.sub(first, f32x4.sub(center, part)), f32x4.sub(step, part));
    const spread = channelSum<SquaredDeviations>(from, from, N, length, stride, S, center, lack, count);
    const at = <usize>c << 2;
    storeUpTo4(mean + at, center, width);
    storeUpTo4(rest + at, lack, width);
    storeUpTo4(variance + at, spread, width);
    c += width;
  }
}

/** out = (x - mean) / sqrt(variance + eps) * w + b. rest, w and b are [C], or 0 for none. */
export function batchNorm(
  x: usize, mean: usize, rest: usize, variance: usize, w: usize, b: usize, out: usize, N: i32, C: i32, S: i32, eps: f64,
): void {
  const stride = <usize>C * S << 2;
  let c = 0;
  while (c < C) {
    const width = widthAt(c, C, S);
    const length = lengthAt(width, S);
    const center = parameter(mean, c, width, S, 0);
    const lack = parameter(rest, c, width, S, 0);
    const scale = f32x4.mul(reciprocalDeviation(parameter(variance, c, width, S, 0), eps), parameter(w, c, width, S, 1));
    const shift = parameter(b, c, width, S, 0);
    let at = <usize>c * S << 2;
    for (let n = 0; n < N; n++, at += stride) {
      for (let j = 0; j < length; j += 4) {
        const place = at + (<usize>j << 2);
        const d = deviation(loadUpTo4(x + place, length - j), center, lack);
        storeUpTo4(out + place, f32x4.add(f32x4.mul(d, scale), shift), length - j);
      }
    }
    c += width;
  }
}

/**
 * The gradients for g, the gradient of y. With r = 1 / sqrt(variance + eps), dw = sum of g * (x - mean) * r and db = sum of g. If mean and
 * variance are those of this batch (training), dx = w * r * (g - db / n - (x - mean) * r * dw / n) with n = N * S values in a channel,
 * else dx = w * r * g. rest, w, dx, dw and db may be 0. Only the first `channels` of C channels are computed, as in `batchNormStats`.
 */
export function batchNormGrad(
  g: usize, x: usize, mean: usize, rest: usize, variance: usize, w: usize, dx: usize, dw: usize, db: usize,
  N: i32, C: i32, S: i32, eps: f64, training: i32, channels: i32,
): void {
  const stride = <usize>C * S << 2;
  const count = f32x4.splat(<f32>(<f64>N * S));
  let c = 0;
  while (c < channels) {
    const width = widthAt(c, channels, S);
    const length = lengthAt(width, S);
    let at = <usize>c * S << 2;
    const center = parameter(mean, c, width, S, 0);
    const lack = parameter(rest, c, width, S, 0);
    const r = reciprocalDeviation(parameter(variance, c, width, S, 0), eps);
    const sums = training != 0 || dw != 0 || db != 0;
    let bias = f32x4.splat(0);
    let weight = bias;
    if (sums) {
      bias = channelSum<Gradients>(g + at, g + at, N, length, stride, S, center, lack, 1);
      weight = f32x4.mul(r, channelSum<GradientsTimesDeviations>(x + at, g + at, N, length, stride, S, center, lack, 1));
    }
    if (dw) storeUpTo4(dw + (<usize>c << 2), weight, width);
    if (db) storeUpTo4(db + (<usize>c << 2), bias, width);
    if (dx) {
      const scale = f32x4.mul(r, parameter(w, c, width, S, 1));
      const level = training ? f32x4.div(bias, count) : f32x4.splat(0);
      const slope = training ? f32x4.div(f32x4.mul(r, weight), count) : f32x4.splat(0);
      for (let n = 0; n < N; n++, at += stride) {
        for (let j = 0; j < length; j += 4) {
          const place = at + (<usize>j << 2);
          const left = length - j;
          let v = loadUpTo4(g + place, left);
          if (training) {
            const d = deviation(loadUpTo4(x + place, left), center, lack);
            v = f32x4.sub(f32x4.sub(v, level), f32x4.mul(d, slope));
          }
          storeUpTo4(dx + place, f32x4.mul(v, scale), left);
        }
      }
    }
    c += width;
  }
}
