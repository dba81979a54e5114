// Losses where PyTorch's numbers say what is right: at kinks, at the ends of the range, of nothing; and losses as layers.
import * as sg from "simdgrad";
import { ArgError, nn, randn, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose } from "../support.js";

const ints = (values: readonly number[] | readonly (readonly number[])[]): Tensor => tensor(values as number[], { dtype: "int32" });
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Values and gradients of a loss without reduction. */
function both(values: number[] | number[][], loss: (x: Tensor) => Tensor): [unknown, unknown] {
  const x = tensor(values as number[], { requiresGrad: true });
  const y = loss(x);
  y.sum().backward();
  return [y.toArray(), x.grad?.toArray()];
}

const none = { reduction: "none" } as const;

describe("at kinks and ends, as in PyTorch", () => {
  test.each<[string, number[] | number[][], (x: Tensor) => Tensor, unknown, unknown]>([
    ["hinge embedding at the margin", [1, 1], (x) => sg.hingeEmbeddingLoss(x, tensor([-1, 1]), none), [0, 1], [-1, 1]],
    ["hinge embedding without a sign", [0.5], (x) => sg.hingeEmbeddingLoss(x, tensor([0]), none), [1], [0]],
    ["margin ranking at 0", [1], (x) => sg.marginRankingLoss(x, tensor([1]), tensor([1]), none), [0], [-1]],
    ["multi-margin at the margin", [[1, 0, 0]], (x) => sg.multiMarginLoss(x, ints([0]), none), [0], [[0, 0, 0]]],
    ["multi-label margin at the margin", [[1, 0, 0]], (x) => sg.multilabelMarginLoss(x, ints([[0, -1, -1]]), none), [0], [[0, 0, 0]]],
    ["multi-label margin, a label twice", [[0, 0]], (x) => sg.multilabelMarginLoss(x, ints([[1, 1]]), none), [1], [[1, -1]]],
    ["Huber", [1, -1, 0, inf, -200, nan], (x) => sg.huberLoss(x, zeros(6), none), [0.5, 0.5, 0, inf, 199.5, nan], [1, -1, 0, 1, -1, nan]],
    ["smooth L1 with beta 0", [1, -1, 0], (x) => sg.smoothL1Loss(x, zeros(3), { beta: 0, ...none }), [1, 1, 0], [1, -1, 0]],
    ["triplet of one point", [[0, 0]], (x) => sg.tripletMarginLoss(x, zeros(1, 2), zeros(1, 2), { eps: 0, ...none }), [1], [[0, 0]]],
    [
      "BCE at the ends",
      [0, 1, 0, 1],
      (x) => sg.binaryCrossEntropy(x, tensor([0, 1, 1, 0]), none),
      [-0, -0, 100, 100],
      [0, 0, -1e12, 1e12].map(Math.fround),
    ],
    ["soft margin of large scores", [200, -200], (x) => sg.softMarginLoss(x, tensor([1, 1]), none), [0, 200], [-0, -1]],
    [
      "multi-label soft margin of large scores",
      [[200, -200]],
      (x) => sg.multilabelSoftMarginLoss(x, tensor([[1, 1]]), none),
      [100],
      [[0, -0.5]],
    ],
    ["cross-entropy of large scores", [[300, -300]], (x) => sg.crossEntropy(x, ints([1]), none), [600], [[1, -1]]],
    ["focal loss of large scores", [300, -300], (x) => sg.focalLoss(x, tensor([1, 1]), none), [0, 75], [0, -0.25]],
    ["focal loss of classes with large scores", [[300, -300]], (x) => sg.focalLoss(x, ints([1]), none), [600], [[1, -1]]],
    ["KL where the target is 0", [-1, -2], (x) => sg.klDiv(x, tensor([0, 1]), none), [0, 2], [-0, -1]],
    ["Poisson of 0 and 1, full", [0, 0], (x) => sg.poissonNllLoss(x, tensor([0, 1]), { full: true, ...none }), [1, 1], [1, 0]],
    [
      "Gaussian with a variance below eps",
      [1],
      (x) => sg.gaussianNllLoss(x, tensor([0]), tensor([0]), { eps: 0.5, ...none }),
      [Math.fround((Math.log(0.5) + 2) / 2)],
      [2],
    ],
  ])("%s", (_, values, loss, y, grad) => {
    const [got, gradient] = both(values, loss);
    expectClose(tensor(got as number[]), y as number[]);
    expect((gradient as number[]).flat().map((v) => v + 0)).toEqual((grad as number[]).flat().map((v) => v + 0));
  });

  it("a variance below eps has the gradient at eps, and a target has PyTorch's", () => {
    const variance = tensor([0.1], { requiresGrad: true });
    sg.gaussianNllLoss(tensor([1]), tensor([0]), variance, { eps: 0.5 }).backward();
    expectClose(variance.grad as Tensor, [(1 - 1 / 0.5) / (2 * 0.5)]);
    const target = tensor([0.5, 0.5, 0.5], { requiresGrad: true });
    sg.binaryCrossEntropy(tensor([0, 1, 0.25]), target, { reduction: "sum" }).backward();
    expectClose(target.grad as Tensor, [inf, -inf, Math.log(3)]);
  });

  it("probabilities as targets take no ignoreIndex, as in PyTorch", () => {
    expect(() => sg.crossEntropy(zeros(2, 3), zeros(2, 3), { ignoreIndex: 0 })).toThrow(ArgError);
  });
});

