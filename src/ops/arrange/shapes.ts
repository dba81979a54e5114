// Other shapes over the same elements, and shapes taken from other tensors.
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkDim, formatSpec, listOf, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { alias, expand, reshape } from "../move/shape.js";

/**
 * Dimension `dim` split into several; one of the sizes may be -1. With (1, [2, -1]), [n, 6] -> [n, 2, 3]. x: any dtype. The result shares
 * memory with `x`. Gradient: g in the shape of x.
 * Errors: `ShapeError` if the sizes do not fill the dimension, `IndexError` for a dimension outside the rank or a scalar.
 * @example ones(2, 6).unflatten(1, [2, -1]).shape; // [2, 2, 3]
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  checkAlive("unflatten", x, "x");
  const d = checkDim("unflatten", dim, x.ndim);
  const list = listOf("unflatten", [sizes]);
  const n = x.shape[d] ?? 0;
  const known = sizeOf(list.filter((size) => size !== -1));
  const open = list.indexOf(-1) >= 0;
  if (list.length === 0 || x.ndim === 0 || (open ? known === 0 || n % known !== 0 : known !== n))
    throw new ShapeError(`unflatten: ${describe(sizes)} does not fill dim ${d} of ${formatSpec(x)}`);
  return reshape(x, [...x.shape.slice(0, d), ...list.map((size) => (size === -1 ? n / known : size)), ...x.shape.slice(d + 1)]);
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

function likeOther(op: string, run: (x: Tensor, shape: Shape) => Tensor) {
  return (x: Tensor, other: Tensor): Tensor => {
    checkAlive(op, x, "x");
    checkAlive(op, other, "other");
    return run(x, other.shape);
  };
}

/**
 * `x` in the shape of `other`: `x.reshape(other.shape)`. x, other: any dtypes, equally many elements. The result shares memory with `x`.
 * Gradient: g in the shape of x; none to other.
 * Errors: `ShapeError` for another number of elements.
 * @example arange(4).reshapeAs(ones(2, 2)); // [[0, 1], [2, 3]]
 */
export const reshapeAs: (x: Tensor, other: Tensor) => Tensor = likeOther("reshapeAs", reshape);

/**
 * `reshapeAs` under its other name. x, other: any dtypes, equally many elements. Gradient: g in the shape of x; none to other.
 * Errors: `ShapeError` for another number of elements.
 * @example arange(4).viewAs(ones(2, 2)); // [[0, 1], [2, 3]]
 */
export const viewAs: (x: Tensor, other: Tensor) => Tensor = likeOther("viewAs", reshape);

/**
 * `x` repeated to the shape of `other`: `x.expand(other.shape)`. x, other: any dtypes and shapes that fit. Gradient: summed over what was
 * repeated; none to other.
 * Errors: `ShapeError` if a size other than 1 would change.
 * @example tensor([[1], [2]]).expandAs(ones(2, 2)); // [[1, 1], [2, 2]]
 */
export const expandAs: (x: Tensor, other: Tensor) => Tensor = likeOther("expandAs", expand);

/** Sizes of 1 before and after until there are `rank` dimensions. */
function atLeast(op: string, rank: number, extended: (shape: Shape) => Shape) {
  return (x: Tensor): Tensor => {
    checkAlive(op, x, "x");
    return x.ndim >= rank ? alias(x) : reshape(x, extended(x.shape));
  };
}

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
 * Tensors expanded to the shape they broadcast to together. Any dtypes and shapes -> a tensor for each. Gradient: summed over what was repeated.
 * Errors: `ShapeError` if the shapes do not broadcast.
 * @example broadcastTensors(tensor([[1], [2]]), tensor([3, 4])).map((x) => x.shape); // [[2, 2], [2, 2]]
 */
export function broadcastTensors(...tensors: readonly Tensor[]): Tensor[] {
  for (const [i, x] of tensors.entries()) checkAlive("broadcastTensors", x, `item ${i}`);
  const shape = tensors.reduce<Shape | undefined>((all, x) => all && broadcastShapes(all, x.shape), []);
  if (!shape) throw new ShapeError(`broadcastTensors: got ${tensors.map(formatSpec).join(", ")}; sizes must match or be 1`);
  return tensors.map((x) => expand(x, shape));
}

/**
 * Vectors as coordinates of a grid: [m] and [n] -> two of [m, n], of which the first changes along the rows and the second along the columns;
 * `indexing` "xy" swaps the first two dimensions. tensors: vectors or scalars, any dtypes. Gradient: summed over what was repeated.
 * Errors: `ArgError` for no tensors or another `indexing`, `ShapeError` above one dimension.
 * @example meshgrid([tensor([1, 2]), tensor([3, 4, 5])]).map((x) => x.shape); // [[2, 3], [2, 3]]
 */
export function meshgrid(tensors: readonly Tensor[], options?: { indexing?: "ij" | "xy" }): Tensor[] {
  const { indexing } = readOptions<{ indexing: "ij" | "xy" }>("meshgrid", options, { indexing: "ij" });
  if (!Array.isArray(tensors) || tensors.length === 0 || !["ij", "xy"].includes(indexing))
    throw new ArgError(`meshgrid: takes an array of vectors and indexing "ij" or "xy", got ${describe(tensors)} and ${describe(indexing)}`);
  for (const [i, x] of tensors.entries()) {
    checkAlive("meshgrid", x, `item ${i}`);
    if (x.ndim > 1) throw new ShapeError(`meshgrid: item ${i} must be a vector, got ${formatSpec(x)}`);
  }
  const dims = [...tensors.keys()];
  if (indexing === "xy" && dims.length > 1) dims.splice(0, 2, 1, 0); // the dimension of each tensor
  const shape = new Array<number>(dims.length);
  for (const [i, dim] of dims.entries()) shape[dim] = (tensors[i] as Tensor).size;
  return scope(() =>
    tensors.map((x, i) =>
      expand(
        reshape(
          x,
          shape.map((_, dim) => (dim === dims[i] ? -1 : 1)),
        ),
        shape,
      ),
    ),
  );
}
