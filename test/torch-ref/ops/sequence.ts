// Embeddings, recurrent layers, attention and layers of transformers: each case is a layer whose state dict is in its inputs.
import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";
import type { Case } from "../cases.js";
import { type Call, call } from "./call.js";

type Inputs = Readonly<Record<string, Tensor>>;
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
type Args = any;

/** Names from PyTorch as they are here. */
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The arguments that are options of the layer, under their names here. */
const optionsOf = (args: Args, ...others: readonly string[]): object =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([name]) => !others.includes(name))
      .map(([name, value]) => [camel(name), value]),
  );

/** Puts the tensors themselves in the places of the layer's weights, so that they get the gradients. */
function withWeights<Layer extends sg.nn.Module>(layer: Layer, inputs: Inputs): Layer {
  const places = (module: sg.nn.Module, prefix: string): void => {
    const names = (module.constructor as typeof sg.nn.Module).stateNames;
    for (const [field, value] of Object.entries(module)) {
      const path = prefix + (names[field] ?? field);
      if (value instanceof sg.nn.Module) places(value, `${path}.`);
      else if (value instanceof sg.nn.Parameter) {
        if (!inputs[path]) throw new Error(`the case has no ${path}`);
        (module as unknown as Record<string, unknown>)[field] = inputs[path];
      }
    }
  };
  places(layer, "");
  return layer;
}

const recurrent =
  (Layer: typeof sg.nn.RNN | typeof sg.nn.GRU | typeof sg.nn.LSTM): Call =>
  (inputs, args) => {
    const options = optionsOf(args, "input_size", "hidden_size");
    const layer = withWeights(new Layer(args.input_size, args.hidden_size, options), inputs);
    const { x, h0, c0 } = inputs as Readonly<Record<"x" | "h0" | "c0", Tensor>>;
    if (!(layer instanceof sg.nn.LSTM)) {
      const [out, hn] = layer.call(x, h0);
      return { out, h_n: hn };
    }
    const [out, [hn, cn]] = layer.call(x, h0 && c0 ? [h0, c0] : null);
    return { out, h_n: hn, c_n: cn };
  };

/**
 * Whether a case of a recurrent layer was computed with other weights than it holds: then all gradients of its weights are exactly 0, which
 * they cannot be of weights that were used, and PyTorch itself does not give these results.
 */
export function hasOtherWeights({ op, grads }: Case): boolean {
  const ofWeights = Object.entries(grads).filter(([name]) => /^(weight|bias)_/.test(name));
  return ["rnn/rnn", "rnn/gru", "rnn/lstm"].includes(op) && ofWeights.every(([, { values }]) => Array.from(values).every((g) => g === 0));
}

const cell =
  (Cell: typeof sg.nn.RNNCell | typeof sg.nn.GRUCell | typeof sg.nn.LSTMCell): Call =>
  (inputs, args) => {
    const options = optionsOf(args, "input_size", "hidden_size");
    const layer = withWeights(new Cell(args.input_size, args.hidden_size, options), inputs);
    const { x, h, c } = inputs as Readonly<Record<"x" | "h" | "c", Tensor>>;
    if (!(layer instanceof sg.nn.LSTMCell)) return layer.call(x, h);
    const [out0, out1] = layer.call(x, h && c ? [h, c] : null);
    return { out0, out1 };
  };

const multihead: Call = (inputs, args) => {
  const others = ["embed_dim", "num_heads", "mask", "need_weights", "average_attn_weights", "is_causal"];
  const layer = withWeights(new sg.nn.MultiheadAttention(args.embed_dim, args.num_heads, optionsOf(args, ...others)), inputs);
  const { query, key, value, attn_mask, key_padding_mask } = inputs as Readonly<Record<string, Tensor>>;
  const [out, weights] = layer.call(query as Tensor, key as Tensor, value as Tensor, {
    needWeights: args.need_weights ?? true,
    averageAttnWeights: args.average_attn_weights ?? true,
    isCausal: args.is_causal ?? false,
    attnMask: attn_mask ?? null,
    keyPaddingMask: key_padding_mask ?? null,
  });
  return weights ? { out, weights } : { out };
};

const sdpa: Call = (inputs, args) => {
  const { q, k, v, attn_mask } = inputs as Readonly<Record<"q" | "k" | "v" | "attn_mask", Tensor>>;
  return sg.scaledDotProductAttention(q, k, v, { ...optionsOf(args), attnMask: attn_mask ?? null });
};

/** The inputs of a call that are masks. */
const masksOf = (inputs: Inputs): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(inputs).flatMap(([name, value]) => (name.endsWith("mask") ? [[camel(name), value]] : [])));

const encoderLayer: Call = (inputs, args) => {
  const options = optionsOf(args, "d_model", "nhead", "causal");
  const layer = withWeights(new sg.nn.TransformerEncoderLayer(args.d_model, args.nhead, options), inputs);
  return layer.call(inputs["src"] as Tensor, masksOf(inputs));
};

const decoderLayer: Call = (inputs, args) => {
  const layer = withWeights(new sg.nn.TransformerDecoderLayer(args.d_model, args.nhead, optionsOf(args, "d_model", "nhead")), inputs);
  return layer.call(inputs["tgt"] as Tensor, inputs["memory"] as Tensor, masksOf(inputs));
};

export const sequence: readonly (readonly [string, Call])[] = [
  ["rnn/rnn", recurrent(sg.nn.RNN)],
  ["rnn/gru", recurrent(sg.nn.GRU)],
  ["rnn/lstm", recurrent(sg.nn.LSTM)],
  ["rnn/rnn_cell", cell(sg.nn.RNNCell)],
  ["rnn/gru_cell", cell(sg.nn.GRUCell)],
  ["rnn/lstm_cell", cell(sg.nn.LSTMCell)],
  ["attention/multihead", multihead],
  ["attention/sdpa", sdpa],
  ["transformer/encoder_layer", encoderLayer],
  ["transformer/decoder_layer", decoderLayer],
  [
    "embedding/embedding_bag",
    call(({ index, weight }, args) => {
      const { offsets, per_sample_weights } = { offsets: null, per_sample_weights: null, ...args };
      return sg.embeddingBag(index, weight, { ...optionsOf(args), offsets, perSampleWeights: per_sample_weights });
    }),
  ],
];
