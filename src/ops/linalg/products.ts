// Products of vectors and matrices under the names that say what goes in, and products that are no matrix product.
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkDim } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { diagonal } from "../arrange/diagonal.js";
import { roll } from "../arrange/order.js";
import { mul, sub } from "../elementwise/arithmetic.js";
import { addScaled, checkRanks, mismatch, productOf, type ScaleOptions } from "../gemm/matmul.js";
import { reshape } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";
import { overDims } from "./einsum.js";

/**
 * Matrix product: a [m, k] times b [k, n] -> [m, n]. float32. Gradient: that of `matmul`.
 * Errors: `ShapeError` unless both are matrices that fit, `DTypeError`.
 * @example mm(tensor([[1, 2]]), tensor([[3], [4]])); // [[11]]
 */
export function mm(a: Tensor, b: Tensor): Tensor {
  return productOf("mm", a, 2, b, 2);
}

/**
 * Matrix times vector: a [m, k], b [k] -> [m]. float32. Gradient: that of `matmul`.
 * Errors: `ShapeError` unless they are a matrix and a vector that fit, `DTypeError`.
 * @example mv(tensor([[1, 2], [3, 4]]), tensor([1, 1])); // [3, 7]
 */
export function mv(a: Tensor, b: Tensor): Tensor {
  return productOf("mv", a, 2, b, 1);
}

/**
 * Matrix products of two batches: a [b, m, k], b [b, k, n] -> [b, m, n]. float32. Gradient: that of `matmul`.
 * Errors: `ShapeError` unless both have three dimensions that fit, `DTypeError`.
 * @example bmm(ones([2, 3, 4]), ones([2, 4, 5])).shape; // [2, 3, 5]
 */
export function bmm(a: Tensor, b: Tensor): Tensor {
  return productOf("bmm", a, 3, b, 3);
}

/**
 * Dot product of two vectors: a [n], b [n] -> a scalar. float32. Gradient: `g b` to a, `g a` to b.
 * Errors: `ShapeError` unless both are vectors of the same size, `DTypeError`.
 * @example dot(tensor([1, 2]), tensor([3, 4])); // 11
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  return productOf("dot", a, 1, b, 1);
}

/**
 * Dot product of two vectors: `dot`, since no dtype is complex. a [n], b [n], float32 -> a scalar. Gradient: that of `dot`.
 * Errors: those of `dot`.
 * @example vdot(tensor([1, 2]), tensor([3, 4])); // 11
 */
export function vdot(a: Tensor, b: Tensor): Tensor {
  return productOf("vdot", a, 1, b, 1);
}

/**
 * Sum of products over the last dimensions of both: a [..., k], b [***, k] -> [..., ***]; a scalar multiplies. float32. Gradient: to both.
 * Errors: `ShapeError` if the last sizes differ, `DTypeError`.
 * @example inner(tensor([1, 2]), tensor([[1, 0], [0, 1]])); // [1, 2]
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  checkAlive("inner", a, "a");
  checkAlive("inner", b, "b");
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b);
  if (a.shape.at(-1) !== b.shape.at(-1)) throw mismatch("inner", a, b, "the last sizes must be equal");
  return overDims("inner", a, b, [[-1], [-1]]);
}

/**
 * Products of every element of a with every element of b: a [m], b [n] -> [m, n]. Any dtypes, as `mul`. Gradient: to both.
 * Errors: `ShapeError` unless both are vectors.
 * @example outer(tensor([1, 2]), tensor([3, 4])); // [[3, 4], [6, 8]]
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkRanks("outer", [a, "a", 1], [b, "b", 1]);
  return scope(() => mul(reshape(a, [a.size, 1]), b));
}

/**
 * `beta * input + alpha * (a b)` of a matrix and a vector: a [m, k], b [k], input broadcast to [m] -> [m]. float32. Options as those of `addmm`:
 * with `beta` 0 NaN and infinities of input do not count. Gradient: to all three.
 * Errors: `ShapeError`, `DTypeError`, and `ArgError` for an alpha or beta that is not finite.
 * @example addmv(tensor([1]), tensor([[1, 2]]), tensor([3, 4])); // [12]
 */
