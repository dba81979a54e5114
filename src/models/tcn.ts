// Temporal convolutional networks: causal convolutions, each of which sees twice as far as the one before.
import { ArgError, describe } from "../errors.js";
import { Sequential } from "../nn/containers.js";
import { Conv1d } from "../nn/conv.js";
import { Dropout } from "../nn/dropout.js";
import { normal } from "../nn/init.js";
import { Module } from "../nn/module.js";
import { weightNorm } from "../nn/parametrize.js";
import { relu } from "../ops/elementwise/activation.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

interface BlockOptions {
  readonly kernelSize: number;
  readonly dilation: number;
  readonly dropout: number;
}

/** Two causal convolutions with normalised weights, and a way around them. */
class TemporalBlock extends Module {
  readonly conv1: Conv1d;
  readonly conv2: Conv1d;
  readonly downsample: Conv1d | null;
  readonly dropout: Dropout;

  constructor(inChannels: number, outChannels: number, { kernelSize, dilation, dropout }: BlockOptions) {
    super();
    // Zeros in front only, so that no step sees a later one.
    const padding = [[(kernelSize - 1) * dilation, 0]] as const;
    const conv = (channels: number): Conv1d => {
      const made = new Conv1d(channels, outChannels, kernelSize, { padding, dilation });
      normal(made.weight, 0, 0.01);
      return weightNorm(made);
    };
    this.conv1 = conv(inChannels);
    this.conv2 = conv(outChannels);
    this.downsample = inChannels === outChannels ? null : new Conv1d(inChannels, outChannels, 1);
    if (this.downsample) normal(this.downsample.weight, 0, 0.01);
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor): Tensor {
    const first = this.dropout.call(relu(this.conv1.call(x)));
    const second = this.dropout.call(relu(this.conv2.call(first)));
    return relu(add(second, this.downsample ? this.downsample.call(x) : x));
  }
}

/** Options of `TCN`. */
export interface TCNOptions {
  /** Steps that a kernel reads; 2 unless given. */
  kernelSize?: number;
  /** Probability of a zero behind each convolution while training; 0.2 unless given. */
  dropout?: number;
}

/**
 * A temporal convolutional network: block i has two causal convolutions of dilation 2^i, weight normalisation, ReLU, dropout and a residual
 * connection, so that a step sees the `1 + 2 (kernelSize - 1) (2^blocks - 1)` steps up to itself. x: float32 [N, inChannels, T] ->
 * [N, last of channels, T]. channels: those of each block.
 * State dict: network.0.conv1, network.0.conv2, network.0.downsample, ...; the convolutions have PyTorch's names of weight normalisation
 * (`nn.renameOldNorms` takes the names of old files).
 * Gradient: that of the layers. Errors: `ArgError` for channels that are no list, and those of the layers.
 * Source: Bai et al., 2018, An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling.
 * @example new TCN(1, [8, 8]).call(randn([2, 1, 20])).shape; // [2, 8, 20]
 */
export class TCN extends Module {
  /** The blocks. */
  readonly network: Sequential;

  constructor(inChannels: number, channels: readonly number[], options?: TCNOptions) {
    super();
    const { kernelSize, dropout } = readOptions("TCN", options, { kernelSize: 2, dropout: 0.2 });
    if (!Array.isArray(channels) || channels.length === 0)
      throw new ArgError(`TCN: channels must be a list of at least one number, got ${describe(channels)}`);
    this.network = new Sequential(
      ...channels.map(
        (c, i) => new TemporalBlock(i === 0 ? inChannels : (channels[i - 1] as number), c, { kernelSize, dilation: 2 ** i, dropout }),
      ),
    );
  }

  forward(x: Tensor): Tensor {
    return this.network.call(x);
  }
}
