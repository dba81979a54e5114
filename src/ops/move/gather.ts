// Selection and addition by index. All indices are checked before anything is written.
import { checkWhole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { arange, zeros } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { indicesFor } from "./checkIndices.js";
import { reshape, unsqueeze } from "./shape.js";
import { padTo, slice } from "./slice.js";
import { copyAll } from "./strided.js";

/** @internal The number of elements in the dimensions before `dim`, and in those after it. */
export function around(shape: Shape, dim: number): { outer: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, dim)), inner: sizeOf(shape.slice(dim + 1)) };
}

/** @internal */
export const gatherOp: Op<[x: Tensor, index: Tensor], number> = defineOp<[x: Tensor, index: Tensor], number>({
  name: "gather",
  infer: ([x, index]) => ({ shape: index.shape, dtype: x.dtype }),
  forward: (out, [x, index], dim) => {
    const { outer, inner } = around(x.shape, dim);
    elementKernels(x.dtype).gather(x.ptr, index.ptr, out.ptr, outer, x.shape[dim] as number, index.shape[dim] as number, inner);
  },
  saves: [[1], []],
  backward: [(g, { inputs: [, index], shapes, attr }) => scatterAddOp(zerosFor(g, shapes[0] as Shape), index, g, attr), null],
});

/** @internal */
export const scatterAddOp: Op<[x: Tensor, index: Tensor, source: Tensor], number> = defineOp<
  [x: Tensor, index: Tensor, source: Tensor],
  number
>({
  name: "scatterAdd",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [x, index, source], dim) => {
    const { outer, inner } = around(x.shape, dim);
    copyAll(x, out);
    k.scatterAdd(source.ptr, index.ptr, out.ptr, outer, x.shape[dim] as number, index.shape[dim] as number, inner);
  },
  saves: [[], [], [1]],
  backward: [(g) => g, null, (g, { inputs: [, index], attr }) => gatherOp(g, index, attr)],
});

/** @internal Brings `x` to the index's sizes in all other dimensions: torch lets an index cover only the first part of them. */
export function fitOthers(op: string, x: Tensor, index: Tensor, dim: number): Tensor {
  if (x.ndim !== index.ndim)
    throw new ShapeError(`${op}: x is ${formatSpec(x)} and the index ${formatSpec(index)}; both need the same number of dimensions`);
  const over = index.shape.some((size, i) => i !== dim && size > (x.shape[i] as number));
  if (over) throw new ShapeError(`${op}: the index ${formatSpec(index)} is larger than ${formatSpec(x)} outside dim ${dim}`);
  const same = index.shape.every((size, i) => i === dim || size === x.shape[i]);
  return same ? x : slice(x, ...x.shape.map((size, i) => [0, i === dim ? size : (index.shape[i] as number)] as const));
}

