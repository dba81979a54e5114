// The affine layer.
import { linearBy } from "../ops/gemm/linear.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { checkCount, defaultInit } from "./weights.js";

/**
 * Affine map: `y = x W^T + b`. x: float32 [..., inFeatures] -> [..., outFeatures]. weight [out, in], bias [out]; both start uniform within
 * `1 / sqrt(in)`. After `eval()`, calls without gradients keep the weight in a second, faster form (`packed` of `linear`).
 * Gradient: that of `linear`.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for an input with another last dimension, `DTypeError` unless it is float32.
 * @example new nn.Linear(784, 10).call(randn([2, 784])).shape; // [2, 10]
 */
export class Linear extends Module {
  /** [outFeatures, inFeatures]. */
  readonly weight: Parameter;
  /** [outFeatures], or `null` without one. */
  readonly bias: Parameter | null;

  constructor(
    /** Size of the last dimension of the input. */
    readonly inFeatures: number,
    /** Size of the last dimension of the result. */
    readonly outFeatures: number,
    options?: { bias?: boolean },
  ) {
    super();
    const { bias } = readOptions("Linear", options, { bias: true });
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    this.weight = Parameter.zeros([outFeatures, inFeatures]);
    this.bias = bias ? Parameter.zeros([outFeatures]) : null;
    defaultInit(this.weight, this.bias);
  }

  forward(x: Tensor): Tensor {
    return linearBy(x, this.weight, this.bias, !this.training);
  }

  override extraRepr(): string {
    return `${this.inFeatures}, ${this.outFeatures}, bias=${this.bias !== null}`;
  }
}
