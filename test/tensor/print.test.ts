// Tensors as text: every style of numbers, shortened when long, with the facts one debugs by.
import { inspect } from "node:util";
import { arange, ones, type Tensor, tensor, zeros } from "simdgrad";
import { expect, test } from "vitest";

const printed: [what: string, x: () => Tensor, text: string][] = [
  ["a scalar", () => tensor(2), "tensor(2, shape=[], dtype=float32)"],
  [
    "whole numbers, aligned",
    () =>
      tensor([
        [1, -20],
        [300, 0],
      ]),
    "tensor([[  1, -20],\n        [300,   0]], shape=[2,2], dtype=float32)",
  ],
  ["fractions with four places", () => tensor([0.5, -1.25]), "tensor([ 0.5000, -1.2500], shape=[2], dtype=float32)"],
  ["a wide range in exponents", () => tensor([1e-6, 1]), "tensor([1.0000e-6, 1.0000e+0], shape=[2], dtype=float32)"],
  ["large fractions in exponents", () => tensor([123456.5]), "tensor([1.2346e+5], shape=[1], dtype=float32)"],
  ["negative zero as zero", () => tensor([-0, 1]), "tensor([0, 1], shape=[2], dtype=float32)"],
  [
    "what is not finite",
    () => tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1]),
    "tensor([ nan,  inf, -inf,    1], shape=[4], dtype=float32)",
  ],
  ["integers in full", () => tensor([1234567, -2], { dtype: "int32" }), "tensor([1234567,      -2], shape=[2], dtype=int32)"],
  ["booleans", () => tensor([true, false]), "tensor([ true, false], shape=[2], dtype=bool)"],
  ["signed bytes", () => tensor(Int8Array.of(-128, 7)), "tensor([-128,    7], shape=[2], dtype=int8)"],
  ["bytes", () => tensor(Uint8Array.of(7, 255)), "tensor([  7, 255], shape=[2], dtype=uint8)"],
  ["nothing", () => zeros(2, 0), "tensor([], shape=[2,0], dtype=float32)"],
  [
    "three dimensions with an empty line",
    () => arange(4).reshape(2, 1, 2),
    "tensor([[[0, 1]],\n\n        [[2, 3]]], shape=[2,1,2], dtype=float32)",
  ],
  ["many elements by their ends", () => arange(1001), "tensor([   0,    1,    2, ...,  998,  999, 1000], shape=[1001], dtype=float32)"],
  [
    "many rows by their ends",
    () => ones(501, 2),
    `tensor([[1, 1],\n        [1, 1],\n        [1, 1],\n        ...,\n        [1, 1],\n        [1, 1],\n        [1, 1]], shape=[501,2], dtype=float32)`,
  ],
  ["a leaf with a gradient", () => tensor([1], { requiresGrad: true }), "tensor([1], shape=[1], dtype=float32, requiresGrad=true)"],
  ["a result with its operation", () => tensor([1], { requiresGrad: true }).mul(2), "tensor([2], shape=[1], dtype=float32, gradFn=mul)"],
];

test.each(printed)("%s", (_, make, text) => {
  const x = make();
  expect(String(x)).toBe(text);
  expect(inspect(x)).toBe(text);
  x.dispose();
});

test("a disposed tensor says so", () => {
  const x = tensor([1]);
  x.dispose();
  expect(String(x)).toBe("tensor(disposed, shape=[1], dtype=float32)");
});
