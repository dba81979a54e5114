// Losses between tensors of one shape, element by element, and how losses become one number.
import { checkOneOf, isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkForm, formatShape, formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { asFloat } from "../elementwise/promotion.js";
import { abs, neg, square } from "../elementwise/unary.js";
import { softplus } from "../math/activation.js";
import { mean, sum } from "../reduce/reduce.js";

/** How losses are combined: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** Reads the options of a loss, and checks those that several losses have. */
export function readLoss<Options extends { reduction: Reduction }>(op: string, options: unknown, defaults: Options): Options {
  const read: Options & BinaryCrossEntropyOptions = readOptions(op, options as Options | undefined, defaults);
  checkOneOf(op, "reduction", read.reduction, ["mean", "sum", "none"]);
  for (const name of ["weight", "posWeight"] as const) {
    const weight = read[name];
    if (!isGiven(weight)) continue;
    checkAlive(op, weight, name);
    checkFloat(op, weight);
  }
  return read;
}

/** Combines losses by a reduction. */
export function reduceLoss(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === "mean" ? mean(losses) : reduction === "sum" ? sum(losses) : losses;
}

/** Checks that x and target are floats of one shape, and returns them as float32. */
function floatPair(op: string, x: Tensor, target: Tensor): [x: Tensor, target: Tensor] {
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

const DEFAULTS: { reduction: Reduction } = { reduction: "mean" };

/** @internal Reads the options of a loss that takes a reduction alone. */
export const lossOptions = (op: string, options: unknown): { reduction: Reduction } => readLoss(op, options, DEFAULTS);

/** A loss of the differences of x and target, element by element. */
function differenceLoss(op: string, x: Tensor, target: Tensor, options: unknown, f: (difference: Tensor) => Tensor): Tensor {
  const { reduction } = lossOptions(op, options);
  return scope(() => reduceLoss(f(sub(...floatPair(op, x, target))), reduction));
}

/**
 * Squared error: `(x - target)^2`, by default its mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`.
 * Gradient: `2 (x - target)`, scaled by the reduction; its negative for the target.
 * Errors: `ShapeError` if the shapes differ (they are not broadcast, which would hide a mistake), `DTypeError` for bool and integers,
 * `ArgError` for an unknown reduction.
 * @example mseLoss(tensor([1, 2]), tensor([3, 2])); // 2
 */
export function mseLoss(x: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  return differenceLoss("mseLoss", x, target, options, square);
}

/**
 * Absolute error: `|x - target|`, by default its mean. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`.
 * Gradient: the sign of `x - target`, scaled by the reduction, 0 where both are equal; its negative for the target.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for an unknown reduction.
 * @example l1Loss(tensor([1, 2]), tensor([3, 2])); // 1
 */
export function l1Loss(x: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  return differenceLoss("l1Loss", x, target, options, abs);
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

const BINARY: Required<BinaryCrossEntropyOptions> = { weight: null, posWeight: null, reduction: "mean" };

/** @internal Reads the options of `binaryCrossEntropyWithLogits`. */
export const binaryOptions = (op: string, options: unknown): Required<BinaryCrossEntropyOptions> => readLoss(op, options, BINARY);

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
  const { weight, posWeight, reduction } = binaryOptions(op, options);
  return scope(() => {
    const [logits, truth] = floatPair(op, x, target);
    for (const [name, w] of Object.entries({ weight, posWeight })) {
      if (!isGiven(w)) continue;
      const joined = broadcastShapes(w.shape, x.shape) ?? [];
      checkForm(op, w, sameShape(joined, x.shape), `broadcastable to x ${formatSpec(x)}`, name);
    }
    const positive = mul(truth, softplus(neg(logits)));
    const negative = mul(sub(1, truth), softplus(logits));
    const losses = add(posWeight ? mul(positive, posWeight) : positive, negative);
    return reduceLoss(weight ? mul(losses, weight) : losses, reduction);
  });
}
