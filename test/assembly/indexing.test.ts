// Masks to positions and writes by index against loops.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
/** [outer, nx, ni, inner] */
const SHAPES = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33].map((inner) => [2, 5, 7, inner] as const),
  ...[0, 1, 2, 3, 50].map((ni) => [3, 4, ni, 1] as const),
  [1, 1, 6, 5],
  [0, 3, 2, 2],
  [2, 3, 4, 0],
  [1, 9, 3, 600],
] as const;

/** Small whole numbers: their sums are exact. */
const whole = (n: number, seed: number) => randomValues(n, seed, -9, 9).map(Math.round);
const indices = (n: number, size: number) => Int32Array.from(randomValues(n, n, 0, size), Math.floor);

/** Runs a step for every [o, j, k]: position in the ni-sized and in the nx-sized array, given the index there. */
function each(shape: readonly number[], index: (o: number, j: number, k: number) => number, step: (small: number, large: number) => void) {
  const [outer, nx, ni, inner] = shape as [number, number, number, number];
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < ni; j++) {
      for (let k = 0; k < inner; k++) step((o * ni + j) * inner + k, (o * nx + index(o, j, k)) * inner + k);
    }
  }
}

const COMBINE: readonly ((before: number, value: number) => number)[] = [(a, b) => a + b, (a, b) => a * b, Math.max, Math.min];

describe.each(builds)("%s indexing", (build) => {
  const k = kernels(build);

  test("masks: how many are true, and where", () => {
    for (let n = 0; n <= 50; n++) {
      for (const shift of [0, 1, 5, 15]) {
        for (const share of [0, 0.1, 0.5, 1]) {
          const arena = new Arena();
          const values = Uint8Array.from(randomValues(n, n + shift, 0, 1), (v) => Number(v < share));
          const mask = arena.place(values, shift);
          const want = [...values.keys()].filter((i) => values[i]);
          expect(k.countTrue(mask.ptr, n)).toBe(want.length);
          const out = arena.place(new Int32Array(want.length), SHIFTS[n % 4]);
          k.truePositions(mask.ptr, out.ptr, n);
          expect([...out.values]).toEqual(want);
          expect(arena.damaged()).toBeUndefined();
        }
      }
    }
  });

  test.each([
    { bytes: 1, of: Uint8Array },
    { bytes: 2, of: Uint16Array },
    { bytes: 4, of: Float32Array },
    { bytes: 8, of: Float64Array },
  ])("scatter and indexCopy of $bytes bytes", ({ bytes, of }) => {
    for (const [i, shape] of SHAPES.entries()) {
      const [outer, nx, ni, inner] = shape;
      for (const rows of [false, true]) {
        const arena = new Arena();
        const index = arena.place(indices(rows ? ni : outer * ni * inner, nx), SHIFTS[(i + 1) % 4]);
        const x = arena.place(of.from(whole(outer * ni * inner, 1)), 8 * (i % 2));
        const out = arena.place(of.from(whole(outer * nx * inner, 2)), 8 - 8 * (i % 2));
        const want = out.values.slice();
        each(
          shape,
          (o, j, l) => index.values[rows ? j : (o * ni + j) * inner + l] as number,
          (s, l) => {
            want[l] = x.values[s] as number;
          },
        );
        if (rows) k.indexCopy(x.ptr, index.ptr, out.ptr, outer, nx, ni, inner * bytes);
        else k.scatter(x.ptr, index.ptr, out.ptr, outer, nx, ni, inner, bytes);
        expect(out.values, `[${shape}]`).toEqual(want);
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test.each([0, 1, 2, 3])("scatterReduce, mode %i", (mode) => {
    for (const [i, shape] of SHAPES.entries()) {
      const [outer, nx, ni, inner] = shape;
      for (const of of [Float32Array, Int32Array]) {
        const arena = new Arena();
        const index = arena.place(indices(outer * ni * inner, nx), SHIFTS[(i + 1) % 4]);
        const x = arena.place(of.from(whole(outer * ni * inner, 1)), SHIFTS[i % 4]);
        const out = arena.place(of.from(whole(outer * nx * inner, 2)), SHIFTS[(i + 2) % 4]);
        const want = out.values.slice();
        each(
          shape,
          (o, j, l) => index.values[(o * ni + j) * inner + l] as number,
          (s, l) => {
            const [before, value] = [want[l] as number, x.values[s] as number];
            want[l] = of === Int32Array && mode === 1 ? Math.imul(before, value) : (COMBINE[mode]?.(before, value) as number);
          },
        );
        k.scatterReduce(x.ptr, index.ptr, out.ptr, outer, nx, ni, inner, mode, of === Int32Array);
        expect(
          Array.from(out.values, (v) => v + 0),
          `[${shape}]`,
        ).toEqual(Array.from(want, (v) => v + 0));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("NaN and infinities stay", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    for (const mode of [0, 1, 2, 3]) {
      for (const [before, value] of [
        [nan, 1],
        [1, nan],
        [nan, nan],
        [inf, 1],
        [-inf, inf],
        [1, -inf],
        [inf, 0],
      ] as const) {
        const arena = new Arena();
        const x = arena.place(Float32Array.of(value));
        const index = arena.place(Int32Array.of(0));
        const out = arena.place(Float32Array.of(before));
        k.scatterReduce(x.ptr, index.ptr, out.ptr, 1, 1, 1, 1, mode, false);
        expect(out.values[0], `${mode}: ${before}, ${value}`).toBe(COMBINE[mode]?.(before, value));
      }
    }
  });
});
