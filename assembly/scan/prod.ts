// Products over the middle axis: x [outer, n, inner] -> out [outer, inner]; 1 if n is 0. `columns` as in cumulate.ts.
import { one } from "../lib/constants";
import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";
import { loadPadded } from "../reduce/row";

/** The product of a row, in float64. */
@inline
function prodRow(x: usize, n: i32): f64 {
  let low = f64x2.splat(1);
  let high = low;
  for (; n > 0; n -= 4, x += 16) {
    const v = loadPadded(x, n, one());
    low = f64x2.mul(low, widenLow(v));
    high = f64x2.mul(high, widenHigh(v));
  }
  low = f64x2.mul(low, high);
  return f64x2.extract_lane(low, 0) * f64x2.extract_lane(low, 1);
}

@inline
function prodColumns(x: usize, out: usize, n: i32, row: usize, left: i32): void {
  let low = f64x2.splat(1);
  let high = low;
  for (; n > 0; n--, x += row) {
    const v = loadUpTo4(x, left);
    low = f64x2.mul(low, widenLow(v));
    high = f64x2.mul(high, widenHigh(v));
  }
  storeUpTo4(out, narrow(low, high), left);
}

/** Products are float64 and rounded once, so they do not overflow on the way. */
export function prod(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const row = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * row, out += row) {
    if (inner == 1) store<f32>(out, <f32>prodRow(x, n));
    else for (let left = columns, at: usize = 0; left > 0; left -= 4, at += 16) prodColumns(x + at, out + at, n, row, left);
  }
}

/** prod for int32, modulo 2^32. */
export function prodI32(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const row = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * row, out += row) {
    for (let left = columns, at: usize = 0; left > 0; left -= 4, at += 16) {
      let result = i32x4.splat(1);
      for (let i = 0, from = x + at; i < n; i++, from += row) result = i32x4.mul(result, loadUpTo4(from, left));
      storeUpTo4(out + at, result, left);
    }
  }
}
