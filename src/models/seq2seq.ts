// A transformer from one sequence of tokens to another, such as from a language to another.
import type { KeyValueCache } from "../nn/attention.js";
import { Dropout } from "../nn/dropout.js";
import { Embedding } from "../nn/embedding.js";
import { xavierUniform } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { SinusoidalPositions } from "../nn/positions.js";
import { Renamed } from "../nn/renamed.js";
import { Transformer } from "../nn/transformer.js";
import { mul } from "../ops/elementwise/arithmetic.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LanguageModel } from "./languageModel.js";
import { cachesOf } from "./selfAttention.js";

/** Options of `Seq2SeqTransformer`. */
export interface Seq2SeqTransformerOptions {
  /** Features, a multiple of the heads; 512 unless given. */
  embedDim?: number;
  /** Heads of attention; 8 unless given. */
  numHeads?: number;
  /** Layers of the encoder; 3 unless given. */
  numEncoderLayers?: number;
  /** Layers of the decoder; 3 unless given. */
  numDecoderLayers?: number;
  /** Features between the two linear maps of each layer; 512 unless given. */
  dimFeedforward?: number;
  /** Probability of a zero while training; 0.1 unless given. */
  dropout?: number;
}

/** Which tokens are padding. */
export interface PaddingMasks {
  /** bool [N, S], true where a token of the source is padding; none unless given. */
  srcKeyPaddingMask?: Tensor | null;
  /** bool [N, T], true where a token of the target is padding; none unless given. */
  tgtKeyPaddingMask?: Tensor | null;
}

/** Rows of a table, as large as the positions that are added to them. */
class TokenEmbedding extends Module {
  readonly embedding: Embedding;

  constructor(vocabSize: number, embedDim: number) {
    super();
    this.embedding = new Embedding(vocabSize, embedDim);
  }

  forward(tokens: Tensor): Tensor {
    return mul(this.embedding.call(tokens), Math.sqrt(this.embedding.embeddingDim));
  }
}

/**
 * A transformer from a source to a target: embeddings with sinusoidal positions, `nn.Transformer`, and a dense layer.
 * src: int32 [N, S], tgt: int32 [N, T] -> scores [N, T, target vocabulary] of the tokens behind those of tgt, each of which sees the target up
 * to itself. `decoderFor` makes what `generate` takes.
 * State dict: src_tok_emb.embedding.weight, tgt_tok_emb.embedding.weight, transformer.encoder.layers.0 and so on, generator.weight and
 * generator.bias, as in PyTorch's tutorial on translation (whose table of positions, `positional_encoding.pos_embedding`, is computed here).
 * Matrices start Xavier-uniform.
 * Gradient: that of the layers. Errors: those of the layers.
 * Source: Vaswani et al., 2017, Attention Is All You Need.
 * @example
 * const net = new Seq2SeqTransformer(20, 30, { embedDim: 16, numHeads: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 32 });
 * net.call(tensor([[1, 2, 3]], { dtype: "int32" }), tensor([[1, 2]], { dtype: "int32" })).shape; // [1, 2, 30]
 */
export class Seq2SeqTransformer extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = { srcTokEmb: "src_tok_emb", tgtTokEmb: "tgt_tok_emb" };
  /** Encoder and decoder. */
  readonly transformer: Transformer;
  /** The dense layer that gives scores. */
  readonly generator: Linear;
  /** The table of tokens of the source. */
  readonly srcTokEmb: Module;
  /** The table of tokens of the target. */
  readonly tgtTokEmb: Module;
  /** What tells tokens where they stand. */
  readonly positions: SinusoidalPositions;
  /** Behind the positions. */
  readonly dropout: Dropout;
  readonly #decoderLayers: number;

  constructor(srcVocabSize: number, tgtVocabSize: number, options?: Seq2SeqTransformerOptions) {
    super();
    const { embedDim, numHeads, ...rest } = readOptions<Required<Seq2SeqTransformerOptions>>("Seq2SeqTransformer", options, {
      embedDim: 512,
      numHeads: 8,
      numEncoderLayers: 3,
      numDecoderLayers: 3,
      dimFeedforward: 512,
      dropout: 0.1,
    });
    this.transformer = new Transformer({ dModel: embedDim, nhead: numHeads, batchFirst: true, ...rest });
    this.#decoderLayers = rest.numDecoderLayers;
    this.generator = new Linear(embedDim, tgtVocabSize);
    this.srcTokEmb = new TokenEmbedding(srcVocabSize, embedDim);
    this.tgtTokEmb = new TokenEmbedding(tgtVocabSize, embedDim);
    this.positions = new SinusoidalPositions(embedDim);
    this.dropout = new Dropout(rest.dropout);
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform(parameter);
  }

  #placed(embedding: Module, tokens: Tensor, offset = 0): Tensor {
    return this.dropout.call(this.positions.call(embedding.call(tokens) as Tensor, offset));
  }

  forward(src: Tensor, tgt: Tensor, options?: PaddingMasks): Tensor {
    const { srcKeyPaddingMask, tgtKeyPaddingMask } = readOptions<Required<PaddingMasks>>("Seq2SeqTransformer", options, {
      srcKeyPaddingMask: null,
      tgtKeyPaddingMask: null,
    });
    const decoded = this.transformer.call(this.#placed(this.srcTokEmb, src), this.#placed(this.tgtTokEmb, tgt), {
      tgtIsCausal: true,
      srcKeyPaddingMask,
      memoryKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask,
    });
    return this.generator.call(decoded);
  }

  /**
   * What the encoder makes of a source, [N, S, E]. Errors: those of the layers.
   * @example new Seq2SeqTransformer(20, 30, { embedDim: 16, numHeads: 2 }).encode(tensor([[1, 2, 3]], { dtype: "int32" })).shape; // [1, 3, 16]
   */
  encode(src: Tensor, srcKeyPaddingMask: Tensor | null = null): Tensor {
    return this.transformer.encoder.call(this.#placed(this.srcTokEmb, src), { srcKeyPaddingMask }) as Tensor;
  }

  /**
   * The decoder as a model of the target given a memory, the result of `encode`, for `generate`: one prompt per row of the memory.
   * Errors: those of the layers, when it is used.
   * @example
   * const net = new Seq2SeqTransformer(20, 30, { embedDim: 16, numHeads: 2 }).eval();
   * const memory = net.encode(tensor([[1, 2, 3]], { dtype: "int32" }));
   * for await (const token of generate(net.decoderFor(memory), [1], { maxNewTokens: 5 })) console.log(token);
   */
  decoderFor(memory: Tensor, memoryKeyPaddingMask: Tensor | null = null): LanguageModel<readonly KeyValueCache[]> {
    return {
      decode: (tokens, state) => {
        const caches = cachesOf("Seq2SeqTransformer", this.#decoderLayers, state);
        const target = this.#placed(this.tgtTokEmb, tokens, caches[0]?.length ?? 0);
        const decoded = this.transformer.decoder.call(target, memory, { tgtIsCausal: true, memoryKeyPaddingMask, caches }) as Tensor;
        return [this.generator.call(decoded), caches];
      },
    };
  }
}
