// Layers that have a state or a chance: dropout, batch normalisation, and what the others compute on numbers one can check by hand.
import { Generator, manualSeed, nn, noGrad, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose } from "../support.js";

describe("Dropout", () => {
  const ones = (n: number): Tensor => zeros(n).add(1);

  it.each([0.1, 0.5, 0.9])("drops a share of %d, and scales the rest", (p) => {
    const y = new nn.Dropout(p, { generator: new Generator(1) }).call(ones(20_000));
    const kept = Array.from(y.toTypedArray()).filter((v) => v !== 0);
    expect(Math.abs(1 - kept.length / y.size - p)).toBeLessThan(0.01);
    expect(new Set(kept).size).toBe(1);
    expectClose(kept[0] as number, 1 / (1 - p));
  });

  it("drops everything at 1 and nothing at 0", () => {
    expect(new nn.Dropout(1).call(ones(5)).toArray()).toEqual([0, 0, 0, 0, 0]);
    expect(new nn.Dropout(0).call(ones(3)).toArray()).toEqual([1, 1, 1]);
  });

  it("does nothing in evaluation, and gives a handle of its own", () => {
    const x = ones(4);
    const y = new nn.Dropout(0.9).eval().call(x);
    expect([y.toArray(), y.ptr]).toEqual([[1, 1, 1, 1], x.ptr]);
    y.dispose();
    expect(x.disposed).toBe(false);
  });

  it("draws anew at each call, and repeats with the seed", () => {
    const layer = new nn.Dropout(0.5);
    manualSeed(3);
    const [a, b] = [layer.call(ones(64)).toArray(), layer.call(ones(64)).toArray()];
    expect(b).not.toEqual(a);
    manualSeed(3);
    expect(layer.call(ones(64)).toArray()).toEqual(a);
  });

  it("passes the gradient through what was kept", () => {
    const x = tensor(new Float32Array(100).fill(3), { requiresGrad: true });
    const y = new nn.Dropout(0.5).call(x);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual(y.div(3).toArray());
  });
});

describe("BatchNorm", () => {
  // Channel 0 has mean 2 and variance 2/3 (unbiased 1), channel 1 mean 30 and variance 800/3 (unbiased 400).
  const batch = (): Tensor =>
    tensor([
      [1, 10],
      [2, 30],
      [3, 50],
    ]);

  it("uses the batch in training, with its biased variance", () => {
    const y = new nn.BatchNorm1d(2, { eps: 0 }).call(batch());
    const z = Math.sqrt(1.5);
    expectClose(y, [
      [-z, -z],
      [0, 0],
      [z, z],
    ]);
  });

  it("moves the running statistics a share of the way, towards the unbiased variance", () => {
    const norm = new nn.BatchNorm1d(2, { momentum: 0.25 });
    norm.call(batch());
    expectClose(norm.runningMean as Tensor, [0.5, 7.5]);
    expectClose(norm.runningVar as Tensor, [0.75 + 0.25, 0.75 + 100]);
    norm.call(batch());
    expectClose(norm.runningMean as Tensor, [0.75 * 0.5 + 0.5, 0.75 * 7.5 + 7.5]);
    expect(norm.numBatchesTracked?.item()).toBe(2);
  });

  it("with momentum null keeps the plain average of all batches", () => {
    const norm = new nn.BatchNorm1d(1, { momentum: null });
    for (const values of [
      [0, 2],
      [4, 8],
      [1, 3],
    ])
      norm.call(tensor(values, { shape: [2, 1] }));
    expectClose(norm.runningMean as Tensor, [(1 + 6 + 2) / 3]);
    expectClose(norm.runningVar as Tensor, [(2 + 8 + 2) / 3]);
  });

  it("uses the running statistics in evaluation, and leaves them alone", () => {
    const norm = new nn.BatchNorm1d(2, { eps: 0 }).eval();
    noGrad(() => norm.runningMean?.copy_(tensor([1, 10])));
    noGrad(() => norm.runningVar?.copy_(tensor([4, 100])));
    noGrad(() => norm.weight?.copy_(tensor([1, 2])));
    noGrad(() => norm.bias?.copy_(tensor([0, 5])));
    expectClose(norm.call(batch()), [
      [0, 5],
      [0.5, 9],
      [1, 13],
    ]);
    expect([norm.runningMean?.toArray(), norm.numBatchesTracked?.item()]).toEqual([[1, 10], 0]);
  });

  it("without running statistics always uses the batch", () => {
    const norm = new nn.BatchNorm1d(2, { trackRunningStats: false, affine: false }).eval();
    expectClose(norm.call(batch()).mean(0), [0, 0]);
  });

  it("of images averages over batch, rows and columns", () => {
    const x = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ]);
    const norm = new nn.BatchNorm2d(1, { momentum: 1 });
    norm.call(x);
    expectClose(norm.runningMean as Tensor, [4.5]);
    expectClose(norm.runningVar as Tensor, [6]);
  });

  it("of sequences takes [N, C, L]", () => {
    expect(new nn.BatchNorm1d(2).call(zeros(3, 2, 4)).shape).toEqual([3, 2, 4]);
  });

  it.each([
    [() => new nn.BatchNorm2d(2).call(zeros(3, 2)), /BatchNorm2d: x must be \[N, C, H, W\], got float32\[3,2\]/],
    [() => new nn.BatchNorm1d(2).call(zeros(3, 2, 1, 1)), /BatchNorm1d: x must be \[N, C\] or \[N, C, L\]/],
    [() => new nn.BatchNorm1d(2).call(zeros(3, 4)), /runningMean must be float32\[4\], got float32\[2\]/],
  ])("refuses other inputs", (call, says) => expect(call).toThrow(says));
});

