// Losses that are negative log-likelihoods of distributions, and the divergence between two distributions.
import { checkPositive } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { full } from "../../tensor/create.js";
import type { Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastsTo, checkForm, formatShape, sameShape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { relu } from "../elementwise/activation.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { le } from "../elementwise/compare.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { exp, log, square } from "../elementwise/unary.js";
import { xlogy } from "../math/binary.js";
import { detach, unsqueeze } from "../move/shape.js";
import { amin, sum } from "../reduce/reduce.js";
import { floatPair, lossOptions, type Reduction, reduceLoss } from "./loss.js";

/** Options of `klDiv`. */
export interface KlDivOptions {
  /** Whether the target holds logarithms of probabilities too; false unless given. */
  logTarget?: boolean;
  /** How the elements become one number: also the sum divided by the size of the first dimension; their mean unless given. */
  reduction?: Reduction | "batchmean";
}

const KL: Required<KlDivOptions> = { logTarget: false, reduction: "mean" };

/** @internal Reads the options of `klDiv`. */
export function klDivOptions(op: string, options: unknown): Required<KlDivOptions> {
  return lossOptions(op, options, KL, ["batchmean"]);
}

/**
 * Kullback-Leibler divergence of log-probabilities x from a target: `t (log(t) - x)`, or `e^t (t - x)` for a target of logarithms. By default
 * the mean over all elements; the divergence itself is the `reduction` "batchmean". x, target: float32 or 16-bit floats of one shape -> a
 * scalar, or that shape with `"none"`. A target of 0 gives 0.
 * Gradient: for x `-t` (or `-e^t`), for the target `log(t) + 1 - x` (or `e^t (t - x + 1)`), scaled by the reduction.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for an unknown reduction.
 * @example klDiv(logits.logSoftmax(1), logits.softmax(1), { reduction: "batchmean" }); // 0
 */
export function klDiv(x: Tensor, target: Tensor, options?: KlDivOptions): Tensor {
  const { logTarget, reduction } = klDivOptions("klDiv", options);
  return scope(() => {
    const [a, t] = floatPair("klDiv", x, target);
    const losses = logTarget ? mul(exp(t), sub(t, a)) : sub(xlogy(t, t), mul(t, a));
    if (reduction !== "batchmean") return reduceLoss(losses, reduction);
    return div(sum(losses), x.shape[0] ?? 1);
  });
}

/** Options of `poissonNllLoss`. */
export interface PoissonNllLossOptions {
  /** Whether x is the logarithm of the expected number; true unless given. */
  logInput?: boolean;
  /** Whether Stirling's approximation of `log(target!)` is added for targets above 1; false unless given. */
  full?: boolean;
  /** Keeps the logarithm finite without `logInput`; 1e-8 unless given. */
  eps?: number;
  /** How the elements become one number; their mean unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const POISSON: Required<PoissonNllLossOptions> = { logInput: true, full: false, eps: 1e-8, reduction: "mean" };

/**
 * Negative log-likelihood of counts with a Poisson distribution: `e^x - t x`, or `x - t log(x + eps)` without `logInput`; `full` adds
 * `t log(t) - t + log(2 pi t) / 2` for targets above 1. By default the mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or
 * that shape with `"none"`.
 * Gradient: for x `e^x - t` (or `1 - t / (x + eps)`), for the target `-x` (or `-log(x + eps)`) and the derivative of what `full` adds.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for an eps below 0.
 * @example poissonNllLoss(tensor([0]), tensor([3])); // 1
 */
export function poissonNllLoss(x: Tensor, target: Tensor, options?: PoissonNllLossOptions): Tensor {
  const { logInput, full, eps, reduction } = lossOptions("poissonNllLoss", options, POISSON);
  return scope(() => {
    const [a, t] = floatPair("poissonNllLoss", x, target);
    const losses = logInput ? sub(exp(a), mul(t, a)) : sub(a, mul(t, log(add(a, eps))));
    if (!full) return reduceLoss(losses, reduction);
    const small = le(t, 1);
    const count = where(small, 1, t); // so that no logarithm of 0 gets into the gradient
    const stirling = add(sub(mul(count, log(count)), count), mul(log(mul(count, 2 * Math.PI)), 0.5));
    return reduceLoss(add(losses, where(small, 0, stirling)), reduction);
  });
}

/** Options of `gaussianNllLoss`. */
export interface GaussianNllLossOptions {
  /** Whether the constant `log(2 pi) / 2` is added; false unless given. */
  full?: boolean;
  /** Variances below it count as it, with the gradient there; above 0, and 1e-6 unless given. */
  eps?: number;
  /** How the elements become one number; their mean unless given. */
  reduction?: Reduction;
}

const GAUSSIAN: Required<GaussianNllLossOptions> = { full: false, eps: 1e-6, reduction: "mean" };

/** @internal Reads the options of `gaussianNllLoss`. */
export function gaussianNllOptions(op: string, options: unknown): Required<GaussianNllLossOptions> {
  const read = lossOptions(op, options, GAUSSIAN);
  checkPositive(op, "eps", read.eps);
  return read;
}

/** A variance or target that broadcasts to x. A variance without the last dimension of x gets it. */
function fitting(op: string, name: string, x: Tensor, given: Tensor): Tensor {
  checkAlive(op, given, name);
  const isShort = given.ndim > 0 && sameShape(given.shape, x.shape.slice(0, -1));
  const wide = isShort && name === "variance" ? unsqueeze(given, -1) : given;
  const fits = broadcastsTo(wide.shape, x.shape) && [0, x.ndim].includes(wide.ndim);
  checkForm(op, given, fits, `${formatShape(x.shape)} as x is, or 1 for some sizes`, `the ${name}`);
  return asFloat(op, wide);
}

/**
 * Negative log-likelihood with a normal distribution of mean x: `(log(v) + (x - t)^2 / v) / 2` with `v = max(variance, eps)`; `full` adds
 * `log(2 pi) / 2`. By default the mean. x: float32 or 16-bit floats of any shape; target: the same shape, or 1 for some of its sizes;
 * variance: the same, or x's shape without the last dimension, or a scalar or number -> a scalar, or the shape of x with `"none"`.
 * Gradient: for x `(x - t) / v`, its negative for the target, `(1 - (x - t)^2 / v) / (2 v)` for the variance, also where it is below eps.
 * Errors: `ArgError` for a variance below 0 or an eps that is not above 0, `ShapeError` if the shapes do not fit, `DTypeError` for bool and
 * integers.
 * Source: Nix and Weigend, 1994.
 * @example gaussianNllLoss(tensor([1]), tensor([3]), tensor([1])); // 2
 */
export function gaussianNllLoss(x: Tensor, target: Tensor, variance: Operand, options?: GaussianNllLossOptions): Tensor {
  const op = "gaussianNllLoss";
  const read = gaussianNllOptions(op, options);
  checkAlive(op, x, "x");
  return scope(() => {
    const [t, given] = [
      fitting(op, "target", x, target),
      fitting(op, "variance", x, typeof variance === "number" ? full([], variance) : variance),
    ];
    const least = given.size === 0 || given.isMeta ? 0 : noGrad(() => amin(given).item());
    if (least < 0) throw new ArgError(`${op}: no variance may be below 0, got ${least}`);
    const v = add(given, detach(relu(sub(read.eps, given))));
    const losses = mul(add(log(v), div(square(sub(asFloat(op, x), t)), v)), 0.5);
    return reduceLoss(read.full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, read.reduction);
  });
}
