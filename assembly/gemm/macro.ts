// The three inner loops of C[m, n] = S + A[m, k] * B[k, n], where B is read as panels of 8 columns: `bPanel` bytes from one panel to
// the next, `brs` bytes from one k to the next. This describes a packed B (32 * k and 32) as well as an unpacked B with contiguous rows
// (32 and its row stride), whose panels must all have 8 columns. Strides are bytes. k <= KC.

import { activate } from "./activation";
import { MC, NR, ZERO } from "./blocking";
import { micro, microHalf } from "./micro";
import { packA, tileRows, tilesOf } from "./pack";

/** Adds S to the first `width` columns of the edge tile at `tile`, whose rows are 8 floats, and writes them to C. */
function finishEdge(
  rows: i32, width: i32, tile: usize, s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const sum = load<f32>(tile + (<usize>j << 2));
      store<f32>(c + (<usize>j << 2), sum + load<f32>(s + <usize>j * sCol));
    }
    tile += NR << 2;
    s += sRow;
    c += ldc;
  }
}

/** Multiplies all rows of A, m <= MC, with one panel of B. If `packed`, A is stored as tiles (pack.ts). */
function sweep(
  m: i32, k: i32, packed: bool, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize,
): void {
  for (let tiles = tilesOf(m); tiles > 0; tiles--) {
    const rows = tileRows(m, tiles);
    micro(rows, k, a, ars, packed ? <usize>rows << 2 : acs, b, brs, s, sRow, sCol, c, ldc);
    m -= rows;
    a += <usize>rows * (packed ? <usize>k << 2 : ars);
    s += <usize>rows * sRow;
    c += <usize>rows * ldc;
  }
}

/** The same with the last panel, which has fewer than 8 columns. */
function sweepEdge(
  m: i32, width: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, tile: usize,
): void {
  for (let tiles = tilesOf(m); tiles > 0; tiles--) {
    const rows = tileRows(m, tiles);
    if (width <= 4) microHalf(rows, k, a, ars, acs, b, brs, ZERO, 0, 0, tile, NR << 2);
    else micro(rows, k, a, ars, acs, b, brs, ZERO, 0, 0, tile, NR << 2);
    finishEdge(rows, width, tile, s, sRow, sCol, c, ldc);
    m -= rows;
    a += <usize>rows * ars;
    s += <usize>rows * sRow;
    c += <usize>rows * ldc;
  }
}

/**
 * C = activation(S + A * B). `tile` is scratch for one edge tile. `aBlock` is scratch for MC x k floats if A is to be packed, else 0.
 * The activation is applied while the sums are in cache.
 */
export function macro(
  m: i32, n: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, bPanel: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, tile: usize, aBlock: usize, activation: i32,
): void {
  for (; m > 0; m -= MC) {
    const rows = min(MC, m);
    if (aBlock) packA(rows, k, a, ars, acs, aBlock);
    let panel = b;
    for (let j = 0; j < n; j += NR, panel += bPanel) {
      const from = s + <usize>j * sCol;
      const to = c + (<usize>j << 2);
      if (n - j < NR) sweepEdge(rows, n - j, k, a, ars, acs, panel, brs, from, sRow, sCol, to, ldc, tile);
      else if (aBlock) sweep(rows, k, true, aBlock, 4, 0, panel, brs, from, sRow, sCol, to, ldc);
      else sweep(rows, k, false, a, ars, acs, panel, brs, from, sRow, sCol, to, ldc);
    }
    activate(activation, rows, n, c, ldc);
    a += <usize>rows * ars;
    s += <usize>rows * sRow;
    c += <usize>rows * ldc;
  }
}
