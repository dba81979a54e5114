// C[m, n] = S + A[m, k] * B[k, n] for so few rows that packing B would cost more than it saves: B is read once, in its own order.
// Strides are bytes. Sums run as everywhere in GEMM: from zero over a block of KC, then added to S (blocking.ts).

import { madd } from "../lib/simd";
import { KC } from "./blocking";

/** Most rows `streamRows` takes. */
export const FEW_ROWS: i32 = 8;

/** Columns whose sums stay in L1 (16 KB for 8 rows) while the rows of B stream by; long enough that a row fills its pages. */
const STRIP: i32 = 512;
const SUMS_ROW: usize = STRIP << 2;

/** Room for the sums of `streamRows`. */
export const SUMS_BYTES: i32 = FEW_ROWS * STRIP * 4;

/**
 * sums[rows, width] += A[rows, taps] * B[taps, width]; rows (1, 2) and taps (1, 4) are constants where this is inlined.
 * A width that is no multiple of 4 ends in a vector that overlaps the one before: lane 3 of the last one is the last column.
 */
@inline
function accumulate(
  rows: i32, taps: i32, width: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, sums: usize,
): void {
  const x0 = v128.load32_splat(a);
  const x1 = taps > 1 ? v128.load32_splat(a + acs) : x0;
  const x2 = taps > 1 ? v128.load32_splat(a + 2 * acs) : x0;
  const x3 = taps > 1 ? v128.load32_splat(a + 3 * acs) : x0;
  const y0 = rows > 1 ? v128.load32_splat(a + ars) : x0;
  const y1 = rows > 1 ? v128.load32_splat(a + ars + acs) : x0;
  const y2 = rows > 1 ? v128.load32_splat(a + ars + 2 * acs) : x0;
  const y3 = rows > 1 ? v128.load32_splat(a + ars + 3 * acs) : x0;
  const last = <usize>(width - 4) << 2;
  for (let j: usize = 0; j < <usize>width << 2; j += 16) {
    let row = b + min(j, last);
    let value = v128.load(row);
    let sum = madd(x0, value, v128.load(sums));
    let next = rows > 1 ? madd(y0, value, v128.load(sums, SUMS_ROW)) : sum;
    if (taps > 1) {
      value = v128.load((row += brs));
      sum = madd(x1, value, sum);
      if (rows > 1) next = madd(y1, value, next);
      value = v128.load((row += brs));
      sum = madd(x2, value, sum);
      if (rows > 1) next = madd(y2, value, next);
      value = v128.load((row += brs));
      sum = madd(x3, value, sum);
      if (rows > 1) next = madd(y3, value, next);
    }
    v128.store(sums, sum);
    if (rows > 1) v128.store(sums, next, SUMS_ROW);
    sums += 16;
  }
}

/** sums[m, width] = A[m, k] * B[k, width], 4 rows of B and 2 of A at a time. */
function streamBlock(
  m: i32, width: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, sums: usize,
): void {
  memory.fill(sums, 0, <usize>m * SUMS_ROW);
  for (; k >= 4; k -= 4) {
    let i = 0;
    for (; i + 2 <= m; i += 2) accumulate(2, 4, width, a + <usize>i * ars, ars, acs, b, brs, sums + <usize>i * SUMS_ROW);
    if (i < m) accumulate(1, 4, width, a + <usize>i * ars, ars, acs, b, brs, sums + <usize>i * SUMS_ROW);
    a += 4 * acs;
    b += 4 * brs;
  }
  for (; k > 0; k--) {
    for (let i = 0; i < m; i++) accumulate(1, 1, width, a + <usize>i * ars, ars, acs, b, brs, sums + <usize>i * SUMS_ROW);
    a += acs;
    b += brs;
  }
}

/** c[0..width) = s + sums, undoing the overlap of the last vector. */
function finishRow(width: i32, s: usize, sCol: usize, c: usize, sums: usize): void {
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    const start = sCol ? v128.load(s) : v128.load32_splat(s);
    v128.store(c, f32x4.add(v128.load(sums), start));
    s += 4 * sCol;
    c += 16;
    sums += 16;
  }
  sums += <usize>(j + 4 - width) << 2;
  for (; j < width; j++) {
    store<f32>(c, load<f32>(sums) + load<f32>(s));
    s += sCol;
    c += 4;
    sums += 4;
  }
}

/** Rows of B lie in a row; m <= FEW_ROWS, n >= 4. `sums` is SUMS_BYTES of scratch. */
export function streamRows(
  m: i32, n: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, sums: usize,
): void {
  // Strips share the columns evenly, so that none has less than a vector.
  for (let strips = (n + STRIP - 1) / STRIP; strips > 0; strips--) {
    const width = (n + strips - 1) / strips;
    for (let p = 0; p < k; p += KC) {
      streamBlock(m, width, min(KC, k - p), a + <usize>p * acs, ars, acs, b + <usize>p * brs, brs, sums);
      for (let i = 0; i < m; i++) {
        const row = <usize>i;
        const to = c + row * ldc;
        if (p == 0) finishRow(width, s + row * sRow, sCol, to, sums + row * SUMS_ROW);
        else finishRow(width, to, 4, to, sums + row * SUMS_ROW);
      }
    }
    n -= width;
    b += <usize>width << 2;
    s += <usize>width * sCol;
    c += <usize>width << 2;
  }
}
