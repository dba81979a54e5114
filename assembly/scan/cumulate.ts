// Running results along the middle axis: x and out are [outer, n, inner], and out[o, i, j] is the sum or product of x[o, 0, j] to
// x[o, i, j], or, in reverse, of x[o, i, j] to x[o, n - 1, j]. If `columns` < inner, only the first `columns` columns of each matrix are
// computed; for later ones, advance both pointers.
import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";

@unmanaged class Sum {
  @inline unit(): f64 { return 0; }
  @inline number(a: f64, b: f64): f64 { return a + b; }
  @inline wide(a: v128, b: v128): v128 { return f64x2.add(a, b); }
  @inline whole(a: v128, b: v128): v128 { return i32x4.add(a, b); }
}

@unmanaged class Product {
  @inline unit(): f64 { return 1; }
  @inline number(a: f64, b: f64): f64 { return a * b; }
  @inline wide(a: v128, b: v128): v128 { return f64x2.mul(a, b); }
  @inline whole(a: v128, b: v128): v128 { return i32x4.mul(a, b); }
}

/** Four columns of floats. The results are float64; they are rounded when they are stored. */
@unmanaged class FloatColumns<Op> {
  @inline columns(x: usize, out: usize, n: i32, step: usize, left: i32): void {
    const op = changetype<Op>(0);
    let low = f64x2.splat(op.unit());
    let high = low;
    for (; n > 0; n--, x += step, out += step) {
      const v = loadUpTo4(x, left);
      low = op.wide(low, widenLow(v));
      high = op.wide(high, widenHigh(v));
      storeUpTo4(out, narrow(low, high), left);
    }
  }
}

/** Four columns of int32; results wrap modulo 2^32. */
@unmanaged class IntColumns<Op> {
  @inline columns(x: usize, out: usize, n: i32, step: usize, left: i32): void {
    const op = changetype<Op>(0);
    let results = i32x4.splat(<i32>op.unit());
    for (; n > 0; n--, x += step, out += step) {
      results = op.whole(results, loadUpTo4(x, left));
      storeUpTo4(out, results, left);
    }
  }
}

@inline
function cumulate<Of>(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  const of_ = changetype<Of>(0);
  const row = <usize>inner << 2;
  const plane = <usize>n * row;
  const first = reverse ? plane - row : 0;
  const step = reverse ? -row : row;
  for (; outer > 0; outer--, x += plane, out += plane) {
    for (let left = columns, at = first; left > 0; left -= 4, at += 16) of_.columns(x + at, out + at, n, step, left);
  }
}

/**
 * A contiguous row of floats. Four elements are combined among themselves before they are combined with those before them, so that the
 * chain of operations that wait for each other has a fourth of the length.
 */
@inline
function row<Op>(x: usize, out: usize, n: i32, step: usize): void {
  const op = changetype<Op>(0);
  const toOut = out - x;
  let before = op.unit();
  for (; n >= 4; n -= 4) {
    const a = <f64>load<f32>(x);
    const b = op.number(a, <f64>load<f32>(x + step));
    const c = op.number(b, <f64>load<f32>(x + 2 * step));
    const d = op.number(c, <f64>load<f32>(x + 3 * step));
    store<f32>(x + toOut, <f32>op.number(before, a));
    x += step;
    store<f32>(x + toOut, <f32>op.number(before, b));
    x += step;
    store<f32>(x + toOut, <f32>op.number(before, c));
    x += step;
    before = op.number(before, d);
    store<f32>(x + toOut, <f32>before);
    x += step;
  }
  let last = op.unit();
  for (; n > 0; n--, x += step) {
    last = op.number(last, <f64>load<f32>(x));
    store<f32>(x + toOut, <f32>op.number(before, last));
  }
}

@inline
function floats<Op>(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  if (inner != 1) {
    cumulate<FloatColumns<Op>>(x, out, outer, n, inner, reverse, columns);
    return;
  }
  const size = <usize>n << 2;
  const width: usize = 4;
  const first = reverse ? size - width : 0;
  const step = reverse ? -width : width;
  for (; outer > 0; outer--, x += size, out += size) row<Op>(x + first, out + first, n, step);
}

export function cumsum(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  floats<Sum>(x, out, outer, n, inner, reverse, columns);
}

export function cumprod(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  floats<Product>(x, out, outer, n, inner, reverse, columns);
}

/** cumsum for int32. */
export function cumsumI32(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  cumulate<IntColumns<Sum>>(x, out, outer, n, inner, reverse, columns);
}

/** cumprod for int32. */
export function cumprodI32(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  cumulate<IntColumns<Product>>(x, out, outer, n, inner, reverse, columns);
}
