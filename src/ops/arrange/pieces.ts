// Cutting and joining beside split, cat and stack.
import { checkWhole } from "../../checks.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { cat, checkTensors } from "../move/join.js";
import { narrow, rowDim, select, split } from "../move/slice.js";
import { atleast1d, atleast2d, atleast3d } from "./shapes.js";

/** The dimension to cut, and its size. */
function cutDim(op: string, x: Tensor, dim: number): [dim: number, size: number] {
  const d = rowDim(op, x, dim);
  return [d, x.shape[d] as number];
}

/**
 * At most `chunks` pieces of equal size along `dim`, of which the last may be smaller. x: any dtype, any shape -> pieces of the same rank.
 * Gradient: of each piece to its own elements.
 * Errors: `ArgError` for a number below 1, `IndexError` for a dimension outside the rank.
 * @example arange(5).chunk(2).map((piece) => piece.toArray()); // [[0, 1, 2], [3, 4]]
 */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  const [d, n] = cutDim("chunk", x, dim);
  checkWhole("chunk", "chunks", chunks, 1);
  // Nothing gives as many pieces of nothing, as in PyTorch.
  return split(x, n === 0 ? new Array<number>(chunks).fill(0) : Math.ceil(n / chunks), d);
}

/**
 * Pieces along `dim`: a number of sections that differ in size by at most one, or cuts before the given positions. x: any dtype -> pieces of
 * the same rank. Gradient: of each piece to its own elements.
 * Errors: `ArgError` for a number below 1 or positions that are not whole numbers, `IndexError` for a dimension outside the rank or a scalar.
 * @example arange(5).tensorSplit([1, 3]).map((piece) => piece.toArray()); // [[0], [1, 2], [3, 4]]
 */
export function tensorSplit(x: Tensor, sections: number | readonly number[], dim = 0): Tensor[] {
  const op = "tensorSplit";
  const [d, n] = cutDim(op, x, dim);
  const pieces = Array.isArray(sections) ? 0 : checkWhole(op, "sections", sections, 1);
  const cuts = Array.isArray(sections)
    ? (sections as readonly number[])
    : Array.from({ length: pieces - 1 }, (_, i) => Math.floor(n / pieces) * (i + 1) + Math.min(n % pieces, i + 1));
  const places = cuts.map((cut) => Math.min(Math.max(checkWhole(op, "sections", cut) < 0 ? cut + n : cut, 0), n));
  return [...places, n].map((end, i) => {
    const start = places[i - 1] ?? 0;
    return narrow(x, d, start, Math.max(end - start, 0));
  });
}

/**
 * All slices along `dim`, without it: [n, ...] -> n tensors [...]. x: any dtype, at least one dimension. Along dimension 0 they share memory
 * with `x`. Gradient: of each slice to its own elements.
 * Errors: `IndexError` for a dimension outside the rank or a scalar.
 * @example tensor([[1, 2], [3, 4]]).unbind(1).map((column) => column.toArray()); // [[1, 3], [2, 4]]
 */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  const [d, length] = cutDim("unbind", x, dim);
  return Array.from({ length }, (_, i) => select(x, d, i));
}

const stacked =
  (op: string, extended: (x: Tensor) => Tensor, dim: number) =>
  (tensors: readonly Tensor[]): Tensor => {
    checkTensors(op, tensors);
    return scope(() => {
      const all = tensors.map(extended);
      return cat(all, Math.min(dim, (all[0] as Tensor).ndim - 1));
    });
  };

/**
 * Tensors side by side: along dimension 1, vectors along 0. Any dtype and shapes, equal but for that dimension. Gradient: of each tensor the
 * part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example hstack([tensor([1]), tensor([2, 3])]); // [1, 2, 3]
 */
export const hstack: (tensors: readonly Tensor[]) => Tensor = stacked("hstack", atleast1d, 1);

/**
 * Tensors on top of each other: along dimension 0, vectors as rows. Any dtype and shapes, equal but for that dimension. Gradient: of each
 * tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example vstack([tensor([1, 2]), tensor([3, 4])]); // [[1, 2], [3, 4]]
 */
export const vstack: (tensors: readonly Tensor[]) => Tensor = stacked("vstack", atleast2d, 0);

/**
 * Tensors one behind the other: along dimension 2, which matrices and vectors get for it. Any dtype and shapes, equal but for that
 * dimension. Gradient: of each tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do.
 * @example dstack([tensor([1, 2]), tensor([3, 4])]); // [[[1, 3], [2, 4]]]
 */
export const dstack: (tensors: readonly Tensor[]) => Tensor = stacked("dstack", atleast3d, 2);
