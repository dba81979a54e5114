// What reductions share: their arguments, the shapes of their results, and the calls of kernels, which see [outer, n, inner] and reduce n.
import { checkNoMore } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { aroundDim, checkDims, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, emptyUnscoped, type Tensor } from "../../tensor/tensor.js";
import { reshape } from "../move/shape.js";

export type ReduceKernel = (x: number, out: number, outer: number, n: number, inner: number, columns: number) => void;

/** Options of every reduction. */
export interface ReduceOptions {
  /** Dimensions to reduce, negative ones counted from the end; all unless given, and for an empty list. */
  dim?: number | readonly number[];
  /** Whether reduced dimensions stay, with size 1; false unless given. */
  keepdim?: boolean;
}

/** What a reduction takes: `x.sum()`, `x.sum(1)`, `x.sum([0, 2])`, `x.sum({ dim: 1, keepdim: true })`. */
export type ReduceArgument = number | readonly number[] | ReduceOptions;

export interface Reduction {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

/** Options that come after a dimension: `x.sum(1, { keepdim: true })`. @inline */
export type TrailingOptions<Options> = Omit<Options, "dim">;

export const DEFAULTS: { dim: number | readonly number[] | undefined; keepdim: boolean } = { dim: undefined, keepdim: false };

/** Reads `(dim, options)` or `(options)` as one object of options, with `defaults` filled in. Also checks the tensor. */
export function readArguments<Options extends { dim: unknown }>(
  op: string,
  x: Tensor,
  argument: unknown,
  trailing: unknown,
  defaults: Options,
): Options {
  checkAlive(op, x, "x");
  if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) {
    if (trailing !== undefined) checkNoMore(op, [trailing]);
    return readOptions(op, argument, defaults) as Options;
  }
  if (trailing === undefined) return argument === undefined ? defaults : { ...defaults, dim: argument };
  const { dim: _, ...others } = defaults;
  return { ...defaults, ...readOptions(op, trailing, others), dim: argument };
}

/** The dimensions to reduce, in ascending order: all for none and, as in PyTorch, for an empty list. */
export function reductionOf(op: string, x: Tensor, { dim, keepdim }: typeof DEFAULTS): Reduction {
  return { dims: checkDims(op, Array.isArray(dim) && dim.length === 0 ? undefined : dim, x.ndim), keepdim };
}

export function readReduction(op: string, x: Tensor, argument: unknown, trailing: unknown): Reduction {
  return reductionOf(op, x, readArguments(op, x, argument, trailing, DEFAULTS));
}

/** Reads the arguments of a reduction, and computes it in a scope. */
export function reducing<Result>(
  op: string,
  x: Tensor,
  argument: unknown,
  trailing: unknown,
  run: (reduction: Reduction) => Result,
): Result {
  const reduction = readReduction(op, x, argument, trailing);
  return scope(() => run(reduction));
}

export function reducedShape(shape: Shape, { dims, keepdim }: Reduction): Shape {
  return keepdim ? shape.map((size, i) => (dims.includes(i) ? 1 : size)) : shape.filter((_, i) => !dims.includes(i));
}

/** Restores the rank of a reduced tensor, with size 1 for reduced dimensions, so that it broadcasts. */
export function restore(reduced: Tensor, shape: Shape, dims: readonly number[]): Tensor {
  return reshape(
    reduced,
    shape.map((size, i) => (dims.includes(i) ? 1 : size)),
  );
}

/** Runs a kernel once for each group of neighbouring dimensions, the last group first. */
export function reduceBy(kernel: ReduceKernel, x: Tensor, out: Tensor, dims: readonly number[], shape: Shape = x.shape): void {
  let first = Math.max(dims.length - 1, 0);
  while (first > 0 && dims[first - 1] === (dims[first] as number) - 1) first--;
  const [start = 0, count] = [dims[first], dims.length - first];
  const [outer, n, inner] = aroundDim(shape, start, count);
  const into = first > 0 ? emptyUnscoped([outer * inner], out.dtype) : out;
  kernel(x.ptr, into.ptr, outer, n, inner, inner);
  if (into === out) return;
  reduceBy(kernel, into, out, dims.slice(0, first), shape.toSpliced(start, count));
  into.dispose();
}

export const countOf = ({ shape }: Tensor, { dims }: Reduction): number => sizeOf(dims.map((d) => shape[d] as number));

/** Throws `ArgError` if there are no elements to choose from. */
export function checkNotEmpty(op: string, x: Tensor, count: number): void {
  if (count === 0) throw new ArgError(`${op}: nothing to choose from in ${formatSpec(x)}`);
}
