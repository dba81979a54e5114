// An operation leaves nothing but its result, also when it is made of several others and no scope is open.
import * as sg from "simdgrad";
import { type Tensor, tensor, zeros } from "simdgrad";
import * as int8 from "simdgrad/quantize";
import { expect, test } from "vitest";
import { live } from "../support.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const square = tensor([
  [1, 2],
  [3, 4],
]);
const column = tensor([1, 2, 3]);
const batch = zeros(2, 2, 3);
const images = zeros(1, 2, 4, 4);
const filters = zeros(2, 1, 3, 3);
const pair = tensor([1, 2]);
const index = tensor(
  [
    [0, 1, 0],
    [1, 0, 1],
  ],
  { dtype: "int32" },
);
const labels = tensor([0, 1], { dtype: "int32" });
const mask = x.gt(2);
const bytes = tensor(Uint8Array.of(0, 3));
const pairMask = tensor([true, false]);
const weight = int8.quantize(square, { axis: 0 });
int8.quantizedLinear(square, weight).dispose(); // the first call keeps the weight in a second form
const inputs = [x, square, column, batch, images, filters, pair, index, labels, mask, bytes, pairMask, weight.values, weight.scale];

type Call = [name: string, call: () => Tensor | readonly Tensor[] | sg.ValuesAndIndices];

