// LeNet-5, for small images.
import { Conv2d } from "../nn/conv.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { relu } from "../ops/elementwise/activation.js";
import { flatten } from "../ops/move/shape.js";
import { maxPool2d } from "../ops/pool/pool2d.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

/** Options of `LeNet`. */
export interface LeNetOptions {
  /** Classes; 10 unless given. */
  numClasses?: number;
  /** Channels of the images; 1 unless given. */
  inChannels?: number;
  /** Height and width of the images: 28, whose border is filled up, or 32; 28 unless given. */
  imageSize?: 28 | 32;
}

/**
 * LeNet-5 with the activations and the pooling of today: two convolutions of 5 x 5 with ReLU and maximum pooling, three dense layers.
 * x: float32 [N, inChannels, imageSize, imageSize] -> scores [N, numClasses].
 * State dict: conv1 [6, inChannels, 5, 5], conv2 [16, 6, 5, 5], fc1 [120, 400], fc2 [84, 120], fc3 [numClasses, 84], as in PyTorch's tutorials.
 * Gradient: that of the layers. Errors: those of the layers.
 * Source: LeCun et al., 1998, Gradient-Based Learning Applied to Document Recognition.
 * @example new LeNet().call(randn([2, 1, 28, 28])).shape; // [2, 10]
 */
export class LeNet extends Module {
  /** The first convolution. */
  readonly conv1: Conv2d;
  /** The second convolution. */
  readonly conv2: Conv2d;
  /** The first dense layer. */
  readonly fc1: Linear;
  /** The second dense layer. */
  readonly fc2: Linear;
  /** The last layer. */
  readonly fc3: Linear;

  constructor(options?: LeNetOptions) {
    super();
    const { numClasses, inChannels, imageSize } = readOptions<Required<LeNetOptions>>("LeNet", options, {
      numClasses: 10,
      inChannels: 1,
      imageSize: 28,
    });
    this.conv1 = new Conv2d(inChannels, 6, 5, { padding: (32 - imageSize) / 2 });
    this.conv2 = new Conv2d(6, 16, 5);
    this.fc1 = new Linear(16 * 5 * 5, 120);
    this.fc2 = new Linear(120, 84);
    this.fc3 = new Linear(84, numClasses);
  }

  forward(x: Tensor): Tensor {
    const first = maxPool2d(relu(this.conv1.call(x)), 2);
    const second = maxPool2d(relu(this.conv2.call(first)), 2);
    return this.fc3.call(relu(this.fc2.call(relu(this.fc1.call(flatten(second, 1))))));
  }
}
