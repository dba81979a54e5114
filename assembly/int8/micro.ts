// Micro-kernels: sums[rows, 8] = A[rows, k] * B[k, 8] for one tile of packed A and one panel of B (pack.ts), exact in int32.

import { A_QUAD, QUAD_ROW } from "./pack";
import { Pairs, Quads, Method, Words } from "./methods";

/** Rows of the largest tile: with 2 vectors of B, 1 of A and 1 for products, 12 sums fill the registers. */
export const MR: i32 = 6;

/** Bytes from one row of sums to the next: two sums for each of 8 columns. */
export const SUMS_ROW: usize = 64;

/** Multiplies one tile with the method `Op`. `rows` is a constant where this is inlined. quads > 0 */
@inline
function multiplyTile<Op>(rows: i32, quads: i32, a: usize, b: usize, sums: usize): void {
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

/** Rows of the next tile when `rows` are left: 6, 3 or 1. */
@inline
export function heightFor(rows: i32): i32 {
  return rows > 4 ? MR : rows > 1 ? 3 : 1;
}

@inline
function multiplyRows<Op>(height: i32, quads: i32, a: usize, b: usize, sums: usize): void {
  if (height == 6) multiplyTile<Op>(6, quads, a, b, sums);
  else if (height == 3) multiplyTile<Op>(3, quads, a, b, sums);
  else multiplyTile<Op>(1, quads, a, b, sums);
}

/** Adds the two sums of each of four columns. */
@inline
function addPairs(sums: usize): v128 {
  const low = v128.load(sums);
  const high = v128.load(sums, 16);
  return i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
}

/** Computes one tile of `height` rows with a method (methods.ts). */
export function micro(method: i32, height: i32, quads: i32, a: usize, b: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (method == Method.QUADS) return multiplyRows<Quads>(height, quads, a, b, sums);
    if (method == Method.PAIRS) return multiplyRows<Pairs>(height, quads, a, b, sums);
  }
  for (let half: usize = 0; half < 32; half += 16) multiplyRows<Words>(height, quads, a, b + half, sums + 2 * half);
  for (; height > 0; height--, sums += SUMS_ROW) {
    v128.store(sums, addPairs(sums));
    v128.store(sums, addPairs(sums + 32), 16);
  }
}
