// Reads and writes with an index of any parts: texts, numbers, new dimensions, index tensors and masks.
import { checkNumber } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { arange, full } from "../../tensor/create.js";
import type { Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, formatShape, formatSpec, type Shape, sameShape, sizeOf, stridesOf } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { gatherOp, indexSelectOp } from "../move/gather.js";
import { expand, reshape } from "../move/shape.js";
import {
  type IndexPart,
  isWhole,
  type Placed,
  placeParts,
  readNotation,
  type Span,
  sliceByParts,
  sliceBySpans,
  spansOf,
  wholeDimension,
} from "../move/slice.js";
import { modeOf, wrapped } from "./indexed.js";
import { fillWhere, truePositions } from "./masks.js";
import { paste } from "./slices.js";
import { fill, flat, MODES, type Mode, sourceFor, writeAt, writing } from "./write.js";

/** A part of an index: a text as in `"1:, 0"`, a number, an int32 tensor, a mask, or `null` for a new dimension. */
export type Index = string | number | Tensor | null;

function readParts(op: string, x: Tensor, index: readonly unknown[]): Placed[] {
  checkAlive(op, x, "x");
  if (index.length === 0) throw new ArgError(`${op}: needs an index, such as x.${op}("0, :")`);
  const parts = index.flatMap((part): IndexPart[] => {
    if (typeof part === "string") return readNotation(op, part);
    if (part === null || typeof part === "number") return [part];
    if (part instanceof Tensor) {
      checkAlive(op, part, "index");
      return [part.dtype === "int32" && part.ndim === 0 ? part.item() : part]; // a scalar is a number, as in PyTorch
    }
    throw new ArgError(`${op}: an index is a number, a text such as "1:3", an int32 or bool tensor, or null, got ${describe(part)}`);
  });
  return placeParts(op, x, parts);
}

/** One part of an index over the dimension, or the dimensions of a mask, that it selects from. */
interface Part {
  /** The values of a tensor, from 0; those of a mask are the positions where it is true. */
  readonly values?: Tensor;
  /** What else selects; it is the whole of a new dimension. */
  readonly span: Span;
  readonly drop: boolean;
  readonly size: number;
  readonly stride: number;
}

function partsOf(op: string, x: Tensor, placed: readonly Placed[]): Part[] {
  const strides = stridesOf(x.shape);
  let dim = 0;
  return placed.map((part): Part => {
    if (part === null) return { span: wholeDimension(1), drop: false, size: 1, stride: 0 };
    const isMask = part instanceof Tensor && part.dtype === "bool";
    const own = x.shape.slice(dim, dim + (isMask ? part.ndim : 1));
    dim += own.length;
    const [size, stride] = [sizeOf(own), strides[dim - 1] ?? 1];
    if (!(part instanceof Tensor)) return { ...part, size, stride };
    if (isMask && !sameShape(own, part.shape))
      throw new ShapeError(`${op}: the mask ${formatSpec(part)} does not fit the sizes ${formatShape(own)} of ${formatSpec(x)}`);
    return { values: isMask ? truePositions(part) : wrapped(op, part, size), span: wholeDimension(size), drop: false, size, stride };
  });
}

/** An index with tensors, as one index tensor for joined dimensions. */
interface Plan {
  /** [outer, n, inner], or [n] for single elements. It shares memory with the tensor that is indexed. */
  readonly of: Tensor;
  /** int32 [m], the positions along n. */
  readonly index: Tensor;
  /** The shape of the result. */
  readonly shape: Shape;
}

const hasTensors = (placed: readonly Placed[]): boolean => placed.some((part) => part instanceof Tensor);

/**
 * The dimensions of the index tensors take the place of the first, or come first of all if other parts are between them, as in PyTorch.
 * With `views`, the plan may be for a view of the rows that a first range selects.
 */
