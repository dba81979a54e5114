// Layers of norms of windows, of the inverse of maximum pooling, and of one number for each channel.
import {
  type LPPool1dOptions,
  type LPPool2dOptions,
  type LPPool3dOptions,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  normOptions,
} from "../ops/pool/lpPool.js";
import {
  type MaxUnpool1dOptions,
  type MaxUnpool2dOptions,
  type MaxUnpool3dOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  unpoolOptions,
} from "../ops/pool/unpool.js";
import type { Pair, Triple } from "../ops/pool/window.js";
import { amax, mean } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import { checkForm } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Pool } from "./pooling.js";
import { toSize } from "./toSize.js";

/**
 * `(sum x^p)^(1/p)` of each window of a sequence, p being `normType`. x: float32 [N, C, L] or [C, L] -> [N, C, OL]. Gradient: that of `lpPool1d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.LPPool1d(2, 2).call(tensor([[[3, 4, 6, 8]]])); // [[[5, 10]]]
 */
export class LPPool1d extends Pool<number, LPPool1dOptions> {
  constructor(
    /** The exponent p. */
    readonly normType: number,
    kernelSize: number,
    options?: LPPool1dOptions,
  ) {
    super(kernelSize, options);
    normOptions("LPPool1d", normType, kernelSize, options, 1);
  }

  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.normType, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${this.normType}, ${super.extraRepr()}`;
  }
}

/**
 * `(sum x^p)^(1/p)` of each window of an image, p being `normType`. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW].
 * Gradient: that of `lpPool2d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.LPPool2d(2, 2).call(ones([1, 1, 2, 2])); // [[[[2]]]]
 */
export class LPPool2d extends Pool<Pair, LPPool2dOptions> {
  constructor(
    /** The exponent p. */
    readonly normType: number,
    kernelSize: Pair,
    options?: LPPool2dOptions,
  ) {
    super(kernelSize, options);
    normOptions("LPPool2d", normType, kernelSize, options, 2);
  }

  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.normType, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${this.normType}, ${super.extraRepr()}`;
  }
}

/**
 * `(sum x^p)^(1/p)` of each window of a volume, p being `normType`. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW].
 * Gradient: that of `lpPool3d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.LPPool3d(2, [2, 2, 1]).call(ones([1, 1, 2, 2, 1])); // [[[[[2]]]]]
 */
export class LPPool3d extends Pool<Triple, LPPool3dOptions> {
  constructor(
    /** The exponent p. */
    readonly normType: number,
    kernelSize: Triple,
    options?: LPPool3dOptions,
  ) {
    super(kernelSize, options);
    normOptions("LPPool3d", normType, kernelSize, options, 3);
  }

