// Functions of two arrays against float64: every layout and tail, in place, special values; pow over its whole range.
import { describe, expect, test } from "vitest";
import { SPECIALS, same } from "./elementwise.js";
import { Arena, builds, kernels, randomValues, ulps } from "./harness.js";
import { extent, LAYOUTS, pairs } from "./layouts.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** C's powf, where 1 wins over NaN and -1 to an infinite power is 1. */
function pow(a: number, b: number): number {
  if (a === 1 || b === 0 || (a === -1 && Math.abs(b) === inf)) return 1;
  return a ** b;
}

/** Python's `%`: C's fmod, moved to the sign of the divisor. */
function remainder(a: number, b: number): number {
  const r = a % b;
  return r !== 0 && r < 0 !== b < 0 ? r + b : r;
}

/** Python's `//`. */
function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const r = a % b;
  const q = Math.round((a - r) / b) - Number(r !== 0 && r < 0 !== b < 0);
  return q === 0 ? Math.sign(1 / (a / b)) * 0 : q;
}

/** log2(2^(unit a) + 2^(unit b)) / unit */
function logSum(a: number, b: number, unit: number): number {
  const far = a === b ? 0 : -Math.abs(a - b) * unit;
  return Math.max(a, b) + Math.log2(1 + 2 ** far) / unit;
}

