// float32 to int8 and back: every tail and alignment, channels in every place, halves, specials, both builds.
import { describe, expect, test } from "vitest";
import { PLACES, SPECIALS } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SMALLEST = 2 ** -126;
/** [outer, channels, inner]: one scale for all, rows, columns, a dimension in the middle. */
const LAYOUTS = [
  [1, 1, 23],
  [1, 5, 19],
  [7, 6, 1],
  [2, 3, 5],
  [3, 0, 4],
  [2, 3, 0],
] as const;

const even = (x: number): number => {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
};
/** round(x / scale) + zero, held; NaN is 0. */
function quantized(x: number, scale: number, low: number, high: number, zero: number): number {
  const ratio = Math.fround(x / scale);
  return (Number.isNaN(ratio) ? 0 : even(Math.min(Math.max(ratio, low - zero), high - zero))) + zero;
}

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test("every tail and alignment", () => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const x = arena.place(randomValues(n, n, -3, 3), shift);
      const scale = arena.out(1, 4);
      const q = arena.place(new Int8Array(n).fill(77), (shift * 5) % 16);
      k.absmaxScale(x.ptr, scale.ptr, 1, 1, n, 127);
      const s = scale.values[0] as number;
      expect(s).toBe(Math.max(SMALLEST, Math.fround(Math.max(0, ...x.values.map(Math.abs)) / 127)));
      k.quantizeInt8(x.ptr, scale.ptr, q.ptr, 1, 1, n, -127, 127, 0);
      expect(q.values).toEqual(Int8Array.from(x.values, (v) => quantized(v, s, -127, 127, 0)));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each(LAYOUTS)("[%i, %i, %i]", (outer, channels, inner) => {
    for (const [bits, zero] of [
      [8, 0],
      [7, 0],
      [8, 100],
      [8, -128],
      [4, 3],
    ] as const) {
      const arena = new Arena();
      const x = arena.place(randomValues(outer * channels * inner, bits, -3, 3));
      const scale = arena.out(channels, 8);
      const q = arena.place(new Int8Array(x.values.length).fill(77), 3);
      const high = 2 ** (bits - 1) - 1;
      const low = zero === 0 ? -high : -high - 1;
      k.absmaxScale(x.ptr, scale.ptr, outer, channels, inner, high);
      k.quantizeInt8(x.ptr, scale.ptr, q.ptr, outer, channels, inner, low - zero, high - zero, zero);
      const channel = (i: number): number => Math.floor(i / inner) % channels;
      scale.values.forEach((s, c) => {
        const own = x.values.filter((_, i) => channel(i) === c).map(Math.abs);
        expect(s).toBe(Math.max(SMALLEST, Math.fround(Math.max(0, ...own) / high)));
      });
      const scaleAt = (i: number): number => scale.values[channel(i)] as number;
      expect(q.values).toEqual(Int8Array.from(x.values, (v, i) => quantized(v, scaleAt(i), low, high, zero)));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("halves go to even, what does not fit to the ends, NaN to the value of 0", () => {
    const xs = Float32Array.from([...SPECIALS, 1.5, -1.5, 126.5, 127.5, -126.5, -127.5, 0.49999997, 8388609, -1e9]);
    for (const [scale, zero] of [
      [1, 0],
      [0.25, 7],
      [Number.NaN, 0],
      [Number.POSITIVE_INFINITY, -3],
      [0, 0],
    ] as const) {
      const arena = new Arena();
      const x = arena.place(xs);
      const s = arena.place(Float32Array.of(scale));
      const q = arena.place(new Int8Array(xs.length));
      k.quantizeInt8(x.ptr, s.ptr, q.ptr, 1, 1, xs.length, -128 - zero, 127 - zero, zero);
      expect(q.values).toEqual(Int8Array.from(xs, (v) => quantized(v, scale, -128, 127, zero)));
    }
  });

  test.each([
    { values: [1, Number.NaN, 2, 3, 4], scale: Number.NaN },
    { values: [1, 2, 3, 4, Number.NEGATIVE_INFINITY], scale: Number.POSITIVE_INFINITY },
    { values: [Number.POSITIVE_INFINITY, Number.NaN], scale: Number.NaN },
    { values: [0, -0, 0], scale: SMALLEST },
    { values: [1e-45, -1e-40], scale: SMALLEST },
    { values: [-3.4e38], scale: Math.fround(3.4e38) / 127 },
  ])("the scale of $values", ({ values, scale }) => {
    const arena = new Arena();
    const x = arena.place(Float32Array.from(values));
    const out = arena.out(1);
    k.absmaxScale(x.ptr, out.ptr, 1, 1, values.length, 127);
    expect(out.values[0]).toBe(Math.fround(scale));
    // The same when the values come in several rows of one channel.
    k.absmaxScale(x.ptr, out.ptr, values.length, 1, 1, 127);
    expect(out.values[0]).toBe(Math.fround(scale));
  });
});
