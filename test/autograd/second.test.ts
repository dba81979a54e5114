// Second derivatives of every family of ops. With f(x) = sum(c y^2), y the op's result: the gradient of f as plain backward
// computes it (fused kernels) must be the one createGraph computes (composites), and its own gradient must agree with
// central differences of the fused one.
import * as sg from "simdgrad";
import { Generator, gradcheck, randn, scope, type Tensor, tensor, valueAndGrad } from "simdgrad";
import { expect, test } from "vitest";
import { randomValues } from "../assembly/harness.js";
import { expectClose } from "../support.js";

type Op = (...inputs: Tensor[]) => Tensor;
type Row = [name: string, op: Op, ...inputs: Tensor[]];

const ints = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
let seed = 1;
/** Values within [low, high). */
const within = (low: number, high: number, ...shape: number[]): Tensor =>
  tensor(
    randomValues(
      shape.reduce((a, b) => a * b, 1),
      seed++,
      low,
      high,
    ),
    { shape },
  );
const any = (...shape: number[]): Tensor => within(-1, 1, ...shape);
/** Values above 0, apart from it. */
const positive = (...shape: number[]): Tensor => within(0.5, 1.5, ...shape);
/** Values no two of which are closer than 0.1, so that the largest stays the largest when one moves a little. */
const apart = (...shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = new Generator(seed++).permutation(size);
  return tensor(
    Float32Array.from(order, (v) => (v - size / 2 + 0.5) * 0.1),
    { shape },
  );
};

const index = ints([
  [0, 1, 1],
  [2, 0, 1],
]);
const labels = ints([2, 0]);
const mask = tensor([[true, false, true]]);
const classWeight = tensor([0.5, 1, 2]);
const runningMean = tensor([0.1, -0.2]);
const runningVar = tensor([0.8, 1.3]);

