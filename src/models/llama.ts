// Llama under the names of its first files: a transformer with rotary positions, grouped heads and gated linear maps.
import { ArgError, IndexError } from "../errors.js";
import type { KeyValueCache } from "../nn/attention.js";
import { Embedding } from "../nn/embedding.js";
import { RMSNorm } from "../nn/groupNorm.js";
import { normal } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Renamed } from "../nn/renamed.js";
import { SwiGLU } from "../nn/swiglu.js";
import { rotaryEmbedding } from "../ops/attention/positions.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { linear } from "../ops/gemm/linear.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LanguageModel } from "./languageModel.js";
import { cachesOf, causalAttention, splitHeads } from "./selfAttention.js";

/** Options of `Llama`. */
export interface LlamaOptions {
  /** Tokens that the network can read at once; 2048 unless given. */
  maxLength?: number;
  /** Features, a multiple of the heads; 288 unless given. */
  dim?: number;
  /** Features within the gated maps; 768 unless given. */
  hiddenDim?: number;
  /** Layers; 6 unless given. */
  numLayers?: number;
  /** Heads of queries; 6 unless given. */
  numHeads?: number;
  /** Heads of keys and values, a divisor of the heads; as many unless given. */
  numKvHeads?: number | null;
  /** Added to the mean square in normalisations; 1e-5 unless given. */
  eps?: number;
  /** Base of the rotary positions; 10000 unless given. */
  ropeBase?: number;
  /** Whether the last product has the table of tokens as its weight; true unless given. */
  tied?: boolean;
}

type Settings = Required<LlamaOptions>;

class Attention extends Module {
  readonly wq: Linear;
  readonly wk: Linear;
  readonly wv: Linear;
  readonly wo: Linear;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super();
    const { dim, numHeads, numKvHeads } = settings;
    const kv = (dim / numHeads) * (numKvHeads ?? numHeads);
    this.wq = new Linear(dim, dim, { bias: false });
    this.wk = new Linear(dim, kv, { bias: false });
    this.wv = new Linear(dim, kv, { bias: false });
    this.wo = new Linear(dim, dim, { bias: false });
    this.#settings = settings;
  }

  forward(x: Tensor, cache: KeyValueCache | null): Tensor {
    const { numHeads, numKvHeads, ropeBase } = this.#settings;
    const kinds = numKvHeads ?? numHeads;
    const turned = (heads: Tensor): Tensor => rotaryEmbedding(heads, { base: ropeBase, interleaved: true, offset: cache?.length ?? 0 });
    const q = turned(splitHeads(this.wq.call(x), numHeads));
    const k = turned(splitHeads(this.wk.call(x), kinds));
    return this.wo.call(causalAttention(q, k, splitHeads(this.wv.call(x), kinds), cache));
  }
}

class Layer extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    attentionNorm: "attention_norm",
    feedForward: "feed_forward",
    ffnNorm: "ffn_norm",
  };
  readonly attentionNorm: RMSNorm;
  readonly attention: Attention;
  readonly ffnNorm: RMSNorm;
  readonly feedForward: SwiGLU;

  constructor(settings: Settings) {
    super();
    const { dim, hiddenDim, eps } = settings;
    this.attentionNorm = new RMSNorm(dim, { eps });
    this.attention = new Attention(settings);
    this.ffnNorm = new RMSNorm(dim, { eps });
    this.feedForward = new SwiGLU(dim, hiddenDim);
  }

  forward(x: Tensor, cache: KeyValueCache | null): Tensor {
    const attended = add(x, this.attention.call(this.attentionNorm.call(x), cache));
    return add(attended, this.feedForward.call(this.ffnNorm.call(attended)));
  }
}

