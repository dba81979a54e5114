// Networks that write their input in few numbers, and read it back: an autoencoder and a variational one.
import { ArgError, describe } from "../errors.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { relu, sigmoid } from "../ops/elementwise/activation.js";
import { add, mul, sub } from "../ops/elementwise/arithmetic.js";
import { exp, square } from "../ops/elementwise/unary.js";
import { binaryCrossEntropy } from "../ops/loss/loss.js";
import { reshape } from "../ops/move/shape.js";
import { sum } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import { type Generator, randn } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { MLP, type MLPOptions } from "./mlp.js";

/**
 * An autoencoder of dense layers: an `MLP` from the features to the smallest size, and one back. x: float32 [N, inFeatures] -> same.
 * sizes: features of the encoder's layers, the code last. The result has no activation; use `nn.BCEWithLogitsLoss` for values from 0 to 1.
 * State dict: encoder.0, encoder.2, ..., decoder.0, decoder.2, ...
 * Gradient: that of the layers. Errors: `ArgError` for sizes that are no list, and those of `MLP`.
 * @example new Autoencoder(64, [32, 8]).encoder.call(randn([2, 64])).shape; // [2, 8]
 */
export class Autoencoder extends Module {
  /** From the features to the code. */
  readonly encoder: MLP;
  /** From the code back to the features. */
  readonly decoder: MLP;

  constructor(inFeatures: number, sizes: readonly number[], options?: MLPOptions) {
    super();
    if (!Array.isArray(sizes)) throw new ArgError(`Autoencoder: sizes must be a list of sizes, got ${describe(sizes)}`);
    this.encoder = new MLP(inFeatures, sizes, options);
    this.decoder = new MLP(sizes.at(-1) as number, [...sizes.slice(0, -1).reverse(), inFeatures], options);
  }

  forward(x: Tensor): Tensor {
    return this.decoder.call(this.encoder.call(x));
  }
}

/** Options of `VAE`. */
export interface VAEOptions {
  /** Features between input and code; 400 unless given. */
  hiddenSize?: number;
  /** Numbers of the code; 20 unless given. */
  latentSize?: number;
  /** Where the noise comes from while training; the default generator unless given. */
  generator?: Generator | null;
}

/**
 * A variational autoencoder for values from 0 to 1: the encoder gives mean and logarithm of the variance of a code z, z is drawn (in
 * evaluation it is the mean), and the decoder gives probabilities. x: float32 [N, ...] of inFeatures numbers each ->
 * [reconstruction [N, inFeatures], mu [N, latentSize], logvar [N, latentSize]]. `vaeLoss` takes the three.
 * State dict: fc1 [hiddenSize, inFeatures], fc21 and fc22 [latentSize, hiddenSize], fc3, fc4: as in PyTorch's examples.
 * Gradient: through the draw as `z = mu + exp(logvar / 2) noise`. Errors: `ShapeError` for another number of features.
 * Source: Kingma and Welling, 2013, Auto-Encoding Variational Bayes.
 * @example const [reconstruction, mu] = new VAE(784).call(rand([2, 1, 28, 28])); [reconstruction.shape, mu.shape]; // [[2, 784], [2, 20]]
 */
export class VAE extends Module {
  /** Of the encoder. */
  readonly fc1: Linear;
  /** The mean of the code. */
  readonly fc21: Linear;
  /** The logarithm of the variance of the code. */
  readonly fc22: Linear;
  /** Of the decoder. */
  readonly fc3: Linear;
  /** The scores behind the probabilities. */
  readonly fc4: Linear;
  readonly #generator: Generator | null;

  constructor(
    /** Numbers of an input. */
    readonly inFeatures: number,
    options?: VAEOptions,
  ) {
    super();
    const { hiddenSize, latentSize, generator } = readOptions<Required<VAEOptions>>("VAE", options, {
      hiddenSize: 400,
      latentSize: 20,
      generator: null,
    });
    this.fc1 = new Linear(inFeatures, hiddenSize);
    this.fc21 = new Linear(hiddenSize, latentSize);
    this.fc22 = new Linear(hiddenSize, latentSize);
    this.fc3 = new Linear(latentSize, hiddenSize);
    this.fc4 = new Linear(hiddenSize, inFeatures);
    this.#generator = generator;
  }

  /**
   * Mean and logarithm of the variance of the codes. Errors: those of `call`.
   * @example new VAE(64).encode(rand([2, 64]))[0].shape; // [2, 20]
   */
  encode(x: Tensor): [mu: Tensor, logvar: Tensor] {
    const h = relu(this.fc1.call(reshape(x, [-1, this.inFeatures])));
    return [this.fc21.call(h), this.fc22.call(h)];
  }

  /**
   * What codes [N, latentSize] stand for: probabilities [N, inFeatures]. Errors: those of the layers.
   * @example new VAE(64).decode(randn([2, 20])).shape; // [2, 64]
   */
  decode(z: Tensor): Tensor {
    return sigmoid(this.fc4.call(relu(this.fc3.call(z))));
  }

  forward(x: Tensor): [reconstruction: Tensor, mu: Tensor, logvar: Tensor] {
    const [mu, logvar] = this.encode(x);
    if (!this.training) return [this.decode(mu), mu, logvar];
    const noise = randn(mu.shape, this.#generator ? { generator: this.#generator } : {});
    return [this.decode(add(mu, mul(exp(mul(logvar, 0.5)), noise))), mu, logvar];
  }
}

/**
 * The loss of a variational autoencoder: cross-entropy of the reconstruction plus the divergence of the codes from a normal distribution,
 * `-0.5 sum(1 + logvar - mu^2 - exp(logvar))`, both as sums over everything. x: float32,
 * values from 0 to 1, as many as the reconstruction [N, inFeatures] has -> a scalar.
 * Gradient: that of the formula. Errors: those of `binaryCrossEntropy`.
 * @example const net = new VAE(64); const x = rand([2, 64]); vaeLoss(net.call(x), x).backward();
 */
export function vaeLoss([reconstruction, mu, logvar]: readonly [Tensor, Tensor, Tensor], x: Tensor): Tensor {
  const error = binaryCrossEntropy(reconstruction, reshape(x, reconstruction.shape), { reduction: "sum" });
  const divergence = mul(sum(sub(sub(add(logvar, 1), square(mu)), exp(logvar))), -0.5);
  return add(error, divergence);
}
