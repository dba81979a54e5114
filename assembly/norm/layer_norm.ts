// Layer normalization: y = (x - mean) * r * w + b over each row of x [R, n], with r = 1 / sqrt(variance + eps); w and b are [n], or 0 for
// none. If `centred` is 0, the mean is taken to be 0, so that r is 1 / the root of the mean square (RMS normalization). g has the shape of y; dx and dw have the shapes of x and w. Each row is read from memory once; later passes find it in the cache.
// A mean is the sum of two floats, `mean` and `rest`, its rounding error. If the deviation is small compared to the mean, x - mean is
// exact, and the rounding error of one float would be as large as the deviation.

import { loadUpTo4, madd, nmadd, storeUpTo4, widenHigh, widenLow } from "../lib/simd";
import { blockRows, RUN, storeColumnSums } from "../reduce/column";
import { addWide, BLOCK, loadPadded, reduceRow, totalOf } from "../reduce/row";

/** A vector that is read repeatedly in place of a missing weight, and one in place of a missing bias. */
const ONES: usize = memory.data<f32>([1, 1, 1, 1]);
const ZEROS: usize = memory.data<f32>([0, 0, 0, 0]);

/** Bytes to the next vector of a weight or bias; 0 if it is missing. */
@inline
function stepOf(p: usize): usize {
  return p ? 16 : 0;
}

@unmanaged
class Deviations {
  @inline
  step(sum: v128, x: usize, _y: usize, left: i32, from: v128): v128 {
    return f32x4.add(sum, f32x4.sub(loadPadded(x, left, from), from));
  }
}

@unmanaged
class SquaredDeviations {
  @inline
  step(sum: v128, x: usize, _y: usize, left: i32, mean: v128): v128 {
    const d = f32x4.sub(loadPadded(x, left, mean), mean);
    return madd(d, d, sum);
  }
}

/** x - mean, where the mean is two floats. */
@inline
function deviation(x: v128, mean: v128, rest: v128): v128 {
  return f32x4.sub(f32x4.sub(x, mean), rest);
}

/** (x - mean - rest) * r * w + b; `lack` is -rest * r. */
@inline
function normalized(x: v128, mean: v128, r: v128, lack: v128, w: v128, b: v128): v128 {
  return madd(madd(f32x4.sub(x, mean), r, lack), w, b);
}

/**
 * out = y; mean, rest and rstd [R] receive the mean and r. The differences from the row's first element are averaged, so that equal
 * elements deviate by exactly 0. The variance is computed in a separate pass, so that it is never a difference of large sums. Its squares
 * are those of x minus the first float of the mean; their average is the variance plus rest * rest, which is at most half of the average.
 */
export function layerNorm(
  x: usize, w: usize, b: usize, out: usize, mean: usize, rest: usize, rstd: usize, rows: i32, n: i32, eps: f64,
  centred: i32,
): void {
  const wStep = stepOf(w);
  const bStep = stepOf(b);
  if (!w) w = ONES;
  if (!b) b = ZEROS;
  const stride = <usize>n << 2;
  for (; rows > 0; rows--, x += stride, out += stride, mean += 4, rest += 4, rstd += 4) {
    const first = n > 0 ? load<f32>(x) : 0;
    const exact = centred ? <f64>first + reduceRow<Deviations>(x, x, n, f32x4.splat(first)) / n : 0;
    const center = <f32>exact;
    const lack = exact - <f64>center;
    const m = f32x4.splat(center);
    const variance = max<f64>(reduceRow<SquaredDeviations>(x, x, n, m) / n - lack * lack, 0);
    const scale = <f32>(1 / sqrt<f64>(variance + eps));
    const r = f32x4.splat(scale);
    const l = f32x4.splat(<f32>(-lack * scale));
    store<f32>(mean, center);
    store<f32>(rest, <f32>lack);
    store<f32>(rstd, scale);
    let at: usize = 0;
    let wAt = w;
    let bAt = b;
    let left = n;
    for (; left >= 8; left -= 8, at += 32, wAt += 2 * wStep, bAt += 2 * bStep) {
      const y0 = normalized(v128.load(x + at), m, r, l, v128.load(wAt), v128.load(bAt));
      const y1 = normalized(v128.load(x + at, 16), m, r, l, v128.load(wAt + wStep), v128.load(bAt + bStep));
      v128.store(out + at, y0);
      v128.store(out + at, y1, 16);
    }
    for (; left > 0; left -= 4, at += 16, wAt += wStep, bAt += bStep) {
      const y = normalized(loadUpTo4(x + at, left), m, r, l, loadUpTo4(wAt, left), loadUpTo4(bAt, left));
      storeUpTo4(out + at, y, left);
    }
  }
}

@inline
function inputGradient(g: v128, d: v128, level: v128, slope: v128, r: v128): v128 {
  return f32x4.mul(r, nmadd(d, slope, f32x4.sub(g, level)));
}

/**
 * dx = r * (g * w - level - (x - mean) * slope); level is the mean of g * w, or 0 if the rows are not `centred`, and slope is r * r times the
 * mean of g * w * (x - mean).
 */
