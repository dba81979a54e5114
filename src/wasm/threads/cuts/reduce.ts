// Cuts of assembly/reduce: rows of the outer axis, columns of the inner one, or one long row in stretches.
// x [outer, n, inner] -> out [outer, inner].
import type { Kernels } from "../../generated/kernels.js";
import { ints } from "../../memory.js";
import { type Args, along, best, type Call, COLUMNS, LIGHT, type SharedCut, type Split, type Splits } from "./cut.js";

/** Floats that a kernel adds up before it goes to the next (reduce/sum.ts). */
const STRETCH = 4096;

/** The unit of columns for narrow matrices, whose rows are a cache line or two: the columns of a vector. */
const VECTOR = 4;

type Row = Args<"x" | "out" | "n">;

/** How a long row is reduced in stretches: `calls` writes a result for each stretch to `to`, `finish` makes one result of all. */
interface Stretches {
  /** Bytes of a stretch's result. */
  readonly bytes: number;
  calls(x: number, to: number, size: number): readonly Call[];
  finish(k: Kernels, results: number, count: number, row: Row): void;
}

function stretches({ bytes, calls, finish }: Stretches, { x, out, n }: Row): SharedCut {
  const count = Math.ceil(n / STRETCH);
  return {
    ...{ total: n, unit: STRETCH, rounds: 4, sharedBytes: count * bytes },
    calls: (from, size, shared) => calls(x + 4 * from, shared + (from / STRETCH) * bytes, size),
    finish: (k, shared) => finish(k, shared, count, { x, out, n }),
  };
}

/** Whole stretches are the rows of a matrix, the remainder is a matrix of one row. */
const rows =
  (kernel: "sumI32" | "amax" | "amin"): Stretches["calls"] =>
  (x, to, size) => {
    const whole = Math.floor(size / STRETCH);
    const rest = size - whole * STRETCH;
    const call = (at: number, outer: number, n: number): Call => ({
      kernel,
      args: [x + 4 * at * STRETCH, to + 4 * at, outer, n, 1, 1],
      work: -1,
    });
    return [...(whole > 0 ? [call(0, whole, STRETCH)] : []), ...(rest > 0 ? [call(whole, 1, rest)] : [])];
  };

/** The results are values, which the kernel reduces to one. */
const values = (kernel: "sumI32" | "amax" | "amin"): Stretches => ({
  bytes: 4,
  calls: rows(kernel),
  finish: (k, results, count, { out }) => k[kernel](results, out, 1, count, 1, 1),
});

/** The first stretch with the extreme value is searched for its position. */
const positions = (kernel: "argmax" | "argmin", value: "amax" | "amin"): Stretches => ({
  bytes: 4,
  calls: rows(value),
  finish: (k, results, count, { x, out, n }) => {
    k[kernel](results, out, 1, count, 1, 1);
    const first = (ints()[out / 4] as number) * STRETCH;
    k[kernel](x + 4 * first, out, 1, Math.min(STRETCH, n - first), 1, 1);
    (ints()[out / 4] as number) += first;
  },
});

/** Totals stay float64 until the last step. */
const totals: Stretches = {
  bytes: 8,
  calls: (x, to, size) => [{ kernel: "sumStretches", args: [x, to, size], work: -1 }],
  finish: (k, results, count, { out }) => k.addStretches(results, out, count),
};

const reduction = (ns: number, long: Stretches): Split<"x" | "out", "outer" | "n" | "inner" | "columns"> => ({
  cost: [ns, "outer", "n", "inner"],
  cut: ({ x, out, outer, n, inner, columns }, threads) => {
    const byRow = along("outer", outer, 1, { x: 4 * n * inner, out: 4 * inner });
    if (outer >= 2 * threads) return byRow;
    const byColumn = along("columns", columns, inner < 2 * COLUMNS ? VECTOR : COLUMNS, { x: 4, out: 4 });
    return best(byRow, byColumn) ?? (inner === 1 ? stretches(long, { x, out, n }) : undefined);
  },
});

/** Running sums: blocks, or the columns of one. */
const cumulate: Split<"x" | "out", "outer" | "n" | "inner" | "reverse" | "columns"> = {
  cost: [LIGHT, "outer", "n", "columns"],
  cut: ({ outer, n, inner, columns }) =>
    outer === 1 ? along("columns", columns, COLUMNS, { x: 4, out: 4 }) : along("outer", outer, 1, { x: 4 * n * inner, out: 4 * n * inner }),
};

/** An addition or comparison, and a second look at each element. */
const NS = 0.1;

export const reduce = {
  sum: reduction(NS, totals),
  sumI32: reduction(NS, values("sumI32")),
  amax: reduction(NS, values("amax")),
  amin: reduction(NS, values("amin")),
  argmax: reduction(2 * NS, positions("argmax", "amax")),
  argmin: reduction(2 * NS, positions("argmin", "amin")),
  cumsum: cumulate,
  cumsumI32: cumulate,
} satisfies Splits;