/**
 * Llama: an embedding, layers of causal attention with rotary positions and of gated linear maps, each behind an RMS normalisation, and a last
 * product. tokens: int32 [N, T] -> scores [N, T, V] of the tokens that come next. `decode` goes on with caches, which `generate` does.
 * State dict: tok_embeddings.weight [V, dim], layers.0.attention_norm, layers.0.attention.wq, .wk, .wv and .wo, layers.0.ffn_norm,
 * layers.0.feed_forward.w1, .w2 and .w3, norm, and output.weight without `tied`: the names of Llama's first files, whose rotary positions
 * turn neighbouring features. Weights start normal with a deviation of 0.02.
 * Gradient: that of the layers. Errors: `ArgError` for features or heads that do not divide, `IndexError` for more tokens than `maxLength` or
 * tokens outside the vocabulary.
 * Source: Touvron et al., 2023, LLaMA: Open and Efficient Foundation Language Models.
 * @example new Llama(65, { dim: 32, hiddenDim: 64, numLayers: 2, numHeads: 4 }).call(tensor([[1, 2]], { dtype: "int32" })).shape; // [1, 2, 65]
 */
export class Llama extends Renamed implements LanguageModel<readonly KeyValueCache[]> {
  static override readonly stateNames: Readonly<Record<string, string>> = { tokEmbeddings: "tok_embeddings" };
  /** The table of tokens. */
  readonly tokEmbeddings: Embedding;
  /** The layers. */
  readonly layers: readonly Module[];
  /** The last normalisation. */
  readonly norm: RMSNorm;
  /** The last product, or `null` if its weight is the table of tokens. */
  readonly output: Linear | null;
  /** Tokens that the network can read at once. */
  readonly maxLength: number;

  constructor(vocabSize: number, options?: LlamaOptions) {
    super();
    const settings = readOptions<Settings>("Llama", options, {
      maxLength: 2048,
      dim: 288,
      hiddenDim: 768,
      numLayers: 6,
      numHeads: 6,
      numKvHeads: null,
      eps: 1e-5,
      ropeBase: 10000,
      tied: true,
    });
    const { dim, numHeads, numLayers } = settings;
    const kinds = settings.numKvHeads ?? numHeads;
    if (dim % (2 * numHeads) !== 0) throw new ArgError(`Llama: dim ${dim} must be a multiple of twice numHeads, ${2 * numHeads}`);
    if (numHeads % kinds !== 0) throw new ArgError(`Llama: numHeads ${numHeads} must be a multiple of numKvHeads ${kinds}`);
    this.tokEmbeddings = new Embedding(vocabSize, dim);
    this.layers = Array.from({ length: numLayers }, () => new Layer(settings));
    this.norm = new RMSNorm(dim, { eps: settings.eps });
    this.output = settings.tied ? null : new Linear(dim, vocabSize, { bias: false });
    this.maxLength = settings.maxLength;
    for (const parameter of this.parameters()) if (parameter.ndim > 1) normal(parameter, 0, 0.02);
  }

  #through(tokens: Tensor, caches: readonly KeyValueCache[] | null): Tensor {
    const length = (caches?.[0]?.length ?? 0) + (tokens.shape[1] as number);
    if (length > this.maxLength) throw new IndexError(`Llama: reads at most ${this.maxLength} tokens, got ${length}`);
    let x = this.tokEmbeddings.call(tokens);
    for (const [i, layer] of this.layers.entries()) x = layer.call(x, caches?.[i] ?? null) as Tensor;
    const y = this.norm.call(x);
    return this.output ? this.output.call(y) : linear(y, this.tokEmbeddings.weight);
  }

  /**
   * Scores [N, T, V], and the caches with the keys and values of all tokens up to these. Errors: those of `call`; `ArgError` for a state that
   * is no list of caches.
   * @example new Llama(9, { dim: 8, hiddenDim: 16, numLayers: 1, numHeads: 2 }).decode(tensor([[1]], { dtype: "int32" }))[0].shape; // [1, 1, 9]
   */
  decode(tokens: Tensor, state?: readonly KeyValueCache[] | null): [logits: Tensor, state: readonly KeyValueCache[]] {
    const caches = cachesOf("Llama", this.layers.length, state);
    return [this.#through(tokens, caches), caches];
  }

  forward(tokens: Tensor): Tensor {
    return this.#through(tokens, null);
  }
}