export function layerNormGrad(
  g: usize, x: usize, mean: usize, rest: usize, rstd: usize, w: usize, dx: usize, rows: i32, n: i32, centred: i32,
): void {
  const step = stepOf(w);
  if (!w) w = ONES;
  const stride = <usize>n << 2;
  for (; rows > 0; rows--, g += stride, x += stride, dx += stride, mean += 4, rest += 4, rstd += 4) {
    const m = v128.load32_splat(mean);
    const l = v128.load32_splat(rest);
    let sums = f64x2.splat(0);
    let products = sums;
    let at: usize = 0;
    let wAt = w;
    let remaining = n;
    while (remaining > 0) {
      let left = min(remaining, BLOCK / 2);
      remaining -= left;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let p0 = s0;
      let p1 = s0;
      for (; left >= 8; left -= 8, at += 32, wAt += 2 * step) {
        const g0 = f32x4.mul(v128.load(g + at), v128.load(wAt));
        const g1 = f32x4.mul(v128.load(g + at, 16), v128.load(wAt + step));
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        p0 = madd(g0, deviation(v128.load(x + at), m, l), p0);
        p1 = madd(g1, deviation(v128.load(x + at, 16), m, l), p1);
      }
      for (; left > 0; left -= 4, at += 16, wAt += step) {
        // Past the end g is 0, so these lanes add nothing.
        const g0 = f32x4.mul(loadUpTo4(g + at, left), loadUpTo4(wAt, left));
        s0 = f32x4.add(s0, g0);
        p0 = madd(g0, deviation(loadUpTo4(x + at, left), m, l), p0);
      }
      sums = addWide(sums, f32x4.add(s0, s1));
      products = addWide(products, f32x4.add(p0, p1));
    }
    const scale = <f64>load<f32>(rstd);
    const r = f32x4.splat(<f32>scale);
    const level = f32x4.splat(centred ? <f32>(totalOf(sums) / n) : 0);
    const slope = f32x4.splat(<f32>(totalOf(products) * scale * scale / n));
    at = 0;
    wAt = w;
    let left = n;
    for (; left >= 8; left -= 8, at += 32, wAt += 2 * step) {
      const g0 = f32x4.mul(v128.load(g + at), v128.load(wAt));
      const g1 = f32x4.mul(v128.load(g + at, 16), v128.load(wAt + step));
      const d0 = deviation(v128.load(x + at), m, l);
      const d1 = deviation(v128.load(x + at, 16), m, l);
      v128.store(dx + at, inputGradient(g0, d0, level, slope, r));
      v128.store(dx + at, inputGradient(g1, d1, level, slope, r), 16);
    }
    for (; left > 0; left -= 4, at += 16, wAt += step) {
      const gw = f32x4.mul(loadUpTo4(g + at, left), loadUpTo4(wAt, left));
      const d = deviation(loadUpTo4(x + at, left), m, l);
      storeUpTo4(dx + at, inputGradient(gw, d, level, slope, r), left);
    }
  }
}

/** sum + g * r * (x - mean), for up to four columns of a row. */
@inline
function addScaled(sum: v128, g: usize, x: usize, left: i32, m: v128, l: v128, r: v128): v128 {
  return madd(f32x4.mul(loadUpTo4(g, left), r), deviation(loadUpTo4(x, left), m, l), sum);
}

/** dw of 16 columns if `vectors` is 4, of up to 4 columns if it is 1, over `rows` rows. `vectors` is a constant where this is inlined. */
@inline
function gradColumns(
  vectors: i32, g: usize, x: usize, mean: usize, rest: usize, rstd: usize, dw: usize, rows: i32, stride: usize, left: i32, more: bool,
): void {
  let low0 = f64x2.splat(0);
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high0 = low0;
  let high1 = low0;
  let high2 = low0;
  let high3 = low0;
  while (rows > 0) {
    let run = min(rows, RUN);
    rows -= run;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (; run > 0; run--, g += stride, x += stride, mean += 4, rest += 4, rstd += 4) {
      const m = v128.load32_splat(mean);
      const l = v128.load32_splat(rest);
      const r = v128.load32_splat(rstd);
      a = addScaled(a, g, x, left, m, l, r);
      if (vectors > 1) {
        b = addScaled(b, g + 16, x + 16, 4, m, l, r);
        c = addScaled(c, g + 32, x + 32, 4, m, l, r);
        d = addScaled(d, g + 48, x + 48, 4, m, l, r);
      }
    }
    low0 = f64x2.add(low0, widenLow(a));
    high0 = f64x2.add(high0, widenHigh(a));
    if (vectors > 1) {
      low1 = f64x2.add(low1, widenLow(b));
      high1 = f64x2.add(high1, widenHigh(b));
      low2 = f64x2.add(low2, widenLow(c));
      high2 = f64x2.add(high2, widenHigh(c));
      low3 = f64x2.add(low3, widenLow(d));
      high3 = f64x2.add(high3, widenHigh(d));
    }
  }
  storeColumnSums(dw, low0, high0, left, more);
  if (vectors > 1) {
    storeColumnSums(dw + 16, low1, high1, 4, more);
    storeColumnSums(dw + 32, low2, high2, 4, more);
    storeColumnSums(dw + 48, low3, high3, 4, more);
  }
}

/** dw = the sum of g * (x - mean) * r over the rows, in the first `columns` of n columns; 0 if there are no rows. */
export function layerNormGradWeight(
  g: usize, x: usize, mean: usize, rest: usize, rstd: usize, dw: usize, rows: i32, n: i32, columns: i32,
): void {
  const stride = <usize>n << 2;
  const block = blockRows(rows);
  let done = 0;
  do {
    const height = min(block, rows - done);
    const at = <usize>done * stride;
    const stats = <usize>done << 2;
    let column: usize = 0;
    let left = columns;
    for (; left >= 16; left -= 16, column += 64) {
      gradColumns(4, g + at + column, x + at + column, mean + stats, rest + stats, rstd + stats, dw + column, height, stride, 4, done > 0);
    }
    for (; left > 0; left -= 4, column += 16) {
      gradColumns(1, g + at + column, x + at + column, mean + stats, rest + stats, rstd + stats, dw + column, height, stride, left, done > 0);
    }
    done += height;
  } while (done < rows);
}
