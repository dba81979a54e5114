// Selection and addition by index. All indices are checked before anything is written.
import { checkWhole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { arange, zeros } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { aroundDim, checkForm, formatSpec, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, dimOf, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq } from "../elementwise/compare.js";
import { indicesFor } from "./checkIndices.js";
import { reshape, unsqueeze } from "./shape.js";
import { padTo, sliceBySpans, wholeDimension } from "./slice.js";
import { copyAll } from "./strided.js";

/** @internal */
export const gatherOp: Op<[x: Tensor, index: Tensor], number> = defineOp<[x: Tensor, index: Tensor], number>({
  name: "gather",
  infer: ([x, index]) => ({ shape: index.shape, dtype: x.dtype }),
  forward: (out, [x, index], dim) => {
    const [outer, n, inner] = aroundDim(x.shape, dim);
    elementKernels(x.dtype).gather(x.ptr, index.ptr, out.ptr, outer, n, index.shape[dim] as number, inner);
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
  infer: ([x]) => x,
  forward: (out, [x, index, source], dim) => {
    const [outer, n, inner] = aroundDim(x.shape, dim);
    copyAll(x, out);
    k.scatterAdd(source.ptr, index.ptr, out.ptr, outer, n, index.shape[dim] as number, inner);
  },
  saves: [[], [], [1]],
  backward: [(g) => g, null, (g, { inputs: [, index], attr }) => gatherOp(g, index, attr)],
});

/** The first elements of `x` along each dimension. */
function firstOf(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : sliceBySpans(x, shape.map(wholeDimension));
}

/** @internal Brings `x` to the index's sizes in all other dimensions: torch lets an index cover only the first part of them. */
export function fitOthers(op: string, x: Tensor, index: Tensor, dim: number): Tensor {
  if (x.ndim !== index.ndim || index.shape.some((size, i) => i !== dim && size > (x.shape[i] as number)))
    throw new ShapeError(`${op}: the index ${formatSpec(index)} does not fit ${formatSpec(x)} outside dim ${dim}`);
  return firstOf(
    x,
    x.shape.map((size, i) => (i === dim ? size : (index.shape[i] as number))),
  );
}

/** @internal The first part of the source of a scatter, which the index covers. */
export function fitSource(op: string, source: Tensor, index: Tensor): Tensor {
  if (index.ndim !== source.ndim || index.shape.some((size, i) => size > (source.shape[i] as number)))
    throw new ShapeError(`${op}: the index ${formatSpec(index)} is larger than the source ${formatSpec(source)}`);
  return firstOf(source, index.shape);
}

/**
 * Elements picked along `dim`: `out[i][j] = x[i][index[i][j]]` for `dim` 1. x: any dtype, any shape with at least one dimension; index:
 * int32 or int64 of the same rank, in the other dimensions at most as large -> the shape of index. Gradient: added up where elements were picked.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError` for shapes that do not fit; `DTypeError`
 * for an index of another dtype.
 * @example tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" })); // [[2], [3]]
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const d = dimOf("gather", x, dim);
  checkAlive("gather", index, "index");
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
  const d = dimOf("scatterAdd", x, dim);
  checkAlive("scatterAdd", index, "index");
  checkAlive("scatterAdd", source, "source");
  checkFloat("scatterAdd", x, source);
  return scope(() => {
    const taken = fitSource("scatterAdd", source, index);
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
    const [outer, n, inner] = aroundDim(x.shape, dim);
    k.indexSelect(x.ptr, index.ptr, out.ptr, outer, n, index.size, inner * dtypes[x.dtype].bytes);
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
  infer: ([x]) => x,
  forward: (out, [x, index, source], dim) => {
    const [outer, rows, inner] = aroundDim(x.shape, dim);
    copyAll(x, out);
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
  checkForm(op, index, index.ndim < 2, "[n]", "the index");
}

/**
 * Rows (or columns, ...) of `x` in the order of `index`: `out[j] = x[index[j]]` for `dim` 0. x: any dtype, any shape; index: int32 or int64 [n] ->
 * the shape of x with size n along `dim`. Gradient: added up in the rows that were taken.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError`, `DTypeError` for an index of another
 * dtype.
 * @example x.indexSelect(0, tensor([1, 0, 1], { dtype: "int32" }));
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  const d = dimOf("indexSelect", x, dim);
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
