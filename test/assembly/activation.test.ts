// Activations and their gradients against float64: every exponent, every tail, infinities and kinks.
import { describe, expect, test } from "vitest";
import { everyExponent, expectClose, PLACES, type Row, run, SPECIALS } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";
import { normalCdf, normalPdf, sigmoid } from "./special.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = LINEAR * 0.044715;
const inner = (x: number) => x * (LINEAR + CUBIC * x * x);
const slope = Math.fround(0.01);
/** Results smaller than this are nearly denormal: kernels may flush on the way. */
const floor = 1.2e-36;

const softplus = (x: number, beta: number, threshold: number) =>
  x * beta > threshold ? x : (Math.max(x * beta, 0) + Math.log1p(Math.exp(-Math.abs(x * beta)))) / beta;
const clamp = (x: number, lo: number, hi: number) => Math.min(Math.max(x, lo), hi);

/** x tanh(log(1 + e)) with e = exp x. */
function mish(x: number): number {
  if (x > 20) return x;
  const e = Math.exp(x);
  return (x * (e * e + 2 * e)) / (e * e + 2 * e + 2);
}

const ROWS: Row[] = [
  { name: "relu", truth: (x) => Math.max(x, 0), ulp: 0 },
  { name: "sigmoid", truth: sigmoid, ulp: 2.5, floor },
  { name: "silu", truth: (x) => x * sigmoid(x), ulp: 2.5, floor },
  { name: "gelu", truth: (x) => x * normalCdf(x), ulp: 3.8, floor },
  { name: "geluTanh", truth: (x) => x * sigmoid(inner(x)), ulp: 2.4, floor },
  { name: "softplus", truth: (x) => softplus(x, 1, 20), args: [1, 20], ulp: 2.9, floor },
  { name: "softplus", truth: (x) => softplus(x, 2, 5), args: [2, 5], ulp: 2.9, floor },
  { name: "elu", truth: (x) => (x > 0 ? x : Math.expm1(x)), args: [1, 1], ulp: 1.1 },
  { name: "elu", truth: (x) => (x > 0 ? x : 0.5 * Math.expm1(x)), args: [1, 0.5], ulp: 1.1 },
  { name: "elu", truth: (x) => (x > 0 ? x : 0.5 * Math.expm1(2 * x)), args: [2, 0.5], ulp: 1.1 },
  { name: "mish", truth: mish, ulp: 4, floor },
  { name: "pieces", truth: (x) => clamp(x, -1, 2), args: [-1, 2, 1, -1, 0, 0, 1, 0, 2, 0], ulp: 0 },
  { name: "pieces", truth: (x) => (Math.abs(x) <= 0.5 ? 0 : x), args: [-0.5, 0.5, 0, 0, 1, 0, 0, 0, 0, 1], ulp: 0 },
  { name: "pieces", truth: (x) => (x <= 0.5 ? -7 : x), args: [0.5, 0.5, 1, -7, 0, -7, 0, 0, 0, 1], ulp: 0 },
  { name: "leakyRelu", truth: (x) => (x > 0 ? x : x * slope), args: [slope], ulp: 0 },
  { name: "clamp", truth: (x) => clamp(x, -0.5, 0.5), args: [-0.5, 0.5], ulp: 0 },
  { name: "clamp", truth: (x) => clamp(x, -inf, 0.25), args: [-inf, 0.25], ulp: 0 },
  { name: "clamp", truth: (x) => (Number.isNaN(x) ? x : -1), args: [1, -1], ulp: 0 },
];

/** `of` is the activation whose output the gradient reads in place of x; `slack` is the largest error for g = 1. */
interface GradientRow {
  name: string;
  truth: (x: number) => number;
  slack: number;
  of?: (x: number) => number;
  args?: number[];
}

const GRADIENTS: GradientRow[] = [
  { name: "reluGrad", truth: (y) => (y <= 0 ? 0 : 1), slack: 0, of: (x) => Math.max(x, 0) },
  { name: "sigmoidGrad", truth: (y) => y * (1 - y), slack: 1.2e-7, of: sigmoid },
  { name: "tanhGrad", truth: (y) => 1 - y * y, slack: 1.2e-7, of: Math.tanh },
  { name: "siluGrad", truth: (x) => sigmoid(x) * (1 + x * sigmoid(-x)), slack: 2e-7 },
  { name: "geluGrad", truth: (x) => normalCdf(x) + x * normalPdf(x), slack: 1.6e-7 },
  {
    name: "geluTanhGrad",
    truth: (x) => sigmoid(inner(x)) * (1 + x * sigmoid(-inner(x)) * (LINEAR + 3 * CUBIC * x * x)),
    slack: 2e-7,
  },
  { name: "eluGrad", truth: (x) => (x > 0 ? 1 : Math.exp(x)), args: [1, 1], slack: 6e-8 },
  { name: "eluGrad", truth: (x) => (x > 0 ? 1 : 0.5 * Math.exp(x)), args: [1, 0.5], slack: 6e-8 },
  { name: "leakyReluGrad", truth: (x) => (x > 0 ? 1 : slope), args: [slope], slack: 0 },
  { name: "clampGrad", truth: (x) => (x >= -0.5 && x <= 0.5 ? 1 : 0), args: [-0.5, 0.5], slack: 0 },
];