const OPS: { name: string; truth: (a: number, b: number) => number; ulp: number }[] = [
  { name: "add", truth: (a, b) => a + b, ulp: 0 },
  { name: "sub", truth: (a, b) => a - b, ulp: 0 },
  { name: "mul", truth: (a, b) => a * b, ulp: 0 },
  { name: "div", truth: (a, b) => a / b, ulp: 0 },
  { name: "maximum", truth: Math.max, ulp: 0 },
  { name: "minimum", truth: Math.min, ulp: 0 },
  { name: "floorDivide", truth: floorDivide, ulp: 0 },
  { name: "remainder", truth: remainder, ulp: 0 },
  { name: "pow", truth: pow, ulp: 0.54 },
  { name: "atan2", truth: Math.atan2, ulp: 0.6 },
  { name: "hypot", truth: Math.hypot, ulp: 0.6 },
  { name: "logaddexp", truth: (a, b) => logSum(a, b, Math.LOG2E), ulp: 0.6 },
  { name: "logaddexp2", truth: (a, b) => logSum(a, b, 1), ulp: 0.6 },
  { name: "copysign", truth: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)), ulp: 0 },
  { name: "fmod", truth: (a, b) => a % b, ulp: 0 },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  /** name(a, b) of arrays of one length. */
  function zip(name: string, as: Float32Array, bs: Float32Array): Float32Array {
    const arena = new Arena();
    const n = as.length;
    const out = arena.out(n, 8);
    k[name]?.(arena.place(as, 4).ptr, arena.place(bs, 12).ptr, out.ptr, 1, n, n, 1, n, 1);
    return out.values;
  }

  describe.each(OPS)("$name", ({ name, truth, ulp }) => {
    test("in every layout and tail", () => {
      LAYOUTS.forEach((at, i) => {
        const arena = new Arena();
        const a = arena.place(randomValues(extent(at.rows, at.cols, at.aRow, at.aCol), i, 0, 3), (i & 3) * 4);
        const b = arena.place(randomValues(extent(at.rows, at.cols, at.bRow, at.bCol), -i, -2, 2), ((i >> 1) & 3) * 4);
        const out = arena.out(at.rows * at.cols, ((i >> 2) & 3) * 4);
        k[name]?.(a.ptr, b.ptr, out.ptr, at.rows, at.cols, at.aRow, at.aCol, at.bRow, at.bCol);
        pairs(a.values, b.values, at).forEach(([x, y], j) => {
          const got = out.values[j] as number;
          if (ulps(got, truth(x, y)) > ulp) expect.fail(`${at.of}, ${at.cols} columns: ${name}(${x}, ${y}) gives ${got}`);
        });
        expect(arena.damaged()).toBeUndefined();
      });
    });

    test("into either input", () => {
      for (let n = 0; n < 36; n++) {
        const arena = new Arena();
        const a = arena.place(randomValues(n, n, 0, 3), 4);
        const b = arena.place(randomValues(n, -n), 8);
        const out = arena.out(n);
        k[name]?.(a.ptr, b.ptr, out.ptr, 1, n, n, 1, n, 1);
        const intoA = arena.place(a.values, 4);
        const intoB = arena.place(b.values, 8);
        k[name]?.(intoA.ptr, b.ptr, intoA.ptr, 1, n, n, 1, n, 1);
        k[name]?.(a.ptr, intoB.ptr, intoB.ptr, 1, n, n, 1, n, 1);
        expect(intoA.values).toEqual(out.values);
        expect(intoB.values).toEqual(out.values);
        expect(arena.damaged()).toBeUndefined();
      }
    });

    test("of special values", () => {
      const as = Float32Array.from(SPECIALS.flatMap((a) => SPECIALS.map(() => a)));
      const bs = Float32Array.from(SPECIALS.flatMap(() => SPECIALS));
      zip(name, as, bs).forEach((got, i) => {
        const [a, b] = [as[i] as number, bs[i] as number];
        const want = truth(a, b);
        const zeros = a === 0 && b === 0 && name.endsWith("imum"); // either zero may win
        // Where the result is smaller than an operand, its error is one of that.
        const cancels = name.startsWith("logadd") && Math.abs(got - want) < 2 ** -25 * Math.max(Math.abs(a), Math.abs(b));
        if (!(zeros ? got === 0 : cancels || same(got, want))) expect.fail(`${name}(${a}, ${b}) gives ${got}, not ${want}`);
      });
    });
  });

  const wholes = randomValues(16384, 7, -60, 60).map(Math.round);
  const bits = (seed: number) => new Float32Array(Uint32Array.from(randomValues(16384, seed, 0, 1), (v) => v * 2 ** 32).buffer);
  test.each([
    { of: "ordinary values", a: randomValues(16384, 1, 0, 10), b: randomValues(16384, 2, -40, 40) },
    { of: "bases next to 1", a: randomValues(16384, 3, 0.999, 1.001), b: randomValues(16384, 4, -1e5, 1e5) },
    { of: "whole powers of either sign", a: randomValues(16384, 5, -10, 10), b: wholes },
    { of: "results at both ends", a: randomValues(16384, 6, -88, 88).map(Math.exp), b: randomValues(16384, 8, -3, 3) },
    { of: "any bits", a: bits(9), b: bits(10) },
  ])("pow of $of", ({ a, b }) => {
    zip("pow", a, b).forEach((got, i) => {
      const want = pow(a[i] as number, b[i] as number);
      if (ulps(got, want) > 0.54) expect.fail(`pow(${a[i]}, ${b[i]}) gives ${got}, not ${want}`);
    });
  });

  test("pow where C decides", () => {
    const rows = [
      [nan, 0, 1],
      [1, nan, 1],
      [-1, inf, 1],
      [-1, -inf, 1],
      [-8, 1 / 3, nan],
      [-inf, 3, -inf],
      [-inf, -3, -0],
      [-inf, 0.5, inf],
      [-0, -3, -inf],
      [-0, 3, -0],
      [-0, 0.5, 0],
      [0.5, -inf, inf],
      [2, -inf, 0],
      [-2, 16777215, -inf],
      [-2, 16777216, inf],
      [2, -149, 2 ** -149],
      [2, -150, 0],
      [2, 127, 2 ** 127],
      [2, 128, inf],
    ];
    const column = (c: number) => Float32Array.from(rows, (row) => row[c] as number);
    zip("pow", column(0), column(1)).forEach((got, i) => {
      expect(got).toBe(rows[i]?.[2]);
    });
  });
});
