// GPT-2 under the names of its files: a transformer that reads text from the left to the right.
import { checkFinite } from "../checks.js";
import { ArgError, IndexError } from "../errors.js";
import type { KeyValueCache } from "../nn/attention.js";
import { Dropout } from "../nn/dropout.js";
import { Embedding } from "../nn/embedding.js";
import { constant, normal } from "../nn/init.js";
import { LayerNorm } from "../nn/layerNorm.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { Renamed } from "../nn/renamed.js";
import { gelu } from "../ops/elementwise/activation.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { linear } from "../ops/gemm/linear.js";
import { narrow, split } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LanguageModel } from "./languageModel.js";
import { cachesOf, causalAttention, splitHeads } from "./selfAttention.js";

/** Options of `GPT`. */
export interface GPTOptions {
  /** Tokens that the network can read at once; 1024 unless given. */
  blockSize?: number;
  /** Layers; 12 unless given. */
  numLayers?: number;
  /** Heads of attention; 12 unless given. */
  numHeads?: number;
  /** Features, a multiple of the heads; 768 unless given. */
  embedDim?: number;
  /** Probability of a zero in attention and behind each part while training; 0 unless given. */
  dropout?: number;
  /** Whether linear maps and normalisations have biases; true unless given. */
  bias?: boolean;
}

type Settings = Required<GPTOptions>;

class CausalSelfAttention extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { cAttn: "c_attn", cProj: "c_proj" };
  readonly cAttn: Linear;
  readonly cProj: Linear;
  readonly #heads: number;
  readonly #dropout: number;

  constructor({ embedDim, numHeads, bias, dropout }: Settings) {
    super();
    this.cAttn = new Linear(embedDim, 3 * embedDim, { bias });
    this.cProj = new Linear(embedDim, embedDim, { bias });
    this.#heads = numHeads;
    this.#dropout = dropout;
  }

  forward(x: Tensor, cache: KeyValueCache | null): Tensor {
    const size = x.shape[2] as number;
    const [q, k, v] = split(this.cAttn.call(x), size, -1).map((part) => splitHeads(part, this.#heads)) as [Tensor, Tensor, Tensor];
    return this.cProj.call(causalAttention(q, k, v, cache, this.training ? this.#dropout : 0));
  }
}

class FeedForward extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { cFc: "c_fc", cProj: "c_proj" };
  readonly cFc: Linear;
  readonly cProj: Linear;

  constructor({ embedDim, bias }: Settings) {
    super();
    this.cFc = new Linear(embedDim, 4 * embedDim, { bias });
    this.cProj = new Linear(4 * embedDim, embedDim, { bias });
  }

  forward(x: Tensor): Tensor {
    return this.cProj.call(gelu(this.cFc.call(x), { approximate: "tanh" }));
  }
}

class Block extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { ln1: "ln_1", ln2: "ln_2" };
  readonly ln1: LayerNorm;
  readonly attn: CausalSelfAttention;
  readonly ln2: LayerNorm;
  readonly mlp: FeedForward;
  readonly dropout: Dropout;

  constructor(settings: Settings) {
    super();
    const { embedDim, bias, dropout } = settings;
    this.ln1 = new LayerNorm(embedDim, { bias });
    this.attn = new CausalSelfAttention(settings);
    this.ln2 = new LayerNorm(embedDim, { bias });
    this.mlp = new FeedForward(settings);
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor, cache: KeyValueCache | null): Tensor {
    const attended = add(x, this.dropout.call(this.attn.call(this.ln1.call(x), cache)));
    return add(attended, this.dropout.call(this.mlp.call(this.ln2.call(attended))));
  }
}

/** All but the last product, which has the table of tokens as its weight. */
class Body extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { lnF: "ln_f" };
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly drop: Dropout;
  readonly h: readonly Block[];
  readonly lnF: LayerNorm;

  constructor(vocabSize: number, settings: Settings) {
    super();
    const { blockSize, embedDim, numLayers, dropout, bias } = settings;
    this.wte = new Embedding(vocabSize, embedDim);
    this.wpe = new Embedding(blockSize, embedDim);
    this.drop = new Dropout(dropout);
    this.h = Array.from({ length: numLayers }, () => new Block(settings));
    this.lnF = new LayerNorm(embedDim, { bias });
  }

  forward(tokens: Tensor, caches: readonly KeyValueCache[] | null): Tensor {
    const length = tokens.shape[1] as number;
    const seen = caches?.[0]?.length ?? 0;
    const most = this.wpe.numEmbeddings;
    if (seen + length > most) throw new IndexError(`GPT: reads at most ${most} tokens, got ${seen + length}`);
    let x = this.drop.call(add(this.wte.call(tokens), narrow(this.wpe.weight, 0, seen, length)));
    for (const [i, block] of this.h.entries()) x = block.call(x, caches?.[i] ?? null);
    return this.lnF.call(x);
  }
}

