// Layers of transformers, and stacks of them. N sequences, S steps of the source, T of the target, E features.
import { checkFinite, checkOneOf, checkThat, isGiven } from "../checks.js";
import { ArgError } from "../errors.js";
import { causalBias } from "../ops/attention/attend.js";
import { gelu, relu } from "../ops/elementwise/activation.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { readOptions } from "../options.js";
import { scope } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkCache, type KeyValueCache, MultiheadAttention, type MultiheadAttentionCallOptions } from "./attention.js";
import { allOrNothing } from "./construct.js";
import { Dropout } from "./dropout.js";
import { xavierUniform } from "./init.js";
import { LayerNorm } from "./layerNorm.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { Renamed, snakeNames } from "./renamed.js";
import { checkCount } from "./weights.js";

/** Options of the layers of transformers. */
export interface TransformerLayerOptions {
  /** Features between the two linear maps; 2048 unless given. */
  dimFeedforward?: number;
  /** Probability of a zero while training, in attention and after each part; 0.1 unless given. */
  dropout?: number;
  /** What comes between the two linear maps; "relu" unless given. */
  activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Added to the variance in normalisations; 1e-5 unless given. */
  layerNormEps?: number;
  /** Whether inputs and outputs are [N, S, E] and not [S, N, E]; false unless given. */
  batchFirst?: boolean;
  /** Whether each part normalises its input, and not the sum of its input and result; false unless given. */
  normFirst?: boolean;
  /** Whether linear maps and normalisations have biases; true unless given. */
  bias?: boolean;
}

const LAYER: Required<TransformerLayerOptions> = {
  dimFeedforward: 2048,
  dropout: 0.1,
  activation: "relu",
  layerNormEps: 1e-5,
  batchFirst: false,
  normFirst: false,
  bias: true,
};

/** What both kinds of layers have. */
abstract class TransformerLayer extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = snakeNames("selfAttn", "multiheadAttn");

  /** Attention of the layer's input to itself. */
  readonly selfAttn: MultiheadAttention;
  /** First linear map. */
  readonly linear1: Linear;
  /** Dropout between the linear maps. */
  readonly dropout: Dropout;
  /** Second linear map. */
  readonly linear2: Linear;
  /** Normalisation of the first part. */
  readonly norm1: LayerNorm;
  /** Normalisation of the second part. */
  readonly norm2: LayerNorm;
  /** Dropout of the first part. */
  readonly dropout1: Dropout;
  /** Dropout of the second part. */
  readonly dropout2: Dropout;
  /** The options, all of them. */
  readonly options: Required<TransformerLayerOptions>;

  constructor(
    /** Features. */
    readonly dModel: number,
    /** Heads of attention. */
    readonly nhead: number,
    options?: TransformerLayerOptions,
  ) {
    super();
    const kind = new.target.name;
    const read = readOptions(kind, options, LAYER);
    if (typeof read.activation !== "function") checkOneOf(kind, "activation", read.activation, ["relu", "gelu"]);
    checkCount(kind, "dimFeedforward", read.dimFeedforward);
    checkFinite(kind, "dropout", read.dropout, 0, 1);
    this.options = read;
    const { dimFeedforward, bias, dropout } = read;
    this.selfAttn = this.attention();
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = this.norm();
    this.norm2 = this.norm();
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  /** Another attention of the layer's size. */
  protected attention(): MultiheadAttention {
    const { dropout, batchFirst, bias } = this.options;
    return new MultiheadAttention(this.dModel, this.nhead, { dropout, batchFirst, bias });
  }

  /** Another normalisation of the layer's size. */
  protected norm(): LayerNorm {
    return new LayerNorm(this.dModel, { eps: this.options.layerNormEps, bias: this.options.bias });
  }

  /** x after one part: `norm(x + part(x))`, or `x + part(norm(x))` with `normFirst`. */
  protected after(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    return this.options.normFirst ? add(x, part(norm.call(x))) : norm.call(add(x, part(x)));
  }

  /** The two linear maps. */
  protected feedForward(x: Tensor): Tensor {
    const { activation } = this.options;
    const act = activation === "relu" ? relu : activation === "gelu" ? gelu : activation;
    return this.linear2.call(this.dropout.call(act(this.linear1.call(x))));
  }

  /** @internal Another layer of the same options and values. */
  copy(): this {
    const Layer = this.constructor as new (dModel: number, nhead: number, options: Required<TransformerLayerOptions>) => this;
    const made = new Layer(this.dModel, this.nhead, this.options);
    made.loadStateDict(this.stateDict());
    return made.train(this.training);
  }
}

