// Losses for classification: cross-entropy between scores of C classes and class numbers or probabilities.
import { checkThat, isGiven } from "../../checks.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatShape, formatSpec, type Shape, type Spec, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { lossKernels } from "../../wasm/generated/groups/loss.js";
import { k } from "../../wasm/kernels.js";
import { add, div, mul } from "../elementwise/arithmetic.js";
import { asIndex, float } from "../elementwise/cast.js";
import { eq, ne } from "../elementwise/compare.js";
import { widened } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { neg } from "../elementwise/unary.js";
import { checkIndices } from "../move/checkIndices.js";
import { gather, indexSelect, oneHot } from "../move/gather.js";
import { detach, expand, permute, reshape, unsqueeze } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";
import { knownLogSoftmax, logSoftmax } from "../reduce/softmax.js";
import { lossOptions, type Reduction, reduceLoss } from "./loss.js";

interface Attr {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  /** Whether the result is the weighted mean of the rows, or one loss for each. */
  readonly mean: boolean;
}

type Inputs = [x: Tensor, target: Tensor, weight: Tensor | undefined];

const SCALAR: Spec = { shape: [], dtype: "float32" };
const rowsSpec = (x: Tensor): Spec => ({ shape: [x.shape[0] as number], dtype: "float32" });

/** The losses of logits [rows, classes]. Keeps the log-probabilities and the weights of the rows, for a mean also the losses and the sum of weights. */
const crossEntropyOp: Op<Inputs, Attr> = defineOp<Inputs, Attr>({
  name: "crossEntropy",
  infer: ([x], { mean }) => (mean ? SCALAR : rowsSpec(x)),
  optional: [2],
  keeps: ([x], { mean }) => [x, rowsSpec(x), ...(mean ? [rowsSpec(x), SCALAR] : [])],
  forward: (out, [x, target, weight], { ignoreIndex, labelSmoothing }, kept) => {
    const [logp, weights, losses = out, total] = kept as [Tensor, Tensor, Tensor?, Tensor?];
    const [rows, classes] = x.shape as [number, number];
    k.logSoftmax(x.ptr, logp.ptr, rows, classes);
    const pointers = [logp.ptr, target.ptr, weight?.ptr ?? 0, losses.ptr, weights.ptr] as const;
    lossKernels.crossEntropy(...pointers, rows, classes, ignoreIndex, labelSmoothing);
    if (!total) return;
    k.sum(losses.ptr, out.ptr, 1, rows, 1, 1);
    k.sum(weights.ptr, total.ptr, 1, rows, 1, 1);
    k.div(out.ptr, total.ptr, out.ptr, 1, 1, 0, 0, 0, 0);
  },
  saves: [[1, 2], [], []],
  backward: [
    (g, { inputs: [, target, weight], kept: [logp, , , total], attr }) =>
      crossEntropyGrad(total ? expand(div(g, total), target.shape) : g, logp as Tensor, target, weight, attr),
    null,
    null,
  ],
  unread: [0],
  composite: ([x, target, weight], attr, [logp]) => {
    const losses = plainRows([x, target, weight], attr, logp as Tensor);
    return attr.mean ? div(sum(losses), sum(weightsOf(target, weight, attr.ignoreIndex))) : losses;
  },
});

type GradInputs = [g: Tensor, logp: Tensor, target: Tensor, weight: Tensor | undefined];

const crossEntropyGrad: Op<GradInputs, Attr> = defineOp<GradInputs, Attr>({
  name: "crossEntropyGrad",
  optional: [3],
  infer: ([, logp]) => ({ shape: logp.shape, dtype: "float32" }),
  forward: (out, [g, logp, target, weight], { ignoreIndex, labelSmoothing }) => {
    const [rows, classes] = logp.shape as [number, number];
    lossKernels.crossEntropyGrad(logp.ptr, target.ptr, weight?.ptr ?? 0, g.ptr, out.ptr, rows, classes, ignoreIndex, labelSmoothing);
  },
  backward: [null, null, null, null],
});

/** The loss of each row in plain operations: the weighted, smoothed target as a distribution over classes. */
function plainRows([x, target, weight]: Inputs, { ignoreIndex, labelSmoothing }: Attr, logp: Tensor): Tensor {
  const ignored = eq(target, ignoreIndex);
  const hot = float(oneHot(where(ignored, 0, target), logp.shape[1] as number));
  return where(ignored, 0, entropies(hot, knownLogSoftmax(x, logp), weight, labelSmoothing));
}

