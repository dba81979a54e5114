// Running sums along the middle axis: x and out are [outer, n, inner], and out[o, i, j] is the sum of x[o, 0, j] to x[o, i, j], or, in
// reverse, of x[o, i, j] to x[o, n - 1, j]. If `columns` < inner, only the first `columns` columns of each matrix are computed; for
// later ones, advance both pointers.
import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";

/** Four columns of floats. The sums are float64; they are rounded when they are stored. */
@unmanaged class FloatColumns {
  @inline columns(x: usize, out: usize, n: i32, step: usize, left: i32): void {
    let low = f64x2.splat(0);
    let high = low;
    for (; n > 0; n--, x += step, out += step) {
      const v = loadUpTo4(x, left);
      low = f64x2.add(low, widenLow(v));
      high = f64x2.add(high, widenHigh(v));
      storeUpTo4(out, narrow(low, high), left);
    }
  }
}

/** Four columns of int32; sums wrap modulo 2^32. */
@unmanaged class IntColumns {
  @inline columns(x: usize, out: usize, n: i32, step: usize, left: i32): void {
    let sums = i32x4.splat(0);
    for (; n > 0; n--, x += step, out += step) {
      sums = i32x4.add(sums, loadUpTo4(x, left));
      storeUpTo4(out, sums, left);
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

export function cumsum(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  cumulate<FloatColumns>(x, out, outer, n, inner, reverse, columns);
}

/** cumsum for int32. */
export function cumsumI32(x: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  cumulate<IntColumns>(x, out, outer, n, inner, reverse, columns);
}
