// Layers that change what passes at random while training.
import { checkFinite } from "../checks.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { alias } from "../ops/move/shape.js";
import { type DropoutOptions, dropoutOptions } from "../ops/random/dropout.js";
import { alphaDropout, dropout1d, dropout2d, dropout3d, dropPath, featureAlphaDropout } from "../ops/random/featureDropout.js";
import { readOptions } from "../options.js";
import { defaultGenerator, type Generator, generatorFrom, randn } from "../tensor/random.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** A function with a probability. */
abstract class RandomDropout extends Module {
  readonly #options: DropoutOptions;
  /** Probability of being dropped. */
  readonly p: number;

  constructor(p: number, options: { generator?: Generator } | undefined) {
    super();
    const { name } = new.target;
    this.p = checkFinite(name, "p", p, 0, 1);
    this.#options = dropoutOptions(name, { p, ...readOptions(name, options, { generator: defaultGenerator }) });
  }

  /** The options of the function. */
  protected get options(): DropoutOptions {
    return { ...this.#options, training: this.training };
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}

/**
 * Zeros for whole channels with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. x: float32 [N, C, L] or
 * [C, L] -> same. The random numbers come from the default generator or the `generator` given. Gradient: that of `dropout1d`.
 * Errors: `ArgError` for p outside [0, 1], `ShapeError` for other ranks, `DTypeError` unless x is float32.
 * @example new nn.Dropout1d(0.2).call(randn([2, 8, 10])).shape; // [2, 8, 10]
 */
export class Dropout1d extends RandomDropout {
  constructor(p = 0.5, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return dropout1d(x, this.options);
  }
}

/**
 * Zeros for whole channels with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. x: float32 [N, C, H, W]
 * or [N, C, L] -> same. The random numbers come from the default generator or the `generator` given. Gradient: that of `dropout2d`.
 * Errors: `ArgError` for p outside [0, 1], `ShapeError` for other ranks, `DTypeError` unless x is float32.
 * @example new nn.Dropout2d(0.2).call(images).shape; // [4, 3, 8, 8]
 */
export class Dropout2d extends RandomDropout {
  constructor(p = 0.5, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return dropout2d(x, this.options);
  }
}

/**
 * Zeros for whole channels with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. x: float32
 * [N, C, D, H, W] or [C, D, H, W] -> same. The random numbers come from the default generator or the `generator` given.
 * Gradient: that of `dropout3d`.
 * Errors: `ArgError` for p outside [0, 1], `ShapeError` for other ranks, `DTypeError` unless x is float32.
 * @example new nn.Dropout3d(0.2).call(randn([2, 8, 4, 4, 4])).shape; // [2, 8, 4, 4, 4]
 */
export class Dropout3d extends RandomDropout {
  constructor(p = 0.5, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return dropout3d(x, this.options);
  }
}

/**
 * Dropout for networks with SELU, which keeps mean 0 and variance 1, while training; nothing in evaluation. x: float32, any shape -> same.
 * The random numbers come from the default generator or the `generator` given. Gradient: that of `alphaDropout`.
 * Errors: `ArgError` for p outside [0, 1], `DTypeError` unless x is float32.
 * @example new nn.AlphaDropout(0.1).call(randn([2, 8])).shape; // [2, 8]
 */
export class AlphaDropout extends RandomDropout {
  constructor(p = 0.5, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return alphaDropout(x, this.options);
  }
}

/**
 * `AlphaDropout` of whole channels. x: float32 [N, C, ...] -> same. The random numbers come from the default generator or the `generator`
 * given. Gradient: that of `alphaDropout`.
 * Errors: `ArgError` for p outside [0, 1], `ShapeError` for fewer than two dimensions, `DTypeError` unless x is float32.
 * @example new nn.FeatureAlphaDropout(0.1).call(images).shape; // [4, 3, 8, 8]
 */
export class FeatureAlphaDropout extends RandomDropout {
  constructor(p = 0.5, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return featureAlphaDropout(x, this.options);
  }
}

/**
 * Stochastic depth: zeros for whole samples with probability `p` while training, the rest times `1 / (1 - p)`; nothing in evaluation. It stands
 * at the end of a residual branch. x: float32 [N, ...] -> same. The random numbers come from the default generator or the `generator` given.
 * Gradient: that of `dropPath`.
 * Errors: `ArgError` for p outside [0, 1], `ShapeError` for a scalar, `DTypeError` unless x is float32. Source: Huang et al., 2016; timm's DropPath.
 * @example new nn.DropPath(0.1).call(randn([2, 8])).shape; // [2, 8]
 */
export class DropPath extends RandomDropout {
  constructor(p: number, options?: { generator?: Generator }) {
    super(p, options);
  }

  forward(x: Tensor): Tensor {
    return dropPath(x, this.options);
  }
}

/**
 * Adds normal numbers of mean 0 and standard deviation `std` while training, as Keras' GaussianNoise; nothing in evaluation. x: float32, any
 * shape -> same. The random numbers come from the default generator or the `generator` given. Gradient: g.
 * Errors: `ArgError` for a negative `std`, `DTypeError` unless x is float32.
 * @example new nn.GaussianNoise(0.1).call(images).shape; // [4, 3, 8, 8]
 */
export class GaussianNoise extends Module {
  readonly #generator: Generator;

  constructor(
    /** Standard deviation of the noise. */
    readonly std: number,
    options?: { generator?: Generator },
  ) {
    super();
    checkFinite("GaussianNoise", "std", std, 0);
    this.#generator = generatorFrom("GaussianNoise", options);
  }

  forward(x: Tensor): Tensor {
    checkAlive("GaussianNoise", x, "x");
    checkFloat("GaussianNoise", x);
    if (!this.training) return alias(x);
    return add(x, mul(randn(x.shape, { generator: this.#generator }), this.std));
  }

  override extraRepr(): string {
    return `std=${this.std}`;
  }
}
