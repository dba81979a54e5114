// Cuts of assembly/linalg: matrices of a batch. a [batch, n, n] or [batch, m, n].
import { along, type Splits } from "./cut.js";

/** Nanoseconds for a product in elimination, and in the reflections or rotations, which are repeated. */
const ELIMINATION = 0.3;
const REFLECTIONS = 2;
const ROTATIONS = 20;

const scratch = (_: unknown, { sizeBytes }: Readonly<Record<"sizeBytes", number>>): number => sizeBytes;

export const linalg = {
  solve: {
    cost: [ELIMINATION, "batch", "n", "n", "n"],
    writes: ["out", "info"],
    scratch,
    cut: ({ batch, n, r }) => along("batch", batch, 1, { a: 4 * n * n, b: 4 * n * r, out: 4 * n * r, info: 4 }),
  },
  determinant: {
    cost: [ELIMINATION, "batch", "n", "n", "n"],
    writes: ["out", "log"],
    scratch,
    cut: ({ batch, n }) => along("batch", batch, 1, { a: 4 * n * n, out: 4, log: 4 }),
  },
  cholesky: {
    cost: [ELIMINATION, "batch", "n", "n", "n"],
    writes: ["out", "info"],
    scratch,
    cut: ({ batch, n }) => along("batch", batch, 1, { a: 4 * n * n, out: 4 * n * n, info: 4 }),
  },
  qr: {
    cost: [REFLECTIONS, "batch", "m", "n", "n"],
    writes: ["q", "r"],
    scratch,
    cut: ({ batch, m, n, columns }) => along("batch", batch, 1, { a: 4 * m * n, q: 4 * m * columns, r: 4 * columns * n }),
  },
  svd: {
    cost: [ROTATIONS, "batch", "m", "n", "n"],
    writes: ["u", "s", "v", "info"],
    scratch,
    cut: ({ batch, m, n, columns }) => along("batch", batch, 1, { a: 4 * m * n, u: 4 * m * columns, s: 4 * n, v: 4 * n * n, info: 4 }),
  },
  eigh: {
    cost: [ROTATIONS, "batch", "n", "n", "n"],
    writes: ["s", "v", "info"],
    scratch,
    cut: ({ batch, n }) => along("batch", batch, 1, { a: 4 * n * n, s: 4 * n, v: 4 * n * n, info: 4 }),
  },
  lstsq: {
    cost: [ROTATIONS, "batch", "rows", "cols", "cols"],
    writes: ["out", "s", "info"],
    scratch,
    cut: ({ batch, rows, cols, r }) =>
      along("batch", batch, 1, { a: 4 * rows * cols, b: 4 * rows * r, out: 4 * cols * r, s: 4 * Math.min(rows, cols), info: 4 }),
  },
} satisfies Splits;
