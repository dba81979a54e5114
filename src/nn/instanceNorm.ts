// Normalisation layers that treat each image by itself: over single channels.
import { instanceNorm } from "../ops/norm/groupNorm.js";
import { batched, channelsLast } from "../ops/pool/window.js";
import { checkForm } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type BatchNormLayerOptions, ChannelNorm } from "./batchNorm.js";

/** The base of the layers. */
abstract class InstanceNorm extends ChannelNorm {
  readonly #axes: number;

  constructor(numFeatures: number, options: BatchNormLayerOptions | undefined, axes: number) {
    super(numFeatures, options, { affine: false, trackRunningStats: false });
    this.#axes = axes;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, runningMean, runningVar, eps, numFeatures } = this;
    const { name } = this.constructor;
    return batched(name, x, this.#axes, (y) => {
      checkForm(name, y, y.shape[1] === numFeatures, `[N, ${numFeatures}, ...]`, "x", channelsLast(y, numFeatures));
      const useInputStats = this.training || !runningMean;
      return instanceNorm(y, { weight, bias, runningMean, runningVar, useInputStats, momentum: this.momentum ?? 0, eps });
    });
  }
}

/**
 * Normalisation of each channel of each sequence by itself: `(x - mean) / sqrt(variance + eps) * weight + bias`, in training and evaluation
 * alike; with `trackRunningStats` evaluation uses running statistics. x: float32 [N, C, L] or [C, L] -> same.
 * Options: eps 1e-5, momentum 0.1, affine false, trackRunningStats false. State dict, as far as there are: `weight` and `bias` [C], `running_mean` and
 * `running_var` [C], `num_batches_tracked`, which stays 0 as in PyTorch. Gradient: that of `instanceNorm`.
 * Errors: `ArgError` for a number of channels below 1 and options that do not fit, `ShapeError` for an input of another rank or number of
 * channels or with one value per channel, `DTypeError` unless x is float32.
 * @example new nn.InstanceNorm1d(8, { affine: true }).call(randn([2, 8, 20])).shape; // [2, 8, 20]
 */
export class InstanceNorm1d extends InstanceNorm {
  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super(numFeatures, options, 1);
  }
}

/**
 * Normalisation of each channel of each image by itself: `(x - mean) / sqrt(variance + eps) * weight + bias`; all else is as in
 * `InstanceNorm1d`. x: float32 [N, C, H, W] or [C, H, W] -> same. Gradient: that of `instanceNorm`.
 * Errors: `ArgError` for a number of channels below 1 and options that do not fit, `ShapeError` for an input of another rank or number of
 * channels or with one value per channel, `DTypeError` unless x is float32.
 * @example new nn.InstanceNorm2d(3).call(images).shape; // [4, 3, 8, 8]
 */
export class InstanceNorm2d extends InstanceNorm {
  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super(numFeatures, options, 2);
  }
}

/**
 * Normalisation of each channel of each volume by itself: `(x - mean) / sqrt(variance + eps) * weight + bias`; all else is as in
 * `InstanceNorm1d`. x: float32 [N, C, D, H, W] or [C, D, H, W] -> same. Gradient: that of `instanceNorm`.
 * Errors: `ArgError` for a number of channels below 1 and options that do not fit, `ShapeError` for an input of another rank or number of
 * channels or with one value per channel, `DTypeError` unless x is float32.
 * @example new nn.InstanceNorm3d(2).call(randn([1, 2, 4, 4, 4])).shape; // [1, 2, 4, 4, 4]
 */
export class InstanceNorm3d extends InstanceNorm {
  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super(numFeatures, options, 3);
  }
}
