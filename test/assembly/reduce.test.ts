// Reductions over the middle axis against float64 loops, one row per kernel: what a column of n values gives.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const extreme = (column: number[], pick: (...x: number[]) => number) => pick(...column);
/** The first NaN, else the first of the extreme values; 0 in an empty column. */
function position(column: number[], pick: (...x: number[]) => number): number {
  const nan = column.findIndex(Number.isNaN);
  return Math.max(nan >= 0 ? nan : column.indexOf(pick(...column)), 0);
}

const KERNELS = [
  { name: "sum", truth: (column: number[]) => column.reduce((a, b) => a + b, 0), ints: false, rounds: true },
  { name: "amax", truth: (column: number[]) => extreme(column, Math.max), ints: false, rounds: false },
  { name: "amin", truth: (column: number[]) => extreme(column, Math.min), ints: false, rounds: false },
  { name: "argmax", truth: (column: number[]) => position(column, Math.max), ints: true, rounds: false },
  { name: "argmin", truth: (column: number[]) => position(column, Math.min), ints: true, rounds: false },
];

const INNERS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 35];
const SHAPES = [
  ...Array.from({ length: 67 }, (_, n) => [2, n, 1] as const),
  ...INNERS.flatMap((inner) => [0, 1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 64, 65, 66, 130].map((n) => [3, n, inner] as const)),
  ...[511, 512, 513, 1029, 5000].map((n) => [2, n, 1] as const),
  [2, 1500, 21] as const,
  [1, 3, 2000] as const,
];

/** Column i of out: the n values x[o, :, k]. */
function columnOf(x: ArrayLike<number>, n: number, inner: number, i: number): number[] {
  const start = Math.floor(i / inner) * n * inner + (i % inner);
  return Array.from({ length: n }, (_, r) => x[start + r * inner] as number);
}

/** Random values with ties; `special` sprinkles NaN, infinities and zeros of both signs. */
function valuesFor(size: number, seed: number, special: boolean): Float32Array {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-40];
  const x = randomValues(size, seed).map((v) => Math.round(v * 64) / 64 + (v > 1.5 ? 1e-3 : 0));
  if (special) for (let i = seed % 7; i < size; i += 13) x[i] = odd[i % odd.length] as number;
  return x;
}

describe.each(builds)("%s reductions", (build) => {
  const k = kernels(build);

  test.each(KERNELS)("$name of every shape", ({ name, truth, ints, rounds }) => {
    for (const [outer, n, inner] of SHAPES) {
      for (const special of [false, true]) {
        const shift = SHIFTS[(n + inner) % 4] as number;
        const arena = new Arena();
        const x = arena.place(valuesFor(outer * n * inner, n + inner, special), shift);
        const out = ints ? arena.place(new Int32Array(outer * inner).fill(-7), 12 - shift) : arena.out(outer * inner, 12 - shift);
        k[name]?.(x.ptr, out.ptr, outer, n, inner, inner);
        out.values.forEach((got, i) => {
          const column = columnOf(x.values, n, inner, i);
          const want = truth(column);
          const slack = rounds && Number.isFinite(want) ? 3e-7 * column.reduce((a, b) => a + Math.abs(b), 0) : 0;
          const fits = Object.is(got, want) || Math.abs(got - want) <= slack;
          if (!fits) expect.fail(`${name} [${outer}, ${n}, ${inner}] column ${i}: ${got} instead of ${want}`);
        });
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("sumI32 wraps, in every shape", () => {
    for (const [outer, n, inner] of SHAPES) {
      const arena = new Arena();
      const values = Int32Array.from(randomValues(outer * n * inner, n), (v) => v * 2 ** 30);
      const x = arena.place(values, 4);
      const out = arena.place(new Int32Array(outer * inner).fill(-7), 8);
      k.sumI32?.(x.ptr, out.ptr, outer, n, inner, inner);
      out.values.forEach((got, i) => {
        const want = columnOf(x.values, n, inner, i).reduce((a, b) => (a + b) | 0, 0);
        if (got !== want) expect.fail(`[${outer}, ${n}, ${inner}] column ${i}: ${got} instead of ${want}`);
      });
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([
    { n: 16384, inner: 1 },
    { n: 16384, inner: 3 },
    { n: 16384, inner: 20 },
    { n: 300_000, inner: 1 },
    { n: 300_000, inner: 2 },
    { n: 40_000, inner: 16 },
  ])("$n times 0.1 in $inner columns loses next to nothing", ({ n, inner }) => {
    const arena = new Arena();
    const x = arena.place(new Float32Array(n * inner).fill(0.1));
    const out = arena.out(inner);
    k.sum?.(x.ptr, out.ptr, 1, n, inner, inner);
    const want = n * Math.fround(0.1);
    for (const got of out.values) expect(Math.abs(got / want - 1)).toBeLessThan(2e-7);
  });

  test.each([2048, 100_000])("a sum of %i far below its terms is exact to them", (n) => {
    const arena = new Arena();
    const x = arena.place(Float32Array.from({ length: n }, (_, i) => (i < n / 2 ? 1e7 : -1e7)));
    const out = arena.out(1);
    k.sum?.(x.ptr, out.ptr, 1, n, 1, 1);
    expect(out.values[0]).toBe(0);
  });

  test("a long row is the sum of the totals of its stretches", () => {
    for (const n of [0, 1, 4095, 4096, 4097, 8192, 30_001]) {
      const arena = new Arena();
      const x = arena.place(randomValues(n, n), 4);
      const count = Math.ceil(n / 4096);
      const totals = arena.place(new Float32Array(2 * count), 8);
      const [parts, whole] = [arena.out(1), arena.out(1)];
      k.sumStretches(x.ptr, totals.ptr, n);
      k.addStretches(totals.ptr, parts.ptr, count);
      k.sum(x.ptr, whole.ptr, 1, n, 1, 1);
      expect(parts.values).toEqual(whole.values);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each(["amax", "amin"])("%s of zeros is the first one, with its sign", (name) => {
    const other = name === "amax" ? -1 : 1;
    for (const n of [1, 5, 16, 40]) {
      for (const first of [0, -0]) {
        const arena = new Arena();
        const x = arena.place(
          Float32Array.from({ length: n }, (_, i) => (i < n / 3 - 1 ? other : i === Math.ceil(n / 3 - 1) ? first : -first)),
        );
        const out = arena.out(1);
        k[name]?.(x.ptr, out.ptr, 1, n, 1, 1);
        expect(out.values[0]).toBe(first);
      }
    }
  });

  test.each([1, 5, 21])("a row gives the same bytes anywhere in memory and in a batch, inner %i", (inner) => {
    const n = 777;
    const values = randomValues(4 * n * inner, 5);
    for (const { name } of KERNELS) {
      const arena = new Arena();
      const batch = arena.place(values);
      const all = arena.place(new Int32Array(4 * inner));
      k[name]?.(batch.ptr, all.ptr, 4, n, inner, inner);
      for (const shift of SHIFTS) {
        const alone = arena.place(values.slice(2 * n * inner, 3 * n * inner), shift);
        const one = arena.place(new Int32Array(inner), shift);
        k[name]?.(alone.ptr, one.ptr, 1, n, inner, inner);
        expect(one.values).toEqual(all.values.slice(2 * inner, 3 * inner));
      }
    }
  });
});
