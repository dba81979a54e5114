// Norms of windows, which lie between their sum and their maximum.
import { checkPositive } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { relu } from "../elementwise/activation.js";
import { mul, pow } from "../elementwise/arithmetic.js";
import { abs, sign } from "../elementwise/unary.js";
import { avgPool1d } from "./pool1d.js";
import { avgPool2d, checkWindow, type WindowOptions, windowsPerAxis } from "./pool2d.js";
import { avgPool3d } from "./pool3d.js";
import { batched, type Pair, type Triple } from "./window.js";

/** Options of `lpPool1d`. */
export interface LPPool1dOptions {
  /** Step of the window; its own size unless given. */
  stride?: number | null;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** Options of `lpPool2d`. */
export interface LPPool2dOptions {
  /** Step of the window, one number or [height, width]; its own size unless given. */
  stride?: Pair | null;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** Options of `lpPool3d`. */
export interface LPPool3dOptions {
  /** Step of the window, one number or [depth, height, width]; its own size unless given. */
  stride?: Triple | null;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** @internal Reads and checks the arguments of norms over windows. */
export function normOptions(op: string, normType: number, kernelSize: Pair | Triple, options: unknown, axes: number): WindowOptions {
  checkPositive(op, "normType", normType);
  const read = readOptions<Required<LPPool2dOptions | LPPool3dOptions>>(op, options, { stride: null, ceilMode: false });
  const window = { ...read, padding: 0, dilation: 1 };
  checkWindow(op, kernelSize, window, axes);
  return window;
}

function norms<Size extends Pair | Triple>(
  op: string,
  average: (x: Tensor, kernelSize: Size, options: { stride: never; ceilMode: boolean }) => Tensor,
  x: Tensor,
  p: number,
  kernelSize: Size,
  options: unknown,
  axes: number,
): Tensor {
  const read = normOptions(op, p, kernelSize, options, axes);
  return batched(op, x, axes, (y) => {
    const { kernel } = windowsPerAxis(op, y, kernelSize, read);
    return scope(() => {
      const mean = average(pow(y, p), kernelSize, { stride: (read.stride ?? kernelSize) as never, ceilMode: read.ceilMode });
      // In this form, and not by the sum itself, because it decides the gradient at 0 and what a window over the edge is worth.
      return pow(mul(mul(sign(mean), relu(abs(mean))), sizeOf(kernel)), 1 / p);
    });
  });
}

/**
 * `(sum x^p)^(1/p)` of each window, p being `normType`. x: float32 [N, C, L] or [C, L] -> [N, C, OL], the length as of `maxPool1d`. A window
 * over the edge (`ceilMode`) counts as if all of it were like its part inside.
 * Gradient: that of the formula; NaN for p above 1 where a whole window is 0, as in PyTorch.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * Source: PyTorch's `lp_pool1d`.
 * @example lpPool1d(tensor([[[3, 4, 6, 8]]]), 2, 2); // [[[5, 10]]]
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: number, options?: LPPool1dOptions): Tensor {
  return norms("lpPool1d", avgPool1d, x, normType, kernelSize, options, 1);
}

/**
 * `(sum x^p)^(1/p)` of each window, p being `normType`. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW], sizes as of `maxPool2d`. A
 * window over the edge (`ceilMode`) counts as if all of it were like its part inside.
 * Gradient: that of the formula; NaN for p above 1 where a whole window is 0, as in PyTorch.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * Source: PyTorch's `lp_pool2d`.
 * @example lpPool2d(tensor([[[[1, 1], [1, 1]]]]), 2, 2); // [[[[2]]]]
 */
export function lpPool2d(x: Tensor, normType: number, kernelSize: Pair, options?: LPPool2dOptions): Tensor {
  return norms("lpPool2d", avgPool2d, x, normType, kernelSize, options, 2);
}

/**
 * `(sum x^p)^(1/p)` of each window, p being `normType`. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW], sizes as of
 * `maxPool3d`. A window over the edge (`ceilMode`) counts as if all of it were like its part inside.
 * Gradient: that of the formula; NaN for p above 1 where a whole window is 0, as in PyTorch.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * Source: PyTorch's `lp_pool3d`.
 * @example lpPool3d(ones([1, 1, 2, 2, 1]), 2, [2, 2, 1]); // [[[[[2]]]]]
 */
export function lpPool3d(x: Tensor, normType: number, kernelSize: Triple, options?: LPPool3dOptions): Tensor {
  return norms("lpPool3d", avgPool3d, x, normType, kernelSize, options, 3);
}
