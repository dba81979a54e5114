// Parts of a tensor: rows, ranges with steps, and their gradients.
import { checkNoMore, checkThat, checkWhole, isGiven } from "../../checks.js";
import { ArgError, describe, IndexError, ShapeError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineEdit, defineOp, defineView, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDims, formatSpec, listOf, type Shape, sizeOf, stridesOf } from "../../tensor/shape.js";
import { checkAlive, dimOf, emptyUnscoped, Tensor } from "../../tensor/tensor.js";
import { fill } from "../../tensor/values.js";
import { k } from "../../wasm/kernels.js";
import { reshape } from "./shape.js";
import { stridedCopy } from "./strided.js";

/** @internal One dimension of a slice: `count` elements from `start`, `step` apart (negative steps walk back). */
export interface Span {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

interface Spans {
  readonly spans: readonly Span[];
  /** The shape the spans are cut from. */
  readonly of: Shape;
}

/** @internal Copies `source` to the elements that spans select from `out`. */
export function pasteAt(out: Tensor, source: Tensor, spans: readonly Span[]): void {
  stridedCopy(source, 0, stridesOf(source.shape), out, ...placesOf(out, spans), source.shape);
}

/** Where spans start, and their strides. */
function placesOf({ shape }: Tensor, spans: readonly Span[]): [start: number, strides: number[]] {
  const strides = stridesOf(shape);
  return [
    spans.reduce((sum, { start }, i) => sum + start * (strides[i] as number), 0),
    spans.map(({ step }, i) => step * (strides[i] as number)),
  ];
}

const sliceOp: Op<[x: Tensor], Spans> = defineOp<[x: Tensor], Spans>({
  name: "slice",
  infer: ([x], { spans }) => ({ shape: spans.map(({ count }) => count), dtype: x.dtype }),
  forward: (out, [x], { spans }) => stridedCopy(x, ...placesOf(x, spans), out, 0, stridesOf(out.shape), out.shape),
  backward: [(g, { attr }) => paste(g, attr)],
  addGrad: (sum, g, spans) => addAt_(sum, g, spans),
});

/** The inverse of a slice: zeros in the original shape, with `x` where the slice was. */
const paste: Op<[x: Tensor], Spans> = defineOp<[x: Tensor], Spans>({
  name: "paste",
  infer: ([x], { of }) => ({ shape: of, dtype: x.dtype }),
  forward: (out, [x], { spans }) => {
    fill(out, 0);
    pasteAt(out, x, spans);
  },
  backward: [(g, { attr }) => sliceOp(g, attr)],
});

/** Adds `g` to the elements of `sum` that a slice selected. */
const addAt_: (sum: Tensor, g: Tensor, spans: Spans) => Tensor = defineEdit<[sum: Tensor, g: Tensor], Spans>({
  name: "addAt_",
  inputs: 2,
  forward: ([sum, g], { spans }) => {
    const [start, steps] = placesOf(sum, spans);
    const own = stridesOf(g.shape);
    const piece = emptyUnscoped(g.shape, g.dtype);
    try {
      stridedCopy(sum, start, steps, piece, 0, own, g.shape);
      k.axpy(g.ptr, piece.ptr, g.size, 1);
      stridedCopy(piece, 0, own, sum, start, steps, g.shape);
    } finally {
      piece.dispose();
    }
  },
});

/** The same for consecutive rows, which start at element `from`. */
const addRows_: (sum: Tensor, g: Tensor, from: number) => Tensor = defineEdit<[sum: Tensor, g: Tensor], number>({
  name: "addRows_",
  inputs: 2,
  forward: ([sum, g], from) => k.axpy(g.ptr, sum.ptr + from * dtypes.float32.bytes, g.size, 1),
});

/** Consecutive whole rows: their elements are contiguous, so the result can share memory. */
const sliceRows: (x: Tensor, span: Span) => Tensor = defineView<Span>({
  name: "sliceRows",
  infer: (x, { start, count }) => {
    const [, ...row] = x.shape;
    return { shape: [count, ...row], offset: start * sizeOf(row) };
  },
  backward: (g, shape, span) => paste(g, { spans: [span, ...shape.slice(1).map(wholeDimension)], of: shape }),
  addGrad: (sum, g, { start }) => addRows_(sum, g, start * sizeOf(sum.shape.slice(1))),
});

/** @internal Extends `x` with zeros to a larger shape; `x` keeps the lowest indices. */
export function padTo(x: Tensor, shape: Shape): Tensor {
  return paste(x, { spans: x.shape.map(wholeDimension), of: shape });
}

/** @internal */
export function wholeDimension(size: number): Span {
  return { start: 0, step: 1, count: size };
}

/** @internal */
export const isWhole = ({ start, step, count }: Span, size: number): boolean => start === 0 && step === 1 && count === size;

/** Whether the spans select consecutive whole rows: all but the first are whole dimensions. */
function selectsRows(x: Tensor, spans: readonly Span[]): boolean {
  return spans[0]?.step === 1 && spans.every((span, i) => i === 0 || isWhole(span, x.shape[i] as number));
}

/** @internal */
export function sliceBySpans(x: Tensor, spans: readonly Span[]): Tensor {
  return selectsRows(x, spans) ? sliceRows(x, spans[0] as Span) : sliceOp(x, { spans, of: x.shape });
}

/** A range of one dimension: `[start]`, `[start, end]` or `[start, end, step]`; `null` where a default is meant. */
export type SliceRange = readonly [start?: number | null, end?: number | null, step?: number | null];

/** @internal Resolves a range as Python does, except that a range which selects nothing by mistake is an error, unless it `mayBeEmpty`. */
export function resolveRange(op: string, x: Tensor, dim: number, [start, end, step]: SliceRange, mayBeEmpty = false): Span {
  const n = x.shape[dim] as number;
  const by = step ?? 1;
  for (const value of [start, end, by]) {
    if (isGiven(value)) checkWhole(op, "each part of a range", value, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  }
  checkThat(op, by !== 0, "the step must not be 0", by);
  const [low, high] = by > 0 ? [0, n] : [-1, n - 1];
  const at = (value: number | null | undefined, open: number): number =>
    isGiven(value) ? Math.min(Math.max(value < 0 ? value + n : value, low), high) : open;
  const [from, to] = by > 0 ? [at(start, low), at(end, high)] : [at(start, high), at(end, low)];
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (count === 0 && n > 0 && start !== end && !mayBeEmpty) {
    throw new IndexError(`${op}: ${start ?? ""}:${end ?? ""}:${by} selects nothing from dimension ${dim} of ${formatSpec(x)}`);
  }
  return { start: count === 0 ? 0 : from, step: by, count };
}

/**
 * A range per dimension, from the first on: `[start, end]` or `[start, end, step]` with Python's meaning, negative numbers counting from
 * the end; `null` or `undefined` instead of a range keeps a dimension. x: any dtype, any shape -> the same rank. Leading rows share memory
 * with `x`; all else is a copy. Gradient: g at the selected places, 0 elsewhere.
 * Errors: `IndexError` for more ranges than dimensions or a range that selects nothing, `ArgError` for a step of 0 or a range of another
 * form.
 * @example arange(6).slice([1, -1, 2]); // [1, 3]
 */
export function slice(x: Tensor, ...ranges: readonly SliceRange[]): Tensor {
  return sliceRanges(x, ranges);
}

/** @internal `slice`, and whether ranges may select nothing, as those of NumPy and ONNX may. */
export function sliceRanges(x: Tensor, ranges: readonly SliceRange[], mayBeEmpty = false): Tensor {
  checkAlive("slice", x, "x");
  for (const range of ranges as readonly unknown[]) {
    if (isGiven(range) && !(Array.isArray(range) && range.length <= 3))
      throw new ArgError(`slice: takes a range [start, end, step] per dimension, got ${describe(range)}; one row is x.at(i)`);
  }
  if (ranges.length > x.ndim) throw new IndexError(`slice: got ${ranges.length} ranges for ${formatSpec(x)}`);
  return sliceBySpans(
    x,
    x.shape.map((size, dim) => (ranges[dim] ? resolveRange("slice", x, dim, ranges[dim], mayBeEmpty) : wholeDimension(size))),
  );
}

function checkIndex(op: string, x: Tensor, dim: number, index: number): number {
  const n = x.shape[dim] as number;
  checkWhole(op, "index", index);
  if (index < -n || index >= n)
    throw new IndexError(`${op}: index ${index} is outside [${-n}, ${n - 1}] of dimension ${dim} of ${formatSpec(x)}`);
  return index < 0 ? index + n : index;
}

/** @internal The dimension of a tensor that has one. */
export function rowDim(op: string, x: Tensor, dim: number): number {
  const d = dimOf(op, x, dim);
  if (x.ndim === 0) throw new IndexError(`${op}: a scalar has no rows; use item()`);
  return d;
}

/** Selects from one dimension. */
function along(x: Tensor, dim: number, start: number, count: number): Tensor {
  return sliceBySpans(
    x,
    x.shape.map((size, i) => (i === dim ? { start, step: 1, count } : wholeDimension(size))),
  );
}

/**
 * Element `index` of dimension 0, which goes away: [n, ...] -> [...]. x: any dtype. The result shares memory with `x`.
 * Gradient: g at that element, 0 elsewhere.
 * Errors: `IndexError` if it is out of range or `x` is a scalar, `ArgError` for an index that is not an integer.
 * @example tensor([[1, 2], [3, 4]]).at(-1); // [3, 4]
 */
export function at(x: Tensor, index: number, ...rest: readonly never[]): Tensor {
  rowDim("at", x, 0);
  checkNoMore("at", rest);
  const start = checkIndex("at", x, 0, index);
  return scope(() => reshape(sliceRows(x, { start, step: 1, count: 1 }), x.shape.slice(1)));
}

/**
 * Element `index` of dimension `dim`, which goes away: with `dim` 1, [m, n] -> [m]. x: any dtype, any shape.
 * Gradient: g at that element, 0 elsewhere.
 * Errors: `IndexError` if it is out of range or `x` is a scalar, `ArgError` for numbers that are not integers.
 * @example tensor([[1, 2], [3, 4]]).select(1, 0); // [1, 3]
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  const d = rowDim("select", x, dim);
  const start = checkIndex("select", x, d, index);
  const rest = x.shape.filter((_, i) => i !== d);
  return scope(() => reshape(along(x, d, start, 1), rest));
}

/**
 * `length` elements of dimension `dim` from `start`. x: any dtype, any shape -> the same rank. Gradient: g at these elements, 0 elsewhere.
 * Errors: `IndexError` if they are not all there or `x` is a scalar, `ArgError` for numbers that are not integers.
 * @example arange(5).narrow(0, 1, 2); // [1, 2]
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  const d = rowDim("narrow", x, dim);
  const n = x.shape[d] as number;
  checkWhole("narrow", "start", start);
  checkWhole("narrow", "length", length);
  const from = start < 0 ? start + n : start;
  if (from < 0 || length < 0 || from + length > n)
    throw new IndexError(`narrow: elements ${start} to ${start + length} are not all in dimension ${d} of ${formatSpec(x)}`);
  return along(x, d, from, length);
}

/**
 * @internal A part of an index: a number drops its dimension, a range keeps it, `null` is a new dimension, a tensor selects by its values.
 */
export type IndexPart = number | SliceRange | null | "..." | Tensor;

/** @internal What a part of an index selects: a span, which a number drops; a new dimension and a tensor are left as they are. */
export type Placed = { readonly span: Span; readonly drop: boolean } | null | Tensor;

/** @internal Reads an index that is given as text. */
export function readNotation(op: string, notation: string): IndexPart[] {
  return notation.split(",").map((text) => {
    const part = text.trim();
    if (part === "...") return part;
    if (part === "None" || part === "newaxis") return null;
    if (!/^(?!$)([+-]?\d+)?(:([+-]?\d+)?){0,2}$/.test(part))
      throw new ArgError(`${op}: "${part}" in "${notation}" is neither a number, a range start:end:step, None, nor ...`);
    const ends = part.split(":").map((end) => (end === "" ? null : Number(end)));
    return ends.length > 1 ? (ends as unknown as SliceRange) : (ends[0] as number);
  });
}

/** The number of dimensions that a part selects from: a mask covers as many as it has. */
function covered(part: IndexPart): number {
  if (part instanceof Tensor) return part.dtype === "bool" ? part.ndim : 1;
  return part === null || part === "..." ? 0 : 1;
}

/** @internal Resolves an index for `x`; dimensions that it does not name are whole. */
export function placeParts(op: string, x: Tensor, parts: readonly IndexPart[]): Placed[] {
  const named = parts.reduce<number>((sum, part) => sum + covered(part), 0);
  if (named > x.ndim) throw new IndexError(`${op}: the index names ${named} dimensions of ${formatSpec(x)}`);
  const rest = new Array<IndexPart>(x.ndim - named).fill([]);
  const dots = parts.indexOf("...");
  const full = dots < 0 ? [...parts, ...rest] : [...parts.slice(0, dots), ...rest, ...parts.slice(dots + 1)];
  let dim = 0;
  return full.map((part) => {
    const at = dim;
    dim += covered(part);
    if (part === "...") throw new ArgError(`${op}: the index contains "..." twice`);
    if (part === null || part instanceof Tensor) return part;
    if (typeof part !== "number") return { span: resolveRange(op, x, at, part), drop: false };
    return { span: { start: checkIndex(op, x, at, part), step: 1, count: 1 }, drop: true };
  });
}

/** @internal The spans of an index without tensors, and the shape that it selects. */
export function spansOf(placed: readonly Placed[]): { spans: Span[]; shape: number[] } {
  const basic = placed as readonly ({ readonly span: Span; readonly drop: boolean } | null)[];
  return {
    spans: basic.flatMap((part) => part?.span ?? []),
    shape: basic.flatMap((part) => (part === null ? 1 : part.drop ? [] : part.span.count)),
  };
}

/** @internal Selects by an index without tensors. */
export function sliceByParts(x: Tensor, placed: readonly Placed[]): Tensor {
  const { spans, shape } = spansOf(placed);
  return scope(() => reshape(sliceBySpans(x, spans), shape));
}

/**
 * Indexing in NumPy's notation, as one text: numbers drop a dimension, ranges keep it, `None` adds one, `...` stands for all between.
 * x: any dtype, any shape. Gradient: g at the selected places, 0 elsewhere.
 * Errors: `ArgError` for text that is not such a notation, `IndexError` if it is out of range.
 * @example tensor([[1, 2, 3], [4, 5, 6]]).get(":, ::2"); // [[1, 3], [4, 6]]
 */
export function get(x: Tensor, notation: string, ...more: readonly never[]): Tensor {
  checkAlive("get", x, "x");
  const takes = 'without import "simdgrad/methods", the method takes one text, such as "0, :"';
  checkThat("get", typeof notation === "string", takes, notation);
  checkNoMore("get", more);
  return sliceByParts(x, placeParts("get", x, readNotation("get", notation)));
}

/**
 * Pieces of `size` elements along `dim` (the last may be smaller), or of the given sizes. x: any dtype, any shape -> pieces of the same
 * rank.
 * Gradient: of each piece to its own elements.
 * Errors: `ShapeError` if the sizes do not add up, `ArgError` for a size of 0 or a value that is not a size, `IndexError` for a dimension
 * outside the rank.
 * @example arange(5).split(2).map((piece) => piece.toArray()); // [[0, 1], [2, 3], [4]]
 */
export function split(x: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  const d = rowDim("split", x, dim);
  const n = x.shape[d] as number;
  if (Array.isArray(size)) for (const one of size as readonly unknown[]) checkWhole("split", "each size", one, 0);
  else checkWhole("split", "size", size, 1);
  const sizes = typeof size === "number" ? Array.from({ length: Math.ceil(n / size) }, (_, i) => Math.min(size, n - i * size)) : size;
  const total = sizes.reduce((sum, s) => sum + s, 0);
  if (total !== n)
    throw new ShapeError(`split: sizes [${sizes.join(", ")}] add up to ${total}, dimension ${d} of ${formatSpec(x)} has ${n}`);
  let end = 0;
  return sizes.map((length) => {
    end += length;
    return narrow(x, d, end - length, length);
  });
}

/**
 * Elements of the given dimensions in reverse, as a copy. Dimensions as one array or one by one. x: any dtype, any shape -> same.
 * Gradient: g in reverse along the same dimensions.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice or none given.
 * @example tensor([1, 2, 3]).flip(0); // [3, 2, 1]
 */
export function flip(x: Tensor, ...dims: readonly [readonly number[]] | readonly number[]): Tensor {
  checkAlive("flip", x, "x");
  if (dims.length === 0) throw new ArgError("flip: needs dimensions, such as x.flip(0)");
  const reversed = checkDims("flip", listOf("flip", dims), x.ndim);
  const spans = x.shape.map((size, dim) =>
    reversed.includes(dim) ? { start: Math.max(size - 1, 0), step: -1, count: size } : wholeDimension(size),
  );
  return sliceOp(x, { spans, of: x.shape });
}
