// Matrix products. m n k as in BLAS: a [m, k] times b [k, n]; transposed operands are read in place, never copied.
import { checkFinite } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { tensor } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, broadcastsTo, checkForm, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { offsetsAt, type Run, runsOf } from "../elementwise/broadcast.js";
import { maskedFill } from "../elementwise/select.js";
import { reshape, unsqueeze } from "../move/shape.js";

/** Whether an operand is stored transposed. */
interface Transposed {
  readonly a: boolean;
  readonly b: boolean;
}

/** Bytes of an element. */
const FLOAT = dtypes.float32.bytes;

/** The batch of a product without batch dimensions. */
const ONE: Run = { size: 1, steps: [0, 0] };

const NONE: Transposed = { a: false, b: false };

export const rowsOf = (x: Tensor, transposed: boolean): number => x.shape.at(transposed ? -1 : -2) as number;
const colsOf = (x: Tensor, transposed: boolean): number => x.shape.at(transposed ? -2 : -1) as number;

/** Row and column stride of a matrix, as it is read. */
export const rowStride = (x: Tensor, transposed: boolean): number => (transposed ? 1 : (x.shape.at(-1) as number));
export const colStride = (x: Tensor, transposed: boolean): number => (transposed ? (x.shape.at(-1) as number) : 1);

const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);

/** Products of the matrices in the last two dimensions. The other dimensions broadcast, without copies of matrices. */
export const matmulOp: Op<[a: Tensor, b: Tensor], Transposed> = defineOp<[a: Tensor, b: Tensor], Transposed>({
  name: "matmul",
  infer: ([a, b], t) => {
    const [m, n] = [rowsOf(a, t.a), colsOf(b, t.b)];
    if (a.ndim === 2 && b.ndim === 2) return { shape: [m, n], dtype: "float32" };
    const batch = broadcastShapes(batchOf(a), batchOf(b));
    if (!batch) throw mismatch("matmul", a, b, BATCHES);
    return { shape: [...batch, m, n], dtype: "float32" };
  },
  forward: (out, [a, b], t, _, scratch) => {
    const [m, depth, n] = [rowsOf(a, t.a), colsOf(a, t.a), colsOf(b, t.b)];
    const [ars, acs, brs, bcs] = [rowStride(a, t.a), colStride(a, t.a), rowStride(b, t.b), colStride(b, t.b)];
    const work = scratch(k.gemmWorkspace(m, n, depth));
    const multiply = (count: number, from: number, step: number, by: number, byStep: number, to: number): void =>
      k.gemmBatch(count, m, n, depth, from, step, ars, acs, by, byStep, brs, bcs, to, m * n, n, 0, work);
    if (out.ndim === 2) return multiply(1, a.ptr, 0, b.ptr, 0, out.ptr);
    const batch = batchOf(out);
    // One call covers the innermost run of the batch, in which each operand advances by a constant number of matrices.
    const [inner = ONE, ...outer] = runsOf(batch, [batchOf(a), batchOf(b)]);
    const [aStep, bStep] = inner.steps as [number, number];
    for (let at = 0; at * inner.size < sizeOf(batch); at++) {
      const [aAt, bAt] = offsetsAt(outer, at, 2) as [number, number];
      const [from, by] = [a.ptr + aAt * m * depth * FLOAT, b.ptr + bAt * depth * n * FLOAT];
      multiply(inner.size, from, aStep * m * depth, by, bStep * depth * n, out.ptr + at * inner.size * m * n * FLOAT);
    }
  },
  saves: [[1], [0]],
  // c = a b: da = g b^T, db = a^T g. If an operand is stored transposed, so is its gradient.
  backward: [
    (g, { inputs: [, b], attr: t }) => (t.a ? matmulOp(b, g, { a: t.b, b: true }) : matmulOp(g, b, { a: false, b: !t.b })),
    (g, { inputs: [a], attr: t }) => (t.b ? matmulOp(g, a, { a: true, b: t.a }) : matmulOp(a, g, { a: !t.a, b: false })),
  ],
});

/** What the dimensions before the last two must do. */
export const BATCHES = "dimensions before the last two must match or be 1, aligned from the right";

/** The error for two tensors that do not fit. */
export function mismatch(op: string, a: Tensor, b: Tensor, why: string): ShapeError {
  return new ShapeError(`${op}: a is ${formatSpec(a)} and b is ${formatSpec(b)}; ${why}`);
}

