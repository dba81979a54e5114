// grad and valueAndGrad: gradients of functions, of any order, that leave .grad alone.
import { ArgError, DTypeError, GradError, grad, noGrad, type ScalarFunction, scope, type Tensor, tensor, valueAndGrad } from "simdgrad";
import { describe, expect, it } from "vitest";
import { expectClose, live } from "../support.js";

const cube: ScalarFunction = (x) => x.pow(3).sum();

describe("grad", () => {
  it("is the derivative with respect to the first input", () => {
    expect(grad(cube)(tensor([1, 2])).toArray()).toEqual([3, 12]);
    expect(grad((x, y) => x.mul(y).sum())(tensor([1, 2]), tensor([5, 7])).toArray()).toEqual([5, 7]);
  });

  it("nests: derivatives of order one to four", () => {
    const x = tensor(0.7);
    const f: ScalarFunction = (t) => t.sin();
    expectClose(grad(f)(x), Math.cos(0.7), 1e-6);
    expectClose(grad(grad(f))(x), -Math.sin(0.7), 1e-6);
    expectClose(grad(grad(grad(f)))(x), -Math.cos(0.7), 1e-6);
    expectClose(grad(grad(grad(grad(f))))(x), Math.sin(0.7), 1e-6);
  });

  it.each([
    ["x^4", (x: Tensor) => x.pow(4), 24 * 1.3],
    ["e^(2x)", (x: Tensor) => x.mul(2).exp(), 8 * Math.exp(2.6)],
    ["1/x", (x: Tensor) => x.reciprocal(), -6 / 1.3 ** 4],
    ["log x", (x: Tensor) => x.log(), 2 / 1.3 ** 3],
    ["tanh x", (x: Tensor) => x.tanh(), ((t) => (1 - t * t) * (6 * t * t - 2))(Math.tanh(1.3))],
    ["x * e^x", (x: Tensor) => x.mul(x.exp()), (1.3 + 3) * Math.exp(1.3)],
  ])("third derivative of %s", (_, f, expected) => {
    const third = grad(grad(grad((x) => f(x))));
    expectClose(third(tensor(1.3)), expected, 2e-5);
  });

  it("mixes variables: d/dy d/dx of x^2 y^3", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.square().mul(y.pow(3)).sum();
    const dx = (y: Tensor, x: Tensor): Tensor => grad((t) => f(t, y))(x).sum();
    expectClose(grad((y) => dx(y, tensor(2)))(tensor(3)), 2 * 2 * 3 * 9, 1e-6);
  });

  it("can be trained through: the gradient of a penalty on a gradient", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const penalty = scope(() => {
      const slope = grad((x) => w.mul(x).square().sum())(tensor([3, 4]));
      return slope.sum();
    });
    penalty.backward();
    // slope = 2 w^2 x, so its derivative by w is 4 w x
    expect(w.grad?.toArray()).toEqual([12, 32]);
  });

  it("works under noGrad, and then has no history", () => {
    const x = tensor([2], { requiresGrad: true });
    const slope = noGrad(() => grad(cube)(x));
    expect([slope.toArray(), slope.requiresGrad, grad(cube)(x).requiresGrad]).toEqual([[12], false, true]);
  });
});

describe("valueAndGrad", () => {
  it("gives the value and one gradient per input", () => {
    const { value, grads } = valueAndGrad((x, y) => x.mul(y).sum())(tensor([1, 2]), tensor([3, 4]));
    expect([value.item(), grads.map((g) => g.toArray())]).toEqual([
      11,
      [
        [3, 4],
        [1, 2],
      ],
    ]);
    expect([value.requiresGrad, grads.some((g) => g.requiresGrad)]).toEqual([false, false]);
  });

  it("gives zeros for an input that does not matter", () => {
    const { grads } = valueAndGrad((x) => x.sum())(tensor([1, 2]), tensor([[3]]));
    expect(grads.map((g) => g.toArray())).toEqual([[1, 1], [[0]]]);
  });

  it("leaves .grad of everything alone", () => {
    const [x, w] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })];
    valueAndGrad((t) => t.mul(w).sum())(x);
    expect([x.grad, w.grad]).toEqual([null, null]);
  });

  it("keeps the history of inputs that have one", () => {
    const x = tensor([3], { requiresGrad: true });
    const { value, grads } = valueAndGrad(cube)(x.mul(2));
    expect([value.requiresGrad, grads[0]?.requiresGrad]).toEqual([true, true]);
    // d/dx of 3 (2x)^2 is 24 x
    grads[0]?.backward();
    expect(x.grad?.toArray()).toEqual([72]);
  });

  it("leaves nothing but its results", () => {
    const x = tensor([1, 2]);
    const before = live();
    const { value, grads } = valueAndGrad(cube)(x);
    expect(live().liveTensors).toBe(before.liveTensors + 2);
    for (const made of [value, ...grads]) made.dispose();
    expect(live()).toEqual(before);
  });

  const refused: [string, () => unknown, new (message: string) => Error, RegExp][] = [
    ["no inputs", () => valueAndGrad(cube)(), ArgError, /needs at least one tensor/],
    ["a result of several numbers", () => grad((x) => x.mul(2))(tensor([1, 2])), GradError, /needs a scalar/],
    ["a result that does not depend on them", () => grad(() => tensor(1))(tensor([1])), GradError, /does not depend on the inputs/],
    ["whole numbers", () => grad(cube)(tensor([1], { dtype: "int32" })), DTypeError, /requiresGrad: needs float32, got int32\[1\]/],
    ["no tensor", () => grad(cube)(3 as never), ArgError, /grad: expected a tensor, got 3/],
    ["a function that returns no tensor", () => grad(() => 3 as never)(tensor([1])), ArgError, /grad: expected a tensor, got 3/],
  ];

  it.each(refused)("refuses %s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