/** The losses of rows whose targets are distributions over the classes. */
function entropies(target: Tensor, logp: Tensor, weight: Tensor | null | undefined, smoothing: number): Tensor {
  const smooth = smoothing === 0 ? target : add(mul(target, 1 - smoothing), smoothing / (target.shape[1] as number));
  return neg(sum(mul(weight ? mul(smooth, weight) : smooth, logp), 1));
}

/** The weight of each target: that of its class, or 1; 0 where it is ignored. */
export function weightsOf(target: Tensor, weight: Tensor | undefined, ignoreIndex: number): Tensor {
  const counted = float(ne(target, ignoreIndex));
  if (!weight) return counted;
  const known = reshape(where(eq(target, ignoreIndex), 0, target), [target.size]);
  return mul(counted, reshape(indexSelect(weight, 0, known), target.shape));
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** Weight of each class, float32 [C]. */
  weight?: Tensor | null;
  /** Targets of this number count for nothing; -100 unless given. */
  ignoreIndex?: number;
  /** How the losses of the rows become one number; their weighted mean unless given. */
  reduction?: Reduction;
  /** Share of the target that is spread evenly over all classes, in [0, 1]. */
  labelSmoothing?: number;
}

/** Reshapes [N, C, d1, ...] to rows [N * d1 * ..., C]; [C] becomes one row. */
function toRows(x: Tensor): Tensor {
  if (x.ndim === 2) return x;
  const last = x.ndim > 2 ? permute(x, 0, ...x.shape.slice(2).map((_, i) => i + 2), 1) : x;
  return reshape(last, [sizeOf(targetShape(x)), last.shape.at(-1) as number]);
}

/** Checks scores [N, C], [N, C, d1, ...] or [C], targets and class weights [C]; returns C. */
function classesOf(op: string, x: Tensor, target: Tensor, weight: Tensor | null | undefined): number {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, x.ndim > 0, "[N, C], [N, C, d1, ...] or [C]");
  const classes = x.shape[x.ndim === 1 ? 0 : 1] as number;
  if (isGiven(weight)) checkForm(op, weight, sameShape(weight.shape, [classes]), `float32[${classes}], one per class`, "the weight");
  checkAlive(op, target, "target");
  return classes;
}

/** Shape of the targets of x: its own without C. */
const targetShape = (x: Tensor): Shape => (x.ndim === 1 ? [] : x.shape.filter((_, i) => i !== 1));

/**
 * The error for targets that do not fit x. If their number does, they may be class numbers of another shape, as the only column of a table
 * is, or of another dtype: then the error says what to write. Cross-entropy takes probabilities as well.
 */
function wrongTargets(op: string, x: Tensor, target: Tensor): Error {
  const wanted = targetShape(x);
  const fits = target.size === sizeOf(wanted);
  const reshaped = sameShape(target.shape, wanted) ? "" : `.reshape(${formatShape(wanted)})`;
  const hint = fits ? `; for class numbers write labels${reshaped}${target.dtype === "int32" ? "" : ".int()"}` : "";
  const or = op === "crossEntropy" ? ` (or float32${formatShape(x.shape)})` : "";
  const Kind = fits && target.dtype !== "int32" ? DTypeError : ShapeError;
  return new Kind(
    `${op}: x is ${formatSpec(x)}, so the targets must be int32${formatShape(wanted)}${or}, got ${formatSpec(target)}${hint}`,
  );
}

/** Checks that targets are class numbers, one for each row of x, and returns them as int32. */
function classNumbers(op: string, x: Tensor, target: Tensor, classes: number, ignoreIndex: number): Tensor {
  const labels = asIndex(op, target);
  if (labels.dtype !== "int32" || !sameShape(target.shape, targetShape(x))) throw wrongTargets(op, x, target);
  checkForm(op, x, classes > 0 || target.size === 0, "of at least one class");
  checkIndices(op, labels, classes, ignoreIndex);
  return labels;
}

