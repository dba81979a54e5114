// Conversions, logic on bytes, filling and accumulating: every tail and alignment, and the values where types disagree.
import { describe, expect, test } from "vitest";
import { PLACES, SPECIALS } from "./elementwise.js";
import { Arena, builds, kernels, randomValues, ulps } from "./harness.js";
import { extent, LAYOUTS, pairs } from "./layouts.js";

type Values = Float32Array | Int32Array | Uint8Array | Int8Array;
const EDGES = [127.9, 128, -128.9, -129, 254.9, 255, 255.9, 256, -0.9, 1.9, -1.9, 2147483520, 2147483648, -2147483648, -2147483904, 1e10];
const FLOATS = Float32Array.from([...SPECIALS, ...EDGES]);
const INTS = Int32Array.from([0, 1, -1, 255, 256, 257, -256, 16777217, -16777219, 2147483647, -2147483648, 0x12345678]);
const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);
const SIGNED = Int8Array.from(BYTES);

const clamped = (x: number, lo: number, hi: number) => (Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), lo), hi));
const CASTS: { name: string; from: Values; into: (n: number) => Values; truth: (x: number) => number }[] = [
  { name: "i32ToF32", from: INTS, into: (n) => new Float32Array(n), truth: Math.fround },
  { name: "f32ToI32", from: FLOATS, into: (n) => new Int32Array(n), truth: (x) => clamped(x, -(2 ** 31), 2 ** 31 - 1) },
  { name: "u8ToF32", from: BYTES, into: (n) => new Float32Array(n), truth: (x) => x },
  { name: "u8ToI32", from: BYTES, into: (n) => new Int32Array(n), truth: (x) => x },
  { name: "f32ToBool", from: FLOATS, into: (n) => new Uint8Array(n), truth: (x) => Number(x !== 0) },
  { name: "i32ToBool", from: INTS, into: (n) => new Uint8Array(n), truth: (x) => Number(x !== 0) },
  { name: "f32ToU8", from: FLOATS, into: (n) => new Uint8Array(n), truth: (x) => clamped(x, 0, 255) },
  { name: "f32ToI8", from: FLOATS, into: (n) => new Int8Array(n), truth: (x) => clamped(x, -128, 127) },
  { name: "i8ToI32", from: SIGNED, into: (n) => new Int32Array(n), truth: (x) => x },
  { name: "i32ToU8", from: INTS, into: (n) => new Uint8Array(n), truth: (x) => x & 255 },
  { name: "boolNot", from: Uint8Array.of(0, 1, 1, 0, 0), into: (n) => new Uint8Array(n), truth: (x) => 1 - x },
];

/** n of the values, over and over, from the `start`th. */
const cycle = <T extends Values>(values: T, n: number, start: number) =>
  (values.constructor as unknown as { from(x: ArrayLike<number>): T }).from(
    Array.from({ length: n }, (_, i) => values[(start + i) % values.length] as number),
  );
/** Bytes may stand anywhere, words on multiples of 4. */
const shiftOf = (values: Values, shift: number) => (values.BYTES_PER_ELEMENT === 1 ? (shift * 5) % 16 : shift);

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each(CASTS)("$name", ({ name, from, into, truth }) => {
    for (const { n, shift } of PLACES) {
      for (let start = 0; start < from.length; start += 32) {
        const arena = new Arena();
        const x = arena.place(cycle(from, n, start), shiftOf(from, shift));
        const out = arena.place(into(n).fill(7), shiftOf(into(0), 12 - shift));
        k[name]?.(x.ptr, out.ptr, n);
        expect(out.values).toEqual(into(n).map((_, i) => truth(x.values[i] as number)));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test.each([
    { name: "boolAnd", truth: (a: number, b: number) => a & b },
    { name: "boolOr", truth: (a: number, b: number) => a | b },
  ])("$name", ({ name, truth }) => {
    LAYOUTS.forEach(({ rows, cols, aRow, aCol, bRow, bCol }, i) => {
      const arena = new Arena();
      const a = arena.place(cycle(Uint8Array.of(0, 1, 0, 1, 1), extent(rows, cols, aRow, aCol), i), (i % 4) + 1);
      const b = arena.place(cycle(Uint8Array.of(0, 1, 1), extent(rows, cols, bRow, bCol), i), i % 16);
      const out = arena.place(new Uint8Array(rows * cols).fill(7), 3);
      const strides = { aRow, aCol, bRow, bCol };
      k[name]?.(a.ptr, b.ptr, out.ptr, rows, cols, aRow, aCol, bRow, bCol);
      const want = pairs(a.values, b.values, { of: "", rows, cols, ...strides }).map(([x, y]) => truth(x, y));
      expect(Array.from(out.values)).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    });
    for (let n = 0; n < 36; n++) {
      const arena = new Arena();
      const [a, b] = [arena.place(cycle(Uint8Array.of(0, 1, 0, 1, 1), n, 0)), arena.place(cycle(Uint8Array.of(0, 1, 1), n, n))];
      const want = a.values.map((x, i) => truth(x, b.values[i] as number));
      k[name]?.(a.ptr, b.ptr, b.ptr, 1, n, 0, 1, 0, 1);
      expect(b.values).toEqual(want);
    }
  });

  test("axpy and scale", () => {
    const alpha = Math.fround(-1.7);
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const x = arena.place(randomValues(n, n), shift);
      const y = arena.place(randomValues(n, -n), 12 - shift);
      const before = y.values.slice();
      const scaled = arena.out(n, 4);
      k["axpy"]?.(x.ptr, y.ptr, n, alpha);
      k["scale"]?.(x.ptr, scaled.ptr, n, alpha);
      x.values.forEach((v, i) => {
        expect(ulps(scaled.values[i] as number, v * alpha)).toBe(0);
        expect(Math.abs((y.values[i] as number) - ((before[i] as number) + v * alpha))).toBeLessThan(5e-7);
      });
      k["scale"]?.(x.ptr, x.ptr, n, alpha);
      expect(x.values).toEqual(scaled.values);
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
