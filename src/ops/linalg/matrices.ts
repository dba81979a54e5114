// What the operations on matrices share: checks, batches, and triangles. A tensor [..., m, n] is a batch of matrices.
import { ArgError, ShapeError } from "../../errors.js";
import { arange, eye } from "../../tensor/create.js";
import type { Scratch } from "../../tensor/op.js";
import { broadcastShapes, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { ints } from "../../wasm/memory.js";
import { add } from "../elementwise/arithmetic.js";
import type { Binary } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { expand, transpose, unsqueeze } from "../move/shape.js";

/** Bytes of an element of a float32 matrix, and of one of the float64 scratch in which the kernels compute. */
export const FLOAT = 4;
export const WIDE = 8;

export const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);

/** The number of matrices, their rows and their columns. */
export const sizesOf = ({ shape }: Tensor): [batch: number, rows: number, columns: number] => [
  sizeOf(shape.slice(0, -2)),
  shape.at(-2) as number,
  shape.at(-1) as number,
];

/** float32 of a shape. */
export const floats = (...shape: number[]) => ({ shape, dtype: "float32" }) as const;

/** Two results. */
export type Pair = readonly [first: Tensor, second: Tensor];

/** The sum of those terms that are there. */
export const total = (...terms: (Tensor | undefined)[]): Tensor => terms.filter((term) => term !== undefined).reduce((a, b) => add(a, b));

/** Throws unless `x` is a float32 batch of matrices, square ones if so wanted. */
export function checkMatrix(op: string, x: Tensor, name: string, square = false): void {
  checkAlive(op, x, name);
  checkFloat(op, x);
  if (x.ndim > 1 && (!square || x.shape.at(-1) === x.shape.at(-2))) return;
  throw new ShapeError(`${op}: ${name} must be ${square ? "square matrices [..., n, n]" : "matrices [..., m, n]"}, got ${formatSpec(x)}`);
}

/** Every matrix transposed. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

/** Both with their common batch, as copies where it grows. */
export function sameBatch(op: string, a: Tensor, b: Tensor): [a: Tensor, b: Tensor] {
  const batch = broadcastShapes(batchOf(a), batchOf(b));
  if (batch) return [a, b].map((x) => expand(x, [...batch, ...x.shape.slice(-2)])) as [Tensor, Tensor];
  throw new ShapeError(`${op}: got ${formatSpec(a)} and ${formatSpec(b)}; dimensions before the last two must match or be 1`);
}

/** The elements for whose row i and column j the comparison is true, and `otherwise` elsewhere. */
export function keepWhere(compare: Binary, x: Tensor, otherwise = 0): Tensor {
  const [, rows, columns] = sizesOf(x);
  return where(compare(unsqueeze(arange(rows), 1), arange(columns)), x, otherwise);
}

/** Identity matrices [..., n, n] for the rows of [..., n, m]. */
export const identityFor = (x: Tensor): Tensor => {
  const n = x.shape.at(-2) as number;
  return expand(eye(n), [...batchOf(x), n, n]);
};

/** Runs a kernel that writes 0 for each matrix of a batch, or a number that says what is wrong; `message` says it, too. */
export function runChecked(
  op: string,
  batch: number,
  scratch: Scratch,
  run: (info: number) => void,
  message: (code: number) => string,
): void {
  const info = scratch(FLOAT * batch);
  run(info);
  const codes = ints().subarray(info / FLOAT, info / FLOAT + batch);
  const bad = codes.findIndex((code) => code !== 0);
  if (bad >= 0) throw new ArgError(`${op}: matrix ${bad} of the batch ${message(codes[bad] as number)}`);
}

/** The message of kernels that rotate. */
export const failed = (x: Tensor) => (): string => `${formatSpec(x)} contains NaN or Infinity, or does not converge`;