/**
 * GPT-2: embeddings of tokens and positions, layers of causal attention and two linear maps with GELU, each behind a normalisation, and a
 * product with the table of tokens. tokens: int32 [N, T] -> scores [N, T, V] of the tokens that come next. `decode` goes on with caches of
 * keys and values, which `generate` does. The sizes that are the defaults are those of GPT-2 with 124 million parameters.
 * State dict: transformer.wte.weight [V, E], transformer.wpe.weight, transformer.h.0.ln_1, transformer.h.0.attn.c_attn [3 E, E],
 * transformer.h.0.attn.c_proj, transformer.h.0.ln_2, transformer.h.0.mlp.c_fc, transformer.h.0.mlp.c_proj, transformer.ln_f: the names of
 * GPT-2 and nanoGPT. Files of GPT-2 have the weights of linear maps transposed. Weights start normal with a deviation of 0.02, those that
 * add to the sum of all layers with 0.02 / sqrt(2 layers).
 * Gradient: that of the layers. Errors: `ArgError` for features that are no multiple of the heads, `IndexError` for more tokens than
 * `blockSize` or tokens outside the vocabulary.
 * Source: Radford et al., 2019, Language Models are Unsupervised Multitask Learners.
 * @example new GPT(65, { blockSize: 32, numLayers: 2, numHeads: 2, embedDim: 32 }).call(tensor([[1, 2]], { dtype: "int32" })).shape; // [1, 2, 65]
 */
export class GPT extends Module implements LanguageModel<readonly KeyValueCache[]> {
  /** All but the last product. */
  readonly transformer: Module;
  readonly #body: Body;
  /** Tokens that the network can read at once. */
  readonly maxLength: number;

  constructor(vocabSize: number, options?: GPTOptions) {
    super();
    const settings = readOptions<Settings>("GPT", options, {
      blockSize: 1024,
      numLayers: 12,
      numHeads: 12,
      embedDim: 768,
      dropout: 0,
      bias: true,
    });
    const { embedDim, numHeads, numLayers } = settings;
    checkFinite("GPT", "dropout", settings.dropout, 0, 1);
    if (embedDim % numHeads !== 0) throw new ArgError(`GPT: embedDim ${embedDim} must be a multiple of numHeads ${numHeads}`);
    this.#body = new Body(vocabSize, settings);
    this.transformer = this.#body;
    this.maxLength = settings.blockSize;
    for (const [name, parameter] of this.namedParameters()) {
      if (parameter.ndim > 1) normal(parameter, 0, name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * numLayers) : 0.02);
      else if (name.endsWith("bias")) constant(parameter, 0);
    }
  }

  #logits(x: Tensor): Tensor {
    return linear(x, this.#body.wte.weight);
  }

  /**
   * Scores [N, T, V], and the caches with the keys and values of all tokens up to these. Errors: those of `call`; `ArgError` for a state that
   * is no list of caches.
   * @example new GPT(9, { numLayers: 1, numHeads: 1, embedDim: 8, blockSize: 4 }).decode(tensor([[1]], { dtype: "int32" }))[0].shape; // [1, 1, 9]
   */
  decode(tokens: Tensor, state?: readonly KeyValueCache[] | null): [logits: Tensor, state: readonly KeyValueCache[]] {
    const caches = cachesOf("GPT", this.#body.h.length, state);
    return [this.#logits(this.#body.call(tokens, caches)), caches];
  }

  forward(tokens: Tensor): Tensor {
    return this.#logits(this.#body.call(tokens, null));
  }
}
