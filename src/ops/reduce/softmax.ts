// Softmax and its logarithm along one dimension.
import { checkNoMore } from "../../checks.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { aroundDim } from "../../tensor/shape.js";
import { dimOf, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { mul, sub } from "../elementwise/arithmetic.js";
import { like } from "../elementwise/broadcast.js";
import { floatOp } from "../elementwise/promotion.js";
import { exp, neg } from "../elementwise/unary.js";
import { copyAll } from "../move/strided.js";
import { sum } from "./reduce.js";

const sumKeepdim = (x: Tensor, dim: number): Tensor => sum(x, { dim, keepdim: true });

const softmaxOp: Op<[x: Tensor], number> = floatOp<number>({
  name: "softmax",
  infer: ([x]) => like("softmax", x),
  forward: (out, [x], dim) => {
    const [outer, n, inner] = aroundDim(x.shape, dim);
    if (inner === 1) k.softmax(x.ptr, out.ptr, outer, n);
    else k.softmaxColumns(x.ptr, out.ptr, outer, n, inner, inner);
  },
  saves: [["out"]],
  backward: [(g, { out, attr }) => softmaxGrad(g, out, attr)],
});

const softmaxGrad: Op<[g: Tensor, y: Tensor], number> = defineOp<[g: Tensor, y: Tensor], number>({
  name: "softmaxGrad",
  infer: ([g]) => g,
  forward: (out, [g, y], dim) => {
    const [outer, n, inner] = aroundDim(y.shape, dim);
    if (inner === 1) k.softmaxGrad(g.ptr, y.ptr, out.ptr, outer, n);
    else k.softmaxGradColumns(g.ptr, y.ptr, out.ptr, outer, n, inner, inner);
  },
  saves: [[1], [0, 1]],
  // y (g - sum(g y)) is linear in g; its gradient for y is gg (g - sum(g y)) - g sum(gg y).
  backward: [
    (gg, { inputs: [, y], attr }) => softmaxGrad(gg, y, attr),
    (gg, { inputs: [g, y], attr }) => sub(mul(gg, sub(g, sumKeepdim(mul(g, y), attr))), mul(g, sumKeepdim(mul(gg, y), attr))),
  ],
});

const logSoftmaxOp: Op<[x: Tensor], number> = floatOp<number>({
  name: "logSoftmax",
  infer: ([x]) => like("logSoftmax", x),
  forward: (out, [x], dim) => {
    const [outer, n, inner] = aroundDim(x.shape, dim);
    if (inner === 1) k.logSoftmax(x.ptr, out.ptr, outer, n);
    else k.logSoftmaxColumns(x.ptr, out.ptr, outer, n, inner, inner);
  },
  saves: [["out"]],
  backward: [(g, { out, attr }) => logSoftmaxGrad(g, out, attr)],
});

const logSoftmaxGrad: Op<[g: Tensor, y: Tensor], number> = defineOp<[g: Tensor, y: Tensor], number>({
  name: "logSoftmaxGrad",
  infer: ([g]) => g,
  forward: (out, [g, y], dim) => {
    const [outer, n, inner] = aroundDim(y.shape, dim);
    if (inner === 1) k.logSoftmaxGrad(g.ptr, y.ptr, out.ptr, outer, n);
    else k.logSoftmaxGradColumns(g.ptr, y.ptr, out.ptr, outer, n, inner, inner);
  },
  saves: [[1], [0, 1]],
  // The gradients of g - e^y sum(g) are gg - sum(gg e^y) for g, and -gg e^y sum(g) for y.
  backward: [
    (gg, { inputs: [, y], attr }) => sub(gg, sumKeepdim(mul(gg, exp(y)), attr)),
    (gg, { inputs: [g, y], attr }) => neg(mul(mul(gg, exp(y)), sumKeepdim(g, attr))),
  ],
});

/** Log-softmax along the last dimension with known values y: only the place of x in the graph is used. */
export const knownLogSoftmax: Op<[x: Tensor, y: Tensor]> = defineOp<[x: Tensor, y: Tensor]>({
  name: "knownLogSoftmax",
  infer: ([, y]) => like("knownLogSoftmax", y),
  unread: [0],
  forward: (out, [, y]) => copyAll(y, out),
  saves: [["out"], []],
  backward: [(g, { out }) => logSoftmaxGrad(g, out, out.ndim - 1), null],
});

function applyAlong(op: Op<[x: Tensor], number>, x: Tensor, dim: number, rest: readonly unknown[]): Tensor {
  const { name } = op.def;
  const d = dimOf(name, x, dim);
  checkNoMore(name, rest);
  return op(x, d);
}

/**
 * Softmax along `dim`: `e^x / sum(e^x)`, the largest element taken out first. x: float32 or 16-bit floats, any shape -> same.
 * A row with +inf or NaN, or of -inf alone, is NaN. Gradient: `y (g - sum(g y))`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given, `DTypeError` for bool and integers.
 * @example tensor([[0, 0]]).softmax(1); // [[0.5, 0.5]]
 */
export function softmax(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  return applyAlong(softmaxOp, x, dim, rest);
}

/**
 * Logarithm of softmax along `dim`: `x - log(sum(e^x))`, without overflow. x: float32 or 16-bit floats, any shape -> same. Gradient: `g - e^y sum(g)`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given, `DTypeError` for bool and integers.
 * @example logits.logSoftmax(1);
 */
export function logSoftmax(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  return applyAlong(logSoftmaxOp, x, dim, rest);
}
