// Positions as layers. T positions, D features.

import { checkPositive, checkWhole } from "../checks.js";
import { IndexError } from "../errors.js";
import { checkRotary, ROTARY, type RotaryOptions, rotaryEmbedding, waves } from "../ops/attention/positions.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { stack } from "../ops/move/join.js";
import { reshape } from "../ops/move/shape.js";
import { narrow } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import { fillNormal } from "../tensor/random.js";
import { checkForm } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { checkCount } from "./weights.js";

/** The number of positions of x [..., T, D]. */
function lengthOf(layer: string, x: Tensor, features: number, offset: number): number {
  checkAlive(layer, x, "x");
  checkFloat(layer, x);
  checkWhole(layer, "offset", offset, 0);
  checkForm(layer, x, x.ndim > 1 && x.shape.at(-1) === features, `[..., T, ${features}]`);
  return x.shape.at(-2) as number;
}

/**
 * Adds fixed positions: to feature 2 i of position t `sin(t base^(-2 i / D))`, to feature 2 i + 1 the cosine. x: float32 [..., T, D] -> same;
 * `offset` is the number of positions before x, as in a cache. No parameters.
 * Gradient: g. Errors: `ArgError` for sizes or a base outside their range, `ShapeError` for another number of features, `DTypeError`.
 * Source: Vaswani et al., 2017.
 * @example new nn.SinusoidalPositions(8).call(zeros([2, 5, 8]), 3).shape; // [2, 5, 8]
 */
export class SinusoidalPositions extends Module {
  /** The slowest feature turns by about `1 / base` per position. */
  readonly base: number;

  constructor(
    /** Features. */
    readonly dim: number,
    options?: { base?: number },
  ) {
    super();
    checkCount("SinusoidalPositions", "dim", dim);
    this.base = checkPositive("SinusoidalPositions", "base", readOptions("SinusoidalPositions", options, { base: 10000 }).base);
  }

  forward(x: Tensor, offset = 0): Tensor {
    const { dim } = this;
    const length = lengthOf("SinusoidalPositions", x, dim, offset);
    const { sines, cosines } = waves(length, dim, this.base, offset);
    const both = reshape(stack([sines, cosines], -1), [length, 2 * Math.ceil(dim / 2)]);
    return add(x, narrow(both, 1, 0, dim));
  }

  override extraRepr(): string {
    return `${this.dim}, base=${this.base}`;
  }
}

/**
 * Adds a trained vector per position: `out[t] = x[t] + weight[offset + t]`. x: float32 [..., T, D] -> same; `offset` is the number of positions
 * before x, as in a cache. weight [maxLength, D] starts normal with mean 0 and deviation 0.02, as in GPT-2. State dict: weight.
 * Gradient: g to x, its sum over the batch to the weight.
 * Errors: `IndexError` for positions behind the last one; `ArgError` for sizes below 1, `ShapeError` for another number of features, `DTypeError`.
 * @example new nn.LearnedPositions(16, 8).call(zeros([2, 5, 8])).shape; // [2, 5, 8]
 */
export class LearnedPositions extends Module {
  /** [maxLength, dim]. */
  readonly weight: Parameter;

  constructor(
    /** Positions that there are. */
    readonly maxLength: number,
    /** Features. */
    readonly dim: number,
  ) {
    super();
    checkCount("LearnedPositions", "maxLength", maxLength);
    checkCount("LearnedPositions", "dim", dim);
    this.weight = Parameter.zeros([maxLength, dim]);
    fillNormal(this.weight, 0, 0.02);
  }

  forward(x: Tensor, offset = 0): Tensor {
    const length = lengthOf("LearnedPositions", x, this.dim, offset);
    if (offset + length > this.maxLength)
      throw new IndexError(`LearnedPositions: positions ${offset} to ${offset + length - 1} are not all below ${this.maxLength}`);
    return add(x, narrow(this.weight, 0, offset, length));
  }

  /** @internal No multiplication with a matrix. */
  override multiplyAdds(): number {
    return 0;
  }

  override extraRepr(): string {
    return `${this.maxLength}, ${this.dim}`;
  }
}

/**
 * Rotary positions for queries and keys: `rotaryEmbedding` as a layer, also for the option `rotary` of `MultiheadAttention`. x: float32
 * [..., T, D], D at least `dim` -> same; `offset` is the number of positions before x. No parameters. Gradient: g turned back.
 * Errors: `ArgError` for an odd dim or options outside their range, `ShapeError` for fewer features, `DTypeError`.
 * @example new nn.RotaryEmbedding(8, { interleaved: true }).call(randn([2, 4, 5, 8]), 3).shape; // [2, 4, 5, 8]
 */
export class RotaryEmbedding extends Module {
  /** The options, all of them. */
  readonly options: Required<RotaryOptions>;

  constructor(
    /** Features that turn. */
    readonly dim: number,
    options?: Omit<RotaryOptions, "dim">,
  ) {
    super();
    const { base, interleaved } = ROTARY;
    const read = readOptions("RotaryEmbedding", options, { base, interleaved });
    checkWhole("RotaryEmbedding", "dim", dim, 2);
    this.options = checkRotary("RotaryEmbedding", { ...read, dim });
  }

  forward(x: Tensor, offset = 0): Tensor {
    return rotaryEmbedding(x, { ...this.options, offset });
  }

  override extraRepr(): string {
    return `${this.dim}, base=${this.options.base}, interleaved=${this.options.interleaved}`;
  }
}
