// Selection along one dimension: the kernels work on the last one, so others are brought there.
import { checkBoolean } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
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

export const PICK: { dim: number; keepdim: boolean } = { dim: -1, keepdim: false };

/** Reads `(dim, options)` or `(options)`, and checks `x` and the dimension. */
export function readDim<Options extends { dim: number }>(
  op: string,
  x: Tensor,
  dim: unknown,
  options: unknown,
  defaults: Options,
): Options {
  const read = readArguments(op, dim, options, defaults);
  checkAlive(op, x, "x");
  for (const [name, value] of Object.entries(read)) if (typeof defaults[name as keyof Options] === "boolean") checkBoolean(op, name, value);
  return { ...read, dim: checkDim(op, read.dim, x.ndim) };
}

/** A copy of `x` whose last dimension is `dim`, or `x` if it is that already; a scalar becomes a vector. */
export function toLast(x: Tensor, dim: number): Tensor {
  if (x.ndim === 0) return reshape(x, [1]);
  return dim === x.ndim - 1 ? x : transpose(x, dim, -1);
}

/** Brings the last dimension of `y` back to its place in `x`, or removes it. */
export function fromLast(y: Tensor, x: Tensor, dim: number, keepdim: boolean): Tensor {
  if (x.ndim === 0) return reshape(y, []);
  const placed = dim === x.ndim - 1 ? y : transpose(y, dim, -1);
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

/** Throws `ArgError` if there is nothing along the dimension. */
export function checkSome(op: string, x: Tensor, n: number): void {
  if (n === 0) throw new ArgError(`${op}: nothing to choose from in ${formatSpec(x)}`);
}
