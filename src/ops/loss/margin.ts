// Losses that want scores or distances to differ by a margin.
import { checkThat, checkWhole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { arange } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { clamp, relu } from "../elementwise/activation.js";
import { add, div, minimum, mul, sub } from "../elementwise/arithmetic.js";
import { broadcast } from "../elementwise/broadcast.js";
import { asIndex } from "../elementwise/cast.js";
import { eq, lt, ne } from "../elementwise/compare.js";
import { asFloat, computable } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { neg, sqrt, square } from "../elementwise/unary.js";
import { pairwiseDistance } from "../linalg/distance.js";
import { softplus } from "../math/activation.js";
import { checkIndices, indicesFor } from "../move/checkIndices.js";
import { gather, indexSelect, oneHot } from "../move/gather.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { amax, mean, sum } from "../reduce/reduce.js";
import { cumsum } from "../scan/cumulate.js";
import {
  binaryCrossEntropyWithLogits,
  floatPair,
  lossOptions,
  type ProbabilityLossOptions,
  type Reduction,
  reduceLoss,
  WEIGHTED,
} from "./loss.js";

/** Options of losses with a margin. */
export interface MarginLossOptions {
  /** The margin. */
  margin?: number;
  /** How the losses become one number; their mean unless given. */
  reduction?: Reduction;
}

type Margin = Required<MarginLossOptions>;

/** @internal The defaults of the options. */
export const NO_MARGIN: Margin = { margin: 0, reduction: "mean" };
/** @internal The defaults of the options. */
export const MARGIN_1: Margin = { margin: 1, reduction: "mean" };

/** max(x, 0) with gradient 1 at 0, as PyTorch's clamp has it. */
const positive = (x: Tensor): Tensor => clamp(x, { min: 0 });

/**
 * For distances x and targets 1 (similar) or -1: `x` where the target is 1, `max(margin - x, 0)` where it is -1; by default the mean. The margin
 * is 1 unless given. x, target: float32 or 16-bit floats of one shape -> a scalar, or that shape with `"none"`. Another target gets the sum
 * of both, as in PyTorch.
 * Gradient: 1 and -1 (also at the margin, 0 beyond it), scaled by the reduction; none for the target.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for a margin that is not finite.
 * @example hingeEmbeddingLoss(tensor([0.5, 0.25]), tensor([1, -1])); // 0.625
 */
export function hingeEmbeddingLoss(x: Tensor, target: Tensor, options?: MarginLossOptions): Tensor {
  const { margin, reduction } = lossOptions("hingeEmbeddingLoss", options, MARGIN_1);
  return scope(() => {
    const [a, t] = floatPair("hingeEmbeddingLoss", x, target);
    const apart = where(eq(t, 1), 0, positive(sub(margin, a)));
    return reduceLoss(add(apart, where(eq(t, -1), 0, a)), reduction);
  });
}

/** Checks that tensors of one rank broadcast, and returns them as float32. */
function ofOneRank<Tensors extends readonly Tensor[]>(op: string, names: readonly string[], tensors: Tensors): Tensors {
  const [first] = tensors as unknown as readonly [Tensor];
  for (const [i, x] of tensors.entries()) checkAlive(op, x, names[i] as string);
  if (tensors.some((x) => x.ndim !== first.ndim))
    throw new ShapeError(`${op}: ${names.join(", ")} must have one rank, got ${tensors.map(formatSpec).join(", ")}`);
  for (const x of tensors) broadcast(op, first, x);
  return tensors.map((x) => asFloat(op, x)) as unknown as Tensors;
}

/**
 * For two lists of scores: `max(margin - target (x1 - x2), 0)`, by default the mean; a target of 1 wants x1 to be larger, -1 x2. The margin is 0
 * unless given. x1, x2, target: float32 or 16-bit floats of one rank, shapes broadcast -> a scalar, or that shape with `"none"`.
 * Gradient: `-target` and `target` up to the margin, also at it, and 0 beyond, scaled by the reduction; `x2 - x1` for the target.
 * Errors: `ShapeError` if ranks differ or shapes do not broadcast, `DTypeError` for bool and integers, `ArgError` for a margin that is not finite.
 * @example marginRankingLoss(tensor([1]), tensor([3]), tensor([1])); // 2
 */
export function marginRankingLoss(x1: Tensor, x2: Tensor, target: Tensor, options?: MarginLossOptions): Tensor {
  const { margin, reduction } = lossOptions("marginRankingLoss", options, NO_MARGIN);
  return scope(() => {
    const [a, b, t] = ofOneRank("marginRankingLoss", ["x1", "x2", "target"], [x1, x2, target]);
    return reduceLoss(positive(add(mul(neg(t), sub(a, b)), margin)), reduction);
  });
}

/**
 * For scores and targets 1 or -1: `log(1 + e^(-target x))`, by default the mean; it is linear where the power would overflow. x, target: float32
 * or 16-bit floats of one shape -> a scalar, or that shape with `"none"`. Option: `reduction`.
 * Gradient: `-target / (1 + e^(target x))`, scaled by the reduction.
 * Errors: `ShapeError` if the shapes differ, `DTypeError` for bool and integers, `ArgError` for an unknown reduction.
 * @example softMarginLoss(tensor([0]), tensor([1])); // 0.693147
 */
export function softMarginLoss(x: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  const { reduction } = lossOptions("softMarginLoss", options);
  return scope(() => {
    const [a, t] = floatPair("softMarginLoss", x, target);
    return reduceLoss(softplus(mul(neg(t), a)), reduction);
  });
}

/** Checks scores [N, C] or [C], and returns them as rows. */
function rowsOf(op: string, x: Tensor): Tensor {
  checkAlive(op, x, "x");
  checkForm(op, x, (x.ndim === 1 || x.ndim === 2) && x.shape.at(-1) !== 0, "[N, C] or [C], with at least one class");
  return reshape(asFloat(op, x), [x.ndim === 2 ? -1 : 1, x.shape.at(-1) as number]);
}

/** Throws unless the target has a shape. */
function checkTarget(op: string, x: Tensor, target: Tensor, shape: Shape): void {
  checkAlive(op, target, "target");
  checkForm(op, target, sameShape(target.shape, shape), `int32[${shape}] for x ${formatSpec(x)}`, "target");
}

/** The losses of rows, reduced; of one row without a batch a scalar. */
const ofRows = (losses: Tensor, x: Tensor, reduction: Reduction): Tensor =>
  reduceLoss(x.ndim === 2 ? losses : reshape(losses, []), reduction);

/** Options of `multiMarginLoss`. */
export interface MultiMarginLossOptions extends MarginLossOptions {
  /** Power of each term, 1 or 2; 1 unless given. */
  p?: number;
  /** Weight of each class, float32 [C]. */
  weight?: Tensor | null;
}

const MULTI: Required<MultiMarginLossOptions> = { ...MARGIN_1, p: 1, weight: null };

/** @internal Reads the options of `multiMarginLoss`. */
export function multiMarginOptions(op: string, options: unknown): Required<MultiMarginLossOptions> {
  const read = lossOptions(op, options, MULTI);
  checkWhole(op, "p", read.p, 1, 2);
  return read;
}

/**
 * Multi-class hinge loss: `weight[y] sum_(c != y) max(margin - x[y] + x[c], 0)^p / C` of each row with the class y, by default the mean of the
 * rows. The margin is 1 unless given. x: float32 [N, C] or [C]; target: int32 or int64 class numbers [N] or a scalar -> a scalar, or the
 * shape of the target with `"none"`.
 * Gradient: that of the terms above 0.
 * Errors: `IndexError` for a class number outside [0, C), `ArgError` for a p that is not 1 or 2, `ShapeError`, `DTypeError`.
 * @example multiMarginLoss(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([3], { dtype: "int32" })); // 0.325
 */
export function multiMarginLoss(x: Tensor, target: Tensor, options?: MultiMarginLossOptions): Tensor {
  const op = "multiMarginLoss";
  const { margin, p, weight, reduction } = multiMarginOptions(op, options);
  return scope(() => {
    const rows = rowsOf(op, x);
    const [n, classes] = rows.shape as [number, number];
    checkTarget(op, x, target, x.shape.slice(0, -1));
    const labels = reshape(indicesFor(op, target, classes), [n]);
    const terms = relu(add(sub(margin, gather(rows, 1, unsqueeze(labels, 1))), rows));
    const losses = mean(where(ne(oneHot(labels, classes), 0), 0, p === 2 ? square(terms) : terms), 1);
    if (!weight) return ofRows(losses, x, reduction);
    checkForm(op, weight, weight.ndim === 1 && weight.size === classes, `float32[${classes}], one per class`, "the weight");
    return ofRows(mul(losses, indexSelect(weight, 0, labels)), x, reduction);
  });
}

/**
 * Hinge loss of several labels in a row: `sum_(y, c) max(1 - x[y] + x[c], 0) / C` for the labels y of the row and all classes c that are no label;
 * by default the mean of the rows. x: float32 [N, C] or [C]; target: int32 or int64 of that shape, labels up to the first -1 -> a scalar, or
 * [N] (or a scalar) with `"none"`. Option: `reduction`.
 * Gradient: that of the terms above 0.
 * Errors: `IndexError` for a label outside [-1, C), `ShapeError`, `DTypeError`, `ArgError` for an unknown reduction.
 * @example multilabelMarginLoss(tensor([0.1, 0.2, 0.4, 0.8]), tensor([3, 0, -1, 1], { dtype: "int32" })); // 0.85
 */
export function multilabelMarginLoss(x: Tensor, target: Tensor, options?: { reduction?: Reduction }): Tensor {
  const op = "multilabelMarginLoss";
  const { reduction } = lossOptions(op, options);
  return scope(() => {
    const rows = rowsOf(op, x);
    const [n, classes] = rows.shape as [number, number];
    checkTarget(op, x, target, x.shape);
    const all = reshape(asIndex(op, target), rows.shape);
    checkIndices(op, all, classes, -1);
    const counted = eq(cumsum(eq(all, -1), 1), 0);
    // Most rows have few labels, so the table of labels and classes is as wide as the longest list.
    const most = n === 0 ? 0 : amax(sum(counted, 1)).item();
    const [labels, valid] = [all, counted].map((t) => narrow(t, 1, 0, most)) as [Tensor, Tensor];
    const hot = eq(unsqueeze(where(valid, labels, -1), 2), arange(classes, { dtype: "int32" }));
    const isOther = lt(sum(hot, { dim: 1, keepdim: true }), unsqueeze(valid, 2));
    const terms = relu(add(sub(1, unsqueeze(gather(rows, 1, where(valid, labels, 0)), 2)), unsqueeze(rows, 1)));
    return ofRows(div(sum(where(isOther, terms, 0), [1, 2]), classes), x, reduction);
  });
}

/**
 * Binary cross-entropy with logits, averaged over the classes of a row: `-mean_c(t log(s) + (1 - t) log(1 - s))` with `s = sigmoid(x)`; by
 * default the mean of the rows. x, target: float32 or 16-bit floats of one shape [..., C] -> a scalar, or that shape without C with `"none"`.
 * Options: `weight` that broadcasts to x, `reduction`.
 * Gradient: those of `binaryCrossEntropyWithLogits`, divided by C.
 * Errors: `ShapeError` if the shapes differ or the weight does not broadcast to them, `DTypeError` for bool and integers.
 * @example multilabelSoftMarginLoss(tensor([[0, 0]]), tensor([[1, 0]])); // 0.693147
 */
export function multilabelSoftMarginLoss(x: Tensor, target: Tensor, options?: ProbabilityLossOptions): Tensor {
  const op = "multilabelSoftMarginLoss";
  const { weight, reduction } = lossOptions(op, options, WEIGHTED);
  checkAlive(op, x, "x");
  checkForm(op, x, x.ndim > 0, "[..., C]");
  return scope(() => {
    const losses = binaryCrossEntropyWithLogits(...floatPair(op, x, target), { weight, reduction: "none" });
    return reduceLoss(mean(losses, -1), reduction);
  });
}

/** Options of `tripletMarginWithDistanceLoss`. */
export interface TripletDistanceOptions extends MarginLossOptions {
  /** The distance of two batches of vectors; `pairwiseDistance` unless given. */
  distanceFunction?: (a: Tensor, b: Tensor) => Tensor;
  /** Whether the distance of the negative to the positive is taken where it is smaller than that to the anchor; false unless given. */
  swap?: boolean;
}

/** Options of `tripletMarginLoss`. */
export interface TripletMarginLossOptions extends MarginLossOptions {
  /** Which norm the distance is; 2 unless given. */
  p?: number;
  /** What is added to each difference; 1e-6 unless given. */
  eps?: number;
  /** Whether the distance of the negative to the positive is taken where it is smaller than that to the anchor; false unless given. */
  swap?: boolean;
}

/** @internal The defaults of the options. */
export const TRIPLET: Required<TripletMarginLossOptions> = { ...MARGIN_1, p: 2, eps: 1e-6, swap: false };
const TRIPLET_BY: Required<TripletDistanceOptions> = { ...MARGIN_1, distanceFunction: (a, b) => pairwiseDistance(a, b), swap: false };

/** @internal Reads the options of `tripletMarginWithDistanceLoss`. */
export function tripletDistanceOptions(op: string, options: unknown): Required<TripletDistanceOptions> {
  const read = lossOptions(op, options, TRIPLET_BY);
  checkThat(op, typeof read.distanceFunction === "function", "distanceFunction must be a function", read.distanceFunction);
  return read;
}

function triplet(op: string, tensors: readonly [Tensor, Tensor, Tensor], options: Required<TripletDistanceOptions>): Tensor {
  const { margin, swap, distanceFunction, reduction } = options;
  return scope(() => {
    const [anchor, near, far] = ofOneRank(op, ["anchor", "positive", "negative"], tensors);
    const distance = (a: Tensor, b: Tensor): Tensor => {
      const d = distanceFunction(a, b);
      checkThat(op, d instanceof Tensor, "distanceFunction must return a tensor", d);
      return d;
    };
    const apart = distance(anchor, far);
    const least = swap ? minimum(apart, distance(near, far)) : apart;
    return reduceLoss(positive(sub(add(distance(anchor, near), margin), least)), reduction);
  });
}

/**
 * Wants the positive to be nearer to the anchor than the negative: `max(d(anchor, positive) - d(anchor, negative) + margin, 0)` with the distance
 * `|a - b + eps|` in the `p`-norm along the last dimension; by default the mean. The margin is 1 unless given. anchor, positive, negative:
 * float32 or 16-bit floats of one rank, shapes broadcast, [N, D] or [D] -> a scalar, or that shape without D with `"none"`.
 * Gradient: to all three; 0 where the loss is 0 beyond the margin.
 * Errors: `ShapeError` if ranks differ or shapes do not broadcast, `ArgError` for an eps below 0 or a p that is no number, `DTypeError`.
 * Source: Balntas et al., Learning local feature descriptors with triplets and shallow convolutional neural networks, 2016.
 * @example tripletMarginLoss(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 2]])); // 4
 */
export function tripletMarginLoss(anchor: Tensor, positive: Tensor, negative: Tensor, options?: TripletMarginLossOptions): Tensor {
  const { p, eps, ...rest } = lossOptions("tripletMarginLoss", options, TRIPLET);
  const distanceFunction = (a: Tensor, b: Tensor): Tensor => pairwiseDistance(a, b, { p, eps });
  return triplet("tripletMarginLoss", [anchor, positive, negative], { ...rest, distanceFunction });
}

/**
 * `tripletMarginLoss` with a distance of your own: `max(d(anchor, positive) - d(anchor, negative) + margin, 0)`, by default the mean. anchor,
 * positive, negative: float32 or 16-bit floats of one rank, shapes broadcast, as `distanceFunction` takes them -> a scalar, or the shape that
 * it returns with `"none"`.
 * Gradient: to all three, through the distance.
 * Errors: `ArgError` unless the distance is a function that returns a tensor, `ShapeError` if ranks differ or shapes do not broadcast, `DTypeError`.
 * @example tripletMarginWithDistanceLoss(x, x, y, { distanceFunction: (a, b) => a.sub(b).abs().amax(-1) }); // 0
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletDistanceOptions,
): Tensor {
  const op = "tripletMarginWithDistanceLoss";
  return triplet(op, [anchor, positive, negative], tripletDistanceOptions(op, options));
}

/**
 * For two batches of vectors and targets 1 (similar) or -1: `1 - cos(x1, x2)` where the target is 1, `max(cos(x1, x2) - margin, 0)` where it is -1;
 * by default the mean. The margin is 0 unless given. x1, x2: float32 or 16-bit floats [N, D], which broadcast, and target [N]; or [D] and a
 * scalar; a target may be a whole number of any dtype -> a scalar, or the shape of the target with `"none"`.
 * Gradient: to both vectors; 1e-12 is added to the squares of their lengths.
 * Errors: `ShapeError` if the shapes do not fit, `DTypeError` for bool and integers, `ArgError` for a margin that is not finite.
 * @example cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 2]]), tensor([1])); // 1
 */
export function cosineEmbeddingLoss(x1: Tensor, x2: Tensor, target: Tensor, options?: MarginLossOptions): Tensor {
  const op = "cosineEmbeddingLoss";
  const { margin, reduction } = lossOptions(op, options, NO_MARGIN);
  return scope(() => {
    const [a, b] = ofOneRank(op, ["x1", "x2"], [x1, x2]);
    checkAlive(op, target, "target");
    const fits = (x1.ndim === 1 || x1.ndim === 2) && target.ndim === x1.ndim - 1;
    if (!fits)
      throw new ShapeError(
        `${op}: x1, x2 and target must be [N, D], [N, D] and [N], or [D], [D] and a scalar, got ${[x1, x2, target].map(formatSpec).join(", ")}`,
      );
    const length = (x: Tensor): Tensor => sqrt(add(sum(square(x), -1), 1e-12));
    const cos = div(sum(mul(a, b), -1), mul(length(a), length(b)));
    broadcast(op, cos, target);
    const t = computable(target, op);
    const near = where(eq(t, 1), sub(1, cos), 0);
    return reduceLoss(add(near, where(eq(t, -1), positive(sub(cos, margin)), 0)), reduction);
  });
}
