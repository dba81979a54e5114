// Pooling over windows of sequences: maximum, average, and averages of a wanted output size.
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { adaptivePool, averagePool, maxPool } from "./pool2d.js";
import { type Padding1d, perAxis } from "./window.js";

/** Options of `maxPool1d`. */
export interface MaxPool1dOptions {
  /** Step of the window; its own size unless given. */
  stride?: number;
  /** Border that never wins, at most half the window, 0 unless given; `[[before, after]]` may be any size. */
  padding?: Padding1d;
  /** Distance between the elements of a window; 1 unless given. */
  dilation?: number;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** Options of `avgPool1d`. */
export interface AvgPool1dOptions {
  /** Step of the window; its own size unless given. */
  stride?: number;
  /** Zeros on both sides, at most half the window, 0 unless given; `[[before, after]]` may be any size. */
  padding?: Padding1d;
  /** Distance between the elements of a window; 1 unless given. */
  dilation?: number;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
  /** Whether zeros of the padding count in the average (default true). */
  countIncludePad?: boolean;
}

/**
 * Largest value of each window; NaN wins. x: float32 [N, C, L] or [C, L] -> [N, C, OL],
 * `OL = floor((L + 2 padding - dilation (kernel - 1) - 1) / stride) + 1` (rounded up with `ceilMode`).
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example maxPool1d(tensor([[[1, 3, 2, 0]]]), 2); // [[[3, 2]]]
 */
export function maxPool1d(x: Tensor, kernelSize: number, options?: MaxPool1dOptions): Tensor {
  return scope(() => maxPool("maxPool1d", 1, x, kernelSize, options).values);
}

/**
 * `maxPool1d` together with where each maximum was found. x: float32 [N, C, L] or [C, L] -> values float32 [N, C, OL] and indices int32 [N, C, OL],
 * the position along L.
 * Gradient: of the values to the element chosen; the indices have none.
 * Errors: those of `maxPool1d`.
 * @example maxPool1dWithIndices(tensor([[[1, 3, 2, 0]]]), 2).indices; // [[[1, 2]]]
 */
export function maxPool1dWithIndices(x: Tensor, kernelSize: number, options?: MaxPool1dOptions): ValuesAndIndices {
  return maxPool("maxPool1dWithIndices", 1, x, kernelSize, options);
}

/**
 * Average of each window. x: float32 [N, C, L] or [C, L] -> [N, C, OL], the length as of `maxPool1d`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example avgPool1d(tensor([[[1, 3, 2, 0]]]), 2); // [[[2, 1]]]
 */
export function avgPool1d(x: Tensor, kernelSize: number, options?: AvgPool1dOptions): Tensor {
  return averagePool("avgPool1d", 1, x, kernelSize, options);
}

/**
 * Averages over windows chosen so that the output has a given length; 1 averages each whole sequence.
 * x: float32 [N, C, L] or [C, L] -> [N, C, outputSize]. Window i of O over L: `floor(i L / O)` to `ceil((i+1) L / O)`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` for sequences without elements, `ArgError` for a size below 1, `DTypeError` unless x is float32.
 * @example adaptiveAvgPool1d(tensor([[[1, 3, 2, 0]]]), 1); // [[[1.5]]]
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: number): Tensor {
  return adaptivePool("adaptiveAvgPool1d", x, perAxis("adaptiveAvgPool1d", "outputSize", outputSize, 1, 1));
}
