// Reductions over some or all dimensions. A kernel sees [outer, n, inner] and reduces n.
import { checkBoolean, checkFinite } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkDims, formatSpec, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, emptyUnscoped, Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { asFloat, computable, floatOp } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, exp, log, square } from "../elementwise/unary.js";
import { scatterAdd } from "../move/gather.js";
import { detach, expand, reshape } from "../move/shape.js";

type ReduceKernel = (x: number, out: number, outer: number, n: number, inner: number, columns: number) => void;

/** Options of every reduction. */
export interface ReduceOptions {
  /** Dimensions to reduce, negative ones counted from the end; all unless given. */
  dim?: number | readonly number[];
  /** Whether reduced dimensions stay, with size 1; false unless given. */
  keepdim?: boolean;
}

/** What a reduction takes: `x.sum()`, `x.sum(1)`, `x.sum([0, 2])`, `x.sum({ dim: 1, keepdim: true })`. */
export type ReduceArgument = number | readonly number[] | ReduceOptions;

interface Reduction {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** Options that come after a dimension: `x.sum(1, { keepdim: true })`. @inline */
type TrailingOptions<Options> = Omit<Options, "dim">;

const DEFAULTS: { dim: number | readonly number[] | undefined; keepdim: boolean } = { dim: undefined, keepdim: false };

/** Reads `(dim, options)` or `(options)` as one object of options, with `defaults` filled in. */
function readArguments<Options extends { dim: unknown }>(op: string, argument: unknown, trailing: unknown, defaults: Options): Options {
  if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) {
    if (trailing !== undefined) throw new ArgError(`${op}: options come once, got ${describe(argument)} and ${describe(trailing)}`);
    return readOptions(op, argument, defaults);
  }
  if (trailing === undefined) return argument === undefined ? defaults : { ...defaults, dim: argument };
  const { dim: _, ...others } = defaults;
  return { ...defaults, ...readOptions(op, trailing, others), dim: argument };
}

function readReduction(op: string, x: Tensor, argument: ReduceArgument | undefined, trailing: unknown): Reduction {
  const { dim, keepdim } = readArguments(op, argument, trailing, DEFAULTS);
  checkBoolean(op, "keepdim", keepdim);
  checkAlive(op, x, "x");
  return { dims: checkDims(op, dim, x.ndim), keepdim };
}

function reducedShape(shape: Shape, { dims, keepdim }: Reduction): Shape {
  return keepdim ? shape.map((size, i) => (dims.includes(i) ? 1 : size)) : shape.filter((_, i) => !dims.includes(i));
}

/** Restores the rank of a reduced tensor, with size 1 for reduced dimensions, so that it broadcasts. */
function restore(reduced: Tensor, shape: Shape, dims: readonly number[]): Tensor {
  return reshape(
    reduced,
    shape.map((size, i) => (dims.includes(i) ? 1 : size)),
  );
}

/** Runs a kernel once for each group of neighbouring dimensions, the last group first. */
function reduceBy(kernel: ReduceKernel, x: Tensor, out: Tensor, dims: readonly number[]): void {
  const stretches: [start: number, end: number][] = [];
  for (const dim of dims) {
    const last = stretches.at(-1);
    if (last && last[1] === dim) last[1] = dim + 1;
    else stretches.push([dim, dim + 1]);
  }
  if (stretches.length === 0) stretches.push([0, 0]);
  const shape = [...x.shape];
  let from = x;
  for (let i = stretches.length - 1; i >= 0; i--) {
    const [start, end] = stretches[i] as [number, number];
    const outer = sizeOf(shape.slice(0, start));
    const n = sizeOf(shape.slice(start, end));
    const inner = sizeOf(shape.slice(end));
    const into = i === 0 ? out : emptyUnscoped([outer * inner], out.dtype);
    kernel(from.ptr, into.ptr, outer, n, inner, inner);
    if (from !== x) from.dispose();
    shape.splice(start, end - start);
    from = into;
  }
}

const sumOp: Op<[x: Tensor], Reduction> = defineOp<[x: Tensor], Reduction>({
  name: "sum",
  infer: ([x], reduction) => ({ shape: reducedShape(x.shape, reduction), dtype: x.dtype }),
  forward: (out, [x], { dims }) => reduceBy(x.dtype === "int32" ? k.sumI32 : k.sum, x, out, dims),
  backward: [(g, { shapes: [shape = []], attr: { dims } }) => expand(restore(g, shape, dims), shape)],
});

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
  return scope(() => sumOp(computable(x, "sum"), reduction));
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
  const reduction = readReduction("mean", x, dim, options);
  return scope(() => div(sumOp(asFloat("mean", x), reduction), countOf(x, reduction)));
}

