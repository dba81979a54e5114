// Shapes: checked sizes, broadcasting, dimensions counted from either end.
import { checkWhole } from "../checks.js";
import { ArgError, describe, IndexError, isPlainObject, MemoryError, ShapeError } from "../errors.js";
import type { DType } from "./dtype.js";

/** Sizes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** What an operation's result looks like before it exists. */
export interface Spec {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Type of the elements. */
  readonly dtype: DType;
}

/** No tensor has more elements than this: it fills the 4 GiB a 32-bit address reaches with one byte each. */
const MAX_ELEMENTS = 2 ** 32;

/** No tensor has more dimensions: as many as NumPy's and PyTorch's. Deeper nesting is a mistake, and code that walks it recurses. */
export const MAX_RANK = 64;

/** Product of the sizes. Exact, because the factors were checked one by one. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  return size;
}

/** Shapes that were frozen, in the places of their hashes. */
const PLACES = 1024;
const known = new Array<Shape | undefined>(PLACES).fill(undefined);

/** A frozen shape of these sizes, one for all that have them: freezing an array takes longer than all else about a view. */
export function frozen(shape: Shape): Shape {
  let hash = shape.length;
  for (let i = 0; i < shape.length; i++) hash = (Math.imul(hash, 31) + (shape[i] as number)) | 0;
  const place = hash & (PLACES - 1);
  const found = known[place];
  if (found !== undefined && sameShape(found, shape)) return found;
  const made = Object.freeze(shape.slice());
  known[place] = made;
  return made;
}

/**
 * Checks sizes a caller gave. `ArgError` for what is no whole number, `ShapeError` for negative sizes and too many dimensions,
 * `MemoryError` for more elements than any memory here holds. The result is a frozen copy.
 */
export function checkShape(op: string, shape: Shape): Shape {
  if (!Array.isArray(shape)) throw new ArgError(`${op}: a shape is an array of sizes, got ${describe(shape)}`);
  if (shape.length > MAX_RANK) throw new ShapeError(`${op}: a tensor has at most ${MAX_RANK} dimensions, got ${shape.length} sizes`);
  let size = 1;
  let empty = false;
  for (const dim of shape) {
    if (typeof dim !== "number" || !Number.isInteger(dim)) {
      throw new ArgError(`${op}: sizes must be whole numbers, got ${describe(shape)}`);
    }
    if (dim < 0) throw new ShapeError(`${op}: sizes must not be negative, got ${describe(shape)}`);
    if (dim === 0) empty = true;
    else size *= dim;
  }
  if (!empty && size > MAX_ELEMENTS) {
    throw new MemoryError(`${op}: ${formatShape(shape)} has ${size} elements; at most ${MAX_ELEMENTS} fit in the memory`);
  }
  return frozen(shape);
}

/** Sizes or dimensions that may come as one array or one by one. `ArgError` where both are mixed. */
export function listOf(op: string, args: readonly unknown[]): readonly number[] {
  const [first] = args;
  if (!Array.isArray(first)) return args as readonly number[];
  if (args.length > 1) throw new ArgError(`${op}: takes one array or numbers one by one, got ${args.map(describe).join(", ")}`);
  return first;
}

/** `[2,3]`, as error messages write a shape. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** `float32[2,3]`, as error messages name a tensor. */
export function formatSpec({ dtype, shape }: Spec): string {
  return dtype + formatShape(shape);
}

/** Whether two shapes have the same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i] as number;
  }
  return strides;
}

/** The common, frozen shape of two, sizes equal or 1 and aligned from the right; `undefined` when there is none. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (b.length === 0 || sameShape(a, b)) return a;
  if (a.length === 0) return b;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const da = a[a.length - i] ?? 1;
    const db = b[b.length - i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) return undefined;
    out[rank - i] = da === 1 ? db : da;
  }
  return frozen(out);
}

/** Dimension `dim` of a rank, negative ones counted from the end. A scalar has dimensions 0 and -1, as in PyTorch. */
export function checkDim(op: string, dim: number, rank: number): number {
  const limit = Math.max(rank, 1);
  if (isPlainObject(dim)) throw new ArgError(`${op}: dim must be a whole number by itself, such as 1 or -1, got ${describe(dim)}`);
  checkWhole(op, "dim", dim);
  if (dim < -limit || dim >= limit) {
    throw new IndexError(`${op}: dim ${dim} is outside [${-limit}, ${limit - 1}] of a tensor of rank ${rank}`);
  }
  return dim < 0 ? dim + limit : dim;
}

/** Several dimensions, each at most once, in ascending order. `undefined` means all. */
export function checkDims(op: string, dims: number | readonly number[] | undefined, rank: number): number[] {
  if (dims === undefined) return Array.from({ length: rank }, (_, i) => i);
  if (typeof dims !== "number" && !Array.isArray(dims))
    throw new ArgError(`${op}: dim must be a whole number, or several in an array, got ${describe(dims)}`);
  const list = (typeof dims === "number" ? [dims] : [...(dims as readonly number[])])
    .map((dim) => checkDim(op, dim, rank))
    .sort((a, b) => a - b);
  for (let i = 1; i < list.length; i++) {
    if (list[i] === list[i - 1]) throw new ArgError(`${op}: dim ${list[i]} appears twice in ${describe(dims)}`);
  }
  return rank === 0 ? [] : list;
}
