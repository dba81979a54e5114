// How options are given: undefined means the default, in one object, of any realm; reductions also take them behind the dimension.
import { runInNewContext } from "node:vm";
import { crossEntropy, nn, ones, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, test } from "vitest";
import { readOptions } from "../../src/options.js";

const x = tensor([
  [1, 5, 2],
  [7, 3, 4],
]);

describe("undefined is the default", () => {
  test.each<[string, () => Tensor, () => Tensor]>([
    ["elu", () => x.elu({ alpha: undefined as never }), () => x.elu()],
    ["sum", () => x.sum({ dim: undefined as never, keepdim: undefined as never }), () => x.sum()],
    ["no dimension, then options", () => x.sum(undefined, { keepdim: true }), () => x.sum({ keepdim: true })],
    ["sizes as an array, then nothing", () => zeros([2], undefined as never), () => zeros([2])],
    ["tensor", () => tensor([1], { dtype: undefined as never }), () => tensor([1])],
    [
      "crossEntropy",
      () => crossEntropy(x, tensor([0, 1], { dtype: "int32" }), { ignoreIndex: undefined as never, weight: undefined as never }),
      () => crossEntropy(x, tensor([0, 1], { dtype: "int32" })),
    ],
  ])("%s", (_, given, plain) => {
    expect(given().shape).toEqual(plain().shape);
    expect(given().toArray()).toEqual(plain().toArray());
  });
});

describe("reductions take options behind the dimension", () => {
  test.each<[string, Tensor, Tensor]>([
    ["sum", x.sum(1, { keepdim: true }), x.sum({ dim: 1, keepdim: true })],
    ["mean", x.mean([0], { keepdim: true }), x.mean({ dim: 0, keepdim: true })],
    ["amax", x.amax(0, { keepdim: true }), x.amax({ dim: 0, keepdim: true })],
    ["argmin", x.argmin(1, { keepdim: true }), x.argmin({ dim: 1, keepdim: true })],
    ["std", x.std(1, { correction: 0, keepdim: true }), x.std({ dim: 1, correction: 0, keepdim: true })],
    ["variance", x.variance(1, { correction: 0 }), x.variance({ dim: 1, correction: 0 })],
    ["logsumexp", x.logsumexp(1, { keepdim: true }), x.logsumexp({ dim: 1, keepdim: true })],
  ])("%s", (_, behind, inside) => {
    expect(behind.shape).toEqual(inside.shape);
    expect(behind.toArray()).toEqual(inside.toArray());
  });

  test("flip takes dimensions one by one", () => {
    expect(x.flip(0, 1).toArray()).toEqual(x.flip([0, 1]).toArray());
  });
});

describe("readOptions", () => {
  const defaults = { a: 1, b: undefined as number | undefined };

  test("gives the defaults themselves for nothing, and never changes them", () => {
    expect(readOptions("f", undefined, defaults)).toBe(defaults);
    expect(readOptions("f", { b: 2 }, defaults)).toEqual({ a: 1, b: 2 });
    expect(defaults).toEqual({ a: 1, b: undefined });
  });

  test("takes an object of another realm and one without a prototype", () => {
    expect(readOptions("f", runInNewContext("({ a: 3 })"), defaults).a).toBe(3);
    expect(readOptions("f", Object.assign(Object.create(null), { a: 4 }), defaults).a).toBe(4);
  });

  test.each([
    ["an array of another realm", runInNewContext("[1]"), /got \[1\]/],
    ["a map", new Map(), /got a Map/],
    ["a tensor", x, /got a tensor float32\[2,3\]/],
    ["a module", new nn.ReLU(), /got a ReLU/],
    ["a name of Object's prototype", { constructor: 1 }, /there is no option "constructor", only a, b/],
  ])("refuses %s", (_, given, says) => {
    expect(() => readOptions("f", given, defaults)).toThrow(says);
  });
});

test("what a layer was given is its own: no other layer sees a change", () => {
  const [one, other] = [new nn.ELU(), new nn.ELU()];
  one.options.alpha = 3;
  expect(other.options.alpha).toBe(1);
  expect(other.call(ones([1]).neg()).item()).toBeCloseTo(Math.exp(-1) - 1, 6);
});