function countOf(x: Tensor, { dims }: Reduction): number {
  return dims.reduce((count, d) => count * (x.shape[d] as number), 1);
}

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the count: 1 for the unbiased estimate, 0 for that of the sample itself. */
  correction?: number;
}

const VARIANCE = { ...DEFAULTS, correction: 1 };

function readVariance(op: string, x: Tensor, argument: unknown, trailing: unknown): Reduction & { correction: number } {
  const { dim, keepdim, correction } = readArguments(op, argument, trailing, VARIANCE);
  checkBoolean(op, "keepdim", keepdim);
  checkFinite(op, "correction", correction);
  checkAlive(op, x, "x");
  return { dims: checkDims(op, dim, x.ndim), keepdim, correction };
}

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
 * 0. `correction` 1 (default) is the unbiased estimate, 0 that of the sample itself. x: float32 or 16-bit floats, any shape -> the shape without the given
 * dimensions, or with size 1 for each (`keepdim`). Gradient: `2 (x - mean) / max(0, count - correction)`.
 * Errors: those of `mean`, and `ArgError` for a correction that is not finite.
 * @example tensor([1, 3]).variance({ correction: 0 }); // 1
 */
export function variance(
  x: Tensor,
  dim?: number | readonly number[] | VarianceOptions,
  options?: TrailingOptions<VarianceOptions>,
): Tensor {
  return varianceOf("variance", x, readVariance("variance", x, dim, options));
}

function varianceOf(op: string, x: Tensor, reduction: Reduction & { correction: number }): Tensor {
  return scope(() => {
    const squares = square(deviations(asFloat(op, x), { dim: reduction.dims }));
    return div(sumOp(squares, reduction), Math.max(0, countOf(x, reduction) - reduction.correction));
  });
}

/** The root of a variance. Its gradient at 0, where all elements are equal, is 0: the middle of its values nearby. */
const rootOfVariance: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "std",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [x]) => k.sqrt(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  // A divisor of infinity, not a choice after the division, keeps the second derivative from 0 / 0.
  backward: [(g, { out }) => div(mul(g, 0.5), where(eq(out, 0), Number.POSITIVE_INFINITY, out))],
});

/**
 * Standard deviation: the root of `variance`, with its options `correction` and `keepdim`. x: float32 or 16-bit floats, any shape -> the shape without the
 * given dimensions. Gradient: `(x - mean) / (std max(0, count - correction))`, 0 where all elements are equal.
 * Errors: those of `variance`.
 * @example tensor([1, 3]).std({ correction: 0 }); // 1
 */
export function std(x: Tensor, dim?: number | readonly number[] | VarianceOptions, options?: TrailingOptions<VarianceOptions>): Tensor {
  const reduction = readVariance("std", x, dim, options);
  return scope(() => rootOfVariance(varianceOf("std", x, reduction)));
}

/** Throws `ArgError` if there are no elements to choose from. */
function checkNotEmpty(name: string, x: Tensor, reduction: Reduction): void {
  if (countOf(x, reduction) === 0)
    throw new ArgError(`${name}: nothing to choose from in dims [${reduction.dims.join(", ")}] of ${formatSpec(x)}`);
}

function defineExtreme(name: "amax" | "amin", kernel: () => ReduceKernel): Op<[x: Tensor], Reduction> {
  return floatOp<Reduction>({
    name,
    infer: ([x], reduction) => {
      checkFloat(name, x);
      checkNotEmpty(name, x, reduction);
      return { shape: reducedShape(x.shape, reduction), dtype: "float32" };
    },
    forward: (out, [x], { dims }) => reduceBy(kernel(), x, out, dims),
    saves: [[0, "out"]],
    backward: [
      (g, { inputs: [x], out, attr: { dims } }) => {
        const hit = to(eq(x, restore(out, x.shape, dims)), "float32");
        const each = div(restore(g, x.shape, dims), sumOp(hit, { dims, keepdim: true }));
        return mul(hit, each);
      },
    ],
  });
}

const amaxOp: Op<[x: Tensor], Reduction> = defineExtreme("amax", () => k.amax);
const aminOp: Op<[x: Tensor], Reduction> = defineExtreme("amin", () => k.amin);