export function addmv(input: Tensor, a: Tensor, b: Tensor, options?: ScaleOptions): Tensor {
  return addScaled("addmv", input, options, () => productOf("addmv", a, 2, b, 1));
}

/**
 * `beta * input + alpha * (a b)` of two batches: a [b, m, k], b [b, k, n], input broadcast to [b, m, n] -> [b, m, n]. float32. Options as those
 * of `addmm`: with `beta` 0 NaN and infinities of input do not count. Gradient: to all three.
 * Errors: `ShapeError`, `DTypeError`, and `ArgError` for an alpha or beta that is not finite.
 * @example baddbmm(ones([1]), ones([2, 3, 4]), ones([2, 4, 5]), { alpha: 0.5 }).shape; // [2, 3, 5]
 */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options?: ScaleOptions): Tensor {
  return addScaled("baddbmm", input, options, () => productOf("baddbmm", a, 3, b, 3));
}

/**
 * `beta * input + alpha * sum(a b)`, summed over the batch: a [b, m, k], b [b, k, n], input broadcast to [m, n] -> [m, n]. float32. Options as
 * those of `addmm`: with `beta` 0 NaN and infinities of input do not count. Gradient: to all three.
 * Errors: `ShapeError`, `DTypeError`, and `ArgError` for an alpha or beta that is not finite.
 * @example addbmm(zeros([1]), ones([2, 1, 3]), ones([2, 3, 1])); // [[6]]
 */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options?: ScaleOptions): Tensor {
  return addScaled("addbmm", input, options, () => sum(productOf("addbmm", a, 3, b, 3), 0));
}

/**
 * Kronecker's product: every element of a times all of b, as blocks. Any dtypes as `mul`, any shapes: sizes multiply, missing dimensions in
 * front count as 1. Gradient: to both.
 * Errors: `ArgError` for what is no tensor.
 * @example kron(tensor([1, 2]), tensor([1, 1])); // [1, 1, 2, 2]
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkAlive("kron", a, "a");
  checkAlive("kron", b, "b");
  const rank = Math.max(a.ndim, b.ndim);
  const [m, n] = [a, b].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]) as [number[], number[]];
  const rows = m.flatMap((size) => [size, 1]);
  const columns = n.flatMap((size) => [1, size]);
  const shape = m.map((size, d) => size * (n[d] as number));
  return scope(() => reshape(mul(reshape(a, rows), reshape(b, columns)), shape));
}

/**
 * Sum of the diagonal of a matrix. x [m, n], any dtype -> a scalar, as `sum`. Gradient: g on the diagonal, 0 elsewhere.
 * Errors: `ShapeError` unless it is a matrix.
 * @example trace(tensor([[1, 2], [3, 4]])); // 5
 */
export function trace(x: Tensor): Tensor {
  checkRanks("trace", [x, "x", 2]);
  return scope(() => sum(diagonal(x)));
}

/**
 * Cross product of vectors of three elements along `dim`, the last one unless given, as torch.linalg.cross. a, b: any dtypes as `mul`, any
 * shapes of the same rank with size 3 there, of which the other sizes broadcast. Gradient: to both.
 * Errors: `ShapeError` unless both have size 3 there and the same rank, `IndexError` for a dimension outside the rank.
 * @example cross(tensor([1, 0, 0]), tensor([0, 1, 0])); // [0, 0, 1]
 */
export function cross(a: Tensor, b: Tensor, options?: { dim?: number }): Tensor {
  const { dim } = readOptions("cross", options, { dim: -1 });
  checkAlive("cross", a, "a");
  checkAlive("cross", b, "b");
  const d = checkDim("cross", dim, a.ndim);
  if (a.ndim !== b.ndim || a.shape[d] !== 3 || b.shape[d] !== 3 || !broadcastShapes(a.shape, b.shape))
    throw mismatch("cross", a, b, `both need the same rank and size 3 in dim ${d}`);
  const turned = (x: Tensor): Tensor => roll(x, -1, d);
  return scope(() => turned(sub(mul(a, turned(b)), mul(turned(a), b))));
}
