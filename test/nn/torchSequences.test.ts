// Sequence layers against PyTorch in float64, with all gradients: the cases of test/fixtures/torch-sequences, which make.py has made.
import { readFileSync } from "node:fs";
import { nn, scope, type Tensor } from "simdgrad";
import { expect, test } from "vitest";
import { decodeAll, difference, toTensor, type Values } from "../torch-ref/cases.js";

// biome-ignore lint/suspicious/noExplicitAny: each kind of case has arguments of its own
type Args = any;
type Inputs = Readonly<Record<string, Tensor>>;
type Results = Readonly<Record<string, Tensor>>;

interface SequenceCase {
  readonly kind: string;
  readonly args: Args;
  readonly lengths: readonly number[] | null;
  readonly enforceSorted: boolean;
  readonly steps: number;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly state: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly gradOutputs: Readonly<Record<string, Values>>;
  readonly grads: Readonly<Record<string, Values>>;
}

const file = new URL("../fixtures/torch-sequences/cases.json", import.meta.url);
const cases = (JSON.parse(readFileSync(file, "utf8")) as Args[]).map((c): SequenceCase => {
  const [inputs, state, outputs, gradOutputs, grads] = [c.inputs, c.state, c.outputs, c.gradOutputs, c.grads].map(decodeAll);
  return { ...c, inputs, state, outputs, gradOutputs, grads };
});

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const renamed = (values: object): Record<string, Args> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [camel(name), value === "inf" ? Number.POSITIVE_INFINITY : value]));
const masks = (inputs: Inputs): Record<string, Tensor> =>
  renamed(Object.fromEntries(Object.entries(inputs).filter(([name]) => name.includes("mask"))));

/** How a layer of each kind is made and called. */
function made({ kind, args, lengths, enforceSorted, steps }: SequenceCase): { layer: nn.Module; call: (x: Inputs) => Results } {
  const [first, second] = args.sizes as [number, number];
  const options = renamed(args.options);
  switch (kind) {
    case "RNN":
    case "GRU":
    case "LSTM": {
      const layer = new nn[kind](first, second, options);
      const { batchFirst } = layer;
      return {
        layer,
        call: (inputs) => {
          const { x, h0, c0 } = inputs as Readonly<Record<"x" | "h0" | "c0", Tensor>>;
          const input = lengths ? nn.utils.rnn.packPaddedSequence(x, lengths, { batchFirst, enforceSorted }) : x;
          const state = layer instanceof nn.LSTM ? h0 && [h0, c0] : h0;
          const [out, last] = (layer as nn.Module).call(input, state) as [Args, Args];
          const ends = layer instanceof nn.LSTM ? { hn: last[0], cn: last[1] } : { hn: last };
          if (!lengths) return { out, ...ends };
          const how = { batchFirst, paddingValue: 0.5, totalLength: steps };
          const [padded, found] = nn.utils.rnn.padPackedSequence(out, how);
          return { out: padded, lengths: found, data: out.data, ...ends };
        },
      };
    }
    case "MultiheadAttention": {
      const layer = new nn.MultiheadAttention(first, second, options);
      return {
        layer,
        call: (inputs) => {
          const { query, key, value } = inputs as Readonly<Record<"query" | "key" | "value", Tensor>>;
          const [out, weights] = layer.call(query, key ?? query, value ?? query, { ...renamed(args.call), ...masks(inputs) });
          return weights ? { out, weights } : { out };
        },
      };
    }
    case "Transformer": {
      const layer = new nn.Transformer({ dModel: first, nhead: second, numEncoderLayers: args.layers, numDecoderLayers: 1, ...options });
      return { layer, call: (x) => ({ out: layer.call(x["src"] as Tensor, x["tgt"] as Tensor, masks(x)) }) };
    }
    case "TransformerEncoder": {
      const norm = args.norm ? new nn.LayerNorm(first) : null;
      const layer = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(first, second, options), args.layers, { norm });
      return { layer, call: (x) => ({ out: layer.call(x["src"] as Tensor, masks(x)) }) };
    }
    case "TransformerDecoder": {
      const norm = args.norm ? new nn.LayerNorm(first) : null;
      const layer = new nn.TransformerDecoder(new nn.TransformerDecoderLayer(first, second, options), args.layers, { norm });
      return { layer, call: (x) => ({ out: layer.call(x["tgt"] as Tensor, x["memory"] as Tensor, masks(x)) }) };
    }
    case "Embedding": {
      const layer = new nn.Embedding(first, second, options);
      return { layer, call: (x) => ({ out: layer.call(x["index"] as Tensor), weight: layer.weight }) };
    }
    case "EmbeddingBag": {
      const layer = new nn.EmbeddingBag(first, second, options);
      return {
        layer,
        call: (x) => ({ out: layer.call(x["index"] as Tensor, x["offsets"], x["per_sample_weights"]), weight: layer.weight }),
      };
    }
    default:
      throw new Error(`no layer for ${kind}`);
  }
}

function wrong(c: SequenceCase): string | undefined {
  const { layer, call } = made(c);
  expect(Object.keys(layer.stateDict()).sort()).toEqual(Object.keys(c.state).sort());
  layer.loadStateDict(Object.fromEntries(Object.entries(c.state).map(([name, values]) => [name, toTensor(values)])));
  const inputs = Object.fromEntries(Object.entries(c.inputs).map(([name, values]) => [name, toTensor(values, values.dtype === "f32")]));
  const results = call(inputs);
  // float32 rounds in each of up to some hundred additions; the largest element is the measure.
  const bound = ({ values }: Values): number => 1e-6 * Math.max(1, ...Array.from(values, Math.abs).filter(Number.isFinite));
  for (const [name, reference] of Object.entries(c.outputs)) {
    const found = difference(name, results[name] as Tensor, reference, bound(reference));
    if (found) return found;
  }
  for (const [name, gradient] of Object.entries(c.gradOutputs)) {
    const result = results[name] as Tensor;
    if (result.node && !(result instanceof nn.Parameter)) result.backward({ gradient: toTensor(gradient), retainGraph: true });
  }
  const tensors: Record<string, Tensor> = { ...inputs, ...Object.fromEntries(layer.namedParameters()) };
  for (const [name, reference] of Object.entries(c.grads)) {
    const { grad, size } = tensors[name] as Tensor;
    const found = difference(`gradient of ${name}`, grad ?? new Float32Array(size), reference, bound(reference));
    if (found) return found;
  }
  return undefined;
}

test.each(cases.map((c, i) => [c.kind, i, JSON.stringify(c.args), c] as const))("%s %i %s", (_kind, _i, _args, c) => {
  expect(scope(() => wrong(c))).toBeUndefined();
});

test("there are cases of every kind", () => expect(new Set(cases.map(({ kind }) => kind)).size).toBe(9));
