// Pooling layers.
import { type AvgPool2dOptions, adaptiveAvgPool2d, avgPool2d, type MaxPool2dOptions, maxPool2d } from "../ops/pool2d.js";
import { type Pair, pairOf } from "../ops/window.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** Largest value of each window; options as `maxPool2d`. @example new nn.MaxPool2d(2); */
export class MaxPool2d extends Module {
  constructor(
    readonly kernelSize: Pair,
    readonly options: MaxPool2dOptions = {},
  ) {
    super();
    pairOf("MaxPool2d", "kernelSize", kernelSize, 1);
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return repr(this.kernelSize, this.options);
  }
}

/** Average of each window; options as `avgPool2d`. @example new nn.AvgPool2d(3, { stride: 2 }); */
export class AvgPool2d extends Module {
  constructor(
    readonly kernelSize: Pair,
    readonly options: AvgPool2dOptions = {},
  ) {
    super();
    pairOf("AvgPool2d", "kernelSize", kernelSize, 1);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return repr(this.kernelSize, this.options);
  }
}

/** Averages that give an output of fixed size, as `adaptiveAvgPool2d`. @example new nn.AdaptiveAvgPool2d(1); */
export class AdaptiveAvgPool2d extends Module {
  constructor(readonly outputSize: number | readonly [number | null, number | null]) {
    super();
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }

  override extraRepr(): string {
    return JSON.stringify(this.outputSize);
  }
}

function repr(kernelSize: Pair, options: object): string {
  return [JSON.stringify(kernelSize), ...Object.entries(options).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(", ");
}
