// Normalisation of each element by its neighbours in other channels.
import { checkFinite, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, div, mul, pow } from "../elementwise/arithmetic.js";
import { square } from "../elementwise/unary.js";
import { reshape } from "../move/shape.js";
import { averageOp } from "../pool/pool2d.js";

/** Options of `localResponseNorm`. */
export interface LocalResponseNormOptions {
  /** Factor of the mean square; 1e-4 unless given. */
  alpha?: number;
  /** Exponent; 0.75 unless given. */
  beta?: number;
  /** Added to the mean square; 1 unless given. */
  k?: number;
}

/** @internal Reads and checks the options of `localResponseNorm`. */
export function responseOptions(op: string, size: number, options: unknown): Required<LocalResponseNormOptions> {
  const read = readOptions<Required<LocalResponseNormOptions>>(op, options, { alpha: 1e-4, beta: 0.75, k: 1 });
  checkWhole(op, "size", size, 1);
  for (const [name, value] of Object.entries(read)) checkFinite(op, name, value);
  return read;
}

/**
 * `x / (k + alpha * mean)^beta`, the mean that of the squares in `size` channels around each element; channels outside count as 0.
 * x: float32 [N, C, L, ...] -> same. Options: `alpha`, `beta`, `k`. Gradient: that of the formula.
 * Errors: `ShapeError` for fewer than three dimensions, `ArgError` for a size below 1 and options that are no numbers, `DTypeError` unless x is
 * float32.
 * Source: Krizhevsky, Sutskever and Hinton, 2012; semantics of PyTorch's `local_response_norm`.
 * @example localResponseNorm(images, 5, { k: 2 }).shape; // [4, 3, 8, 8]
 */
export function localResponseNorm(x: Tensor, size: number, options?: LocalResponseNormOptions): Tensor {
  const { alpha, beta, k } = responseOptions("localResponseNorm", size, options);
  checkAlive("localResponseNorm", x, "x");
  checkFloat("localResponseNorm", x);
  checkForm("localResponseNorm", x, x.ndim > 2, "[N, C, L, ...]");
  const [n, c, ...rest] = x.shape as [number, number, ...number[]];
  const plane = [n, 1, c, sizeOf(rest)];
  return scope(() => {
    const windows = { kernel: [size, 1], stride: [1, 1], before: [size >> 1, 0], after: [(size - 1) >> 1, 0], dilation: [1, 1] } as const;
    const averages = averageOp(reshape(square(x), plane), { ...windows, x: plane, out: plane, countIncludePad: true, divisor: size });
    return div(x, pow(add(mul(reshape(averages, x.shape), alpha), k), beta));
  });
}
