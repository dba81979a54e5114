// Running sums.
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, sizeOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { scanKernels } from "../../wasm/generated/groups/scan.js";
import { computable } from "../elementwise/promotion.js";
import { reshape } from "../move/shape.js";

interface Along {
  readonly dim: number;
  /** Whether each sum runs to the end of the dimension instead of from its start. */
  readonly reverse: boolean;
}

const cumsumOp: Op<[x: Tensor], Along> = defineOp<[x: Tensor], Along>({
  name: "cumsum",
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  forward: (out, [x], { dim, reverse }) => {
    const [outer, n, inner] = [sizeOf(x.shape.slice(0, dim)), x.shape[dim] as number, sizeOf(x.shape.slice(dim + 1))];
    (x.dtype === "int32" ? scanKernels.cumsumI32 : scanKernels.cumsum)(x.ptr, out.ptr, outer, n, inner, Number(reverse), inner);
  },
  backward: [(g, { attr: { dim, reverse } }) => cumsumOp(g, { dim, reverse: !reverse })],
});

/**
 * Running sums along `dim`: `out[i] = x[0] + ... + x[i]`. x: any dtype and shape -> same shape; float32 is summed in float64 and
 * rounded once for each result, bool, uint8, int8 and int32 give int32, which wraps. Gradient: the sums from the other end.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given.
 * @example tensor([1, 2, 3]).cumsum(0); // [1, 3, 6]
 */
export function cumsum(x: Tensor, dim: number): Tensor {
  checkAlive("cumsum", x, "x");
  const d = checkDim("cumsum", dim, x.ndim);
  return scope(() => {
    const attr = { dim: d, reverse: false };
    return x.ndim === 0 ? reshape(cumsumOp(reshape(computable(x, "cumsum"), [1]), attr), []) : cumsumOp(computable(x, "cumsum"), attr);
  });
}
