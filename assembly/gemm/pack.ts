// Packing: the only code that knows the layout of the caller's matrices. Strides are bytes.
//
// B[k, n] becomes panels of 8 columns, each of k rows of 8 contiguous floats. The last panel is filled with zeros; their sums are never
// read:
//                 panel 0           panel 1
//               0 1 2 3 4 5 6 7   8 9 z z z z z z
//         k = 0 . . . . . . . .   . . 0 0 0 0 0 0
//         k = 1 . . . . . . . .   . . 0 0 0 0 0 0
//
// A[m, k] becomes tiles of up to MR rows. A tile is k groups, and a group holds one value of each row:
//
//         tile 0   k = 0: 0 1 2 3 4 5   k = 1: 0 1 2 3 4 5   ...      tile 1   k = 0: 6 7 8 9 10   k = 1: 6 7 8 9 10   ...

import { loadUpTo4 } from "../lib/simd";
import { transposedRow } from "../lib/transpose4x4";
import { MR, NR } from "./blocking";

/** Bytes from one row of a packed panel to the next. */
export const PANEL_ROW: usize = NR << 2;

/** Panels packed together: they read 128 bytes of a row of B, two cache lines, which are read once. */
const ABREAST: usize = 4;

@inline
function copy8Floats(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

/** B with contiguous rows: copies ABREAST times 8 floats for each k, to panels `next` bytes apart. */
function packRows(k: i32, b: usize, brs: usize, panel: usize, next: usize): void {
  for (let p = 0; p < k; p++) {
    copy8Floats(b, panel);
    copy8Floats(b + 32, panel + next);
    copy8Floats(b + 64, panel + 2 * next);
    copy8Floats(b + 96, panel + 3 * next);
    b += brs;
    panel += PANEL_ROW;
  }
}

/** B with contiguous rows: packs one panel of up to 8 columns. */
function packPanel(k: i32, width: i32, b: usize, brs: usize, panel: usize): void {
  for (let p = 0; p < k; p++) {
    v128.store(panel, loadUpTo4(b, width));
    v128.store(panel, width > 4 ? loadUpTo4(b + 16, width - 4) : f32x4.splat(0), 16);
    b += brs;
    panel += PANEL_ROW;
  }
}

/** Packs 4 columns, each contiguous along k, by 4 x 4 transposes. Returns how many k are done, a multiple of 4. */
function packColumns4(k: i32, b: usize, bcs: usize, panel: usize): i32 {
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const column0 = v128.load(b);
    const column1 = v128.load(b + bcs);
    const column2 = v128.load(b + 2 * bcs);
    const column3 = v128.load(b + 3 * bcs);
    v128.store(panel, transposedRow(column0, column1, column2, column3, 0));
    v128.store(panel, transposedRow(column0, column1, column2, column3, 1), PANEL_ROW);
    v128.store(panel, transposedRow(column0, column1, column2, column3, 2), 2 * PANEL_ROW);
    v128.store(panel, transposedRow(column0, column1, column2, column3, 3), 3 * PANEL_ROW);
    b += 16;
    panel += 4 * PANEL_ROW;
  }
  return p;
}

/** Packs one panel of up to 8 columns with any strides, from row p on. */
function packAny(p: i32, k: i32, width: i32, b: usize, brs: usize, bcs: usize, panel: usize): void {
  for (; p < k; p++) {
    const to = panel + <usize>p * PANEL_ROW;
    const from = b + <usize>p * brs;
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
    for (let j = 0; j < width; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + <usize>j * bcs));
  }
}

/** Packs B[k, n] into ceil(n / 8) panels. */
export function packB(k: i32, n: i32, b: usize, brs: usize, bcs: usize, panels: usize): void {
  const next = <usize>k * PANEL_ROW;
  for (const step = <i32>ABREAST * NR; bcs == 4 && n >= step; n -= step) {
    packRows(k, b, brs, panels, next);
    b += ABREAST * PANEL_ROW;
    panels += ABREAST * next;
  }
  for (; n > 0; n -= NR) {
    const width = min(NR, n);
    if (bcs == 4) packPanel(k, width, b, brs, panels);
    else {
      let done = 0;
      if (width == NR && brs == 4) {
        packColumns4(k, b, bcs, panels);
        done = packColumns4(k, b + 4 * bcs, bcs, panels + 16);
      }
      packAny(done, k, width, b, brs, bcs, panels);
    }
    b += <usize>NR * bcs;
    panels += next;
  }
}

/** Packs one tile of A. Usually the values of its rows for one k are contiguous (ars is 4). */
function packTile(rows: i32, k: i32, a: usize, ars: usize, acs: usize, to: usize): void {
  for (; k > 0; k--) {
    let i = 0;
    if (ars == 4 && rows >= 4) {
      v128.store(to, v128.load(a));
      i = 4;
    }
    for (; i < rows; i++) store<f32>(to + (<usize>i << 2), load<f32>(a + <usize>i * ars));
    a += acs;
    to += <usize>rows << 2;
  }
}

/** Rows of the first of `tiles` tiles, over which m rows are distributed evenly: a tile of few rows would wait for latency. */
@inline
export function tileRows(m: i32, tiles: i32): i32 {
  return (m + tiles - 1) / tiles;
}

/** The number of tiles for m rows. */
@inline
export function tilesOf(m: i32): i32 {
  return (m + MR - 1) / MR;
}

/** Packs A[m, k] into tiles. */
export function packA(m: i32, k: i32, a: usize, ars: usize, acs: usize, block: usize): void {
  for (let tiles = tilesOf(m); tiles > 0; tiles--) {
    const rows = tileRows(m, tiles);
    packTile(rows, k, a, ars, acs, block);
    m -= rows;
    a += <usize>rows * ars;
    block += <usize>(rows * k) << 2;
  }
}