/**
 * Elements picked along `dim`: `out[i][j] = x[i][index[i][j]]` for `dim` 1. x: any dtype, any shape with at least one dimension; index:
 * int32 or int64 of the same rank, in the other dimensions at most as large -> the shape of index. Gradient: added up where elements were picked.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError` for shapes that do not fit; `DTypeError`
 * for an index of another dtype.
 * @example tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" })); // [[2], [3]]
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  checkAlive("gather", x, "x");
  checkAlive("gather", index, "index");
  const d = checkDim("gather", dim, x.ndim);
  return scope(() => {
    const fitted = fitOthers("gather", x, index, d);
    const at = indicesFor("gather", index, x.shape[d] ?? 1);
    if (x.ndim === 0) return reshape(gatherOp(reshape(x, [1]), reshape(at, [1]), 0), []);
    return gatherOp(fitted, at, d);
  });
}

/**
 * A copy of `x` with `source` added at indices along `dim`: `out[index[i][j]][j] += source[i][j]` for `dim` 0.
 * x, source: float32; index: int32 or int64, in the shape of source -> the shape of x. Gradient: g to x, g gathered to source.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError` for shapes that do not fit; `DTypeError`.
 * @example zeros(3).scatterAdd(0, tensor([0, 2, 2], { dtype: "int32" }), ones(3)); // [1, 0, 2]
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkAlive("scatterAdd", x, "x");
  checkAlive("scatterAdd", index, "index");
  checkAlive("scatterAdd", source, "source");
  checkFloat("scatterAdd", x, source);
  const d = checkDim("scatterAdd", dim, x.ndim);
  if (index.ndim !== source.ndim || index.shape.some((size, i) => size > (source.shape[i] as number))) {
    throw new ShapeError(`scatterAdd: the index ${formatSpec(index)} is larger than the source ${formatSpec(source)}`);
  }
  return scope(() => {
    const taken = index.shape.every((size, i) => size === source.shape[i])
      ? source
      : slice(source, ...index.shape.map((size) => [0, size] as const));
    const covered = fitOthers("scatterAdd", x, index, d);
    const at = indicesFor("scatterAdd", index, x.shape[d] ?? 1);
    if (x.ndim === 0) return add(x, taken);
    if (covered === x) return scatterAddOp(x, at, taken, d);
    return add(x, padTo(scatterAddOp(zerosFor(x, covered.shape), at, taken, d), x.shape));
  });
}

/** @internal */
export const indexSelectOp: Op<[x: Tensor, index: Tensor], number> = defineOp<[x: Tensor, index: Tensor], number>({
  name: "indexSelect",
  infer: ([x, index], dim) => ({ shape: x.shape.map((size, i) => (i === dim ? index.size : size)), dtype: x.dtype }),
  forward: (out, [x, index], dim) => {
    const { outer, inner } = around(x.shape, dim);
    k.indexSelect(x.ptr, index.ptr, out.ptr, outer, x.shape[dim] as number, index.size, inner * dtypes[x.dtype].bytes);
  },
  saves: [[1], []],
  backward: [(g, { inputs: [, index], shapes, attr }) => indexAddOp(zerosFor(g, shapes[0] as Shape), index, g, attr), null],
});

/** @internal */
export const indexAddOp: Op<[x: Tensor, index: Tensor, source: Tensor], number> = defineOp<
  [x: Tensor, index: Tensor, source: Tensor],
  number
>({
  name: "indexAdd",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [x, index, source], dim) => {
    const { outer, inner } = around(x.shape, dim);
    copyAll(x, out);
    const rows = x.shape[dim] as number;
    k.indexAdd(source.ptr, index.ptr, out.ptr, outer, rows, index.size, inner, 0, rows);
  },
  saves: [[], [], [1]],
  backward: [(g) => g, null, (g, { inputs: [, index], attr }) => indexSelectOp(g, index, attr)],
});

function zerosFor(g: Tensor, shape: Shape): Tensor {
  return zeros(shape, { dtype: g.dtype });
}

/** @internal */
export function checkIndexRank(op: string, index: Tensor): void {
  if (index.ndim > 1) throw new ShapeError(`${op}: the index must have one dimension, got ${formatSpec(index)}`);
}

/**
 * Rows (or columns, ...) of `x` in the order of `index`: `out[j] = x[index[j]]` for `dim` 0. x: any dtype, any shape; index: int32 or int64 [n] ->
 * the shape of x with size n along `dim`. Gradient: added up in the rows that were taken.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError`, `DTypeError` for an index of another
 * dtype.
 * @example x.indexSelect(0, tensor([1, 0, 1], { dtype: "int32" }));
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  checkAlive("indexSelect", x, "x");
  const d = checkDim("indexSelect", dim, x.ndim);
  return scope(() => {
    const at = indicesFor("indexSelect", index, x.shape[d] ?? 1);
    checkIndexRank("indexSelect", index);
    return indexSelectOp(x.ndim === 0 ? reshape(x, [1]) : x, at, d);
  });
}

/**
 * Class numbers as rows with a single 1. index: int32 or int64 [...] -> int32 [..., numClasses]. Gradient: none.
 * Errors: `IndexError` for a number outside the classes, `ArgError` for a number of classes below 1, `DTypeError` for other dtypes.
 * @example oneHot(tensor([1], { dtype: "int32" }), 3); // [[0, 1, 0]]
 */
export function oneHot(index: Tensor, numClasses: number): Tensor {
  checkWhole("oneHot", "numClasses", numClasses, 1);
  return scope(() => {
    const at = indicesFor("oneHot", index, numClasses);
    return to(eq(unsqueeze(at, -1), arange(numClasses, { dtype: "int32" })), "int32");
  });
}
