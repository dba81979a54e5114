// Two networks that learn from each other: one draws images, one tells them from real ones.
import { checkOneOf } from "../checks.js";
import { LeakyReLU, ReLU, Tanh } from "../nn/activation.js";
import { BatchNorm2d } from "../nn/batchNorm.js";
import { Sequential } from "../nn/containers.js";
import { Conv2d, ConvTranspose2d } from "../nn/conv.js";
import { normal } from "../nn/init.js";
import { Module } from "../nn/module.js";
import { reshape } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

/** Height and width of the smallest image within, and how often it is doubled, by the size of the whole image. */
const STEPS = { 28: [7, 2], 32: [4, 3], 64: [4, 4] } as const;

/** Options of both networks of a DCGAN. */
export interface DCGANOptions {
  /** Height and width of the images; 28 unless given. */
  imageSize?: keyof typeof STEPS;
  /** Channels of the images; 1 unless given. */
  channels?: number;
  /** Channels of the largest inner image, of which smaller ones have more; 64 unless given. */
  features?: number;
}

const DEFAULTS: Required<DCGANOptions> = { imageSize: 28, channels: 1, features: 64 };

const halving = { stride: 2, padding: 1, bias: false } as const;

/** Weights as in the paper. */
function initialise(net: Module): void {
  for (const module of net.modules()) {
    if (module instanceof Conv2d || module instanceof ConvTranspose2d) normal(module.weight, 0, 0.02);
    if (module instanceof BatchNorm2d && module.weight) normal(module.weight, 1, 0.02);
  }
}

function checkSize(kind: string, imageSize: keyof typeof STEPS): readonly [least: number, doublings: number] {
  checkOneOf(kind, "imageSize", String(imageSize), Object.keys(STEPS));
  return STEPS[imageSize];
}

/**
 * The generator of a DCGAN: transposed convolutions with normalisation and ReLU, and tanh at the end.
 * z: float32 [N, latentSize] or [N, latentSize, 1, 1] -> images [N, channels, imageSize, imageSize] from -1 to 1.
 * State dict: main.0, main.1, main.3 and so on, as in PyTorch's examples.
 * Gradient: that of the layers. Errors: `ArgError` for another size than 28, 32 or 64, and those of the layers.
 * Source: Radford et al., 2015, Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks.
 * @example new DCGANGenerator(16, { features: 8 }).call(randn([2, 16])).shape; // [2, 1, 28, 28]
 */
export class DCGANGenerator extends Module {
  /** All layers in order. */
  readonly main: Sequential;

  constructor(
    /** Numbers of a code. */
    readonly latentSize: number,
    options?: DCGANOptions,
  ) {
    super();
    const { imageSize, channels, features } = readOptions<Required<DCGANOptions>>("DCGANGenerator", options, DEFAULTS);
    const [least, doublings] = checkSize("DCGANGenerator", imageSize);
    const layers: Module[] = [];
    let width = features * 2 ** (doublings - 1);
    layers.push(new ConvTranspose2d(latentSize, width, least, { bias: false }), new BatchNorm2d(width), new ReLU());
    for (let i = 1; i < doublings; i++, width /= 2)
      layers.push(new ConvTranspose2d(width, width / 2, 4, halving), new BatchNorm2d(width / 2), new ReLU());
    this.main = new Sequential(...layers, new ConvTranspose2d(width, channels, 4, halving), new Tanh());
    initialise(this);
  }

  forward(z: Tensor): Tensor {
    return this.main.call(reshape(z, [-1, this.latentSize, 1, 1]));
  }
}

/**
 * The discriminator of a DCGAN: convolutions with leaky ReLU and, but for the first, normalisation.
 * x: float32 [N, channels, imageSize, imageSize] -> one score per image [N], for `nn.BCEWithLogitsLoss`; the sigmoid that PyTorch's example
 * has as its last layer is in that loss.
 * State dict: main.0, main.2, main.3 and so on, as in PyTorch's examples.
 * Gradient: that of the layers. Errors: `ArgError` for another size than 28, 32 or 64, and those of the layers.
 * Source: Radford et al., 2015.
 * @example new DCGANDiscriminator({ features: 8 }).call(randn([2, 1, 28, 28])).shape; // [2]
 */
export class DCGANDiscriminator extends Module {
  /** All layers in order. */
  readonly main: Sequential;

  constructor(options?: DCGANOptions) {
    super();
    const { imageSize, channels, features } = readOptions<Required<DCGANOptions>>("DCGANDiscriminator", options, DEFAULTS);
    const [least, doublings] = checkSize("DCGANDiscriminator", imageSize);
    const layers: Module[] = [new Conv2d(channels, features, 4, halving), new LeakyReLU({ negativeSlope: 0.2 })];
    let width = features;
    for (let i = 1; i < doublings; i++, width *= 2)
      layers.push(new Conv2d(width, 2 * width, 4, halving), new BatchNorm2d(2 * width), new LeakyReLU({ negativeSlope: 0.2 }));
    this.main = new Sequential(...layers, new Conv2d(width, 1, least, { bias: false }));
    initialise(this);
  }

  forward(x: Tensor): Tensor {
    return reshape(this.main.call(x), [-1]);
  }
}
