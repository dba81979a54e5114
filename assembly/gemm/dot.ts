// C[1, n] = S + A[1, k] * B[k, n] where each column of B is contiguous along k, like the weight of a linear layer applied to one input.
// 4 x 4 elements of B are transposed in registers, so nothing is packed. Strides are bytes. Sums follow the rule of blocking.ts.

import { madd } from "../lib/simd";
import { transposedRow } from "../lib/transpose4x4";
import { depthOf, ZERO } from "./blocking";

/** Columns a multiple of this many bytes apart map to one set of L1, which holds 8 of their lines on most processors. */
const ALIAS: usize = 4096;

/** sum + the products of 4 k: x0 to x3 with the 4 columns at b, each contiguous along k. */
@inline
function dot4(sum: v128, x0: v128, x1: v128, x2: v128, x3: v128, b: usize, bcs: usize): v128 {
  const column0 = v128.load(b);
  const column1 = v128.load((b += bcs));
  const column2 = v128.load((b += bcs));
  const column3 = v128.load((b += bcs));
  sum = madd(x0, transposedRow(column0, column1, column2, column3, 0), sum);
  sum = madd(x1, transposedRow(column0, column1, column2, column3, 1), sum);
  sum = madd(x2, transposedRow(column0, column1, column2, column3, 2), sum);
  return madd(x3, transposedRow(column0, column1, column2, column3, 3), sum);
}

/** The same with 4 elements of A at a, which are acs bytes apart. */
@inline
function dotFrom(sum: v128, a: usize, acs: usize, b: usize, bcs: usize): v128 {
  const x0 = v128.load32_splat(a);
  const x1 = v128.load32_splat((a += acs));
  const x2 = v128.load32_splat((a += acs));
  return dot4(sum, x0, x1, x2, v128.load32_splat(a + acs), b, bcs);
}

/** sum + the products of one k: x with one float of each of the 4 columns at b. */
@inline
function dot1(sum: v128, x: v128, b: usize, bcs: usize): v128 {
  let value = v128.load32_zero(b);
  value = v128.load_lane<f32>((b += bcs), value, 1);
  value = v128.load_lane<f32>((b += bcs), value, 2);
  value = v128.load_lane<f32>((b += bcs), value, 3);
  return madd(x, value, sum);
}

/** c[0..4 * groups) = s + a[k] * B[k, 4 * groups]; `groups` is 1 or 4, a constant where this is inlined. 4 sums hide latency. */
@inline
function dots(
  groups: i32, k: i32, a: usize, acs: usize, b: usize, bcs: usize, s: usize, sCol: usize, c: usize,
): void {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  for (; k >= 4; k -= 4) {
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat((a += acs));
    const x2 = v128.load32_splat((a += acs));
    const x3 = v128.load32_splat((a += acs));
    a += acs;
    sum0 = dot4(sum0, x0, x1, x2, x3, b, bcs);
    if (groups > 1) {
      sum1 = dot4(sum1, x0, x1, x2, x3, b + 4 * bcs, bcs);
      sum2 = dot4(sum2, x0, x1, x2, x3, b + 8 * bcs, bcs);
      sum3 = dot4(sum3, x0, x1, x2, x3, b + 12 * bcs, bcs);
    }
    b += 16;
  }
  for (; k > 0; k--) {
    const x = v128.load32_splat(a);
    a += acs;
    sum0 = dot1(sum0, x, b, bcs);
    if (groups > 1) {
      sum1 = dot1(sum1, x, b + 4 * bcs, bcs);
      sum2 = dot1(sum2, x, b + 8 * bcs, bcs);
      sum3 = dot1(sum3, x, b + 12 * bcs, bcs);
    }
    b += 4;
  }
  v128.store(c, f32x4.add(sum0, sCol ? v128.load(s) : v128.load32_splat(s)));
  if (groups > 1) {
    v128.store(c, f32x4.add(sum1, sCol ? v128.load(s, 16) : v128.load32_splat(s)), 16);
    v128.store(c, f32x4.add(sum2, sCol ? v128.load(s, 32) : v128.load32_splat(s)), 32);
    v128.store(c, f32x4.add(sum3, sCol ? v128.load(s, 48) : v128.load32_splat(s)), 48);
  }
}