function planOf(op: string, x: Tensor, placed: readonly Placed[], views: boolean): Plan {
  const [head, ...others] = placed;
  if (views && head && !(head instanceof Tensor) && head.span.step === 1 && head.span.count !== x.shape[0]) {
    const rows = sliceBySpans(x, [head.span, ...x.shape.slice(1).map(wholeDimension)]);
    return planOf(op, rows, [{ span: wholeDimension(head.span.count), drop: head.drop }, ...others], views);
  }
  const all = partsOf(op, x, placed);
  const parts = all.filter(({ drop }) => !drop);
  const selectors = parts.filter(({ values }) => values) as (Part & { readonly values: Tensor })[];
  const common = selectors.reduce<Shape | undefined>((shape, { values }) => shape && broadcastShapes(shape, values.shape), []);
  if (!common)
    throw new ShapeError(
      `${op}: the index tensors ${selectors.map(({ values }) => formatSpec(values)).join(", ")} do not broadcast together`,
    );
  const first = parts.findIndex(({ values }) => values);
  const adjacent = parts.slice(first, first + selectors.length).every(({ values }) => values);
  const kept = parts.filter(({ values }) => !values);
  const lead = adjacent ? Math.max(first, 0) : 0;
  const counts = kept.map(({ span }) => span.count);
  const shape = [...counts.slice(0, lead), ...common, ...counts.slice(lead)];
  if (first >= 0 && adjacent && all.every(({ span, size }) => isWhole(span, size))) {
    const [outer, inner] = [sizeOf(counts.slice(0, lead)), sizeOf(counts.slice(lead))];
    const n = sizeOf(selectors.map(({ size }) => size));
    const index = selectors.reduce<Tensor | undefined>((sum, { values, size }) => (sum ? add(mul(sum, size), values) : values), undefined);
    const of = reshape(x, outer * inner === 1 ? [n] : [outer, n, inner]);
    return { of, index: flat(expand(index as Tensor, common)), shape };
  }
  // Every element is selected by its position, the sum of what each part adds to it along its dimensions of the result.
  const along = (offsets: Tensor, end: number): Tensor =>
    reshape(offsets, [...offsets.shape, ...new Array<number>(shape.length - end).fill(1)]);
  const start = all.reduce((sum, { span, stride }) => sum + span.start * stride, 0);
  let positions = full([], start, { dtype: "int32" });
  for (const { values, stride } of selectors) positions = add(positions, along(mul(values, stride), lead + common.length));
  kept.forEach(({ span, stride }, i) => {
    const offsets = mul(arange(span.count, { dtype: "int32" }), span.step * stride);
    positions = add(positions, along(offsets, i + 1 + (i < lead ? 0 : common.length)));
  });
  return { of: flat(x), index: flat(expand(positions, shape)), shape };
}

/**
 * Indexing as in NumPy and PyTorch, with any number of parts. A text holds one part or several: numbers drop a dimension, ranges keep it,
 * `None` adds one, `...` stands for all between. A number is a part by itself, and `null` is a new dimension. An int32 tensor selects by
 * its values, negative ones from the end; several broadcast together, and a scalar is a number. A bool tensor selects where it is true,
 * from as many dimensions as it has. x: any dtype, any shape. The dimensions of the tensors take the place of the first one, or come first
 * of all if other parts are between them. Without tensors, leading rows share memory with `x`; all else is a copy.
 * Gradient: added up in the places that were selected.
 * Errors: `IndexError` for what is out of range and for a range that selects nothing (a mask may select nothing), with value and position;
 * `ShapeError` for masks and index tensors that do not fit; `DTypeError` for tensors of other dtypes; `ArgError` for other parts.
 * @example tensor([[1, 2, 3], [4, 5, 6]]).get(":, ::2"); // [[1, 3], [4, 6]]
 * @example tensor([[1, 2, 3], [4, 5, 6]]).get(":", tensor([2, 0], { dtype: "int32" })); // [[3, 1], [6, 4]]
 * @example tensor([1, -2, 3]).get(tensor([true, false, true])); // [1, 3]
 */
export function get(x: Tensor, ...index: readonly Index[]): Tensor {
  const placed = readParts("get", x, index);
  if (!hasTensors(placed)) return sliceByParts(x, placed);
  return scope(() => {
    const { of, index: at, shape } = planOf("get", x, placed, true);
    return reshape(of.ndim === 1 ? gatherOp(of, at, 0) : indexSelectOp(of, at, 1), shape);
  });
}

