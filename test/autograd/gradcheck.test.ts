// gradcheck: agrees with right gradients, and says where wrong ones are.
import { defineOp, GradError, gradcheck, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";
import { live } from "../support.js";

/** `2x`, with a rule that claims the gradient is `factor * g`. */
const twice = defineOp<[x: Tensor], number>({
  name: "twice",
  infer: ([x]) => x,
  forward: (out, [x]) => out.copy_(x.mul(2)),
  backward: [(g, { attr: factor }) => g.mul(factor)],
});

test("a right gradient passes", () => {
  const before = live();
  const [x, w] = [tensor([0.3, -0.8, 1.1]), tensor([[0.5], [0.2], [-0.4]])];
  expect(gradcheck((a, b) => a.tanh().matmul(b).sum(), [x, w])).toBe(true);
  expect(gradcheck((a) => twice(a, 2).sum(), [x])).toBe(true);
  x.dispose();
  w.dispose();
  expect(live()).toEqual(before);
});

test("a wrong one is named: input, element and both numbers", () => {
  const check = (): boolean => gradcheck((_, b) => twice(b, 3).sum(), [tensor([1]), tensor([1, 2])]);
  expect(check).toThrow(GradError);
  expect(check).toThrow(/gradcheck: element 0 of input 1 has gradient 3, differences give (2|1\.99|2\.00)/);
});

test("a gradient of NaN never passes", () => {
  expect(() => gradcheck((x) => x.sqrt().sum(), [tensor([-1])])).toThrow(GradError);
});

test("tolerances can be set", () => {
  expect(gradcheck((x) => twice(x, 2.01).sum(), [tensor([1])])).toBe(true);
  expect(() => gradcheck((x) => twice(x, 2.01).sum(), [tensor([1])], { atol: 1e-4, rtol: 1e-3 })).toThrow(GradError);
});

test("inputs are left as they are", () => {
  const x = tensor([1, 2], { requiresGrad: true });
  gradcheck((t) => t.square().sum(), [x]);
  expect([x.toArray(), x.grad]).toEqual([[1, 2], null]);
});
