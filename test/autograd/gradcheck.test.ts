// gradcheck: agrees with right gradients, and says where wrong ones are.
import {
  ArgError,
  DTypeError,
  defineOp,
  dropout,
  GradError,
  gradcheck,
  gradgradcheck,
  ShapeError,
  StateError,
  type Tensor,
  tensor,
} from "simdgrad";
import { describe, expect, test } from "vitest";
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
  expect(check).toThrow(/gradcheck: element 0 of input 1 has gradient 3 for element 0 of the results, differences give (2|1\.99|2\.00)/);
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

describe("results of any shape", () => {
  const x = tensor([0.3, -0.8, 1.1]);
  /** Twice the first and three times the others, with the gradients of the first two exchanged. */
  const exchanged = defineOp<[x: Tensor]>({
    name: "exchangedGradients",
    infer: ([t]) => t,
    forward: (out, [t]) => out.copy_(t.mul(tensor([2, 3, 3]))),
    backward: [(g) => g.mul(tensor([3, 2, 3]))],
  });

  test("every element is compared, and the wrong one is named", () => {
    expect(gradcheck((t) => t.tanh().reshape(3, 1), [x])).toBe(true);
    expect(gradcheck((t) => ({ a: t.exp(), b: [t.sum(), t.argmax()] }), [x])).toBe(true);
    expect(() => gradcheck((t) => exchanged(t), [x])).toThrow(
      /gradcheck: element 0 of input 0 has gradient 3 for element 0 of the results, differences give (2|1\.99|2\.00)/,
    );
  });

  test("without an error, the result tells", () => {
    expect(gradcheck((t) => exchanged(t), [x], { raiseException: false })).toBe(false);
    expect(gradcheck((t) => t.exp(), [x], { raiseException: false })).toBe(true);
  });
});

describe("inputs", () => {
  test("that require a gradient are checked, or all of float32 if none does", () => {
    const wrong = (a: Tensor, b: Tensor): Tensor => twice(a, 2).add(twice(b, 3));
    const [a, b] = [tensor([1]), tensor([2])];
    expect(gradcheck(wrong, [a, b], { raiseException: false })).toBe(false);
    a.requiresGrad = true;
    expect(gradcheck(wrong, [a, b])).toBe(true);
    b.requiresGrad = true;
    expect(gradcheck(wrong, [a, b], { raiseException: false })).toBe(false);
  });

  test("of other dtypes are given as they are", () => {
    const index = tensor([1, 0], { dtype: "int32" });
    expect(gradcheck((t, i) => t.indexSelect(0, i).square(), [tensor([1, 2]), index])).toBe(true);
  });

  test("of any size are moved by steps that float32 can hold", () => {
    expect(gradcheck((t) => t.square(), [tensor([3e3])], { rtol: 1e-2 })).toBe(true);
    expect(gradcheck((t) => t.mul(2), [tensor([1e30, -1e30])])).toBe(true);
    expect(gradcheck((t) => t.logsumexp(0), [tensor([1000, 1001])])).toBe(true);
    expect(gradcheck((t) => t.mul(2), [tensor([], { shape: [0] })])).toBe(true);
  });
});

describe("second derivatives", () => {
  /** The cube, whose rule is right, but whose own gradient is not. */
  const cube = defineOp<[x: Tensor]>({
    name: "cubeOnce",
    infer: ([x]) => x,
    forward: (out, [x]) => out.copy_(x.pow(3)),
    saves: [[0]],
    backward: [(g, { inputs: [x] }) => g.mul(x.detach().square().mul(3))],
  });

  test("a right one passes, a wrong one is named", () => {
    const before = live();
    const x = tensor([0.4, -1.2]);
    expect(gradgradcheck((t) => t.pow(3), [x])).toBe(true);
    expect(gradcheck((t) => cube(t), [x])).toBe(true);
    expect(() => gradgradcheck((t) => cube(t), [x])).toThrow(
      /gradgradcheck: element 0 of input 0 has gradient 0 for element 0 of the results/,
    );
    x.dispose();
    expect(live()).toEqual(before);
  });

  test("by the gradients that are given", () => {
    const x = tensor([0.4, -1.2]);
    expect(gradgradcheck((t) => [t.exp(), t.sum()], [x], { gradOutputs: [tensor([1, 2]), tensor(3)] })).toBe(true);
    // Where the given gradient is zero, the wrong second derivative does not show.
    expect(gradgradcheck((t) => cube(t), [x], { gradOutputs: tensor([0, 0]) })).toBe(true);
    expect(() => gradgradcheck((t) => cube(t), [x], { gradOutputs: tensor([1]) })).toThrow(ShapeError);
    expect(() => gradgradcheck((t) => cube(t), [x], { gradOutputs: [x, x] })).toThrow(/gradOutputs has 2 tensors, but there are 1/);
  });
});

describe("refusals", () => {
  const x = tensor([1, 2]);
  const gone = tensor([1]);
  gone.dispose();
  const refused: [string, () => unknown, new (message: string) => Error, RegExp][] = [
    [
      "a function of chance",
      () => gradcheck((t) => dropout(t.mul(7), { p: 0.5 }), [tensor(new Float32Array(99).fill(1))]),
      GradError,
      /the function gives .* for the same inputs/,
    ],
    ["a constant", () => gradcheck((_) => tensor([1]), [x]), GradError, /gradcheck: the result does not depend on the inputs/],
    ["a linear function without a second derivative", () => gradgradcheck((_) => tensor([1]), [x]), GradError, /does not depend/],
    ["no inputs", () => gradcheck((t) => t, []), ArgError, /gradcheck: needs an input of float32, got \[\]/],
    ["whole numbers only", () => gradcheck((t) => t, [tensor([1], { dtype: "int32" })]), ArgError, /needs an input of float32/],
    [
      "a tensor for the list",
      () => gradcheck((t) => t, x as never),
      ArgError,
      /inputs must be an array of tensors, got a tensor float32\[2\]/,
    ],
    ["no function", () => gradgradcheck(3 as never, [x]), ArgError, /gradgradcheck: takes a function/],
    ["a disposed input", () => gradcheck((t) => t, [gone]), StateError, /was disposed/],
    ["a step of nothing", () => gradcheck((t) => t, [x], { eps: 0 }), ArgError, /eps must be a finite number above 0, got 0/],
    ["a negative tolerance", () => gradcheck((t) => t, [x], { atol: -1 }), ArgError, /atol/],
    ["an unknown option", () => gradgradcheck((t) => t, [x], { epsilon: 1 } as never), ArgError, /there is no option "epsilon"/],
    ["whole numbers as gradients", () => gradgradcheck((t) => t, [x], { gradOutputs: x.int() }), DTypeError, /needs float32/],
  ];
  test.each(refused)("%s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
