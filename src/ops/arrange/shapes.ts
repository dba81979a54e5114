// Other shapes over the same elements, and shapes taken from other tensors.

import { checkOneOf, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, listOf, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, dimOf, type Tensor } from "../../tensor/tensor.js";
import { checkTensors } from "../move/join.js";
import { alias, expand, reshape } from "../move/shape.js";

/**
 * Dimension `dim` split into several; one of the sizes may be -1. With (1, [2, -1]), [n, 6] -> [n, 2, 3]. x: any dtype. The result shares
 * memory with `x`. Gradient: g in the shape of x.
 * Errors: `ShapeError` if the sizes do not fill the dimension, `ArgError` for sizes that are no whole numbers, `IndexError` for a dimension
 * outside the rank.
 * @example ones(2, 6).unflatten(1, [2, -1]).shape; // [2, 2, 3]
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  const d = dimOf("unflatten", x, dim);
  const list = listOf("unflatten", [sizes]).map((size) => checkWhole("unflatten", "sizes", size));
  const n = x.shape[d] ?? 1;
  const filled = list.map((size) => (size === -1 ? n / -sizeOf(list) : size));
  checkForm(
    "unflatten",
    x,
    list.length > 0 && x.ndim > 0 && sizeOf(filled) === n && filled.every(Number.isInteger),
    `filled along dim ${d} by ${list}`,
  );
  return reshape(x, [...x.shape.slice(0, d), ...filled, ...x.shape.slice(d + 1)]);
}

/**
 * `reshape` under its other name; tensors are always contiguous here, so both are the same. Sizes as one array or one by one. x: any dtype,
 * any shape. The result shares memory with `x`. Gradient: g in the shape of x.
 * Errors: `ShapeError` if the sizes do not fit, `ArgError` for sizes that are not integers.
 * @example arange(6).view(2, -1).shape; // [2, 3]
 */
export function view(x: Tensor, ...sizes: readonly [Shape] | readonly number[]): Tensor {
  return reshape(x, ...sizes);
}

/**
 * `x` repeated to the shape of `other`: `x.expand(other.shape)`. x, other: any dtypes and shapes that fit. Gradient: summed over what was
 * repeated; none to other.
 * Errors: `ShapeError` if a size other than 1 would change.
 * @example tensor([[1], [2]]).expandAs(ones(2, 2)); // [[1, 1], [2, 2]]
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  checkAlive("expandAs", other, "other");
  return expand(x, other.shape);
}

/** Sizes of 1 before and after until there are `rank` dimensions. */
const atLeast =
  (op: string, rank: number, extended: (shape: Shape) => Shape) =>
  (x: Tensor): Tensor => {
    checkAlive(op, x, "x");
    return x.ndim >= rank ? alias(x) : reshape(x, extended(x.shape));
  };

/**
 * A scalar as a vector [1], anything else as it is. x: any dtype, any shape. The result shares memory with `x`. Gradient: g in the shape of x.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example atleast1d(tensor(3)).shape; // [1]
 */
export const atleast1d: (x: Tensor) => Tensor = atLeast("atleast1d", 1, () => [1]);

/**
 * A scalar as [1, 1], a vector as a row [1, n], anything else as it is. x: any dtype, any shape. The result shares memory with `x`.
 * Gradient: g in the shape of x. Errors: `ArgError` for an x that is not a tensor.
 * @example atleast2d(ones(3)).shape; // [1, 3]
 */
export const atleast2d: (x: Tensor) => Tensor = atLeast("atleast2d", 2, ([n = 1]) => [1, n]);

/**
 * A scalar as [1, 1, 1], a vector as [1, n, 1], a matrix as [m, n, 1], anything else as it is. x: any dtype, any shape. The result shares
 * memory with `x`. Gradient: g in the shape of x. Errors: `ArgError` for an x that is not a tensor.
 * @example atleast3d(ones(2, 3)).shape; // [2, 3, 1]
 */
export const atleast3d: (x: Tensor) => Tensor = atLeast("atleast3d", 3, ([n, m]) =>
  m === undefined ? [1, n ?? 1, 1] : [n as number, m, 1],
);

/**
 * Vectors as coordinates of a grid: [m] and [n] -> two of [m, n], of which the first changes along the rows and the second along the columns;
 * `indexing` "xy" swaps the first two dimensions. tensors: vectors or scalars, any dtypes. Gradient: summed over what was repeated.
 * Errors: `ArgError` for no tensors or another `indexing`, `ShapeError` above one dimension.
 * @example meshgrid([tensor([1, 2]), tensor([3, 4, 5])]).map((x) => x.shape); // [[2, 3], [2, 3]]
 */
export function meshgrid(tensors: readonly Tensor[], options?: { indexing?: "ij" | "xy" }): Tensor[] {
  const { indexing } = readOptions("meshgrid", options, { indexing: "ij" });
  checkOneOf("meshgrid", "indexing", indexing, ["ij", "xy"]);
  checkTensors("meshgrid", tensors);
  for (const x of tensors) checkForm("meshgrid", x, x.ndim < 2, "a vector");
  const dims = [...tensors.keys()]; // the dimension of each tensor, and the tensor of each dimension
  if (indexing === "xy" && dims.length > 1) dims.splice(0, 2, 1, 0);
  const sizes = dims.map((i) => (tensors[i] as Tensor).size);
  return scope(() =>
    tensors.map((x, i) =>
      expand(
        reshape(
          x,
          dims.map((from) => (from === i ? x.size : 1)),
        ),
        sizes,
      ),
    ),
  );
}
