// The kernels of order against JavaScript's stable sort: all lengths around the threshold of insertion, strides, ties, NaN, zeros of both
// signs, four alignments, guard words.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const SORT_SCRATCH = (n: number): Float32Array => new Float32Array(4 * n + 1024);
const shiftOf = (i: number): number => SHIFTS[i % 4] as number;

/** Values with ties, and NaN, infinities, zeros of both signs and denormals if they are `special`. */
function floatsFor(size: number, seed: number, special: boolean): Float32Array {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-40, -1e-40];
  const x = randomValues(size, seed).map((v) => (seed % 3 === 0 ? Math.round(v * 4) / 4 : v));
  if (special) for (let i = seed % 3; i < size; i += 3) x[i] = odd[(i * 11) % odd.length] as number;
  return x;
}

const intsFor = (size: number, seed: number): Int32Array =>
  Int32Array.from(randomValues(size, seed), (v, i) =>
    seed % 2 === 0 ? Math.round(v) : i % 5 === 0 ? (v > 0 ? 2 ** 31 - 1 : -(2 ** 31)) : v * 2 ** 30,
  );

/** -1, 0 or 1, with NaN as the largest. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return Math.sign(a - b);
}

function orderOf(values: readonly number[], descending: boolean): number[] {
  return values.map((_, i) => i).sort((i, j) => (descending ? -1 : 1) * compare(values[i] as number, values[j] as number));
}

const SHAPES: [outer: number, n: number, inner: number][] = [
  ...Array.from({ length: 46 }, (_, n) => [2, n, 1] as [number, number, number]),
  ...[255, 256, 257, 1000].map((n) => [2, n, 1] as [number, number, number]),
  ...[2, 3, 5].flatMap((inner) => [1, 7, 40, 41, 70].map((n) => [2, n, inner] as [number, number, number])),
  [0, 3, 2],
  [2, 3, 0],
  [1, 70_000, 1],
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each([0, 1])("argsort, float: %i", (float) => {
    for (const [index, [outer, n, inner]] of SHAPES.entries()) {
      for (const flip of [0, -1]) {
        const arena = new Arena();
        const size = outer * n * inner;
        const x = arena.place(float ? floatsFor(size, index, index % 2 === 0) : intsFor(size, index), shiftOf(index));
        const out = arena.place(new Int32Array(size).fill(-7), shiftOf(index + 1));
        const work = arena.place(SORT_SCRATCH(n));
        k.argsort(x.ptr, out.ptr, work.ptr, outer, n, inner, float, flip, inner);
        for (let o = 0; o < outer; o++) {
          for (let j = 0; j < inner; j++) {
            const at = (i: number): number => (o * n + i) * inner + j;
            const lane = Array.from({ length: n }, (_, i) => x.values[at(i)] as number);
            const got = Array.from({ length: n }, (_, i) => out.values[at(i)]);
            expect(got, `[${outer}, ${n}, ${inner}] flip ${flip}`).toEqual(orderOf(lane, flip !== 0));
          }
        }
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("argsort of the first columns leaves the others alone", () => {
    const arena = new Arena();
    const x = arena.place(floatsFor(30, 1, false));
    const out = arena.place(new Int32Array(30).fill(-7));
    k.argsort(x.ptr, out.ptr, arena.place(SORT_SCRATCH(5)).ptr, 1, 5, 6, 1, 0, 2);
    expect(Array.from(out.values, (v, i) => (i % 6 < 2 ? v >= 0 : v === -7))).toEqual(new Array(30).fill(true));
  });

  test.each([
    [1, 1],
    [7, 1],
    [41, 3],
    [60, 2],
    [5, 0],
    [0, 2],
  ])("argsortRows of [%i, %i]", (n, m) => {
    for (const float of [0, 1]) {
      const arena = new Arena();
      const values = Array.from({ length: n * m }, (_, i) => ((i * 7) % 3) - 1);
      const x = arena.place(float ? Float32Array.from(values) : Int32Array.from(values), 4);
      const out = arena.place(new Int32Array(n).fill(-7), 8);
      k.argsortRows(x.ptr, out.ptr, arena.place(SORT_SCRATCH(n)).ptr, n, m, float);
      const row = (i: number): number[] => values.slice(i * m, i * m + m);
      const byRow = (i: number, j: number): number => row(i).reduce((order, v, c) => order || v - (row(j)[c] as number), 0);
      expect(Array.from(out.values)).toEqual(Array.from({ length: n }, (_, i) => i).sort(byRow));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([0, 1])("topk is the beginning of the sorted row, float: %i", (float) => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 33, 64, 101, 1000]) {
      for (const count of new Set([1, 2, Math.ceil(n / 2), n].filter((v) => v <= Math.min(n, 70)))) {
        for (const flip of [0, -1]) {
          const rows = 3;
          const arena = new Arena();
          const x = arena.place(float ? floatsFor(rows * n, n + count, true) : intsFor(rows * n, n + count), shiftOf(n));
          const out = arena.place(new Int32Array(rows * count).fill(-7), shiftOf(n + 1));
          const work = arena.place(new Float32Array(2 * count));
          k.topk(x.ptr, out.ptr, work.ptr, rows, n, count, float, flip);
          for (let row = 0; row < rows; row++) {
            const lane = Array.from(x.values.slice(row * n, row * n + n));
            expect(Array.from(out.values.slice(row * count, row * count + count)), `${count} of ${n}, flip ${flip}`).toEqual(
              orderOf(lane, flip !== 0).slice(0, count),
            );
          }
          expect(arena.damaged()).toBeUndefined();
        }
      }
    }
  });

  test("topk of ascending values, each of which is better than all before", () => {
    const arena = new Arena();
    const x = arena.place(Float32Array.from({ length: 500 }, (_, i) => i));
    const out = arena.place(new Int32Array(3));
    k.topk(x.ptr, out.ptr, arena.place(new Float32Array(6)).ptr, 1, 500, 3, 1, -1);
    expect(Array.from(out.values)).toEqual([499, 498, 497]);
  });

  test("runs of rows", () => {
    const rows = [
      [1, 2],
      [1, 2],
      [1, 3],
      [Number.NaN, 1],
      [Number.NaN, 1],
      [0, 5],
      [-0, 5],
    ];
    const order = [2, 0, 1, 3, 4, 6, 5];
    const arena = new Arena();
    const x = arena.place(Float32Array.from(rows.flat()), 4);
    const at = arena.place(Int32Array.from(order), 8);
    const [first, counts, inverse, out] = [7, 7, 7, 1].map((n, i) => arena.place(new Int32Array(n).fill(-7), shiftOf(i))) as ReturnType<
      typeof arena.place<Int32Array>
    >[];
    k.runs(x.ptr, at.ptr, first?.ptr, counts?.ptr, inverse?.ptr, out?.ptr, 7, 2, 1);
    expect(Array.from(out?.values ?? [])).toEqual([5]);
    expect(Array.from(first?.values ?? [])).toEqual([2, 0, 3, 4, 6, -7, -7]);
    expect(Array.from(counts?.values ?? [])).toEqual([1, 2, 1, 1, 2, -7, -7]);
    expect(Array.from(inverse?.values ?? [])).toEqual([1, 1, 0, 2, 3, 4, 4]);
    // As int32, equal bits are equal: both NaN are, the zeros are not.
    k.runs(x.ptr, at.ptr, first?.ptr, counts?.ptr, inverse?.ptr, out?.ptr, 7, 2, 0);
    expect(Array.from(inverse?.values ?? [])).toEqual([1, 1, 0, 2, 2, 4, 3]);
    k.runs(x.ptr, at.ptr, first?.ptr, counts?.ptr, inverse?.ptr, out?.ptr, 0, 2, 1);
    expect(Array.from(out?.values ?? [])).toEqual([0]);
    expect(arena.damaged()).toBeUndefined();
  });

  test("mode is the last of the longest run", () => {
    const lanes = [
      [3, 1, 3, 1, 2],
      [5, 4, 3, 2, 1],
      [7, 7, 7, 7, 7],
    ];
    const arena = new Arena();
    const x = arena.place(Float32Array.from(lanes.flat()), 12);
    const order = arena.place(Int32Array.from(lanes.flatMap((lane) => orderOf(lane, false))), 4);
    const out = arena.place(new Int32Array(3), 8);
    k.mode(x.ptr, order.ptr, out.ptr, 3, 5, 1);
    expect(Array.from(out.values)).toEqual([3, 4, 4]);
    expect(arena.damaged()).toBeUndefined();
  });

  test.each([0, 1])("searchsorted against a linear search, float: %i", (float) => {
    const number = float ? Float32Array : Int32Array;
    for (const n of [0, 1, 2, 3, 8, 33]) {
      for (const right of [0, 1]) {
        const arena = new Arena();
        const rows = Array.from({ length: 2 * n }, (_, i) => Math.floor((i % n) / 2) * 2);
        const wanted = [-1, 0, 1, 2, 3, 4, 15, 16, 31, 32, 33, ...(float ? [-0, Number.NaN, Number.POSITIVE_INFINITY] : [2 ** 31 - 1])];
        const x = arena.place(number.from(rows), 4);
        const values = arena.place(number.from([...wanted, ...wanted]), 8);
        const out = arena.place(new Int32Array(2 * wanted.length), 12);
        k.searchsorted(x.ptr, values.ptr, out.ptr, 2, n, wanted.length, n, right, float);
        const place = (v: number): number => {
          const found = rows.slice(0, n).findIndex((element) => (right ? element > v : element >= v));
          return found < 0 ? n : found;
        };
        expect(Array.from(out.values)).toEqual([...wanted, ...wanted].map(place));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("countIndices adds to what is there", () => {
    const arena = new Arena();
    const x = arena.place(Int32Array.from([2, 0, 2, 2]), 4);
    const out = arena.place(Int32Array.from([1, 0, 0]), 8);
    k.countIndices(x.ptr, out.ptr, 4);
    expect(Array.from(out.values)).toEqual([2, 0, 3]);
    expect(arena.damaged()).toBeUndefined();
  });
});
