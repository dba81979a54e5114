// Weighted sums along one axis: out[o, j, i] = sum over t of weight * x[o, index, i], where output j has the pairs (index, weight) of its
// column of a table. x is [outer, nx, inner], out [outer, n, inner], float32.
//
// The table is cut into groups of four outputs: group g has the entries starts[g] to starts[g + 1] of `taps`, and an entry is four indices
// times 4, then four weights, one for each output of the group. A weight of -0 marks a pair that is not there, so that nothing is read for it that
// could be NaN; real weights of zero are +0.
import { loadUpTo4, madd, storeUpTo4 } from "../lib/simd";
import { bytesAt, ENTRY_BYTES, missing, mixGroup, mixTwoRows, NONE } from "./mix";

/** inner = 1: a row of out, four outputs at once. */
function mixElements(x: usize, out: usize, starts: usize, taps: usize, n: i32, zero: f32): void {
  for (; n > 0; n -= 4, starts += 4, out += 16) {
    const end = taps + <usize>load<i32>(starts, 4) * ENTRY_BYTES;
    mixGroup(x, out, taps + <usize>load<i32>(starts) * ENTRY_BYTES, end, n, zero);
  }
}

/** Rows whose inputs and outputs stay in the first cache while a group is computed for all of them. */
const ROWS = 32;

/**
 * inner = 1, one or two entries for each group, as of an image that grows: a group for some rows, which are `rowX` and `rowOut` bytes apart. If
 * its outputs read four neighbours at most, it takes one load and a swizzle for each entry.
 */
@inline
function mixColumn(x: usize, out: usize, first: usize, end: usize, rows: i32, rowX: usize, rowOut: usize, n: i32, zero: f32): void {
  const last = end - ENTRY_BYTES; // the same as the first if there is one
  const from = min<i32>(load<i32>(first), <i32>rowX - 16);
  const start = i32x4.splat(from);
  const offsetsA = i32x4.sub(v128.load(first), start);
  const offsetsB = i32x4.sub(v128.load(last), start);
  const a = v128.load(first, 16);
  const b = v128.load(last, 16);
  const far = i32x4.gt_u(i32x4.max_u(offsetsA, offsetsB), i32x4.splat(12));
  if (n < 4 || from < 0 || v128.any_true(v128.or(far, v128.or(missing(a), missing(b))))) {
    for (; rows > 0; rows--, x += rowX, out += rowOut) mixGroup(x, out, first, end, n, zero);
    return;
  }
  const bytesA = bytesAt(offsetsA);
  const bytesB = bytesAt(offsetsB);
  x += from;
  if (first == last) {
    for (; rows > 0; rows--, x += rowX, out += rowOut) v128.store(out, madd(a, i8x16.swizzle(v128.load(x), bytesA), f32x4.splat(zero)));
    return;
  }
  for (; rows > 1; rows -= 2, x += 2 * rowX, out += 2 * rowOut) {
    const v = v128.load(x);
    const w = v128.load(x + rowX);
    v128.store(out, madd(b, i8x16.swizzle(v, bytesB), madd(a, i8x16.swizzle(v, bytesA), f32x4.splat(zero))));
    v128.store(out + rowOut, madd(b, i8x16.swizzle(w, bytesB), madd(a, i8x16.swizzle(w, bytesA), f32x4.splat(zero))));
  }
  if (rows > 0) mixGroup(x - from, out, first, end, n, zero);
}

/** inner = 1, one or two entries for each group. */
function mixColumns(x: usize, out: usize, starts: usize, taps: usize, outer: i32, nx: i32, n: i32, zero: f32): void {
  const rowX = <usize>nx << 2;
  const rowOut = <usize>n << 2;
  for (; outer > 0; outer -= ROWS, x += <usize>ROWS * rowX, out += <usize>ROWS * rowOut) {
    for (let j = 0; j < n; j += 4) {
      const first = taps + <usize>load<i32>(starts + j) * ENTRY_BYTES;
      const end = taps + <usize>load<i32>(starts + j, 4) * ENTRY_BYTES;
      mixColumn(x, out + (<usize>j << 2), first, end, min(outer, ROWS), rowX, rowOut, n - j, zero);
    }
  }
}

/** A row of out of any number of rows of x. Sixteen columns at once share the overhead of an entry. */
@inline
function mixRow(x: usize, out: usize, first: usize, end: usize, inner: i32, zero: f32): void {
  const zeros = f32x4.splat(zero);
  let left = inner;
  for (; left >= 16; left -= 16, x += 64, out += 64) {
    let a = zeros;
    let b = zeros;
    let c = zeros;
    let d = zeros;
    for (let tap = first; tap < end; tap += ENTRY_BYTES) {
      if (load<i32>(tap, 16) == NONE) continue;
      const weight = f32x4.splat(load<f32>(tap, 16));
      const from = x + <usize>(load<i32>(tap) * inner);
      a = madd(weight, v128.load(from), a);
      b = madd(weight, v128.load(from, 16), b);
      c = madd(weight, v128.load(from, 32), c);
      d = madd(weight, v128.load(from, 48), d);
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
  for (; left > 0; left -= 4, x += 16, out += 16) {
    let sum = zeros;
    for (let tap = first; tap < end; tap += ENTRY_BYTES) {
      if (load<i32>(tap, 16) == NONE) continue;
      sum = madd(f32x4.splat(load<f32>(tap, 16)), loadUpTo4(x + <usize>(load<i32>(tap) * inner), left), sum);
    }
    storeUpTo4(out, sum, left);
  }
}

/** `zero` is what the sums start from: -0 keeps the sign of a single zero. */
export function resample(
  x: usize, out: usize, starts: usize, taps: usize, outer: i32, nx: i32, n: i32, inner: i32, zero: f32,
): void {
  const row = <usize>inner << 2;
  const groups = (n + 3) >> 2;
  if (inner == 1 && nx <= n && load<i32>(starts + (<usize>groups << 2)) <= 2 * groups) {
    mixColumns(x, out, starts, taps, outer, nx, n, zero);
    return;
  }
  for (; outer > 0; outer--, x += <usize>nx * row) {
    if (inner == 1) {
      mixElements(x, out, starts, taps, n, zero);
      out += <usize>n << 2;
      continue;
    }
    for (let j = 0; j < n; j++, out += row) {
      const group = starts + (<usize>(j >> 2) << 2);
      const lane = <usize>(j & 3) << 2;
      const from = taps + <usize>load<i32>(group) * ENTRY_BYTES + lane;
      const end = taps + <usize>load<i32>(group, 4) * ENTRY_BYTES;
      const isTwo = from + 2 * ENTRY_BYTES == end + lane && load<i32>(from, 16) != NONE && load<i32>(from, ENTRY_BYTES + 16) != NONE;
      if (isTwo) {
        const y = x + <usize>(load<i32>(from, ENTRY_BYTES) * inner);
        const q = load<f32>(from, ENTRY_BYTES + 16);
        mixTwoRows(x + <usize>(load<i32>(from) * inner), y, load<f32>(from, 16), q, out, inner, zero);
      } else mixRow(x, out, from, end, inner, zero);
    }
  }
}
