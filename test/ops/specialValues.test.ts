// What every function of one number makes of the infinities, and that none of them hides a NaN.
import * as sg from "simdgrad";
import { clamp, elu, gelu, leakyRelu, type Operand, pow, scope, softplus, type Tensor, tensor } from "simdgrad";
import { describe, expect, test } from "vitest";
import * as ops from "../../src/ops/index.js";
import { ofRows, ROWS } from "./specialRows.js";
import { A, B, numbersOf, ODD, ofOne, ofTwo } from "./specialValues.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
type Unary = (x: Tensor) => Tensor;
const named = (name: keyof typeof ops): Unary => ops[name] as unknown as Unary;

/** The values at Infinity and at -Infinity. */
const LIMITS: [name: string, f: Unary, up: number, down: number][] = [
  ["neg", named("neg"), -inf, inf],
  ["abs", named("abs"), inf, inf],
  ["sign", named("sign"), 1, -1],
  ["floor", named("floor"), inf, -inf],
  ["ceil", named("ceil"), inf, -inf],
  ["round", named("round"), inf, -inf],
  ["trunc", named("trunc"), inf, -inf],
  ["square", named("square"), inf, inf],
  ["sqrt", named("sqrt"), inf, nan],
  ["rsqrt", named("rsqrt"), 0, nan],
  ["reciprocal", named("reciprocal"), 0, -0],
  ["exp", named("exp"), inf, 0],
  ["log", named("log"), inf, nan],
  ["sin", named("sin"), nan, nan],
  ["cos", named("cos"), nan, nan],
  ["tanh", named("tanh"), 1, -1],
  ["erf", named("erf"), 1, -1],
  ["erfc", named("erfc"), 0, 2],
  ["tan", named("tan"), nan, nan],
  ["asin", named("asin"), nan, nan],
  ["acos", named("acos"), nan, nan],
  ["atan", named("atan"), Math.fround(Math.PI / 2), Math.fround(-Math.PI / 2)],
  ["sinh", named("sinh"), inf, -inf],
  ["cosh", named("cosh"), inf, inf],
  ["asinh", named("asinh"), inf, -inf],
  ["acosh", named("acosh"), inf, nan],
  ["atanh", named("atanh"), nan, nan],
  ["expm1", named("expm1"), inf, -1],
  ["exp2", named("exp2"), inf, 0],
  ["log1p", named("log1p"), inf, nan],
  ["log2", named("log2"), inf, nan],
  ["log10", named("log10"), inf, nan],
  ["erfinv", named("erfinv"), nan, nan],
  ["mish", named("mish"), inf, nan],
  ["celu", named("celu"), inf, -1],
  ["selu", named("selu"), inf, Math.fround(Math.fround(-1.6732632423543772) * Math.fround(1.0507009873554805))],
  ["logSigmoid", named("logSigmoid"), 0, -inf],
  ["softsign", named("softsign"), nan, nan],
  ["tanhshrink", named("tanhshrink"), inf, -inf],
  ["hardtanh", named("hardtanh"), 1, -1],
  ["relu6", named("relu6"), 6, 0],
  ["hardsigmoid", named("hardsigmoid"), 1, 0],
  ["hardswish", named("hardswish"), inf, nan],
  ["hardshrink", named("hardshrink"), inf, -inf],
  ["softshrink", named("softshrink"), inf, -inf],
  ["threshold", (x) => sg.threshold(x, 1, 7), inf, 7],
  ["frac", named("frac"), nan, nan],
  ["sinc", named("sinc"), nan, nan],
  ["relu", named("relu"), inf, 0],
  ["sigmoid", named("sigmoid"), 1, 0],
  ["silu", named("silu"), inf, nan],
  ["gelu", named("gelu"), inf, nan],
  ["gelu, tanh form", (x) => gelu(x, { approximate: "tanh" }), inf, nan],
  ["softplus", named("softplus"), inf, 0],
  ["softplus, beta 2", (x) => softplus(x, { beta: 2 }), inf, 0],
  ["elu", (x) => elu(x), inf, -1],
  ["leakyRelu", (x) => leakyRelu(x), inf, -inf],
  ["clamp", (x) => clamp(x, { min: -2, max: 3 }), 3, -2],
];

test.each(LIMITS)("%s", (_, f, up, down) =>
  scope(() => {
    // Both in whole vectors and in the last elements.
    for (const n of [1, 4, 9, 24, 31]) {
      for (const [x, y] of [
        [nan, nan],
        [inf, up],
        [-inf, down],
      ] as const) {
        expect(Array.from(f(tensor(new Array<number>(n).fill(x))).toTypedArray())).toEqual(new Array(n).fill(y));
      }
    }
  }),
);

describe("of two numbers", () => {
  test.each(["add", "sub", "mul", "div", "maximum", "minimum", "atan2", "fmod", "logaddexp", "logaddexp2"] as const)(
    "%s is NaN if either is",
    (name) =>
      scope(() => {
        const op = ops[name] as unknown as (a: Operand, b: Operand) => Tensor;
        const others = [nan, inf, -inf, 0, -0, 1];
        for (const x of [tensor(others), tensor([1, ...others])]) {
          const all = new Array(x.size).fill(nan);
          expect(Array.from(op(x, nan).toTypedArray())).toEqual(all);
          expect(Array.from(op(nan, x).toTypedArray())).toEqual(all);
        }
      }),
  );

  test("pow has C's exceptions", () =>
    scope(() => {
      expect(pow(tensor([nan, nan, 1, nan]), tensor([0, -0, nan, 1])).toArray()).toEqual([1, 1, 1, nan]);
    }));
});

describe("as PyTorch", () => {
  /** Compares NaN, infinities and the signs of zeros exactly, other values within some ulp. "0?" is a zero of either sign. */
  function expectValues(got: Tensor | readonly Tensor[], wanted: string): void {
    const results = Array.isArray(got) ? (got as readonly Tensor[]) : [got as Tensor];
    const texts = wanted.split("|").map((part) => part.split(" ").filter((text) => text !== ""));
    expect(results.map(({ size }) => size)).toEqual(texts.map(({ length }) => length));
    results.forEach((result, r) => {
      const list = texts[r] as string[];
      Array.from(result.toTypedArray() as Float32Array).forEach((y, i) => {
        const text = list[i] as string;
        const [value] = numbersOf(text) as [number];
        const near =
          text === "0?" ? y === 0 : Object.is(y, value) || (value !== 0 && Math.abs(y - value) <= 4e-6 * Math.abs(value) + 2e-45);
        if (!near) expect.fail(`result ${r}[${i}] is ${Object.is(y, -0) ? "-0" : y} instead of ${text}`);
      });
    });
  }

  const repeated = (values: readonly number[], times: number): Tensor => tensor(new Array(times).fill(values).flat());
  const times = (wanted: string, count: number): string => new Array(count).fill(wanted).join(" ");

  // Once, and often enough that a value is at each place of a vector.
  test.each(ofOne)("%s", (_, f, wanted) => scope(() => [1, 5].forEach((n) => void expectValues(f(repeated(ODD, n)), times(wanted, n)))));

  test.each(ofTwo)("%s", (_, f, wanted) =>
    scope(() => [1, 5].forEach((n) => void expectValues(f(repeated(A, n), repeated(B, n)), times(wanted, n)))),
  );

  const inputOf = (name: string): Tensor =>
    name.endsWith("nothing") ? sg.zeros(2, 0) : name.endsWith("no rows") ? sg.zeros(0, 3) : tensor(ROWS);
  test.each(ofRows)("%s", (name, f, wanted) => scope(() => expectValues(f(inputOf(name)), wanted)));
});
