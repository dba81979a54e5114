// Functions of one array against float64 over every exponent, in every tail, in place and alone.
import { describe, expect, test } from "vitest";
import { everyExponent, expectClose, PLACES, type Row, run, SPECIALS, same } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";
import { erf, erfc, erfinv, roundEven } from "./special.js";

const ROWS: Row[] = [
  { name: "neg", truth: (x) => -x, ulp: 0 },
  { name: "abs", truth: Math.abs, ulp: 0 },
  { name: "sign", truth: Math.sign, ulp: 0 },
  { name: "floor", truth: Math.floor, ulp: 0 },
  { name: "ceil", truth: Math.ceil, ulp: 0 },
  { name: "round", truth: roundEven, ulp: 0 },
  { name: "trunc", truth: Math.trunc, ulp: 0 },
  { name: "square", truth: (x) => x * x, ulp: 0 },
  { name: "cube", truth: (x) => Math.fround(x * x) * x, ulp: 0 },
  { name: "sqrt", truth: Math.sqrt, ulp: 0 },
  { name: "rsqrt", truth: (x) => 1 / Math.sqrt(x), ulp: 1.5 },
  { name: "reciprocal", truth: (x) => 1 / x, ulp: 0 },
  { name: "exp", truth: Math.exp, ulp: 1.1 },
  { name: "log", truth: Math.log, ulp: 0.9 },
  { name: "sin", truth: Math.sin, ulp: 1.6 },
  { name: "cos", truth: Math.cos, ulp: 1.6 },
  { name: "tanh", truth: Math.tanh, ulp: 1.5 },
  { name: "tan", truth: Math.tan, ulp: 3.2 },
  { name: "asin", truth: Math.asin, ulp: 0.6 },
  { name: "acos", truth: Math.acos, ulp: 0.6 },
  { name: "atan", truth: Math.atan, ulp: 0.6 },
  { name: "sinh", truth: Math.sinh, ulp: 1.1 },
  { name: "cosh", truth: Math.cosh, ulp: 0.6 },
  { name: "asinh", truth: Math.asinh, ulp: 0.6 },
  { name: "acosh", truth: Math.acosh, ulp: 0.6 },
  { name: "atanh", truth: Math.atanh, ulp: 0.6 },
  { name: "expm1", truth: Math.expm1, ulp: 1.1 },
  { name: "exp2", truth: (x) => 2 ** x, ulp: 0.6 },
  { name: "log1p", truth: Math.log1p, ulp: 0.6 },
  { name: "log2", truth: Math.log2, ulp: 0.6 },
  { name: "log10", truth: Math.log10, ulp: 0.6 },
  { name: "erf", truth: erf, ulp: 1.4 },
  { name: "erfc", truth: erfc, ulp: 1.1 },
  { name: "erfinv", truth: erfinv, ulp: 2.4 },
];

const DOMAINS = [
  { of: "every exponent", xs: everyExponent() },
  { of: "values around 0", xs: randomValues(16384, 1, -8, 8) },
  { of: "values to 110", xs: randomValues(16384, 2, -110, 110) },
  { of: "special values", xs: Float32Array.from(SPECIALS) },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each(ROWS)("$name", (row) => {
    test.each(DOMAINS)("of $of", ({ xs }) => expectClose(row, xs, run(build, row.name, xs)));

    test("in every tail, in place and alone", () => {
      for (const { n, shift } of PLACES) {
        const arena = new Arena();
        const x = arena.place(randomValues(n, n, -3, 3), shift);
        const out = arena.out(n, 12 - shift);
        const inPlace = arena.place(x.values, shift);
        k[row.name]?.(x.ptr, out.ptr, n);
        k[row.name]?.(inPlace.ptr, inPlace.ptr, n);
        expectClose(row, x.values, out.values);
        expect(inPlace.values).toEqual(out.values);
        const alone = arena.out(1);
        x.values.forEach((_, i) => {
          k[row.name]?.(x.ptr + 4 * i, alone.ptr, 1);
          if (!Object.is(alone.values[0], out.values[i])) expect.fail(`${row.name} of ${n} depends on the position ${i}`);
        });
        expect(arena.damaged()).toBeUndefined();
      }
    });
  });

  test.each([
    "neg",
    "abs",
    "floor",
    "ceil",
    "trunc",
    "sqrt",
    "reciprocal",
    "sin",
    "tan",
    "tanh",
    "erf",
    "erfinv",
    "asin",
    "atan",
    "sinh",
    "asinh",
    "atanh",
    "expm1",
    "log1p",
  ])("%s keeps the sign of zero", (name) => {
    const { truth } = ROWS.find((row) => row.name === name) as Row;
    run(build, name, Float32Array.of(0, -0)).forEach((y, i) => {
      expect(same(y, truth(i === 0 ? 0 : -0))).toBe(true);
    });
  });

  test("sin, cos and tan at the float32 next to a multiple of pi / 2, and at the largest", () => {
    const xs = Float32Array.of(16367173 * 2 ** 72, -16367173 * 2 ** 72, 8388608, 8388607.5, 3.4028234663852886e38, 1e10, 355, -1e4);
    for (const row of ROWS.filter(({ name }) => ["sin", "cos", "tan"].includes(name))) {
      expectClose({ ...row, ulp: 4 }, xs, run(build, row.name, xs));
    }
  });
});
