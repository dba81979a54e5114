// Reductions over some or all dimensions.
import { checkFinite, checkNoMore } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { type DType, dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op, type Rule } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, type Shape, sameShape } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, div, floorDivide, maximum, minimum, mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { asFloat, type Binary, computable, widened } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, exp, log, square } from "../elementwise/unary.js";
import { gather } from "../move/gather.js";
import { detach, expand, reshape } from "../move/shape.js";
import {
  checkNotEmpty,
  countOf,
  DEFAULTS,
  type ReduceArgument,
  type ReduceKernel,
  type ReduceOptions,
  type Reduction,
  readArguments,
  readReduction,
  reduceBy,
  reducedShape,
  reducing,
  reductionOf,
  restore,
  type TrailingOptions,
} from "./reduction.js";

export type { ReduceArgument, ReduceOptions } from "./reduction.js";

type ReduceOp = Op<[x: Tensor], Reduction>;

/** Defines a reduction; the dtype of its result is that of x unless given. */
function reductionOp(
  name: string,
  kernel: (x: Tensor) => ReduceKernel,
  rule: Rule<[x: Tensor], Reduction> | null,
  saves?: readonly (number | "out")[],
  dtype?: DType,
): ReduceOp {
  return defineOp<[x: Tensor], Reduction>({
    name,
    infer: ([x], reduction) => ({ shape: reducedShape(x.shape, reduction), dtype: dtype ?? x.dtype }),
    forward: (out, [x], { dims }) => reduceBy(kernel(x), x, out, dims),
    ...(saves && { saves: [saves] }),
    backward: [rule],
  });
}

const sumOp: ReduceOp = reductionOp(
  "sum",
  (x) => (x.dtype === "int32" ? k.sumI32 : k.sum),
  (g, { shapes: [shape = []], attr: { dims } }) => expand(restore(g, shape, dims), shape),
);

/** @internal The sum of any dtype. */
export const sumOf = (x: Tensor, reduction: Reduction): Tensor => sumOp(computable(x, "sum"), reduction);

/**
 * Sum, over all dimensions or those given; 0 for no elements. x: any dtype, any shape -> the shape without those dimensions, or with size 1
 * for each (`keepdim`). Floats are summed in float32, in blocks, so that rounding stays small; bool and integers give int32, which wraps.
 * Gradient: g to every element.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example tensor([[1, 2], [3, 4]]).sum(1); // [3, 7]
 * @example tensor([[1, 2], [3, 4]]).sum({ dim: 1, keepdim: true }); // [[3], [7]]
 */
export function sum(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  const reduction = readReduction("sum", x, dim, options);
  // A scope costs more than the sum of a few numbers, and one operation needs none.
  return x.dtype === "float32" ? sumOp(x, reduction) : scope(() => sumOf(x, reduction));
}

/** Undoes broadcasting: sums a gradient over the repeated elements, so that it has the shape of the input. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.ndim - shape.length;
  const dims = g.shape.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
  return reshape(sumOp(g, { dims, keepdim: true }), shape);
}

/**
 * Mean: sum / count; NaN for no elements. x: float32 (convert masks first), any shape -> the shape without the given dimensions, or with
 * size 1 for each (`keepdim`). Gradient: g / count to every element.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice, `DTypeError` for bool and integers.
 * @example tensor([[1, 2], [3, 4]]).mean(0); // [2, 3]
 */
export function mean(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("mean", x, dim, options, (reduction) => div(sumOp(asFloat("mean", x), reduction), countOf(x, reduction)));
}

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the count: 1 for the unbiased estimate, 0 for that of the sample itself. */
  correction?: number;
}

/** @internal */
export const VARIANCE: typeof DEFAULTS & { correction: number } = { ...DEFAULTS, correction: 1 };

/**
 * @internal Deviations from the mean: `x - mean(x)`. The rounding error of the mean may be as large as the deviations, so the mean of the
 * deviations is subtracted as well. The first mean is a constant then: its value does not matter for the result or the gradient.
 */
