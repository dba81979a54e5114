// What sums down the columns of a matrix share. A column goes down in runs of float32 additions; runs are added in float64. Blocks of
// rows let wide matrices be read nearly in order; there are at most 16, added in out. So no chain of float32 additions grows with n.
import { loadUpTo4, narrow, storeUpTo4 } from "../lib/simd";

/** Rows of a run. */
export const RUN = 32;

const BLOCK_ROWS = 64;
const BLOCKS = 16;

/** Rows of a block, of n rows in all. */
@inline
export function blockRows(n: i32): i32 {
  return max(BLOCK_ROWS, (n + BLOCKS - 1) / BLOCKS);
}

/** Writes the sums of up to four columns, and adds what is there when there was `more` before. */
@inline
export function put(out: usize, low: v128, high: v128, left: i32, more: bool): void {
  const sum = narrow(low, high);
  storeUpTo4(out, more ? f32x4.add(loadUpTo4(out, left), sum) : sum, left);
}
