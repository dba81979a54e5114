// Activation functions as layers, random slopes, and the softmax over groups of classes.
import * as sg from "simdgrad";
import { ArgError, Generator, IndexError, manualSeed, nn, randn, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support.js";

const x = tensor([
  [-4, -1, -0.25, 0],
  [0.25, 1, 2, 7],
]);
const image = randn([2, 3, 2, 2], { generator: new Generator(1) });

describe("layers of functions", () => {
  it.each<[string, nn.Module, Tensor, Tensor]>([
    ["SELU", new nn.SELU(), x, sg.selu(x)],
    ["CELU", new nn.CELU({ alpha: 0.5 }), x, sg.celu(x, { alpha: 0.5 })],
    ["Mish", new nn.Mish(), x, sg.mish(x)],
    ["LogSigmoid", new nn.LogSigmoid(), x, sg.logSigmoid(x)],
    ["Softsign", new nn.Softsign(), x, sg.softsign(x)],
    ["Tanhshrink", new nn.Tanhshrink(), x, sg.tanhshrink(x)],
    ["Hardsigmoid", new nn.Hardsigmoid(), x, sg.hardsigmoid(x)],
    ["Hardswish", new nn.Hardswish(), x, sg.hardswish(x)],
    ["Hardtanh", new nn.Hardtanh({ minVal: -2, maxVal: 3 }), x, sg.hardtanh(x, { minVal: -2, maxVal: 3 })],
    ["Hardshrink", new nn.Hardshrink({ lambd: 1 }), x, sg.hardshrink(x, { lambd: 1 })],
    ["Softshrink", new nn.Softshrink({ lambd: 1 }), x, sg.softshrink(x, { lambd: 1 })],
    ["Threshold", new nn.Threshold(0.5, -3), x, sg.threshold(x, 0.5, -3)],
    ["GLU", new nn.GLU({ dim: 0 }), x, sg.glu(x, { dim: 0 })],
    ["Softmin", new nn.Softmin(1), x, sg.softmax(x.neg(), 1)],
    ["Softmax2d", new nn.Softmax2d(), image, sg.softmax(image, 1)],
    ["Softmax2d of one image", new nn.Softmax2d(), image.select(0, 0), sg.softmax(image.select(0, 0), 0)],
    ["RReLU in evaluation", new nn.RReLU({ lower: 0.1, upper: 0.3 }).eval(), x, sg.leakyRelu(x, { negativeSlope: 0.2 })],
  ])("%s", (_, layer, input, expected) => {
    expectClose(layer.call(input) as Tensor, expected.toArray() as number[]);
    expect(layer.parameters()).toEqual([]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["CELU", () => new nn.CELU({ alpha: 0 }), /^CELU: alpha must not be 0/],
    ["Hardtanh", () => new nn.Hardtanh({ minVal: 2 }), /^Hardtanh: minVal must be at most maxVal/],
    ["Softshrink", () => new nn.Softshrink({ lambd: -1 }), /^Softshrink: lambd must be a finite number of at least 0/],
    ["Threshold", () => new nn.Threshold(1, undefined as never), /^Threshold: value must be a finite number/],
    ["GLU", () => new nn.GLU({ dim: 0.5 }), /^GLU: dim must be a whole number/],
    ["Softmin", () => new nn.Softmin(undefined as never), /^Softmin: dim must be a whole number/],
    ["PReLU", () => new nn.PReLU({ numParameters: 0 }), /^PReLU: numParameters must be a whole number of at least 1/],
    ["RReLU", () => new nn.RReLU({ lower: 1 }), /^RReLU: upper must be a finite number of at least 1/],
    ["RReLU by training", () => new nn.RReLU({ training: true } as never), /^RReLU: there is no option "training"/],
    ["SELU", () => new nn.SELU({ inplace: true } as never), /^SELU: takes no further argument/],
  ])("%s refuses bad options when it is made", (_, make, says) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(says);
  });

  it("Softmax2d refuses other ranks", () => expect(() => new nn.Softmax2d().call(x)).toThrow(ShapeError));
});

describe("PReLU", () => {
  it("has one slope, or one per channel, under PyTorch's name", () => {
    const one = new nn.PReLU();
    expectClose(one.call(tensor([-2, 2])), [-0.5, 2]);
    expect(Object.keys(one.stateDict())).toEqual(["weight"]);
    const each = new nn.PReLU({ numParameters: 3, init: 0.5 });
    expect([each.weight.shape, String(each)]).toEqual([[3], "PReLU(numParameters=3)"]);
    each.call(image).sum().backward();
    expectClose(each.weight.grad as Tensor, image.clamp({ max: 0 }).sum([0, 2, 3]).toArray() as number[]);
  });
});

describe("RReLU in training", () => {
  const negative = zeros(20_000).sub(2);
  it("draws slopes between its bounds for each element below 0", () => {
    const slopes = Array.from(new nn.RReLU({ lower: 0.1, upper: 0.5, generator: new Generator(2) }).call(negative).div(-2).toTypedArray());
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(Math.fround(0.1));
    expect(Math.max(...slopes)).toBeLessThanOrEqual(Math.fround(0.5));
    expect(Math.abs(slopes.reduce((s, v) => s + v, 0) / slopes.length - 0.3)).toBeLessThan(0.003);
    expect(new nn.RReLU().call(tensor([0, 3])).toArray()).toEqual([0, 3]);
  });

  it("has these slopes as its gradient, also at 0, and repeats with the seed", () => {
    const input = tensor([-1, -2, 0, 3], { requiresGrad: true });
    const layer = new nn.RReLU({ lower: 0.25, upper: 0.75 });
    manualSeed(9);
    const y = layer.call(input);
    y.sum().backward();
    const grad = input.grad?.toArray() as number[];
    expectClose(y, [-1 * (grad[0] as number), -2 * (grad[1] as number), 0, 3]);
    expect(grad[2]).toBeGreaterThanOrEqual(0.25);
    expect(grad[3]).toBe(1);
    manualSeed(9);
    expect(layer.call(input).toArray()).toEqual(y.toArray());
  });
});

describe("AdaptiveLogSoftmaxWithLoss", () => {
  const make = (options = {}): nn.AdaptiveLogSoftmaxWithLoss => {
    manualSeed(4);
    return new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10, 15], { divValue: 2, ...options });
  };
  const input = (): Tensor => randn([6, 8], { generator: new Generator(7) });
  const target = tensor([0, 19, 5, 3, 12, 9], { dtype: "int32" });

  it("has PyTorch's weights", () => {
    const shapes = (layer: nn.Module): [string, readonly number[]][] =>
      Object.entries(layer.stateDict()).map(([name, w]) => [name, w.shape]);
    expect(shapes(make({ headBias: true }))).toEqual([
      ["head.weight", [7, 8]],
      ["head.bias", [7]],
      ["tail.0.0.weight", [4, 8]],
      ["tail.0.1.weight", [6, 4]],
      ["tail.1.0.weight", [2, 8]],
      ["tail.1.1.weight", [5, 2]],
      ["tail.2.0.weight", [1, 8]],
      ["tail.2.1.weight", [5, 1]],
    ]);
    expect(make().head.bias).toBe(null);
  });

  it("gives the log-probabilities of its targets, and their gradients", () => {
    const layer = make();
    const weights = layer.parameters();
    const gradients = (loss: Tensor): unknown[] => {
      for (const w of weights) w.grad = null;
      loss.backward();
      return weights.map((w) => w.grad?.toArray());
    };
    const all = layer.logProb(input());
    expectClose(all.exp().sum(1), [1, 1, 1, 1, 1, 1]);
    const { output, loss } = layer.call(input(), target);
    const picked = all.gather(1, target.unsqueeze(1)).squeeze(1);
    expectClose(output, picked.toArray() as number[]);
    expectClose(loss, -picked.mean().item());
    const direct = gradients(loss);
    const through = gradients(layer.logProb(input()).gather(1, target.unsqueeze(1)).mean().neg());
    for (const [i, g] of direct.entries()) expectClose(tensor(g as number[]), through[i] as number[]);
  });

  it("computes no group that no target is in", () => {
    const layer = make();
    layer.call(input(), tensor([0, 1, 2, 3, 0, 1], { dtype: "int32" })).loss.backward();
    expect(layer.parameters().map((w) => w.grad !== null)).toEqual([true, false, false, false, false, false, false]);
  });

  it("predicts what is most probable", () => {
    const layer = make();
    const many = randn([200, 8], { generator: new Generator(8) }).mul(4);
    const predicted = layer.predict(many);
    expect(predicted.toArray()).toEqual(layer.logProb(many).argmax(1).toArray());
    expect(predicted.ge(4).sum().item()).toBeGreaterThan(20);
  });

  it("takes one row", () => {
    const { output } = make().call(input().select(0, 1), tensor(19, { dtype: "int32" }));
    expectClose(output, (make().call(input(), target).output.toArray() as number[])[1] as number);
  });

  it.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ["cutoffs that fall", () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 4]), ArgError, /cutoffs must be whole numbers that rise/],
    ["no cutoffs", () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, []), ArgError, /cutoffs must be/],
    ["a cutoff beyond the classes", () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [20]), ArgError, /below 20/],
    ["groups without features", () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [2, 4, 6]), ArgError, /features of group 1/],
    ["a target that is no class", () => make().call(input(), target.add(1)), IndexError, /index 20 at position 1/],
    ["targets of another number", () => make().call(input(), target.slice([0, 2])), ShapeError, /the target must be int32\[6\]/],
    ["another input", () => make().logProb(zeros(8)), ShapeError, /x must be float32\[N,8\]/],
  ])("refuses %s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
