// What running results share: the dimension they go along, and the elements before and behind it.
import { full } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { cat } from "../move/join.js";
import { reshape } from "../move/shape.js";
import { narrow } from "../move/slice.js";

/** A direction along a dimension. */
export interface Along {
  readonly dim: number;
  /** Whether each result runs to the end of the dimension instead of from its start. */
  readonly reverse: boolean;
}

/** A shape as kernels see it: [outer, n, inner], with n the dimension. */
export const aroundDim = (shape: Shape, dim: number): [outer: number, n: number, inner: number] => [
  sizeOf(shape.slice(0, dim)),
  shape[dim] as number,
  sizeOf(shape.slice(dim + 1)),
];

/** Checks the dimension of a running result and computes it; a scalar becomes a vector of one element. */
export function alongDim(op: string, x: Tensor, dim: number, run: (x: Tensor, dim: number) => Tensor): Tensor {
  checkAlive(op, x, "x");
  const d = checkDim(op, dim, x.ndim);
  return scope(() => (x.ndim === 0 ? reshape(run(reshape(x, [1]), d), []) : run(x, d)));
}

/** The elements before each one, in a direction: `fill` for the first, and the last one is dropped. */
export function shifted(x: Tensor, { dim, reverse }: Along, fill: number): Tensor {
  const n = x.shape[dim] as number;
  if (n === 0) return x;
  const edge = full(x.shape.with(dim, 1), fill);
  const rest = narrow(x, dim, Number(reverse), n - 1);
  return cat(reverse ? [rest, edge] : [edge, rest], dim);
}
