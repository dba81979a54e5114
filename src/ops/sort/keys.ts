// The elements that the kernels for order read: float32 or int32.
import { DTypeError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { formatSpec } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { computable } from "../elementwise/promotion.js";

/** `x` as float32 or int32, in the same order. Errors: `DTypeError` for integers that int32 does not hold. */
export function keyed(op: string, x: Tensor): Tensor {
  const y = computable(x);
  if (dtypes[y.dtype].bits !== 32) throw new DTypeError(`${op}: needs elements of at most 32 bits, got ${formatSpec(x)}`);
  return y;
}

/** What the kernels are told about the elements. */
export const isFloat = (x: Tensor): number => Number(x.dtype === "float32");
