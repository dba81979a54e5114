// MobileNetV2 under torchvision's names.
import { ReLU6 } from "../nn/activation.js";
import { BatchNorm2d } from "../nn/batchNorm.js";
import { Sequential } from "../nn/containers.js";
import { Conv2d } from "../nn/conv.js";
import { Dropout } from "../nn/dropout.js";
import { constant, kaimingNormal, normal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { flatten } from "../ops/move/shape.js";
import { adaptiveAvgPool2d } from "../ops/pool/pool2d.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

interface Window {
  readonly kernelSize?: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** Convolution, normalisation, ReLU6. */
const convBnRelu = (inChannels: number, outChannels: number, { kernelSize = 1, stride = 1, groups = 1 }: Window): Sequential =>
  new Sequential(
    new Conv2d(inChannels, outChannels, kernelSize, { stride, padding: (kernelSize - 1) / 2, groups, bias: false }),
    new BatchNorm2d(outChannels),
    new ReLU6(),
  );

/** More channels, a convolution of each, and fewer channels again without an activation. */
class InvertedResidual extends Module {
  readonly conv: Sequential;
  readonly #around: boolean;

  constructor(inChannels: number, outChannels: number, stride: number, expandRatio: number) {
    super();
    const hidden = Math.round(inChannels * expandRatio);
    this.conv = new Sequential(
      ...(expandRatio === 1 ? [] : [convBnRelu(inChannels, hidden, {})]),
      convBnRelu(hidden, hidden, { kernelSize: 3, stride, groups: hidden }),
      new Conv2d(hidden, outChannels, 1, { bias: false }),
      new BatchNorm2d(outChannels),
    );
    this.#around = stride === 1 && inChannels === outChannels;
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.call(x);
    return this.#around ? add(x, y) : y;
  }
}

/** Factor of the channels within, channels, blocks and first step of each stage: table 2 of the paper. */
const STAGES: readonly (readonly [t: number, c: number, n: number, s: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** The next multiple of 8, but not more than a tenth below. */
function multipleOf8(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Options of `MobileNetV2`. */
export interface MobileNetV2Options {
  /** Classes; 1000 unless given. */
  numClasses?: number;
  /** Factor of all channels; 1 unless given. */
  widthMult?: number;
  /** Channels of the images; 3 unless given. */
  inChannels?: number;
  /** Probability of a zero in front of the dense layer while training; 0.2 unless given. */
  dropout?: number;
}

/**
 * MobileNetV2: inverted residuals with depthwise convolutions, 3.5 million parameters with 1000 classes.
 * x: float32 [N, inChannels, H, W] -> scores [N, numClasses].
 * State dict: torchvision's: features.0.0, features.1.conv.0.0, ..., features.18.0, classifier.1.
 * Gradient: that of the layers. Errors: those of the layers.
 * Source: Sandler et al., 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks.
 * @example new MobileNetV2({ numClasses: 10, widthMult: 0.5 }).eval().call(randn([1, 3, 32, 32])).shape; // [1, 10]
 */
export class MobileNetV2 extends Module {
  /** All convolutions. */
  readonly features: Sequential;
  /** Dropout and the dense layer. */
  readonly classifier: Sequential;

  constructor(options?: MobileNetV2Options) {
    super();
    const read = readOptions("MobileNetV2", options, { numClasses: 1000, widthMult: 1, inChannels: 3, dropout: 0.2 });
    let channels = multipleOf8(32 * read.widthMult);
    const features: Module[] = [convBnRelu(read.inChannels, channels, { kernelSize: 3, stride: 2 })];
    for (const [t, c, n, s] of STAGES) {
      const out = multipleOf8(c * read.widthMult);
      for (let i = 0; i < n; i++) {
        features.push(new InvertedResidual(channels, out, i === 0 ? s : 1, t));
        channels = out;
      }
    }
    const last = multipleOf8(1280 * Math.max(1, read.widthMult));
    this.features = new Sequential(...features, convBnRelu(channels, last, {}));
    this.classifier = new Sequential(new Dropout(read.dropout), new Linear(last, read.numClasses));
    for (const module of this.modules()) {
      if (module instanceof Conv2d) kaimingNormal(module.weight, { mode: "fanOut" });
      if (!(module instanceof Linear)) continue;
      normal(module.weight, 0, 0.01);
      if (module.bias) constant(module.bias, 0);
    }
  }

  forward(x: Tensor): Tensor {
    return this.classifier.call(flatten(adaptiveAvgPool2d(this.features.call(x), 1), 1));
  }
}
