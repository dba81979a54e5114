// A recurrent network that reads and writes text.
import { Dropout } from "../nn/dropout.js";
import { Embedding } from "../nn/embedding.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { LSTM, type LSTMState } from "../nn/recurrent.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LanguageModel } from "./languageModel.js";

/** Options of `LSTMLanguageModel`. */
export interface LSTMLanguageModelOptions {
  /** Features of the embedding; `hiddenSize` unless given. */
  embeddingDim?: number | null;
  /** Units of each layer; 256 unless given. */
  hiddenSize?: number;
  /** Layers of the LSTM; 2 unless given. */
  numLayers?: number;
  /** Probability of a zero behind the embedding and behind each layer while training; 0 unless given. */
  dropout?: number;
}

/**
 * Embedding, LSTM and a dense layer at every step: a model of characters or words. tokens: int32 [N, T] -> scores [N, T, V].
 * `decode` goes on with a state, which `generate` does.
 * State dict: encoder.weight [V, embeddingDim], rnn.weight_ih_l0 and so on, decoder.weight, decoder.bias, as in PyTorch's examples.
 * Gradient: that of the layers. Errors: `IndexError` for a token outside the vocabulary, and those of the layers.
 * @example new LSTMLanguageModel(65, { hiddenSize: 32 }).call(tensor([[1, 2, 3]], { dtype: "int32" })).shape; // [1, 3, 65]
 */
export class LSTMLanguageModel extends Module implements LanguageModel<LSTMState> {
  /** The table of tokens. */
  readonly encoder: Embedding;
  /** What reads the sequence. */
  readonly rnn: LSTM;
  /** The dense layer. */
  readonly decoder: Linear;
  /** Behind the table and in front of the dense layer. */
  readonly dropout: Dropout;

  constructor(vocabSize: number, options?: LSTMLanguageModelOptions) {
    super();
    const { embeddingDim, hiddenSize, numLayers, dropout } = readOptions<Required<LSTMLanguageModelOptions>>("LSTMLanguageModel", options, {
      embeddingDim: null,
      hiddenSize: 256,
      numLayers: 2,
      dropout: 0,
    });
    const features = embeddingDim ?? hiddenSize;
    this.encoder = new Embedding(vocabSize, features);
    this.rnn = new LSTM(features, hiddenSize, { numLayers, batchFirst: true, dropout: numLayers > 1 ? dropout : 0 });
    this.decoder = new Linear(hiddenSize, vocabSize);
    this.dropout = new Dropout(dropout);
  }

  /**
   * Scores [N, T, V], and the state [h, c] behind the last token. Errors: those of `call`.
   * @example new LSTMLanguageModel(9, { hiddenSize: 8 }).decode(tensor([[1]], { dtype: "int32" }))[0].shape; // [1, 1, 9]
   */
  decode(tokens: Tensor, state?: LSTMState | null): [logits: Tensor, state: LSTMState] {
    const [output, last] = this.rnn.call(this.dropout.call(this.encoder.call(tokens)), state ?? null);
    return [this.decoder.call(this.dropout.call(output)), last];
  }

  forward(tokens: Tensor): Tensor {
    return this.decode(tokens)[0];
  }
}
