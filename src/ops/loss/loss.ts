// Losses between tensors of one shape, element by element, and how losses become one number.
import { checkFinite, checkNumber, checkOneOf, checkPositive, checkWhole, isGiven } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastsTo, checkForm, formatShape, formatSpec, sameShape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { lossKernels } from "../../wasm/generated/groups/loss.js";
import { mathKernels } from "../../wasm/generated/groups/math.js";
import { k } from "../../wasm/kernels.js";
import { clamp } from "../elementwise/activation.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { asFloat } from "../elementwise/promotion.js";
import { abs, log, neg, square } from "../elementwise/unary.js";
import { softplus } from "../math/activation.js";
import { log1p } from "../math/unary.js";
import { amax, amin, mean, sum } from "../reduce/reduce.js";

/** How losses are combined: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

const REDUCTIONS = ["mean", "sum", "none"] as const;

/** Combines losses by a reduction. Their mean is divided by the sum of `weights`, if these are given. */
export function reduceLoss(losses: Tensor, reduction: Reduction, weights?: Tensor): Tensor {
  if (reduction === "mean") return weights ? div(sum(losses), sum(weights)) : mean(losses);
  return reduction === "sum" ? sum(losses) : losses;
}

/** Throws unless all elements lie within [least, most]. */
export function checkWithin(op: string, name: string, x: Tensor, least: number, most: number): void {
  if (x.size === 0 || x.isMeta) return;
  const [low, high] = noGrad(() => [amin(x).item(), amax(x).item()] as const);
  if (!(low >= least && high <= most)) throw new ArgError(`${op}: ${name} must be within [${least}, ${most}], got ${low} to ${high}`);
}

/** Checks that x and target are floats of one shape, and returns them as float32. */
export function floatPair(op: string, x: Tensor, target: Tensor): [x: Tensor, target: Tensor] {
  checkAlive(op, x, "x");
  checkAlive(op, target, "target");
  checkForm(
    op,
    target,
    sameShape(x.shape, target.shape),
    formatShape(x.shape),
    "the target",
    "; shapes must be equal, use reshape or unsqueeze",
  );
  return [asFloat(op, x), asFloat(op, target)];
}

type Check = (op: string, name: string, value: unknown) => unknown;

const notNegative: Check = (op, name, value) => checkFinite(op, name, value, 0);

/** The checks of options that are numbers; others are only finite. */
const CHECKS: Readonly<Record<string, Check>> = {
  beta: notNegative,
  blank: (op, name, value) => checkWhole(op, name, value, 0),
  delta: checkPositive,
  eps: notNegative,
  gamma: notNegative,
  ignoreIndex: checkWhole,
  labelSmoothing: (op, name, value) => checkFinite(op, name, value, 0, 1),
  p: checkNumber,
  smooth: notNegative,
  temperature: checkPositive,
};

/** The options that a loss has, all with defaults. */
type Defaults = { readonly reduction: string };

const DEFAULTS: { reduction: Reduction } = { reduction: "mean" };

/** @internal Reads the options of a loss: numbers, tensors (by default `null`) and a reduction. */
export function lossOptions(op: string, options: unknown): { reduction: Reduction };
export function lossOptions<Options extends Defaults>(op: string, options: unknown, defaults: Options, more?: readonly string[]): Options;
export function lossOptions(op: string, options: unknown, defaults: Defaults = DEFAULTS, more: readonly string[] = []): Defaults {
  const read = readOptions(op, options, defaults);
  if (read === defaults) return read;
  const initial = defaults as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries<unknown>(read)) {
    if (name === "reduction") checkOneOf(op, name, value, [...REDUCTIONS, ...more]);
    else if (initial[name] === null) {
      if (!isGiven(value as Tensor | null)) continue;
      checkAlive(op, value, name);
      checkFloat(op, value);
    } else if (typeof initial[name] === "number") (CHECKS[name] ?? checkFinite)(op, name, value);
  }
  return read;
}

/** Throws unless a weight broadcasts to the shape of x. */
function checkWeight(op: string, name: string, weight: Tensor | null, x: Tensor): void {
  if (!isGiven(weight)) return;
  checkForm(op, weight, broadcastsTo(weight.shape, x.shape), `broadcastable to x ${formatSpec(x)}`, name);
}

