// Every name of the public API at least once, with the types of the results: what a large program costs the compiler, and whether it takes
// what the documentation says. Nothing of this runs. types.test.ts compares the names with those of the entry points.
import * as sg from "simdgrad";
import { type Generator, nn, optim, type Tensor } from "simdgrad";
import * as data from "simdgrad/data";
import * as io from "simdgrad/io";
import * as metrics from "simdgrad/metrics";
import * as models from "simdgrad/models";
import * as node from "simdgrad/node";
import * as plot from "simdgrad/plot";
import * as quantize from "simdgrad/quantize";
import * as train from "simdgrad/train";

declare const x: Tensor;
declare const y: Tensor;
declare const mask: Tensor;
declare const index: Tensor;
declare const weight: Tensor;
declare const bytes: Uint8Array;

type Pairs = readonly sg.ValuesAndIndices[];

export const made: readonly Tensor[] = [
  sg.tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "float16", requiresGrad: true },
  ),
  sg.tensor(new Float32Array(4), { shape: [2, 2] }),
  ...[sg.zeros([2, 3]), sg.ones(2, 3, { dtype: "int32" }), sg.empty([4]), sg.full([2], 7)],
  ...[sg.zerosLike(x), sg.onesLike(x, { dtype: "bool" }), sg.emptyLike(x), sg.fullLike(x, 3)],
  ...[sg.arange(0, 10, 2, { dtype: "int32" }), sg.linspace(0, 1, 5), sg.logspace(0, 1, 5, { base: 2 }), sg.eye(3, 4)],
];

const generator: Generator = new sg.Generator(3);
sg.manualSeed(1);
sg.setRngState(sg.getRngState());
export const drawn: readonly Tensor[] = [
  ...[sg.rand([2], { generator }), sg.randn(2, 3), sg.randint(0, 10, [3]), sg.randperm(5, { generator }), sg.normal(0, 1, [2])],
  ...[sg.randLike(x), sg.randnLike(x), sg.randintLike(x, 10), sg.bernoulli(x, { generator }), sg.multinomial(x, 2, { replacement: true })],
  ...[sg.uniform_(x, 0, 1), sg.normal_(x, 0, 1, { generator }), sg.dropout(x, { p: 0.1 })],
];

export const converted: readonly Tensor[] = [
  ...[sg.to(x, "int8"), sg.float(x), sg.half(x), sg.bfloat16(x), sg.int(x), sg.long(x), sg.bool(x)],
  ...[sg.clone(x), sg.detach(x), sg.copy_(x, y), sg.fill_(x, 1), sg.zero_(x)],
];

export const ofOne: readonly Tensor[] = [
  ...[sg.abs(x), sg.neg(x), sg.sign(x), sg.square(x), sg.sqrt(x), sg.rsqrt(x), sg.reciprocal(x), sg.frac(x), sg.signbit(x)],
  ...[sg.floor(x), sg.ceil(x), sg.trunc(x), sg.round(x, { decimals: 2 }), sg.deg2rad(x), sg.rad2deg(x)],
  ...[sg.exp(x), sg.exp2(x), sg.expm1(x), sg.log(x), sg.log2(x), sg.log10(x), sg.log1p(x), sg.logit(x, { eps: 1e-6 })],
  ...[sg.sin(x), sg.cos(x), sg.tan(x), sg.asin(x), sg.acos(x), sg.atan(x), sg.sinc(x)],
  ...[sg.sinh(x), sg.cosh(x), sg.tanh(x), sg.asinh(x), sg.acosh(x), sg.atanh(x), sg.erf(x), sg.erfc(x), sg.erfinv(x)],
  ...[sg.isnan(x), sg.isinf(x), sg.isfinite(x), sg.isposinf(x), sg.isneginf(x), sg.nanToNum(x, { nan: 0, posinf: null })],
  ...[sg.relu(x), sg.relu6(x), sg.leakyRelu(x, { negativeSlope: 0.1 }), sg.prelu(x, weight), sg.elu(x), sg.celu(x), sg.selu(x)],
  ...[sg.gelu(x, { approximate: "tanh" }), sg.silu(x), sg.mish(x), sg.sigmoid(x), sg.logSigmoid(x), sg.softplus(x, { beta: 2 })],
  ...[sg.softsign(x), sg.tanhshrink(x), sg.hardtanh(x, { minVal: -2 }), sg.hardsigmoid(x), sg.hardswish(x)],
  ...[sg.hardshrink(x, { lambd: 1 }), sg.softshrink(x), sg.threshold(x, 0, 1), sg.glu(x, { dim: 1 }), sg.clamp(x, { min: 0, max: y })],
  ...[sg.bitwiseNot(x), sg.logicalNot(x)],
];

