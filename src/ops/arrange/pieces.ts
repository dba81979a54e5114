// Cutting and joining beside split, cat and stack.
import { checkWhole } from "../../checks.js";
import { ArgError, describe, IndexError, ShapeError } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { cat } from "../move/join.js";
import { narrow, select, split } from "../move/slice.js";
import { atleast1d, atleast2d, atleast3d } from "./shapes.js";

/**
 * At most `chunks` pieces of equal size along `dim`, of which the last may be smaller. x: any dtype, any shape -> pieces of the same rank.
 * Gradient: of each piece to its own elements.
 * Errors: `ArgError` for a number below 1, `IndexError` for a dimension outside the rank.
 * @example arange(5).chunk(2).map((piece) => piece.toArray()); // [[0, 1, 2], [3, 4]]
 */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  checkAlive("chunk", x, "x");
  const d = checkDim("chunk", dim, x.ndim);
  checkWhole("chunk", "chunks", chunks, 1);
  const n = x.shape[d] ?? 0;
  // Nothing gives as many pieces of nothing, as in PyTorch.
  return split(x, n === 0 && x.ndim > 0 ? new Array<number>(chunks).fill(0) : Math.ceil(n / chunks) || 1, d);
}

function splitAt(op: string, x: Tensor, where: number | readonly number[], d: number, even: boolean): Tensor[] {
  const n = x.shape[d] as number;
  if (typeof where === "number") {
    checkWhole(op, "the number of sections", where, 1);
    if (even && n % where !== 0) throw new ShapeError(`${op}: ${where} does not divide dim ${d} of ${formatSpec(x)}`);
    return split(
      x,
      Array.from({ length: where }, (_, i) => Math.floor(n / where) + Number(i < n % where)),
      d,
    );
  }
  if (!Array.isArray(where)) throw new ArgError(`${op}: takes a number of sections, or positions in an array, got ${describe(where)}`);
  const cuts = where.map((cut) => Math.min(Math.max(checkWhole(op, "each position", cut) < 0 ? cut + n : cut, 0), n));
  return [...cuts, n].map((cut, i) => {
    const start = cuts[i - 1] ?? 0;
    return narrow(x, d, start, Math.max(cut - start, 0));
  });
}

/**
 * Pieces along `dim`: a number of sections that differ in size by at most one, or cuts before the given positions. x: any dtype -> pieces of
 * the same rank. Gradient: of each piece to its own elements.
 * Errors: `ArgError` for a number below 1 or positions that are not whole numbers, `IndexError` for a dimension outside the rank or a scalar.
 * @example arange(5).tensorSplit([1, 3]).map((piece) => piece.toArray()); // [[0], [1, 2], [3, 4]]
 */
export function tensorSplit(x: Tensor, sections: number | readonly number[], dim = 0): Tensor[] {
  checkAlive("tensorSplit", x, "x");
  if (x.ndim === 0) throw new IndexError("tensorSplit: a scalar has no dimension to cut");
  return splitAt("tensorSplit", x, sections, checkDim("tensorSplit", dim, x.ndim), false);
}

function splitAlong(op: string, least: number, dimOf: (rank: number) => number) {
  return (x: Tensor, sections: number | readonly number[]): Tensor[] => {
    checkAlive(op, x, "x");
    if (x.ndim < least) throw new ShapeError(`${op}: needs at least ${least} dimensions, got ${formatSpec(x)}`);
    return splitAt(op, x, sections, dimOf(x.ndim), true);
  };
}

/**
 * `tensorSplit` along dimension 1, of a vector along 0; a number of sections must divide it. x: any dtype, at least [n]. Gradient: of each piece
 * to its own elements.
 * Errors: `ShapeError` for a scalar or sections that do not divide, `ArgError` for a number below 1.
 * @example ones(2, 4).hsplit(2).map((piece) => piece.shape); // [[2, 2], [2, 2]]
 */
export const hsplit: (x: Tensor, sections: number | readonly number[]) => Tensor[] = splitAlong("hsplit", 1, (rank) =>
  Math.min(rank - 1, 1),
);

/**
 * `tensorSplit` along dimension 0; a number of sections must divide it. x: any dtype, at least [m, n]. Gradient: of each piece to its own
 * elements.
 * Errors: `ShapeError` below two dimensions or for sections that do not divide, `ArgError` for a number below 1.
 * @example ones(4, 2).vsplit(2).map((piece) => piece.shape); // [[2, 2], [2, 2]]
 */
export const vsplit: (x: Tensor, sections: number | readonly number[]) => Tensor[] = splitAlong("vsplit", 2, () => 0);

/**
 * `tensorSplit` along dimension 2; a number of sections must divide it. x: any dtype, at least [m, n, k]. Gradient: of each piece to its own
 * elements.
 * Errors: `ShapeError` below three dimensions or for sections that do not divide, `ArgError` for a number below 1.
 * @example ones(1, 2, 4).dsplit([1]).map((piece) => piece.shape); // [[1, 2, 1], [1, 2, 3]]
 */
export const dsplit: (x: Tensor, sections: number | readonly number[]) => Tensor[] = splitAlong("dsplit", 3, () => 2);

/**
 * All slices along `dim`, without it: [n, ...] -> n tensors [...]. x: any dtype, at least one dimension. Along dimension 0 they share memory
 * with `x`. Gradient: of each slice to its own elements.
 * Errors: `IndexError` for a dimension outside the rank or a scalar.
 * @example tensor([[1, 2], [3, 4]]).unbind(1).map((column) => column.toArray()); // [[1, 3], [2, 4]]
 */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  checkAlive("unbind", x, "x");
  if (x.ndim === 0) throw new IndexError("unbind: a scalar has no dimension to take apart");
  const d = checkDim("unbind", dim, x.ndim);
  return Array.from({ length: x.shape[d] as number }, (_, i) => select(x, d, i));
}

function stacked(op: string, extended: (x: Tensor) => Tensor, dimOf: (rank: number) => number) {
  return (tensors: readonly Tensor[]): Tensor => {
    if (!Array.isArray(tensors) || tensors.length === 0)
      throw new ArgError(`${op}: takes an array of at least one tensor, got ${describe(tensors)}`);
    for (const [i, x] of tensors.entries()) checkAlive(op, x, `item ${i}`);
    return scope(() => {
      const all = tensors.map(extended);
      return cat(all, dimOf((all[0] as Tensor).ndim));
    });
  };
}

/**
 * Tensors side by side: along dimension 1, vectors along 0. Any dtype and shapes, equal but for that dimension. Gradient: of each tensor the
 * part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example hstack([tensor([1]), tensor([2, 3])]); // [1, 2, 3]
 */
export const hstack: (tensors: readonly Tensor[]) => Tensor = stacked("hstack", atleast1d, (rank) => Math.min(rank - 1, 1));

/**
 * Tensors on top of each other: along dimension 0, vectors as rows. Any dtype and shapes, equal but for that dimension. Gradient: of each
 * tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example vstack([tensor([1, 2]), tensor([3, 4])]); // [[1, 2], [3, 4]]
 */
export const vstack: (tensors: readonly Tensor[]) => Tensor = stacked("vstack", atleast2d, () => 0);

/**
 * Tensors one behind the other: along dimension 2, which matrices and vectors get for it. Any dtype and shapes, equal but for that
 * dimension. Gradient: of each tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example dstack([tensor([1, 2]), tensor([3, 4])]); // [[[1, 3], [2, 4]]]
 */
export const dstack: (tensors: readonly Tensor[]) => Tensor = stacked("dstack", atleast3d, () => 2);