const elementwise: Row[] = [
  ["add, broadcast", (a, b) => sg.add(a, b), any(2, 3), any(3)],
  ["sub", (a, b) => sg.sub(a, b), any(3), any(3)],
  ["mul, broadcast", (a, b) => sg.mul(a, b), any(2, 3), any(2, 1)],
  ["div", (a, b) => sg.div(a, b), any(3), positive(3)],
  ["pow", (a, b) => sg.pow(a, b), positive(3), positive(3)],
  ["pow with a number", (a) => a.pow(3), any(3)],
  ["maximum", (a, b) => sg.maximum(a, b), apart(4), any(1).mul(0.01)],
  ["minimum", (a, b) => sg.minimum(a, b), apart(4), any(1).mul(0.01)],
  ["remainder", (a, b) => sg.remainder(a, b), tensor([1.3, -2.2, 0.4]), tensor([0.9, 0.8, -1.1])],
  ["remainder by a number", (a) => a.remainder(0.7), tensor([1.1, -0.9, 0.2])],
  ["neg", (a) => a.neg(), any(3)],
  ["abs", (a) => a.abs(), apart(4)],
  ["square", (a) => a.square(), any(3)],
  ["sqrt", (a) => a.sqrt(), positive(3)],
  ["rsqrt", (a) => a.rsqrt(), positive(3)],
  ["reciprocal", (a) => a.reciprocal(), positive(3)],
  ["exp", (a) => a.exp(), any(3)],
  ["log", (a) => a.log(), positive(3)],
  ["sin", (a) => a.sin(), any(3)],
  ["cos", (a) => a.cos(), any(3)],
  ["erf", (a) => a.erf(), any(3)],
  ["tan", (a) => sg.tan(a), any(3)],
  ["sinh", (a) => sg.sinh(a), any(3)],
  ["cosh", (a) => sg.cosh(a), any(3)],
  ["asinh", (a) => sg.asinh(a), any(3)],
  ["expm1", (a) => sg.expm1(a), any(3)],
  ["exp2", (a) => sg.exp2(a), any(3)],
  ["erfc", (a) => sg.erfc(a), any(3)],
  ["mish", (a) => sg.mish(a), any(3)],
  ["selu", (a) => sg.selu(a), any(3)],
  ["celu", (a) => sg.celu(a), any(3)],
  ["logSigmoid", (a) => sg.logSigmoid(a), any(3)],
  ["softsign", (a) => sg.softsign(a), any(3)],
  ["tanhshrink", (a) => sg.tanhshrink(a), any(3)],
  ["atan", (a) => sg.atan(a), any(3)],
  ["asin", (a) => sg.asin(a), within(-0.8, 0.8, 3)],
  ["acos", (a) => sg.acos(a), within(-0.8, 0.8, 3)],
  ["atanh", (a) => sg.atanh(a), within(-0.8, 0.8, 3)],
  ["acosh", (a) => sg.acosh(a), within(1.3, 3, 3)],
  ["log1p", (a) => sg.log1p(a), within(-0.5, 2, 3)],
  ["log2", (a) => sg.log2(a), within(0.5, 2, 3)],
  ["log10", (a) => sg.log10(a), within(0.5, 2, 3)],
  ["erfinv", (a) => sg.erfinv(a), within(-0.8, 0.8, 3)],
  ["logit", (a) => sg.logit(a), within(0.2, 0.8, 3)],
  ["sinc", (a) => sg.sinc(a), within(0.2, 2, 3)],
  ["hardswish", (a) => sg.hardswish(a), within(-2.5, 2.5, 3)],
  ["hardtanh", (a) => sg.hardtanh(a), within(-0.9, 0.9, 3)],
  ["hardsigmoid", (a) => sg.hardsigmoid(a), within(-2.5, 2.5, 3)],
  ["softshrink", (a) => sg.softshrink(a), within(0.6, 2, 3)],
  ["atan2", (a, b) => sg.atan2(a, b), positive(3), positive(3)],
  ["hypot", (a, b) => sg.hypot(a, b), positive(3), positive(3)],
  ["xlogy", (a, b) => sg.xlogy(a, b), positive(3), positive(3)],
  ["logaddexp", (a, b) => sg.logaddexp(a, b), positive(3), positive(3)],
  ["logaddexp2", (a, b) => sg.logaddexp2(a, b), positive(3), positive(3)],
  ["fmod", (a, b) => sg.fmod(a, b), tensor([1.3, -2.2, 0.4]), tensor([0.9, 0.8, -1.1])],
  ["lerp", (a, b, w) => sg.lerp(a, b, w), any(3), any(3), any(3)],
  ["addcdiv", (x, a, b) => sg.addcdiv(x, a, b, { value: 0.5 }), any(3), any(3), positive(3)],
  ["prelu", (a, w) => sg.prelu(a, w), apart(4), positive(1)],
  ["glu", (a) => sg.glu(a), any(4)],
  ["add with alpha", (a, b) => sg.add(a, b, { alpha: 2 }), any(3), any(3)],
  ["rfft", (a) => sg.rfft(a), any(6)],
  ["irfft", (a) => sg.irfft(a), any(4, 2)],
  ["fft", (a) => sg.fft(a, { n: 3 }), any(4, 2)],
  ["relu", (a) => a.relu(), apart(4)],
  ["leakyRelu", (a) => a.leakyRelu({ negativeSlope: 0.2 }), apart(4)],
  ["sigmoid", (a) => a.sigmoid(), any(3)],
  ["tanh", (a) => a.tanh(), any(3)],
  ["silu", (a) => a.silu(), any(3)],
  ["gelu", (a) => a.gelu(), any(3)],
  ["gelu by tanh", (a) => a.gelu({ approximate: "tanh" }), any(3)],
  ["softplus", (a) => a.softplus({ beta: 2 }), any(3)],
  ["elu", (a) => a.elu({ alpha: 0.7 }), apart(4)],
  ["clamp", (a) => a.clamp({ min: -0.1, max: 0.1 }), apart(6)],
  ["where, all three broadcast", (a, b) => sg.where(mask, a, b), any(2, 1, 1), any(2, 1)],
  ["where", (a, b) => sg.where(mask, a, b), any(2, 3), any(2, 1)],
  ["maskedFill", (a) => a.maskedFill(mask, 5), any(2, 3)],
  ["dropout", (a) => a.dropout({ p: 0.5, generator: new Generator(3) }), any(8)],
];