export const ofTwo: readonly Tensor[] = [
  ...[sg.add(x, 1, { alpha: 2 }), sg.sub(1, x), sg.mul(x, y), sg.div(x, y, { roundingMode: "floor" }), sg.pow(2, x)],
  ...[sg.floorDivide(x, 2), sg.remainder(x, 2), sg.fmod(x, 2), sg.maximum(x, y), sg.minimum(x, 0), sg.fmax(x, y), sg.fmin(x, y)],
  ...[sg.atan2(x, y), sg.hypot(x, y), sg.copysign(x, -1), sg.xlogy(x, y), sg.logaddexp(x, y), sg.logaddexp2(x, y), sg.lerp(x, y, 0.5)],
  ...[sg.eq(x, y), sg.ne(x, 1), sg.lt(x, y), sg.le(x, y), sg.gt(x, y), sg.ge(x, 0), sg.isclose(x, y, { equalNan: true })],
  ...[sg.logicalAnd(x, y), sg.logicalOr(x, y), sg.logicalXor(x, y), sg.bitwiseAnd(x, 1), sg.bitwiseOr(x, y), sg.bitwiseXor(x, y)],
  ...[sg.bitwiseLeftShift(x, 1), sg.bitwiseRightShift(x, 1), sg.where(mask, x, 0), ...sg.where(mask)],
  ...[sg.addcmul(x, x, y, { value: 2 }), sg.addcdiv(x, x, y)],
];
export const same: readonly boolean[] = [sg.allclose(x, y, { rtol: 1e-3 }), sg.equal(x, y)];

export const reduced: readonly Tensor[] = [
  ...[sg.sum(x), sg.sum(x, 0), sg.sum(x, [0, 1], { keepdim: true }), sg.mean(x, { dim: 1 }), sg.prod(x), sg.nansum(x), sg.nanmean(x)],
  ...[sg.amax(x, 0), sg.amin(x), sg.argmax(x, 1), sg.argmin(x, { dim: 0, keepdim: true }), sg.any(x), sg.all(x, 0), sg.countNonzero(x)],
  ...[sg.variance(x, { correction: 0 }), sg.std(x, 0), ...sg.varMean(x), ...sg.stdMean(x), sg.logsumexp(x, 1)],
  ...[sg.norm(x), sg.norm(x, "fro"), sg.vectorNorm(x, 1, 0), sg.normalize(x, { p: 1 }), sg.softmax(x, 1), sg.logSoftmax(x, -1)],
  ...[sg.cumsum(x, 0), sg.cumprod(x, 0), sg.logcumsumexp(x, 0), sg.max(x), sg.min(x, y), sg.median(x), sg.nanmedian(x)],
  ...[sg.quantile(x, 0.5), sg.nanquantile(x, y, 1, { interpolation: "lower" }), sg.histc(x, { bins: 4 }), sg.histogram(x, 5).hist],
  ...[sg.bincount(x, { minlength: 3 }), sg.cov(x, { correction: 0 }), sg.corrcoef(x), sg.diff(x, { n: 2 })],
  ...Object.values(sg.aminmax(x)),
];
export const picked: Pairs = [
  ...[sg.max(x, 0), sg.min(x, 0, { keepdim: true }), sg.cummax(x, 0), sg.cummin(x, 0), sg.median(x, 0), sg.nanmedian(x, 0)],
  ...[sg.mode(x), sg.kthvalue(x, 2), sg.sort(x, 0, { descending: true }), sg.topk(x, 3, { largest: false })],
];
export const sorted: readonly Tensor[] = [
  ...[sg.argsort(x, { dim: 0 }), sg.msort(x), sg.searchsorted(x, y, { right: true }), sg.bucketize(x, y)],
  ...[sg.unique(x), ...sg.unique(x, { returnInverse: true }), ...sg.uniqueConsecutive(x, { returnInverse: true, returnCounts: true })],
];

export const arranged: readonly Tensor[] = [
  ...[sg.reshape(x, 2, -1), sg.view(x, [4]), sg.flatten(x, 1), sg.unflatten(x, 0, [2, 2]), sg.squeeze(x), sg.unsqueeze(x, 0)],
  ...[sg.transpose(x, 0, 1), sg.swapaxes(x, 0, 1), sg.permute(x, 1, 0), sg.movedim(x, 0, 1), sg.moveaxis(x, [0], [1]), sg.t(x)],
  ...[sg.expand(x, 2, -1), sg.expandAs(x, y), sg.broadcastTo(x, [2, 3]), sg.repeat(x, 2, 1), sg.tile(x, [2]), sg.repeatInterleave(x, 2)],
  ...[sg.cat([x, y], 1), sg.stack([x, y]), sg.hstack([x, y]), sg.vstack([x]), sg.dstack([x])],
  ...[sg.atleast1d(x), sg.atleast2d(x), sg.atleast3d(x), sg.flip(x, 0), sg.fliplr(x), sg.flipud(x), sg.roll(x, 1, 0), sg.rot90(x)],
  ...[...sg.split(x, 2), ...sg.chunk(x, 2, 1), ...sg.tensorSplit(x, [1]), ...sg.unbind(x), ...sg.meshgrid([x, y], { indexing: "ij" })],
  ...[sg.diag(x), sg.diagonal(x, { offset: 1 }), sg.diagEmbed(x), sg.tril(x, 1), sg.triu(x), sg.pad(x, [1, 1], { mode: "reflect" })],
  ...[sg.unfold(x, 3, { padding: 1 }), sg.unfoldDim(x, 0, 2, 1), sg.fold(x, [4, 4], 2), sg.channelShuffle(x, 2)],
  ...[sg.pixelShuffle(x, 2), sg.pixelUnshuffle(x, 2), sg.interpolate(x, { scaleFactor: 2, mode: "bilinear" })],
  ...[sg.interpolate(x, { size: null, scaleFactor: 2 }), sg.affineGrid(x, [1, 3, 4, 4]), sg.gridSample(x, y, { paddingMode: "border" })],
];

