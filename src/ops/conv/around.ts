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

/** Of `n` elements those at the positions 0 to m - 1 - before, and `before` in front of them: without the edge itself, the edge, the other end. */
const source: Readonly<Record<Exclude<PaddingMode, "zeros">, (i: number, n: number) => number>> = {
  reflect: (i, n) => n - 1 - Math.abs(n - 1 - Math.abs(i)),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => (i + n) % n,
};

/** The last dimensions of x with elements around them, and the dimensions before as they are. */
export function around(op: string, x: Tensor, mode: PaddingMode, { before, after }: Sided): Tensor {
  if (mode === "zeros" || !(x.ndim > before.length)) return x;
  return scope(() =>
    before.reduce((y, first, i) => {
      const dim = x.ndim - before.length + i;
      const n = x.shape[dim] as number;
      const last = after[i] as number;
      if (n === 0 || Math.max(first, last) > { reflect: n - 1, circular: n, replicate: Number.POSITIVE_INFINITY }[mode])
        throw new ArgError(`${op}: mode "${mode}" cannot pad dim ${dim} of ${formatSpec(x)} by ${first} and ${last}`);
      const values = Array.from({ length: first + n + last }, (_, at) => source[mode](at - first, n));
      return first + last > 0 ? indexSelect(y, dim, fromValues({ shape: [values.length], dtype: "int32", values })) : y;
    }, x),
  );
}
