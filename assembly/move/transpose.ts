// Transpose of 32-bit elements: out[i*os + j] = x[i + j*xs] for i < rows, j < cols; strides are elements.
// 4 x 4 tiles are transposed in registers. Some rows of out are written together and in order, so that whole cache lines leave L1.
import { loadEvery } from "../lib/strided";
import { transposedRow } from "../lib/transpose4x4";

/** Elements of a block: its cache lines of x are still in L2 when the next block reads the rest of them. */
const BLOCK: i32 = 2048;

/**
 * Rows of out that are written together: the 16 elements of a cache line of x. Only 8 if rows are about a multiple of 2 KB apart, because
 * then they map to the same sets of L1, and loads wait for stores whose addresses have the same low bits.
 */
@inline
function rowsOfBlock(os: i32): i32 {
  return ((os + 32) & 511) < 64 ? 8 : 16;
}

@inline
function transposeTile(x: usize, out: usize, xs: usize, os: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + xs);
  const c = v128.load(x + 2 * xs);
  const d = v128.load(x + 3 * xs);
  v128.store(out, transposedRow(a, b, c, d, 0));
  v128.store(out + os, transposedRow(a, b, c, d, 1));
  v128.store(out + 2 * os, transposedRow(a, b, c, d, 2));
  v128.store(out + 3 * os, transposedRow(a, b, c, d, 3));
}

/** The whole tiles of `rows` and `cols`; xs and os are bytes. A function of its own, so that all its values stay in registers. */
function transposeTiles(x: usize, out: usize, rows: i32, cols: i32, xs: usize, os: usize): void {
  for (let j = 4; j <= cols; j += 4, x += xs << 2, out += 16) {
    let from = x;
    let to = out;
    for (let i = 4; i <= rows; i += 4, from += 16, to += os << 2) transposeTile(from, to, xs, os);
  }
}

/** Transposes row by row, for the rows and columns that do not fill a tile: writes out[i*os] to out[i*os + cols - 1]. */
function narrowRows(x: usize, out: usize, rows: i32, cols: i32, xs: usize, os: usize): void {
  for (; rows > 0; rows--, x += 4, out += os) {
    let from = x;
    let j = 0;
    for (; j + 4 <= cols; j += 4, from += xs << 2) v128.store(out + (<usize>j << 2), loadEvery(from, <i32>(xs >> 2)));
    for (; j < cols; j++, from += xs) store<u32>(out + (<usize>j << 2), load<u32>(from));
  }
}

export function transpose(x: usize, out: usize, rows: i32, cols: i32, xs: i32, os: i32): void {
  const down = <usize>xs << 2;
  const next = <usize>os << 2;
  const tiledRows = rows & -4;
  const tiledCols = cols & -4;
  const high = rowsOfBlock(os);
  const wide = BLOCK / high;
  for (let j = 0; j < tiledCols; j += wide) {
    let from = x + <usize>j * down;
    let to = out + (<usize>j << 2);
    for (let i = 0; i < tiledRows; i += high, from += <usize>high << 2, to += <usize>high * next) {
      transposeTiles(from, to, min(high, rows - i), min(wide, cols - j), down, next);
    }
  }
  narrowRows(x + <usize>tiledCols * down, out + (<usize>tiledCols << 2), tiledRows, cols - tiledCols, down, next);
  narrowRows(x + (<usize>tiledRows << 2), out + <usize>tiledRows * next, rows - tiledRows, cols, down, next);
}