const DOMAINS = [
  { of: "every exponent", xs: everyExponent() },
  { of: "values around 0", xs: randomValues(16384, 1, -8, 8) },
  { of: "values to 110", xs: randomValues(16384, 2, -110, 110) },
  { of: "special values", xs: Float32Array.from(SPECIALS) },
];
/** The formulas above meet Infinity * 0 beyond these; there the true slope is 0 or 1. */
const within = (x: number) => Math.abs(x) < 1e6;

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each(ROWS)("$name $args", (row) => {
    const args = row.args ?? [];
    test.each(DOMAINS)("of $of", ({ xs }) => expectClose(row, xs, run(build, row.name, xs, args)));

    test("in every tail and in place", () => {
      for (const { n, shift } of PLACES) {
        const arena = new Arena();
        const x = arena.place(randomValues(n, n, -3, 3), shift);
        const out = arena.out(n, 12 - shift);
        const inPlace = arena.place(x.values, shift);
        k[row.name]?.(x.ptr, out.ptr, n, ...args);
        k[row.name]?.(inPlace.ptr, inPlace.ptr, n, ...args);
        expectClose(row, x.values, out.values);
        expect(inPlace.values).toEqual(out.values);
        expect(arena.damaged()).toBeUndefined();
      }
    });
  });

  describe.each(GRADIENTS)("$name $args", ({ name, truth, slack, of, args = [] }) => {
    const input = (xs: Float32Array) => (of ? xs.map(of) : xs);
    const gradient = (gs: Float32Array, xs: Float32Array, shift: number) => {
      const arena = new Arena();
      const g = arena.place(gs, shift);
      const x = arena.place(xs, 12 - shift);
      const out = arena.out(xs.length, 4);
      k[name]?.(g.ptr, x.ptr, out.ptr, xs.length, ...args);
      k[name]?.(g.ptr, x.ptr, g.ptr, xs.length, ...args);
      expect(g.values).toEqual(out.values);
      expect(arena.damaged()).toBeUndefined();
      return out.values;
    };

    test.each(DOMAINS)("of $of", ({ xs }) => {
      const x = input(xs.filter(within));
      gradient(new Float32Array(x.length).fill(1), x, 0).forEach((got, i) => {
        const want = truth(x[i] as number);
        if (Math.abs(got - want) > slack * Math.max(1, Math.abs(want))) expect.fail(`${name}(${x[i]}) gives ${got}, not ${want}`);
      });
    });

    test("in every tail and in place", () => {
      for (const { n, shift } of PLACES) {
        const g = randomValues(n, n + 1);
        const x = input(randomValues(n, n, -3, 3));
        gradient(g, x, shift).forEach((got, i) => {
          const want = (g[i] as number) * truth(x[i] as number);
          if (Math.abs(got - want) > 2 * slack + 1.2e-7) expect.fail(`${name}(${x[i]}) of ${n} gives ${got}, not ${want}`);
        });
      }
    });

    test("passes on a NaN of the incoming gradient, and of x unless it only chooses", () => {
      const x = Float32Array.of(0.25);
      expect(gradient(Float32Array.of(nan), x, 0)[0]).toBeNaN();
      const chooses = ["reluGrad", "leakyReluGrad", "clampGrad"].includes(name);
      expect(Number.isNaN(gradient(x, Float32Array.of(nan), 0)[0])).toBe(!chooses);
    });
  });

  test.each([
    ["reluGrad", [nan, 0, -0, 1e-45], [3, 0, 0, 3]],
    ["siluGrad", [inf, -inf, 3e38, -3e38], [3, 0, 3, 0]],
    ["geluGrad", [inf, -inf, 3e38, -3e38], [3, 0, 3, 0]],
    ["geluTanhGrad", [inf, -inf, 3e38, -3e38], [3, 0, 3, 0]],
  ])("%s at %j", (name, xs, want) => {
    const arena = new Arena();
    const g = arena.place(new Float32Array(4).fill(3));
    const out = arena.out(4);
    k[name]?.(g.ptr, arena.place(Float32Array.from(xs)).ptr, out.ptr, 4);
    out.values.forEach((y, i) => {
      expect(y).toBeCloseTo(want[i] as number, 20);
    });
  });
});
