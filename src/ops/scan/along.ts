// What running results share: the dimension they go along, and the elements before and behind it.
import { full } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { dimOf, type Tensor } from "../../tensor/tensor.js";
import { cat } from "../move/join.js";
import { narrow } from "../move/slice.js";

/** A direction along a dimension. */
export interface Along {
  readonly dim: number;
  /** Whether each result runs to the end of the dimension instead of from its start. */
  readonly reverse: boolean;
}

/** Checks the dimension of a running result and computes it. Kernels see a scalar as one element. */
export function alongDim<Result>(op: string, x: Tensor, dim: number, run: (along: Along) => Result): Result {
  const along = { dim: dimOf(op, x, dim), reverse: false };
  return scope(() => run(along));
}

/** The elements before each one, in a direction: `fill` for the first, and the last one is dropped. */
export function shifted(x: Tensor, { dim, reverse }: Along, fill: number): Tensor {
  const n = x.shape[dim];
  if (n === undefined) return full([], fill);
  if (n === 0) return x;
  const edge = full(x.shape.with(dim, 1), fill);
  const rest = narrow(x, dim, Number(reverse), n - 1);
  return cat(reverse ? [rest, edge] : [edge, rest], dim);
}
