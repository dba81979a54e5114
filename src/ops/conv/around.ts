// Padding with what is there instead of zeros, for convolution layers. `pad` does more, and needs kernels that convolutions do not have.
import { ArgError } from "../../errors.js";
import { fromValues } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { indexSelect } from "../move/gather.js";
import type { Sided } from "../pool/window.js";

/** What a convolution layer puts around its input. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

/** The last dimensions of x with elements around them, and the dimensions before as they are. */
export function around(op: string, x: Tensor, mode: PaddingMode, { before, after }: Sided): Tensor {
  if (mode === "zeros" || !(x.ndim > before.length)) return x;
  return scope(() =>
    before.reduce((y, first, i) => {
      const dim = x.ndim - before.length + i;
      const n = x.shape[dim] as number;
      const last = after[i] as number;
      const isReflected = mode === "reflect";
      if (n === 0 || (mode !== "replicate" && Math.max(first, last) > n - Number(isReflected)))
        throw new ArgError(`${op}: mode "${mode}" cannot pad dim ${dim} of ${formatSpec(x)} by ${first} and ${last}`);
      const source = (at: number): number => {
        if (mode === "circular") return (at + n) % n;
        return isReflected ? n - 1 - Math.abs(n - 1 - Math.abs(at)) : Math.min(Math.max(at, 0), n - 1);
      };
      const values = Array.from({ length: first + n + last }, (_, at) => source(at - first));
      return first + last > 0 ? indexSelect(y, dim, fromValues({ shape: [values.length], dtype: "int32", values })) : y;
    }, x),
  );
}
