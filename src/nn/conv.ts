// Convolution layers.
import { ArgError } from "../errors.js";
import { type Conv2dOptions, conv2d } from "../ops/conv2d.js";
import { type Pair, pairOf } from "../ops/window.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkCount, defaultInit } from "./linear.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/**
 * Convolution over images. x [N, inChannels, H, W] -> [N, outChannels, OH, OW]; sizes as `conv2d`.
 * weight [out, in / groups, KH, KW], bias [out]; both start uniform within `1 / sqrt(in / groups * KH * KW)`.
 * Options: stride, padding (numbers, "same", "valid"), dilation, groups, bias. Errors: `ArgError`.
 * @example new nn.Conv2d(1, 16, 3, { padding: 1 });
 */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly kernelSize: readonly [number, number];
  readonly options: Required<Conv2dOptions>;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: Pair,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions & { bias?: boolean } = {},
  ) {
    super();
    checkCount("Conv2d", "inChannels", inChannels);
    checkCount("Conv2d", "outChannels", outChannels);
    checkCount("Conv2d", "groups", groups);
    this.kernelSize = pairOf("Conv2d", "kernelSize", kernelSize, 1);
    pairOf("Conv2d", "stride", stride, 1);
    pairOf("Conv2d", "dilation", dilation, 1);
    if (typeof padding !== "string") pairOf("Conv2d", "padding", padding, 0);
    else if (padding !== "same" && padding !== "valid")
      throw new ArgError(`Conv2d: padding must be numbers, "same" or "valid", got "${String(padding)}"`);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgError(`Conv2d: ${inChannels} channels in and ${outChannels} out must both divide into ${groups} groups`);
    }
    this.options = { stride, padding, dilation, groups };
    const [kh, kw] = this.kernelSize;
    this.weight = new Parameter([outChannels, inChannels / groups, kh, kw]);
    this.bias = bias ? new Parameter([outChannels]) : null;
    defaultInit(this.weight, this.bias, (inChannels / groups) * kh * kw);
  }

  forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.options);
  }

  override extraRepr(): string {
    const { stride, padding, dilation, groups } = this.options;
    const text = (value: unknown) => (typeof value === "string" ? `"${value}"` : JSON.stringify(value));
    const rest = Object.entries({ stride, padding, dilation, groups })
      .filter(([name, value]) => value !== (name === "padding" ? 0 : 1))
      .map(([name, value]) => `, ${name}=${text(value)}`);
    return `${this.inChannels}, ${this.outChannels}, ${JSON.stringify(this.kernelSize)}${rest.join("")}${this.bias ? "" : ", bias=false"}`;
  }
}
