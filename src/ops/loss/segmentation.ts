// Losses for classes of very different sizes: focal loss and Dice loss. A target is class numbers, then the probabilities are a softmax over
// the classes, or it is floats in the shape of the scores, then each score has a probability of its own, its sigmoid.
import { checkFinite, checkThat, isGiven } from "../../checks.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { movedim } from "../arrange/order.js";
import { sigmoid } from "../elementwise/activation.js";
import { add, div, mul, pow, sub } from "../elementwise/arithmetic.js";
import { float } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { asFloat, widened } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { neg } from "../elementwise/unary.js";
import { expm1 } from "../math/unary.js";
import { indicesFor } from "../move/checkIndices.js";
import { oneHot } from "../move/gather.js";
import { reshape } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";
import { softmax } from "../reduce/softmax.js";
import { crossEntropy, weightsOf } from "./crossEntropy.js";
import { binaryCrossEntropyWithLogits, floatPair, lossOptions, type Reduction, reduceLoss } from "./loss.js";

/** Options of `focalLoss`. */
export interface FocalLossOptions {
  /**
   * Weight of ones among targets that are floats, and of zeros 1 minus it: 0.25 unless given. Weights of the classes, float32 [C], for class
   * numbers; 1 unless given. `null` for none.
   */
  alpha?: number | Tensor | null | undefined;
  /** How much less what is right already counts, at least 0; 2 unless given. */
  gamma?: number;
  /** Class numbers that count for nothing; -100 unless given. */
  ignoreIndex?: number;
  /** How the losses become one number; their mean unless given. */
  reduction?: Reduction;
}

type Focal = { alpha: number | Tensor | null | undefined; gamma: number; ignoreIndex: number; reduction: Reduction };

const FOCAL: Focal = { alpha: undefined, gamma: 2, ignoreIndex: -100, reduction: "mean" };

/** @internal Reads the options of `focalLoss`. */
export function focalOptions(op: string, options: unknown): Focal {
  const read = lossOptions(op, options, FOCAL);
  if (isGiven(read.alpha) && !(read.alpha instanceof Tensor)) checkFinite(op, "alpha", read.alpha, 0, 1);
  return read;
}

/**
 * Focal loss: `-alpha (1 - p)^gamma log(p)` with the probability p of what the target says, by default the mean. Targets that are floats from 0 to
 * 1 in the shape of x: `p = t sigmoid(x) + (1 - t) sigmoid(-x)`. Targets that are class numbers, int32 or int64 [N, d1, ...] for x [N, C, d1, ...]
 * (or a scalar for [C]): p is the softmax over C. x: float32 or 16-bit floats -> a scalar, or the shape of the target with `"none"`. The mean
 * does not count ignored targets.
 * Gradient: to x, and to a target of floats.
 * Errors: `ArgError` for an alpha that does not suit the target or a gamma below 0, `IndexError` for a class number outside [0, C),
 * `ShapeError`, `DTypeError`.
 * Source: Lin et al., Focal loss for dense object detection, 2017.
 * @example focalLoss(tensor([0]), tensor([1])); // 0.043322
 */
export function focalLoss(x: Tensor, target: Tensor, options?: FocalLossOptions): Tensor {
  const op = "focalLoss";
  const { alpha, gamma, ignoreIndex, reduction } = focalOptions(op, options);
  checkAlive(op, target, "target");
  const checkAlpha = (fits: boolean, wanted: string): void =>
    checkThat(op, fits, `alpha must be ${wanted} for a target ${formatSpec(target)}`, alpha);
  return scope(() => {
    const truth = widened(op, target);
    if (truth.dtype === "float32") {
      checkAlpha(!(alpha instanceof Tensor), "a number or null");
      const [a, t] = floatPair(op, x, truth);
      const none = sub(1, t);
      const wrong = add(mul(none, sigmoid(a)), mul(t, sigmoid(neg(a))));
      const losses = mul(pow(wrong, gamma), binaryCrossEntropyWithLogits(a, t, { reduction: "none" }));
      const share = alpha === undefined ? 0.25 : (alpha as number | null);
      return reduceLoss(share === null ? losses : mul(losses, add(mul(t, share), mul(none, 1 - share))), reduction);
    }
    checkAlpha(typeof alpha !== "number", "weights of the classes or null");
    const entropy = crossEntropy(asFloat(op, x), target, { reduction: "none", ignoreIndex });
    if (alpha instanceof Tensor)
      checkForm(op, alpha, alpha.ndim === 1 && alpha.size === x.shape[x.ndim === 1 ? 0 : 1], "float32 with one weight per class", "alpha");
    const ignored = eq(target, ignoreIndex);
    const wrong = neg(expm1(neg(where(ignored, 1, entropy)))); // 1 - p
    const weighted = mul(pow(wrong, gamma), alpha instanceof Tensor ? mul(entropy, weightsOf(target, alpha, ignoreIndex)) : entropy);
    return reduceLoss(weighted, reduction, weightsOf(target, undefined, ignoreIndex));
  });
}

/** Options of `diceLoss`. */
export interface DiceLossOptions {
  /** Added to both sides of the quotient, at least 0: what is empty in both then has loss 0; 1 unless given. */
  smooth?: number;
  /** How the losses become one number; their mean unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const DICE: Required<DiceLossOptions> = { smooth: 1, reduction: "mean" };

/**
 * Dice loss: `1 - (2 sum(p t) + smooth) / (sum(p) + sum(t) + smooth)` over the positions of each class of each image, by default the mean. x:
 * float32 or 16-bit floats [N, C, d1, ...], scores. Targets that are floats in the shape of x: p is the sigmoid of x. Targets that are class
 * numbers, int32 or int64 [N, d1, ...]: p is the softmax over C -> a scalar, or [N, C] with `"none"`. For masks without classes write
 * `x.unsqueeze(1)`.
 * Gradient: to x, and to a target of floats.
 * Errors: `IndexError` for a class number outside [0, C), `ArgError` for a smooth below 0, `ShapeError`, `DTypeError`.
 * Source: Milletari et al., V-Net, 2016, with sums of p and t in place of squares as in Drozdzal et al., 2016.
 * @example diceLoss(zeros(1, 1, 2), tensor([[[1, 0]]])); // 0.333333
 */
export function diceLoss(x: Tensor, target: Tensor, options?: DiceLossOptions): Tensor {
  const op = "diceLoss";
  const { smooth, reduction } = lossOptions(op, options, DICE);
  checkAlive(op, x, "x");
  checkForm(op, x, x.ndim > 2, "[N, C, d1, ...]");
  const [n, classes] = x.shape as readonly [number, number];
  checkAlive(op, target, "target");
  return scope(() => {
    const truth = widened(op, target);
    const positions = (t: Tensor): Tensor => reshape(t, [n, classes, x.size === 0 ? 0 : -1]);
    let pair: readonly Tensor[];
    if (truth.dtype === "float32") {
      const [a, t] = floatPair(op, x, truth);
      pair = [sigmoid(a), t];
    } else {
      const wanted = x.shape.filter((_, i) => i !== 1);
      checkForm(op, target, sameShape(target.shape, wanted), `int32[${wanted}] or float32[${x.shape}] for x ${formatSpec(x)}`, "target");
      pair = [softmax(asFloat(op, x), 1), float(movedim(oneHot(indicesFor(op, target, classes), classes), -1, 1))];
    }
    const [p, t] = pair.map(positions) as [Tensor, Tensor];
    const both = add(mul(sum(mul(p, t), 2), 2), smooth);
    return reduceLoss(sub(1, div(both, add(add(sum(p, 2), sum(t, 2)), smooth))), reduction);
  });
}
