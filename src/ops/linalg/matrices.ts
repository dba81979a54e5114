// What the operations on matrices share: checks, batches, and triangles. A tensor [..., m, n] is a batch of matrices.
import { checkBoolean, checkFinite } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { arange, eye } from "../../tensor/create.js";
import type { Scratch } from "../../tensor/op.js";
import { broadcastShapes, formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { ints } from "../../wasm/memory.js";
import { add } from "../elementwise/arithmetic.js";
import type { Binary } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { matmulOp } from "../gemm/matmul.js";
import { expand, transpose, unsqueeze } from "../move/shape.js";

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

/** Options whose defaults are booleans, or finite numbers, or what the operation checks itself. */
export function readTyped<Options extends object>(op: string, given: object | undefined, defaults: Options): Options {
  const options = readOptions(op, given, defaults);
  for (const [name, value] of Object.entries(defaults)) {
    const is = options[name as keyof Options];
    if (typeof value === "boolean") checkBoolean(op, name, is);
    if (typeof value === "number") checkFinite(op, name, is);
  }
  return options;
}

/** Throws unless `x` is a float32 batch of matrices, square ones if so wanted. */
export function checkMatrix(op: string, x: Tensor, name: string, square = false): void {
  checkAlive(op, x, name);
  checkFloat(op, x);
  if (x.ndim > 1 && (!square || x.shape.at(-1) === x.shape.at(-2))) return;
  throw new ShapeError(`${op}: ${name} must be ${square ? "square matrices [..., n, n]" : "matrices [..., m, n]"}, got ${formatSpec(x)}`);
}

/** Every matrix transposed. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

/** `A B`, `A^T B` and `A B^T`. */
export const timesAB = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: false, b: false });
export const timesAtB = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: true, b: false });
export const timesABt = (a: Tensor, b: Tensor): Tensor => matmulOp(a, b, { a: false, b: true });

/** Both with their common batch, as copies where it grows. */
export function sameBatch(op: string, a: Tensor, b: Tensor): Pair {
  const batch = broadcastShapes(batchOf(a), batchOf(b));
  if (batch) return [a, b].map((x) => expand(x, [...batch, ...x.shape.slice(-2)])) as unknown as Pair;
  throw new ShapeError(`${op}: got ${formatSpec(a)} and ${formatSpec(b)}; dimensions before the last two must match or be 1`);
}

/** The elements for whose row i and column j the comparison is true, and `otherwise` elsewhere. */
export function keepWhere(compare: Binary, x: Tensor, otherwise = 0): Tensor {
  const [, rows, columns] = sizesOf(x);
  return where(compare(unsqueeze(arange(rows), 1), arange(columns)), x, otherwise);
}

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
