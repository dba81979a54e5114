// The elements that the kernels for order read: float32 or int32.
import type { Tensor } from "../../tensor/tensor.js";
import { computable } from "../elementwise/promotion.js";

/** `x` as float32 or int32, in the same order. Errors: those of `to` for integers that int32 does not hold. */
export const keyed = (op: string, x: Tensor): Tensor => computable(x, op);

/** What the kernels are told about the elements. */
export const isFloat = (x: Tensor): number => Number(x.dtype === "float32");