const reductions: Row[] = [
  ["sum", (a) => a.sum(1), any(2, 3)],
  ["mean", (a) => a.mean({ dim: 0, keepdim: true }), any(2, 3)],
  ["variance", (a) => a.variance(1), any(2, 3)],
  ["std", (a) => a.std(), any(4)],
  ["std along a dimension", (a) => a.std({ dim: 1, correction: 0 }), any(2, 3)],
  ["cumsum", (a) => a.cumsum(1), any(2, 3)],
  ["cumsum of the first dimension", (a) => a.cumsum(0), any(3, 2)],
  ["amax", (a) => a.amax(1), apart(2, 3)],
  ["amin", (a) => a.amin(), apart(4)],
  ["max along a dimension", (a) => a.max(1).values, apart(2, 3)],
  ["logsumexp", (a) => a.logsumexp(1), any(2, 3)],
  ["softmax", (a) => a.softmax(1), any(2, 3)],
  ["softmax of the first dimension", (a) => a.softmax(0), any(2, 3)],
  ["logSoftmax", (a) => a.logSoftmax(1), any(2, 3)],
];

const shapes: Row[] = [
  ["reshape", (a) => a.reshape(3, 2), any(2, 3)],
  ["permute", (a) => a.permute(2, 0, 1), any(2, 1, 3)],
  ["expand", (a) => a.expand(4, 3), any(1, 3)],
  ["slice of rows", (a) => a.slice([1]), any(3, 2)],
  ["slice with steps", (a) => a.slice([null, null, -1], [0, null, 2]), any(2, 3)],
  ["select", (a) => a.select(1, 1), any(2, 3)],
  ["flip", (a) => a.flip(1), any(2, 3)],
  ["cat", (a, b) => sg.cat([a, b], 1), any(2, 1), any(2, 2)],
  ["stack", (a, b) => sg.stack([a, b, a], 1), any(2), any(2)],
  ["gather", (a) => a.gather(0, index), any(3, 3)],
  ["scatterAdd", (a, b) => a.scatterAdd(0, index, b), any(3, 3), any(2, 3)],
  ["indexSelect", (a) => a.indexSelect(1, labels), any(2, 3)],
  ["embedding", (a) => sg.embedding(index, a, { paddingIdx: 0 }), any(3, 2)],
];