/** The attention of x to a memory, without its weights. */
const attend = (attention: MultiheadAttention, x: Tensor, memory: Tensor, options: MultiheadAttentionCallOptions): Tensor =>
  attention.call(x, memory, memory, { ...options, needWeights: false })[0];

/** What a call of an encoder's layer is told. */
export interface EncoderLayerCallOptions {
  /** Mask of the attention, as `attnMask` of `MultiheadAttention`. */
  srcMask?: Tensor | null;
  /** [N, S], as `keyPaddingMask` of `MultiheadAttention`. */
  srcKeyPaddingMask?: Tensor | null;
  /** Whether each step sees only the steps up to itself; false unless given. */
  isCausal?: boolean;
  /** The steps before, for decoding step by step. */
  cache?: KeyValueCache | null;
}

const ENCODER_CALL: Required<EncoderLayerCallOptions> = { srcMask: null, srcKeyPaddingMask: null, isCausal: false, cache: null };

/**
 * A layer of a transformer's encoder, or with `isCausal` of a decoder alone: attention to itself, then `linear2(activation(linear1(x)))`, each
 * with dropout, a residual sum and a normalisation. src: float32 [S, N, E], or [N, S, E] with `batchFirst`, or [S, E] -> same.
 * State dict: self_attn (see `MultiheadAttention`), linear1, linear2, norm1, norm2. Gradient: that of the formula.
 * Errors: `ArgError` for options outside their range, `ShapeError` for shapes that do not fit, `DTypeError`.
 * Source: Vaswani et al., 2017; `normFirst`: Xiong et al., 2020.
 * @example new nn.TransformerEncoderLayer(8, 2, { batchFirst: true }).call(randn([2, 5, 8]), { isCausal: true }).shape; // [2, 5, 8]
 */
export class TransformerEncoderLayer extends TransformerLayer {
  forward(src: Tensor, options?: EncoderLayerCallOptions): Tensor {
    const { srcMask, srcKeyPaddingMask, isCausal, cache } = readOptions("TransformerEncoderLayer", options, ENCODER_CALL);
    const how = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal, cache };
    const attended = this.after(src, this.norm1, (x) => this.dropout1.call(attend(this.selfAttn, x, x, how)));
    return this.after(attended, this.norm2, (x) => this.dropout2.call(this.feedForward(x)));
  }
}

/** What a call of a decoder's layer is told. */
export interface DecoderLayerCallOptions {
  /** Mask of the attention to the target, as `attnMask` of `MultiheadAttention`. */
  tgtMask?: Tensor | null;
  /** Mask of the attention to the memory, as `attnMask` of `MultiheadAttention`. */
  memoryMask?: Tensor | null;
  /** [N, T], as `keyPaddingMask` of `MultiheadAttention`. */
  tgtKeyPaddingMask?: Tensor | null;
  /** [N, S], as `keyPaddingMask` of `MultiheadAttention`. */
  memoryKeyPaddingMask?: Tensor | null;
  /** Whether each step of the target sees only the steps up to itself; false unless given. */
  tgtIsCausal?: boolean;
  /** Whether each step of the target sees only the steps of the memory up to its own number; false unless given. Not with a cache. */
  memoryIsCausal?: boolean;
  /** The steps before, for decoding step by step. The memory of the first call is kept, too. */
  cache?: KeyValueCache | null;
}

