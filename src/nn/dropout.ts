// Dropout as a layer.

import { dropout, dropoutOptions } from "../ops/random/dropout.js";
import { readOptions } from "../options.js";
import { defaultGenerator, type Generator } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

const DEFAULTS = { generator: defaultGenerator };

/**
 * Zeros with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. x: float32, any shape -> same. The random
 * numbers come from the default generator or the `generator` given. Gradient: that of `dropout`.
 * Errors: `ArgError` for p outside [0, 1], `DTypeError` unless x is float32.
 * @example new nn.Dropout(0.2);
 */
export class Dropout extends Module {
  readonly #generator: Generator;

  constructor(
    /** Probability of a zero. */
    readonly p: number = 0.5,
    options?: { generator?: Generator },
  ) {
    super();
    const { generator } = readOptions("Dropout", options, DEFAULTS);
    this.#generator = dropoutOptions("Dropout", { p, generator }).generator;
  }

  forward(x: Tensor): Tensor {
    return dropout(x, { p: this.p, training: this.training, generator: this.#generator });
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
