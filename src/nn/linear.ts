// The affine layer.
import { ArgError } from "../errors.js";
import { linear } from "../ops/matmul.js";
import type { Tensor } from "../tensor/tensor.js";
import { kaimingUniform, uniform } from "./init.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** @internal Whole number of at least 1, or `ArgError`. */
export function checkCount(layer: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw new ArgError(`${layer}: ${name} must be a whole number of at least 1, got ${value}`);
  return value;
}

/** @internal PyTorch's default for weights and biases: uniform within `1 / sqrt(fanIn)`. */
export function defaultInit(weight: Parameter, bias: Parameter | null, fanIn: number): void {
  kaimingUniform(weight, { a: Math.sqrt(5) });
  if (bias) uniform(bias, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
}

/**
 * `y = x W^T + b`. x [..., inFeatures] -> [..., outFeatures]. weight [out, in], bias [out]; both start uniform within
 * `1 / sqrt(in)`. After `eval()`, calls without gradients keep the weight in a second, faster form (`packed` of `linear`).
 * Errors: `ArgError` for sizes below 1.
 * @example new nn.Linear(784, 10); new nn.Linear(64, 64, { bias: false });
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    { bias = true }: { bias?: boolean } = {},
  ) {
    super();
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    this.weight = Parameter.zeros([outFeatures, inFeatures]);
    this.bias = bias ? Parameter.zeros([outFeatures]) : null;
    defaultInit(this.weight, this.bias, inFeatures);
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias, { packed: !this.training });
  }

  override extraRepr(): string {
    return `${this.inFeatures}, ${this.outFeatures}, bias=${this.bias !== null}`;
  }
}