const layers: Row[] = [
  ["matmul", (a, b) => a.matmul(b), any(2, 3), any(3, 2)],
  ["matmul with a vector", (a, b) => a.matmul(b), any(2, 3), any(3)],
  ["matmul of a batch", (a, b) => a.matmul(b), any(2, 2, 3), any(3, 2)],
  ["matmul, batch broadcast", (a, b) => a.matmul(b), any(2, 3), any(2, 3, 2)],
  ["linear", (x, w, b) => sg.linear(x, w, b), any(2, 3), any(2, 3), any(2)],
  ["addmm", (c, a, b) => sg.addmm(c, a, b, { alpha: 2, beta: 0.5 }), any(2), any(2, 3), any(3, 2)],
  ["conv2d", (x, w, b) => sg.conv2d(x, w, b, { padding: 1, stride: 2 }), any(1, 2, 4, 4), any(2, 2, 3, 3), any(2)],
  ["conv2d, grouped and dilated", (x, w) => sg.conv2d(x, w, null, { groups: 2, dilation: 2 }), any(1, 2, 5, 5), any(2, 1, 2, 2)],
  ["conv1d", (x, w, b) => sg.conv1d(x, w, b, { padding: 1, stride: 2 }), any(1, 2, 5), any(2, 2, 3), any(2)],
  [
    "convTranspose2d",
    (x, w, b) => sg.convTranspose2d(x, w, b, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
    any(1, 2, 2, 3),
    any(2, 1, 3, 3),
    any(2),
  ],
  ["convTranspose1d", (x, w) => sg.convTranspose1d(x, w, null, { dilation: 2 }), any(1, 2, 3), any(2, 2, 2)],
  ["maxPool1d", (x) => x.maxPool1d(2), apart(1, 2, 6)],
  ["avgPool1d", (x) => x.avgPool1d(2, { stride: 1 }), any(1, 2, 4)],
  ["adaptiveAvgPool1d", (x) => x.adaptiveAvgPool1d(2), any(1, 2, 5)],
  ["maxPool2d", (x) => x.maxPool2d(2), apart(1, 1, 4, 4)],
  ["maxPool2dWithIndices", (x) => sg.maxPool2dWithIndices(x, 2).values, apart(1, 1, 4, 4)],
  ["avgPool2d", (x) => x.avgPool2d(2, { stride: 1, padding: 1, countIncludePad: false }), any(1, 1, 3, 3)],
  ["adaptiveAvgPool2d", (x) => x.adaptiveAvgPool2d([2, 1]), any(1, 1, 3, 2)],
  ["layerNorm", (x, weight, bias) => sg.layerNorm(x, [2, 2], { weight, bias }), within(-2, 2, 3, 2, 2), positive(2, 2), any(2, 2)],
  ["conv3d", (x, w, b) => sg.conv3d(x, w, b, { padding: 1, stride: 2 }), any(1, 1, 2, 2, 3), any(1, 1, 2, 3, 2), any(1)],
  ["convTranspose3d", (x, w) => sg.convTranspose3d(x, w, null, { stride: 2 }), any(1, 1, 2, 1, 2), any(1, 1, 2, 2, 1)],
  ["maxPool3d", (x) => sg.maxPool3d(x, 2), apart(1, 1, 2, 4, 2)],
  ["avgPool3d", (x) => sg.avgPool3d(x, 2, { stride: 1 }), any(1, 1, 2, 3, 2)],
  ["adaptiveMaxPool2d", (x) => sg.adaptiveMaxPool2d(x, [2, 1]), apart(1, 1, 3, 2)],
  ["lpPool1d", (x) => sg.lpPool1d(x, 3, 2), positive(1, 1, 4)],
  ["maxUnpool1d", (x) => sg.maxUnpool1d(x, sg.tensor([[[1, 2]]], { dtype: "int32" }), 2), any(1, 1, 2)],
  ["groupNorm", (x, weight, bias) => sg.groupNorm(x, 2, { weight, bias }), within(-2, 2, 2, 4, 2), positive(4), any(4)],
  ["instanceNorm", (x, weight, bias) => sg.instanceNorm(x, { weight, bias }), within(-2, 2, 2, 2, 3), positive(2), any(2)],
  [
    "instanceNorm with running statistics",
    (x, weight) => sg.instanceNorm(x, { weight, runningMean: sg.zeros(2), runningVar: sg.ones(2) }),
    ...[within(-2, 2, 2, 2, 3), positive(2)],
  ],
  ["rmsNorm", (x, weight) => sg.rmsNorm(x, 3, { weight }), within(-2, 2, 2, 3), positive(3)],
  ["localResponseNorm", (x) => sg.localResponseNorm(x, 2, { alpha: 0.5 }), any(1, 3, 2)],
  ["bilinear", (x, y, w, b) => sg.bilinear(x, y, w, b), any(2, 2), any(2, 3), any(2, 2, 3), any(2)],
  ["layerNorm without parameters", (x) => sg.layerNorm(x, 3), within(-2, 2, 2, 3)],
  [
    "batchNorm in training",
    (x, weight, bias) => sg.batchNorm(x, null, null, { training: true, weight: weight, bias: bias }),
    any(3, 2, 2),
    positive(2),
    any(2),
  ],
  [
    "batchNorm in evaluation",
    (x, weight, bias) => sg.batchNorm(x, runningMean, runningVar, { weight: weight, bias: bias }),
    any(2, 2),
    positive(2),
    any(2),
  ],
];

const losses: Row[] = [
  ["l1Loss", (a, b) => sg.l1Loss(a, b), apart(4), any(4).mul(0.01)],
  ["nllLoss", (x) => sg.nllLoss(x, labels, { weight: classWeight }), any(2, 3)],
  [
    "binaryCrossEntropyWithLogits",
    (x, y, w) => sg.binaryCrossEntropyWithLogits(x, y, { posWeight: w, weight: classWeight }),
    any(2, 3),
    positive(2, 3),
    positive(3),
  ],
  ["mseLoss", (a, b) => sg.mseLoss(a, b), any(3), any(3)],
  ["crossEntropy", (x) => sg.crossEntropy(x, labels), any(2, 3)],
  ["crossEntropy, smoothed and weighted", (x) => sg.crossEntropy(x, labels, { labelSmoothing: 0.2, weight: classWeight }), any(2, 3)],
  ["crossEntropy, one row ignored", (x) => sg.crossEntropy(x, labels, { ignoreIndex: 0, reduction: "none" }), any(2, 3)],
  ["crossEntropy, summed, of images", (x) => sg.crossEntropy(x, ints([[0, 2]]), { reduction: "sum" }), any(1, 3, 2)],
  ["crossEntropy of probabilities", (x, p) => sg.crossEntropy(x, p, { labelSmoothing: 0.1 }), any(2, 3), positive(2, 3)],
];

const epilogues: Row[] = ([null, "relu", "sigmoid", "tanh", "silu", "gelu"] as const).flatMap((name): Row[] => {
  const options = name === null ? {} : { activation: name };
  return [
    [`linear with ${name}`, (x, w, b) => sg.linear(x, w, b, options), any(2, 3), any(2, 3), any(2)],
    [`conv2d with ${name}`, (x, w, b) => sg.conv2d(x, w, b, options), any(1, 1, 3, 3), any(2, 1, 2, 2), any(2)],
  ];
});

test.each([...elementwise, ...reductions, ...shapes, ...layers, ...losses, ...epilogues])("%s", (_, op, ...inputs) =>
  scope(() => {
    const weights = scope(() =>
      op(...inputs)
        .mul(0)
        .add(randn(op(...inputs).shape, { generator: new Generator(9) })),
    );
    const f: Op = (...xs) =>
      op(...xs)
        .square()
        .mul(weights)
        .sum();

    const plain = valueAndGrad(f)(...inputs).grads;
    const recorded = valueAndGrad(f)(...inputs.map((x) => x.detach().mul(tensor(1, { requiresGrad: true })))).grads;
    for (const [i, g] of recorded.entries()) {
      expectClose(g, plain[i] as Tensor, 4e-6);
      expect(g.requiresGrad).toBe(true);
    }

    // Differs for every element, so that no term of the second derivative hides.
    const directions = inputs.map((x, i) => randn(x.shape, { generator: new Generator(20 + i) }));
    const slope: Op = (...xs) => {
      const { grads } = valueAndGrad(f)(...xs);
      return grads.map((g, i) => g.mul(directions[i] as Tensor).sum()).reduce((a, b) => a.add(b));
    };
    gradcheck(slope, inputs, { atol: 1e-3, rtol: 5e-3 });
  }),
);

test("an input without a gradient has no second derivative either, whatever became of its graph", () => {
  const [w, x] = [
    tensor([1, 2], { requiresGrad: true }),
    tensor(
      [
        [1, 2],
        [0, 3],
      ],
      { requiresGrad: true },
    ),
  ];
  const weight = w.mul(2);
  const loss = sg.crossEntropy(x, tensor([0, 1], { dtype: "int32" }), { weight });
  scope(() => weight.sum().backward());
  loss.backward({ createGraph: true });
  scope(() => (x.grad as Tensor).square().sum().backward());
  expect(w.grad?.toArray()).toEqual([2, 2]);
});
