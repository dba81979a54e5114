// Logic on truth values and on bits. Shapes broadcast; there are no gradients.
import { DTypeError } from "../../errors.js";
import { arithmeticType, type DType, dtypes, promote } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { mathKernels } from "../../wasm/generated/groups/math.js";
import { broadcast, kernelOf, runBinary } from "../elementwise/broadcast.js";
import { bool, to } from "../elementwise/cast.js";
import { ne } from "../elementwise/compare.js";
import { checkOperands, math } from "./define.js";

type OfTwo = (a: Tensor, b: Tensor) => Tensor;

function onMasks(name: string, kernelName: "boolAnd" | "boolOr"): OfTwo {
  const kernel = kernelOf(math, kernelName);
  const op = defineOp<[a: Tensor, b: Tensor]>({
    name,
    infer: ([a, b]) => ({ shape: broadcast(name, a, b), dtype: "bool" }),
    forward: (out, [a, b]) => runBinary(kernel(), out, a, b),
    backward: [null, null],
  });
  return (a, b) => {
    checkAlive(name, a, "a");
    checkAlive(name, b, "b");
    return a.dtype === "bool" && b.dtype === "bool" ? op(a, b) : scope(() => op(bool(a), bool(b)));
  };
}

/**
 * `a && b`, where all but 0 is true. a, b: tensors of any dtype, shapes broadcast -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for what is no tensor.
 * @example x.gt(0).logicalAnd(x.lt(1));
 */
export const logicalAnd: OfTwo = onMasks("logicalAnd", "boolAnd");

/**
 * `a || b`, where all but 0 is true. a, b: tensors of any dtype, shapes broadcast -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for what is no tensor.
 * @example x.lt(0).logicalOr(x.gt(1));
 */
export const logicalOr: OfTwo = onMasks("logicalOr", "boolOr");

/**
 * Whether exactly one is true, where all but 0 is true. a, b: tensors of any dtype, shapes broadcast -> bool. Gradient: none.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for what is no tensor.
 * @example tensor([true, false]).logicalXor(tensor([true, true])); // [false, true]
 */
export function logicalXor(a: Tensor, b: Tensor): Tensor {
  checkAlive("logicalXor", a, "a");
  checkAlive("logicalXor", b, "b");
  return scope(() => ne(bool(a), bool(b)));
}

const notOp: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "logicalNot",
  infer: ([x]) => ({ shape: x.shape, dtype: "bool" }),
  forward: (out, [x]) => mathKernels.boolNot(x.ptr, out.ptr, out.size),
  backward: [null],
});

/**
 * `!x`: whether x is 0. x: any dtype, any shape -> bool. Gradient: none. Errors: `ArgError` for what is no tensor.
 * @example tensor([true, false]).logicalNot(); // [false, true]
 */
export function logicalNot(x: Tensor): Tensor {
  checkAlive("logicalNot", x, "x");
  return x.dtype === "bool" ? notOp(x) : scope(() => notOp(bool(x)));
}

type Bits = (a: Operand, b: Operand) => Tensor;

/** The dtype of whole operands together; a number takes that of the other. */
function wholeType(name: string, a: Operand, b: Operand): DType {
  checkOperands(name, { a, b });
  const types = [a, b].flatMap((x) => (typeof x === "number" ? [] : [x.dtype]));
  const dtype = types.reduce(promote);
  if (dtypes[dtype].kind !== "float" && [a, b].every((x) => typeof x !== "number" || Number.isInteger(x))) return dtype;
  const came = [a, b].map((x) => (typeof x === "number" ? String(x) : formatSpec(x)));
  throw new DTypeError(`${name}: needs whole numbers or bool, got ${came.join(" and ")}`);
}

/** An operation on the bits of whole numbers. Narrow ones are computed as int32, whose low bits are theirs. */
function onBits(name: string, kernelName: `${"and" | "or" | "xor" | "leftShift" | "rightShift"}I32`, ofBool = true): Bits {
  const kernel = kernelOf(math, kernelName);
  const op = defineOp<[a: Operand, b: Operand]>({
    name,
    infer: ([a, b]) => ({ shape: broadcast(name, a, b), dtype: a.dtype }),
    forward: (out, [a, b]) => runBinary(kernel(), out, a, b),
    backward: [null, null],
  });
  return (a, b) => {
    const dtype = wholeType(name, a, b);
    if (dtype === "bool" && !ofBool) throw new DTypeError(`${name}: needs whole numbers, got bool`);
    const wide = (x: Operand): Operand => (typeof x === "number" ? x : to(x, arithmeticType(dtype)));
    return scope(() => to(op(wide(a), wide(b)), dtype));
  };
}

/**
 * `a & b`, bit by bit. a, b: tensors of integers or bool, whose shapes broadcast, or whole numbers -> their dtype. Gradient: none.
 * Errors: `DTypeError` for float32, `ShapeError` if the shapes do not broadcast.
 * @example bitwiseAnd(tensor([6, 5], { dtype: "int32" }), 3); // [2, 1]
 */
export const bitwiseAnd: Bits = onBits("bitwiseAnd", "andI32");

/**
 * `a | b`, bit by bit. a, b: tensors of integers or bool, whose shapes broadcast, or whole numbers -> their dtype. Gradient: none.
 * Errors: `DTypeError` for float32, `ShapeError` if the shapes do not broadcast.
 * @example bitwiseOr(tensor([6, 5], { dtype: "int32" }), 3); // [7, 7]
 */
export const bitwiseOr: Bits = onBits("bitwiseOr", "orI32");

/**
 * `a ^ b`, bit by bit. a, b: tensors of integers or bool, whose shapes broadcast, or whole numbers -> their dtype. Gradient: none.
 * Errors: `DTypeError` for float32, `ShapeError` if the shapes do not broadcast.
 * @example bitwiseXor(tensor([6, 5], { dtype: "int32" }), 3); // [5, 6]
 */
export const bitwiseXor: Bits = onBits("bitwiseXor", "xorI32");

/**
 * `~x`, bit by bit: `-x - 1` for integers, `!x` for bool. x: integers or bool, any shape -> same. Gradient: none.
 * Errors: `DTypeError` for float32.
 * @example bitwiseNot(tensor([0, 5], { dtype: "int32" })); // [-1, -6]
 */
export function bitwiseNot(x: Tensor): Tensor {
  return wholeType("bitwiseNot", x, 0) === "bool" ? notOp(x) : bitwiseXor(x, -1);
}

/**
 * `a << b`, the bits moved to the left; 0 for counts outside the bits of a. a, b: tensors of integers, whose shapes broadcast, or whole
 * numbers -> their dtype. Gradient: none.
 * Errors: `DTypeError` for float32 and bool, `ShapeError` if the shapes do not broadcast.
 * @example bitwiseLeftShift(tensor([1, 3], { dtype: "int32" }), 2); // [4, 12]
 */
export const bitwiseLeftShift: Bits = onBits("bitwiseLeftShift", "leftShiftI32", false);

/**
 * `a >> b`, the bits moved to the right, with copies of the sign; only those are left for counts outside the bits of a. a, b: tensors of
 * integers, whose shapes broadcast, or whole numbers -> their dtype. Gradient: none.
 * Errors: `DTypeError` for float32 and bool, `ShapeError` if the shapes do not broadcast.
 * @example bitwiseRightShift(tensor([4, -5], { dtype: "int32" }), 1); // [2, -3]
 */
export const bitwiseRightShift: Bits = onBits("bitwiseRightShift", "rightShiftI32", false);
