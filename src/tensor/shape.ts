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

/** The most elements of a tensor: with one byte each, they fill the 4 GiB that a 32-bit address reaches. */
const MAX_ELEMENTS = 2 ** 32;

/** The most dimensions of a tensor, as in NumPy and PyTorch. Deeper nesting is a mistake, and code that reads nested data recurses. */
export const MAX_RANK = 64;

/** Product of the sizes. It is exact, because `checkShape` bounds the product. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  return size;
}

/** A cache of frozen shapes, indexed by hash. */
const PLACES = 1024;
const known = new Array<Shape | undefined>(PLACES).fill(undefined);

/** A frozen shape with these sizes, from a cache: freezing an array takes longer than the rest of a view operation. */
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
 * Checks sizes that a caller gave, and returns a frozen copy. Errors: `ArgError` for a size that is not a whole number, `ShapeError` for
 * negative sizes and too many dimensions, `MemoryError` for more elements than the memory can hold.
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

/** Sizes or dimensions that are given as one array or one by one. Errors: `ArgError` if both are mixed. */
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

/** The frozen shape to which two shapes broadcast (sizes equal or 1, aligned from the right); `undefined` if there is none. */
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

/** Whether a shape broadcasts to another one, which stays as it is. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  const shape = broadcastShapes(from, to);
  return shape !== undefined && sameShape(shape, to);
}

/** The dimension `dim` as a number from 0; negative numbers count from the end. A scalar has dimensions 0 and -1, as in PyTorch. */
export function checkDim(op: string, dim: number, rank: number): number {
  const limit = Math.max(rank, 1);
  if (Number.isInteger(dim) && dim >= 0 && dim < limit) return dim; // the usual case, for which nothing else needs to run
  if (isPlainObject(dim)) throw new ArgError(`${op}: dim must be a whole number by itself, such as 1 or -1, got ${describe(dim)}`);
  checkWhole(op, "dim", dim);
  if (dim < -limit || dim >= limit) {
    throw new IndexError(`${op}: dim ${dim} is outside [${-limit}, ${limit - 1}] of a tensor of rank ${rank}`);
  }
  return dim < 0 ? dim + limit : dim;
}

/** Several dimensions in ascending order, each at most once. `undefined` means all. */
export function checkDims(op: string, dims: number | readonly number[] | undefined, rank: number): number[] {
  if (dims === undefined) {
    const all: number[] = [];
    for (let i = 0; i < rank; i++) all.push(i);
    return all;
  }
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

/**
 * Throws `ShapeError` unless a tensor `fits`; `wanted` says in words what does, `hint` what to do.
 * @example checkForm("bincount", x, x.ndim === 1, "[n]");
 */
export function checkForm(op: string, x: Spec, fits: boolean, wanted: string, name = "x", hint = ""): void {
  if (!fits) throw new ShapeError(`${op}: ${name} must be ${wanted}, got ${formatSpec(x)}${hint}`);
}

/** A shape as kernels see it: [outer, n, inner], with n the `count` dimensions from `dim` on. */
export function aroundDim(shape: Shape, dim: number, count = 1): [outer: number, n: number, inner: number] {
  const sizes: [number, number, number] = [1, 1, 1];
  for (let i = 0; i < shape.length; i++) sizes[i < dim ? 0 : i < dim + count ? 1 : 2] *= shape[i] as number;
  return sizes;
}
