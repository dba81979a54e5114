// A single long row is reduced in stretches: each part writes results of its stretches to memory that all share, and the calling thread
// combines them.
import type { Kernels } from "../generated/kernels.js";
import { ints } from "../memory.js";
import type { Call, SharedCut } from "./splits.js";

/** Floats of a stretch, which must be those of assembly/reduce/sum.ts. */
const STRETCH = 4096;

/** The kernel that reduces a stretch to a value, by the kernel that reduces the row. That of `sum` writes float64 totals instead. */
const VALUES = { sum: undefined, sumI32: "sumI32", amax: "amax", amin: "amin", argmax: "amax", argmin: "amin" } as const;

type Reduction = keyof typeof VALUES;

/** Returns the cut of a call that reduces one row; undefined for all other calls. */
export function cutStretches(name: string, args: readonly number[]): SharedCut | undefined {
  const [x, out, outer, n, inner] = args as [x: number, out: number, outer: number, n: number, inner: number, columns: number];
  if (!Object.hasOwn(VALUES, name) || outer * inner !== 1) return undefined;
  const kernel = name as Reduction;
  const value = VALUES[kernel];
  const bytes = value ? 4 : 8;
  const count = Math.ceil(n / STRETCH);
  return {
    total: n,
    unit: STRETCH,
    rounds: 4,
    sharedBytes: count * bytes,
    calls(from, size, shared) {
      const [at, to] = [x + 4 * from, shared + (from / STRETCH) * bytes];
      if (!value) return [{ kernel: "sumStretches", args: [at, to, size], work: -1 }];
      // One call for the whole stretches, as the rows of a matrix, and one for the remainder.
      const whole = Math.floor(size / STRETCH);
      const rest = size % STRETCH;
      const call = (first: number, rows: number, columns: number): Call => ({
        ...{ kernel: value, args: [at + 4 * first * STRETCH, to + 4 * first, rows, columns, 1, 1], work: -1 },
      });
      return [...(whole > 0 ? [call(0, whole, STRETCH)] : []), ...(rest > 0 ? [call(whole, 1, rest)] : [])];
    },
    finish(k: Kernels, shared) {
      if (kernel === "sum") return k.addStretches(shared, out, count);
      k[kernel](shared, out, 1, count, 1, 1);
      if (kernel === value) return;
      // The first stretch with the most extreme value is searched for its position.
      const first = (ints()[out / 4] as number) * STRETCH;
      k[kernel](x + 4 * first, out, 1, Math.min(STRETCH, n - first), 1, 1);
      (ints()[out / 4] as number) += first;
    },
  };
}
