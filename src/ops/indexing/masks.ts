// Positions where a mask is true, and what masks select and overwrite.
import { checkNumber } from "../../checks.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import { defineEdit, defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkForm, formatSpec, type Shape, sameShape, stridesOf } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { indexingKernels } from "../../wasm/generated/groups/indexing.js";
import { floorDivide, remainder } from "../elementwise/arithmetic.js";
import { runBroadcast } from "../elementwise/broadcast.js";
import { bool } from "../elementwise/cast.js";
import * as core from "../elementwise/select.js";
import { gatherOp } from "../move/gather.js";
import { stack } from "../move/join.js";
import { expand, reshape } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { apart, flat, MODES, sourceFor, writeAt, writing } from "./write.js";

/** The positions, in row-major order, where a mask is true: int32 [m]. */
export const truePositions: Op<[mask: Tensor]> = defineOp<[mask: Tensor]>({
  name: "truePositions",
  infer: ([mask]) => ({ shape: [indexingKernels.countTrue(mask.ptr, mask.size)], dtype: "int32" }),
  forward: (out, [mask]) => indexingKernels.truePositions(mask.ptr, out.ptr, mask.size),
  backward: [null],
});

/** An int32 [m] for each dimension. */
function indicesOf(x: Tensor): Tensor[] {
  const positions = truePositions(bool(x));
  const strides = stridesOf(x.shape);
  // The first dimension needs no remainder, and the last one no division. Where a size is 0, there are no positions.
  return x.shape.map((size, d) => {
    const stride = strides[d] as number;
    const within = stride > 1 ? floorDivide(positions, stride) : positions;
    return d > 0 ? remainder(within, size || 1) : within;
  });
}

/**
 * Indices of all elements that are not 0, in row-major order. x: any dtype, any shape -> int32 [m, ndim], one row for each; with `asTuple`
 * an array with one int32 [m] for each dimension, which `get` and `set` take (a scalar counts as [1] then). NaN is not 0. Gradient: none.
 * Errors: `ArgError` for an unknown option.
 * @example tensor([[0, 3], [4, 0]]).nonzero(); // [[0, 1], [1, 0]]
 */
export function nonzero(x: Tensor, options?: { asTuple?: false }): Tensor;
export function nonzero(x: Tensor, options: { asTuple: true }): Tensor[];
export function nonzero(x: Tensor, options?: { asTuple?: boolean }): Tensor | Tensor[] {
  checkAlive("nonzero", x, "x");
  const { asTuple } = readOptions("nonzero", options, { asTuple: false });
  if (asTuple) return scope(() => indicesOf(asVector(x)));
  return scope(() => (x.ndim > 0 ? stack(indicesOf(x), 1) : reshape(zeros([0], { dtype: "int32" }), [truePositions(bool(x)).size, 0])));
}

/** A scalar as [1]. */
const asVector = (x: Tensor): Tensor => (x.ndim === 0 ? reshape(x, [1]) : x);

/**
 * Indices of all elements that are not 0, as rows: `nonzero(x)`. x: any dtype, any shape -> int32 [m, ndim]. Gradient: none. Errors: none.
 * @example tensor([0, 3, 4]).argwhere(); // [[1], [2]]
 */
export function argwhere(x: Tensor): Tensor {
  checkAlive("argwhere", x, "x");
  return nonzero(x);
}

/**
 * `condition ? a : b`, element by element. condition: bool; a, b: tensors of any dtype, or numbers. All shapes broadcast. The result has
 * the dtype that the tensors have together; numbers take it too. With the condition alone, which may be of any dtype then:
 * `nonzero(condition, { asTuple: true })`.
 * Gradient: to the side that was chosen, 0 to the other (also where the other side is NaN).
 * Errors: `ShapeError` if the shapes do not broadcast, `DTypeError` for a condition that is not bool, `ArgError` for a number that the
 * dtype does not hold.
 * @example where(x.gt(0), x, 0);
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor;
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, ...sides: readonly Operand[]): Tensor | Tensor[] {
  if (sides.length > 0) return core.where(condition, ...(sides as [Operand, Operand]));
  checkAlive("where", condition, "the condition");
  return scope(() => indicesOf(asVector(condition)));
}

/** The shape that both broadcast to, which is that of `x` for an edit. */
function together(op: string, x: Tensor, mask: Tensor): Shape {
  checkAlive(op, x, "x");
  checkAlive(op, mask, "mask");
  if (mask.dtype !== "bool") throw new DTypeError(`${op}: the mask must be bool, got ${formatSpec(mask)}; compare first, e.g. x.gt(0)`);
  const shape = broadcastShapes(x.shape, mask.shape);
  if (shape && (!op.endsWith("_") || sameShape(shape, x.shape))) return shape;
  throw new ShapeError(`${op}: x is ${formatSpec(x)} and the mask ${formatSpec(mask)}; sizes must match or be 1, aligned from the right`);
}

