// Pooling layers over volumes.
import { averagePoolOptions, checkOutputSize, checkWindow } from "../ops/pool/pool2d.js";
import {
  type AvgPool3dOptions,
  adaptiveAvgPool3d,
  avgPool3d,
  type MaxPool3dOptions,
  maxPool3d,
  maxPool3dWithIndices,
  type Wanted3d,
} from "../ops/pool/pool3d.js";
import type { Triple } from "../ops/pool/window.js";
import type { Tensor } from "../tensor/tensor.js";
import { AdaptivePool } from "./adaptivePooling.js";
import { MaxPool, type MaybeIndices, Pool, type WithIndices } from "./pooling.js";

/**
 * Largest value of each window of a volume. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW], sizes as of `maxPool3d`.
 * Option beside those of the function: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.MaxPool3d(2).call(ones([1, 1, 4, 4, 4])).shape; // [1, 1, 2, 2, 2]
 */
export class MaxPool3d<Indices extends boolean = false> extends MaxPool<Triple, MaxPool3dOptions, Indices> {
  constructor(kernelSize: Triple, options?: MaxPool3dOptions & WithIndices<Indices>) {
    super("MaxPool3d", 3, kernelSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? maxPool3dWithIndices : maxPool3d)(x, this.kernelSize, this.options) as MaybeIndices<Indices>;
  }
}

/**
 * Average of each window of a volume. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW], sizes as of `avgPool3d`.
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.AvgPool3d(2).call(ones([1, 1, 2, 2, 2])); // [[[[[1]]]]]
 */
export class AvgPool3d extends Pool<Triple, AvgPool3dOptions> {
  constructor(kernelSize: Triple, options?: AvgPool3dOptions) {
    super(kernelSize, options);
    checkWindow("AvgPool3d", kernelSize, averagePoolOptions("AvgPool3d", options, 3), 3);
  }

  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.kernelSize, this.options);
  }
}

/**
 * Averages that give a volume of fixed size; `null` keeps an axis. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, ...outputSize].
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for volumes without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveAvgPool3d(1).call(ones([1, 1, 4, 4, 4])).shape; // [1, 1, 1, 1, 1]
 */
export class AdaptiveAvgPool3d extends AdaptivePool<Wanted3d> {
  constructor(outputSize: Wanted3d, ...rest: readonly never[]) {
    super(outputSize, rest);
    checkOutputSize("AdaptiveAvgPool3d", outputSize, 3);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}