export const indexed: readonly Tensor[] = [
  ...[sg.at(x, 0), sg.get(x, ":, ::2"), sg.slice(x, [0, 1]), sg.select(x, 0, 1), sg.narrow(x, 0, 1, 2), sg.take(x, index)],
  ...[sg.indexSelect(x, 0, index), sg.gather(x, 0, index), sg.takeAlongDim(x, index, null), sg.maskedSelect(x, mask)],
  ...[
    sg.set(x, [0, null], 1),
    sg.put(x, index, y, { accumulate: true }),
    sg.put_(x, index, y),
    sg.indexPut(x, index, 0),
    sg.indexPut_(x, [index], y),
  ],
  ...[
    sg.scatter(x, 0, index, 1, { reduce: "add" }),
    sg.scatter_(x, 0, index, y),
    sg.scatterAdd(x, 0, index, y),
    sg.scatterAdd_(x, 0, index, y),
  ],
  ...[sg.scatterReduce(x, 0, index, y, "amax"), sg.scatterReduce_(x, 0, index, y, "mean", { includeSelf: false })],
  ...[
    sg.selectScatter(x, y, 0, 1),
    sg.sliceScatter(x, y, { start: 1 }),
    sg.indexAdd(x, 0, index, y, { alpha: 2 }),
    sg.indexAdd_(x, 0, index, y),
  ],
  ...[sg.indexCopy(x, 0, index, y), sg.indexCopy_(x, 0, index, y), sg.indexFill(x, 0, index, 1), sg.indexFill_(x, 0, index, y)],
  ...[sg.maskedFill(x, mask, 0), sg.maskedFill_(x, mask, y), sg.maskedScatter(x, mask, y), sg.maskedScatter_(x, mask, y)],
  ...[
    sg.nonzero(x),
    ...sg.nonzero(x, { asTuple: true }),
    sg.argwhere(x),
    sg.oneHot(index, 3),
    sg.embedding(index, weight, { paddingIdx: 0 }),
  ],
];

export const multiplied: readonly Tensor[] = [
  ...[sg.matmul(x, y), sg.mm(x, y), sg.bmm(x, y), sg.mv(x, y), sg.dot(x, y), sg.vdot(x, y), sg.inner(x, y), sg.outer(x, y), sg.kron(x, y)],
  ...[sg.addmm(x, x, y, { beta: 0 }), sg.addmv(x, x, y), sg.addbmm(x, x, y), sg.baddbmm(x, x, y), sg.einsum("ij,jk->ik", x, y)],
  ...[sg.tensordot(x, y, [[0], [1]]), sg.cross(x, y, { dim: 0 }), sg.cosineSimilarity(x, y), sg.pairwiseDistance(x, y), sg.cdist(x, y)],
  ...[sg.linear(x, weight, null, { activation: "gelu" }), sg.fft(x, { norm: "ortho" }), sg.ifft(x), sg.rfft(x, { n: 8 }), sg.irfft(x)],
];

export const decomposed: readonly Tensor[] = [
  ...[sg.solve(x, y, { left: false }), sg.solveTriangular(x, y, { upper: true }), sg.inv(x), sg.inverse(x), sg.det(x), sg.trace(x)],
  ...[sg.cholesky(x, { upper: true }), sg.choleskySolve(x, y), sg.pinv(x, { rtol: 1e-6 }), sg.matrixPower(x, 3), sg.matrixRank(x)],
  ...[sg.eigvalsh(x), sg.svdvals(x), sg.lstsq(x, y).solution, ...Object.values(sg.slogdet(x))],
  ...[...Object.values(sg.qr(x, { mode: "complete" })), ...Object.values(sg.svd(x)), ...Object.values(sg.eigh(x, { UPLO: "U" }))],
];

