// Cuts of assembly/reduce: rows of the outer axis, columns of the inner axis, or stretches of a single long row.
// x [outer, n, inner] -> out [outer, inner].
import type { Kernels } from "../../generated/kernels.js";
import { ints } from "../../memory.js";
import { type Args, along, best, type Call, COLUMNS, type SharedCut, type Split, type Splits } from "./cut.js";

/** Floats of a stretch, which must be those of assembly/reduce/sum.ts. */
const STRETCH = 4096;

/** The unit of columns in narrow matrices, whose rows are one or two cache lines: the columns of a vector. */
const VECTOR = 4;

type Row = Args<"x" | "out" | "n">;

/** How a long row is reduced in stretches: `calls` writes a result for each stretch to `to`, `finish` combines the results. */
interface Stretches {
  /** Bytes of the result of a stretch. */
  readonly bytes: number;
  calls(x: number, to: number, size: number): readonly Call[];
  finish(k: Kernels, results: number, count: number, row: Row): void;
}

function cutStretches({ bytes, calls, finish }: Stretches, { x, out, n }: Row): SharedCut {
  const count = Math.ceil(n / STRETCH);
  return {
    total: n,
    unit: STRETCH,
    rounds: 4,
    sharedBytes: count * bytes,
    calls: (from, size, shared) => calls(x + 4 * from, shared + (from / STRETCH) * bytes, size),
    finish: (k, shared) => finish(k, shared, count, { x, out, n }),
  };
}

/** The calls for `size` floats: one for the whole stretches, as the rows of a matrix, and one for the remainder. */
const stretchCalls =
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

/** The results of stretches are values, which the same kernel reduces to one. */
const reduceValues = (kernel: "sumI32" | "amax" | "amin"): Stretches => ({
  bytes: 4,
  calls: stretchCalls(kernel),
  finish: (k, results, count, { out }) => k[kernel](results, out, 1, count, 1, 1),
});

/** The results of stretches are extreme values; the first stretch with the most extreme one is searched for its position. */
const reducePositions = (kernel: "argmax" | "argmin", value: "amax" | "amin"): Stretches => ({
  bytes: 4,
  calls: stretchCalls(value),
  finish: (k, results, count, { x, out, n }) => {
    k[kernel](results, out, 1, count, 1, 1);
    const first = (ints()[out / 4] as number) * STRETCH;
    k[kernel](x + 4 * first, out, 1, Math.min(STRETCH, n - first), 1, 1);
    (ints()[out / 4] as number) += first;
  },
});

/** The results of stretches are float64 totals, which are rounded only at the end. */
const TOTALS: Stretches = {
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
    return best(byRow, byColumn) ?? (inner === 1 ? cutStretches(long, { x, out, n }) : undefined);
  },
});

/** Nanoseconds for an addition or a comparison; argmax and argmin look at each element twice. */
const NS = 0.1;

export const reduce = {
  sum: reduction(NS, TOTALS),
  sumI32: reduction(NS, reduceValues("sumI32")),
  amax: reduction(NS, reduceValues("amax")),
  amin: reduction(NS, reduceValues("amin")),
  argmax: reduction(2 * NS, reducePositions("argmax", "amax")),
  argmin: reduction(2 * NS, reducePositions("argmin", "amin")),
} satisfies Splits;
