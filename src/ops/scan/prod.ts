// Products.

import { defineOp, type Op } from "../../tensor/op.js";
import { aroundDim } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { scanKernels } from "../../wasm/generated/groups/scan.js";
import { mul } from "../elementwise/arithmetic.js";
import { computable } from "../elementwise/promotion.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { type ReduceArgument, type ReduceOptions, reducedShape, reducing, type TrailingOptions } from "../reduce/reduction.js";
import { shifted } from "./along.js";
import { cumprodOp } from "./cumulate.js";

/** The product along one dimension. The gradient for an element is the product of those before and of those behind it. */
const prodOp: Op<[x: Tensor], number> = defineOp<[x: Tensor], number>({
  name: "prod",
  infer: ([x], dim) => ({ shape: x.shape.toSpliced(dim, 1), dtype: x.dtype }),
  forward: (out, [x], dim) => {
    const [outer, n, inner] = aroundDim(x.shape, dim);
    (x.dtype === "int32" ? scanKernels.prodI32 : scanKernels.prod)(x.ptr, out.ptr, outer, n, inner, inner);
  },
  saves: [[0]],
  backward: [
    (g, { inputs: [x], attr: dim }) => {
      const [before, behind] = [false, true].map((reverse) => cumprodOp(shifted(x, { dim, reverse }, 1), { dim, reverse }));
      return mul(unsqueeze(g, dim), mul(before as Tensor, behind as Tensor));
    },
  ],
});

/**
 * Product, over all dimensions or those given; 1 for no elements. x: any dtype, any shape -> the shape without those dimensions, or with
 * size 1 for each (`keepdim`). float32 is multiplied in float64; bool, uint8, int8 and int32 give int32, which wraps.
 * Gradient: the product of the other elements, exact also where elements are 0.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example tensor([[1, 2], [3, 4]]).prod(1); // [2, 12]
 */
export function prod(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("prod", x, dim, options, (reduction) => {
    const { dims } = reduction;
    const y = computable(x, "prod");
    const result = dims.length === x.ndim ? prodOp(reshape(y, [x.size]), 0) : dims.reduceRight((z, d) => prodOp(z, d), y);
    return reshape(result, reducedShape(x.shape, reduction));
  });
}
