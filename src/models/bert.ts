// BERT under the names of its files: a transformer in which each token sees all others.
import { ArgError, IndexError, ShapeError } from "../errors.js";
import { Dropout } from "../nn/dropout.js";
import { Embedding } from "../nn/embedding.js";
import { constant, normal } from "../nn/init.js";
import { LayerNorm } from "../nn/layerNorm.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Renamed } from "../nn/renamed.js";
import { scaledDotProductAttention } from "../ops/attention/scaledDotProductAttention.js";
import { gelu, tanh } from "../ops/elementwise/activation.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { bool } from "../ops/elementwise/cast.js";
import { reshape } from "../ops/move/shape.js";
import { narrow, select } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import { formatSpec } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { joinHeads, splitHeads } from "./selfAttention.js";

/** Options of `BERT`. */
export interface BERTOptions {
  /** Features, a multiple of the heads; 768 unless given. */
  hiddenSize?: number;
  /** Layers; 12 unless given. */
  numLayers?: number;
  /** Heads of attention; 12 unless given. */
  numHeads?: number;
  /** Features between the two linear maps; 4 times `hiddenSize` unless given. */
  intermediateSize?: number | null;
  /** Tokens that the network can read at once; 512 unless given. */
  maxLength?: number;
  /** Kinds of segments; 2 unless given. */
  typeVocabSize?: number;
  /** Probability of a zero in attention and behind each part while training; 0.1 unless given. */
  dropout?: number;
  /** Added to the variance in normalisations; 1e-12 unless given. */
  layerNormEps?: number;
}

/** What a call of `BERT` is told. */
export interface BERTCallOptions {
  /** [N, T]: 1 or true where a token is none of padding; all unless given. */
  attentionMask?: Tensor | null;
  /** int32 [N, T]: the segment of each token; 0 unless given. */
  tokenTypeIds?: Tensor | null;
}

type Settings = Required<BERTOptions>;

class Embeddings extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    wordEmbeddings: "word_embeddings",
    positionEmbeddings: "position_embeddings",
    tokenTypeEmbeddings: "token_type_embeddings",
    norm: "LayerNorm",
  };
  readonly wordEmbeddings: Embedding;
  readonly positionEmbeddings: Embedding;
  readonly tokenTypeEmbeddings: Embedding;
  readonly norm: LayerNorm;
  readonly dropout: Dropout;

  constructor(vocabSize: number, { hiddenSize, maxLength, typeVocabSize, layerNormEps, dropout }: Settings) {
    super();
    this.wordEmbeddings = new Embedding(vocabSize, hiddenSize, { paddingIdx: 0 });
    this.positionEmbeddings = new Embedding(maxLength, hiddenSize);
    this.tokenTypeEmbeddings = new Embedding(typeVocabSize, hiddenSize);
    this.norm = new LayerNorm(hiddenSize, { eps: layerNormEps });
    this.dropout = new Dropout(dropout);
  }

  forward(tokens: Tensor, types: Tensor | null): Tensor {
    const length = tokens.shape[1] as number;
    const most = this.positionEmbeddings.numEmbeddings;
    if (length > most) throw new IndexError(`BERT: reads at most ${most} tokens, got ${length}`);
    const places = narrow(this.positionEmbeddings.weight, 0, 0, length);
    const kinds = this.tokenTypeEmbeddings.call(types ?? zeros(tokens.shape, { dtype: "int32" }));
    return this.dropout.call(this.norm.call(add(add(this.wordEmbeddings.call(tokens), kinds), places)));
  }
}

class SelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly #heads: number;
  readonly #dropout: number;

  constructor({ hiddenSize, numHeads, dropout }: Settings) {
    super();
    this.query = new Linear(hiddenSize, hiddenSize);
    this.key = new Linear(hiddenSize, hiddenSize);
    this.value = new Linear(hiddenSize, hiddenSize);
    this.#heads = numHeads;
    this.#dropout = dropout;
  }

  forward(x: Tensor, attnMask: Tensor | null): Tensor {
    const [q, k, v] = [this.query, this.key, this.value].map((part) => splitHeads(part.call(x), this.#heads)) as [Tensor, Tensor, Tensor];
    return joinHeads(scaledDotProductAttention(q, k, v, { attnMask, dropoutP: this.training ? this.#dropout : 0 }));
  }
}

/** A linear map whose result is added to the layer's input and normalised. */
class Output extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { norm: "LayerNorm" };
  readonly dense: Linear;
  readonly norm: LayerNorm;
  readonly dropout: Dropout;

  constructor(features: number, { hiddenSize, layerNormEps, dropout }: Settings) {
    super();
    this.dense = new Linear(features, hiddenSize);
    this.norm = new LayerNorm(hiddenSize, { eps: layerNormEps });
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor, around: Tensor): Tensor {
    return this.norm.call(add(this.dropout.call(this.dense.call(x)), around));
  }
}

class Layer extends Module {
  readonly attention: { readonly self: SelfAttention; readonly output: Output };
  readonly intermediate: { readonly dense: Linear };
  readonly output: Output;

  constructor(settings: Settings) {
    super();
    const { hiddenSize, intermediateSize } = settings;
    const within = intermediateSize ?? 4 * hiddenSize;
    this.attention = { self: new SelfAttention(settings), output: new Output(hiddenSize, settings) };
    this.intermediate = { dense: new Linear(hiddenSize, within) };
    this.output = new Output(within, settings);
  }

  forward(x: Tensor, mask: Tensor | null): Tensor {
    const attended = this.attention.output.call(this.attention.self.call(x, mask), x);
    return this.output.call(gelu(this.intermediate.dense.call(attended)), attended);
  }
}

/**
 * BERT: embeddings of tokens, positions and segments, layers of attention and two linear maps with GELU, each normalised together with what
 * went around it, and a map of the first token. tokens: int32 [N, T], 0 for padding -> [states [N, T, E], pooled [N, E]].
 * State dict: embeddings.word_embeddings.weight, .position_embeddings, .token_type_embeddings, .LayerNorm,
 * encoder.layer.0.attention.self.query, .key and .value, encoder.layer.0.attention.output.dense and .LayerNorm,
 * encoder.layer.0.intermediate.dense, encoder.layer.0.output.dense and .LayerNorm, pooler.dense: the names of Hugging Face's files.
 * Weights start normal with a deviation of 0.02.
 * Gradient: that of the layers; none to padding. Errors: `ArgError` for features that are no multiple of the heads, `IndexError` for more
 * tokens than `maxLength` or tokens outside the vocabulary, `ShapeError` for a mask of another shape than the tokens.
 * Source: Devlin et al., 2018, BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding.
 * @example new BERT(100, { hiddenSize: 32, numLayers: 2, numHeads: 2 }).call(tensor([[1, 2]], { dtype: "int32" }))[0].shape; // [1, 2, 32]
 */
export class BERT extends Module {
  /** Tokens, positions and segments as features. */
  readonly embeddings: Module;
  /** The layers, `encoder.layer`. */
  readonly encoder: { readonly layer: readonly Module[] };
  /** The map of the first token, `pooler.dense`. */
  readonly pooler: { readonly dense: Linear };

  constructor(vocabSize: number, options?: BERTOptions) {
    super();
    const settings = readOptions<Settings>("BERT", options, {
      hiddenSize: 768,
      numLayers: 12,
      numHeads: 12,
      intermediateSize: null,
      maxLength: 512,
      typeVocabSize: 2,
      dropout: 0.1,
      layerNormEps: 1e-12,
    });
    const { hiddenSize, numHeads, numLayers } = settings;
    if (hiddenSize % numHeads !== 0) throw new ArgError(`BERT: hiddenSize ${hiddenSize} must be a multiple of numHeads ${numHeads}`);
    this.embeddings = new Embeddings(vocabSize, settings);
    this.encoder = { layer: Array.from({ length: numLayers }, () => new Layer(settings)) };
    this.pooler = { dense: new Linear(hiddenSize, hiddenSize) };
    for (const [name, parameter] of this.namedParameters()) {
      if (parameter.ndim > 1) normal(parameter, 0, 0.02);
      else if (name.endsWith("bias")) constant(parameter, 0);
    }
  }

  forward(tokens: Tensor, options?: BERTCallOptions): [states: Tensor, pooled: Tensor] {
    const { attentionMask, tokenTypeIds } = readOptions<Required<BERTCallOptions>>("BERT", options, {
      attentionMask: null,
      tokenTypeIds: null,
    });
    const [n, length] = tokens.shape as [number, number];
    if (attentionMask && (attentionMask.ndim !== 2 || attentionMask.shape[0] !== n || attentionMask.shape[1] !== length))
      throw new ShapeError(`BERT: attentionMask must be [${n}, ${length}], got ${formatSpec(attentionMask)}`);
    const mask = attentionMask && reshape(bool(attentionMask), [n, 1, 1, length]);
    let x = this.embeddings.call(tokens, tokenTypeIds) as Tensor;
    for (const layer of this.encoder.layer) x = layer.call(x, mask) as Tensor;
    return [x, tanh(this.pooler.dense.call(select(x, 1, 0)))];
  }
}