function putBy(op: string, x: Tensor, index: Index | readonly Index[], value: Operand, mode: Mode): Tensor {
  const parts = (Array.isArray(index) ? index : [index]) as readonly unknown[];
  const placed = readParts(op, x, parts);
  if (value instanceof Tensor) checkAlive(op, value, "value");
  else checkNumber(op, "value", value);
  const [mask] = parts;
  if (op !== "indexPut" && mode === MODES.copy && typeof value === "number" && parts.length === 1 && mask instanceof Tensor) {
    const { shape, ndim, dtype } = mask;
    if (dtype === "bool" && sameShape(shape, x.shape.slice(0, ndim)))
      return fillWhere(op, x, reshape(mask, [...shape, ...x.shape.slice(ndim).map(() => 1)]), value);
  }
  return writing(op, x, value, (inPlace) => {
    const source = sourceFor(op, x, op === "set" && value instanceof Tensor ? to(value, x.dtype) : value);
    if (mode === MODES.copy && !hasTensors(placed)) {
      const { spans, shape } = spansOf(placed);
      const counts = spans.map(({ count }) => count);
      return paste(x, reshape(fill(op, source, shape), counts), spans, inPlace);
    }
    const { of, index: at, shape } = planOf(op, x, placed, inPlace);
    const rows = of.ndim > 1;
    const wanted = rows ? [of.shape[0] as number, at.size, of.shape[2] as number] : [at.size];
    const out = writeAt(of, at, reshape(fill(op, source, shape), wanted), { dim: Number(rows), rows, mode }, inPlace);
    return inPlace ? out : reshape(out, x.shape);
  });
}

/**
 * Writes `value` in place where an index selects: `x.set("1:, 0", value)` is Python's `x[1:, 0] = value`. Returns `x`. index: one part as
 * `get` takes it, or several in an array; value: a number, or a tensor that broadcasts to what the index selects and is converted to the
 * dtype of x (any dtype, any shape). Of several elements for one place, the last stays. Gradient: none is recorded; `indexPut` is the form
 * that has one.
 * Errors: those of `get`; `ShapeError` for a value that does not broadcast; `ArgError` for a number that the dtype does not hold;
 * `GradError` if x or value requires a gradient, outside `noGrad`. Nothing is written then.
 * @example zeros(2, 3).set("1, ::2", 5); // [[0, 0, 0], [5, 0, 5]]
 * @example const t = tensor([1, -2, 3]); t.set(t.lt(0), 0); // [1, 0, 3]
 * @example zeros(2, 2).set([tensor([0, 1], { dtype: "int32" }), tensor([1, 0], { dtype: "int32" })], tensor([5, 7])); // [[0, 5], [7, 0]]
 */
export function set(x: Tensor, index: Index | readonly Index[], value: Operand): Tensor {
  return putBy("set", x, index, value, MODES.copy);
}

/**
 * A copy of `x` with `value` where an index selects; with `accumulate` it is added, also several times to one place. Otherwise the last of
 * several elements for one place stays. x: any dtype, any shape; index: one part as `get` takes it, or several in an array; value: a
 * number, or a tensor of the dtype of x that broadcasts to what the index selects. Gradient: g to x, without accumulate 0 where it was
 * overwritten; g at the selected places to value.
 * Errors: those of `get`; `ShapeError` for a value that does not broadcast; `DTypeError` for one of another dtype; `ArgError` for a number
 * that the dtype does not hold.
 * @example indexPut(zeros(3), tensor([1, 1], { dtype: "int32" }), 2, { accumulate: true }); // [0, 4, 0]
 */
export function indexPut(x: Tensor, index: Index | readonly Index[], value: Operand, options?: { accumulate?: boolean }): Tensor {
  return putBy("indexPut", x, index, value, modeOf("indexPut", options));
}

/**
 * `indexPut` in place. Returns `x`. x: any dtype, any shape; all else, also `accumulate`, as there. Gradient: none is recorded.
 * Errors: those of `indexPut`; `GradError` if x or value requires a gradient, outside `noGrad`.
 * @example ones(3).indexPut_(tensor([0, -1], { dtype: "int32" }), 2); // [2, 1, 2]
 */
export function indexPut_(x: Tensor, index: Index | readonly Index[], value: Operand, options?: { accumulate?: boolean }): Tensor {
  return putBy("indexPut_", x, index, value, modeOf("indexPut_", options));
}
