// Cuts of assembly/linalg: matrices of a batch. a [batch, n, n], [batch, m, n] or [batch, rows, cols].
import { along, type Formula, type Split, type Splits } from "./cut.js";

/** Nanoseconds for a product in elimination, and in reflections and rotations, which are repeated. */
const ELIMINATION = 0.3;
const REFLECTIONS = 2;
const ROTATIONS = 20;

/** `bytes` says how many of them a matrix has behind each pointer; those behind `inputs` are read only. */
const batched = <P extends string, N extends string>(
  ns: number,
  sizes: readonly N[],
  inputs: readonly NoInfer<P>[],
  bytes: Readonly<Record<P, Formula>>,
) =>
  ({
    cost: [ns, "batch", ...sizes],
    writes: (Object.keys(bytes) as P[]).filter((name) => !inputs.includes(name)),
    scratch: "sizeBytes",
    cuts: [along("batch", 1, bytes)],
  }) satisfies Split<P, N | "batch">;

export const linalg = {
  solve: batched(ELIMINATION, ["n", "n", "n", "r"], ["a", "b"], { a: "4*n*n", b: "4*n*r", out: "4*n*r", info: 4 }),
  determinant: batched(ELIMINATION, ["n", "n", "n"], ["a"], { a: "4*n*n", out: 4, log: 4 }),
  cholesky: batched(ELIMINATION, ["n", "n", "n"], ["a"], { a: "4*n*n", out: "4*n*n", info: 4 }),
  qr: batched(REFLECTIONS, ["m", "n", "columns"], ["a"], { a: "4*m*n", q: "4*m*columns", r: "4*columns*n" }),
  svd: batched(ROTATIONS, ["m", "n", "n"], ["a"], { a: "4*m*n", u: "4*m*columns", s: "4*n", v: "4*n*n", info: 4 }),
  lstsq: batched(ROTATIONS, ["rows", "cols", "cols", "r"], ["a", "b"], {
    ...{ a: "4*rows*cols", b: "4*rows*r", out: "4*cols*r", s: "rows min cols*4", info: 4 },
  }),
} satisfies Splits;