const DECODER_MASKS: Required<Omit<DecoderLayerCallOptions, "cache">> = {
  tgtMask: null,
  memoryMask: null,
  tgtKeyPaddingMask: null,
  memoryKeyPaddingMask: null,
  tgtIsCausal: false,
  memoryIsCausal: false,
};

/**
 * A layer of a transformer's decoder: attention to itself, attention to the memory, which is the encoder's result, then
 * `linear2(activation(linear1(x)))`, each with dropout, a residual sum and a normalisation. tgt: float32 [T, N, E], memory [S, N, E], or with N
 * first (`batchFirst`), or both without N -> as tgt.
 * State dict: self_attn and multihead_attn (see `MultiheadAttention`), linear1, linear2, norm1, norm2, norm3. Gradient: that of the formula.
 * Errors: `ArgError` for options outside their range, `ShapeError` for shapes that do not fit, `DTypeError`.
 * Source: Vaswani et al., 2017; `normFirst`: Xiong et al., 2020.
 * @example new nn.TransformerDecoderLayer(8, 2).call(randn([4, 1, 8]), randn([5, 1, 8]), { tgtIsCausal: true }).shape; // [4, 1, 8]
 */
export class TransformerDecoderLayer extends TransformerLayer {
  /** Attention to the memory. */
  readonly multiheadAttn: MultiheadAttention;
  /** Normalisation of the third part. */
  readonly norm3: LayerNorm;
  /** Dropout of the third part. */
  readonly dropout3: Dropout;

  constructor(dModel: number, nhead: number, options?: TransformerLayerOptions) {
    super(dModel, nhead, options);
    this.multiheadAttn = this.attention();
    this.norm3 = this.norm();
    this.dropout3 = new Dropout(this.options.dropout);
  }

  forward(tgt: Tensor, memory: Tensor, options?: DecoderLayerCallOptions): Tensor {
    const read = readOptions<Required<DecoderLayerCallOptions>>("TransformerDecoderLayer", options, { ...DECODER_MASKS, cache: null });
    const { tgtMask: attnMask, tgtKeyPaddingMask: keyPaddingMask, tgtIsCausal: isCausal, cache } = read;
    checkCache("TransformerDecoderLayer", cache);
    const own = { attnMask, keyPaddingMask, isCausal, cache };
    if (cache && read.memoryIsCausal) throw new ArgError("TransformerDecoderLayer: takes a cache or memoryIsCausal, not both");
    const other = {
      attnMask: read.memoryMask,
      keyPaddingMask: read.memoryKeyPaddingMask,
      isCausal: read.memoryIsCausal,
      cache: cache?.cross ?? null,
    };
    const attended = this.after(tgt, this.norm1, (x) => this.dropout1.call(attend(this.selfAttn, x, x, own)));
    const informed = this.after(attended, this.norm2, (x) => this.dropout2.call(attend(this.multiheadAttn, x, memory, other)));
    return this.after(informed, this.norm3, (x) => this.dropout3.call(this.feedForward(x)));
  }
}

/** What both kinds of stacks have. */
abstract class Stack<Layer extends TransformerLayer> extends Module {
  /** The layers in order. */
  readonly layers: readonly Layer[];
  /** The normalisation after the last layer, or `null`. */
  readonly norm: Module | null;

  constructor(layer: Layer, numLayers: number, options?: { norm?: Module | null }) {
    super();
    const kind = new.target.name;
    const { norm } = readOptions<{ norm?: Module | null }>(kind, options, { norm: null });
    checkThat(kind, layer instanceof TransformerLayer, "takes a layer of a transformer", layer);
    checkThat(kind, !isGiven(norm) || norm instanceof Module, "norm must be a module", norm);
    const length = checkCount(kind, "numLayers", numLayers);
    this.layers = allOrNothing(() => Array.from({ length }, () => layer.copy()));
    this.norm = norm ?? null;
  }