describe("layers without a surprise", () => {
  const x = tensor([[-1, 0, 2]]);
  const image = tensor([
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ]);
  const rows: [string, nn.Module, Tensor, unknown][] = [
    ["ReLU", new nn.ReLU(), x, [[0, 0, 2]]],
    ["ReLU6", new nn.ReLU6(), tensor([-1, 3, 9]), [0, 3, 6]],
    ["LeakyReLU", new nn.LeakyReLU({ negativeSlope: 0.5 }), x, [[-0.5, 0, 2]]],
    ["Sigmoid", new nn.Sigmoid(), x, [[1 / (1 + Math.E), 0.5, 1 / (1 + Math.exp(-2))]]],
    ["Tanh", new nn.Tanh(), x, [[Math.tanh(-1), 0, Math.tanh(2)]]],
    ["SiLU", new nn.SiLU(), x, [[-1 / (1 + Math.E), 0, 2 / (1 + Math.exp(-2))]]],
    ["GELU", new nn.GELU(), x, [[-0.15865525, 0, 1.95449974]]],
    ["GELU by tanh", new nn.GELU({ approximate: "tanh" }), x, [[-0.15880801, 0, 1.95459769]]],
    ["Softplus", new nn.Softplus(), x, [[Math.log1p(Math.exp(-1)), Math.LN2, Math.log1p(Math.exp(2))]]],
    ["ELU", new nn.ELU({ alpha: 2 }), x, [[2 * Math.expm1(-1), 0, 2]]],
    ["Softmax", new nn.Softmax(1), tensor([[0, Math.log(3)]]), [[0.25, 0.75]]],
    ["LogSoftmax", new nn.LogSoftmax(1), tensor([[0, Math.log(3)]]), [[Math.log(0.25), Math.log(0.75)]]],
    ["Flatten", new nn.Flatten(), image, [[1, 2, 3, 4]]],
    ["Flatten of inner dimensions", new nn.Flatten(2, 3), image, [[[1, 2, 3, 4]]]],
    ["MaxPool2d", new nn.MaxPool2d(2), image, [[[[4]]]]],
    ["AvgPool2d", new nn.AvgPool2d([1, 2]), image, [[[[1.5], [3.5]]]]],
    ["AdaptiveAvgPool2d", new nn.AdaptiveAvgPool2d(1), image, [[[[2.5]]]]],
  ];

  it.each(rows)("%s", (_, layer, input, expected) => {
    expectClose(layer.call(input) as Tensor, expected as number[]);
    expect(layer.parameters()).toEqual([]);
  });

  test("Linear and Conv2d with weights set by hand", () => {
    const linear = new nn.Linear(3, 2);
    linear.loadStateDict({
      weight: tensor([
        [1, 0, -1],
        [2, 2, 2],
      ]),
      bias: tensor([10, 20]),
    });
    expect(linear.call(x).toArray()).toEqual([[7, 22]]);
    const conv = new nn.Conv2d(1, 1, 2);
    conv.loadStateDict({
      weight: tensor([
        [
          [
            [1, 0],
            [0, 10],
          ],
        ],
      ]),
      bias: tensor([0.5]),
    });
    expect(conv.call(image).toArray()).toEqual([[[[41.5]]]]);
  });

  test("losses are modules", () => {
    const logits = tensor([[0, Math.log(3)]]);
    const label = tensor([1], { dtype: "int32" });
    expectClose(new nn.CrossEntropyLoss().call(logits, label), -Math.log(0.75));
    expectClose(new nn.CrossEntropyLoss({ reduction: "none" }).call(logits, label), [-Math.log(0.75)]);
    expect(new nn.MSELoss({ reduction: "sum" }).call(tensor([1, 2]), tensor([3, 5])).item()).toBe(13);
  });
});
