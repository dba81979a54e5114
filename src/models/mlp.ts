// Dense layers one after the other.
import { checkFinite, checkOneOf } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { GELU, ReLU, SiLU, Tanh } from "../nn/activation.js";
import { Sequential } from "../nn/containers.js";
import { Dropout } from "../nn/dropout.js";
import { Linear } from "../nn/linear.js";
import type { Module } from "../nn/module.js";
import { readOptions } from "../options.js";

const ACTIVATIONS = { relu: ReLU, gelu: GELU, silu: SiLU, tanh: Tanh } as const;

/** Options of `MLP`. */
export interface MLPOptions {
  /** What comes behind each layer but the last; "relu" unless given. */
  activation?: keyof typeof ACTIVATIONS;
  /** Probability of a zero behind each activation while training; 0, without a layer for it, unless given. */
  dropout?: number;
  /** Whether the layers have biases; true unless given. */
  bias?: boolean;
}

/**
 * A multilayer perceptron: `Linear`, activation and, if asked for, `Dropout` for each size but the last, which has a `Linear` only.
 * x: float32 [..., inFeatures] -> [..., last size]. sizes: features of the layers, that of the result last.
 * State dict: by position, so 0.weight, 0.bias, 2.weight and so on; with dropout 0, 3, 6.
 * Gradient: that of the layers. Errors: `ArgError` for sizes that are no list of whole numbers, and options outside their range.
 * @example new MLP(784, [128, 10]).call(randn([2, 784])).shape; // [2, 10]
 */
export class MLP extends Sequential {
  constructor(inFeatures: number, sizes: readonly number[], options?: MLPOptions) {
    const read = readOptions<Required<MLPOptions>>("MLP", options, { activation: "relu", dropout: 0, bias: true });
    checkOneOf("MLP", "activation", read.activation, Object.keys(ACTIVATIONS));
    checkFinite("MLP", "dropout", read.dropout, 0, 1);
    if (!Array.isArray(sizes) || sizes.length === 0)
      throw new ArgError(`MLP: sizes must be a list of at least one size, got ${describe(sizes)}`);
    const layers: Module[] = [];
    for (const [i, size] of sizes.entries()) {
      layers.push(new Linear(i === 0 ? inFeatures : (sizes[i - 1] as number), size, { bias: read.bias }));
      if (i === sizes.length - 1) break;
      layers.push(new ACTIVATIONS[read.activation]());
      if (read.dropout > 0) layers.push(new Dropout(read.dropout));
    }
    super(...layers);
  }
}
