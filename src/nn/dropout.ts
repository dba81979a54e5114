// Dropout as a layer.
import { ArgError } from "../errors.js";
import { dropout } from "../ops/dropout.js";
import { defaultGenerator, type Generator } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** Zeros with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. @example new nn.Dropout(0.2); */
export class Dropout extends Module {
  readonly #generator: Generator;

  constructor(
    readonly p: number = 0.5,
    { generator = defaultGenerator }: { generator?: Generator } = {},
  ) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgError(`Dropout: p is a probability within [0, 1], got ${p}`);
    this.#generator = generator;
  }

  forward(x: Tensor): Tensor {
    return dropout(x, { p: this.p, training: this.training, generator: this.#generator });
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