export function deviations(x: Tensor, { dim }: ReduceOptions): Tensor {
  const rows = { dim, keepdim: true } as ReduceOptions;
  return scope(() => {
    const distances = sub(x, mean(detach(x), rows));
    return sub(distances, mean(distances, rows));
  });
}

/**
 * Variance around the mean, in two passes: `sum((x - mean)^2) / max(0, count - correction)`. Equal elements give exactly 0, also far from
 * 0. `correction` 1 (default) is the unbiased estimate, 0 that of the sample itself. x: float32, any shape -> the shape without the given
 * dimensions, or with size 1 for each (`keepdim`). Gradient: `2 (x - mean) / max(0, count - correction)`.
 * Errors: those of `mean`, and `ArgError` for a correction that is not finite.
 * @example tensor([1, 3]).variance({ correction: 0 }); // 1
 */
export function variance(
  x: Tensor,
  dim?: number | readonly number[] | VarianceOptions,
  options?: TrailingOptions<VarianceOptions>,
): Tensor {
  return varianceOf("variance", x, dim, options);
}

function varianceOf(op: string, x: Tensor, dim: unknown, options: unknown): Tensor {
  const read = readArguments(op, x, dim, options, VARIANCE);
  const correction = checkFinite(op, "correction", read.correction);
  const reduction = reductionOf(op, x, read);
  return scope(() => {
    const squares = square(deviations(asFloat(op, x), { dim: reduction.dims }));
    return div(sumOp(squares, reduction), Math.max(0, countOf(x, reduction) - correction));
  });
}

/** The root of a variance. Its gradient at 0, where all elements are equal, is 0: the middle of its values nearby. */
const rootOfVariance: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "std",
  infer: ([x]) => x,
  forward: (out, [x]) => k.sqrt(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  // A divisor of infinity, not a choice after the division, keeps the second derivative from 0 / 0.
  backward: [(g, { out }) => div(mul(g, 0.5), where(eq(out, 0), Infinity, out))],
});

/**
 * Standard deviation: the root of `variance`, with its options `correction` and `keepdim`. x: float32, any shape -> the shape without the
 * given dimensions. Gradient: `(x - mean) / (std max(0, count - correction))`, 0 where all elements are equal.
 * Errors: those of `variance`.
 * @example tensor([1, 3]).std({ correction: 0 }); // 1
 */
export function std(x: Tensor, dim?: number | readonly number[] | VarianceOptions, options?: TrailingOptions<VarianceOptions>): Tensor {
  return scope(() => rootOfVariance(varianceOf("std", x, dim, options)));
}

const defineExtreme = (name: string, kernel: () => ReduceKernel): ReduceOp =>
  reductionOp(
    name,
    kernel,
    (g, { inputs: [x], out, attr: { dims } }) => {
      const hit = to(eq(x, restore(out, x.shape, dims)), "float32");
      return mul(hit, div(restore(g, x.shape, dims), sumOp(hit, { dims, keepdim: true })));
    },
    [0, "out"],
  );

const amaxOp: ReduceOp = defineExtreme("amax", () => k.amax);
const aminOp: ReduceOp = defineExtreme("amin", () => k.amin);

/**
 * The extreme upper half of the elements of an int32 tensor, and the lower halves of those elements that have it, which decide: float32 has
 * only 24 bits. Lower halves of the others lose against all.
 */
function halvesOf(op: ReduceOp, x: Tensor, dims: readonly number[]): [upper: Tensor, lowers: Tensor] {
  const upper = floorDivide(x, 65536);
  const uppers = to(upper, "float32");
  const best = op(uppers, { dims, keepdim: true });
  return [best, where(eq(uppers, best), to(sub(x, mul(upper, 65536)), "float32"), op === amaxOp ? -1 : 65536)];
}

/** Whether float32 holds every value of a dtype. */
const fitsFloat = ({ dtype }: Tensor): boolean => dtypes[dtype].bits < 32 || dtype === "float32";