describe("weights", () => {
  const [x, t, weight] = [tensor([1, 2, 4]), tensor([0, 0, 0]), tensor([1, 0.5, 0.25])];
  it("divide the mean of mseLoss and l1Loss by their sum", () => {
    expectClose(sg.mseLoss(x, t, { weight }), (1 + 2 + 4) / 1.75);
    expectClose(sg.l1Loss(x, t, { weight }), (1 + 1 + 1) / 1.75);
    expectClose(sg.mseLoss(x, t, { weight, reduction: "sum" }), 7);
    expectClose(sg.l1Loss(x, t, { weight, ...none }), [1, 1, 1]);
  });
  it("of huberLoss leave the mean as it is", () => expectClose(sg.huberLoss(x, t, { weight }), (0.5 + 0.5 * 1.5 + 0.25 * 3.5) / 3));
});

describe("ctcLoss", () => {
  const short = (): Tensor => zeros(2, 2, 3).logSoftmax(2).detach();
  const run = (zeroInfinity: boolean, reduction: sg.Reduction): [unknown, Tensor] => {
    const x = short();
    x.requiresGrad = true;
    const loss = sg.ctcLoss(
      x,
      ints([
        [1, 1],
        [2, 0],
      ]),
      [2, 1],
      [2, 1],
      { zeroInfinity, reduction },
    );
    loss.sum().backward();
    return [loss.toArray(), x.grad as Tensor];
  };

  it("is infinite where the frames do not suffice, and its gradient NaN", () => {
    const [loss, grad] = run(false, "none");
    expect((loss as number[])[0]).toBe(inf);
    expectClose((loss as number[])[1] as number, Math.log(3));
    expect(Array.from(grad.select(1, 0).toTypedArray()).every(Number.isNaN)).toBe(true);
    expectClose(grad.select(1, 1), [
      [1 / 3, 1 / 3, -2 / 3],
      [0, 0, 0],
    ]);
  });

  it("is 0 there with zeroInfinity", () => {
    const [loss, grad] = run(true, "none");
    expectClose(tensor(loss as number[]), [0, Math.log(3)]);
    expectClose(grad.select(1, 0), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expectClose(run(true, "mean")[0] as number, Math.log(3) / 2);
    expect(run(false, "mean")[0]).toBe(inf);
  });

  it("of no frames is 0 without labels and infinite with them", () => {
    expect(sg.ctcLoss(zeros(0, 2, 3), ints([[1], [1]]), [0, 0], [0, 1], none).toArray()).toEqual([0, inf]);
    expect(sg.ctcLoss(zeros(2, 0, 3), zeros([0, 1], { dtype: "int32" }), [], []).item()).toBe(nan);
  });

  it("has the numbers of long lists in float32 alike", () => {
    const x = randn([400, 1, 20], { generator: new sg.Generator(2) })
      .mul(4)
      .logSoftmax(2);
    const labels = sg.randint(1, 20, [1, 100], { generator: new sg.Generator(3) });
    const loss = (y: Tensor): Tensor => sg.ctcLoss(y.logSoftmax(2), labels, [400], [100]);
    expect(Number.isFinite(loss(x).item())).toBe(true);
    const grad = sg.grad(loss)(x);
    expect(grad.sum(2).abs().amax().item()).toBeLessThan(1e-5); // what a softmax passes on adds up to 0
  });
});

describe("losses of nothing", () => {
  const pair: [Tensor, Tensor] = [zeros(0, 3), zeros(0, 3)];
  const many: Record<string, (options: { reduction: sg.Reduction }) => Tensor> = {
    huberLoss: (o) => sg.huberLoss(...pair, o),
    smoothL1Loss: (o) => sg.smoothL1Loss(...pair, o),
    binaryCrossEntropy: (o) => sg.binaryCrossEntropy(...pair, o),
    klDiv: (o) => sg.klDiv(...pair, o),
    poissonNllLoss: (o) => sg.poissonNllLoss(...pair, o),
    gaussianNllLoss: (o) => sg.gaussianNllLoss(...pair, zeros(0, 3), o),
    hingeEmbeddingLoss: (o) => sg.hingeEmbeddingLoss(...pair, o),
    marginRankingLoss: (o) => sg.marginRankingLoss(...pair, zeros(0, 3), o),
    softMarginLoss: (o) => sg.softMarginLoss(...pair, o),
    multiMarginLoss: (o) => sg.multiMarginLoss(pair[0], ints([]), o),
    multilabelMarginLoss: (o) => sg.multilabelMarginLoss(pair[0], zeros([0, 3], { dtype: "int32" }), o),
    multilabelSoftMarginLoss: (o) => sg.multilabelSoftMarginLoss(...pair, o),
    tripletMarginLoss: (o) => sg.tripletMarginLoss(...pair, zeros(0, 3), o),
    cosineEmbeddingLoss: (o) => sg.cosineEmbeddingLoss(...pair, zeros(0), o),
    focalLoss: (o) => sg.focalLoss(...pair, o),
    "focalLoss of classes": (o) => sg.focalLoss(pair[0], ints([]), o),
    diceLoss: (o) => sg.diceLoss(zeros(0, 3, 2), zeros(0, 3, 2), o),
    infoNceLoss: (o) => sg.infoNceLoss(...pair, o),
  };
  test.each(Object.entries(many))("%s: NaN as the mean, 0 as the sum", (_, loss) => {
    expect(loss({ reduction: "mean" }).item()).toBe(nan);
    expect(loss({ reduction: "sum" }).item()).toBe(0);
    expect(loss({ reduction: "none" }).size).toBe(0);
  });
});

describe("layers pass on what they are given", () => {
  const x = randn([3, 4], { generator: new sg.Generator(1) });
  const y = randn([3, 4], { generator: new sg.Generator(2) });
  const p = x.sigmoid();
  const signs = y.sign();
  const classes = ints([0, 3, 1]);
  const lists = ints([
    [0, 1, -1, 0],
    [3, -1, 0, 0],
    [1, 2, 3, -1],
  ]);
  const variance = p.add(0.1);
  const weight = tensor([1, 2, 3, 4]);
  const volume = x.reshape([1, 3, 4]);
  const far = x.flip(0);
  const manhattan = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().sum(-1);
  const logits = x.unsqueeze(1).logSoftmax(2);
  it.each<[string, { call(...args: never[]): Tensor }, Tensor[], Tensor]>([
    ["MSELoss", new nn.MSELoss({ weight: p }), [x, y], sg.mseLoss(x, y, { weight: p })],
    ["L1Loss", new nn.L1Loss({ weight: p }), [x, y], sg.l1Loss(x, y, { weight: p })],
    ["HuberLoss", new nn.HuberLoss({ delta: 0.5 }), [x, y], sg.huberLoss(x, y, { delta: 0.5 })],
    ["SmoothL1Loss", new nn.SmoothL1Loss({ beta: 0.5 }), [x, y], sg.smoothL1Loss(x, y, { beta: 0.5 })],
    ["BCELoss", new nn.BCELoss({ weight }), [p, p], sg.binaryCrossEntropy(p, p, { weight })],
    [
      "KLDivLoss",
      new nn.KLDivLoss({ logTarget: true, reduction: "batchmean" }),
      [x, y],
      sg.klDiv(x, y, { logTarget: true, reduction: "batchmean" }),
    ],
    ["PoissonNLLLoss", new nn.PoissonNLLLoss({ full: true }), [x, y], sg.poissonNllLoss(x, y, { full: true })],
    ["GaussianNLLLoss", new nn.GaussianNLLLoss({ full: true }), [x, y, variance], sg.gaussianNllLoss(x, y, variance, { full: true })],
    ["HingeEmbeddingLoss", new nn.HingeEmbeddingLoss({ margin: 2 }), [x, signs], sg.hingeEmbeddingLoss(x, signs, { margin: 2 })],
    ["MarginRankingLoss", new nn.MarginRankingLoss({ margin: 2 }), [x, y, signs], sg.marginRankingLoss(x, y, signs, { margin: 2 })],
    ["SoftMarginLoss", new nn.SoftMarginLoss({ reduction: "sum" }), [x, signs], sg.softMarginLoss(x, signs, { reduction: "sum" })],
    ["MultiMarginLoss", new nn.MultiMarginLoss({ p: 2, weight }), [x, classes], sg.multiMarginLoss(x, classes, { p: 2, weight })],
    ["MultiLabelMarginLoss", new nn.MultiLabelMarginLoss(none), [x, lists], sg.multilabelMarginLoss(x, lists, none)],
    ["MultiLabelSoftMarginLoss", new nn.MultiLabelSoftMarginLoss({ weight }), [x, p], sg.multilabelSoftMarginLoss(x, p, { weight })],
    [
      "TripletMarginLoss",
      new nn.TripletMarginLoss({ swap: true, p: 1 }),
      [x, y, far],
      sg.tripletMarginLoss(x, y, far, { swap: true, p: 1 }),
    ],
    [
      "TripletMarginWithDistanceLoss",
      new nn.TripletMarginWithDistanceLoss({ distanceFunction: manhattan }),
      [x, y, far],
      sg.tripletMarginWithDistanceLoss(x, y, far, { distanceFunction: manhattan }),
    ],
    [
      "CosineEmbeddingLoss",
      new nn.CosineEmbeddingLoss({ margin: 0.2 }),
      [x, y, classes.gt(0)],
      sg.cosineEmbeddingLoss(x, y, classes.gt(0), { margin: 0.2 }),
    ],
    [
      "CTCLoss",
      new nn.CTCLoss({ blank: 3 }),
      [logits, ints([[1]]), [3] as never, [1] as never],
      sg.ctcLoss(logits, ints([[1]]), [3], [1], { blank: 3 }),
    ],
    ["FocalLoss", new nn.FocalLoss({ alpha: weight, gamma: 1 }), [x, classes], sg.focalLoss(x, classes, { alpha: weight, gamma: 1 })],
    ["FocalLoss of floats", new nn.FocalLoss(), [x, p], sg.focalLoss(x, p)],
    ["DiceLoss", new nn.DiceLoss({ smooth: 0.5 }), [volume, volume.sigmoid()], sg.diceLoss(volume, volume.sigmoid(), { smooth: 0.5 })],
    [
      "InfoNCELoss",
      new nn.InfoNCELoss({ temperature: 1, negatives: far }),
      [x, y],
      sg.infoNceLoss(x, y, { temperature: 1, negatives: far }),
    ],
  ])("%s", (_, layer, args, expected) => {
    expect(layer.call(...(args as never[])).toArray()).toEqual(expected.toArray());
  });

  it.each<[string, () => unknown, RegExp]>([
    ["HuberLoss", () => new nn.HuberLoss({ delta: 0 }), /^HuberLoss: delta/],
    ["MultiMarginLoss", () => new nn.MultiMarginLoss({ p: 3 }), /^MultiMarginLoss: p/],
    ["KLDivLoss", () => new nn.KLDivLoss({ reduction: "all" as "sum" }), /^KLDivLoss: reduction must be .*"batchmean"/],
    ["CTCLoss", () => new nn.CTCLoss({ blank: -1 }), /^CTCLoss: blank/],
    ["BCELoss", () => new nn.BCELoss({ weight: [1] as never }), /^BCELoss: expected a tensor as weight/],
    ["InfoNCELoss", () => new nn.InfoNCELoss({ temperature: -1 }), /^InfoNCELoss: temperature/],
  ])("%s refuses bad options when it is made", (_, make, says) => expect(make).toThrow(says));
});