/** n columns, k <= KC. */
function dotBlock(
  n: i32, k: i32, a: usize, acs: usize, b: usize, bcs: usize, s: usize, sCol: usize, c: usize, tile: usize,
): void {
  for (; n >= 16; n -= 16) {
    dots(4, k, a, acs, b, bcs, s, sCol, c);
    b += 16 * bcs;
    s += 16 * sCol;
    c += 64;
  }
  for (; n >= 4; n -= 4) {
    dots(1, k, a, acs, b, bcs, s, sCol, c);
    b += 4 * bcs;
    s += 4 * sCol;
    c += 16;
  }
  for (; n > 0; n--) {
    dots(1, k, a, acs, b, 0, ZERO, 0, tile); // the same column four times
    store<f32>(c, load<f32>(tile) + load<f32>(s));
    b += bcs;
    s += sCol;
    c += 4;
  }
}

/** c[0..4) = s + the sums of three blocks of k, in order: two of `depth` and one of `last` <= depth, all multiples of 4. */
function dotThreeBlocks(
  depth: i32, last: i32, a: usize, acs: usize, b: usize, bcs: usize, s: usize, sCol: usize, c: usize,
): void {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  const aBlock = <usize>depth * acs;
  const bBlock = <usize>depth << 2;
  for (let i = 0; i < depth; i += 4, a += 4 * acs, b += 16) {
    sum0 = dotFrom(sum0, a, acs, b, bcs);
    sum1 = dotFrom(sum1, a + aBlock, acs, b + bBlock, bcs);
    if (i < last) sum2 = dotFrom(sum2, a + 2 * aBlock, acs, b + 2 * bBlock, bcs);
  }
  const start = sCol ? v128.load(s) : v128.load32_splat(s);
  v128.store(c, f32x4.add(f32x4.add(f32x4.add(sum0, start), sum1), sum2));
}

/**
 * All k of 4 columns that map to one set of L1: 16 such columns at a time would evict each other's lines before these are used up. Sums
 * of three blocks of k hide the latency instead. k is a multiple of 4.
 */
function dotAliased(depth: i32, k: i32, a: usize, acs: usize, b: usize, bcs: usize, s: usize, sCol: usize, c: usize): void {
  for (let p = 0; p < k; ) {
    const left = k - p;
    const blocks = left > 2 * depth ? 3 : 1;
    if (blocks > 1) dotThreeBlocks(depth, min(depth, left - 2 * depth), a, acs, b, bcs, s, sCol, c);
    else dots(1, min(depth, left), a, acs, b, bcs, s, sCol, c);
    p += blocks * depth;
    a += <usize>(blocks * depth) * acs;
    b += <usize>(blocks * depth) << 2;
    s = c;
    sCol = 4;
  }
}

/** One row of C. `tile` is scratch of 16 bytes. */
export function dotRow(
  n: i32, k: i32, a: usize, acs: usize, b: usize, bcs: usize, s: usize, sCol: usize, c: usize, tile: usize,
): void {
  const depth = depthOf(k);
  if (bcs % ALIAS == 0 && k % 4 == 0 && k > 2 * depth) {
    for (; n >= 4; n -= 4, b += 4 * bcs, s += 4 * sCol, c += 16) dotAliased(depth, k, a, acs, b, bcs, s, sCol, c);
  }
  for (let p = 0; p < k; p += depth) {
    const at = <usize>p;
    const deep = min(depth, k - p);
    if (p == 0) dotBlock(n, deep, a, acs, b, bcs, s, sCol, c, tile);
    else dotBlock(n, deep, a + at * acs, acs, b + (at << 2), bcs, c, 4, c, tile);
  }
}