const quantized: quantize.Quantized = quantize.quantize(x, { bits: 8 });
export const layers: readonly Tensor[] = [
  ...[sg.conv1d(x, weight, null, { padding: "same" }), sg.conv2d(x, weight, y, { stride: [1, 2], groups: 2 })],
  ...[sg.convTranspose1d(x, weight), sg.convTranspose2d(x, weight, null, { outputPadding: 1 })],
  ...[sg.maxPool1d(x, 2), sg.maxPool2d(x, 2, { ceilMode: true }), sg.avgPool1d(x, 2), sg.avgPool2d(x, [2, 2], { divisorOverride: 3 })],
  ...[sg.adaptiveAvgPool1d(x, 3), sg.adaptiveAvgPool2d(x, [3, null])],
  ...[sg.maxPool1dWithIndices(x, 2).values, sg.maxPool2dWithIndices(x, 2).indices],
  ...[sg.batchNorm(x, null, null, { training: true }), sg.layerNorm(x, [4], { weight })],
  ...[sg.conv3d(x, weight, null, { stride: [1, 2, 2] }), sg.convTranspose3d(x, weight, y, { outputSize: [8, 8, 8] })],
  ...[sg.maxPool3d(x, 2), sg.avgPool3d(x, [1, 2, 2], { stride: 1 }), sg.maxPool3dWithIndices(x, 2).indices],
  ...[sg.adaptiveAvgPool3d(x, [null, 2, 2]), sg.adaptiveMaxPool1d(x, 3), sg.adaptiveMaxPool2d(x, [3, null]), sg.adaptiveMaxPool3d(x, 1)],
  ...[sg.adaptiveMaxPool1dWithIndices(x, 3).values, sg.adaptiveMaxPool2dWithIndices(x, 1).indices],
  ...[
    sg.adaptiveMaxPool3dWithIndices(x, 1).indices,
    sg.lpPool1d(x, 2, 3),
    sg.lpPool2d(x, 2, [2, 3], { ceilMode: true }),
    sg.lpPool3d(x, 2, [2, 3, 1]),
    sg.fractionalMaxPool2d(x, 2, { outputSize: 3 }),
    sg.fractionalMaxPool2dWithIndices(x, [2, 3], { outputRatio: 0.5 }).values,
    sg.fractionalMaxPool3d(x, 2, { outputSize: [3, 2, 1] }),
    sg.fractionalMaxPool3dWithIndices(x, 2, { outputRatio: 0.5 }).indices,
  ],
  ...[sg.maxUnpool1d(x, index, 2), sg.maxUnpool2d(x, index, 2, { outputSize: [4, 5] }), sg.maxUnpool3d(x, index, [1, 2, 2])],
  ...[sg.groupNorm(x, 2, { weight }), sg.instanceNorm(x, { runningMean: y, runningVar: y, useInputStats: false })],
  ...[sg.rmsNorm(x, 4, { eps: 1e-6 }), sg.localResponseNorm(x, 5, { k: 2 }), sg.bilinear(x, y, weight, null)],
  ...[sg.dropout1d(x), sg.dropout2d(x, { p: 0.1 }), sg.dropout3d(x), sg.dropPath(x, { generator })],
  ...[sg.alphaDropout(x, { training: true }), sg.featureAlphaDropout(x)],
  ...[sg.crossEntropy(x, index, { labelSmoothing: 0.1 }), sg.nllLoss(x, index), sg.mseLoss(x, y), sg.l1Loss(x, y, { reduction: "sum" })],
  ...[sg.binaryCrossEntropyWithLogits(x, y, { posWeight: weight })],
  ...[quantize.dequantize(quantized.values, quantized.scale), quantize.quantizedLinear(x, quantized), quantize.int8Matmul(x, y)],
];

