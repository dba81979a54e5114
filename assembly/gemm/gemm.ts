// C[m, n] = S + A[m, k] * B[k, n]: the choice of a path, and the two outer loops of the general one. blocking.ts draws the blocks.
// Strides of the exports are floats, inside they are bytes: A[i, p] is at a + i * ars + p * acs, B[p, j] at b + p * brs + j * bcs,
// C[i, j] at c + i * ldc + 4 * j. S[i, j], at s + i * sRow + j * sCol, is what a sum is added to: zero, a bias or C itself.

import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { KC, MC, NC, NR, TILE_BYTES, ZERO } from "./blocking";
import { dotRow } from "./dot";
import { macro } from "./macro";
import { PANEL_ROW, packB } from "./pack";
import { FEW_ROWS, SUMS_BYTES, streamRows } from "./stream";

/** Up to this size in every dimension B is read as it lies: it stays in L2, and packing costs more than it saves. */
const SMALL: i32 = 512;

/** Rows a multiple of this many bytes apart share few lines of L1, so a panel throws itself out: such a B is packed. */
const ALIAS: usize = 2048;

/** Columns above which a copy of A with its rows side by side pays. */
const REUSE: i32 = 64;

/** Bytes of packed panels for B[k, n], one block of it at most. */
function panelBytes(n: i32, k: i32): i32 {
  return min(KC, k) * ((min(NC, n) + NR - 1) & -NR) * 4;
}

/** Bytes of scratch `gemm` wants at `work`, whatever the strides. */
export function gemmWorkspace(m: i32, n: i32, k: i32): i32 {
  const columns = n == 1 ? m : n; // a column is computed as a row
  return TILE_BYTES + max(panelBytes(columns, k) + min(KC, k) * MC * 4, SUMS_BYTES);
}

/** One block of C, k <= KC. `plain` of the columns have their panels read from B itself; those left are packed. */
function block(
  m: i32, n: i32, plain: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, bcs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, work: usize,
): void {
  const panels = work + TILE_BYTES;
  const aBlock = acs != 4 && n > REUSE ? panels + panelBytes(n, k) : 0;
  if (plain) macro(m, plain, k, a, ars, acs, b, brs, NR << 2, s, sRow, sCol, c, ldc, work, aBlock);
  if (plain < n) {
    const at = <usize>plain;
    packB(k, n - plain, b + at * bcs, brs, bcs, panels);
    macro(m, n - plain, k, a, ars, acs, panels, PANEL_ROW, <usize>k * PANEL_ROW,
      s + at * sCol, sRow, sCol, c + (at << 2), ldc, work, aBlock);
  }
}

/** C = S + A * B by the path that fits; m, n, k > 0. */
function product(
  m: i32, n: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, bcs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, work: usize,
): void {
  const small = max(m, max(n, k)) <= SMALL && brs % ALIAS != 0;
  if (bcs == 4 && n >= 4 && (m <= 2 || (m <= FEW_ROWS && !small))) {
    return streamRows(m, n, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc, work);
  }
  if (brs == 4 && m <= 2) {
    dotRow(n, k, a, acs, b, bcs, s, sCol, c, work);
    if (m == 2) dotRow(n, k, a + ars, acs, b, bcs, s + sRow, sCol, c + ldc, work);
    return;
  }
  for (let j = 0; j < n; j += NC) {
    const columns = min(NC, n - j);
    const plain = bcs == 4 && small ? columns & -NR : 0;
    const to = c + (<usize>j << 2);
    for (let p = 0; p < k; p += KC) {
      const depth = min(KC, k - p);
      const left = a + <usize>p * acs;
      const right = b + <usize>p * brs + <usize>j * bcs;
      if (p == 0) block(m, columns, plain, depth, left, ars, acs, right, brs, bcs, s + <usize>j * sCol, sRow, sCol, to, ldc, work);
      else block(m, columns, plain, depth, left, ars, acs, right, brs, bcs, to, ldc, 4, to, ldc, work);
    }
  }
}

/** C = (accumulate ? C : 0) + biasRow + biasCol. */
function start(m: i32, n: i32, c: usize, ldc: usize, accumulate: i32, biasRow: usize, biasCol: usize): void {
  for (let i = 0; i < m; i++, c += ldc) {
    const bias = biasRow ? v128.load32_splat(biasRow + (<usize>i << 2)) : f32x4.splat(0);
    for (let j = 0; j < n; j += 4) {
      const left = n - j;
      const to = c + (<usize>j << 2);
      let sum = accumulate ? f32x4.add(loadUpTo4(to, left), bias) : bias;
      if (biasCol) sum = f32x4.add(sum, loadUpTo4(biasCol + (<usize>j << 2), left));
      storeUpTo4(to, sum, left);
    }
  }
}

/**
 * C[i, j] = (accumulate ? C[i, j] : 0) + sum over p of A[i, p] * B[p, j] + biasRow[i] + biasCol[j].
 * Strides in floats, any value including 0; biasRow [m] and biasCol [n] may be 0 for none; C must not overlap what is read.
 * `work` is scratch of gemmWorkspace(m, n, k) bytes. 0 * Inf is NaN: nothing is skipped.
 */
export function gemm(
  m: i32, n: i32, k: i32, a: usize, ars: i32, acs: i32, b: usize, brs: i32, bcs: i32,
  c: usize, ldc: i32, accumulate: i32, biasRow: usize, biasCol: usize, work: usize,
): void {
  if (m == 0 || n == 0) return;
  const cRow = <usize>ldc << 2;
  const terms = i32(accumulate != 0) + i32(biasRow != 0) + i32(biasCol != 0);
  if (k == 0 || terms > 1) {
    start(m, n, c, cRow, accumulate, biasRow, biasCol);
    if (k == 0) return;
  }
  let s = ZERO;
  let sRow: usize = 0;
  let sCol: usize = 0;
  if (accumulate || terms > 1) {
    s = c;
    sRow = cRow;
    sCol = 4;
  } else if (biasRow) {
    s = biasRow;
    sRow = 4;
  } else if (biasCol) {
    s = biasCol;
    sCol = 4;
  }
  const aRow = <usize>ars << 2;
  const aCol = <usize>acs << 2;
  const bRow = <usize>brs << 2;
  const bCol = <usize>bcs << 2;
  // A dense column of C is a row of its transpose, C' = B' * A', and rows have paths of their own.
  if (n == 1 && ldc == 1) product(1, m, k, b, bCol, bRow, a, aCol, aRow, s, sCol, sRow, c, <usize>m << 2, work);
  else product(m, n, k, a, aRow, aCol, b, bRow, bCol, s, sRow, sCol, c, cRow, work);
}

/** C[t] = (accumulate ? C[t] : 0) + A[t] * B[t] for t < batch; aBatch, bBatch, cBatch floats apart (0 for a shared operand). */
export function gemmBatch(
  batch: i32, m: i32, n: i32, k: i32, a: usize, aBatch: i32, ars: i32, acs: i32, b: usize, bBatch: i32, brs: i32, bcs: i32,
  c: usize, cBatch: i32, ldc: i32, accumulate: i32, work: usize,
): void {
  for (let t = 0; t < batch; t++) {
    gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate, 0, 0, work);
    a += <usize>aBatch << 2;
    b += <usize>bBatch << 2;
    c += <usize>cBatch << 2;
  }
}