/** @internal The defaults of the options; no class has the number that PyTorch ignores. */
export const NLL: Required<NllLossOptions> = { weight: null, ignoreIndex: -100, reduction: "mean" };
/** @internal The defaults of the options. */
export const CROSS_ENTROPY: Required<CrossEntropyOptions> = { ...NLL, labelSmoothing: 0 };

/**
 * Cross-entropy between logits and targets: `-log(softmax(x)[target])`, by default the mean over all rows (weighted by
 * the targets' class weights). x: float32 [N, C], [N, C, d1, ...] or [C]; target: int32 or int64 class numbers of x's shape
 * without C, or probabilities of x's shape (float32 or 16-bit floats). Source and semantics: PyTorch's `cross_entropy`.
 * Gradient: `softmax(x) - target`, scaled; 0 for ignored rows. The mean of no rows, where all are ignored or the batch is empty, is NaN,
 * as in PyTorch.
 * Errors: `IndexError` for a class number outside [0, C) (with value and position; nothing is computed), `ShapeError`,
 * `DTypeError`, `ArgError` for a smoothing outside [0, 1].
 * @example crossEntropy(logits, labels, { labelSmoothing: 0.1 });
 */
export function crossEntropy(x: Tensor, target: Tensor, options?: CrossEntropyOptions): Tensor {
  const { weight, ignoreIndex, reduction, labelSmoothing } = lossOptions("crossEntropy", options, CROSS_ENTROPY);
  const classes = classesOf("crossEntropy", x, target, weight);
  return scope(() => {
    const given = widened("crossEntropy", target);
    if (given.dtype === "float32") {
      checkThat("crossEntropy", ignoreIndex < 0, "ignoreIndex is for class numbers, not for probabilities", ignoreIndex);
      if (!sameShape(x.shape, given.shape)) throw wrongTargets("crossEntropy", x, given);
      const losses = entropies(toRows(given), logSoftmax(toRows(x), 1), weight, labelSmoothing);
      return reduction === "none" ? reshape(losses, targetShape(x)) : reduceLoss(losses, reduction);
    }
    const labels = classNumbers("crossEntropy", x, target, classes, ignoreIndex);
    const flat = reshape(labels, [labels.size]);
    const mean = reduction === "mean";
    const losses = crossEntropyOp(toRows(x), flat, weight ?? undefined, { ignoreIndex, labelSmoothing, mean });
    return reduction === "none" ? reshape(losses, target.shape) : mean ? losses : sum(losses);
  });
}

/** Options of `nllLoss`. */
export interface NllLossOptions {
  /** Weight of each class, float32 [C]. */
  weight?: Tensor | null;
  /** Targets of this number count for nothing; -100 unless given. */
  ignoreIndex?: number;
  /** How the losses of the rows become one number; their weighted mean unless given. */
  reduction?: Reduction;
}

/**
 * Negative log-likelihood: `-weight[target] x[target]`, by default the mean over all rows (weighted by the targets' class weights).
 * x: float32 log-probabilities [N, C], [N, C, d1, ...] or [C]; target: int32 or int64 class numbers of x's shape without C -> a scalar, or the
 * shape of the targets with `"none"`. `nllLoss(logSoftmax(x, 1), target)` is `crossEntropy(x, target)`.
 * Gradient: `-weight`, scaled, at the targets; 0 elsewhere.
 * Errors: `IndexError` for a class number outside [0, C) (nothing is computed), `ShapeError`, `DTypeError`, `ArgError`.
 * @example nllLoss(logits.logSoftmax(1), labels);
 */
export function nllLoss(x: Tensor, target: Tensor, options?: NllLossOptions): Tensor {
  const { weight, ignoreIndex, reduction } = lossOptions("nllLoss", options, NLL);
  const classes = classesOf("nllLoss", x, target, weight);
  return scope(() => {
    const labels = classNumbers("nllLoss", x, target, classes, ignoreIndex);
    const dim = x.ndim === 1 ? 0 : 1;
    const ignored = eq(labels, ignoreIndex);
    const scores = reshape(gather(x, dim, unsqueeze(where(ignored, 0, labels), dim)), target.shape);
    const weights = weightsOf(labels, weight ? detach(weight) : undefined, ignoreIndex);
    // Scores of ignored targets are not read, so an infinite one does no harm.
    const losses = mul(where(ignored, 0, neg(scores)), weights);
    return reduceLoss(losses, reduction, weights);
  });
}
