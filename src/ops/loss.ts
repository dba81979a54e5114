// Losses between tensors of one shape, element by element, and how losses become one number.
import { ArgError, ShapeError } from "../errors.js";
import { scope } from "../tensor/scope.js";
import { broadcastShapes, formatSpec, sameShape } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { softplus } from "./activation.js";
import { add, mul, sub } from "./arithmetic.js";
import { mean, sum } from "./reduce.js";
import { abs, neg, square } from "./unary.js";

/** How losses become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

export function checkReduction(op: string, reduction: Reduction): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none") {
    throw new ArgError(`${op}: reduction must be "mean", "sum" or "none", got ${String(reduction)}`);
  }
}

export function reduceLoss(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === "mean" ? mean(losses) : reduction === "sum" ? sum(losses) : losses;
}

/** Checks that x and target are float32 of one shape. */
function checkPair(op: string, x: Tensor, target: Tensor): void {
  for (const input of [x, target]) checkAlive(op, input);
  if (!sameShape(x.shape, target.shape)) {
    throw new ShapeError(
      `${op}: x is ${formatSpec(x)} and the target ${formatSpec(target)}; shapes must be equal, use reshape or unsqueeze`,
    );
  }
  checkFloat(op, x, target);
}

/**
 * Squared error: `(x - target)^2`, by default its mean. x, target: float32 of one shape.
 * Errors: `ShapeError` when the shapes differ (they are not broadcast, which would hide a mistake), `DTypeError`, `ArgError`.
 * @example mseLoss(model.call(x), y);
 */
export function mseLoss(x: Tensor, target: Tensor, { reduction = "mean" }: { reduction?: Reduction } = {}): Tensor {
  checkReduction("mseLoss", reduction);
  checkPair("mseLoss", x, target);
  return scope(() => reduceLoss(square(sub(x, target)), reduction));
}

/**
 * Absolute error: `|x - target|`, by default its mean. x, target: float32 of one shape. Gradient: the sign, 0 where both are equal.
 * Errors as `mseLoss`.
 * @example l1Loss(model.call(x), y);
 */
export function l1Loss(x: Tensor, target: Tensor, { reduction = "mean" }: { reduction?: Reduction } = {}): Tensor {
  checkReduction("l1Loss", reduction);
  checkPair("l1Loss", x, target);
  return scope(() => reduceLoss(abs(sub(x, target)), reduction));
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BinaryCrossEntropyOptions {
  /** Weight of each element, float32 that broadcasts to x. */
  weight?: Tensor | null;
  /** Weight of positive targets, float32 that broadcasts to x: above 1 it trades precision for recall. */
  posWeight?: Tensor | null;
  reduction?: Reduction;
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]: `-(posWeight t log(s) + (1 - t) log(1 - s))` with `s = sigmoid(x)`,
 * by default the mean. x, target: float32 of one shape. Computed as `posWeight t softplus(-x) + (1 - t) softplus(x)`, where
 * nothing overflows and no digits cancel. Gradient for x: `(1 - t) s - posWeight t (1 - s)`.
 * Errors: `ShapeError` when the shapes differ or a weight does not broadcast to them, `DTypeError`, `ArgError`.
 * @example binaryCrossEntropyWithLogits(logits, labels, { posWeight: tensor([3]) });
 */
export function binaryCrossEntropyWithLogits(x: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  const { weight, posWeight, reduction = "mean" } = options;
  checkReduction(op, reduction);
  checkPair(op, x, target);
  for (const [name, w] of Object.entries({ weight, posWeight })) {
    if (!w) continue;
    checkAlive(op, w);
    checkFloat(op, w);
    const joined = broadcastShapes(w.shape, x.shape);
    if (!joined || !sameShape(joined, x.shape))
      throw new ShapeError(`${op}: the ${name} ${formatSpec(w)} does not broadcast to x, ${formatSpec(x)}`);
  }
  return scope(() => {
    const positive = mul(target, softplus(neg(x)));
    const negative = mul(sub(1, target), softplus(x));
    const losses = add(posWeight ? mul(positive, posWeight) : positive, negative);
    return reduceLoss(weight ? mul(losses, weight) : losses, reduction);
  });
}