/**
 * Largest element, over all dimensions or those given; NaN if there is one. x: float32 or 16-bit floats, any shape -> the shape without those dimensions, or
 * with size 1 for each (`keepdim`). Gradient: shared equally by all that are largest.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank, `DTypeError` for bool and integers.
 * @example tensor([[1, 2], [3, 4]]).amax(1); // [2, 4]
 */
export function amax(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return amaxOp(x, readReduction("amax", x, dim, options));
}

/**
 * Smallest element, over all dimensions or those given; NaN if there is one. x: float32 or 16-bit floats, any shape -> the shape without those dimensions,
 * or with size 1 for each (`keepdim`). Gradient: shared equally by all that are smallest.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank, `DTypeError` for bool and integers.
 * @example tensor([[1, 2], [3, 4]]).amin(1); // [1, 3]
 */
export function amin(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return aminOp(x, readReduction("amin", x, dim, options));
}

function defineArgExtreme(name: "argmax" | "argmin", kernel: () => ReduceKernel): Op<[x: Tensor], Reduction> {
  return floatOp<Reduction>({
    name,
    infer: ([x], reduction) => {
      checkFloat(name, x);
      checkNotEmpty(name, x, reduction);
      return { shape: reducedShape(x.shape, reduction), dtype: "int32" };
    },
    forward: (out, [x], { dims }) => reduceBy(kernel(), x, out, dims),
    backward: [null],
  });
}

const argmaxOp: Op<[x: Tensor], Reduction> = defineArgExtreme("argmax", () => k.argmax);
const argminOp: Op<[x: Tensor], Reduction> = defineArgExtreme("argmin", () => k.argmin);

/** One dimension, or options. @inline */
type OneArgument = number | { dim?: number; keepdim?: boolean };

function readOneDim(op: string, x: Tensor, argument: unknown, trailing: unknown): Reduction {
  const { dim, keepdim } = readArguments(op, argument, trailing, DEFAULTS);
  checkBoolean(op, "keepdim", keepdim);
  checkAlive(op, x, "x");
  if (dim === undefined) return { dims: x.shape.map((_, i) => i), keepdim };
  const checked = checkDim(op, dim as number, x.ndim);
  return { dims: x.ndim === 0 ? [] : [checked], keepdim };
}

/**
 * Position of the largest element along `dim`, or in the flattened tensor: the first one, or the first NaN. x: float32 or 16-bit floats, any shape -> int32
 * without that dimension, or with size 1 for it (`keepdim`). Gradient: none.
 * Errors: `ArgError` for no elements or several dimensions, `IndexError` for a dimension outside the rank, `DTypeError` unless x is
 * float32.
 * @example tensor([[1, 2], [4, 3]]).argmax(1); // [1, 0]
 */
export function argmax(x: Tensor, dim?: OneArgument, options?: { keepdim?: boolean }): Tensor {
  return argmaxOp(x, readOneDim("argmax", x, dim, options));
}

/**
 * Position of the smallest element along `dim`, or in the flattened tensor: the first one, or the first NaN. x: float32 or 16-bit floats, any shape -> int32
 * without that dimension, or with size 1 for it (`keepdim`). Gradient: none.
 * Errors: `ArgError` for no elements or several dimensions, `IndexError` for a dimension outside the rank, `DTypeError` unless x is
 * float32.
 * @example tensor([[1, 2], [4, 3]]).argmin(1); // [0, 1]
 */
export function argmin(x: Tensor, dim?: OneArgument, options?: { keepdim?: boolean }): Tensor {
  return argminOp(x, readOneDim("argmin", x, dim, options));
}

/** Values and where they were found, as `max`, `min` and `maxPool2dWithIndices` give them. */
export interface ValuesAndIndices {
  /** The values, float32. */
  values: Tensor;
  /** Where each value was found, int32 in the shape of `values`. No gradient. */
  indices: Tensor;
}

