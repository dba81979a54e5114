// Residual networks: those for large images under torchvision's names, those for images of 32 x 32 as in the paper.
import { BatchNorm2d } from "../nn/batchNorm.js";
import { Sequential } from "../nn/containers.js";
import { Conv2d } from "../nn/conv.js";
import { kaimingNormal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { relu } from "../ops/elementwise/activation.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { cat } from "../ops/move/join.js";
import { flatten } from "../ops/move/shape.js";
import { slice } from "../ops/move/slice.js";
import { adaptiveAvgPool2d, maxPool2d } from "../ops/pool/pool2d.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";

/** What a block is made with: channels in and within, the step of its first convolution, and its way around. */
interface BlockPlan {
  readonly inPlanes: number;
  readonly planes: number;
  readonly stride: number;
  readonly downsample: Module | null;
}

const conv3x3 = (inPlanes: number, planes: number, stride = 1): Conv2d =>
  new Conv2d(inPlanes, planes, 3, { stride, padding: 1, bias: false });

/** What all blocks have: a way around their convolutions. */
abstract class Block extends Module {
  /** What makes x fit the block's result, or `null` if it does. */
  readonly downsample: Module | null;

  constructor({ downsample }: BlockPlan) {
    super();
    this.downsample = downsample;
  }

  protected abstract body(x: Tensor): Tensor;

  forward(x: Tensor): Tensor {
    return relu(add(this.body(x), this.downsample ? (this.downsample.call(x) as Tensor) : x));
  }
}

/** Two convolutions of 3 x 3. */
class BasicBlock extends Block {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;

  constructor(plan: BlockPlan) {
    super(plan);
    this.conv1 = conv3x3(plan.inPlanes, plan.planes, plan.stride);
    this.bn1 = new BatchNorm2d(plan.planes);
    this.conv2 = conv3x3(plan.planes, plan.planes);
    this.bn2 = new BatchNorm2d(plan.planes);
  }

  protected body(x: Tensor): Tensor {
    return this.bn2.call(this.conv2.call(relu(this.bn1.call(this.conv1.call(x)))));
  }
}

/** Channels that a bottleneck gives for each that it has within. */
const EXPANSION = 4;

/** A convolution of 3 x 3 between two of 1 x 1, which make channels fewer and more again. The step is that of the 3 x 3, as in torchvision. */
class Bottleneck extends Block {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;

  constructor(plan: BlockPlan) {
    super(plan);
    const { inPlanes, planes, stride } = plan;
    this.conv1 = new Conv2d(inPlanes, planes, 1, { bias: false });
    this.bn1 = new BatchNorm2d(planes);
    this.conv2 = conv3x3(planes, planes, stride);
    this.bn2 = new BatchNorm2d(planes);
    this.conv3 = new Conv2d(planes, planes * EXPANSION, 1, { bias: false });
    this.bn3 = new BatchNorm2d(planes * EXPANSION);
  }

  protected body(x: Tensor): Tensor {
    const inner = relu(this.bn2.call(this.conv2.call(relu(this.bn1.call(this.conv1.call(x))))));
    return this.bn3.call(this.conv3.call(inner));
  }
}

/** Every second pixel, and zeros for the channels that are more: a way around without parameters (option A of the paper). */
class PaddedShortcut extends Module {
  constructor(
    /** Channels of zeros in front, and as many behind. */
    readonly extra: number,
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    const half = slice(x, [], [], [0, null, 2], [0, null, 2]);
    const [n, , height, width] = half.shape as [number, number, number, number];
    const none = zeros([n, this.extra, height, width]);
    return cat([none, half, none], 1);
  }
}

/** Options of residual networks. */
export interface ResNetOptions {
  /** Classes; 1000 unless given, 10 for `resnet20`. */
  numClasses?: number;
  /** Channels of the images; 3 unless given. */
  inChannels?: number;
}

/** He et al.'s initial weights: normal by the size of the result for convolutions, 1 and 0 for normalisations. */
function initialise(net: Module): void {
  for (const module of net.modules()) if (module instanceof Conv2d) kaimingNormal(module.weight, { mode: "fanOut", nonlinearity: "relu" });
}

/** Blocks of a network. */
type MakeBlock = (plan: BlockPlan) => Block;

/** One stage: the first block takes a step, the others none. */
function stage(make: MakeBlock, first: BlockPlan, out: number, blocks: number): Sequential {
  return new Sequential(
    make(first),
    ...Array.from({ length: blocks - 1 }, () => make({ inPlanes: out, planes: first.planes, stride: 1, downsample: null })),
  );
}

/**
 * A residual network for images of about 224 x 224, as torchvision builds it: a convolution of 7 x 7 and maximum pooling, four stages of
 * blocks, the mean over all pixels, and a dense layer. x: float32 [N, inChannels, H, W] -> scores [N, numClasses].
 * State dict: torchvision's: conv1, bn1, layer1.0.conv1, layer1.0.bn1, ..., layer2.0.downsample.0 and .1, fc.
 * Gradient: that of the layers. Errors: those of the layers.
 * Source: He et al., 2015, Deep Residual Learning for Image Recognition.
 * @example new ResNet("basic", [3, 4, 6, 3]).parameterCount(); // 21797672
 */
export class ResNet extends Module {
  /** The first convolution, 7 x 7. */
  readonly conv1: Conv2d;
  /** Its normalisation. */
  readonly bn1: BatchNorm2d;
  /** The first stage. */
  readonly layer1: Sequential;
  /** The second stage, of half the height and width. */
  readonly layer2: Sequential;
  /** The third stage. */
  readonly layer3: Sequential;
  /** The fourth stage. */
  readonly layer4: Sequential;
  /** The last, dense layer. */
  readonly fc: Linear;

  /** block: "basic" or "bottleneck"; layers: blocks of the four stages. */
  constructor(block: "basic" | "bottleneck", layers: readonly [number, number, number, number], options?: ResNetOptions) {
    super();
    const { numClasses, inChannels } = readOptions("ResNet", options, { numClasses: 1000, inChannels: 3 });
    const expansion = block === "basic" ? 1 : EXPANSION;
    const make: MakeBlock = block === "basic" ? (plan) => new BasicBlock(plan) : (plan) => new Bottleneck(plan);
    this.conv1 = new Conv2d(inChannels, 64, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = new BatchNorm2d(64);
    const [layer1, layer2, layer3, layer4] = layers.map((blocks, i) => {
      const planes = 64 * 2 ** i;
      const inPlanes = i === 0 ? 64 : (planes / 2) * expansion;
      const stride = i === 0 ? 1 : 2;
      const out = planes * expansion;
      const fits = stride === 1 && inPlanes === out;
      const around = (): Module => new Sequential(new Conv2d(inPlanes, out, 1, { stride, bias: false }), new BatchNorm2d(out));
      return stage(make, { inPlanes, planes, stride, downsample: fits ? null : around() }, out, blocks);
    }) as [Sequential, Sequential, Sequential, Sequential];
    this.layer1 = layer1;
    this.layer2 = layer2;
    this.layer3 = layer3;
    this.layer4 = layer4;
    this.fc = new Linear(512 * expansion, numClasses);
    initialise(this);
  }

  forward(x: Tensor): Tensor {
    let y = maxPool2d(relu(this.bn1.call(this.conv1.call(x))), 3, { stride: 2, padding: 1 });
    for (const layer of [this.layer1, this.layer2, this.layer3, this.layer4]) y = layer.call(y);
    return this.fc.call(flatten(adaptiveAvgPool2d(y, 1), 1));
  }
}

/**
 * ResNet-18: 11.7 million parameters with 1000 classes. See `ResNet`. Errors: those of `ResNet`.
 * @example resnet18({ numClasses: 10 }).parameterCount(); // 11181642
 */
export function resnet18(options?: ResNetOptions): ResNet {
  return new ResNet("basic", [2, 2, 2, 2], options);
}

/**
 * ResNet-50: 25.6 million parameters with 1000 classes. See `ResNet`. Errors: those of `ResNet`.
 * @example resnet50().fc.inFeatures; // 2048
 */
export function resnet50(options?: ResNetOptions): ResNet {
  return new ResNet("bottleneck", [3, 4, 6, 3], options);
}

/**
 * A residual network for images of about 32 x 32, as in the paper's part on CIFAR-10: a convolution of 3 x 3, three stages of 16, 32 and 64
 * channels, whose ways around have no parameters, the mean over all pixels, a dense layer. x: float32 [N, inChannels, H, W] -> [N, numClasses].
 * State dict: conv1, bn1, layer1.0.conv1, layer1.0.bn1, ..., linear.
 * Gradient: that of the layers. Errors: those of the layers.
 * Source: He et al., 2015, section 4.2.
 * @example new CifarResNet(5).parameterCount(); // 464154
 */
export class CifarResNet extends Module {
  /** The first convolution, 3 x 3. */
  readonly conv1: Conv2d;
  /** Its normalisation. */
  readonly bn1: BatchNorm2d;
  /** Blocks of 16 channels. */
  readonly layer1: Sequential;
  /** Blocks of 32 channels. */
  readonly layer2: Sequential;
  /** Blocks of 64 channels. */
  readonly layer3: Sequential;
  /** The last, dense layer. */
  readonly linear: Linear;

  /** blocks: those of each stage; the network has 6 times as many layers and two more. */
  constructor(blocks: number, options?: ResNetOptions) {
    super();
    const { numClasses, inChannels } = readOptions("CifarResNet", options, { numClasses: 10, inChannels: 3 });
    const make: MakeBlock = (plan) => new BasicBlock(plan);
    const part = (inPlanes: number, planes: number): Sequential => {
      const downsample = inPlanes === planes ? null : new PaddedShortcut(planes / 4);
      return stage(make, { inPlanes, planes, stride: downsample ? 2 : 1, downsample }, planes, blocks);
    };
    this.conv1 = conv3x3(inChannels, 16);
    this.bn1 = new BatchNorm2d(16);
    this.layer1 = part(16, 16);
    this.layer2 = part(16, 32);
    this.layer3 = part(32, 64);
    this.linear = new Linear(64, numClasses);
    initialise(this);
  }

  forward(x: Tensor): Tensor {
    let y = relu(this.bn1.call(this.conv1.call(x)));
    for (const layer of [this.layer1, this.layer2, this.layer3]) y = layer.call(y);
    return this.linear.call(flatten(adaptiveAvgPool2d(y, 1), 1));
  }
}

/**
 * ResNet-20 for images of 32 x 32: 269,722 parameters, or 0.27 million as the paper says. See `CifarResNet`. Errors: those of the layers.
 * @example resnet20().parameterCount(); // 269722
 */
export function resnet20(options?: ResNetOptions): CifarResNet {
  return new CifarResNet(3, options);
}
