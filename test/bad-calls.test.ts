// Every bad call gets a typed error that names the operation, what came and what fits; nothing leaks, nothing is written,
// and the next call works. After it, calls that look odd and are right.
import * as sg from "simdgrad";
import {
  ArgError,
  DTypeError,
  GradError,
  IndexError,
  MemoryError,
  memory,
  nn,
  ShapeError,
  StateError,
  scope,
  Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, test, vi } from "vitest";
import { setLimit } from "../src/wasm/memory.js";
import { argumentRows } from "./bad-calls/argument.js";
import { dead } from "./bad-calls/make.js";
import { optionRows } from "./bad-calls/options.js";
import { dtypeRows, gradRows, indexRows, memoryRows, stateRows } from "./bad-calls/other.js";
import { shapeRows } from "./bad-calls/shape.js";
import { live } from "./support.js";

describe.each([
  [ShapeError, shapeRows],
  [IndexError, indexRows],
  [ArgError, [...argumentRows, ...optionRows]],
  [DTypeError, dtypeRows],
  [GradError, gradRows],
  [StateError, stateRows],
  [MemoryError, memoryRows],
] as const)("$name", (error, rows) => {
  test.each(rows)("%s", (_, make, call, says) => {
    const inputs = scope(() => make.map((one) => one()));
    const values = inputs.map((x) => (x.disposed ? [] : x.toArray()));
    const before = live();
    let thrown: unknown;
    try {
      call(...inputs);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBeInstanceOf(error);
    expect((thrown as Error).name).toBe(error.name);
    expect((thrown as Error).message).toMatch(says);
    expect(live()).toEqual(before);
    expect(inputs.map((x) => (x.disposed ? [] : x.toArray()))).toEqual(values);
    expect(scope(() => tensor([1, 2]).add(1).toArray())).toEqual([2, 3]);
    for (const x of inputs) x.dispose();
  });
});

describe("in a model", () => {
  test("an error carries the path of the layer it came from", () => {
    class Net extends nn.Module {
      blocks = [new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU()), new nn.Sequential(new nn.Linear(5, 2))];
      forward(x: Tensor): Tensor {
        return this.blocks.reduce((y, block) => block.call(y), x);
      }
    }
    const [net, x] = [new Net(), zeros(1, 4)];
    const before = live();
    expect(() => net.call(x)).toThrow(ShapeError);
    expect(() => net.call(x)).toThrow(
      /^linear: x is float32\[1,3\], but the weight float32\[2,5\] takes 5 input features in the last dimension\n {2}in Linear\(5, 2, bias=true\) called with float32\[1,3\]\n {2}at Net\.blocks\.1\.0$/,
    );
    expect(live()).toEqual(before);
  });

  test("a batch of one value per channel", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));
    expect(() => net.call(zeros(1, 2))).toThrow(
      /one value per channel, got float32\[1,3\]; use eval\(\).*\n {2}in BatchNorm1d.*\n {2}at Sequential\.1$/,
    );
    expect(net.eval().call(zeros(1, 2)).shape).toEqual([1, 3]);
  });

  test("a state dict: all problems at once, nothing loaded", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const kept = net.parameters().map((p) => p.toArray());
    const state = { "0.weight": zeros(3, 2), "0.bias": zeros(4), "1.weight": dead(), extra: zeros(1) };
    const before = live();
    expect(() => net.loadStateDict(state)).toThrow(StateError);
    expect(() => net.loadStateDict(state)).toThrow(
      "loadStateDict: nothing was loaded; missing: 1.bias; unexpected: extra; 0.bias is [4], expected [3]; 1.weight: ",
    );
    expect(live()).toEqual(before);
    expect(net.parameters().map((p) => p.toArray())).toEqual(kept);
  });
});