/** `amax` or `amin` of any dtype. */
function extremeOf(op: ReduceOp, x: Tensor, dim: unknown, options: unknown): Tensor {
  const { name } = op.def;
  const reduction = readReduction(name, x, dim, options);
  checkNotEmpty(name, x, countOf(x, reduction));
  if (x.dtype === "float32") return op(x, reduction);
  return scope(() => {
    const y = widened(name, x);
    if (fitsFloat(y)) return to(op(to(y, "float32"), reduction), y.dtype);
    const [upper, lowers] = halvesOf(op, computable(y, name), reduction.dims);
    const lower = op(lowers, reduction);
    return to(add(mul(reshape(to(upper, "int32"), lower.shape), 65536), to(lower, "int32")), y.dtype);
  });
}

/**
 * Largest element, over all dimensions or those given; NaN if there is one. x: any dtype, any shape -> the shape without those dimensions, or
 * with size 1 for each (`keepdim`). Gradient: shared equally by all that are largest.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
 * @example tensor([[1, 2], [3, 4]]).amax(1); // [2, 4]
 */
export function amax(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return extremeOf(amaxOp, x, dim, options);
}

/**
 * Smallest element, over all dimensions or those given; NaN if there is one. x: any dtype, any shape -> the shape without those dimensions,
 * or with size 1 for each (`keepdim`). Gradient: shared equally by all that are smallest.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
 * @example tensor([[1, 2], [3, 4]]).amin(1); // [1, 3]
 */
export function amin(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return extremeOf(aminOp, x, dim, options);
}

const argmaxOp: ReduceOp = reductionOp("argmax", () => k.argmax, null, undefined, "int32");
const argminOp: ReduceOp = reductionOp("argmin", () => k.argmin, null, undefined, "int32");

/** `argmax` or `argmin` of any dtype. */
function positionOf(op: ReduceOp, name: string, x: Tensor, reduction: Reduction): Tensor {
  checkNotEmpty(name, x, countOf(x, reduction));
  if (x.dtype === "float32") return op(x, reduction);
  const extreme = op === argmaxOp ? amaxOp : aminOp;
  return scope(() => op(fitsFloat(x) ? to(x, "float32") : halvesOf(extreme, computable(x, name), reduction.dims)[1], reduction));
}

/** One dimension, or options. @inline */
type OneArgument = number | { dim?: number; keepdim?: boolean };

function readOneDim(op: string, x: Tensor, argument: unknown, trailing: unknown): Reduction {
  const read = readArguments(op, x, argument, trailing, DEFAULTS);
  if (read.dim !== undefined) checkDim(op, read.dim as number, x.ndim);
  return reductionOf(op, x, read);
}

/** `argmax` or `argmin` along the dimension that the arguments name. */
function positionsIn(op: ReduceOp, x: Tensor, dim: unknown, options: unknown): Tensor {
  const { name } = op.def;
  return positionOf(op, name, x, readOneDim(name, x, dim, options));
}

/**
 * Position of the largest element along `dim`, or in the flattened tensor: the first one, or the first NaN. x: any dtype, any shape -> int32
 * without that dimension, or with size 1 for it (`keepdim`). Gradient: none.
 * Errors: `ArgError` for no elements or several dimensions, `IndexError` for a dimension outside the rank.
 * @example tensor([[1, 2], [4, 3]]).argmax(1); // [1, 0]
 */
export function argmax(x: Tensor, dim?: OneArgument, options?: { keepdim?: boolean }): Tensor {
  return positionsIn(argmaxOp, x, dim, options);
}

/**
 * Position of the smallest element along `dim`, or in the flattened tensor: the first one, or the first NaN. x: any dtype, any shape -> int32
 * without that dimension, or with size 1 for it (`keepdim`). Gradient: none.
 * Errors: `ArgError` for no elements or several dimensions, `IndexError` for a dimension outside the rank.
 * @example tensor([[1, 2], [4, 3]]).argmin(1); // [0, 1]
 */