  /** x after all layers and the normalisation. */
  protected through(
    x: Tensor,
    caches: readonly KeyValueCache[] | null,
    run: (layer: Layer, x: Tensor, cache: KeyValueCache | null) => Tensor,
  ): Tensor {
    const { length } = this.layers;
    const fits = !caches || (Array.isArray(caches) && caches.length === length);
    checkThat(this.constructor.name, fits, `caches must be an array of ${length}, one per layer`, caches);
    let y = x;
    for (const [i, layer] of this.layers.entries()) y = run(layer, y, caches?.[i] ?? null);
    return this.norm ? (this.norm.call(y) as Tensor) : y;
  }
}

/** What a call of an encoder is told. */
export interface EncoderCallOptions extends Omit<EncoderLayerCallOptions, "srcMask" | "cache"> {
  /** Mask of the attention in all layers, as `attnMask` of `MultiheadAttention`. */
  mask?: Tensor | null;
  /** The steps before, one cache per layer, for decoding step by step. */
  caches?: readonly KeyValueCache[] | null;
}

/**
 * Copies of an encoder's layer one after the other, then `norm` if there is one. The copies begin with the values of the layer, which is not
 * used itself. src: float32 [S, N, E], or [N, S, E] if the layer has `batchFirst`, or [S, E] -> same.
 * State dict: layers.0 and so on (see `TransformerEncoderLayer`), norm. Gradient: that of the layers.
 * Errors: `ArgError` for what is no layer, a number of layers below 1 or caches that do not fit; those of the layer: `ShapeError`, `DTypeError`.
 * @example new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2), 2).call(randn([5, 1, 8])).shape; // [5, 1, 8]
 */
export class TransformerEncoder extends Stack<TransformerEncoderLayer> {
  forward(src: Tensor, options?: EncoderCallOptions): Tensor {
    const defaults: Required<EncoderCallOptions> = { mask: null, srcKeyPaddingMask: null, isCausal: false, caches: null };
    const { mask: srcMask, caches, ...rest } = readOptions("TransformerEncoder", options, defaults);
    return this.through(src, caches, (layer, x, cache) => layer.call(x, { ...rest, srcMask, cache }));
  }
}

/** What a call of a decoder is told. */
export interface DecoderCallOptions extends Omit<DecoderLayerCallOptions, "cache"> {
  /** The steps before, one cache per layer, for decoding step by step. The memory of the first call is kept, too. */
  caches?: readonly KeyValueCache[] | null;
}

/**
 * Copies of a decoder's layer one after the other, then `norm` if there is one. The copies begin with the values of the layer, which is not
 * used itself. tgt: float32 [T, N, E], memory [S, N, E], or with N first, or both without N, as of the layer -> as tgt.
 * State dict: layers.0 and so on (see `TransformerDecoderLayer`), norm. Gradient: that of the layers.
 * Errors: `ArgError` for what is no layer, a number of layers below 1 or caches that do not fit; those of the layer: `ShapeError`, `DTypeError`.
 * @example new nn.TransformerDecoder(new nn.TransformerDecoderLayer(8, 2), 2).call(randn([4, 1, 8]), randn([5, 1, 8])).shape; // [4, 1, 8]
 */
export class TransformerDecoder extends Stack<TransformerDecoderLayer> {
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    const defaults = { ...DECODER_MASKS, caches: null };
    const { caches, ...rest } = readOptions<Required<DecoderCallOptions>>("TransformerDecoder", options, defaults);
    return this.through(tgt, caches, (layer, x, cache) => layer.call(x, memory, { ...rest, cache }));
  }
}

/** Options of `Transformer`. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Features; 512 unless given. */
  dModel?: number;
  /** Heads of attention; 8 unless given. */
  nhead?: number;
  /** Layers of the encoder; 6 unless given. */
  numEncoderLayers?: number;
  /** Layers of the decoder; 6 unless given. */
  numDecoderLayers?: number;
  /** What to use as encoder; a `TransformerEncoder` of the options unless given. */
  customEncoder?: Module | null;
  /** What to use as decoder; a `TransformerDecoder` of the options unless given. */
  customDecoder?: Module | null;
}

