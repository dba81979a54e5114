// A recurrent network that gives a text or another sequence of tokens a class.
import { Dropout } from "../nn/dropout.js";
import { Embedding } from "../nn/embedding.js";
import { Linear } from "../nn/linear.js";
import { Module } from "../nn/module.js";
import { packPaddedSequence } from "../nn/packed.js";
import { LSTM } from "../nn/recurrent.js";
import { cat } from "../ops/move/join.js";
import { at } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";

/** Options of `LSTMClassifier`. */
export interface LSTMClassifierOptions {
  /** Features of the embedding; 64 unless given. */
  embeddingDim?: number;
  /** Units of the LSTM; 128 unless given. */
  hiddenSize?: number;
  /** Layers of the LSTM; 1 unless given. */
  numLayers?: number;
  /** Whether the sequence is also read from its end; false unless given. */
  bidirectional?: boolean;
  /** Probability of a zero in front of the dense layer and between layers while training; 0 unless given. */
  dropout?: number;
  /** The token that is padding and has no gradient; none unless given. */
  paddingIdx?: number | null;
}

/**
 * Embedding, LSTM, and a dense layer on the last state. tokens: int32 [N, T]; lengths: how many tokens of each row are no padding, all
 * unless given -> scores [N, numClasses].
 * State dict: embedding.weight, lstm.weight_ih_l0 and so on, fc.weight, fc.bias.
 * Gradient: that of the layers; none to padding.
 * Errors: `ShapeError` for tokens of another rank, `IndexError` for a token outside the vocabulary, `ArgError` for lengths that do not fit.
 * @example new LSTMClassifier(100, 2).call(tensor([[1, 2, 3], [4, 5, 0]], { dtype: "int32" }), [3, 2]).shape; // [2, 2]
 */
export class LSTMClassifier extends Module {
  /** The table of tokens. */
  readonly embedding: Embedding;
  /** What reads the sequence. */
  readonly lstm: LSTM;
  /** In front of the dense layer. */
  readonly dropout: Dropout;
  /** The dense layer. */
  readonly fc: Linear;

  constructor(vocabSize: number, numClasses: number, options?: LSTMClassifierOptions) {
    super();
    const read = readOptions<Required<LSTMClassifierOptions>>("LSTMClassifier", options, {
      embeddingDim: 64,
      hiddenSize: 128,
      numLayers: 1,
      bidirectional: false,
      dropout: 0,
      paddingIdx: null,
    });
    const { embeddingDim, hiddenSize, numLayers, bidirectional, dropout, paddingIdx } = read;
    this.embedding = new Embedding(vocabSize, embeddingDim, { paddingIdx });
    this.lstm = new LSTM(embeddingDim, hiddenSize, { numLayers, bidirectional, batchFirst: true, dropout: numLayers > 1 ? dropout : 0 });
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(bidirectional ? 2 * hiddenSize : hiddenSize, numClasses);
  }

  forward(tokens: Tensor, lengths?: readonly number[] | Tensor | null): Tensor {
    const x = this.embedding.call(tokens);
    const [, [hn]] = lengths
      ? this.lstm.call(packPaddedSequence(x, lengths, { batchFirst: true, enforceSorted: false }))
      : this.lstm.call(x);
    const last = this.lstm.bidirectional ? cat([at(hn, -2), at(hn, -1)], 1) : at(hn, -1);
    return this.fc.call(this.dropout.call(last));
  }
}
