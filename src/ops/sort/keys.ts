// The elements that the kernels for order read: float32 or int32.
import type { Tensor } from "../../tensor/tensor.js";

/** What the kernels are told about the elements. */
export const isFloat = (x: Tensor): number => Number(x.dtype === "float32");
