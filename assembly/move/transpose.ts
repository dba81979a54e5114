// Transpose of 32-bit elements: out[i*os + j] = x[i + j*xs], i < rows, j < cols; strides in elements.
// Blocks keep the lines in use of both sides in the first cache; inside a block 4x4 tiles are turned in registers.
import { turned } from "../lib/turn";

/** Strides of whole pages send all rows of a block to the same few cache sets: square blocks suffer least from it. */
const PAGE_ELEMENTS = 1024;

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

/** Rows i0 to i1 and columns j0 to j1; xs and os in bytes. */
function block(x: usize, out: usize, i0: i32, i1: i32, j0: i32, j1: i32, xs: usize, os: usize): void {
  let i = i0;
  for (; i + 4 <= i1; i += 4) {
    let from = x + (<usize>i << 2) + <usize>j0 * xs;
    let to = out + <usize>i * os + (<usize>j0 << 2);
    let j = j0;
    for (; j + 4 <= j1; j += 4, from += xs << 2, to += 16) tile(from, to, xs, os);
    for (; j < j1; j++, from += xs, to += 4) {
      for (let k: usize = 0; k < 4; k++) store<u32>(to + k * os, load<u32>(from + (k << 2)));
    }
  }
  for (; i < i1; i++) {
    const from = x + (<usize>i << 2);
    const to = out + <usize>i * os;
    for (let j = j0; j < j1; j++) store<u32>(to + (<usize>j << 2), load<u32>(from + <usize>j * xs));
  }
}

export function transpose(x: usize, out: usize, rows: i32, cols: i32, xs: i32, os: i32): void {
  const square = xs % PAGE_ELEMENTS == 0 || os % PAGE_ELEMENTS == 0;
  const high = square ? 32 : 16;
  const wide = square ? 32 : 64;
  for (let j = 0; j < cols; j += wide) {
    for (let i = 0; i < rows; i += high) {
      block(x, out, i, min(i + high, rows), j, min(j + wide, cols), <usize>xs << 2, <usize>os << 2);
    }
  }
}
