// Layers that move elements, or cut images into patches and put them together.
import { checkWhole } from "../checks.js";
import { fold, type UnfoldOptions, unfold } from "../ops/arrange/fold.js";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../ops/arrange/order.js";
import { unflatten } from "../ops/arrange/shapes.js";
import { type Pair, perAxis } from "../ops/pool/window.js";
import { readOptions } from "../options.js";
import { listOf, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { shown } from "./shown.js";
import { checkCount } from "./weights.js";

/**
 * Channels as pixels: [N, C r^2, H, W] -> [N, C, H r, W r], r being `upscaleFactor`. x: any dtype. Gradient: that of `pixelShuffle`.
 * Errors: `ArgError` for a factor below 1, `ShapeError` if the channels do not divide into squares of it.
 * @example new nn.PixelShuffle(2).call(zeros(1, 8, 3, 3)).shape; // [1, 2, 6, 6]
 */
export class PixelShuffle extends Module {
  constructor(
    /** Factor of height and width. */
    readonly upscaleFactor: number,
  ) {
    super();
    checkCount("PixelShuffle", "upscaleFactor", upscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `${this.upscaleFactor}`;
  }
}

/**
 * Pixels as channels: [N, C, H r, W r] -> [N, C r^2, H, W], r being `downscaleFactor`. x: any dtype. Gradient: that of `pixelUnshuffle`.
 * Errors: `ArgError` for a factor below 1, `ShapeError` if height or width is no multiple of it.
 * @example new nn.PixelUnshuffle(2).call(zeros(1, 2, 6, 6)).shape; // [1, 8, 3, 3]
 */
export class PixelUnshuffle extends Module {
  constructor(
    /** Divisor of height and width. */
    readonly downscaleFactor: number,
  ) {
    super();
    checkCount("PixelUnshuffle", "downscaleFactor", downscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `${this.downscaleFactor}`;
  }
}

/**
 * Channels of all groups by turns: [N, C, ...] -> same. x: any dtype. Gradient: that of `channelShuffle`.
 * Errors: `ArgError` for a number below 1, `ShapeError` if the channels do not divide into the groups.
 * @example new nn.ChannelShuffle(2).call(arange(4).reshape(1, 4, 1, 1)).flatten(); // [0, 2, 1, 3]
 */
export class ChannelShuffle extends Module {
  constructor(
    /** Number of groups. */
    readonly groups: number,
  ) {
    super();
    checkCount("ChannelShuffle", "groups", groups);
  }

  forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }

  override extraRepr(): string {
    return `${this.groups}`;
  }
}

/**
 * Dimension `dim` split into several; one of the sizes may be -1. x: any dtype, [..., n, ...] -> [..., ...sizes, ...].
 * Gradient: g in the shape of x. Errors: `ArgError` for sizes that are no whole numbers, and when it is called `ShapeError` if they do not fill the
 * dimension, `IndexError` for one outside the rank.
 * @example new nn.Unflatten(1, [2, -1]).call(ones(3, 6)).shape; // [3, 2, 3]
 */
export class Unflatten extends Module {
  constructor(
    /** The dimension. */
    readonly dim: number,
    /** What it is split into. */
    readonly unflattenedSize: Shape,
  ) {
    super();
    checkWhole("Unflatten", "dim", dim);
    for (const size of listOf("Unflatten", [unflattenedSize])) checkWhole("Unflatten", "unflattenedSize", size);
  }

  forward(x: Tensor): Tensor {
    return unflatten(x, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `${this.dim}, ${JSON.stringify(this.unflattenedSize)}`;
  }
}

/** A window over images. */
abstract class Patches extends Module {
  /** The options that were given. */
  readonly options: Readonly<UnfoldOptions>;

  constructor(
    /** Size of a patch. */
    readonly kernelSize: Pair,
    options: UnfoldOptions | undefined,
  ) {
    super();
    const { name } = new.target;
    const given = readOptions<Required<UnfoldOptions>>(name, options, { dilation: 1, padding: 0, stride: 1 });
    perAxis(name, "kernelSize", kernelSize, 1, 2);
    for (const [option, value] of Object.entries(given)) perAxis(name, option, value, option === "padding" ? 0 : 1, 2);
    this.options = { ...options };
  }

  override extraRepr(): string {
    return shown([this.kernelSize], this.options, {}, JSON.stringify);
  }
}

/**
 * Patches of images as columns (im2col): [N, C, H, W] -> [N, C kh kw, L] with L patches, or without N. x: float32. Options: dilation, padding,
 * stride. Gradient: `fold` of g.
 * Errors: `ArgError` for numbers that are too small, `ShapeError` for another number of dimensions or a patch larger than the padded image,
 * `DTypeError`.
 * @example new nn.Unfold(3, { padding: 1 }).call(images).shape; // [4, 27, 64]
 */
export class Unfold extends Patches {
  constructor(kernelSize: Pair, options?: UnfoldOptions) {
    super(kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return unfold(x, this.kernelSize, this.options);
  }
}

/**
 * The sum of patches at their places, the transpose of `Unfold`: [N, C kh kw, L] -> [N, C, ...outputSize], or without N. x: float32. Options:
 * dilation, padding, stride. Gradient: `unfold` of g.
 * Errors: `ArgError` for numbers that are too small, `ShapeError` for another number of dimensions, channels or patches, `DTypeError`.
 * @example new nn.Fold([8, 8], 2, { stride: 2 }).call(ones(4, 12, 16)).shape; // [4, 3, 8, 8]
 */
export class Fold extends Patches {
  constructor(
    /** Height and width of the result. */
    readonly outputSize: Pair,
    kernelSize: Pair,
    options?: UnfoldOptions,
  ) {
    super(kernelSize, options);
    perAxis("Fold", "outputSize", outputSize, 1, 2);
  }

  forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${JSON.stringify(this.outputSize)}, ${super.extraRepr()}`;
  }
}