/**
 * Matrix product, as PyTorch's: `[m,k] x [k,n] -> [m,n]`; a vector on the left is a row, on the right a column, and that dimension is
 * removed again (two vectors give their dot product); dimensions before the last two broadcast. a, b: float32.
 * Gradient: `g b^T` for a and `a^T g` for b.
 * Errors: `ShapeError` with both shapes, `DTypeError` unless both are float32.
 * @example tensor([[1, 2], [3, 4]]).matmul(tensor([[1], [1]])); // [[3], [7]]
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkAlive("matmul", a, "a");
  checkAlive("matmul", b, "b");
  checkFloat("matmul", a, b);
  if (a.ndim === 0 || b.ndim === 0) throw mismatch("matmul", a, b, "scalars have no rows; use mul");
  const side = b.ndim === 1 ? "last" : "second-to-last";
  if (a.shape.at(-1) !== b.shape.at(b.ndim === 1 ? -1 : -2))
    throw mismatch("matmul", a, b, `the last size of a must equal the ${side} of b`);
  if (a.ndim === 2 && b.ndim === 2) return matmulOp(a, b, NONE);
  return scope(() => {
    const product = matmulBatched(a.ndim === 1 ? unsqueeze(a, 0) : a, b.ndim === 1 ? unsqueeze(b, 1) : b);
    if (a.ndim > 1 && b.ndim > 1) return product;
    const [m, n] = product.shape.slice(-2) as [number, number];
    return reshape(product, [...batchOf(product), ...(a.ndim > 1 ? [m] : []), ...(b.ndim > 1 ? [n] : [])]);
  });
}

function matmulBatched(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShapes(batchOf(a), batchOf(b));
  if (!batch || sizeOf(batchOf(b)) !== 1) return matmulOp(a, b, NONE);
  // One weight for a whole batch: a single product over all rows.
  const [m, depth] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  return reshape(matmulOp(reshape(a, [sizeOf(batch) * m, depth]), reshape(b, [depth, n]), NONE), [...batch, m, n]);
}

/** @internal Throws unless the tensors have these ranks. */
export function checkRanks(op: string, ...tensors: readonly (readonly [x: Tensor, name: string, rank: number])[]): void {
  for (const [x, name, rank] of tensors) {
    checkAlive(op, x, name);
    checkForm(op, x, x.ndim === rank, `of rank ${rank}`, name);
  }
}

/** @internal A matrix product of operands with given ranks. */
export function productOf(op: string, a: Tensor, aRank: number, b: Tensor, bRank: number): Tensor {
  checkRanks(op, [a, "a", aRank], [b, "b", bRank]);
  if (aRank === 3 && a.shape[0] !== b.shape[0]) throw mismatch(op, a, b, "batches must have the same size");
  return matmul(a, b);
}

/** Factors of a sum with a product. */
export interface ScaleOptions {
  /** Factor of the product; 1 unless given. */
  alpha?: number;
  /** Factor of `input`; 1 unless given. With 0, NaN and infinities of `input` do not count. */
  beta?: number;
}

const SCALE = { alpha: 1, beta: 1 };

/** @internal `beta * input + alpha * product`, with input broadcast to the shape of the product. */
export function addScaled(op: string, input: Tensor, options: ScaleOptions | undefined, product: () => Tensor): Tensor {
  const { alpha, beta } = readOptions(op, options, SCALE);
  checkFinite(op, "alpha", alpha);
  checkFinite(op, "beta", beta);
  checkAlive(op, input, "input");
  checkFloat(op, input);
  return scope(() => {
    const found = product();
    if (!broadcastsTo(input.shape, found.shape))
      throw new ShapeError(`${op}: input ${formatSpec(input)} must broadcast to the product ${formatSpec(found)}`);
    const scaled = alpha === 1 ? found : mul(found, alpha);
    return add(beta === 0 ? maskedFill(input, tensor(true), 0) : beta === 1 ? input : mul(input, beta), scaled);
  });
}

/**
 * `beta * input + alpha * (a b)`, input broadcast to the product's shape. a [m,k], b [k,n], float32 -> [m,n]. Options `alpha` and `beta` are 1
 * unless given; with `beta` 0, NaN and infinities of input do not count.
 * Gradient: `beta g` for input, `alpha g b^T` for a, `alpha a^T g` for b.
 * Errors: `ShapeError` unless a and b are matrices that fit, `DTypeError`, and `ArgError` for an alpha or beta that is not finite.
 * @example addmm(tensor([1]), tensor([[1, 2]]), tensor([[3], [4]])); // [[12]]
 */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options?: ScaleOptions): Tensor {
  return addScaled("addmm", input, options, () => productOf("addmm", a, 2, b, 2));
}
