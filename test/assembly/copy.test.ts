// Strided copies against a loop over every index, for each layout a copy has a fast path for and those it has none for.
// What lies between the strides of the target must stay as it was.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

type Four = readonly [number, number, number, number];
type Ints = Int32Array | Uint16Array | Uint8Array | Float64Array;

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65];
const SHIFTS = [0, 4, 8, 12];
const dense = ([, b, c, d]: Four): Four => [b * c * d, c * d, d, 1];

/** Strides of source and target for sizes d; `start` is the offset of the first element where strides are negative. */
const LAYOUTS: { of: string; xs: (d: Four) => Four; os: (d: Four) => Four; start?: (d: Four) => number }[] = [
  { of: "dense", xs: dense, os: dense },
  { of: "rows with gaps", xs: ([, b, c, d]) => dense([1, b, c, d + 3]), os: ([, b, c, d]) => dense([1, b + 1, c, d + 5]) },
  { of: "into rows with gaps", xs: dense, os: ([, b, c, d]) => dense([1, b, c, d + 4]) },
  { of: "out of rows with gaps", xs: ([, b, c, d]) => dense([1, b, c, d + 4]), os: dense },
  { of: "one value a row", xs: ([, b, c]) => [b * c, c, 1, 0], os: dense },
  { of: "one row for all", xs: ([, b, , d]) => [b * d, d, 0, 1], os: dense },
  { of: "turned", xs: ([, b, c, d]) => [b * c * d, c * d, 1, c], os: dense },
  { of: "turned, with gaps", xs: ([, b, c, d]) => [b * (c + 3) * d, (c + 3) * d, 1, c + 3], os: ([, b, c, d]) => dense([1, b, c, d + 2]) },
  { of: "turned, in whole pages", xs: () => [7, 3, 1, 1024], os: dense },
  { of: "turned on both sides", xs: ([, b, c, d]) => [b * c * d, c * d, 1, c], os: ([, b, c, d]) => [b * c * d, c * d, 1, c] },
  { of: "reversed", xs: ([, b, c, d]) => [b * c * d, c * d, d, -1], os: dense, start: ([, , , d]) => Math.max(d - 1, 0) },
  { of: "rows reversed", xs: ([, b, c, d]) => [b * c * d, c * d, -d, 1], os: dense, start: ([, , c, d]) => Math.max(c - 1, 0) * d },
  { of: "every second", xs: ([, b, c, d]) => [b * c * 2 * d, c * 2 * d, 2 * d, 2], os: dense },
  { of: "to every third", xs: dense, os: ([, b, c, d]) => [b * c * 3 * d, c * 3 * d, 3 * d, 3] },
]; // biome-ignore format: a row per layout

/** Elements from the first to the last one touched, both included. */
function extent(d: Four, strides: Four): number {
  if (d.includes(0)) return 0;
  return strides.reduce((sum, s, i) => sum + Math.abs(s) * ((d[i] as number) - 1), 1);
}

function naive(x: Ints, out: Ints, d: Four, xs: Four, os: Four, start: number): void {
  for (let i = 0; i < d[0]; i++) {
    for (let j = 0; j < d[1]; j++) {
      for (let k = 0; k < d[2]; k++) {
        for (let l = 0; l < d[3]; l++) {
          const to = i * os[0] + j * os[1] + k * os[2] + l * os[3];
          out[to] = x[start + i * xs[0] + j * xs[1] + k * xs[2] + l * xs[3]] as number;
        }
      }
    }
  }
}

/** Small whole numbers: sums of two are exact. */
const whole = (n: number) => randomValues(n, n, -99, 99).map(Math.round);

const KERNELS = [
  { name: "copy32", make: (n: number): Ints => Int32Array.from(whole(n)) },
  { name: "copy64", make: (n: number): Ints => Float64Array.from(whole(n)) },
  { name: "copy16", make: (n: number): Ints => Uint16Array.from(whole(n)) },
  { name: "copy8", make: (n: number): Ints => Uint8Array.from(whole(n)) },
];

