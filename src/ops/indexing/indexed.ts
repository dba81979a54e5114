// Reads and writes at the indices of one tensor: rows along a dimension, or elements of a flattened tensor.
import { checkNumber, isGiven } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import type { Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkDim, checkForm, formatShape, formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, dimOf, type Tensor } from "../../tensor/tensor.js";
import { checkFits } from "../../tensor/values.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { asIndex } from "../elementwise/cast.js";
import { lt } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { checkIndexType, firstOutside, indicesFor, refuseIndex } from "../move/checkIndices.js";
import { checkIndexRank, gather, gatherOp } from "../move/gather.js";
import { expand, reshape } from "../move/shape.js";
import { flat, MODES, type Mode, sourceFor, writeAt, writing } from "./write.js";

/** Indices in which negative ones count from the end, as numbers from 0. */
export function wrapped(op: string, given: Tensor, size: number): Tensor {
  const index = asIndex(op, given);
  checkIndexType(op, index, "int32 or bool");
  if (firstOutside(index, size) < 0) return index;
  const up = where(lt(index, 0), add(index, size), index);
  const bad = firstOutside(up, size);
  if (bad >= 0) refuseIndex(op, index, bad, -size, size);
  return up;
}

/** All writes of rows: checks the arguments. The source of a fill is a scalar, and only fills take negative indices, as in PyTorch. */
function writeRows(op: string, x: Tensor, dim: number, index: Tensor, source: Operand, mode: Mode, alpha = 1): Tensor {
  const d = dimOf(op, x, dim);
  checkAlive(op, index, "index");
  checkIndexRank(op, index);
  return writing(op, x, source, (inPlace) => {
    const from = sourceFor(op, x, source);
    const into = x.ndim === 0 ? reshape(x, [1]) : x;
    const fills = op.startsWith("indexFill");
    const by = indicesFor(op, fills ? wrapped(op, index, into.shape[d] as number) : index, into.shape[d] as number);
    const wanted = into.shape.map((n, i) => (i === d ? index.size : n));
    const fits = fills ? from.ndim === 0 : sameShape(from.shape, wanted) || (from.ndim === 0 && sameShape(wanted, [1]));
    checkForm(op, from, fits, fills ? "a scalar" : formatShape(wanted), "the source");
    const rows = alpha === 1 ? expand(from, wanted) : mul(expand(from, wanted), alpha);
    return reshape(writeAt(into, flat(by), rows, { dim: d, rows: true, mode }, inPlace), x.shape);
  });
}

function addRows(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor, options: { alpha?: number } | undefined): Tensor {
  const { alpha } = readOptions<{ alpha: number }>(op, options, { alpha: 1 });
  checkAlive(op, x, "x");
  checkAlive(op, source, "source");
  checkFits(op, "alpha", checkNumber(op, "alpha", alpha), x.dtype);
  return writeRows(op, x, dim, index, source, MODES.sum, alpha);
}

/**
 * A copy of `x` with rows of `source`, times `alpha`, added at the indices: `out[index[j]] += alpha * source[j]` for `dim` 0. x, source:
 * one dtype, any; integers wrap; index: int32 [n]; source: the shape of x with size n along dim -> the shape of x.
 * Gradient: g to x, alpha times the rows of g to source.
 * Errors: `IndexError` for an index outside the dimension, also a negative one; `ShapeError` for shapes that do not fit; `DTypeError` for
 * different dtypes and an index that is not int32; `ArgError` for an alpha that the dtype does not hold.
 * @example zeros(3).indexAdd(0, tensor([2, 2], { dtype: "int32" }), tensor([1, 4])); // [0, 0, 5]
 */
export function indexAdd(x: Tensor, dim: number, index: Tensor, source: Tensor, options?: { alpha?: number }): Tensor {
  return addRows("indexAdd", x, dim, index, source, options);
}

/**
 * `indexAdd` in place. Returns `x`. x: any dtype, any shape; all else, also `alpha`, as there. Gradient: none is recorded.
 * Errors: those of `indexAdd`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example zeros(2).indexAdd_(0, tensor([1], { dtype: "int32" }), ones(1)); // [0, 1]
 */
export function indexAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor, options?: { alpha?: number }): Tensor {
  return addRows("indexAdd_", x, dim, index, source, options);
}

function copyRows(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkAlive(op, source, "source");
  return writeRows(op, x, dim, index, source, MODES.copy);
}

/**
 * A copy of `x` with rows of `source` at the indices: `out[index[j]] = source[j]` for `dim` 0; of several for one index, the last stays.
 * x, source: one dtype, any; index: int32 [n]; source: the shape of x with size n along dim -> the shape of x.
 * Gradient: 0 where x was overwritten; the rows of g to source, also to those that did not stay.
 * Errors: `IndexError` for an index outside the dimension, also a negative one; `ShapeError` for shapes that do not fit; `DTypeError` for
 * different dtypes and an index that is not int32.
 * @example zeros(3).indexCopy(0, tensor([2, 0], { dtype: "int32" }), tensor([5, 7])); // [7, 0, 5]
 */
export function indexCopy(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return copyRows("indexCopy", x, dim, index, source);
}

/**
 * `indexCopy` in place. Returns `x`. x: any dtype, any shape; all else as there. Gradient: none is recorded.
 * Errors: those of `indexCopy`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example zeros(2).indexCopy_(0, tensor([1], { dtype: "int32" }), tensor([5])); // [0, 5]
 */
export function indexCopy_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return copyRows("indexCopy_", x, dim, index, source);
}

