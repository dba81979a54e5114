// Sums over the middle axis: x [outer, n, inner] -> out [outer, inner]. An empty sum is 0. If `columns` < inner, only the first
// `columns` columns of each matrix are summed; for later ones, advance both pointers.
import { loadUpTo4, storeUpTo4, widenHigh, widenLow } from "../lib/simd";
import { blockRows, RUN, storeColumnSums } from "./column";
import { sumRow } from "./row";

/** Rows of int32 that are read together. */
const ROWS: i32 = 16;

/** Floats of a stretch. A long row is the sum in float64, in order, of the totals of its stretches, on one thread or several. */
const STRETCH: i32 = 4096;

/** The total of the first stretch of a row with n floats left. */
@inline
function sumStretch(x: usize, n: i32): f64 {
  return sumRow(x, min(n, STRETCH));
}

/** out = the sums of up to four columns over `rows` rows; if there is `more`, they are added to out. `stride` is bytes. */
@inline
function sumVector(x: usize, out: usize, rows: i32, stride: usize, left: i32, more: bool): void {
  let low = f64x2.splat(0);
  let high = low;
  while (rows > 0) {
    let run = min(rows, RUN);
    rows -= run;
    let a = f32x4.splat(0);
    for (; run >= 2; run -= 2, x += 2 * stride) {
      a = f32x4.add(a, f32x4.add(loadUpTo4(x, left), loadUpTo4(x + stride, left)));
    }
    if (run > 0) {
      a = f32x4.add(a, loadUpTo4(x, left));
      x += stride;
    }
    low = f64x2.add(low, widenLow(a));
    high = f64x2.add(high, widenHigh(a));
  }
  storeColumnSums(out, low, high, left, more);
}

/** The same for the 16 columns of a cache line. */
function sumLine(x: usize, out: usize, rows: i32, stride: usize, more: bool): void {
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
    for (; run >= 2; run -= 2, x += 2 * stride) {
      const y = x + stride;
      a = f32x4.add(a, f32x4.add(v128.load(x), v128.load(y)));
      b = f32x4.add(b, f32x4.add(v128.load(x, 16), v128.load(y, 16)));
      c = f32x4.add(c, f32x4.add(v128.load(x, 32), v128.load(y, 32)));
      d = f32x4.add(d, f32x4.add(v128.load(x, 48), v128.load(y, 48)));
    }
    if (run > 0) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
      x += stride;
    }
    low0 = f64x2.add(low0, widenLow(a));
    high0 = f64x2.add(high0, widenHigh(a));
    low1 = f64x2.add(low1, widenLow(b));
    high1 = f64x2.add(high1, widenHigh(b));
    low2 = f64x2.add(low2, widenLow(c));
    high2 = f64x2.add(high2, widenHigh(c));
    low3 = f64x2.add(low3, widenLow(d));
    high3 = f64x2.add(high3, widenHigh(d));
  }
  storeColumnSums(out, low0, high0, 4, more);
  storeColumnSums(out + 16, low1, high1, 4, more);
  storeColumnSums(out + 32, low2, high2, 4, more);
  storeColumnSums(out + 48, low3, high3, 4, more);
}

function sumColumns(x: usize, out: usize, n: i32, stride: usize, columns: i32): void {
  const block = blockRows(n);
  let done = 0;
  do {
    const rows = min(block, n - done);
    let left = columns;
    let from = x + <usize>done * stride;
    let to = out;
    for (; left >= 16; left -= 16, from += 64, to += 64) sumLine(from, to, rows, stride, done > 0);
    for (; left >= 4; left -= 4, from += 16, to += 16) sumVector(from, to, rows, stride, 4, done > 0);
    if (left > 0) sumVector(from, to, rows, stride, left, done > 0);
    done += rows;
  } while (done < n);
}

function sumLongRow(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (; n > 0; n -= STRETCH, x += STRETCH << 2) sum += sumStretch(x, n);
  return sum;
}

export function sum(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const stride = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * stride, out += stride) {
    if (inner == 1) store<f32>(out, <f32>sumLongRow(x, n));
    else sumColumns(x, out, n, stride, columns);
  }
}

/** Writes the float64 totals of the stretches of a row, for `addStretches`. */
export function sumStretches(x: usize, totals: usize, n: i32): void {
  for (; n > 0; n -= STRETCH, x += STRETCH << 2, totals += 8) store<f64>(totals, sumStretch(x, n));
}

/** out = the sum of a row, from the totals of its stretches; the same bytes as `sum`. */
export function addStretches(totals: usize, out: usize, count: i32): void {
  let sum: f64 = 0;
  for (; count > 0; count--, totals += 8) sum += load<f64>(totals);
  store<f32>(out, <f32>sum);
}

@inline
function sumRowI32(x: usize, n: i32): i32 {
  let sums = i32x4.splat(0);
  let more = sums;
  for (; n >= 8; n -= 8, x += 32) {
    sums = i32x4.add(sums, v128.load(x));
    more = i32x4.add(more, v128.load(x, 16));
  }
  for (; n > 0; n -= 4, x += 16) sums = i32x4.add(sums, loadUpTo4(x, n));
  sums = i32x4.add(sums, more);
  const pairs = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** out += the sums of up to four columns over `rows` rows. */
@inline
function addVectorI32(x: usize, out: usize, rows: i32, stride: usize, left: i32): void {
  let sums = loadUpTo4(out, left);
  for (; rows > 0; rows--, x += stride) sums = i32x4.add(sums, loadUpTo4(x, left));
  storeUpTo4(out, sums, left);
}

function sumColumnsI32(x: usize, out: usize, n: i32, stride: usize, columns: i32): void {
  memory.fill(out, 0, columns << 2);
  for (; n > 0; n -= ROWS, x += <usize>ROWS * stride) {
    const rows = min(n, ROWS);
    let left = columns;
    let from = x;
    let to = out;
    for (; left >= 4; left -= 4, from += 16, to += 16) addVectorI32(from, to, rows, stride, 4);
    if (left > 0) addVectorI32(from, to, rows, stride, left);
  }
}

/** sum for int32, modulo 2^32; the order of additions does not matter. */
export function sumI32(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const stride = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * stride, out += stride) {
    if (inner == 1) store<i32>(out, sumRowI32(x, n));
    else sumColumnsI32(x, out, n, stride, columns);
  }
}