class Net extends nn.Module {
  first = new nn.Conv2d(1, 16, 3, { padding: 1 });
  rows = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4, { bias: false })]);
  named = new nn.ModuleDict({ head: new nn.Linear(4, 2) });
  scale = new nn.Parameter(sg.ones([1]));
  seen = new nn.Buffer(sg.zeros([1]));

  forward(input: Tensor): Tensor {
    return this.first.call(input).mul(this.scale);
  }
}
const model = new Net();
const called: Tensor = model.call(x);
export const network: readonly nn.Module[] = [
  new nn.Sequential(new nn.Flatten(), new nn.Identity(), new nn.Dropout(0.1), model),
  ...[new nn.Conv1d(1, 2, 3), new nn.ConvTranspose1d(1, 2, 3), new nn.ConvTranspose2d(1, 2, [3, 3], { stride: 2 })],
  ...[new nn.BatchNorm1d(3, { momentum: null }), new nn.BatchNorm2d(3), new nn.LayerNorm([4, 4], { eps: 1e-6 })],
  ...[new nn.MaxPool1d(2), new nn.MaxPool2d(2), new nn.AvgPool1d(2), new nn.AvgPool2d(2, { padding: 1 })],
  ...[new nn.AdaptiveAvgPool1d(1), new nn.AdaptiveAvgPool2d(1)],
  ...[new nn.Conv3d(1, 2, 3, { paddingMode: "circular", padding: 1 }), new nn.ConvTranspose3d(1, 2, 3), new nn.SeparableConv2d(3, 8, 3)],
  ...[new nn.MaxPool3d(2), new nn.AvgPool3d([1, 2, 2]), new nn.AdaptiveAvgPool3d([1, null, 1]), new nn.AdaptiveMaxPool1d(3)],
  ...[new nn.AdaptiveMaxPool2d([null, 3], { returnIndices: true }), new nn.AdaptiveMaxPool3d(1), new nn.LPPool1d(2, 3)],
  ...[new nn.LPPool3d(2, 3), new nn.FractionalMaxPool2d(2, { outputSize: [2, 3] }), new nn.FractionalMaxPool3d(2, { outputRatio: 0.5 })],
  ...[new nn.LPPool2d(2, [2, 3]), new nn.MaxUnpool1d(2), new nn.MaxUnpool2d(2, { stride: 2 }), new nn.MaxUnpool3d([1, 2, 2])],
  ...[new nn.GlobalAvgPool(), new nn.GlobalMaxPool({ keepdim: true }), new nn.BatchNorm3d(3), new nn.GroupNorm(2, 4, { affine: false })],
  ...[new nn.InstanceNorm1d(3), new nn.InstanceNorm2d(3, { affine: true }), new nn.InstanceNorm3d(3), new nn.RMSNorm([4, 4])],
  ...[new nn.LocalResponseNorm(5, { alpha: 1e-3 }), new nn.Dropout1d(), new nn.Dropout2d(0.1), new nn.Dropout3d(0.1, { generator })],
  ...[new nn.AlphaDropout(), new nn.FeatureAlphaDropout(0.1), new nn.DropPath(0.1), new nn.GaussianNoise(0.1)],
  ...[new nn.ZeroPad1d(1), new nn.ZeroPad2d([1, 1, 2, 2]), new nn.ZeroPad3d(1), new nn.ConstantPad1d([1, 2], 3)],
  ...[new nn.ConstantPad2d(1, 3), new nn.ConstantPad3d(1, 3), new nn.ReflectionPad1d(1), new nn.ReflectionPad2d(1)],
  ...[new nn.ReflectionPad3d(1), new nn.ReplicationPad1d(1), new nn.ReplicationPad2d(1), new nn.ReplicationPad3d(1)],
  ...[new nn.CircularPad1d([1, 2]), new nn.CircularPad2d(1), new nn.CircularPad3d(1), new nn.Upsample({ size: [4, 6], mode: "bilinear" })],
  ...[new nn.UpsamplingNearest2d({ scaleFactor: 2 }), new nn.UpsamplingBilinear2d({ size: 4 }), new nn.ChannelShuffle(2)],
  ...[new nn.PixelShuffle(2), new nn.PixelUnshuffle(2), new nn.Unflatten(1, [2, 3]), new nn.Unfold(3, { padding: 1 })],
  ...[new nn.Fold([4, 4], 2, { stride: 2 }), new nn.Bilinear(2, 3, 4, { bias: false }), new nn.CosineSimilarity({ dim: -1 })],
  ...[
    new nn.PairwiseDistance({ p: 1 }),
    new nn.ReLU(),
    new nn.ReLU6(),
    new nn.LeakyReLU({ negativeSlope: 0.2 }),
    new nn.ELU(),
    new nn.GELU({ approximate: "tanh" }),
  ],
  ...[new nn.SiLU(), new nn.Sigmoid(), new nn.Tanh(), new nn.Softplus(), new nn.Softmax(1), new nn.LogSoftmax(1)],
  ...[new nn.CrossEntropyLoss({ weight }), new nn.NLLLoss(), new nn.MSELoss(), new nn.L1Loss(), new nn.BCEWithLogitsLoss()],
  ...[...model.namedModules()].map(([, child]) => child),
];
export const filled: readonly Tensor[] = [
  ...[nn.init.kaimingUniform(x, { nonlinearity: "relu" }), nn.init.kaimingNormal(x), nn.init.xavierUniform(x), nn.init.xavierNormal(x)],
  ...[nn.init.uniform(x, 0, 1), nn.init.normal(x), nn.init.constant(x, 1), nn.init.zeros(x), nn.init.ones(x)],
  ...[nn.functional.crossEntropy(called, index)],
];
export const fans: readonly number[] = [nn.init.calculateFans(x).fanIn, nn.init.calculateGain("tanh")];

const steps = [
  new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
  new optim.Adam([{ params: model.parameters(), lr: 1e-3 }], { betas: [0.9, 0.99] }),
  new optim.AdamW(model.parameters()),
] as const;
export const areSteps: boolean = steps.every((each) => each instanceof optim.Optimizer);

export const gradients: readonly Tensor[] = [
  sg.grad((t: Tensor) => t.sum())(x),
  sg.valueAndGrad((t: Tensor) => t.sum())(x).value,
  sg.jacobian((t: Tensor) => t.mul(2))(x),
  sg.hessian((t: Tensor) => t.sum())(x),
  sg.jvp((t: Tensor) => t.mul(2), x, y)[1],
  ...sg.vjp((t: Tensor) => t.mul(2), x)[1](y),
  ...sg.hvp((t: Tensor) => t.sum(), x, y),
  sg.checkpoint((t: Tensor) => t.exp(), x),
  sg.noGrad(() => x.add(1)),
  sg.enableGrad(() => x.add(1)),
  sg.detectAnomaly(() => x.add(1)),
  sg.scope(() => sg.keep(x.add(1))),
  sg.meta(() => sg.zeros([1e9])),
  sg.profile(() => x.add(1)).result,
  sg.defineOp<[x: Tensor]>({ name: "same", infer: ([t]) => t, forward: (out, [t]) => out.copy_(t), backward: [(g) => g] })(x),
  ...sg.intercept(
    (call, next) => next(call),
    () => [x.relu()],
  ),
];
export const facts: readonly (boolean | number | string)[] = [
  ...[sg.gradcheck((t) => t.exp(), [x]), sg.gradgradcheck((t) => t.exp(), [x]), sg.isGradEnabled()],
  ...[sg.memory({ live: true }).live.length, sg.threads(), await sg.setThreads(2), sg.runtime().simd],
];
await sg.init({ simd: "auto" });
sg.traceMemory(false);
sg.trim();

