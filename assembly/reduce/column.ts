// What the kernels that sum the columns of a matrix share. A column is summed in runs of RUN float32 additions, and the sums of runs are
// added in float64. A matrix is read in at most 16 blocks of rows, so that wide matrices are read nearly in memory order; the sums of
// blocks are added in `out`. So no chain of float32 additions grows with the number of rows.
import { loadUpTo4, narrow, storeUpTo4 } from "../lib/simd";

/** Rows of a run. */
export const RUN = 32;

const BLOCK_ROWS = 64;
const BLOCKS = 16;

/** Rows of a block if there are n rows in all. */
@inline
export function blockRows(n: i32): i32 {
  return max(BLOCK_ROWS, (n + BLOCKS - 1) / BLOCKS);
}

/** Writes the sums of up to four columns to out; if there is `more`, adds them to the sums of earlier blocks that out holds. */
@inline
export function storeColumnSums(out: usize, low: v128, high: v128, left: i32, more: bool): void {
  const sum = narrow(low, high);
  storeUpTo4(out, more ? f32x4.add(loadUpTo4(out, left), sum) : sum, left);
}