/** What a call of a transformer is told. */
export interface TransformerCallOptions extends Omit<DecoderLayerCallOptions, "cache"> {
  /** Mask of the encoder's attention, as `attnMask` of `MultiheadAttention`. */
  srcMask?: Tensor | null;
  /** [N, S], as `keyPaddingMask` of `MultiheadAttention`. */
  srcKeyPaddingMask?: Tensor | null;
  /** Whether each step of the source sees only the steps up to itself; false unless given. */
  srcIsCausal?: boolean;
}

/**
 * Encoder and decoder: `decoder(tgt, encoder(src))`, each with a last normalisation. src: float32 [S, N, E], tgt [T, N, E], or with N first
 * (`batchFirst`), or both without N -> as tgt. Matrices start Xavier-uniform. The tokens' embedding, positions and the last linear map are the
 * model's own.
 * State dict: encoder (see `TransformerEncoder`), decoder (see `TransformerDecoder`). Gradient: that of the layers.
 * Errors: `ArgError` for options outside their range, `ShapeError` for shapes that do not fit, `DTypeError`.
 * Source: Vaswani et al., 2017.
 * @example
 * const model = new nn.Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16, batchFirst: true });
 * model.call(randn([2, 5, 8]), randn([2, 4, 8]), { tgtIsCausal: true }).shape; // [2, 4, 8]
 */
export class Transformer extends Module {
  /** What makes the memory of the source. */
  readonly encoder: Module;
  /** What makes the result of the target and the memory. */
  readonly decoder: Module;

  constructor(options?: TransformerOptions) {
    super();
    const read = readOptions<Required<TransformerOptions>>("Transformer", options, {
      ...LAYER,
      dModel: 512,
      nhead: 8,
      numEncoderLayers: 6,
      numDecoderLayers: 6,
      customEncoder: null,
      customDecoder: null,
    });
    const { dModel, nhead, numEncoderLayers, numDecoderLayers, customEncoder, customDecoder, ...layer } = read;
    const { layerNormEps: eps, bias } = layer;
    const stack = <Layer extends TransformerLayer>(
      Layer: new (...args: ConstructorParameters<typeof TransformerEncoderLayer>) => Layer,
      Layers: new (layer: Layer, numLayers: number, options: { norm: Module }) => Module,
      numLayers: number,
    ): Module => {
      const first = new Layer(dModel, nhead, layer);
      const made = new Layers(first, numLayers, { norm: new LayerNorm(dModel, { eps, bias }) });
      first.dispose();
      return made;
    };
    [this.encoder, this.decoder] = allOrNothing(() => [
      customEncoder ?? stack(TransformerEncoderLayer, TransformerEncoder, numEncoderLayers),
      customDecoder ?? stack(TransformerDecoderLayer, TransformerDecoder, numDecoderLayers),
    ]);
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform(parameter);
  }

  forward(src: Tensor, tgt: Tensor, options?: TransformerCallOptions): Tensor {
    const defaults = { ...DECODER_MASKS, srcMask: null, srcKeyPaddingMask: null, srcIsCausal: false };
    const read = readOptions<Required<TransformerCallOptions>>("Transformer", options, defaults);
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal: isCausal, ...rest } = read;
    const memory = this.encoder.call(src, { mask, srcKeyPaddingMask, isCausal }) as Tensor;
    return this.decoder.call(tgt, memory, rest) as Tensor;
  }

  /**
   * The float mask [size, size] under which each step sees the steps up to itself: 0 there, -Infinity elsewhere. Gradient: none.
   * Errors: `ArgError` unless the size is a whole number of at least 1.
   * @example nn.Transformer.generateSquareSubsequentMask(2); // [[0, -Infinity], [0, 0]]
   */
  static generateSquareSubsequentMask(size: number): Tensor {
    checkCount("generateSquareSubsequentMask", "size", size);
    return scope(() => causalBias(size, size));
  }
}