export const errors: readonly (typeof sg.SimdgradError)[] = [
  ...[
    sg.SimdgradError,
    sg.ArgError,
    sg.DTypeError,
    sg.FormatError,
    sg.GradError,
    sg.IndexError,
    sg.MemoryError,
    sg.ShapeError,
    sg.StateError,
  ],
];
export const isTensor: boolean = (x as unknown) instanceof sg.Tensor;
export const namespaces: readonly object[] = [sg.nn, sg.optim];

const set = new data.TensorDataset(x, index);
const [training, rest] = data.randomSplit(set, [0.8, 0.2], { seed: 1 });
const loader = new data.DataLoader(training, { batchSize: 4, shuffle: true });
export const sets: readonly data.Dataset<readonly Tensor[]>[] = [
  ...[rest, new data.Subset(set, [0, 1])],
  ...data.stratifiedSplit(set, index, [0.5, 0.5]),
  ...data.kFold(set, 3).flat(),
];
export const batch: Tensor[] = data.defaultCollate([[x, index]]);

export const files: readonly (Tensor | Uint8Array | string | number | boolean)[] = [
  ...[io.isGzip(bytes), await io.gunzip(bytes), io.loadIdx(bytes), io.parseIdx(bytes).values.length, io.saveSafetensors({ x })],
  ...[...Object.values(io.loadSafetensors(bytes)), ...Object.values(io.safetensorsMetadata(bytes))],
  ...[io.parseCsv("1,2", { header: false }).rows, ...io.parseCsvRecords("a").flat()],
];
await node.writeModel("m.safetensors", await node.readModel("m.safetensors"));

const matrix = new metrics.ConfusionMatrix([
  [1, 2],
  [3, 4],
]);
export const scores: readonly number[] = [
  ...[metrics.accuracy(x, y), metrics.auroc(x, y), metrics.averagePrecision(x, y), metrics.topKAccuracy(x, y, 3)],
  ...[metrics.f1(x, y), ...metrics.f1(matrix, { average: "none" }), metrics.jaccard(x, y), metrics.precision(x, y), metrics.recall(matrix)],
  ...[metrics.mae(x, y), metrics.mse(x, y), metrics.rmse(x, y), metrics.r2(x, y), metrics.confusionMatrix(x, y, 3).total],
  ...metrics.rocCurve(x, y).thresholds,
];

const history: train.History = await train.fit(model, loader, {
  loss: new nn.MSELoss(),
  optimizer: steps[0] as optim.SGD,
  metrics: { accuracy: metrics.accuracy, mae: train.averaged(metrics.mae) },
  callbacks: [train.earlyStopping({ patience: 3 }), train.progress()],
});
class TwoInputs extends nn.Module {
  forward = (a: Tensor, b: Tensor): { sum: Tensor; difference: Tensor } => ({ sum: a.add(b), difference: a.sub(b) });
}
export const ofSeveral: train.History = await train.fit(new TwoInputs(), [{ inputs: [x, y], targets: [x, y] }], {
  loss: ({ sum, difference }, [u, v]) => sg.mseLoss(sum, u as Tensor).add(sg.mseLoss(difference, v as Tensor)),
  optimizer: steps[0] as optim.SGD,
  metrics: { first: train.averaged(({ sum }: { sum: Tensor }, [u]: Tensor[]) => sg.mseLoss(sum, u as Tensor)) },
});
export const shown: readonly string[] = [
  ...[plot.lineChart(train.curves(history, "loss")), plot.heatmap([[1, 2]]), plot.imageGrid([]), metrics.classificationReport(x, y)],
  ...Object.keys(await train.evaluate(model, loader)),
];

