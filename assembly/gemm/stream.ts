// C[m, n] = S + A[m, k] * B[k, n] for so few rows that packing B would cost more than it saves: B is read once, in memory order.
// Strides are bytes. Sums follow the rule of blocking.ts.

import { madd } from "../lib/simd";
import { depthOf } from "./blocking";

/** Most rows of A that `streamRows` accepts. */
export const FEW_ROWS: i32 = 8;

/**
 * Columns of a strip, whose sums stay in L1 while the rows of B are read: one page of a row of B. The sums of 8 rows fill an L1 of 32 KB, but
 * narrower strips lose more than they gain, because prefetching starts anew in each page.
 */
const STRIP: i32 = 1024;
/** Bytes from one row of sums to the next: a cache line more than needed, since rows 4,096 bytes apart map to the same sets of L1. */
const SUMS_ROW: usize = 4 * STRIP + 64;

/** Bytes of scratch that `streamRows` needs at `sums`. */
export const SUMS_BYTES: i32 = FEW_ROWS * (4 * STRIP + 64);

/** sum + A[taps] * B[taps, 4]. */
@inline
function column4(taps: i32, sum: v128, x0: v128, x1: v128, x2: v128, x3: v128, b0: v128, b1: v128, b2: v128, b3: v128): v128 {
  sum = madd(x0, b0, sum);
  if (taps > 1) sum = madd(x1, b1, sum);
  if (taps > 2) sum = madd(x2, b2, sum);
  if (taps > 3) sum = madd(x3, b3, sum);
  return sum;
}

/**
 * sums[rows, width] += A[rows, taps] * B[taps, width]; rows (1 to 3) and taps (1 to 4) are constants where this is inlined.
 * If width is not a multiple of 4, the last vector of B overlaps the one before: its lane 3 is the last column.
 */
@inline
function accumulate(
  rows: i32, taps: i32, width: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, sums: usize,
): void {
  const x0 = v128.load32_splat(a);
  const x1 = taps > 1 ? v128.load32_splat(a + acs) : x0;
  const x2 = taps > 2 ? v128.load32_splat(a + 2 * acs) : x0;
  const x3 = taps > 3 ? v128.load32_splat(a + 3 * acs) : x0;
  const y0 = rows > 1 ? v128.load32_splat((a += ars)) : x0;
  const y1 = rows > 1 && taps > 1 ? v128.load32_splat(a + acs) : x0;
  const y2 = rows > 1 && taps > 2 ? v128.load32_splat(a + 2 * acs) : x0;
  const y3 = rows > 1 && taps > 3 ? v128.load32_splat(a + 3 * acs) : x0;
  const z0 = rows > 2 ? v128.load32_splat((a += ars)) : x0;
  const z1 = rows > 2 && taps > 1 ? v128.load32_splat(a + acs) : x0;
  const z2 = rows > 2 && taps > 2 ? v128.load32_splat(a + 2 * acs) : x0;
  const z3 = rows > 2 && taps > 3 ? v128.load32_splat(a + 3 * acs) : x0;
  const last = b + (<usize>(width - 4) << 2);
  for (const end = sums + (<usize>width << 2); sums < end; sums += 16, b += 16) {
    const row = min(b, last);
    const b0 = v128.load(row);
    const b1 = taps > 1 ? v128.load(row + brs) : b0;
    const b2 = taps > 2 ? v128.load(row + 2 * brs) : b0;
    const b3 = taps > 3 ? v128.load(row + 3 * brs) : b0;
    v128.store(sums, column4(taps, v128.load(sums), x0, x1, x2, x3, b0, b1, b2, b3));
    if (rows > 1) {
      v128.store(sums, column4(taps, v128.load(sums, SUMS_ROW), y0, y1, y2, y3, b0, b1, b2, b3), SUMS_ROW);
    }
    if (rows > 2) {
      v128.store(sums, column4(taps, v128.load(sums, 2 * SUMS_ROW), z0, z1, z2, z3, b0, b1, b2, b3), 2 * SUMS_ROW);
    }
  }
}

/** sums[m, width] += A[m, taps] * B[taps, width]: all 3 rows of A together if m is 3 and taps < 4, else 2 rows at a time. */
@inline
function accumulateRows(
  taps: i32, m: i32, width: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, sums: usize,
): void {
  if (taps < 4 && m == 3) return accumulate(3, taps, width, a, ars, acs, b, brs, sums);
  for (; m >= 2; m -= 2, a += 2 * ars, sums += 2 * SUMS_ROW) accumulate(2, taps, width, a, ars, acs, b, brs, sums);
  if (m) accumulate(1, taps, width, a, ars, acs, b, brs, sums);
}

/** sums[m, width] = A[m, k] * B[k, width]. If m is 3, 3 rows of B are read at a time, so that the 9 factors fit in registers; else 4. */
function streamBlock(
  m: i32, width: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, sums: usize,
): void {
  for (let i: usize = 0; i < <usize>m; i++) memory.fill(sums + i * SUMS_ROW, 0, <usize>((width + 3) & -4) << 2);
  if (m == 3) for (; k >= 3; k -= 3, a += 3 * acs, b += 3 * brs) accumulateRows(3, m, width, a, ars, acs, b, brs, sums);
  else for (; k >= 4; k -= 4, a += 4 * acs, b += 4 * brs) accumulateRows(4, m, width, a, ars, acs, b, brs, sums);
  for (; k > 0; k--, a += acs, b += brs) accumulateRows(1, m, width, a, ars, acs, b, brs, sums);
}

/** c[0..width) = s + sums; skips the columns that the last vector of sums repeats. */
function addToS(width: i32, s: usize, sCol: usize, c: usize, sums: usize): void {
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

/** C = S + A * B, where rows of B are contiguous; m <= FEW_ROWS, n >= 4. `sums` is scratch of SUMS_BYTES bytes. */
export function streamRows(
  m: i32, n: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, sums: usize,
): void {
  const depth = depthOf(k);
  // The columns are distributed evenly over the strips, so that every strip has at least a vector.
  for (let strips = (n + STRIP - 1) / STRIP; strips > 0; strips--) {
    const width = (n + strips - 1) / strips;
    for (let p = 0; p < k; p += depth) {
      streamBlock(m, width, min(depth, k - p), a + <usize>p * acs, ars, acs, b + <usize>p * brs, brs, sums);
      for (let i = 0; i < m; i++) {
        const row = <usize>i;
        const to = c + row * ldc;
        if (p == 0) addToS(width, s + row * sRow, sCol, to, sums + row * SUMS_ROW);
        else addToS(width, to, 4, to, sums + row * SUMS_ROW);
      }
    }
    n -= width;
    b += <usize>width << 2;
    s += <usize>width * sCol;
    c += <usize>width << 2;
  }
}
