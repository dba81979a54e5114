// The layer normalisation layer.
import { checkFinite } from "../checks.js";
import { layerNorm, rowShape } from "../ops/norm/layerNorm.js";
import { readOptions } from "../options.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { ones } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of `LayerNorm`. */
export interface LayerNormLayerOptions {
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number;
  /** Whether to scale and shift with a trained weight and bias; true unless given. */
  elementwiseAffine?: boolean;
  /** Whether to shift, if there is a weight; true unless given. */
  bias?: boolean;
}

const DEFAULTS: Required<LayerNormLayerOptions> = { eps: 1e-5, elementwiseAffine: true, bias: true };

/**
 * Normalises the last dimensions, which are `normalizedShape`: `(x - mean) / sqrt(variance + eps) * weight + bias`, in training and
 * evaluation alike. x: float32 [..., ...normalizedShape] -> same. weight (from 1 on) and bias (from 0 on) have the normalized shape.
 * Gradient: that of `layerNorm`.
 * Errors: `ArgError` if `normalizedShape` is empty or not made of positive integers, or for an option outside its range; `ShapeError` for
 * an input that does not end in that shape, `DTypeError` unless it is float32.
 * @example new nn.LayerNorm(512); new nn.LayerNorm([3, 4], { bias: false });
 */
export class LayerNorm extends Module {
  /** Factor of each element, or `null` without one. */
  readonly weight: Parameter | null;
  /** Added to each element, or `null` without one. */
  readonly bias: Parameter | null;
  /** The dimensions that are normalised. */
  readonly normalizedShape: Shape;
  /** Added to the variance before the root. */
  readonly eps: number;

  constructor(normalizedShape: number | Shape, options?: LayerNormLayerOptions) {
    super();
    const { eps, elementwiseAffine, bias } = readOptions("LayerNorm", options, DEFAULTS);
    this.normalizedShape = rowShape("LayerNorm", normalizedShape);
    this.eps = checkFinite("LayerNorm", "eps", eps, 0);
    this.weight = elementwiseAffine ? (ones(Parameter.zeros(this.normalizedShape)) as Parameter) : null;
    this.bias = elementwiseAffine && bias ? Parameter.zeros(this.normalizedShape) : null;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }

  /** @internal No multiplication with a matrix. */
  override multiplyAdds(): number {
    return 0;
  }

  override extraRepr(): string {
    const bias = this.weight && !this.bias ? ", bias=false" : "";
    return `${JSON.stringify(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.weight !== null}${bias}`;
  }
}
