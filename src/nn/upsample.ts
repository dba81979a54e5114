// Layers that change the size of images.
import { type InterpolateOptions, interpolate, type SizeOrFactor } from "../ops/resample/interpolate.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { shown } from "./shown.js";

/** Options of `Upsample`: either `size` or `scaleFactor`. */
export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

const DEFAULTS: Required<UpsampleOptions> = {
  size: null,
  scaleFactor: null,
  mode: "nearest",
  alignCorners: null,
  recomputeScaleFactor: null,
};

/**
 * Images, sequences or volumes in another size, as `interpolate`. x: float32 [N, C, ...] -> [N, C, ...size]. Options: `size` or `scaleFactor`,
 * `mode` ("nearest" unless given), `alignCorners`, `recomputeScaleFactor`. Gradient: that of `interpolate`.
 * Errors: `ArgError` for unknown options and, when it is called, those of `interpolate`, `ShapeError` for another number of dimensions than the
 * mode takes, `DTypeError`.
 * @example new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }).call(images).shape; // [4, 3, 16, 16]
 */
export class Upsample extends Module {
  /** The options that were given. */
  readonly options: Readonly<UpsampleOptions & SizeOrFactor>;

  constructor(options: UpsampleOptions & SizeOrFactor) {
    super();
    readOptions(new.target.name, options, DEFAULTS);
    this.options = { ...options };
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }

  override extraRepr(): string {
    return shown([], this.options, {}, JSON.stringify);
  }
}

/** Options of `UpsamplingNearest2d` and `UpsamplingBilinear2d`: either `size` or `scaleFactor`. */
export type UpsamplingOptions = Pick<InterpolateOptions, "size" | "scaleFactor">;

const SIZES: Required<UpsamplingOptions> = { size: null, scaleFactor: null };

/**
 * Images in another size by the nearest pixel: `Upsample` with the mode "nearest". x: float32 [N, C, H, W] -> [N, C, ...size].
 * Gradient: that of `interpolate`. Errors: `ArgError` unless either `size` or `scaleFactor` is given, `ShapeError`, `DTypeError`.
 * @example new nn.UpsamplingNearest2d({ scaleFactor: 2 }).call(images).shape; // [4, 3, 16, 16]
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsamplingOptions & SizeOrFactor) {
    super({ ...readOptions("UpsamplingNearest2d", options, SIZES), mode: "nearest" });
  }
}

/**
 * Images in another size by linear interpolation whose corners are those of the input: `Upsample` with the mode "bilinear" and
 * `alignCorners`. x: float32 [N, C, H, W] -> [N, C, ...size]. Gradient: that of `interpolate`.
 * Errors: `ArgError` unless either `size` or `scaleFactor` is given, `ShapeError`, `DTypeError`.
 * @example new nn.UpsamplingBilinear2d({ size: [4, 6] }).call(images).shape; // [4, 3, 4, 6]
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsamplingOptions & SizeOrFactor) {
    super({ ...readOptions("UpsamplingBilinear2d", options, SIZES), mode: "bilinear", alignCorners: true });
  }
}
