// Vision transformer under torchvision's names.
import { ArgError, ShapeError } from "../errors.js";
import { GELU } from "../nn/activation.js";
import { MultiheadAttention } from "../nn/attention.js";
import { ModuleDict, Sequential } from "../nn/containers.js";
import { Conv2d } from "../nn/conv.js";
import { Dropout } from "../nn/dropout.js";
import { constant, normal, xavierUniform } from "../nn/init.js";
import { truncNormal } from "../nn/initMatrices.js";
import { LayerNorm } from "../nn/layerNorm.js";
import { Linear } from "../nn/linear.js";
import type { Module } from "../nn/module.js";
import { Parameter } from "../nn/parameter.js";
import { Renamed } from "../nn/renamed.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { cat } from "../ops/move/join.js";
import { expand, flatten, transpose } from "../ops/move/shape.js";
import { select } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import { formatSpec } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Options of `ViT`. */
export interface ViTOptions {
  /** Height and width of the images, a multiple of the patches'; 224 unless given. */
  imageSize?: number;
  /** Height and width of a patch; 16 unless given. */
  patchSize?: number;
  /** Channels of the images; 3 unless given. */
  inChannels?: number;
  /** Layers; 12 unless given. */
  numLayers?: number;
  /** Heads of attention; 12 unless given. */
  numHeads?: number;
  /** Features, a multiple of the heads; 768 unless given. */
  hiddenDim?: number;
  /** Features between the two linear maps; 4 times `hiddenDim` unless given. */
  mlpDim?: number | null;
  /** Classes; 1000 unless given. */
  numClasses?: number;
  /** Probability of a zero behind each part while training; 0 unless given. */
  dropout?: number;
}

type Settings = Required<ViTOptions>;

const EPS = 1e-6;

class EncoderBlock extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { ln1: "ln_1", selfAttention: "self_attention", ln2: "ln_2" };
  readonly ln1: LayerNorm;
  readonly selfAttention: MultiheadAttention;
  readonly dropout: Dropout;
  readonly ln2: LayerNorm;
  readonly mlp: Sequential;

  constructor({ hiddenDim, mlpDim, numHeads, dropout }: Settings) {
    super();
    const within = mlpDim ?? 4 * hiddenDim;
    this.ln1 = new LayerNorm(hiddenDim, { eps: EPS });
    this.selfAttention = new MultiheadAttention(hiddenDim, numHeads, { batchFirst: true });
    this.dropout = new Dropout(dropout);
    this.ln2 = new LayerNorm(hiddenDim, { eps: EPS });
    const linear = (from: number, to: number): Linear => {
      const made = new Linear(from, to);
      xavierUniform(made.weight);
      normal(made.bias as Tensor, 0, 1e-6);
      return made;
    };
    this.mlp = new Sequential(linear(hiddenDim, within), new GELU(), new Dropout(dropout), linear(within, hiddenDim), new Dropout(dropout));
  }

  forward(input: Tensor): Tensor {
    const x = this.ln1.call(input);
    const attended = add(this.dropout.call(this.selfAttention.call(x, x, x, { needWeights: false })[0]), input);
    return add(attended, this.mlp.call(this.ln2.call(attended)));
  }
}

class Encoder extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { posEmbedding: "pos_embedding" };
  readonly posEmbedding: Parameter;
  readonly dropout: Dropout;
  readonly layers: ModuleDict;
  readonly ln: LayerNorm;

  constructor(length: number, settings: Settings) {
    super();
    const { hiddenDim, numLayers, dropout } = settings;
    this.posEmbedding = normal(Parameter.zeros([1, length, hiddenDim]), 0, 0.02) as Parameter;
    this.dropout = new Dropout(dropout);
    this.layers = new ModuleDict(
      Object.fromEntries(Array.from({ length: numLayers }, (_, i) => [`encoder_layer_${i}`, new EncoderBlock(settings)])),
    );
    this.ln = new LayerNorm(hiddenDim, { eps: EPS });
  }

  forward(input: Tensor): Tensor {
    let x = this.dropout.call(add(input, this.posEmbedding));
    for (const layer of this.layers.children()) x = layer.call(x) as Tensor;
    return this.ln.call(x);
  }
}

/**
 * A vision transformer: patches of the image as tokens behind one that stands for all, layers of attention, and a dense layer on that one.
 * x: float32 [N, inChannels, imageSize, imageSize] -> scores [N, numClasses]. The sizes that are the defaults are those of ViT-B/16.
 * State dict: class_token [1, 1, E], conv_proj, encoder.pos_embedding [1, 1 + patches, E], encoder.layers.encoder_layer_0.ln_1,
 * .self_attention, .ln_2, .mlp.0 and .mlp.3, encoder.ln, heads.head: torchvision's.
 * Gradient: that of the layers. Errors: `ArgError` for sizes that do not divide, `ShapeError` for images of another size.
 * Source: Dosovitskiy et al., 2020, An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale.
 * @example
 * const net = new ViT({ imageSize: 28, patchSize: 7, inChannels: 1, numLayers: 2, numHeads: 2, hiddenDim: 16, numClasses: 10 });
 * net.call(randn([2, 1, 28, 28])).shape; // [2, 10]
 */
export class ViT extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { classToken: "class_token", convProj: "conv_proj" };
  /** The token that stands for all. */
  readonly classToken: Parameter;
  /** Patches as features. */
  readonly convProj: Conv2d;
  /** Positions and layers. */
  readonly encoder: Module;
  /** The dense layer, `heads.head`. */
  readonly heads: Sequential;
  readonly #imageSize: number;

  constructor(options?: ViTOptions) {
    super();
    const settings = readOptions<Settings>("ViT", options, {
      imageSize: 224,
      patchSize: 16,
      inChannels: 3,
      numLayers: 12,
      numHeads: 12,
      hiddenDim: 768,
      mlpDim: null,
      numClasses: 1000,
      dropout: 0,
    });
    const { imageSize, patchSize, inChannels, hiddenDim, numClasses } = settings;
    if (imageSize % patchSize !== 0) throw new ArgError(`ViT: imageSize ${imageSize} must be a multiple of patchSize ${patchSize}`);
    const patches = (imageSize / patchSize) ** 2;
    this.#imageSize = imageSize;
    this.classToken = Parameter.zeros([1, 1, hiddenDim]);
    this.convProj = new Conv2d(inChannels, hiddenDim, patchSize, { stride: patchSize });
    truncNormal(this.convProj.weight, 0, Math.sqrt(1 / (inChannels * patchSize ** 2)));
    constant(this.convProj.bias as Tensor, 0);
    this.encoder = new Encoder(1 + patches, settings);
    const head = new Linear(hiddenDim, numClasses);
    constant(head.weight, 0);
    constant(head.bias as Tensor, 0);
    this.heads = new Sequential({ head });
  }

  forward(x: Tensor): Tensor {
    const size = this.#imageSize;
    if (x.ndim !== 4 || x.shape[2] !== size || x.shape[3] !== size)
      throw new ShapeError(`ViT: x must be [N, ${this.convProj.inChannels}, ${size}, ${size}], got ${formatSpec(x)}`);
    const patches = transpose(flatten(this.convProj.call(x), 2), 1, 2);
    const first = expand(this.classToken, [x.shape[0] as number, 1, patches.shape[2] as number]);
    return this.heads.call(select(this.encoder.call(cat([first, patches], 1)) as Tensor, 1, 0));
  }
}
