// Conversion of operands with different dtypes to the dtype in which an operation is computed; the table is in `tensor/dtype.ts`.

import { arithmeticType, type DType, promote, typeOfNumber } from "../../tensor/dtype.js";
import type { Op, Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { to } from "./cast.js";

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
    if (isFloat(a) && isFloat(b)) return op(a, b);
    const dtype = compute(promote(dtypeOf(name, a, "a"), dtypeOf(name, b, "b")));
    const differs = (operand: Operand): boolean => typeof operand !== "number" && operand.dtype !== dtype;
    if (!differs(a) && !differs(b)) return op(a, b);
    const as = (operand: Operand): Operand => (typeof operand === "number" ? operand : to(operand, dtype));
    return scope(() => op(as(a), as(b)));
  };
  return Object.assign(call, { def: op.def });
}

/** `x` in the dtype in which arithmetic on it is computed: bool, uint8 and int8 as int32. */
export function computable(x: Tensor): Tensor {
  const dtype = arithmeticType(x.dtype);
  return x.dtype === dtype ? x : to(x, dtype);
}

/** Extends an operation on one tensor of float32 or int32 to any dtype. */
export function promotingOne(op: Op<[x: Tensor]>): Op<[x: Tensor]> {
  const call = (x: Tensor): Tensor => {
    checkAlive(op.def.name, x, "x");
    return x.dtype === arithmeticType(x.dtype) ? op(x) : scope(() => op(computable(x)));
  };
  return Object.assign(call, { def: op.def });
}
