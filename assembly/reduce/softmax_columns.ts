// Softmax and its logarithm along the middle axis: x, g, y, out [outer, n, inner], by the formulas of softmax.ts. Four columns are
// computed together, one per lane, so nothing is transposed. If `columns` < inner, only the first `columns` columns of each matrix are
// computed; for later ones, advance all pointers. out may be an input.
import { magnitude, minusInfinity, one } from "../lib/constants";
import { expMinus, log } from "../lib/math";
import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";

/** The maximum of each column. It may lose a NaN, but then the exponential of that NaN makes the sum NaN. */
@inline
function maxColumns(x: usize, n: i32, stride: usize, left: i32): v128 {
  let m = minusInfinity();
  for (; n > 0; n--, x += stride) m = f32x4.pmax(loadUpTo4(x, left), m);
  return m;
}

/** The terms of a sum over a column, from vectors of x and y and a parameter p per column. */
@unmanaged class Exponentials {
  @inline of(x: v128, _y: v128, max: v128): v128 { return expMinus(f32x4.sub(max, x)); }
}
@unmanaged class Products {
  @inline of(g: v128, y: v128, _p: v128): v128 { return f32x4.mul(g, y); }
}
@unmanaged class Values {
  @inline of(g: v128, _y: v128, _p: v128): v128 { return g; }
}

/** The sum of each column, computed in float64. */
@inline
function columnSum<Op>(x: usize, y: usize, n: i32, stride: usize, left: i32, p: v128): v128 {
  const op = changetype<Op>(0);
  let low = f64x2.splat(0);
  let high = low;
  for (; n > 0; n--, x += stride, y += stride) {
    const v = op.of(loadUpTo4(x, left), loadUpTo4(y, left), p);
    low = f64x2.add(low, widenLow(v));
    high = f64x2.add(high, widenHigh(v));
  }
  return narrow(low, high);
}

@unmanaged class Softmax {
  @inline columns(x: usize, _y: usize, out: usize, n: i32, stride: usize, left: i32): void {
    const max = maxColumns(x, n, stride, left);
    let low = f64x2.splat(0);
    let high = low;
    const first = out;
    for (let i = 0; i < n; i++, x += stride, out += stride) {
      const e = expMinus(f32x4.sub(max, loadUpTo4(x, left)));
      storeUpTo4(out, e, left);
      low = f64x2.add(low, widenLow(e));
      high = f64x2.add(high, widenHigh(e));
    }
    const scale = f32x4.div(one(), narrow(low, high));
    out = first;
    for (; n > 0; n--, out += stride) storeUpTo4(out, f32x4.mul(loadUpTo4(out, left), scale), left);
  }
}

@unmanaged class LogSoftmax {
  @inline columns(x: usize, _y: usize, out: usize, n: i32, stride: usize, left: i32): void {
    const max = maxColumns(x, n, stride, left);
    const logSum = log(columnSum<Exponentials>(x, x, n, stride, left, max));
    // The maximum is subtracted first: if it is large, x - max is exact, but max + logSum would be rounded.
    for (; n > 0; n--, x += stride, out += stride) {
      storeUpTo4(out, f32x4.sub(f32x4.sub(loadUpTo4(x, left), max), logSum), left);
    }
  }
}

@unmanaged class SoftmaxGrad {
  @inline columns(g: usize, y: usize, out: usize, n: i32, stride: usize, left: i32): void {
    const dot = columnSum<Products>(g, y, n, stride, left, one());
    for (; n > 0; n--, g += stride, y += stride, out += stride) {
      storeUpTo4(out, f32x4.mul(loadUpTo4(y, left), f32x4.sub(loadUpTo4(g, left), dot)), left);
    }
  }
}

@unmanaged class LogSoftmaxGrad {
  @inline columns(g: usize, y: usize, out: usize, n: i32, stride: usize, left: i32): void {
    const sum = columnSum<Values>(g, y, n, stride, left, one());
    for (; n > 0; n--, g += stride, y += stride, out += stride) {
      const p = expMinus(magnitude(loadUpTo4(y, left)));
      storeUpTo4(out, f32x4.sub(loadUpTo4(g, left), f32x4.mul(p, sum)), left);
    }
  }
}

@inline
function overColumns<Of>(x: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const of_ = changetype<Of>(0);
  const stride = <usize>inner << 2;
  const plane = <usize>n * stride;
  for (; outer > 0; outer--, x += plane, y += plane, out += plane) {
    for (let left = columns, at: usize = 0; left > 0; left -= 4, at += 16) of_.columns(x + at, y + at, out + at, n, stride, left);
  }
}

export function softmaxColumns(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  overColumns<Softmax>(x, x, out, outer, n, inner, columns);
}

export function logSoftmaxColumns(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  overColumns<LogSoftmax>(x, x, out, outer, n, inner, columns);
}

/** y * (g - sum(g * y)) with y the output. */
export function softmaxGradColumns(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  overColumns<SoftmaxGrad>(g, y, out, outer, n, inner, columns);
}

/** g - exp(y) * sum(g) with y the output. */
export function logSoftmaxGradColumns(g: usize, y: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  overColumns<LogSoftmaxGrad>(g, y, out, outer, n, inner, columns);
}
