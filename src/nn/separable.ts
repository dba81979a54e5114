// A convolution in two steps: over each channel, and over the channels of each pixel.
import type { Conv2dOptions } from "../ops/conv/conv2d.js";
import type { Pair } from "../ops/pool/window.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Conv2d, type WithMode } from "./conv.js";
import { Module } from "./module.js";
import { checkCount } from "./weights.js";

/** Options of `SeparableConv2d`. */
export interface SeparableConv2dOptions extends Omit<Conv2dOptions, "groups" | "fast">, WithMode {
  /** Filters for each channel in the first step; 1 unless given. */
  depthMultiplier?: number;
}

const DEFAULTS: Required<SeparableConv2dOptions> = {
  stride: 1,
  padding: 0,
  dilation: 1,
  bias: true,
  paddingMode: "zeros",
  depthMultiplier: 1,
};

/**
 * A depthwise convolution, which filters each channel by itself, and then a 1 x 1 convolution, as Keras' SeparableConv2D. It takes far fewer
 * products than one convolution. x: float32 [N, inChannels, H, W] or without N -> [N, outChannels, OH, OW], sizes as of `conv2d`.
 * State dict: `depthwise.weight` [in * depthMultiplier, 1, KH, KW], `pointwise.weight` [out, in * depthMultiplier, 1, 1], `pointwise.bias` [out].
 * Options: stride, padding, dilation, `paddingMode` of the first step, bias of the second, `depthMultiplier`. Gradient: that of `conv2d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.SeparableConv2d(8, 16, 3, { padding: 1 }).call(randn([2, 8, 6, 6])).shape; // [2, 16, 6, 6]
 */
export class SeparableConv2d extends Module {
  /** Filters of each channel. */
  readonly depthwise: Conv2d;
  /** What mixes the channels of each pixel. */
  readonly pointwise: Conv2d;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: SeparableConv2dOptions) {
    super();
    const { bias, depthMultiplier, ...rest } = readOptions("SeparableConv2d", options, DEFAULTS);
    checkCount("SeparableConv2d", "inChannels", inChannels);
    const between = inChannels * checkCount("SeparableConv2d", "depthMultiplier", depthMultiplier);
    this.depthwise = new Conv2d(inChannels, between, kernelSize, { ...rest, groups: inChannels, bias: false });
    this.pointwise = new Conv2d(between, outChannels, 1, { bias });
  }

  forward(x: Tensor): Tensor {
    return this.pointwise.call(this.depthwise.call(x));
  }
}
