// How reductions are split: rows of the outer axis, columns of the inner one, or one long row in stretches.
// Arguments are (x, out, outer, n, inner, columns), x [outer, n, inner] -> out [outer, inner].
import type { Kernels } from "../generated/kernels.js";
import { ints } from "../memory.js";
import { type Args, along, best, type Call, type Cut, type Split } from "./split.js";

/** Floats that a kernel adds up before it goes to the next (reduce/sum.ts). */
const STRETCH = 4096;

/** Columns of a cache line; of narrow matrices, whose rows are a line or two, the columns of a vector. */
const LINE = 16;
const VECTOR = 4;

/** A row as stretches: `each` writes the result of each of `size` elements' stretches to `to`, `finish` makes one of all. */
interface Stretches {
  /** Of a stretch's result. */
  readonly bytes: number;
  each(x: number, to: number, size: number): readonly Call[];
  finish(k: Kernels, results: number, count: number, args: Args): void;
}

function stretches({ bytes, each, finish }: Stretches, args: Args): Cut {
  const [x, , , n] = args as [number, number, number, number];
  const count = Math.ceil(n / STRETCH);
  return {
    ...{ total: n, unit: STRETCH, rounds: 4, room: count * bytes },
    part: (from, size, room) => each(x + 4 * from, room + (from / STRETCH) * bytes, size),
    finish: (k, room) => finish(k, room, count, args),
  };
}

/** Stretches as the rows of a matrix, and what is left behind them as another one. */
const rows =
  (kernel: "sumI32" | "amax" | "amin"): Stretches["each"] =>
  (x, to, size) => {
    const whole = Math.floor(size / STRETCH);
    const call = (at: number, outer: number, n: number): Call => ({
      kernel,
      args: [x + 4 * at * STRETCH, to + 4 * at, outer, n, 1, 1],
      scratch: [],
    });
    const rest = size - whole * STRETCH;
    return [...(whole > 0 ? [call(0, whole, STRETCH)] : []), ...(rest > 0 ? [call(whole, 1, rest)] : [])];
  };

/** The results are values, and the kernel makes one value of these too. */
const values = (kernel: "sumI32" | "amax" | "amin"): Stretches => ({
  bytes: 4,
  each: rows(kernel),
  finish: (k, results, count, [, out]) => k[kernel](results, out as number, 1, count, 1, 1),
});

/** The first stretch with the extreme value is searched for its place. */
const positions = (kernel: "argmax" | "argmin", value: "amax" | "amin"): Stretches => ({
  bytes: 4,
  each: rows(value),
  finish: (k, results, count, args) => {
    const [x, out, , n] = args as [number, number, number, number];
    k[kernel](results, out, 1, count, 1, 1);
    const first = (ints()[out / 4] as number) * STRETCH;
    k[kernel](x + 4 * first, out, 1, Math.min(STRETCH, n - first), 1, 1);
    (ints()[out / 4] as number) += first;
  },
});

/** Totals stay float64 until the last step. */
const totals: Stretches = {
  bytes: 8,
  each: (x, to, size) => [{ kernel: "sumStretches", args: [x, to, size], scratch: [] }],
  finish: (k, results, count, [, out]) => k.addStretches(results, out as number, count),
};

function reduction(ns: number, long: Stretches): Split {
  const outer = along(2, 1, [0, 4, 3, 4], [1, 4, 4]);
  const columns = (unit: number) => along(5, unit, [0, 4], [1, 4]);
  return {
    cost: [ns, 2, 3, 4],
    cut: (args, threads) => {
      const cut = outer(args);
      if (cut.total >= 2 * threads) return cut;
      const inner = args[4] as number;
      return best(cut, columns(inner < 2 * LINE ? VECTOR : LINE)(args)) ?? (inner === 1 ? stretches(long, args) : undefined);
    },
  };
}

/** Additions and comparisons, and a second look at each element. */
const NS = 0.1;

export const sum: Split = reduction(NS, totals);
export const sumI32: Split = reduction(NS, values("sumI32"));
export const amax: Split = reduction(NS, values("amax"));
export const amin: Split = reduction(NS, values("amin"));
export const argmax: Split = reduction(2 * NS, positions("argmax", "amax"));
export const argmin: Split = reduction(2 * NS, positions("argmin", "amin"));
