// What reductions share: their arguments, the shapes of their results, and the calls of kernels, which see [outer, n, inner] and reduce n.
import { checkBoolean } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { checkDims, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
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

/** Reads `(dim, options)` or `(options)` as one object of options, with `defaults` filled in. */
export function readArguments<Options extends { dim: unknown }>(
  op: string,
  argument: unknown,
  trailing: unknown,
  defaults: Options,
): Options {
  if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) {
    if (trailing !== undefined) throw new ArgError(`${op}: options come once, got ${describe(argument)} and ${describe(trailing)}`);
    return readOptions(op, argument, defaults);
  }
  if (trailing === undefined) return argument === undefined ? defaults : { ...defaults, dim: argument };
  const { dim: _, ...others } = defaults;
  return { ...defaults, ...readOptions(op, trailing, others), dim: argument };
}

/** The dimensions to reduce, in ascending order: all for none and, as in PyTorch, for an empty list. */
export function reducedDims(op: string, dim: number | readonly number[] | undefined, rank: number): number[] {
  return checkDims(op, Array.isArray(dim) && dim.length === 0 ? undefined : dim, rank);
}

export function readReduction(op: string, x: Tensor, argument: ReduceArgument | undefined, trailing: unknown): Reduction {
  const { dim, keepdim } = readArguments(op, argument, trailing, DEFAULTS);
  checkBoolean(op, "keepdim", keepdim);
  checkAlive(op, x, "x");
  return { dims: reducedDims(op, dim, x.ndim), keepdim };
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
export function reduceBy(kernel: ReduceKernel, x: Tensor, out: Tensor, dims: readonly number[]): void {
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

export function countOf(x: Tensor, { dims }: Reduction): number {
  return dims.reduce((count, d) => count * (x.shape[d] as number), 1);
}

/** Throws `ArgError` if there are no elements to choose from. */
export function checkNotEmpty(name: string, x: Tensor, reduction: Reduction): void {
  if (countOf(x, reduction) === 0)
    throw new ArgError(`${name}: nothing to choose from in dims [${reduction.dims.join(", ")}] of ${formatSpec(x)}`);
}
