// Micro-kernels: one tile of C in registers, C[rows, 8] = S[rows, 8] + A[rows, k] * B[k, 8].
// ars, acs, brs, sRow, ldc are bytes from one row or column to the next. The sums are added to S, which has one float per row if sCol
// is 0, else 8 contiguous floats per row. k > 0. Every condition in `multiplyTile` is a literal where it is inlined: a condition that
// remains in the loop costs a sixth of its speed.

import { madd } from "../lib/simd";

@inline
function finish(wide: bool, c: usize, s: usize, sCol: usize, sum0: v128, sum1: v128): void {
  if (sCol) {
    v128.store(c, f32x4.add(sum0, v128.load(s)));
    if (wide) v128.store(c, f32x4.add(sum1, v128.load(s, 16)), 16);
  } else {
    const start = v128.load32_splat(s);
    v128.store(c, f32x4.add(sum0, start));
    if (wide) v128.store(c, f32x4.add(sum1, start), 16);
  }
}

/**
 * A `wide` tile has 8 columns, others have 4. Each row of A has its own pointer, even where rows are adjacent: with one pointer and
 * constant offsets, JavaScriptCore takes 1.5 times as long (V8 0.97 times).
 */
@inline
function multiplyTile(
  wide: bool, rows: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  let a0 = a;
  let a1 = a0 + ars;
  let a2 = a1 + ars;
  let a3 = a2 + ars;
  let a4 = a3 + ars;
  let a5 = a4 + ars;
  do {
    const b0 = v128.load(b);
    const b1 = wide ? v128.load(b, 16) : b0;
    b += brs;
    let x = v128.load32_splat(a0);
    a0 += acs;
    c00 = madd(x, b0, c00);
    if (wide) c01 = madd(x, b1, c01);
    if (rows > 1) {
      x = v128.load32_splat(a1);
      a1 += acs;
      c10 = madd(x, b0, c10);
      if (wide) c11 = madd(x, b1, c11);
    }
    if (rows > 2) {
      x = v128.load32_splat(a2);
      a2 += acs;
      c20 = madd(x, b0, c20);
      if (wide) c21 = madd(x, b1, c21);
    }
    if (rows > 3) {
      x = v128.load32_splat(a3);
      a3 += acs;
      c30 = madd(x, b0, c30);
      if (wide) c31 = madd(x, b1, c31);
    }
    if (rows > 4) {
      x = v128.load32_splat(a4);
      a4 += acs;
      c40 = madd(x, b0, c40);
      if (wide) c41 = madd(x, b1, c41);
    }
    if (rows > 5) {
      x = v128.load32_splat(a5);
      a5 += acs;
      c50 = madd(x, b0, c50);
      if (wide) c51 = madd(x, b1, c51);
    }
  } while (--k);
  finish(wide, c, s, sCol, c00, c01);
  if (rows > 1) finish(wide, (c += ldc), (s += sRow), sCol, c10, c11);
  if (rows > 2) finish(wide, (c += ldc), (s += sRow), sCol, c20, c21);
  if (rows > 3) finish(wide, (c += ldc), (s += sRow), sCol, c30, c31);
  if (rows > 4) finish(wide, (c += ldc), (s += sRow), sCol, c40, c41);
  if (rows > 5) finish(wide, (c += ldc), (s += sRow), sCol, c50, c51);
}

/** One tile of 1 <= rows <= MR. */
export function micro(
  rows: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize,
): void {
  if (rows == 1) return multiplyTile(true, 1, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 2) return multiplyTile(true, 2, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 3) return multiplyTile(true, 3, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 4) return multiplyTile(true, 4, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (ASC_FEATURE_RELAXED_SIMD && rows == 5) return multiplyTile(true, 5, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (ASC_FEATURE_RELAXED_SIMD && rows == 6) return multiplyTile(true, 6, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
}

/** One tile of 4 columns. */
export function microHalf(
  rows: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize,
): void {
  if (rows == 1) return multiplyTile(false, 1, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 2) return multiplyTile(false, 2, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 3) return multiplyTile(false, 3, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (rows == 4) return multiplyTile(false, 4, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (ASC_FEATURE_RELAXED_SIMD && rows == 5) return multiplyTile(false, 5, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
  if (ASC_FEATURE_RELAXED_SIMD && rows == 6) return multiplyTile(false, 6, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
}
