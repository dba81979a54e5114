// RMS normalisation: every row divided by the root of its mean square, then scaled. It runs on the kernels of layer normalisation.
import { readOptions } from "../../options.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkRows, type layerNormOp, rowNorm } from "./layerNorm.js";

const rmsNormOp: typeof layerNormOp = /* @__PURE__ */ rowNorm("rmsNorm");

/** Options of `rmsNorm`. */
export interface RMSNormOptions {
  /** Factor of each element, float32 of the normalized shape; 1 unless given. */
  weight?: Tensor | null;
  /** Added to the mean square before the root; 2^-23 (the precision of float32) unless given. */
  eps?: number | null;
}

/** The distance from 1 to the next float32. */
export const FLOAT_EPS: number = 2 ** -23;

/**
 * `x / sqrt(mean(x^2) + eps) * weight`, the mean that of each row: of the last dimensions, which are `normalizedShape`.
 * x: float32 [..., ...normalizedShape] -> same. Options: `weight`, `eps`.
 * Gradient: with y before the weight, and gw = g weight, `(gw - y mean(gw y)) / sqrt(mean(x^2) + eps)`.
 * Errors: `ShapeError` if x does not end in the shape or the weight does not have it, `ArgError` if `normalizedShape` is empty or not made of
 * positive integers or eps is negative, `DTypeError` unless all are float32.
 * Source: Zhang and Sennrich, 2019; semantics of PyTorch's `rms_norm`.
 * @example rmsNorm(tensor([[3, 4, 0, 0]]), 4, { eps: 0 }); // [[1.2, 1.6, 0, 0]]
 */
export function rmsNorm(x: Tensor, normalizedShape: number | Shape, options?: RMSNormOptions): Tensor {
  const read = readOptions<Required<RMSNormOptions>>("rmsNorm", options, { weight: null, eps: null });
  const eps = read.eps ?? FLOAT_EPS;
  const shape = checkRows("rmsNorm", x, normalizedShape, eps, { weight: read.weight });
  return rmsNormOp(x, read.weight ?? undefined, undefined, { shape, eps, centred: false });
}