export function argmin(x: Tensor, dim?: OneArgument, options?: { keepdim?: boolean }): Tensor {
  return positionsIn(argminOp, x, dim, options);
}

/** Values and where they were found, as `max`, `min` and `maxPool2dWithIndices` give them. */
export interface ValuesAndIndices {
  /** The values, in the dtype of the input. */
  values: Tensor;
  /** Where each value was found, int32 in the shape of `values`. No gradient. */
  indices: Tensor;
}

function extremes(
  name: "max" | "min",
  all: typeof amax,
  both: Binary,
  op: ReduceOp,
  x: Tensor,
  dim: number | Tensor | undefined,
  options: unknown,
): Tensor | ValuesAndIndices {
  if (dim === undefined) return all(x, undefined, options as object);
  if (dim instanceof Tensor) {
    if (options !== undefined) checkNoMore(name, [options]);
    return both(x, dim);
  }
  if (typeof dim !== "number")
    throw new ArgError(`${name}: dim must be a whole number or the other tensor, got ${describe(dim)}; write x.${name}(1)`);
  const reduction = readOneDim(name, x, dim, options);
  return scope(() => {
    const found = positionOf(op, name, x, { ...reduction, keepdim: true });
    const result = (y: Tensor): Tensor => reshape(y, reducedShape(x.shape, reduction));
    return { values: result(gather(widened(name, x), dim, found)), indices: result(found) };
  });
}

/**
 * Largest element of all, a scalar; with a dimension, the largest along it and where it is (the first one), in the shape of x without that
 * dimension, or with size 1 for it (`keepdim`); with another tensor, `maximum`. x: any dtype, any shape.
 * Gradient: of `max(x)` shared equally by all that are largest, of `max(x, dim)` to the one element chosen.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
 * @example max(tensor([[1, 2], [4, 3]])); // 4
 * @example const { values, indices } = max(tensor([[1, 2], [4, 3]]), 1);
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, other: Tensor): Tensor;
export function max(x: Tensor, dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
export function max(x: Tensor, dim?: number | Tensor, options?: { keepdim?: boolean }): Tensor | ValuesAndIndices {
  return extremes("max", amax, maximum, argmaxOp, x, dim, options);
}

/**
 * Smallest element of all, a scalar; with a dimension, the smallest along it and where it is (the first one), in the shape of x without
 * that dimension, or with size 1 for it (`keepdim`); with another tensor, `minimum`. x: any dtype, any shape.
 * Gradient: of `min(x)` shared equally by all that are smallest, of `min(x, dim)` to the one element chosen.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
 * @example min(tensor([[1, 2], [4, 3]])); // 1
 * @example const { values, indices } = min(tensor([[1, 2], [4, 3]]), 1);
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, other: Tensor): Tensor;
export function min(x: Tensor, dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
export function min(x: Tensor, dim?: number | Tensor, options?: { keepdim?: boolean }): Tensor | ValuesAndIndices {
  return extremes("min", amin, minimum, argminOp, x, dim, options);
}

/**
 * `log(sum(exp(x)))` without overflow: the largest element is taken out first. -inf for no elements or if all are -inf. x: float32, any
 * shape -> the shape without the given dimensions, or with size 1 for each (`keepdim`). Gradient: `g softmax(x)` along those dimensions.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice, `DTypeError` unless x is float32.
 * @example tensor([[0, 0], [1, 1]]).logsumexp(1); // [0.6931, 1.6931]
 */
export function logsumexp(x: Tensor, dim: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("logsumexp", x, dim, options, (reduction) => {
    const y = asFloat("logsumexp", x);
    if (countOf(y, reduction) === 0) return log(sumOp(y, reduction));
    const largest = amaxOp(detach(y), { ...reduction, keepdim: true });
    // An infinite maximum must not be subtracted from itself.
    const shift = where(eq(abs(largest), Infinity), 0, largest);
    const total = log(sumOp(exp(sub(y, shift)), reduction));
    return add(total, reshape(shift, total.shape));
  });
}
