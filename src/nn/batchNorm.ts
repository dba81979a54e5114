// Batch normalisation layers.
import { checkFinite } from "../checks.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { copy_ } from "../ops/move/inplace.js";
import { batchNorm } from "../ops/norm/batchNorm.js";
import { readOptions } from "../options.js";
import { checkForm } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { ones } from "./init.js";
import { Module } from "./module.js";
import { Buffer, Parameter } from "./parameter.js";
import { snakeNames } from "./renamed.js";
import { checkCount } from "./weights.js";

/** Options of batch normalisation layers. */
export interface BatchNormLayerOptions {
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number | undefined;
  /** Share of each batch in the running statistics, 0.1 unless given; `null` keeps their plain average. */
  momentum?: number | null | undefined;
  /** Whether to scale and shift with a trained weight and bias (default true). */
  affine?: boolean | undefined;
  /** Whether to keep running statistics for evaluation; without them the batch's are always used (default true). */
  trackRunningStats?: boolean | undefined;
}

const DEFAULTS: { readonly [Name in keyof Required<BatchNormLayerOptions>]: Exclude<BatchNormLayerOptions[Name], undefined> } = {
  eps: 1e-5,
  momentum: 0.1,
  affine: true,
  trackRunningStats: true,
};

/** A normalisation with one mean, variance, weight and bias per channel. */
export abstract class ChannelNorm extends Module {
  static override readonly stateNames: Readonly<Record<string, string>> = snakeNames("runningMean", "runningVar", "numBatchesTracked");
  /** Files of old versions of PyTorch do not have it. */
  static override readonly optionalNames: readonly string[] = ["num_batches_tracked"];

  /** Factor of each channel [C], starting at 1; `null` without `affine`. */
  readonly weight: Parameter | null;
  /** Added to each channel [C], starting at 0; `null` without `affine`. */
  readonly bias: Parameter | null;
  /** Running mean of each channel [C]; `null` without `trackRunningStats`. */
  readonly runningMean: Buffer | null;
  /** Running variance of each channel [C]; `null` without `trackRunningStats`. */
  readonly runningVar: Buffer | null;
  /** Number of batches in the running statistics, an int32 scalar; `null` without `trackRunningStats`. */
  readonly numBatchesTracked: Buffer | null;
  /** Added to the variance before the root. */
  readonly eps: number;
  /** Share of each batch in the running statistics; `null` for their plain average. */
  readonly momentum: number | null;

  constructor(
    /** Number of channels, C. */
    readonly numFeatures: number,
    options?: BatchNormLayerOptions,
    defaults?: Partial<typeof DEFAULTS>,
  ) {
    super();
    const { name } = this.constructor;
    const { eps, momentum, affine, trackRunningStats } = readOptions(name, options, { ...DEFAULTS, ...defaults });
    checkCount(name, "numFeatures", numFeatures);
    this.eps = checkFinite(name, "eps", eps, 0);
    this.momentum = momentum === null ? null : checkFinite(name, "momentum", momentum, 0, 1);
    const shape = [numFeatures];
    this.weight = affine ? (ones(Parameter.zeros(shape)) as Parameter) : null;
    this.bias = affine ? Parameter.zeros(shape) : null;
    this.runningMean = trackRunningStats ? Buffer.zeros(shape) : null;
    this.runningVar = trackRunningStats ? (ones(Buffer.zeros(shape)) as Buffer) : null;
    this.numBatchesTracked = trackRunningStats ? Buffer.zeros([], "int32") : null;
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=${this.eps}, momentum=${this.momentum}, affine=${this.weight !== null}, trackRunningStats=${this.runningMean !== null}`;
  }
}

abstract class BatchNorm extends ChannelNorm {
  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super(numFeatures, options);
  }

  /** Throws `ShapeError` unless x has a rank that this layer takes. */
  protected abstract checkInput(x: Tensor): void;

  forward(x: Tensor): Tensor {
    checkAlive(this.constructor.name, x, "x");
    this.checkInput(x);
    const { weight, bias, eps, numBatchesTracked: seen } = this;
    const counted = this.training ? seen : null;
    const training = this.training || !seen;
    const momentum = this.momentum ?? (counted ? 1 / (counted.item() + 1) : 0);
    const out = batchNorm(x, this.runningMean, this.runningVar, { weight, bias, training, momentum, eps });
    if (counted) noGrad(() => copy_(counted, add(counted, 1)));
    return out;
  }
}

/**
 * Batch normalisation of feature vectors or sequences, per channel: `(x - mean) / sqrt(variance + eps) * weight + bias`. In training it
 * uses the batch's statistics, in evaluation the running ones; all else is as in `BatchNorm2d`. x: float32 [N, C] or [N, C, L] -> same.
 * Gradient: that of `batchNorm`.
 * Errors: `ArgError` for a number of channels below 1, unknown options and values that do not fit; `ShapeError` for an input of another
 * rank or number of channels, and in training for one with a single value per channel; `DTypeError` unless x is float32.
 * @example new nn.BatchNorm1d(64);
 */
export class BatchNorm1d extends BatchNorm {
  protected checkInput(x: Tensor): void {
    checkForm("BatchNorm1d", x, x.ndim === 2 || x.ndim === 3, "[N, C] or [N, C, L]");
  }
}

/**
 * Batch normalisation of images, per channel: `(x - mean) / sqrt(variance + eps) * weight + bias`. In training it uses the batch's
 * statistics, in evaluation the running ones. Weight starts as 1, bias as 0. After `layer.eval()` a layer of a model in training is frozen:
 * it goes on with the running statistics, in `fit` too.
 * x: float32 [N, C, H, W] -> same. Gradient: that of `batchNorm`.
 * Errors: `ArgError` for a number of channels below 1, unknown options and values that do not fit; `ShapeError` for an input of another
 * rank or number of channels, and in training for one with a single value per channel, as the last batch may be without `dropLast`;
 * `DTypeError` unless x is float32.
 * @example new nn.BatchNorm2d(16);
 */
export class BatchNorm2d extends BatchNorm {
  protected checkInput(x: Tensor): void {
    checkForm("BatchNorm2d", x, x.ndim === 4, "[N, C, H, W]");
  }
}

/**
 * Batch normalisation of volumes, per channel: `(x - mean) / sqrt(variance + eps) * weight + bias`; all else is as in `BatchNorm2d`.
 * x: float32 [N, C, D, H, W] -> same. Gradient: that of `batchNorm`.
 * Errors: `ArgError` for a number of channels below 1, unknown options and values that do not fit; `ShapeError` for an input of another
 * rank or number of channels, and in training for one with a single value per channel; `DTypeError` unless x is float32.
 * @example new nn.BatchNorm3d(4).call(randn([2, 4, 3, 3, 3])).shape; // [2, 4, 3, 3, 3]
 */
export class BatchNorm3d extends BatchNorm {
  protected checkInput(x: Tensor): void {
    checkForm("BatchNorm3d", x, x.ndim === 5, "[N, C, D, H, W]");
  }
}
