// Selection along one dimension: the kernels work on the last one, so others are brought there.
import { scope } from "../../tensor/scope.js";
import { checkDim } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { gather } from "../move/gather.js";
import { reshape, squeeze, transpose } from "../move/shape.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { readArguments } from "../reduce/reduction.js";

/** A dimension, or options that contain it. @inline */
export type DimOr<Options> = number | ({ dim?: number } & Options);

/** Options of operations that reduce one dimension to one of its elements. */
export interface PickOptions {
  /** Whether the dimension stays, with size 1; false unless given. */
  keepdim?: boolean;
}

const PICK: { dim: number; keepdim: boolean } = { dim: -1, keepdim: false };

/** Reads `(dim, options)` or `(options)`, and checks `x` and the dimension. */
export function readDim<Options extends { dim: number }>(
  op: string,
  x: Tensor,
  dim: unknown,
  options: unknown,
  defaults: Options,
): Options {
  const read = readArguments(op, x, dim, options, defaults);
  return { ...read, dim: checkDim(op, read.dim, x.ndim) };
}

const swapLast = (x: Tensor, dim: number): Tensor => (dim === x.ndim - 1 ? x : transpose(x, dim, -1));

/** A copy of `x` whose last dimension is `dim`, or `x` if it is that already; a scalar becomes a vector. */
export function toLast(x: Tensor, dim: number): Tensor {
  return x.ndim === 0 ? reshape(x, [1]) : swapLast(x, dim);
}

/** Brings the last dimension of `y` back to its place in `x`, or removes it. */
export function fromLast(y: Tensor, x: Tensor, dim: number, keepdim: boolean): Tensor {
  if (x.ndim === 0) return reshape(y, []);
  const placed = swapLast(y, dim);
  return keepdim ? placed : squeeze(placed, dim);
}

/** The elements of `x` at the positions along `dim` that `find` returns for `x` with this dimension last. */
export function pick(x: Tensor, dim: number, keepdim: boolean, find: (last: Tensor) => Tensor): ValuesAndIndices {
  return scope(() => {
    const last = toLast(x, dim);
    const found = find(last);
    return { values: fromLast(gather(last, -1, found), x, dim, keepdim), indices: fromLast(found, x, dim, keepdim) };
  });
}

/** The same for operations that take `(dim, options)`, of which `keepdim` is one. */
export function picking(op: string, x: Tensor, dim: unknown, options: unknown, find: (last: Tensor) => Tensor): ValuesAndIndices {
  const read = readDim(op, x, dim, options, PICK);
  return pick(x, read.dim, read.keepdim, find);
}
