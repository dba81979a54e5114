// Normalisation layers over groups of channels, by the mean square of rows, and by neighbouring channels.
import { checkFinite } from "../checks.js";
import { ArgError } from "../errors.js";
import { groupNorm } from "../ops/norm/groupNorm.js";
import { rowShape } from "../ops/norm/layerNorm.js";
import { type LocalResponseNormOptions, localResponseNorm, responseOptions } from "../ops/norm/localResponseNorm.js";
import { FLOAT_EPS, rmsNorm } from "../ops/norm/rmsNorm.js";
import { channelsLast } from "../ops/pool/window.js";
import { readOptions } from "../options.js";
import { checkForm, type Shape } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { ones } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { shown } from "./shown.js";
import { checkCount } from "./weights.js";

/** Options of `GroupNorm`. */
export interface GroupNormLayerOptions {
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number;
  /** Whether to scale and shift with a trained weight and bias; true unless given. */
  affine?: boolean;
}

/**
 * Normalises each group of neighbouring channels of each image: `(x - mean) / sqrt(variance + eps) * weight + bias`, in training and
 * evaluation alike. x: float32 [N, numChannels, ...] -> same. State dict: `weight` (from 1 on) and `bias` (from 0 on) [numChannels].
 * Options: eps, affine. Gradient: that of `groupNorm`.
 * Errors: `ArgError` for numbers below 1 and channels that do not divide into the groups, `ShapeError` for an input with another number of
 * channels, `DTypeError` unless it is float32.
 * @example new nn.GroupNorm(2, 6).call(randn([4, 6, 8, 8])).shape; // [4, 6, 8, 8]
 */
export class GroupNorm extends Module {
  /** Factor of each channel, or `null` without one. */
  readonly weight: Parameter | null;
  /** Added to each channel, or `null` without one. */
  readonly bias: Parameter | null;
  /** Added to the variance before the root. */
  readonly eps: number;

  constructor(
    /** Number of groups. */
    readonly numGroups: number,
    /** Number of channels, a multiple of the number of groups. */
    readonly numChannels: number,
    options?: GroupNormLayerOptions,
  ) {
    super();
    const { eps, affine } = readOptions<Required<GroupNormLayerOptions>>("GroupNorm", options, { eps: 1e-5, affine: true });
    checkCount("GroupNorm", "numGroups", numGroups);
    checkCount("GroupNorm", "numChannels", numChannels);
    if (numChannels % numGroups !== 0) throw new ArgError(`GroupNorm: ${numChannels} channels do not divide into ${numGroups} groups`);
    this.eps = checkFinite("GroupNorm", "eps", eps, 0);
    this.weight = affine ? (ones(Parameter.zeros([numChannels])) as Parameter) : null;
    this.bias = affine ? Parameter.zeros([numChannels]) : null;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps, numChannels } = this;
    checkAlive("GroupNorm", x, "x");
    checkForm("GroupNorm", x, x.shape[1] === numChannels, `[N, ${numChannels}, ...]`, "x", channelsLast(x, numChannels));
    return groupNorm(x, this.numGroups, { weight, bias, eps });
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${this.eps}, affine=${this.weight !== null}`;
  }
}

/** Options of `RMSNorm`. */
export interface RMSNormLayerOptions {
  /** Added to the mean square before the root; 2^-23 (the precision of float32) unless given. */
  eps?: number | null;
  /** Whether to scale with a trained weight; true unless given. */
  elementwiseAffine?: boolean;
}

const DEFAULTS: Required<RMSNormLayerOptions> = { eps: null, elementwiseAffine: true };

/**
 * Divides the last dimensions, which are `normalizedShape`, by the root of their mean square: `x / sqrt(mean(x^2) + eps) * weight`.
 * x: float32 [..., ...normalizedShape] -> same. State dict: `weight` (from 1 on) of the normalized shape. Options: eps, elementwiseAffine.
 * Gradient: that of `rmsNorm`.
 * Errors: `ArgError` if `normalizedShape` is empty or not made of positive integers, or for an option outside its range; `ShapeError` for
 * an input that does not end in that shape, `DTypeError` unless it is float32.
 * @example new nn.RMSNorm(512).call(randn([2, 512])).shape; // [2, 512]
 */
export class RMSNorm extends Module {
  /** Factor of each element, or `null` without one. */
  readonly weight: Parameter | null;
  /** The dimensions that are normalised. */
  readonly normalizedShape: Shape;
  /** Added to the mean square before the root. */
  readonly eps: number;

  constructor(normalizedShape: number | Shape, options?: RMSNormLayerOptions) {
    super();
    const { eps, elementwiseAffine } = readOptions("RMSNorm", options, DEFAULTS);
    this.normalizedShape = rowShape("RMSNorm", normalizedShape);
    this.eps = checkFinite("RMSNorm", "eps", eps ?? FLOAT_EPS, 0);
    this.weight = elementwiseAffine ? (ones(Parameter.zeros(this.normalizedShape)) as Parameter) : null;
  }

  forward(x: Tensor): Tensor {
    const { weight, eps } = this;
    return rmsNorm(x, this.normalizedShape, { weight, eps });
  }

  /** @internal No multiplication with a matrix. */
  override multiplyAdds(): number {
    return 0;
  }

  override extraRepr(): string {
    return `${JSON.stringify(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.weight !== null}`;
  }
}

/**
 * `x / (k + alpha * mean)^beta`, the mean that of the squares in `size` channels around each element. x: float32 [N, C, L, ...] -> same.
 * Options: alpha 1e-4, beta 0.75, k 1. Gradient: that of `localResponseNorm`.
 * Errors: `ArgError` for a size below 1 and options that are no numbers, `ShapeError` for fewer than three dimensions, `DTypeError` unless x
 * is float32.
 * @example new nn.LocalResponseNorm(5).call(images).shape; // [4, 3, 8, 8]
 */
export class LocalResponseNorm extends Module {
  /** The options, all of them. */
  readonly options: Readonly<Required<LocalResponseNormOptions>>;

  constructor(
    /** Number of channels around each one. */
    readonly size: number,
    options?: LocalResponseNormOptions,
  ) {
    super();
    this.options = responseOptions("LocalResponseNorm", size, options);
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }

  override extraRepr(): string {
    return shown([this.size], this.options);
  }
}
