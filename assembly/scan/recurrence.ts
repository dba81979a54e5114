// Recurrences and running extremes along the middle axis. Sizes and `columns` as in cumulate.ts.
import { keys } from "../lib/order";
import { loadUpTo4, narrow, storeUpTo4, widenHigh, widenLow } from "../lib/simd";

@inline
function recurrenceColumns(a: usize, b: usize, out: usize, n: i32, step: usize, left: i32): void {
  let low = f64x2.splat(0);
  let high = low;
  for (; n > 0; n--, a += step, b += step, out += step) {
    const factor = loadUpTo4(a, left);
    const term = loadUpTo4(b, left);
    low = f64x2.add(widenLow(term), f64x2.mul(widenLow(factor), low));
    high = f64x2.add(widenHigh(term), f64x2.mul(widenHigh(factor), high));
    storeUpTo4(out, narrow(low, high), left);
  }
}

/** out[i] = b[i] + a[i] out[i - 1], with 0 before the first; in reverse, out[i + 1] and 0 behind the last. In float64, rounded once. */
export function recurrence(a: usize, b: usize, out: usize, outer: i32, n: i32, inner: i32, reverse: i32, columns: i32): void {
  const row = <usize>inner << 2;
  const plane = <usize>n * row;
  const first = reverse ? plane - row : 0;
  const step = reverse ? -row : row;
  for (; outer > 0; outer--, a += plane, b += plane, out += plane) {
    for (let left = columns, at = first; left > 0; left -= 4, at += 16) recurrenceColumns(a + at, b + at, out + at, n, step, left);
  }
}

/** The position of the largest element so far, the last one of equals; NaN is the largest. */
export function cummax(x: usize, out: usize, outer: i32, n: i32, inner: i32, float: i32, columns: i32): void {
  const row = <usize>inner << 2;
  const plane = <usize>n * row;
  for (; outer > 0; outer--, x += plane, out += plane) {
    for (let left = columns, from = x, to = out; left > 0; left -= 4, from += 16, to += 16) {
      let best = i32x4.splat(i32.MIN_VALUE);
      let position = i32x4.splat(0);
      for (let i = 0, at: usize = 0; i < n; i++, at += row) {
        const key = keys(loadUpTo4(from + at, left), float, 0);
        const better = i32x4.ge_s(key, best);
        best = v128.bitselect(key, best, better);
        position = v128.bitselect(i32x4.splat(i), position, better);
        storeUpTo4(to + at, position, left);
      }
    }
  }
}