const calls: Call[] = [
  ["a number as an operand", () => x.add(1)],
  ["mean", () => x.mean()],
  ["sum of booleans", () => mask.sum()],
  ["sum over dimensions apart", () => batch.sum([0, 2])],
  ["variance", () => x.variance(1)],
  ["std", () => x.std()],
  ["logsumexp", () => x.logsumexp(0)],
  ["max along a dimension", () => x.max(1)],
  ["min along a dimension, kept", () => x.min(0, { keepdim: true })],
  ["softmax of the first dimension", () => x.softmax(0)],
  ["crossEntropy, mean", () => sg.crossEntropy(x, labels)],
  ["crossEntropy, sum, weighted", () => sg.crossEntropy(x, labels, { reduction: "sum", weight: column })],
  ["crossEntropy, none", () => sg.crossEntropy(x, labels, { reduction: "none" })],
  ["crossEntropy of probabilities", () => sg.crossEntropy(x, x, { labelSmoothing: 0.1 })],
  ["mseLoss", () => sg.mseLoss(x, x)],
  ["nllLoss", () => sg.nllLoss(x, labels, { weight: column, ignoreIndex: 0 })],
  ["binaryCrossEntropyWithLogits", () => sg.binaryCrossEntropyWithLogits(x, x, { posWeight: column, weight: column })],
  ["matmul", () => square.matmul(x)],
  ["matmul with a vector", () => x.matmul(column)],
  ["matmul of two vectors", () => column.matmul(column)],
  ["matmul of a batch", () => square.matmul(batch)],
  ["linear of three dimensions", () => sg.linear(batch, x)],
  ["addmm", () => sg.addmm(x, square, x, { alpha: 2, beta: 3 })],
  ["quantize", () => Object.values(int8.quantize(x, { axis: 1 })) as Tensor[]],
  ["quantize with a scale", () => Object.values(int8.quantize(x, { scale: 0.5 })) as Tensor[]],
  ["dequantize with a number", () => int8.dequantize(weight.values, 0.5)],
  ["int8Matmul", () => int8.int8Matmul(weight.values, weight.values)],
  ["quantizedLinear", () => int8.quantizedLinear(square, weight, pair)],
  ["gather", () => x.gather(0, index)],
  ["scatterAdd", () => x.scatterAdd(0, index, x)],
  ["indexSelect", () => x.indexSelect(0, labels)],
  ["embedding", () => sg.embedding(index, square)],
  ["embedding with padding", () => sg.embedding(index, square, { paddingIdx: 0 })],
  ["oneHot", () => sg.oneHot(index, 2)],
  ["where", () => sg.where(mask, column, 0)],
  ["where of bytes and a number", () => sg.where(pairMask, bytes, 1)],
  ["add of two dtypes", () => pair.add(labels)],
  ["add of bytes", () => bytes.add(1)],
  ["floorDivide of bytes", () => bytes.floorDivide(2)],
  ["a comparison of bytes with a number", () => bytes.lt(2.5)],
  ["a comparison of two dtypes", () => bytes.lt(labels)],
  ["abs of bytes", () => bytes.abs()],
  ["clamp of bytes", () => bytes.clamp({ max: 1 })],
  ["cumsum of bytes", () => bytes.cumsum(0)],
  ["cumprod of bytes", () => bytes.cumprod(0)],
  ["cummax", () => Object.values(x.cummax(1))],
  ["cummin of int32", () => Object.values(index.cummin(0))],
  ["logcumsumexp", () => x.logcumsumexp(0)],
  ["prod of two dimensions", () => batch.prod([0, 2])],
  ["amax of int32", () => index.amax()],
  ["max of int32", () => Object.values(index.max(0))],
  ["norm", () => x.norm(3, 1)],
  ["any", () => x.any(1)],
  ["nanmean", () => x.nanmean()],
  ["aminmax", () => Object.values(x.aminmax())],
  ["varMean", () => sg.varMean(x)],
  ["sort", () => Object.values(batch.sort(1))],
  ["sort of bytes", () => Object.values(bytes.sort())],
  ["argsort", () => x.argsort(0)],
  ["msort", () => x.msort()],
  ["topk", () => Object.values(x.topk(1, 0))],
  ["kthvalue", () => Object.values(x.kthvalue(1, 0))],
  ["median", () => x.median()],
  ["median along a dimension", () => Object.values(batch.median(1))],
  ["nanmedian along a dimension", () => Object.values(batch.nanmedian(0, { keepdim: true }))],
  ["quantile", () => batch.quantile(0.3, 1)],
  ["nanquantile of several", () => sg.nanquantile(batch, weight.scale, { keepdim: true })],
  ["mode", () => Object.values(batch.mode(1))],
  ["unique", () => x.unique({ returnInverse: true, returnCounts: true })],
  ["unique slices", () => x.unique({ dim: 1 })],
  ["uniqueConsecutive", () => bytes.uniqueConsecutive()],
  ["searchsorted", () => sg.searchsorted(pair, 0.5)],
  ["bucketize", () => sg.bucketize(bytes, pair)],
  ["bincount with weights", () => sg.bincount(bytes, { weights: bytes })],
  ["histc", () => x.histc({ bins: 3 })],
  ["histogram", () => Object.values(x.histogram(3, { density: true, weight: x }))],
  ["cov", () => x.cov({ aweights: column })],
  ["corrcoef", () => x.corrcoef()],
  ["diff", () => x.diff({ n: 0 })],
  ["maskedFill", () => x.maskedFill(mask, 1)],
  ["logicalAnd", () => mask.logicalAnd(mask)],
  ["cat", () => sg.cat([x, x])],
  ["stack", () => sg.stack([x, x], 1)],
  ["split", () => x.split(1, 1)],
  ["at", () => x.at(1)],
  ["select", () => x.select(1, 0)],
  ["get", () => x.get("0, ::2")],
  ["to by way of int32", () => bytes.to("bool")],
  ["conv1d", () => sg.conv1d(batch, batch, pair)],
  ["convTranspose1d", () => sg.convTranspose1d(batch, batch)],
  ["convTranspose2d", () => sg.convTranspose2d(images, filters, pair, { groups: 2 })],
  ["maxPool1dWithIndices", () => sg.maxPool1dWithIndices(batch, 2)],
  ["layerNorm", () => sg.layerNorm(batch, [2, 3], { weight: x })],
  ["maxPool2dWithIndices", () => sg.maxPool2dWithIndices(images, 2)],
  ["batchNorm", () => sg.batchNorm(images, null, null, { training: true })],
  ["gelu", () => x.gelu({ approximate: "tanh" })],
  ["maximum", () => sg.maximum(x, 3)],
  ["dropout", () => x.dropout()],
];

test.each(calls)("%s", (_, call) => {
  const before = live();
  const holders = inputs.map(({ storage }) => storage.refs);
  const result = call();
  for (const made of result instanceof sg.Tensor ? [result] : Object.values(result)) made.dispose();
  expect(live()).toEqual(before);
  expect(inputs.map(({ storage }) => storage.refs)).toEqual(holders);
});
