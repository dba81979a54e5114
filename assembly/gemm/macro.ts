// The three inner loops: C[m, n] = S + A[m, k] * B[k, n], where B lies as panels of 8 columns, `bPanel` bytes from one panel to
// the next and `brs` from one k to the next. That is a packed B (32 * k and 32) as well as a plain one with its rows in a
// row (32 and its row stride), which must have 8 whole columns in every panel. k <= KC.

import { MC, MR, NR, ZERO } from "./blocking";
import { micro } from "./micro";
import { packA } from "./pack";

/** Moves the wanted columns of a tile at the right edge from `tile`, MR x 8 floats, to C. */
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

/** All rows of A, m <= MC, past one panel of B. Tiles share the rows evenly: none is thin, thin ones wait on latency. */
function sweep(
  m: i32, width: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, tile: usize,
): void {
  for (let tiles = (m + MR - 1) / MR; tiles > 0; tiles--) {
    const rows = (m + tiles - 1) / tiles;
    if (width == NR) micro(rows, k, a, ars, acs, b, brs, s, sRow, sCol, c, ldc);
    else {
      micro(rows, k, a, ars, acs, b, brs, ZERO, 0, 0, tile, NR << 2);
      finishEdge(rows, width, tile, s, sRow, sCol, c, ldc);
    }
    m -= rows;
    a += <usize>rows * ars;
    s += <usize>rows * sRow;
    c += <usize>rows * ldc;
  }
}

/** `tile` is room for one edge tile, `aBlock` for MC x k floats if A is to be packed, else 0. */
export function macro(
  m: i32, n: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, bPanel: usize,
  s: usize, sRow: usize, sCol: usize, c: usize, ldc: usize, tile: usize, aBlock: usize,
): void {
  for (let i = 0; i < m; i += MC) {
    const rows = min(MC, m - i);
    const aRows = a + <usize>i * ars;
    if (aBlock) packA(rows, k, aRows, ars, acs, aBlock);
    const from = aBlock ? aBlock : aRows;
    const fromRs: usize = aBlock ? 4 : ars;
    const fromCs: usize = aBlock ? <usize>MC << 2 : acs;
    for (let j = 0; j < n; j += NR) {
      const at = <usize>j;
      sweep(rows, min(NR, n - j), k, from, fromRs, fromCs, b + (at / NR) * bPanel, brs,
        s + <usize>i * sRow + at * sCol, sRow, sCol, c + <usize>i * ldc + (at << 2), ldc, tile);
    }
  }
}
