// Gathers and scatters against index loops, and the check that comes before them.
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
const whole = (n: number, seed: number) => randomValues(n, seed, -99, 99).map(Math.round);
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

/** `bytes`: what the size of a row counts for each element; rows of out follow where they may be fewer. `full`: the index has a value for each element, not one for each j. `adds`: from the ni-sized array into the nx-sized. */
const KERNELS = [
  { name: "gather32", full: true, adds: false },
  { name: "scatterAdd", full: true, adds: true },
  { name: "indexSelect", full: false, adds: false, bytes: 4 },
  { name: "indexAdd", full: false, adds: true },
];

describe.each(builds)("%s gather", (build) => {
  const k = kernels(build);

  test.each(KERNELS)("$name", ({ name, full, adds, bytes = 1 }) => {
    for (const [i, shape] of SHAPES.entries()) {
      const [outer, nx, ni, inner] = shape;
      const arena = new Arena();
      const index = arena.place(indices(full ? outer * ni * inner : ni, nx), SHIFTS[(i + 1) % 4]);
      const large = arena.place(whole(outer * nx * inner, 1), SHIFTS[i % 4]);
      const small = arena.place(whole(outer * ni * inner, 2), SHIFTS[(i + 2) % 4]);
      const [from, to] = adds ? [small, large] : [large, small];
      const want = to.values.slice();
      const at = (o: number, j: number, l: number) => index.values[full ? (o * ni + j) * inner + l : j] as number;
      each(shape, at, (s, l) => {
        if (adds) want[l] = (want[l] as number) + (small.values[s] as number);
        else want[s] = large.values[l] as number;
      });
      k[name]?.(from.ptr, index.ptr, to.ptr, outer, nx, ni, inner * bytes, 0, nx);
      expect(to.values, `[${shape}]`).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("NaN and infinities arrive", () => {
    const arena = new Arena();
    const x = arena.place(new Float32Array([1, Number.NaN, Number.NEGATIVE_INFINITY]));
    const index = arena.place(Int32Array.of(2, 1, 1));
    const out = arena.place(new Float32Array(3));
    k.gather32(x.ptr, index.ptr, out.ptr, 1, 3, 3, 1);
    expect(Array.from(out.values)).toEqual([Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN]);
    out.values.fill(0);
    k.scatterAdd?.(x.ptr, index.ptr, out.ptr, 1, 3, 3, 1);
    expect(Array.from(out.values)).toEqual([0, Number.NaN, 1]);
  });

  test.each([
    { name: "gather8", of: Uint8Array },
    { name: "gather16", of: Uint16Array },
    { name: "gather64", of: Float64Array },
  ])("$name", ({ name, of }) => {
    for (const [i, shape] of SHAPES.entries()) {
      const [outer, nx, ni, inner] = shape;
      const arena = new Arena();
      const index = arena.place(indices(outer * ni * inner, nx), SHIFTS[i % 4]);
      const x = arena.place(of.from(whole(outer * nx * inner, 1)), 8 * (i % 2));
      const out = arena.place(of.from(whole(outer * ni * inner, 2)), 8 - 8 * (i % 2));
      const want = out.values.slice();
      each(
        shape,
        (o, j, l) => index.values[(o * ni + j) * inner + l] as number,
        (s, l) => {
          want[s] = x.values[l] as number;
        },
      );
      k[name]?.(x.ptr, index.ptr, out.ptr, outer, nx, ni, inner);
      expect(out.values, `[${shape}]`).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("firstZero names the first 0", () => {
    for (let n = 0; n <= 18; n++) {
      for (const shift of SHIFTS) {
        const arena = new Arena();
        const x = arena.place(new Int32Array(n).fill(-7), shift);
        expect(k.firstZero(x.ptr, n)).toBe(-1);
        for (let i = n - 1; i >= 0; i--) {
          x.values[i] = 0;
          expect(k.firstZero(x.ptr, n)).toBe(i);
        }
      }
    }
  });

  test("checkIndex names the first index outside", () => {
    for (let n = 0; n <= 18; n++) {
      for (const shift of SHIFTS) {
        const arena = new Arena();
        const index = arena.place(indices(n, 10), shift);
        const check = (size: number, allowed?: number) => k.checkIndex(index.ptr, n, size, allowed !== undefined, allowed ?? 0);
        expect(check(10)).toBe(-1);
        expect(check(0, 77)).toBe(n > 0 ? 0 : -1);
        for (const bad of [-1, 10, -100, 2 ** 31 - 1, -(2 ** 31)]) {
          for (let i = n - 1; i >= 0; i--) {
            index.values[i] = bad;
            expect(check(10)).toBe(i);
            expect(check(10, bad)).toBe(-1);
          }
          index.values.set(indices(n, 10));
        }
        index.values.fill(0);
        expect(check(0)).toBe(n > 0 ? 0 : -1);
        index.values.fill(-100);
        expect(check(0, -100)).toBe(-1);
      }
    }
  });
});
