// Transpose of 32-bit elements: out[i*os + j] = x[i + j*xs], i < rows, j < cols; strides in elements.
// Rows of out are written some at a time and in order, and their lines leave the first cache full; 4x4 tiles are turned in registers.
import { loadEvery } from "../lib/strided";
import { turned } from "../lib/turn";

/** Elements of a block: its lines of x are still in the second cache when the next block takes the rest of them. */
const BLOCK: i32 = 2048;

/**
 * Rows of out written side by side: a whole line of x. Half of it if rows lie about a multiple of 2 KB apart, because then they
 * share the sets of the first cache, and loads wait for stores that look alike in their low bits.
 */
@inline
function rowsOfBlock(os: i32): i32 {
  return ((os + 32) & 511) < 64 ? 8 : 16;
}

@inline
function tile(x: usize, out: usize, xs: usize, os: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + xs);
  const c = v128.load(x + 2 * xs);
  const d = v128.load(x + 3 * xs);
  v128.store(out, turned(a, b, c, d, 0));
  v128.store(out + os, turned(a, b, c, d, 1));
  v128.store(out + 2 * os, turned(a, b, c, d, 2));
  v128.store(out + 3 * os, turned(a, b, c, d, 3));
}

/** Whole tiles of `rows` and `cols` from x and out on; xs and os in bytes. By itself, so that all it needs stays in registers. */
function tiles(x: usize, out: usize, rows: i32, cols: i32, xs: usize, os: usize): void {
  for (let j = 4; j <= cols; j += 4, x += xs << 2, out += 16) {
    let from = x;
    let to = out;
    for (let i = 4; i <= rows; i += 4, from += 16, to += os << 2) tile(from, to, xs, os);
  }
}

/** Row by row, for what is narrower than a tile of x: out[i*os] to out[i*os + cols - 1]. */
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
      tiles(from, to, min(high, rows - i), min(wide, cols - j), down, next);
    }
  }
  narrowRows(x + <usize>tiledCols * down, out + (<usize>tiledCols << 2), tiledRows, cols - tiledCols, down, next);
  narrowRows(x + (<usize>tiledRows << 2), out + <usize>tiledRows * next, rows - tiledRows, cols, down, next);
}