/** Defines an operation for the extreme values along one dimension and their positions; of equal values, the first. */
function defineExtremeAlong(name: "maxAlong" | "minAlong", kernel: () => ReduceKernel): Op<[x: Tensor], Reduction, Extremes> {
  return defineOp<[x: Tensor], Reduction, Extremes>({
    name,
    several: true,
    differentiable: [true, false],
    infer: ([x], reduction) => {
      const shape = reducedShape(x.shape, reduction);
      return [
        { shape, dtype: "float32" },
        { shape, dtype: "int32" },
      ];
    },
    forward: ([values, indices], [x], { dims: [dim = 0] }) => {
      const [outer, n, inner] = [sizeOf(x.shape.slice(0, dim)), x.shape[dim] ?? 1, sizeOf(x.shape.slice(dim + 1))];
      kernel()(x.ptr, indices.ptr, outer, n, inner, inner);
      k.gather32(x.ptr, indices.ptr, values.ptr, outer, n, 1, inner);
    },
    backward: {
      inputs: [true],
      saves: ["out:1"],
      rule: ([g], { out: [, indices], shapes: [shape = []], attr: { dims } }) => {
        const [dim] = dims;
        if (g === undefined || dim === undefined) return [g];
        return [scatterAdd(zeros(shape), dim, restore(indices, shape, dims), restore(g, shape, dims))];
      },
    },
  });
}

type Extremes = readonly [values: Tensor, indices: Tensor];

const maxAlong: Op<[x: Tensor], Reduction, Extremes> = defineExtremeAlong("maxAlong", () => k.argmax);
const minAlong: Op<[x: Tensor], Reduction, Extremes> = defineExtremeAlong("minAlong", () => k.argmin);

function valuesAndIndices(
  op: Op<[x: Tensor], Reduction, Extremes>,
  name: string,
  x: Tensor,
  dim: number,
  options: unknown,
): ValuesAndIndices {
  if (typeof dim !== "number") {
    const hint = (dim as unknown) instanceof Tensor ? `the ${name} of two tensors is ${name}imum(a, b)` : `write x.${name}(1)`;
    throw new ArgError(`${name}: dim must be a whole number, got ${describe(dim)}; ${hint}`);
  }
  const reduction = readOneDim(name, x, dim, options);
  checkNotEmpty(name, x, reduction);
  return scope(() => {
    const [values, indices] = op(asFloat(name, x), reduction);
    return { values, indices };
  });
}

/**
 * Largest element of all, a scalar; with a dimension, the largest along it and where it is (the first one), in the shape of x without that
 * dimension, or with size 1 for it (`keepdim`). x: float32 or 16-bit floats, any shape.
 * Gradient: of `max(x)` shared equally by all that are largest, of `max(x, dim)` to the one element chosen.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank, `DTypeError` for bool and integers.
 * @example max(tensor([[1, 2], [4, 3]])); // 4
 * @example const { values, indices } = max(tensor([[1, 2], [4, 3]]), 1);
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
export function max(x: Tensor, dim?: number, options?: { keepdim?: boolean }): Tensor | ValuesAndIndices {
  return dim === undefined ? amax(x, undefined, options) : valuesAndIndices(maxAlong, "max", x, dim, options);
}

/**
 * Smallest element of all, a scalar; with a dimension, the smallest along it and where it is (the first one), in the shape of x without
 * that dimension, or with size 1 for it (`keepdim`). x: float32 or 16-bit floats, any shape.
 * Gradient: of `min(x)` shared equally by all that are smallest, of `min(x, dim)` to the one element chosen.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank, `DTypeError` for bool and integers.
 * @example min(tensor([[1, 2], [4, 3]])); // 1
 * @example const { values, indices } = min(tensor([[1, 2], [4, 3]]), 1);
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
export function min(x: Tensor, dim?: number, options?: { keepdim?: boolean }): Tensor | ValuesAndIndices {
  return dim === undefined ? amin(x, undefined, options) : valuesAndIndices(minAlong, "min", x, dim, options);
}

/**
 * `log(sum(exp(x)))` without overflow: the largest element is taken out first. -inf for no elements or if all are -inf. x: float32, any
 * shape -> the shape without the given dimensions, or with size 1 for each (`keepdim`). Gradient: `g softmax(x)` along those dimensions.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice, `DTypeError` for bool and integers.
 * @example tensor([[0, 0], [1, 1]]).logsumexp(1); // [0.6931, 1.6931]
 */
export function logsumexp(x: Tensor, dim: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  const reduction = readReduction("logsumexp", x, dim, options);
  return scope(() => logsumexpOf(asFloat("logsumexp", x), reduction));
}

function logsumexpOf(x: Tensor, reduction: Reduction): Tensor {
  if (countOf(x, reduction) === 0) return log(sumOp(x, reduction));
  const largest = amaxOp(detach(x), { ...reduction, keepdim: true });
  // An infinite maximum must not be subtracted from itself.
  const shift = where(eq(abs(largest), Number.POSITIVE_INFINITY), 0, largest);
  const total = log(sumOp(exp(sub(x, shift)), reduction));
  return add(total, reshape(shift, total.shape));
}