describe("another copy of the library", () => {
  test("its tensors and parameters are told apart", async () => {
    vi.resetModules();
    const other = await import("simdgrad");
    expect(other.Tensor).not.toBe(Tensor);
    const [x, foreign] = [tensor([1]), other.tensor([1])];
    expect(() => x.add(foreign as never)).toThrow(StateError);
    expect(() => x.add(foreign as never)).toThrow(/^add: got a Tensor of another copy of simdgrad; import it from one place/);
    expect(() => x.mul(other.nn.Parameter.zeros([1]) as never)).toThrow(/^mul: got a Parameter of another copy/);
    expect(() => sg.cat([x, foreign as never])).toThrow(/^cat: got a Tensor of another copy/);
    expect(() => sg.crossEntropy(zeros(1, 2), other.tensor([0]) as never)).toThrow(/^crossEntropy: got a Tensor of another copy/);
    expect(() => new nn.CrossEntropyLoss({ weight: foreign as never })).toThrow(/^CrossEntropyLoss: got a Tensor of another copy/);
    expect(() => sg.linear(x, zeros(1, 1), foreign as never)).toThrow(/^linear: got a Tensor of another copy/);
    expect(() => nn.init.ones(foreign as never)).toThrow(/^init\.constant: got a Tensor of another copy/);
    expect(() => sg.randn([1], { generator: new other.Generator(1) as never })).toThrow(/^randn: got a Generator of another copy/);
    expect(x.add(1).toArray()).toEqual([2]);
  });
});

describe("a budget", () => {
  test("that is used up gives an ordinary error, before anything is allocated", () => {
    const { limitBytes } = memory();
    const x = tensor(new Float32Array(2 ** 18));
    setLimit(memory().heapBytes);
    const before = live();
    expect(() => x.expand(64, 2 ** 18)).toThrow(MemoryError);
    expect(() => scope(() => x.add(1).expand(64, 2 ** 18))).toThrow(/67108864 bytes requested, at most \d+ of \d+ available/);
    expect(live()).toEqual(before);
    setLimit(limitBytes);
    expect(
      scope(() =>
        x
          .expand(64, 2 ** 18)
          .sum()
          .item(),
      ),
    ).toBe(0);
  });
});

describe("not errors", () => {
  const fine: [string, () => Tensor, shape: number[], values: unknown][] = [
    ["a batch of 0", () => new nn.Linear(3, 2).call(zeros(0, 3)), [0, 2], []],
    ["a batch of 0 through a convolution", () => sg.conv2d(zeros(0, 1, 4, 4), zeros(2, 1, 3, 3)), [0, 2, 2, 2], []],
    ["the sum of nothing", () => zeros(0).sum(), [], 0],
    ["the sum along a dimension of size 0", () => zeros(2, 0).sum(1), [2], [0, 0]],
    ["the mean of nothing", () => zeros(0).mean(), [], Number.NaN],
    ["softmax [2,0]", () => zeros(2, 0).softmax(1), [2, 0], [[], []]],
    [
      "matmul with K = 0",
      () => zeros(2, 0).matmul(zeros(0, 3)),
      [2, 3],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
    ["cat with an empty part", () => sg.cat([zeros(0, 2), sg.ones(1, 2)]), [1, 2], [[1, 1]]],
    ["a slice of nothing", () => zeros(3).slice([1, 1]), [0], []],
    ["division by 0", () => tensor([1, -1, 0]).div(0), [3], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]],
    ["a sum that broadcasts with nothing", () => zeros(0, 3).add(sg.ones(1, 3)), [0, 3], []],
    ["embedding of nothing", () => sg.embedding(tensor([], { dtype: "int32" }), zeros(3, 2)), [0, 2], []],
    ["the sum over an empty list, which stands for all dimensions as in PyTorch", () => tensor([1, 2]).sum([]), [], 3],
  ];

  test.each(fine)("%s", (_, call, shape, values) => {
    const y = scope(call);
    expect(y.shape).toEqual(shape);
    expect(y.toArray()).toEqual(values);
    y.dispose();
  });

  test("disposing twice", () => {
    const x = dead();
    x.dispose();
    expect(x.disposed).toBe(true);
  });
});