export const moreLosses: readonly Tensor[] = [
  ...[sg.huberLoss(x, y, { delta: 2 }), sg.smoothL1Loss(x, y, { beta: 0.5 }), sg.binaryCrossEntropy(x, y, { weight })],
  ...[sg.klDiv(x, y, { logTarget: true }), sg.poissonNllLoss(x, y, { full: true }), sg.gaussianNllLoss(x, y, 1)],
  ...[sg.hingeEmbeddingLoss(x, y, { margin: 1 }), sg.marginRankingLoss(x, y, weight), sg.cosineEmbeddingLoss(x, y, weight)],
  ...[
    sg.softMarginLoss(x, y),
    sg.multiMarginLoss(x, index, { p: 2 }),
    sg.multilabelMarginLoss(x, index),
    sg.multilabelSoftMarginLoss(x, y),
  ],
  ...[sg.tripletMarginLoss(x, y, weight, { swap: true }), sg.tripletMarginWithDistanceLoss(x, y, weight)],
  ...[sg.ctcLoss(x, index, [5], [3], { blank: 0 }), sg.focalLoss(x, y, { gamma: 2 }), sg.diceLoss(x, y), sg.infoNceLoss(x, y)],
  ...[sg.rrelu(x, { training: true }), sg.softmin(x, 1), sg.embeddingBag(index, weight, { mode: "max" })],
  ...[sg.scaledDotProductAttention(x, x, y, { isCausal: true }), sg.rotaryEmbedding(x, { offset: 1 }), sg.alibiBias(8, 4)],
];

export const source: Generator = sg.defaultGenerator;

export const shaped: readonly Tensor[] = [
  ...[nn.init.eye(weight), nn.init.dirac(weight, { groups: 1 }), nn.init.truncNormal(weight, 0, 1, -1, 1)],
  ...[nn.init.orthogonal(weight, { gain: 2 }), nn.init.sparse(weight, 0.5)],
];

export const lossLayers: readonly nn.Module[] = [
  ...[new nn.BCELoss(), new nn.CTCLoss({ zeroInfinity: true }), new nn.DiceLoss(), new nn.FocalLoss(), new nn.GaussianNLLLoss()],
  ...[
    new nn.HuberLoss(),
    new nn.InfoNCELoss(),
    new nn.KLDivLoss({ reduction: "batchmean" }),
    new nn.PoissonNLLLoss(),
    new nn.SmoothL1Loss(),
  ],
  ...[new nn.CosineEmbeddingLoss(), new nn.HingeEmbeddingLoss(), new nn.MarginRankingLoss(), new nn.MultiLabelMarginLoss()],
  ...[new nn.MultiLabelSoftMarginLoss(), new nn.MultiMarginLoss(), new nn.SoftMarginLoss(), new nn.TripletMarginLoss()],
  new nn.TripletMarginWithDistanceLoss(),
];

export const moreActivations: readonly nn.Module[] = [
  ...[new nn.CELU(), new nn.GLU(), new nn.Hardshrink(), new nn.Hardsigmoid(), new nn.Hardswish(), new nn.Hardtanh(), new nn.LogSigmoid()],
  ...[new nn.Mish(), new nn.PReLU({ numParameters: 4 }), new nn.RReLU(), new nn.SELU(), new nn.Softmax2d(), new nn.Softmin(1)],
  ...[new nn.Softshrink(), new nn.Softsign(), new nn.Tanhshrink(), new nn.Threshold(0, 1), new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])],
];

export const sequenceLayers: readonly nn.Module[] = [
  ...[new nn.Embedding(10, 4, { paddingIdx: 0 }), new nn.EmbeddingBag(10, 4), new nn.LearnedPositions(8, 4), new nn.SinusoidalPositions(4)],
  ...[new nn.RotaryEmbedding(4), new nn.RNN(3, 4), new nn.LSTM(3, 4, { bidirectional: true }), new nn.GRU(3, 4), new nn.RNNCell(3, 4)],
  ...[
    new nn.LSTMCell(3, 4),
    new nn.GRUCell(3, 4),
    new nn.MultiheadAttention(8, 2),
    new nn.SwiGLU(8, 16),
    new nn.Transformer({ dModel: 8 }),
  ],
  new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2), 2),
  new nn.TransformerDecoder(new nn.TransformerDecoderLayer(8, 2), 2),
];
export const cache: nn.KeyValueCache = new nn.KeyValueCache();
const packed: nn.PackedSequence = nn.utils.rnn.packSequence([x, y], { enforceSorted: false });
export const sequences: readonly Tensor[] = [
  ...[
    nn.utils.rnn.padSequence([x, y], { batchFirst: true }),
    ...nn.utils.rnn.unpadSequence(x, [2, 1]),
    ...nn.utils.rnn.unpackSequence(packed),
  ],
  ...nn.utils.rnn.padPackedSequence(nn.utils.rnn.packPaddedSequence(x, [2, 1]), { totalLength: 4 }),
];

const net = new Net();
export const holders: readonly nn.Module[] = [
  ...[new nn.Residual(new nn.ReLU()), new nn.ParameterList([]), new nn.ParameterDict({})],
  ...[nn.weightNorm(new nn.Linear(2, 2)), nn.spectralNorm(new nn.Linear(2, 2)), nn.castModule(net, "bfloat16")],
  nn.removeParametrizations(nn.weightNorm(new nn.Linear(2, 2)), "weight"),
];
export const names: readonly string[] = [...nn.freeze(net, "first.*"), ...nn.unfreeze(net, ["first.*"])];
export const seen: nn.Captured<Tensor> = nn.capture(net, "first", () => net.call(x));
export const hooks: readonly nn.HookHandle[] = [
  nn.registerForwardHook(net, () => undefined),
  nn.registerForwardPreHook(net, () => undefined),
  nn.registerFullBackwardHook(net, () => undefined),
];
export const adapters: nn.Lora = nn.injectLora(net, nn.loraOptions({ peft_type: "LORA", r: 2, target_modules: "all-linear" }));
export const peft: nn.PeftConfig = adapters.config({ taskType: "SEQ_CLS" });
export const renamed: nn.StateDict = nn.renameOldNorms(net.stateDict());