/**
 * A copy of `x` with `value` in the rows at the indices: `out[index[j]] = value` for `dim` 0. x: any dtype, any shape; index: int32 [n],
 * negative numbers count from the end; value: a number or a scalar of the dtype of x -> the shape of x.
 * Gradient: 0 in these rows; the sum of g in them to value.
 * Errors: `IndexError` for an index outside the dimension; `ShapeError` for a value that is no scalar; `DTypeError` for an index that is
 * not int32; `ArgError` for a number that the dtype does not hold.
 * @example zeros(3).indexFill(0, tensor([0, -1], { dtype: "int32" }), 4); // [4, 0, 4]
 */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
  return writeRows("indexFill", x, dim, index, value, MODES.copy);
}

/**
 * `indexFill` in place. Returns `x`. x: any dtype, any shape; all else as there. Gradient: none is recorded.
 * Errors: those of `indexFill`; `GradError` if x or value requires a gradient, outside `noGrad`.
 * @example zeros(2).indexFill_(0, tensor([1], { dtype: "int32" }), 4); // [0, 4]
 */
export function indexFill_(x: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
  return writeRows("indexFill_", x, dim, index, value, MODES.copy);
}

/**
 * Elements by their positions in row-major order: `out[...] = flat(x)[index[...]]`. x: any dtype, any shape; index: int32, negative
 * numbers count from the end -> the shape of index. Gradient: added up where elements were taken.
 * Errors: `IndexError` for an index outside the elements, with value and position; `DTypeError` for an index that is not int32.
 * @example tensor([[1, 2], [3, 4]]).take(tensor([0, -1], { dtype: "int32" })); // [1, 4]
 */
export function take(x: Tensor, index: Tensor): Tensor {
  checkAlive("take", x, "x");
  return scope(() => reshape(gatherOp(flat(x), flat(wrapped("take", index, x.size)), 0), index.shape));
}

/** How `put` and `indexPut` write. */
export function modeOf(op: string, options: { accumulate?: boolean } | undefined): Mode {
  return readOptions<{ accumulate: boolean }>(op, options, { accumulate: false }).accumulate ? MODES.sum : MODES.copy;
}

function putBy(op: string, x: Tensor, index: Tensor, source: Tensor, mode: Mode): Tensor {
  checkAlive(op, x, "x");
  checkAlive(op, source, "source");
  return writing(op, x, source, (inPlace) => {
    const by = wrapped(op, index, x.size);
    const from = sourceFor(op, x, source);
    if (from.size !== by.size)
      throw new ShapeError(`${op}: the index ${formatSpec(index)} and the source ${formatSpec(from)} need as many elements`);
    return reshape(writeAt(flat(x), flat(by), flat(from), { dim: 0, rows: false, mode }, inPlace), x.shape);
  });
}

/**
 * A copy of `x` with elements of `source` at positions in row-major order: `flat(out)[index[...]] = source[...]`; with `accumulate` they
 * are added. Otherwise the last of several for one place stays. x, source: one dtype, any; index: int32, negative numbers count from the
 * end; source: as many elements -> the shape of x. Gradient: g to x, without accumulate 0 where it was overwritten; g at the positions to
 * source.
 * Errors: `IndexError` for an index outside the elements; `ShapeError` for another number of elements; `DTypeError` for different dtypes
 * and an index that is not int32.
 * @example put(zeros(2, 2), tensor([0, -1], { dtype: "int32" }), tensor([5, 7])); // [[5, 0], [0, 7]]
 */
export function put(x: Tensor, index: Tensor, source: Tensor, options?: { accumulate?: boolean }): Tensor {
  return putBy("put", x, index, source, modeOf("put", options));
}

/**
 * `put` in place. Returns `x`. x: any dtype, any shape; all else, also `accumulate`, as there. Gradient: none is recorded.
 * Errors: those of `put`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example ones(2).put_(tensor([1, 1], { dtype: "int32" }), tensor([5, 7]), { accumulate: true }); // [1, 13]
 */
export function put_(x: Tensor, index: Tensor, source: Tensor, options?: { accumulate?: boolean }): Tensor {
  return putBy("put_", x, index, source, modeOf("put_", options));
}

/**
 * `gather` for an index that broadcasts: `out[i][j] = x[i][index[i][j]]` for `dim` 1, where the sizes of x and index in the other
 * dimensions match or are 1. It takes what `argmax` with `keepdim` and `argsort` return. Without `dim`, both are flattened.
 * x: any dtype; index: int32 of the same rank. Gradient: added up where elements were picked.
 * Errors: `IndexError` for an index outside the dimension, also a negative one; `ShapeError` for shapes that do not fit; `DTypeError` for
 * an index that is not int32.
 * @example tensor([[1, 2], [3, 4]]).takeAlongDim(tensor([[1]], { dtype: "int32" }), 1); // [[2], [4]]
 */
export function takeAlongDim(x: Tensor, index: Tensor, dim?: number | null): Tensor {
  checkAlive("takeAlongDim", x, "x");
  checkAlive("takeAlongDim", index, "index");
  const d = isGiven(dim) ? checkDim("takeAlongDim", dim, x.ndim) : undefined;
  const indices = (): Tensor => indicesFor("takeAlongDim", index, d === undefined ? x.size : (x.shape[d] ?? 1));
  if (d === undefined) return scope(() => gather(flat(x), 0, flat(indices())));
  const without = (t: Tensor): number[] => t.shape.map((n, i) => (i === d ? 1 : n));
  const shape = x.ndim === index.ndim && broadcastShapes(without(x), without(index));
  if (!shape)
    throw new ShapeError(
      `takeAlongDim: x is ${formatSpec(x)} and the index ${formatSpec(index)}; sizes outside dim ${d} must match or be 1`,
    );
  const to = (t: Tensor): Tensor =>
    expand(
      t,
      shape.map((n, i) => (i === d ? (t.shape[d] as number) : n)),
    );
  return scope(() => gather(to(x), d, to(indices())));
}
