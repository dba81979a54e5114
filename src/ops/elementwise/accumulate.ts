// Accumulation of gradients in place.
import { defineEdit } from "../../tensor/op.js";
import type { Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";

/** Adds `x` to `sum` in place. The caller has checked that both are float32 and have the same shape. */
export const accumulate_: (sum: Tensor, x: Tensor) => Tensor = defineEdit<[sum: Tensor, x: Tensor]>({
  name: "accumulate_",
  inputs: 2,
  forward: ([sum, x]) => k.axpy(x.ptr, sum.ptr, sum.size, 1),
});
