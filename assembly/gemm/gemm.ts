// C[m, n] = S + A[m, k] * B[k, n]: the choice of an algorithm, and the two outer loops of the general one. blocking.ts draws the blocks.
// Strides of exported functions are floats, those of internal functions are bytes: A[i, p] is at a + i * ars + p * acs, B[p, j] at
// b + p * brs + j * bcs, C[i, j] at c + i * ldc + 4 * j. S[i, j], at s + i * sRow + j * sCol, is the value that a sum is added to: zero,
// a bias or C itself.

import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { activate } from "./activation";
import { depthOf, KC, MC, NC, NR, TILE_BYTES, ZERO } from "./blocking";
import { dotRow } from "./dot";
import { macro } from "./macro";
import { PANEL_ROW, packB } from "./pack";
import { FEW_ROWS, SUMS_BYTES, streamRows } from "./stream";

/** Up to this many columns, B is read without packing: a block of it stays in L2, and packing costs more than it saves. */
const NARROW: i32 = 512;

/** Rows a multiple of this many bytes apart map to few sets of L1, so a panel evicts its own lines: such a B is packed. */
const ALIAS: usize = 2048;

/** Above this many columns, packing A pays if A is not contiguous along k; if it is, packing never paid. */
const REUSE: i32 = 64;

/** The operands of one product, stored at the start of the scratch. */
@unmanaged
class Product {
  m: i32;
  n: i32;
  k: i32;
  a: usize;
  ars: usize;
  acs: usize;
  b: usize;
  brs: usize;
  bcs: usize;
  s: usize;
  sRow: usize;
  sCol: usize;
  c: usize;
  ldc: usize;
  activation: i32;
  /** All of B as panels, or 0. */
  packed: usize;
  /** Scratch: an edge tile, panels of B, tiles of A. */
  tile: usize;
  panels: usize;
  aBlock: usize;
}

const PRODUCT_BYTES: i32 = 80;

@inline
function wholePanels(n: i32): i32 {
  return (n + NR - 1) & -NR;
}

/** Bytes of packed panels for B[k, n], at most for one block of it. */
function panelBytes(n: i32, k: i32): i32 {
  return min(KC, k) * wholePanels(min(NC, n)) * 4;
}

/** Bytes of scratch that `gemm` needs at `work`, for any strides. */
export function gemmWorkspace(m: i32, n: i32, k: i32): i32 {
  const multiplyColumns = n == 1 ? m : n; // a column is computed as a row
  return PRODUCT_BYTES + TILE_BYTES + max(panelBytes(multiplyColumns, k) + min(KC, k) * MC * 4, SUMS_BYTES);
}

/** The panels of block (p, j) of B within `packed`, which holds the blocks of columns in order, and for each of them its blocks of k. */
@inline
function packedPanels(packed: usize, k: i32, n: i32, p: i32, j: i32): usize {
  return packed + ((<usize>j * k + <usize>p * wholePanels(min(NC, n - j))) << 2);
}

/** Computes all rows of C in n columns from j on, for k terms from p on; b, brs and bPanel describe the panels of B for `macro`. */
function multiplyColumns(t: Product, p: i32, k: i32, j: i32, n: i32, b: usize, brs: usize, bPanel: usize): void {
  const first = p == 0;
  const c = t.c + (<usize>j << 2);
  const aBlock = t.acs != 4 && n > REUSE ? t.aBlock : 0;
  macro(t.m, n, k, t.a + <usize>p * t.acs, t.ars, t.acs, b, brs, bPanel,
    first ? t.s + <usize>j * t.sCol : c, first ? t.sRow : t.ldc, first ? t.sCol : 4, c, t.ldc,
    t.tile, aBlock, p + k == t.k ? t.activation : 0);
}

/** Computes all rows of C in n columns from j on, for k terms from p on, and packs B if that pays. */
function multiplyBlock(t: Product, p: i32, k: i32, j: i32, n: i32): void {
  const next = <usize>k * PANEL_ROW;
  if (t.packed) return multiplyColumns(t, p, k, j, n, packedPanels(t.packed, t.k, t.n, p, j), PANEL_ROW, next);
  const b = t.b + <usize>p * t.brs + <usize>j * t.bcs;
  const plain = t.bcs == 4 && t.n <= NARROW && t.brs % ALIAS != 0 ? n & -NR : 0;
  if (plain) multiplyColumns(t, p, k, j, plain, b, t.brs, NR << 2);
  if (plain == n) return;
  packB(k, n - plain, b + <usize>plain * t.bcs, t.brs, t.bcs, t.panels);
  multiplyColumns(t, p, k, j + plain, n - plain, t.panels, PANEL_ROW, next);
}

/** Uses an algorithm for few rows, which reads B once and in memory order. Returns false if none applies. */
function tryFewRows(t: Product): bool {
  if (t.m > FEW_ROWS || t.packed) return false;
  const small = max(t.n, t.k) <= NARROW && t.brs % ALIAS != 0;
  if (t.bcs == 4 && t.n >= 4 && (t.m <= 2 || !small)) {
    streamRows(t.m, t.n, t.k, t.a, t.ars, t.acs, t.b, t.brs, t.s, t.sRow, t.sCol, t.c, t.ldc, t.tile);
  } else if (t.brs == 4 && t.m <= 2) {
    dotRow(t.n, t.k, t.a, t.acs, t.b, t.bcs, t.s, t.sCol, t.c, t.tile);
    if (t.m == 2) dotRow(t.n, t.k, t.a + t.ars, t.acs, t.b, t.bcs, t.s + t.sRow, t.sCol, t.c + t.ldc, t.tile);
  } else return false;
  activate(t.activation, t.m, t.n, t.c, t.ldc);
  return true;
}