  forward(x: Tensor): Tensor {
    return lpPool3d(x, this.normType, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${this.normType}, ${super.extraRepr()}`;
  }
}

/**
 * The inverse of `MaxPool1d`: values and the indices that it gives with `returnIndices` -> [N, C, OL] with the values at their places and 0
 * elsewhere. x: float32 [N, C, L] or [C, L], indices int32. Options: stride, padding; of a call `outputSize`. Gradient: that of `maxUnpool1d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError`, `IndexError` and `DTypeError` as of `maxUnpool1d`.
 * @example new nn.MaxUnpool1d(2).call(tensor([[[3, 2]]]), tensor([[[1, 2]]], { dtype: "int32" })); // [[[0, 3, 2, 0]]]
 */
export class MaxUnpool1d extends Pool<number, Omit<MaxUnpool1dOptions, "outputSize">> {
  constructor(kernelSize: number, options?: Omit<MaxUnpool1dOptions, "outputSize">) {
    super(kernelSize, options);
    unpoolOptions("MaxUnpool1d", kernelSize, options, 1);
  }

  forward(x: Tensor, indices: Tensor, options?: Pick<MaxUnpool1dOptions, "outputSize">): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, { ...this.options, ...toSize("MaxUnpool1d", options) });
  }
}

/**
 * The inverse of `MaxPool2d`: values and the indices that it gives with `returnIndices` -> [N, C, OH, OW] with the values at their places and 0
 * elsewhere. x: float32 [N, C, H, W] or [C, H, W], indices int32. Options: stride, padding; of a call `outputSize`.
 * Gradient: that of `maxUnpool2d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError`, `IndexError` and `DTypeError` as of `maxUnpool2d`.
 * @example
 * const { values, indices } = new nn.MaxPool2d(2, { returnIndices: true }).call(images);
 * new nn.MaxUnpool2d(2).call(values, indices).shape; // [4, 3, 8, 8]
 */
export class MaxUnpool2d extends Pool<Pair, Omit<MaxUnpool2dOptions, "outputSize">> {
  constructor(kernelSize: Pair, options?: Omit<MaxUnpool2dOptions, "outputSize">) {
    super(kernelSize, options);
    unpoolOptions("MaxUnpool2d", kernelSize, options, 2);
  }

  forward(x: Tensor, indices: Tensor, options?: Pick<MaxUnpool2dOptions, "outputSize">): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, { ...this.options, ...toSize("MaxUnpool2d", options) });
  }
}

/**
 * The inverse of `MaxPool3d`: values and the indices that it gives with `returnIndices` -> [N, C, OD, OH, OW] with the values at their places
 * and 0 elsewhere. x: float32 [N, C, D, H, W] or [C, D, H, W], indices int32. Options: stride, padding; of a call `outputSize`.
 * Gradient: that of `maxUnpool3d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError`, `IndexError` and `DTypeError` as of `maxUnpool3d`.
 * @example
 * const { values, indices } = new nn.MaxPool3d(2, { returnIndices: true }).call(ones([1, 1, 4, 4, 4]));
 * new nn.MaxUnpool3d(2).call(values, indices).shape; // [1, 1, 4, 4, 4]
 */
export class MaxUnpool3d extends Pool<Triple, Omit<MaxUnpool3dOptions, "outputSize">> {
  constructor(kernelSize: Triple, options?: Omit<MaxUnpool3dOptions, "outputSize">) {
    super(kernelSize, options);
    unpoolOptions("MaxUnpool3d", kernelSize, options, 3);
  }

  forward(x: Tensor, indices: Tensor, options?: Pick<MaxUnpool3dOptions, "outputSize">): Tensor {
    return maxUnpool3d(x, indices, this.kernelSize, { ...this.options, ...toSize("MaxUnpool3d", options) });
  }
}

/** One number for each channel. */
abstract class GlobalPool extends Module {
  /** Whether the result has sizes of 1 for what was pooled. */
  readonly keepdim: boolean;

  constructor(options?: { keepdim?: boolean }) {
    super();
    this.keepdim = readOptions<{ keepdim: boolean }>(new.target.name, options, { keepdim: false }).keepdim;
  }

  /** The channels of x, reduced by an operation. */
  protected pooled(op: typeof mean | typeof amax, x: Tensor): Tensor {
    const { name } = this.constructor;
    checkAlive(name, x, "x");
    checkFloat(name, x);
    checkForm(name, x, x.ndim > 2, "[N, C, L, ...]");
    return op(x, { dim: [...x.shape.keys()].slice(2), keepdim: this.keepdim });
  }

  override extraRepr(): string {
    return this.keepdim ? "keepdim=true" : "";
  }
}

/**
 * The average of each channel, as Keras' GlobalAveragePooling. x: float32 [N, C, L, ...] -> [N, C], with `keepdim` [N, C, 1, ...].
 * Gradient: that of `mean`. Errors: `ShapeError` for fewer than three dimensions, `ArgError` for unknown options, `DTypeError` unless x is
 * float32.
 * @example new nn.GlobalAvgPool().call(tensor([[[1, 3], [2, 0]]])); // [[2, 1]]
 */
export class GlobalAvgPool extends GlobalPool {
  forward(x: Tensor): Tensor {
    return this.pooled(mean, x);
  }
}

/**
 * The largest value of each channel, as Keras' GlobalMaxPooling. x: float32 [N, C, L, ...] -> [N, C], with `keepdim` [N, C, 1, ...].
 * Gradient: that of `amax`, shared by equals. Errors: `ShapeError` for fewer than three dimensions, `ArgError` for unknown options,
 * `DTypeError` unless x is float32.
 * @example new nn.GlobalMaxPool().call(tensor([[[1, 3], [2, 0]]])); // [[3, 2]]
 */
export class GlobalMaxPool extends GlobalPool {
  forward(x: Tensor): Tensor {
    return this.pooled(amax, x);
  }
}
