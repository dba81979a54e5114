// Cuts of assembly/gemm: matrices of a batch if there are enough, else columns of B or rows of A, whichever gives more parts.
// A [m, k], B [k, n], C [m, n].
import { along, COLUMNS, type Splits } from "./cut.js";

/** Nanoseconds for a product of two numbers. */
const NS = 0.05;
/** Rows of whole tiles in both builds. */
const ROWS = 12;
/** Few parts per thread, because each part packs its part of A and B. */
const FEW = { rounds: 2 };

export const gemm = {
  gemm: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    updates: "accumulate",
    scratch: "gemmWorkspace(m,n,k)",
    cuts: [
      along("n", COLUMNS, { a: 0, b: "4*bcs", c: 4, biasRow: 0, biasCol: 4 }, FEW),
      along("m", ROWS, { a: "4*ars", b: 0, c: "4*ldc", biasRow: 4, biasCol: 0 }, FEW),
    ],
  },
  gemmPacked: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    scratch: "gemmWorkspace(m,n,k)",
    cuts: [along("m", ROWS, { a: "4*ars", packed: 0, c: "4*n", biasCol: 0 }, FEW)],
  },
  gemmBatch: {
    cost: [NS, "batch", "m", "n", "k"],
    writes: ["c"],
    updates: "accumulate",
    scratch: "gemmWorkspace(m,n,k)",
    cuts: [
      along("batch", 1, { a: "4*aBatch", b: "4*bBatch", c: "4*cBatch" }, { least: "two each" }),
      along("n", COLUMNS, { a: 0, b: "4*bcs", c: 4 }, FEW),
      along("m", ROWS, { a: "4*ars", b: 0, c: "4*ldc" }, FEW),
    ],
  },
} satisfies Splits;