/**
 * The elements where `mask` is true, in row-major order. x: any dtype; mask: bool; their shapes broadcast -> [m].
 * Gradient: g at these elements, 0 elsewhere.
 * Errors: `ShapeError` if the shapes do not broadcast, `DTypeError` for a mask that is not bool.
 * @example tensor([1, 2, 3]).maskedSelect(tensor([true, false, true])); // [1, 3]
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  const shape = together("maskedSelect", x, mask);
  return scope(() => gatherOp(flat(expand(x, shape)), truePositions(expand(mask, shape)), 0));
}

const fillWhere_ = defineEdit<[x: Tensor, mask: Tensor, value: Tensor]>({
  name: "maskedFill_",
  inputs: 3,
  forward: ([x, mask, value]) => runBroadcast(elementKernels(x.dtype).where, x, mask, value, x),
});

/** @internal Writes a scalar where the mask, which broadcasts to x, is true. */
export function fillWhere(op: string, x: Tensor, mask: Tensor, value: Operand): Tensor {
  return writing(op, x, value, () => fillWhere_(x, apart(mask, x), apart(sourceFor(op, x, value), x)));
}

/**
 * Sets the elements where `mask` is true to `value`. Returns `x`. x: any dtype; mask: bool, broadcast to the shape of x; value: a number or
 * a scalar of the dtype of x. Gradient: none is recorded.
 * Errors: `ShapeError` if the mask does not broadcast to x, `DTypeError` for a mask that is not bool, `ArgError` for a value that the dtype
 * does not hold; `GradError` if x requires a gradient, outside `noGrad`.
 * @example tensor([1, 2]).maskedFill_(tensor([true, false]), -1); // [-1, 2]
 */
export function maskedFill_(x: Tensor, mask: Tensor, value: Operand): Tensor {
  together("maskedFill_", x, mask);
  if (!(value instanceof Tensor)) checkNumber("maskedFill_", "value", value);
  else checkForm("maskedFill_", value, value.ndim === 0, "a number or a scalar", "the value");
  return fillWhere("maskedFill_", x, mask, value);
}

function scatterMasked(op: string, x: Tensor, mask: Tensor, source: Tensor): Tensor {
  const shape = together(op, x, mask);
  checkAlive(op, source, "source");
  return writing(op, x, source, (inPlace) => {
    const from = flat(sourceFor(op, x, source));
    const index = truePositions(expand(mask, shape));
    if (from.size < index.size)
      throw new ShapeError(`${op}: the source ${formatSpec(source)} is smaller than the ${index.size} places of the mask`);
    const taken = narrow(from, 0, 0, index.size);
    return reshape(writeAt(flat(expand(x, shape)), index, taken, { dim: 0, rows: false, mode: MODES.copy }, inPlace), shape);
  });
}

/**
 * A copy of `x` in which the elements where `mask` is true are the first ones of `source`, in row-major order. x: any dtype; mask: bool;
 * their shapes broadcast; source: the dtype of x, any shape with enough elements. Gradient: 0 where x was overwritten, g there to source.
 * Errors: `ShapeError` for shapes that do not broadcast and for too few elements, `DTypeError` for a mask that is not bool and for
 * different dtypes.
 * @example zeros(3).maskedScatter(tensor([true, false, true]), tensor([5, 7])); // [5, 0, 7]
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  return scatterMasked("maskedScatter", x, mask, source);
}

/**
 * `maskedScatter` in place. Returns `x`. x: any dtype, any shape, to which the mask must broadcast. Gradient: none is recorded.
 * Errors: those of `maskedScatter`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example zeros(2).maskedScatter_(tensor([false, true]), tensor([5])); // [0, 5]
 */
export function maskedScatter_(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  return scatterMasked("maskedScatter_", x, mask, source);
}