/** C = S + A * B by the algorithm that fits; m, n, k > 0. */
function multiplyBlocks(t: Product): void {
  if (tryFewRows(t)) return;
  const depth = depthOf(t.k);
  for (let j = 0; j < t.n; j += NC) {
    for (let p = 0; p < t.k; p += depth) multiplyBlock(t, p, min(depth, t.k - p), j, min(NC, t.n - j));
  }
}

/** C = (accumulate ? C : 0) + biasRow + biasCol. */
function initialize(m: i32, n: i32, c: usize, ldc: usize, accumulate: i32, biasRow: usize, biasCol: usize): void {
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

/** `gemm` and `gemmPacked`: `packed` is B in panels, or 0 if B is at b. Strides are floats. */
function multiply(
  m: i32, n: i32, k: i32, a: usize, ars: i32, acs: i32, b: usize, brs: i32, bcs: i32, packed: usize,
  c: usize, ldc: i32, accumulate: i32, biasRow: usize, biasCol: usize, activation: i32, work: usize,
): void {
  if (m == 0 || n == 0) return;
  const cRow = <usize>ldc << 2;
  const terms = i32(accumulate != 0) + i32(biasRow != 0) + i32(biasCol != 0);
  if (k == 0 || terms > 1) {
    initialize(m, n, c, cRow, accumulate, biasRow, biasCol);
    if (k == 0) return activate(activation, m, n, c, cRow);
  }
  const t = changetype<Product>(work);
  t.k = k;
  t.c = c;
  t.activation = activation;
  t.packed = packed;
  t.tile = work + PRODUCT_BYTES;
  t.panels = t.tile + TILE_BYTES;
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
  t.s = s;
  // A contiguous column of C is a row of its transpose, C' = B' * A', and there are special algorithms for rows.
  const column = n == 1 && ldc == 1 && !packed;
  t.m = column ? 1 : m;
  t.n = column ? m : n;
  t.a = column ? b : a;
  t.ars = <usize>(column ? bcs : ars) << 2;
  t.acs = <usize>(column ? brs : acs) << 2;
  t.b = column ? a : b;
  t.brs = <usize>(column ? acs : brs) << 2;
  t.bcs = <usize>(column ? ars : bcs) << 2;
  t.sRow = column ? sCol : sRow;
  t.sCol = column ? sRow : sCol;
  t.ldc = column ? <usize>m << 2 : cRow;
  t.aBlock = t.panels + panelBytes(t.n, k);
  multiplyBlocks(t);
}

/**
 * C[i, j] = activation((accumulate ? C[i, j] : 0) + sum over p of A[i, p] * B[p, j] + biasRow[i] + biasCol[j]).
 * Strides are floats and may have any value, including 0. biasRow [m] and biasCol [n] may be 0 for none. C must not overlap an operand.
 * `work` is scratch of gemmWorkspace(m, n, k) bytes. No product is skipped, so 0 * Infinity gives NaN.
 */
export function gemm(
  m: i32, n: i32, k: i32, a: usize, ars: i32, acs: i32, b: usize, brs: i32, bcs: i32,
  c: usize, ldc: i32, accumulate: i32, biasRow: usize, biasCol: usize, activation: i32, work: usize,
): void {
  multiply(m, n, k, a, ars, acs, b, brs, bcs, 0, c, ldc, accumulate, biasRow, biasCol, activation, work);
}

/** Bytes that `packMatrix` writes. */
export function packedBytes(n: i32, k: i32): f64 {
  return 4 * <f64>wholePanels(n) * k;
}

/** Writes all of B[k, n] to `packed` as panels, for many products with it. */
export function packMatrix(n: i32, k: i32, b: usize, brs: i32, bcs: i32, packed: usize): void {
  const row = <usize>brs << 2;
  const col = <usize>bcs << 2;
  const depth = depthOf(k);
  for (let j = 0; j < n; j += NC) {
    for (let p = 0; p < k; p += depth) {
      packB(min(depth, k - p), min(NC, n - j), b + <usize>p * row + <usize>j * col, row, col, packedPanels(packed, k, n, p, j));
    }
  }
}

/** The same as `gemm` with a contiguous C and a B that `packMatrix` packed. */
export function gemmPacked(
  m: i32, n: i32, k: i32, a: usize, ars: i32, acs: i32, packed: usize, c: usize, biasCol: usize, activation: i32, work: usize,
): void {
  multiply(m, n, k, a, ars, acs, 0, 0, 0, packed, c, n, 0, 0, biasCol, activation, work);
}

/** C[t] = (accumulate ? C[t] : 0) + A[t] * B[t] for t < batch; matrices are aBatch, bBatch, cBatch floats apart (0: a shared operand). */
export function gemmBatch(
  batch: i32, m: i32, n: i32, k: i32, a: usize, aBatch: i32, ars: i32, acs: i32, b: usize, bBatch: i32, brs: i32, bcs: i32,
  c: usize, cBatch: i32, ldc: i32, accumulate: i32, work: usize,
): void {
  for (let t = 0; t < batch; t++) {
    gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate, 0, 0, 0, work);
    a += <usize>aBatch << 2;
    b += <usize>bBatch << 2;
    c += <usize>cBatch << 2;
  }
}
