// Convolution layers over volumes, and transposed ones.
import { type Conv3dOptions, type ConvTranspose3dOptions, conv3d, convTranspose3d } from "../ops/conv/conv3d.js";
import type { Triple } from "../ops/pool/window.js";
import type { Tensor } from "../tensor/tensor.js";
import { CONV1D, Convolution, TRANSPOSED, type WithBias, type WithMode } from "./conv.js";
import { toSize } from "./toSize.js";

const CONV3D: Required<Conv3dOptions & WithMode> = { ...CONV1D, padding: 0 };

/**
 * Convolution over volumes. x: float32 [N, inChannels, D, H, W] or without N -> [N, outChannels, OD, OH, OW], sizes as of `conv3d`.
 * weight [out, in / groups, KD, KH, KW], bias [out]; both start uniform within `1 / sqrt(in / groups * KD * KH * KW)`.
 * Options: stride, padding (numbers, `[[front, back], [top, bottom], [left, right]]`, "same", "valid"), dilation, groups, bias, `paddingMode`.
 * Gradient: that of `conv3d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.Conv3d(1, 4, 3, { padding: 1, stride: 2 }).call(randn([2, 1, 8, 8, 8])).shape; // [2, 4, 4, 4, 4]
 */
export class Conv3d extends Convolution<readonly [number, number, number], Required<Conv3dOptions>> {
  constructor(inChannels: number, outChannels: number, kernelSize: Triple, options?: Conv3dOptions & WithMode) {
    super({ layer: "Conv3d", axes: 3, defaults: CONV3D }, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return conv3d(this.around(x), this.weight, this.bias, this.applied);
  }
}

/**
 * Transposed convolution over volumes. x: float32 [N, inChannels, D, H, W] or without N -> [N, outChannels, OD, OH, OW], sizes as of
 * `convTranspose3d`. weight [in, out / groups, KD, KH, KW], bias [out]; both start uniform within `1 / sqrt(out / groups * KD * KH * KW)`.
 * Options: stride, padding, outputPadding, dilation, groups, bias; of a call `outputSize`.
 * Gradient: that of `convTranspose3d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.ConvTranspose3d(4, 1, 2, { stride: 2 }).call(randn([1, 4, 4, 4, 4])).shape; // [1, 1, 8, 8, 8]
 */
export class ConvTranspose3d extends Convolution<readonly [number, number, number], Required<Omit<ConvTranspose3dOptions, "outputSize">>> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Triple,
    options?: Omit<ConvTranspose3dOptions, "outputSize"> & WithBias,
  ) {
    super({ layer: "ConvTranspose3d", axes: 3, defaults: TRANSPOSED }, inChannels, outChannels, kernelSize, options);
  }

  /** `outputSize` chooses the size of the result, as `outputPadding` does. */
  forward(x: Tensor, options?: Pick<ConvTranspose3dOptions, "outputSize">): Tensor {
    return convTranspose3d(x, this.weight, this.bias, { ...this.options, ...toSize("ConvTranspose3d", options) });
  }
}