/** Options of losses whose elements can have weights. */
export interface WeightedLossOptions {
  /** Weight of each element, float32 in the shape of x. */
  weight?: Tensor | null;
  /** How the elements become one number; their mean unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const WEIGHTED: Required<WeightedLossOptions> = { weight: null, reduction: "mean" };

/** The loss of each element of a pair, times its weight, reduced; the mean is divided by the sum of the weights, or by their number. */
function ofPair(
  op: string,
  pair: readonly [x: Tensor, target: Tensor],
  { weight, reduction }: Required<WeightedLossOptions>,
  rule: (x: Tensor, target: Tensor) => Tensor,
  byWeights = true,
): Tensor {
  return scope(() => {
    const losses = rule(...floatPair(op, ...pair));
    if (!isGiven(weight)) return reduceLoss(losses, reduction);
    checkForm(op, weight, sameShape(weight.shape, losses.shape), `float32[${losses.shape}] as x is`, "the weight");
    return reduceLoss(mul(losses, weight), reduction, byWeights ? weight : undefined);
  });
}

/**
 * Squared error: `(x - target)^2`, by default its mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`.
 * With a `weight`, the mean is divided by the sum of the weights.
 * Gradient: `2 (x - target)`, scaled by the reduction; its negative for the target.
 * Errors: `ShapeError` if the shapes differ (they are not broadcast, which would hide a mistake), `DTypeError` for bool and integers,
 * `ArgError` for an unknown reduction.
 * @example mseLoss(tensor([1, 2]), tensor([3, 2])); // 2
 */
export function mseLoss(x: Tensor, target: Tensor, options?: WeightedLossOptions): Tensor {
  return ofPair("mseLoss", [x, target], lossOptions("mseLoss", options, WEIGHTED), (a, b) => square(sub(a, b)));
}

/**
 * Absolute error: `|x - target|`, by default its mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`.
 * With a `weight`, the mean is divided by the sum of the weights.
 * Gradient: the sign of `x - target`, scaled by the reduction, 0 where both are equal; its negative for the target.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for an unknown reduction.
 * @example l1Loss(tensor([1, 2]), tensor([3, 2])); // 1
 */
export function l1Loss(x: Tensor, target: Tensor, options?: WeightedLossOptions): Tensor {
  return ofPair("l1Loss", [x, target], lossOptions("l1Loss", options, WEIGHTED), (a, b) => abs(sub(a, b)));
}

/** `d^2 / 2` for |d| up to `limit`, `limit (|d| - limit / 2)` beyond, times `scale`: with d limited to c, it is `c (d - c / 2)`. */
function huber(x: Tensor, target: Tensor, limit: number, scale: number): Tensor {
  const d = sub(x, target);
  const c = clamp(d, { min: -limit, max: limit });
  return mul(mul(c, scale), sub(d, mul(c, 0.5)));
}

/** Options of `huberLoss`. */
export interface HuberLossOptions extends WeightedLossOptions {
  /** Where the square ends, above 0; 1 unless given. */
  delta?: number;
}

/** @internal The defaults of the options. */
export const HUBER: Required<HuberLossOptions> = { ...WEIGHTED, delta: 1 };

/**
 * Squared error near 0, absolute error elsewhere: with d = x - target, `d^2 / 2` for |d| up to `delta`, `delta (|d| - delta / 2)` beyond;
 * by default the mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`.
 * Gradient: d limited to `[-delta, delta]`, scaled by the reduction; its negative for the target.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for a delta that is not above 0.
 * Source: Huber, 1964; names as in PyTorch's `huber_loss`.
 * @example huberLoss(tensor([0, 3]), tensor([1, 0]), { reduction: "none" }); // [0.5, 2.5]
 */
export function huberLoss(x: Tensor, target: Tensor, options?: HuberLossOptions): Tensor {
  const read = lossOptions("huberLoss", options, HUBER);
  // The mean is divided by the number of elements also with weights, as PyTorch does.
  return ofPair("huberLoss", [x, target], read, (a, b) => huber(a, b, read.delta, 1), false);
}

/** @internal The defaults of the options. */
export const SMOOTH: { beta: number; reduction: Reduction } = { beta: 1, reduction: "mean" };

/**
 * The Huber loss divided by `beta`: with d = x - target, `d^2 / (2 beta)` for |d| up to `beta`, `|d| - beta / 2` beyond; `l1Loss` for beta
 * 0. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`. Options: `beta` 1, `reduction` "mean".
 * Gradient: `d / beta` limited to [-1, 1], scaled by the reduction; its negative for the target.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for a beta below 0.
 * Source: Girshick, Fast R-CNN, 2015.
 * @example smoothL1Loss(tensor([0, 3]), tensor([1, 0]), { reduction: "none" }); // [0.5, 2.5]
 */
export function smoothL1Loss(x: Tensor, target: Tensor, options?: { beta?: number; reduction?: Reduction }): Tensor {
  const { beta, reduction } = lossOptions("smoothL1Loss", options, SMOOTH);
  return ofPair("smoothL1Loss", [x, target], { weight: null, reduction }, (a, b) =>
    beta === 0 ? abs(sub(a, b)) : huber(a, b, beta, 1 / beta),
  );
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BinaryCrossEntropyOptions {
  /** Weight of each element, float32 that broadcasts to x. */
  weight?: Tensor | null;
  /** Weight of positive targets, float32 that broadcasts to x: above 1 it trades precision for recall. */
  posWeight?: Tensor | null;
  /** How the elements become one number; their mean unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const BINARY: Required<BinaryCrossEntropyOptions> = { weight: null, posWeight: null, reduction: "mean" };

/**
 * Binary cross-entropy between logits and targets in [0, 1]: `-(posWeight t log(s) + (1 - t) log(1 - s))` with `s = sigmoid(x)`,
 * by default the mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`. Computed as
 * `posWeight t softplus(-x) + (1 - t) softplus(x)`, where nothing overflows and no digits cancel.
 * Gradient: for x `(1 - t) s - posWeight t (1 - s)`, for the target `posWeight softplus(-x) - softplus(x)`, scaled by the reduction.
 * Errors: `ShapeError` if the shapes differ or a weight does not broadcast to them, `DTypeError` unless all are float32, `ArgError` for an
 * unknown option.
 * @example binaryCrossEntropyWithLogits(tensor([0]), tensor([1])); // 0.693147
 */
export function binaryCrossEntropyWithLogits(x: Tensor, target: Tensor, options?: BinaryCrossEntropyOptions): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  const { weight, posWeight, reduction } = lossOptions(op, options, BINARY);
  return scope(() => {
    const [logits, truth] = floatPair(op, x, target);
    checkWeight(op, "weight", weight, x);
    checkWeight(op, "posWeight", posWeight, x);
    const positive = mul(truth, softplus(neg(logits)));
    const negative = mul(sub(1, truth), softplus(logits));
    const losses = add(posWeight ? mul(positive, posWeight) : positive, negative);
    return reduceLoss(weight ? mul(losses, weight) : losses, reduction);
  });
}

type Probabilities = [x: Tensor, target: Tensor];

const binaryCrossEntropyOp: Op<Probabilities> = defineOp<Probabilities>({
  name: "binaryCrossEntropy",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [x, target], _, __, scratch) => {
    const n = out.size;
    const other = scratch(4 * n);
    k.log(x.ptr, out.ptr, n);
    k.neg(x.ptr, other, n);
    mathKernels.log1p(other, other, n);
    lossKernels.binaryCrossEntropy(out.ptr, other, target.ptr, out.ptr, n);
  },
  saves: [[0, 1], [0]],
  backward: [
    (g, { inputs: [x, target] }) => div(mul(g, sub(x, target)), clamp(mul(x, sub(1, x)), { min: 1e-12 })),
    (g, { inputs: [x] }) => mul(g, sub(log1p(neg(x)), log(x))),
  ],
});

/** Options of `binaryCrossEntropy`. */
export interface ProbabilityLossOptions {
  /** Weight of each element, float32 that broadcasts to x. */
  weight?: Tensor | null;
  /** How the elements become one number; their mean unless given. */
  reduction?: Reduction;
}

/**
 * Binary cross-entropy between probabilities and targets in [0, 1]: `-(t log(x) + (1 - t) log(1 - x))`, where no logarithm is below -100;
 * by default the mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`. Of logits
 * `binaryCrossEntropyWithLogits` is more accurate.
 * Gradient: for x `(x - t) / max(x (1 - x), 1e-12)`, for the target `log(1 - x) - log(x)`, scaled by the reduction.
 * Errors: `ArgError` unless all of x is in [0, 1] (then nothing is computed), `ShapeError` if the shapes differ or the weight does not
 * broadcast to them, `DTypeError` for bool and integers.
 * Source and semantics: PyTorch's `binary_cross_entropy`.
 * @example binaryCrossEntropy(tensor([0.5]), tensor([1])); // 0.693147
 */
export function binaryCrossEntropy(x: Tensor, target: Tensor, options?: ProbabilityLossOptions): Tensor {
  const op = "binaryCrossEntropy";
  const { weight, reduction } = lossOptions(op, options, WEIGHTED);
  return scope(() => {
    const pair = floatPair(op, x, target);
    checkWeight(op, "weight", weight, x);
    checkWithin(op, "x", pair[0], 0, 1);
    const losses = binaryCrossEntropyOp(...pair);
    return reduceLoss(isGiven(weight) ? mul(losses, weight) : losses, reduction);
  });
}
