// Conversion of operands with different dtypes to the dtype in which an operation is computed; the table is in `tensor/dtype.ts`.

import { arithmeticType, type DType, isHalf, promote, typeOfNumber } from "../../tensor/dtype.js";
import { defineOp, type Op, type OpDef, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, checkFloat, Tensor } from "../../tensor/tensor.js";
import { convert } from "./cast.js";

/** An operation on two operands, each a tensor or a number. */
export type Binary = Op<[a: Operand, b: Operand]>;

/** The dtype of an operand, as a key of the table. */
function dtypeOf(op: string, operand: Operand, argument: "a" | "b"): DType {
  if (typeof operand === "number") return typeOfNumber(operand);
  checkAlive(op, operand, argument);
  return operand.dtype;
}

const isFloat = (operand: Operand): boolean => typeof operand === "number" || (operand instanceof Tensor && operand.dtype === "float32");

/**
 * Extends an operation on float32 and int32 to operands of any dtypes: both are converted to the dtype that `compute` returns for their
 * common dtype. Numbers stay numbers, which get the dtype of the other operand.
 */
export function promoting(op: Binary, compute: (promoted: DType) => DType = arithmeticType): Binary {
  const { name } = op.def;
  const call = (a: Operand, b: Operand): Tensor => {
    if (typeof a === "number" && typeof b === "number") checkAlive(name, a, "a");
    if (isFloat(a) && isFloat(b)) return op(a, b);
    const dtype = compute(promote(dtypeOf(name, a, "a"), dtypeOf(name, b, "b")));
    const differs = (operand: Operand): boolean => typeof operand !== "number" && operand.dtype !== dtype;
    if (!differs(a) && !differs(b)) return op(a, b);
    const as = (operand: Operand): Operand => (typeof operand === "number" ? operand : convert(name, operand, dtype));
    return scope(() => op(as(a), as(b)));
  };
  return Object.assign(call, { def: op.def });
}

/** `x` in the dtype in which arithmetic on it is computed: 16-bit floats as float32, bool and integers as int32. `op` is what errors name. */
export function computable(x: Tensor, op = "to"): Tensor {
  const dtype = arithmeticType(x.dtype);
  return x.dtype === dtype ? x : convert(op, x, dtype);
}

/** Extends an operation on one tensor of float32 or int32 to any dtype. */
export function promotingOne(op: Op<[x: Tensor]>): Op<[x: Tensor]> {
  const call = (x: Tensor): Tensor => {
    checkAlive(op.def.name, x, "x");
    return x.dtype === arithmeticType(x.dtype) ? op(x) : scope(() => op(computable(x, op.def.name)));
  };
  return Object.assign(call, { def: op.def });
}

/** 16-bit floats as float32, all else as it is. */
export function widened(op: string, x: Tensor): Tensor {
  checkAlive(op, x, "x");
  return isHalf(x.dtype) ? convert(op, x, "float32") : x;
}

/** The same, for functions that refuse bool and integers. */
export function asFloat(op: string, x: Tensor): Tensor {
  const float = widened(op, x);
  checkFloat(op, float);
  return float;
}

/** Defines an operation on one float32 tensor, which takes float16 and bfloat16 too. */
export function floatOp<Attr = void>(def: OpDef<[x: Tensor], Attr>): Op<[x: Tensor], Attr> {
  const op = defineOp<[x: Tensor], Attr>(def) as unknown as (x: Tensor, attr: Attr) => Tensor;
  const call = (x: Tensor, attr: Attr): Tensor => (isHalf(x?.dtype) ? scope(() => op(widened(def.name, x), attr)) : op(x, attr));
  return Object.assign(call, { def }) as unknown as Op<[x: Tensor], Attr>;
}
