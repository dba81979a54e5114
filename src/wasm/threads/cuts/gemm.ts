// Cuts of assembly/gemm: matrices of a batch if there are enough, else columns of B or rows of A, whichever gives more parts.
// A [m, k], B [k, n], C [m, n].
import { along, best, COLUMNS, type Splits } from "./cut.js";

/** Nanoseconds for a product of two numbers. */
const NS = 0.05;
/** Rows of whole tiles in both builds. */
const ROWS = 12;
/** Few parts per thread, because each part packs its part of A and B. */
const FEW_ROUNDS = 2;

export const gemm = {
  gemm: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    updates: ({ accumulate }) => accumulate !== 0,
    scratch: (kernels, { m, n, k }) => kernels.gemmWorkspace(m, n, k),
    cut: ({ m, n, ars, bcs, ldc }) =>
      best(
        along("n", n, COLUMNS, { a: 0, b: 4 * bcs, c: 4, biasRow: 0, biasCol: 4 }, FEW_ROUNDS),
        along("m", m, ROWS, { a: 4 * ars, b: 0, c: 4 * ldc, biasRow: 4, biasCol: 0 }, FEW_ROUNDS),
      ),
  },
  gemmPacked: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    scratch: (kernels, { m, n, k }) => kernels.gemmWorkspace(m, n, k),
    cut: ({ m, n, ars }) => along("m", m, ROWS, { a: 4 * ars, packed: 0, c: 4 * n, biasCol: 0 }, FEW_ROUNDS),
  },
  gemmBatch: {
    cost: [NS, "batch", "m", "n", "k"],
    writes: ["c"],
    updates: ({ accumulate }) => accumulate !== 0,
    scratch: (kernels, { m, n, k }) => kernels.gemmWorkspace(m, n, k),
    cut: ({ batch, m, n, aBatch, ars, bBatch, bcs, cBatch, ldc }, threads) =>
      batch >= 2 * threads
        ? along("batch", batch, 1, { a: 4 * aBatch, b: 4 * bBatch, c: 4 * cBatch })
        : best(
            along("n", n, COLUMNS, { a: 0, b: 4 * bcs, c: 4 }, FEW_ROUNDS),
            along("m", m, ROWS, { a: 4 * ars, b: 0, c: 4 * ldc }, FEW_ROUNDS),
          ),
  },
} satisfies Splits;
