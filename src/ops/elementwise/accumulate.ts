// Sums made in place: gradients on their way, and those of leaves.
import { defineEdit } from "../../tensor/op.js";
import type { Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";

/** Adds `x` to `sum` in place. Both float32 of one shape, which the caller knows. */
export const accumulate_: (sum: Tensor, x: Tensor) => Tensor = defineEdit<[sum: Tensor, x: Tensor]>({
  name: "accumulate_",
  inputs: 2,
  forward: ([sum, x]) => k.axpy(x.ptr, sum.ptr, sum.size, 1),
});
