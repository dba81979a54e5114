import { ArgError } from "../../errors.js";
import { eye } from "../../tensor/create.js";
import type { Scratch } from "../../tensor/op.js";
import { broadcastShapes, checkForm, formatSpec, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { ints } from "../../wasm/memory.js";
import { tril } from "../arrange/diagonal.js";
import { add } from "../elementwise/arithmetic.js";
import { BATCHES, matmulOp, mismatch } from "../gemm/matmul.js";
import { expand, reshape, transpose, unsqueeze } from "../move/shape.js";

export const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);

/** The number of matrices, their rows and their columns. */
export const sizesOf = (x: Tensor): [batch: number, rows: number, columns: number] => [
  sizeOf(batchOf(x)),
  ...(x.shape.slice(-2) as [number, number]),
];

/** float32 of the batch of x, and what follows. */
export const likeBatch = (x: Tensor, ...shape: number[]) => ({ shape: [...batchOf(x), ...shape], dtype: "float32" }) as const;

/** Two results. */
export type Pair = readonly [first: Tensor, second: Tensor];

/** The sum of those terms that are there. */
export const total = (...terms: (Tensor | undefined)[]): Tensor => terms.filter((term) => term !== undefined).reduce((a, b) => add(a, b));

/** Throws unless `x` is a float32 batch of matrices, square ones if so wanted. */
export function checkMatrix(op: string, x: Tensor, name: string, square = false): void {
  checkAlive(op, x, name);
  checkFloat(op, x);
  const fits = x.ndim > 1 && (!square || x.shape.at(-1) === x.shape.at(-2));
  checkForm(op, x, fits, square ? "square matrices [..., n, n]" : "matrices [..., m, n]", name);
}

/** Every matrix transposed. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

/** `A B`, `A^T B` and `A B^T`. */
export const timesAB = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: false, b: false });
export const timesAtB = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: true, b: false });
export const timesABt = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: false, b: true });

/** The common batch of two batches of matrices. Throws unless b has as many rows as a, or columns if not `left`. */
export function fit(op: string, a: Tensor, b: Tensor, square = false, left = true): Shape {
  checkMatrix(op, a, "a", square);
  checkMatrix(op, b, "b");
  const batch = broadcastShapes(batchOf(a), batchOf(b));
  const side = left ? -2 : -1;
  if (batch && a.shape.at(side) === b.shape.at(side)) return batch;
  throw mismatch(op, a, b, `b must have as many ${left ? "rows" : "columns"} as a, ${BATCHES}`);
}

/** Both with a common batch, as copies where it grows. */
export const sameBatch = (batch: Shape, ...pair: Pair): Pair =>
  pair.map((x) => expand(x, [...batch, ...x.shape.slice(-2)])) as unknown as Pair;

/** b as matrices, and what makes vectors of results if b is a vector for each matrix of a, by PyTorch's rule. */
export function columnsOf(op: string, a: Tensor, b: Tensor): [b: Tensor, back: (x: Tensor) => Tensor] {
  checkAlive(op, a, "a");
  checkAlive(op, b, "b");
  return b.ndim === 1 || sameShape(b.shape, a.shape.slice(0, -1))
    ? [unsqueeze(b, -1), (x) => reshape(x, x.shape.slice(0, -1))]
    : [b, (x) => x];
}

/** The lower triangle, and its mirror image above the diagonal. */
export const mirrored = (x: Tensor): Tensor => add(tril(x), mT(tril(x, -1)));

/** Identity matrices with as many rows as x. */
export const identityFor = (x: Tensor): Tensor => {
  const [, n] = sizesOf(x);
  return expand(eye(n), likeBatch(x, n, n).shape);
};

/**
 * Calls a kernel for matrices x, with scratch for `wide` float64 and more. For each matrix it writes 0 or a number that says what is wrong, to
 * which `message` gives the text.
 */
export function runOn(
  op: string,
  x: Tensor,
  scratch: Scratch,
  wide: number,
  kernel: (info: number, batch: number, sizeBytes: number, work: number) => void,
  message: (code: number) => string = () => "contains NaN or Infinity, or does not converge",
): void {
  const [batch] = sizesOf(x);
  const bytes = 8 * wide + 16;
  const info = scratch(4 * batch);
  kernel(info, batch, bytes, scratch(bytes));
  const codes = ints().subarray(info / 4, info / 4 + batch);
  const bad = codes.findIndex((code) => code !== 0);
  if (bad >= 0) throw new ArgError(`${op}: matrix ${bad} of ${formatSpec(x)} ${message(codes[bad] as number)}`);
}