describe.each(builds)("%s strided copies", (build) => {
  const k = kernels(build);

  for (const { name, make } of KERNELS) {
    test.each(LAYOUTS)(`${name}: $of`, ({ xs, os, start }) => {
      for (const [i, d2] of SIZES.entries()) {
        for (const [j, d3] of SIZES.entries()) {
          const d: Four = [2, 1 + (i % 3), d2, d3];
          const [from, to, first] = [xs(d), os(d), start?.(d) ?? 0];
          const arena = new Arena();
          const align = make(0).BYTES_PER_ELEMENT === 8 ? 2 : 1;
          const x = arena.place(make(extent(d, from)), SHIFTS[(j * align) % 4]);
          const out = arena.place(make(extent(d, to)), SHIFTS[(i * align) % 4]);
          const want = out.values.slice();
          naive(x.values, want, d, from, to, first);
          k[name]?.(x.ptr + first * x.values.BYTES_PER_ELEMENT, out.ptr, ...d, ...from, ...to);
          const wrong = out.values.findIndex((v, e) => v !== want[e]);
          if (wrong >= 0) expect.fail(`[${d}] element ${wrong}: ${out.values[wrong]} instead of ${want[wrong]}`);
          if (arena.damaged() !== undefined) expect.fail(`[${d}] wrote outside`);
        }
      }
    });
  }

  test.each([
    { rows: 40, cols: 300, gap: 0 },
    { rows: 300, cols: 41, gap: 0 },
    { rows: 37, cols: 509, gap: 3 },
    { rows: 21, cols: 520, gap: 0 },
    { rows: 150, cols: 1024, gap: 0 },
  ])("turned, blocks and more: $rows x $cols", ({ rows, cols, gap }) => {
    const arena = new Arena();
    const x = arena.place(
      Int32Array.from({ length: rows * cols }, (_, i) => i),
      4,
    );
    const out = arena.place(new Int32Array(rows * (cols + gap)).fill(-7), 12);
    const want = out.values.slice();
    const d: Four = [1, 1, rows, cols];
    const xs: Four = [0, 0, 1, rows];
    const os: Four = [0, 0, cols + gap, 1];
    naive(x.values, want, d, xs, os, 0);
    k.copy32?.(x.ptr, out.ptr, ...d, ...xs, ...os);
    expect(out.values).toEqual(want);
    expect(arena.damaged()).toBeUndefined();
  });

  test("one element to all, itself among them", () => {
    for (const { name, make } of KERNELS) {
      for (const n of SIZES.filter((size) => size > 0)) {
        const arena = new Arena();
        const out = arena.place(make(n), 8);
        const [first] = out.values;
        k[name]?.(out.ptr, out.ptr, 1, 1, 1, n, 0, 0, 0, 0, 0, 0, 0, 1);
        expect(Array.from(out.values)).toEqual(new Array(n).fill(first));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("moveBytes takes places that overlap", () => {
    for (const n of [0, 1, 15, 16, 17, 100, 5000]) {
      for (const by of [-40, -5, -1, 0, 1, 3, 16, 33]) {
        const arena = new Arena();
        const bytes = arena.place(Uint8Array.from({ length: n + 100 }, (_, i) => i));
        const want = bytes.values.slice().copyWithin(50 + by, 50, 50 + n);
        k.moveBytes(bytes.ptr + 50, bytes.ptr + 50 + by, n);
        expect(bytes.values).toEqual(want);
      }
    }
  });

  test("long rows and rows of odd byte counts", () => {
    for (const n of [510, 511, 512, 513, 2047, 2048, 2049, 5003]) {
      for (const shift of [0, 1, 2, 3, 5, 15]) {
        const arena = new Arena();
        const x = arena.place(Uint8Array.from(whole(2 * n)), shift);
        const out = arena.place(new Uint8Array(2 * n), 15 - shift);
        k.copy8?.(x.ptr, out.ptr, 1, 1, 2, n, 0, 0, n, 1, 0, 0, n, 1);
        expect(out.values).toEqual(x.values);
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("a bit pattern is copied as it is", () => {
    const arena = new Arena();
    const x = arena.place(Int32Array.of(0x7fa00001, -1, 0x7f800001, -0x80000000, 1));
    const out = arena.place(new Int32Array(5));
    k.copy32?.(x.ptr, out.ptr, 1, 1, 1, 5, 0, 0, 0, 2, 0, 0, 0, 1);
    expect(out.values[0]).toBe(0x7fa00001);
    k.copy32?.(x.ptr, out.ptr, 1, 1, 5, 1, 0, 0, 1, 0, 0, 0, 1, 1);
    expect(out.values).toEqual(x.values);
  });
});
