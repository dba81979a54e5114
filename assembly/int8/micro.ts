// Tiles: sums[rows, 8] = A[rows, k] * B[k, 8] over quads of packed A and one panel of B, exact in int32.

import { A_QUAD, QUAD_ROW } from "./pack";
import { Pairs, Quads, Way, Words } from "./ways";

/** Rows of the largest tile: with 2 vectors of B, 1 of A and 1 for products, 12 sums fill the registers. */
export const MR: i32 = 6;

/** Bytes from one row of sums to the next: room for two sums of each column. */
export const SUMS_ROW: usize = 64;

/** `rows` is a constant wherever this is inlined. quads > 0 */
@inline
function tile<Op>(rows: i32, quads: i32, a: usize, b: usize, sums: usize): void {
  const op = changetype<Op>(0);
  let s00 = i32x4.splat(0);
  let s01 = i32x4.splat(0);
  let s10 = i32x4.splat(0);
  let s11 = i32x4.splat(0);
  let s20 = i32x4.splat(0);
  let s21 = i32x4.splat(0);
  let s30 = i32x4.splat(0);
  let s31 = i32x4.splat(0);
  let s40 = i32x4.splat(0);
  let s41 = i32x4.splat(0);
  let s50 = i32x4.splat(0);
  let s51 = i32x4.splat(0);
  do {
    const b0 = op.low(b);
    const b1 = op.high(b);
    b += QUAD_ROW;
    let x = v128.load64_splat(a);
    s00 = op.add(s00, x, b0);
    s01 = op.add(s01, x, b1);
    if (rows > 1) {
      x = v128.load64_splat(a, 8);
      s10 = op.add(s10, x, b0);
      s11 = op.add(s11, x, b1);
      x = v128.load64_splat(a, 16);
      s20 = op.add(s20, x, b0);
      s21 = op.add(s21, x, b1);
    }
    if (rows > 3) {
      x = v128.load64_splat(a, 24);
      s30 = op.add(s30, x, b0);
      s31 = op.add(s31, x, b1);
      x = v128.load64_splat(a, 32);
      s40 = op.add(s40, x, b0);
      s41 = op.add(s41, x, b1);
      x = v128.load64_splat(a, 40);
      s50 = op.add(s50, x, b0);
      s51 = op.add(s51, x, b1);
    }
    a += <usize>rows * A_QUAD;
  } while (--quads);
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  if (rows > 1) {
    v128.store(sums, s10, SUMS_ROW);
    v128.store(sums, s11, SUMS_ROW + 16);
    v128.store(sums, s20, 2 * SUMS_ROW);
    v128.store(sums, s21, 2 * SUMS_ROW + 16);
  }
  if (rows > 3) {
    v128.store(sums, s30, 3 * SUMS_ROW);
    v128.store(sums, s31, 3 * SUMS_ROW + 16);
    v128.store(sums, s40, 4 * SUMS_ROW);
    v128.store(sums, s41, 4 * SUMS_ROW + 16);
    v128.store(sums, s50, 5 * SUMS_ROW);
    v128.store(sums, s51, 5 * SUMS_ROW + 16);
  }
}

/** Rows of the next tile when so many are left: 6, 3 or 1. */
@inline
export function heightFor(rows: i32): i32 {
  return rows > 4 ? MR : rows > 1 ? 3 : 1;
}

@inline
function ofHeight<Op>(height: i32, quads: i32, a: usize, b: usize, sums: usize): void {
  if (height == 6) tile<Op>(6, quads, a, b, sums);
  else if (height == 3) tile<Op>(3, quads, a, b, sums);
  else tile<Op>(1, quads, a, b, sums);
}

/** One sum of each column from two, four columns in a row. */
@inline
function joined(sums: usize): v128 {
  const low = v128.load(sums);
  const high = v128.load(sums, 16);
  return i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
}

/** One tile of `height` rows. */
export function micro(way: i32, height: i32, quads: i32, a: usize, b: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (way == Way.QUADS) return ofHeight<Quads>(height, quads, a, b, sums);
    if (way == Way.PAIRS) return ofHeight<Pairs>(height, quads, a, b, sums);
  }
  for (let half: usize = 0; half < 32; half += 16) ofHeight<Words>(height, quads, a, b + half, sums + 2 * half);
  for (; height > 0; height--, sums += SUMS_ROW) {
    v128.store(sums, joined(sums));
    v128.store(sums, joined(sums + 32), 16);
  }
}
