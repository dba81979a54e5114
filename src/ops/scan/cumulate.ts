// Running sums, products and extremes.

import { defineOp, type Op } from "../../tensor/op.js";
import { aroundDim } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { scanKernels } from "../../wasm/generated/groups/scan.js";
import { clamp } from "../elementwise/activation.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { eq } from "../elementwise/compare.js";
import { asFloat, computable } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, exp, log, neg } from "../elementwise/unary.js";
import { gather } from "../move/gather.js";
import { detach } from "../move/shape.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { isFloat } from "../sort/keys.js";
import { type Along, alongDim, shifted } from "./along.js";

type Kernel = (x: number, out: number, outer: number, n: number, inner: number, reverse: number, columns: number) => void;

/** Defines running results with kernels for float32 and int32. */
function cumulative(
  name: string,
  kernel: (int: boolean) => Kernel,
  backward: Op<[x: Tensor], Along>["def"]["backward"],
  saves?: [[0]],
): Op<[x: Tensor], Along> {
  return defineOp<[x: Tensor], Along>({
    name,
    infer: ([x]) => x,
    forward: (out, [x], { dim, reverse }) => {
      const sizes = aroundDim(x.shape, dim);
      kernel(x.dtype === "int32")(x.ptr, out.ptr, ...sizes, Number(reverse), sizes[2]);
    },
    ...(saves && { saves }),
    backward,
  });
}

const against = ({ dim, reverse }: Along): Along => ({ dim, reverse: !reverse });

const cumsumOp: Op<[x: Tensor], Along> = cumulative("cumsum", (int) => (int ? scanKernels.cumsumI32 : scanKernels.cumsum), [
  (g, { attr }) => cumsumOp(g, against(attr)),
]);

/**
 * Running sums along `dim`: `out[i] = x[0] + ... + x[i]`. x: any dtype and shape -> same shape; float32 is summed in float64 and
 * rounded once for each result, bool, uint8, int8 and int32 give int32, which wraps. Gradient: the sums from the other end.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given.
 * @example tensor([1, 2, 3]).cumsum(0); // [1, 3, 6]
 */
export function cumsum(x: Tensor, dim: number): Tensor {
  return alongDim("cumsum", x, dim, (along) => cumsumOp(computable(x, "cumsum"), along));
}

/** @internal Running products. The gradient for x[k] is the product of those before it times `s[k] = g[k] + x[k + 1] s[k + 1]`. */
export const cumprodOp: Op<[x: Tensor], Along> = cumulative(
  "cumprod",
  (int) => (int ? scanKernels.cumprodI32 : scanKernels.cumprod),
  [(g, { inputs: [x], attr }) => mul(cumprodOp(shifted(x, attr, 1), attr), recurrence(shifted(x, against(attr), 0), g, against(attr)))],
  [[0]],
);

/**
 * Running products along `dim`: `out[i] = x[0] * ... * x[i]`. x: any dtype and shape -> same shape; float32 is multiplied in float64 and
 * rounded once for each result, integers and bool give int32, which wraps.
 * Gradient: computed without a division, so it is exact also where an element is 0.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given.
 * @example tensor([1, 2, 3]).cumprod(0); // [1, 2, 6]
 */
export function cumprod(x: Tensor, dim: number): Tensor {
  return alongDim("cumprod", x, dim, (along) => cumprodOp(computable(x, "cumprod"), along));
}

/** `y[i] = b[i] + a[i] y[i - 1]`, with 0 before the first. The gradient of b is such a recurrence from the other end. */
const recurrence: Op<[a: Tensor, b: Tensor], Along> = defineOp<[a: Tensor, b: Tensor], Along>({
  name: "recurrence",
  infer: ([a]) => a,
  forward: (out, [a, b], { dim, reverse }) => {
    const sizes = aroundDim(a.shape, dim);
    scanKernels.recurrence(a.ptr, b.ptr, out.ptr, ...sizes, Number(reverse), sizes[2]);
  },
  saves: [[0, "out"], [0]],
  backward: [
    (g, { inputs: [a], out, attr }) => mul(recurrence(shifted(a, against(attr), 0), g, against(attr)), shifted(out, attr, 0)),
    (g, { inputs: [a], attr }) => recurrence(shifted(a, against(attr), 0), g, against(attr)),
  ],
});

const cummaxOp: Op<[x: Tensor], number> = defineOp<[x: Tensor], number>({
  name: "cummax",
  infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
  forward: (out, [x], dim) => {
    const sizes = aroundDim(x.shape, dim);
    scanKernels.cummax(x.ptr, out.ptr, ...sizes, isFloat(x), sizes[2]);
  },
  backward: [null],
});

function runningExtreme(op: string, x: Tensor, dim: number, order: (x: Tensor) => Tensor): ValuesAndIndices {
  return alongDim(op, x, dim, (along) => {
    const indices = cummaxOp(order(computable(detach(x), op)), along.dim);
    return { values: gather(x, along.dim, indices), indices };
  });
}

/**
 * Largest element so far along `dim`, and where it is: the last one of equals, or the last NaN. x: any dtype and shape -> values of the same
 * dtype and shape, indices int32. Gradient: to the elements chosen.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given.
 * @example cummax(tensor([1, 3, 2]), 0).values; // [1, 3, 3]
 */
export function cummax(x: Tensor, dim: number): ValuesAndIndices {
  return runningExtreme("cummax", x, dim, (y) => y);
}

/**
 * Smallest element so far along `dim`, and where it is: the last one of equals, or the last NaN. x: any dtype and shape -> values of the
 * same dtype and shape, indices int32. Gradient: to the elements chosen.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given.
 * @example cummin(tensor([2, 1, 3]), 0).values; // [2, 1, 1]
 */
export function cummin(x: Tensor, dim: number): ValuesAndIndices {
  // -1 - x reverses the order of int32 without an overflow.
  return runningExtreme("cummin", x, dim, (y) => (y.dtype === "int32" ? sub(-1, y) : neg(y)));
}

/**
 * Running `log(exp(x[0]) + ... + exp(x[i]))` along `dim`, without overflow. x: float32, any shape -> same.
 * Gradient: `sum over i >= k of g[i] exp(x[k] - out[i])`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if none is given, `DTypeError` unless x is float32.
 * @example logcumsumexp(tensor([0, 0]), 0); // [0, 0.6931]
 */
export function logcumsumexp(x: Tensor, dim: number): Tensor {
  return alongDim("logcumsumexp", x, dim, (attr) => {
    const y = asFloat("logcumsumexp", x);
    const largest = gather(detach(y), attr.dim, cummaxOp(y, attr.dim));
    // Infinite values must not be subtracted from themselves.
    const shift = where(eq(abs(largest), Infinity), 0, largest);
    // The sums are those of exp(x - shift); when the shift grows, the sum so far is scaled down.
    const scale = exp(clamp(sub(shifted(shift, attr, 0), shift), { max: 0 }));
    return add(shift, log(recurrence(scale, exp(sub(y, shift)), attr)));
  });
}