const parameters = net.parameters();
export const optimizers: readonly { step(): unknown; zeroGrad(): void }[] = [
  ...[new optim.NAdam(parameters), new optim.RAdam(parameters), new optim.Adamax(parameters), new optim.Adagrad(parameters)],
  ...[new optim.Adadelta(parameters), new optim.RMSprop(parameters), new optim.Lion(parameters), new optim.Muon(parameters)],
  ...[new optim.ScheduleFreeAdamW(parameters), new optim.LBFGS(parameters, { lineSearchFn: "strong_wolfe" })],
];

const sgd = new optim.SGD(parameters, { lr: 0.1 });
const schedules: readonly optim.lrScheduler.LRScheduler[] = [
  ...[new optim.lrScheduler.StepLR(sgd, 10, { gamma: 0.5 }), new optim.lrScheduler.MultiStepLR(sgd, [10, 20])],
  ...[new optim.lrScheduler.ConstantLR(sgd, { totalIters: 4 }), new optim.lrScheduler.LinearLR(sgd, { startFactor: 0.1 })],
  ...[new optim.lrScheduler.ExponentialLR(sgd, 0.9, { lastEpoch: 3 }), new optim.lrScheduler.PolynomialLR(sgd, { power: 2 })],
  ...[new optim.lrScheduler.LambdaLR(sgd, (epoch) => 0.9 ** epoch), new optim.lrScheduler.MultiplicativeLR(sgd, [() => 0.9])],
  ...[
    new optim.lrScheduler.CosineAnnealingLR(sgd, 10, { etaMin: 1e-4 }),
    new optim.lrScheduler.SWALR(sgd, 0.05, { annealStrategy: "linear" }),
  ],
  ...[new optim.lrScheduler.CosineAnnealingWarmRestarts(sgd, 10, { tMult: 2 }), new optim.lrScheduler.CyclicLR(sgd, 0.01, [0.1])],
  new optim.lrScheduler.OneCycleLR(sgd, 0.1, { epochs: 3, stepsPerEpoch: 10 }),
];
new optim.lrScheduler.ReduceLROnPlateau(sgd, { mode: "max", patience: 3 }).step(x);
export const rates: readonly number[] = [
  ...new optim.lrScheduler.SequentialLR(sgd, schedules, [5]).getLastLr(),
  ...new optim.lrScheduler.ChainedScheduler(schedules, { optimizer: sgd }).getLastLr(),
];
export const isSchedule: boolean = (schedules[0] as unknown) instanceof optim.lrScheduler.LRScheduler;

export const total: Tensor = optim.clipGradNorm(parameters, 1);
optim.clipGradValue(parameters, 1);
optim.updateBn([x], net);
export const average: optim.AveragedModel = new optim.AveragedModel(net);
export const groups: readonly optim.DecayGroup[] = optim.decayGroups(net, 0.01);

export const checkpoint: Uint8Array = io.saveCheckpoint({ model: net });
export const read: Readonly<Record<string, unknown>> = io.loadCheckpoint(checkpoint, { model: net });

export const networks: readonly nn.Module[] = [
  ...[
    new models.MLP(4, [3, 2], { activation: "tanh" }),
    new models.LeNet({ imageSize: 32 }),
    new models.ViT({ imageSize: 32, patchSize: 4 }),
  ],
  ...[
    models.resnet18({ numClasses: 10 }),
    models.resnet20(),
    models.resnet50(),
    new models.ResNet("basic", [1, 1, 1, 1]),
    new models.CifarResNet(5),
  ],
  ...[new models.MobileNetV2({ widthMult: 0.5 }), new models.UNet({ timeFeatures: 16 }), new models.TCN(1, [8], { kernelSize: 3 })],
  ...[new models.LSTMClassifier(9, 2, { bidirectional: true }), new models.Autoencoder(4, [2]), new models.BERT(9, { numLayers: 2 })],
  ...[new models.DCGANGenerator(9, { imageSize: 64 }), new models.DCGANDiscriminator(), new models.Seq2SeqTransformer(9, 9)],
];
export const variational: Tensor = models.vaeLoss(new models.VAE(4, { latentSize: 2 }).call(x), x);
export async function written(): Promise<(number | null)[]> {
  const writers: readonly models.LanguageModel[] = [new models.GPT(9), new models.Llama(9), new models.LSTMLanguageModel(9)];
  const tokens: (number | null)[] = [];
  for await (const token of models.generate(writers[0] as models.GPT, [1, 2], { topK: 5, stopTokens: [0] })) tokens.push(token);
  for await (const step of models.generate(writers[1] as models.Llama, [[1], [2, 3]])) tokens.push(...step);
  return tokens;
}
