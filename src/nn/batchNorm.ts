// Batch normalisation layers.
import { ShapeError } from "../errors.js";
import { batchNorm } from "../ops/batchNorm.js";
import { fill_ } from "../ops/inplace.js";
import { formatSpec } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { ones } from "./init.js";
import { checkCount } from "./linear.js";
import { Module } from "./module.js";
import { Buffer, Parameter } from "./parameter.js";

/** Options of batch normalisation layers. */
export interface BatchNormLayerOptions {
  /** Added to the variance before the root. */
  eps?: number;
  /** Share of each batch in the running statistics; `null` keeps their plain average. */
  momentum?: number | null;
  /** Whether to scale and shift with a trained weight and bias. */
  affine?: boolean;
  /** Whether to keep running statistics for evaluation; without them the batch's are always used. */
  trackRunningStats?: boolean;
}

abstract class BatchNorm extends Module {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    runningMean: "running_mean",
    runningVar: "running_var",
    numBatchesTracked: "num_batches_tracked",
  };

  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: Buffer | null;
  readonly runningVar: Buffer | null;
  readonly numBatchesTracked: Buffer | null;
  readonly eps: number;
  readonly momentum: number | null;

  constructor(
    readonly numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true }: BatchNormLayerOptions = {},
  ) {
    super();
    checkCount(this.constructor.name, "numFeatures", numFeatures);
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? Parameter.zeros([numFeatures]) : null;
    this.bias = affine ? Parameter.zeros([numFeatures]) : null;
    if (this.weight) ones(this.weight);
    this.runningMean = trackRunningStats ? Buffer.zeros([numFeatures]) : null;
    this.runningVar = trackRunningStats ? Buffer.zeros([numFeatures]) : null;
    this.numBatchesTracked = trackRunningStats ? Buffer.zeros([], "int32") : null;
    if (this.runningVar) ones(this.runningVar);
  }

  /** Ranks this layer takes. */
  protected abstract checkInput(x: Tensor): void;

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const { weight, bias, eps } = this;
    const training = this.training || !this.runningMean;
    if (!this.training || !this.numBatchesTracked) return batchNorm(x, this.runningMean, this.runningVar, { weight, bias, training, eps });
    const seen = this.numBatchesTracked.item() + 1;
    const out = batchNorm(x, this.runningMean, this.runningVar, { weight, bias, training, momentum: this.momentum ?? 1 / seen, eps });
    noGrad(() => fill_(this.numBatchesTracked as Buffer, seen));
    return out;
  }

  override extraRepr(): string {
    return `${this.numFeatures}, eps=${this.eps}, momentum=${this.momentum}, affine=${this.weight !== null}, trackRunningStats=${this.runningMean !== null}`;
  }
}

/** Batch normalisation of feature vectors [N, C] or sequences [N, C, L], per channel. @example new nn.BatchNorm1d(64); */
export class BatchNorm1d extends BatchNorm {
  protected checkInput(x: Tensor): void {
    if (x.ndim !== 2 && x.ndim !== 3) throw new ShapeError(`BatchNorm1d: x must be [N, C] or [N, C, L], got ${formatSpec(x)}`);
  }
}

/**
 * Batch normalisation of images [N, C, H, W], per channel: `(x - mean) / sqrt(variance + eps) * weight + bias`. In training
 * with the batch's statistics, in evaluation with the running ones. Weight starts as 1, bias as 0.
 * @example new nn.BatchNorm2d(16);
 */
export class BatchNorm2d extends BatchNorm {
  protected checkInput(x: Tensor): void {
    if (x.ndim !== 4) throw new ShapeError(`BatchNorm2d: x must be [N, C, H, W], got ${formatSpec(x)}`);
  }
}
