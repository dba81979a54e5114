// Softmax and its logarithm along one dimension. Kernels work on rows; another dimension is brought last first.
import { checkNoMore } from "../checks.js";
import { defineOp, type Op } from "../tensor/op.js";
import { scope } from "../tensor/scope.js";
import { checkDim, sizeOf } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { mul, sub } from "./arithmetic.js";
import { like } from "./broadcast.js";
import { sum } from "./reduce.js";
import { reshape, transpose } from "./shape.js";
import { exp, neg } from "./unary.js";

const rowsOf = (x: Tensor): number => sizeOf(x.shape.slice(0, -1));
const lengthOf = (x: Tensor): number => x.shape.at(-1) as number;
const rowSum = (x: Tensor): Tensor => sum(x, { dim: -1, keepdim: true });

const softmaxRows: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "softmax",
  infer: ([x]) => like("softmax", x),
  forward: (out, [x]) => k.softmax(x.ptr, out.ptr, rowsOf(x), lengthOf(x)),
  saves: [["out"]],
  backward: [(g, { out }) => softmaxGrad(g, out)],
});

const softmaxGrad: Op<[g: Tensor, y: Tensor]> = defineOp<[g: Tensor, y: Tensor]>({
  name: "softmaxGrad",
  infer: ([g]) => like("softmaxGrad", g),
  forward: (out, [g, y]) => k.softmaxGrad(g.ptr, y.ptr, out.ptr, rowsOf(y), lengthOf(y)),
  saves: [[1], [0, 1]],
  // y (g - sum(g y)): linear in g; by y it is gg (g - sum(g y)) - g sum(gg y)
  backward: [
    (gg, { inputs: [, y] }) => softmaxGrad(gg, y),
    (gg, { inputs: [g, y] }) => sub(mul(gg, sub(g, rowSum(mul(g, y)))), mul(g, rowSum(mul(gg, y)))),
  ],
});

const logSoftmaxRows: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "logSoftmax",
  infer: ([x]) => like("logSoftmax", x),
  forward: (out, [x]) => k.logSoftmax(x.ptr, out.ptr, rowsOf(x), lengthOf(x)),
  saves: [["out"]],
  backward: [(g, { out }) => logSoftmaxGrad(g, out)],
});

const logSoftmaxGrad: Op<[g: Tensor, y: Tensor]> = defineOp<[g: Tensor, y: Tensor]>({
  name: "logSoftmaxGrad",
  infer: ([g]) => like("logSoftmaxGrad", g),
  forward: (out, [g, y]) => k.logSoftmaxGrad(g.ptr, y.ptr, out.ptr, rowsOf(y), lengthOf(y)),
  saves: [[1], [0, 1]],
  // g - e^y sum(g): by g it is gg - sum(gg e^y), by y it is -gg e^y sum(g)
  backward: [(gg, { inputs: [, y] }) => sub(gg, rowSum(mul(gg, exp(y)))), (gg, { inputs: [g, y] }) => neg(mul(mul(gg, exp(y)), rowSum(g)))],
});

/** Log-softmax of rows whose values are known: only where x stands in the graph counts. */
export const knownLogSoftmax: Op<[x: Tensor, y: Tensor]> = defineOp<[x: Tensor, y: Tensor]>({
  name: "knownLogSoftmax",
  infer: ([, y]) => like("knownLogSoftmax", y),
  unread: [0],
  forward: (out, [, y]) => k.copy32(y.ptr, out.ptr, 1, 1, 1, out.size, 0, 0, 0, 1, 0, 0, 0, 1),
  saves: [["out"], []],
  backward: [(g, { out }) => logSoftmaxGrad(g, out), null],
});

function along(op: string, rows: Op<[x: Tensor]>, x: Tensor, dim: number, rest: readonly unknown[]): Tensor {
  checkAlive(op, x, "x");
  checkNoMore(op, rest);
  const d = checkDim(op, dim, x.ndim);
  if (x.ndim === 0) return scope(() => reshape(rows(reshape(x, [1])), []));
  return d === x.ndim - 1 ? rows(x) : scope(() => transpose(rows(transpose(x, d, -1)), d, -1));
}

/**
 * Softmax along `dim`: `e^x / sum(e^x)`, the largest element taken out first. x: float32, any shape -> same.
 * A row with +inf or NaN, or of -inf alone, is NaN. Gradient: `y (g - sum(g y))`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` where none is given, `DTypeError`.
 * @example logits.softmax(1);
 */
export function softmax(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  return along("softmax", softmaxRows, x, dim, rest);
}

/**
 * Logarithm of softmax along `dim`: `x - log(sum(e^x))`, without overflow. Gradient: `g - e^y sum(g)`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` where none is given, `DTypeError`.
 * @example logits.logSoftmax(1);
 */
export function logSoftmax(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  return along("logSoftmax", logSoftmaxRows, x, dim, rest);
}
