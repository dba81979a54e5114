// Sequence layers: gradients in training and evaluation, caches, positions, what PyTorch's cases do not reach, and what is refused.
// torchSequences.test.ts compares with PyTorch.
import {
  ArgError,
  alibiBias,
  DTypeError,
  GradError,
  gradcheck,
  IndexError,
  manualSeed,
  memory,
  nn,
  noGrad,
  ones,
  randn,
  ShapeError,
  scaledDotProductAttention,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";

const int = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor => tensor(values, { shape, dtype: "int32" });

/** Throws unless two tensors are equal but for rounding. */
function expectClose(got: Tensor, wanted: ArrayLike<number>, bound = 2e-6): void {
  const values = got.toTypedArray() as Float32Array;
  expect(values.length).toBe(wanted.length);
  const largest = Math.max(1, ...Array.from(wanted, Math.abs));
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs((values[i] as number) - (wanted[i] as number)) <= bound * largest))
      expect.fail(`element ${i}: ${values[i]} instead of ${wanted[i]}`);
  }
}

const flat = (x: Tensor): ArrayLike<number> => x.toTypedArray() as Float32Array;
const { packPaddedSequence, packSequence, padPackedSequence, padSequence, unpackSequence, unpadSequence } = nn.utils.rnn;

/** Layers with inputs that they take, and the call. Small numbers of elements: differences need two calls for each. */
const attentionOptions = { batchFirst: true, addBiasKv: true, addZeroAttn: true, numKvHeads: 1, rotary: new nn.RotaryEmbedding(2) };
const small = { dimFeedforward: 3, dropout: 0, batchFirst: true, activation: "gelu" } as const;
// biome-ignore lint/suspicious/noExplicitAny: each layer takes inputs of its own
type Run = (layer: any, ...x: any[]) => unknown;
const LAYERS: readonly (readonly [string, () => nn.Module, () => Tensor[], Run])[] = [
  ["RNN", () => new nn.RNN(2, 3, { bidirectional: true }), () => [randn(3, 2, 2)], (l: nn.RNN, x) => l.call(x)],
  ["GRU", () => new nn.GRU(2, 3, { numLayers: 2 }), () => [randn(3, 2, 2), randn(2, 2, 3)], (l: nn.GRU, x, h) => l.call(x, h)],
  [
    "LSTM",
    () => new nn.LSTM(2, 3, { bidirectional: true, projSize: 2, batchFirst: true }),
    () => [randn(2, 3, 2), randn(2, 2, 2), randn(2, 2, 3)],
    (l: nn.LSTM, x, h, c) => l.call(x, [h as Tensor, c as Tensor]),
  ],
  [
    "LSTM, packed",
    () => new nn.LSTM(2, 3, { bidirectional: true }),
    () => [randn(3, 2, 2)],
    (l: nn.LSTM, x) => l.call(packPaddedSequence(x, [1, 3], { enforceSorted: false }))[0].data,
  ],
  ["RNNCell", () => new nn.RNNCell(2, 3), () => [randn(2, 2), randn(2, 3)], (l: nn.RNNCell, x, h) => l.call(x, h)],
  ["GRUCell", () => new nn.GRUCell(2, 3), () => [randn(2, 2), randn(2, 3)], (l: nn.GRUCell, x, h) => l.call(x, h)],
  [
    "LSTMCell",
    () => new nn.LSTMCell(2, 3),
    () => [randn(2, 2), randn(2, 3), randn(2, 3)],
    (l: nn.LSTMCell, x, h, c) => l.call(x, [h as Tensor, c as Tensor]),
  ],
  ["Embedding", () => new nn.Embedding(4, 2), () => [], (l: nn.Embedding) => l.call(int([1, 3, 1]))],
  ["EmbeddingBag", () => new nn.EmbeddingBag(4, 2), () => [], (l: nn.EmbeddingBag) => l.call(int([1, 3, 1, 0]), int([0, 3]))],
  [
    "MultiheadAttention",
    () => new nn.MultiheadAttention(4, 2, attentionOptions),
    () => [randn(1, 3, 4), randn(3, 3)],
    (l: nn.MultiheadAttention, x, mask) => l.call(x, x, x, { attnMask: mask ?? null, isCausal: true }),
  ],
  [
    "TransformerEncoderLayer",
    () => new nn.TransformerEncoderLayer(4, 2, small),
    () => [randn(1, 3, 4)],
    (l: nn.TransformerEncoderLayer, x) => l.call(x, { isCausal: true }),
  ],
  [
    "TransformerDecoderLayer",
    () => new nn.TransformerDecoderLayer(4, 2, { ...small, normFirst: true }),
    () => [randn(1, 2, 4), randn(1, 3, 4)],
    (l: nn.TransformerDecoderLayer, x, m) => l.call(x, m as Tensor, { tgtIsCausal: true, memoryIsCausal: true }),
  ],
  ["SwiGLU", () => new nn.SwiGLU(3, 4, { bias: true }), () => [randn(2, 3)], (l: nn.SwiGLU, x) => l.call(x)],
  ["SinusoidalPositions", () => new nn.SinusoidalPositions(3), () => [randn(2, 3)], (l: nn.SinusoidalPositions, x) => l.call(x, 2)],
  ["LearnedPositions", () => new nn.LearnedPositions(5, 3), () => [randn(2, 2, 3)], (l: nn.LearnedPositions, x) => l.call(x, 2)],
  ["RotaryEmbedding", () => new nn.RotaryEmbedding(4), () => [randn(2, 5)], (l: nn.RotaryEmbedding, x) => l.call(x, 3)],
];

describe.each(LAYERS)("%s", (_, make, inputs, run) => {
  it.each(["train", "eval"] as const)("has the gradients of its formula: %s", (mode) => {
    scope(() => {
      manualSeed(3);
      const layer = make()[mode]();
      const given = inputs();
      for (const x of given) x.requiresGrad = true;
      const parameters = layer.parameters();
      // The parameters take part by their places, so that differences move them.
      expect(gradcheck(() => run(layer, ...given) as Tensor, [...given, ...parameters])).toBe(true);
    });
  });

  it("leaks nothing", () => {
    scope(() => {
      const [layer, given] = [make(), inputs()];
      const run1 = (): unknown => noGrad(() => run(layer, ...given));
      scope(() => void run1());
      const { liveTensors, liveBytes } = memory();
      scope(() => void run1());
      expect(memory()).toMatchObject({ liveTensors, liveBytes });
    });
  });
});

describe("a cache", () => {
  const whole = randn([2, 6, 8]);
  const pieces = [1, 3, 1, 1];

  /** Runs the pieces of a sequence one after the other, and joins what they give. */
  function stepwise(run: (piece: Tensor, at: number) => Tensor): number[] {
    const parts: Tensor[] = [];
    let start = 0;
    for (const length of pieces) {
      parts.push(run(whole.narrow(1, start, length), start));
      start += length;
    }
    const size = parts[0]?.shape[2] as number;
    return Array.from({ length: 2 }, (_, b) => parts.flatMap((p) => Array.from(flat(p.at(b).reshape([-1, size]))))).flat();
  }

  it.each([
    ["plain", {}],
    ["grouped queries, rotary positions", { numKvHeads: 2, rotary: new nn.RotaryEmbedding(2, { interleaved: true }) }],
    ["one head of keys, more keys", { numKvHeads: 1, addZeroAttn: true, addBiasKv: true }],
  ])("gives attention to all positions: %s", (_, options) => {
    scope(() => {
      const attention = new nn.MultiheadAttention(8, 4, { batchFirst: true, ...options }).eval();
      const wanted = attention.call(whole, whole, whole, { isCausal: true })[0];
      using cache = new nn.KeyValueCache();
      const got = noGrad(() => stepwise((x) => attention.call(x, x, x, { isCausal: true, cache })[0]));
      expectClose(wanted, got);
      expect(cache.length).toBe(6);
    });
  });

  it("gives an encoder and a decoder the same results step by step", () => {
    scope(() => {
      const options = { dimFeedforward: 16, batchFirst: true, normFirst: true };
      const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, options), 2, { norm: new nn.LayerNorm(8) }).eval();
      const decoder = new nn.TransformerDecoder(new nn.TransformerDecoderLayer(8, 2, options), 2).eval();
      const [memory, positions] = [randn([2, 5, 8]), new nn.SinusoidalPositions(8)];
      const padding = tensor([false, false, false, false, true, false, false, true, false, true]).reshape([2, 5]);
      const caches = Array.from({ length: 4 }, () => new nn.KeyValueCache());
      const told = { memoryKeyPaddingMask: padding, tgtIsCausal: true };
      const run = (x: Tensor, at: number, cached: boolean): Tensor => {
        const encoded = encoder.call(positions.call(x, at), { isCausal: true, caches: cached ? caches.slice(0, 2) : null });
        return decoder.call(encoded, memory, { ...told, caches: cached ? caches.slice(2) : null });
      };
      expectClose(
        run(whole, 0, false),
        noGrad(() => stepwise((x, at) => run(x, at, true))),
        5e-6,
      );
      for (const cache of caches) cache.reset();
      expect(caches.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
      expectClose(
        run(whole, 0, false),
        noGrad(() => stepwise((x, at) => run(x, at, true))),
        5e-6,
      );
      expect(() => noGrad(() => decoder.call(whole, randn([2, 4, 8]), { caches: caches.slice(2) }))).toThrow(/another memory/);
      for (const cache of caches) cache.dispose();
    });
  });

  it("frees what it replaces, and all at its end", () => {
    const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
    const cache = new nn.KeyValueCache();
    const before = memory();
    const step = (): unknown =>
      scope(() => noGrad(() => void attention.call(ones([1, 1, 8]), ones([1, 1, 8]), ones([1, 1, 8]), { cache })));
    step();
    expect(memory().liveTensors).toBe(before.liveTensors + 2);
    step();
    expect(memory().liveTensors).toBe(before.liveTensors + 2);
    cache.reset();
    expect(memory()).toMatchObject({ liveTensors: before.liveTensors, liveBytes: before.liveBytes });
  });

  it("refuses another batch, what is no cache, and caches that are too few", () => {
    scope(() => {
      const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
      using cache = new nn.KeyValueCache();
      attention.call(ones([1, 1, 8]), ones([1, 1, 8]), ones([1, 1, 8]), { cache });
      expect(() => attention.call(whole, whole, whole, { cache })).toThrow(/KeyValueCache: has 1 sequences, got 2/);
      expect(() => attention.call(whole, whole, whole, { cache: {} as never })).toThrow(/cache must be a KeyValueCache, got/);
      const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, { batchFirst: true }), 2);
      expect(() => encoder.call(whole, { caches: [cache] })).toThrow(/caches must be an array of 2/);
      const decoder = new nn.TransformerDecoderLayer(8, 2, { batchFirst: true });
      expect(() => decoder.call(whole, whole, { cache, memoryIsCausal: true })).toThrow(/not both/);
    });
  });
});

describe("MultiheadAttention", () => {
  it("with fewer heads of keys is one whose heads of keys are copies", () => {
    scope(() => {
      const few = new nn.MultiheadAttention(8, 4, { batchFirst: true, numKvHeads: 2 });
      const all = new nn.MultiheadAttention(8, 4, { batchFirst: true });
      noGrad(() => nn.init.uniform(few.inProjBias as Tensor, -1, 1));
      // Rows of the heads 0 0 1 1 in place of 0 1, for keys and for values.
      const rows = [0, 1, 2, 3, 4, 5, 6, 7, ...[8, 12].flatMap((at) => [0, 1, 0, 1, 2, 3, 2, 3].map((r) => at + r))];
      const take = (x: Tensor): Tensor => x.indexSelect(0, int(rows));
      const { in_proj_weight: weight, in_proj_bias: bias, ...rest } = few.stateDict();
      all.loadStateDict({ ...rest, in_proj_weight: take(weight as Tensor), in_proj_bias: take(bias as Tensor) });
      const x = randn([2, 5, 8]);
      const [wanted, got] = [all.call(x, x, x), few.call(x, x, x)];
      expectClose(got[0], flat(wanted[0]));
      expectClose(got[1] as Tensor, flat(wanted[1] as Tensor));
    });
  });

  it("gives zeros, with zero gradients, to queries that may see nothing, before the last projection", () => {
    scope(() => {
      const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
      const x = randn([2, 3, 4], { requiresGrad: true });
      const keyPaddingMask = tensor([true, true, true, false, false, true]).reshape([2, 3]);
      const [out, weights] = attention.call(x, x, x, { keyPaddingMask });
      expect(flat(out.at(0))).toEqual(new Float32Array(12)); // the bias of the last projection is 0
      expect(flat((weights as Tensor).at(0))).toEqual(new Float32Array(9));
      out.square().sum().backward();
      expect(flat((x.grad as Tensor).at(0))).toEqual(new Float32Array(12));
      expect(Array.from(flat((x.grad as Tensor).at(1))).every((g) => g !== 0)).toBe(true);
    });
  });

  it("takes biases per head, such as those of ALiBi", () => {
    scope(() => {
      const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true, bias: false });
      const eye = tensor(
        Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0)),
        { shape: [4, 4] },
      );
      const eyes = tensor(
        Float32Array.from({ length: 48 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4)),
        { shape: [12, 4] },
      );
      attention.loadStateDict({ in_proj_weight: eyes, "out_proj.weight": eye });
      const x = randn([2, 3, 4]);
      const heads = x.reshape([2, 3, 2, 2]).permute([0, 2, 1, 3]);
      const wanted = scaledDotProductAttention(heads, heads, heads, { attnMask: alibiBias(2, 3) })
        .permute([0, 2, 1, 3])
        .reshape([2, 3, 4]);
      expectClose(attention.call(x, x, x, { attnMask: alibiBias(2, 3) })[0], flat(wanted));
    });
  });

  it("drops weights only while training, and gives them as they are used", () => {
    scope(() => {
      manualSeed(1);
      const attention = new nn.MultiheadAttention(8, 2, { dropout: 0.5, batchFirst: true });
      const x = ones([1, 20, 8]);
      const weights = Array.from(flat(attention.call(x, x, x, { averageAttnWeights: false })[1] as Tensor));
      expect(new Set(weights.map((w) => w.toFixed(4)))).toEqual(new Set(["0.0000", "0.1000"]));
      attention.eval();
      expectClose(attention.call(x, x, x)[1] as Tensor, new Array(400).fill(0.05));
    });
  });

  it("begins as PyTorch's", () => {
    scope(() => {
      manualSeed(2);
      const { inProjWeight, inProjBias, outProj } = new nn.MultiheadAttention(64, 4);
      const largest = (x: Tensor): number => Math.max(...Array.from(flat(x), Math.abs));
      expect(largest(inProjWeight as Tensor)).toBeLessThanOrEqual(Math.sqrt(6 / (64 * 4)));
      expect(largest(inProjWeight as Tensor)).toBeGreaterThan(0.99 * Math.sqrt(6 / (64 * 4)));
      expect(largest(outProj.weight)).toBeLessThanOrEqual(1 / 8);
      expect([largest(inProjBias as Tensor), largest(outProj.bias as Tensor)]).toEqual([0, 0]);
    });
  });

  it.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    [
      "a number of heads that does not divide",
      () => new nn.MultiheadAttention(7, 2),
      ArgError,
      /embedDim must be a multiple of numHeads 2, got 7/,
    ],
    ["heads of keys that do not divide", () => new nn.MultiheadAttention(8, 4, { numKvHeads: 3 }), ArgError, /numKvHeads 3/],
    ["what is no rotary layer", () => new nn.MultiheadAttention(8, 4, { rotary: {} as never }), ArgError, /rotary must be/],
    ["an unknown option", () => new nn.MultiheadAttention(8, 4, { heads: 3 } as never), ArgError, /no option "heads"/],
    [
      "inputs of other sizes",
      () => new nn.MultiheadAttention(4, 2).call(ones([3, 1, 4]), ones([3, 1, 5]), ones([3, 1, 4])),
      ShapeError,
      /key must be/,
    ],
    [
      "batches that differ",
      () => new nn.MultiheadAttention(4, 2).call(ones([3, 1, 4]), ones([3, 2, 4]), ones([3, 2, 4])),
      ShapeError,
      /batches/,
    ],
    [
      "a mask of another size",
      () => new nn.MultiheadAttention(4, 2).call(ones([3, 1, 4]), ones([3, 1, 4]), ones([3, 1, 4]), { attnMask: ones([3, 2]) }),
      ShapeError,
      /attnMask is float32\[3,2\]; it must broadcast to the scores \[1,2,3,3\]/,
    ],
    [
      "a padding mask of another size",
      () => new nn.MultiheadAttention(4, 2).call(ones([3, 1, 4]), ones([3, 1, 4]), ones([3, 1, 4]), { keyPaddingMask: ones([1, 2]) }),
      ShapeError,
      /keyPaddingMask/,
    ],
    [
      "a mask of whole numbers",
      () => new nn.MultiheadAttention(4, 2).call(ones([3, 4]), ones([3, 4]), ones([3, 4]), { attnMask: int([1]) }),
      DTypeError,
      /bool or float32/,
    ],
  ])("refuses %s", (_, call, error, says) => {
    expect(() => scope(call)).toThrow(error);
    expect(() => scope(call)).toThrow(says);
  });
});

describe("recurrent layers", () => {
  it.each([nn.RNN, nn.GRU, nn.LSTM])("take no sequences and one step: %o", (Layer) => {
    scope(() => {
      const layer: nn.Module = new Layer(3, 5, { bidirectional: true, numLayers: 2 });
      const [none, ends] = layer.call(zeros([4, 0, 3])) as [Tensor, Tensor | Tensor[]];
      expect(none.shape).toEqual([4, 0, 10]);
      expect([ends].flat()[0]?.shape).toEqual([4, 0, 5]);
      expect((layer.call(zeros([1, 1, 3])) as Tensor[])[0]?.shape).toEqual([1, 1, 10]);
    });
  });

  it("drop between layers while training, not after the last one", () => {
    scope(() => {
      manualSeed(1);
      const x = randn([4, 3, 2]);
      const values = (layer: nn.GRU): number[] => Array.from(flat(layer.call(x)[0]));
      const one = new nn.GRU(2, 6, { dropout: 1 });
      expect(values(one)).toEqual(values(one.eval()));
      const two = new nn.GRU(2, 6, { dropout: 0.5, numLayers: 2 });
      const first = values(two);
      expect(values(two)).not.toEqual(first);
      expect(values(two.eval())).toEqual(values(two));
      const all = new nn.RNN(2, 3, { dropout: 1, numLayers: 2 });
      noGrad(() => nn.init.constant(all["weight_hh_l1"] as Tensor, 0));
      // Nothing of the first layer is left, so all steps of the second are alike.
      const [y] = all.call(x);
      expect(y.at(0).toArray()).toEqual(y.at(3).toArray());
    });
  });

  it("begin uniform within 1 / sqrt(hiddenSize), and name their parts as PyTorch's", () => {
    scope(() => {
      const layer = new nn.LSTM(3, 16, { projSize: 5, bidirectional: true, numLayers: 2 });
      for (const [name, p] of layer.namedParameters()) {
        const values = Array.from(flat(p), Math.abs);
        expect(Math.max(...values), name).toBeLessThanOrEqual(0.25);
        expect(Math.max(...values), name).toBeGreaterThan(0.2);
      }
      expect(layer["weight_hr_l1_reverse"]?.shape).toEqual([5, 16]);
      expect(String(layer)).toBe("LSTM(3, 16, numLayers=2, bidirectional=true, projSize=5)");
      expect(String(new nn.RNN(3, 4, { nonlinearity: "relu", bias: false }))).toBe("RNN(3, 4, bias=false, nonlinearity=relu)");
      expect(String(new nn.GRUCell(3, 4))).toBe("GRUCell(3, 4)");
      expect(new nn.GRU(3, 4).summary([5, 2, 3]).multiplyAdds).toBe(10 * (12 * 3 + 12 * 4));
    });
  });

  it.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    [
      "another size",
      () => new nn.LSTM(3, 4).call(ones([5, 2, 2])),
      ShapeError,
      /LSTM: the input must be \[T, B, 3\] or \[T, 3\], got float32\[5,2,2\]/,
    ],
    ["four dimensions", () => new nn.GRU(3, 4).call(ones([1, 5, 2, 3])), ShapeError, /GRU: the input must be/],
    ["no steps", () => new nn.RNN(3, 4).call(ones([0, 2, 3])), ShapeError, /at least one step/],
    ["a state of another shape", () => new nn.GRU(3, 4).call(ones([5, 2, 3]), ones([1, 1, 4])), ShapeError, /hx must be \[1,2,4\]/],
    ["a state without its cells", () => new nn.LSTM(3, 4).call(ones([5, 2, 3]), ones([1, 2, 4]) as never), ArgError, /\[h0, c0\]/],
    ["a pair for a state", () => new nn.GRU(3, 4).call(ones([5, 2, 3]), [ones([1, 2, 4])] as never), ArgError, /hx must be a tensor/],
    ["a projection that is too large", () => new nn.LSTM(3, 4, { projSize: 4 }), ArgError, /projSize must be a whole number from 0 to 3/],
    ["another activation", () => new nn.RNN(3, 4, { nonlinearity: "gelu" as never }), ArgError, /nonlinearity/],
    ["no units", () => new nn.GRU(3, 0), ArgError, /hiddenSize/],
    ["whole numbers", () => new nn.GRU(3, 4).call(ones([5, 2, 3], { dtype: "int32" })), DTypeError, /float32/],
    ["what is no sequence", () => new nn.GRU(3, 4).call({ data: ones([2, 3]) } as never), ArgError, /packed sequence/],
    [
      "packed sizes that grow",
      () => new nn.GRU(3, 4).call({ ...packSequence([ones([3, 3])]), batchSizes: [1, 2] }),
      ArgError,
      /each of batchSizes, the largest first, must be a whole number from 1 to 1, got 2/,
    ],
    [
      "packed sizes that do not fit",
      () => new nn.GRU(3, 4).call({ ...packSequence([ones([3, 3])]), batchSizes: [2] }),
      ShapeError,
      /data must be \[2, \.\.\.\], which batchSizes add up to, got float32\[3,3\]/,
    ],
    ["a cell's input of another size", () => new nn.GRUCell(3, 4).call(ones([2, 4])), ShapeError, /\[B, 3\] or \[3\]/],
    ["a cell's state of another size", () => new nn.LSTMCell(3, 4).call(ones([3]), [ones([4]), ones([3])]), ShapeError, /c0 must be \[4\]/],
  ])("refuse %s", (_, call, error, says) => {
    expect(() => scope(call)).toThrow(error);
    expect(() => scope(call)).toThrow(says);
  });
});

describe("packed sequences", () => {
  it("come back as they were, whatever their dtype and order", () => {
    scope(() => {
      const lists = [[1, 2], [3, 4, 5, 6], [7], [8, 9, 10]];
      for (const dtype of ["float32", "int32"] as const) {
        const sequences = lists.map((list) => tensor(list, { dtype }));
        const padded = padSequence(sequences, { batchFirst: true, paddingValue: -1 });
        expect(padded.toArray()).toEqual([
          [1, 2, -1, -1],
          [3, 4, 5, 6],
          [7, -1, -1, -1],
          [8, 9, 10, -1],
        ]);
        expect(padSequence(sequences, { paddingSide: "left" }).at(0).toArray()).toEqual([0, 3, 0, 0]);
        const packed = packPaddedSequence(padded, int([2, 4, 1, 3]), { batchFirst: true, enforceSorted: false });
        expect(packed.data.toArray()).toEqual([3, 8, 1, 7, 4, 9, 2, 5, 10, 6]);
        expect(packed.batchSizes).toEqual([4, 3, 2, 1]);
        expect(packed.sortedIndices?.toArray()).toEqual([1, 3, 0, 2]);
        expect(packed.unsortedIndices?.toArray()).toEqual([2, 0, 3, 1]);
        const [back, lengths] = padPackedSequence(packed, { batchFirst: true, paddingValue: -1 });
        expect(back.toArray()).toEqual(padded.toArray());
        expect(lengths.toArray()).toEqual([2, 4, 1, 3]);
        expect(padPackedSequence(packed, { totalLength: 6 })[0].shape).toEqual([6, 4]);
        expect(unpackSequence(packSequence(sequences, { enforceSorted: false })).map((x) => x.toArray())).toEqual(lists);
        expect(unpadSequence(padded, [0, 4, 1, 2], { batchFirst: true }).map((x) => x.shape[0])).toEqual([0, 4, 1, 2]);
      }
    });
  });

  it("have gradients", () => {
    scope(() => {
      const x = randn([3, 2, 2]);
      expect(
        gradcheck((a) => padPackedSequence(packPaddedSequence(a, [1, 3], { enforceSorted: false }), { paddingValue: 5 })[0], [x]),
      ).toBe(true);
      expect(gradcheck((a, b) => unpackSequence(packSequence([a, b])), [randn([3, 2]), randn([2, 2])])).toBe(true);
    });
  });

  it.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ["lengths that grow", () => packPaddedSequence(ones([3, 2]), [1, 3]), ArgError, /lengths must not grow, got \[1,3\]/],
    ["a length of 0", () => packPaddedSequence(ones([3, 2]), [3, 0]), ArgError, /each length must be a whole number of at least 1, got 0/],
    ["too few lengths", () => packPaddedSequence(ones([3, 2]), [3]), ShapeError, /lengths \[3\] do not fit 2 sequences/],
    ["a length that is too large", () => packPaddedSequence(ones([3, 2]), [4, 3]), ShapeError, /at most 3 steps/],
    ["no sequences to pack", () => packPaddedSequence(ones([3, 0]), []), ShapeError, /0 sequences/],
    ["no list of lengths", () => packPaddedSequence(ones([3, 2]), 3 as never), ArgError, /lengths must be an array/],
    ["a total that is too small", () => padPackedSequence(packSequence([ones([3])]), { totalLength: 2 }), ArgError, /totalLength/],
    ["an empty list", () => padSequence([]), ArgError, /takes an array of tensors, .* got \[\]/],
    ["a scalar", () => padSequence([tensor(1)]), ShapeError, /item 0 must be \[length, \.\.\.\], got float32\[\]/],
    ["different features", () => padSequence([ones([2, 3]), ones([2, 4])]), ShapeError, /shapes must be equal/],
    ["lengths that do not fit", () => unpadSequence(ones([3, 2]), [1]), ShapeError, /lengths \[1\] do not fit/],
    ["what is not packed", () => unpackSequence(ones([3]) as never), ArgError, /takes a packed sequence/],
  ])("refuse %s", (_, call, error, says) => {
    expect(() => scope(call)).toThrow(error);
    expect(() => scope(call)).toThrow(says);
  });
});

describe("embeddings", () => {
  it("begin normal, with zeros as padding", () => {
    scope(() => {
      manualSeed(1);
      const { weight } = new nn.Embedding(200, 50, { paddingIdx: -2 });
      const values = Array.from(flat(weight));
      expect(values.slice(198 * 50, 199 * 50)).toEqual(new Array(50).fill(0));
      expect(values.reduce((sum, v) => sum + v, 0) / values.length).toBeCloseTo(0, 1);
      expect(values.reduce((sum, v) => sum + v * v, 0) / values.length).toBeCloseTo(1, 1);
      expect(String(new nn.Embedding(4, 2, { paddingIdx: -1 }))).toBe("Embedding(4, 2, paddingIdx=3)");
      expect(String(new nn.EmbeddingBag(4, 2, { mode: "max" }))).toBe("EmbeddingBag(4, 2, mode=max)");
    });
  });

  it("from given values copy them, frozen or not", () => {
    scope(() => {
      const table = randn([4, 3]);
      const frozen = nn.Embedding.fromPretrained(table, { paddingIdx: 0 });
      expect(frozen.weight.requiresGrad).toBe(false);
      expect(frozen.weight.toArray()).toEqual(table.toArray()); // also in the row of the padding, as in PyTorch
      const trained = nn.EmbeddingBag.fromPretrained(table, { freeze: false, mode: "sum" });
      expect([trained.weight.requiresGrad, trained.options.mode]).toEqual([true, "sum"]);
      table.zero_();
      expect(trained.call(int([1, 1], [1, 2])).toArray()).not.toEqual([[0, 0, 0]]);
      expect(() => nn.Embedding.fromPretrained(ones([3]))).toThrow(/Embedding.fromPretrained: the weight must be \[rows, features\]/);
    });
  });

  it("divide the gradients of rows by how often they are used", () => {
    scope(() => {
      const bag = new nn.EmbeddingBag(5, 1, { mode: "sum", scaleGradByFreq: true });
      bag
        .call(int([1, 1, 1, 2, 4, 4]), int([0, 2]))
        .sum()
        .backward();
      expect(bag.weight.grad?.toArray()).toEqual([[0], [1], [1], [0], [1]]);
    });
  });

  it("refuse what does not fit", () => {
    expect(() => new nn.Embedding(3, 2).call(int([3]))).toThrow(IndexError);
    expect(() => new nn.Embedding(3, 2, { paddingIdx: 3 })).toThrow(/Embedding: paddingIdx must be a whole number from -3 to 2, got 3/);
    expect(() => new nn.Embedding(3, 2, { maxNorm: -1 })).toThrow(/maxNorm/);
    expect(() => new nn.Embedding(0, 2)).toThrow(ArgError);
    expect(() => new nn.EmbeddingBag(3, 2, { mode: "min" as never })).toThrow(/mode must be "sum", "mean" or "max"/);
    expect(() => new nn.Embedding(3, 2, { sparse: true } as never)).toThrow(/no option "sparse"/);
    const limited = new nn.Embedding(3, 2, { maxNorm: 0.1 });
    scope(() => {
      // An edit of the weight between a use of its values and their gradient is found.
      const y = limited.weight.square().sum();
      limited.call(int([0]));
      expect(() => y.backward()).toThrow(GradError);
    });
  });
});

describe("positions and gates", () => {
  test("sinusoidal positions are those of Vaswani et al., 2017, far from the start too", () => {
    scope(() => {
      for (const [dim, offset] of [
        [6, 0],
        [7, 3],
        [64, 12000],
      ] as const) {
        const got = new nn.SinusoidalPositions(dim).call(zeros([1, 4, dim]), offset);
        const wanted = Array.from({ length: 4 * dim }, (_, i) => {
          const [t, d] = [offset + Math.floor(i / dim), i % dim];
          const angle = t * 10000 ** (-(d - (d % 2)) / dim);
          return d % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
        });
        expectClose(got, wanted, 4e-6);
      }
    });
  });

  test("learned positions are rows of the weight", () => {
    scope(() => {
      const layer = new nn.LearnedPositions(6, 3);
      expect(
        layer
          .call(zeros([2, 2, 3]), 4)
          .at(1)
          .toArray(),
      ).toEqual(layer.weight.narrow(0, 4, 2).toArray());
      expect(() => layer.call(zeros([2, 3]), 5)).toThrow(/positions 5 to 6 are not all below 6/);
      expect(() => layer.call(zeros([2, 4]))).toThrow(/x must be \[..., T, 3\]/);
    });
  });

  test("SwiGLU is w2(silu(w1 x) * w3 x) (Shazeer, 2020)", () => {
    scope(() => {
      const layer = new nn.SwiGLU(3, 4, { bias: true });
      expect(Object.keys(layer.stateDict())).toEqual(["w1.weight", "w1.bias", "w2.weight", "w2.bias", "w3.weight", "w3.bias"]);
      const x = randn([2, 3]);
      const map = (rows: number[][], { weight, bias }: nn.Linear): number[][] => {
        const [w, b] = [weight.toArray() as number[][], bias?.toArray() as number[]];
        return rows.map((row) => w.map((ws, j) => ws.reduce((sum, value, i) => sum + value * (row[i] as number), b[j] as number)));
      };
      const input = x.toArray() as number[][];
      const [gate, value] = [map(input, layer.w1), map(input, layer.w3)];
      const hidden = gate.map((row, r) => row.map((g, i) => (g / (1 + Math.exp(-g))) * (value[r]?.[i] as number)));
      expectClose(layer.call(x), map(hidden, layer.w2).flat());
    });
  });
});

describe("transformers", () => {
  it("begin with copies of one layer, which do not share it", () => {
    scope(() => {
      const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 });
      const { layers } = new nn.TransformerEncoder(layer, 2);
      const weights = [layer, ...layers].map((l) => l.linear1.weight);
      expect(new Set(weights).size).toBe(3);
      expect(new Set(weights.map((w) => JSON.stringify(w.toArray()))).size).toBe(1);
    });
  });

  it("take an activation of one's own, other parts, and no biases", () => {
    scope(() => {
      const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3, activation: (x) => x.silu(), bias: false });
      expect(Object.keys(layer.stateDict())).toEqual([
        ...["self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight", "norm1.weight", "norm2.weight"],
      ]);
      class Half extends nn.Module {
        forward(x: Tensor): Tensor {
          return x.mul(0.5);
        }
      }
      const model = new nn.Transformer({ dModel: 4, nhead: 2, customEncoder: new Half(), customDecoder: new Half() });
      expect(model.call(ones([2, 1, 4]), ones([1, 1, 4])).toArray()).toEqual([[[0.5, 0.5, 0.5, 0.5]]]);
      const deep = new nn.Transformer({ dModel: 4, nhead: 2, dimFeedforward: 3, numEncoderLayers: 1, numDecoderLayers: 1 });
      expect(
        Math.max(...Array.from(flat((deep.encoder as nn.TransformerEncoder).layers[0]?.linear1.weight as Tensor), Math.abs)),
      ).toBeLessThan(Math.sqrt(6 / 7));
    });
  });

  it("mark what is to come", () => {
    expect(nn.Transformer.generateSquareSubsequentMask(3).toArray()).toEqual([
      [0, -Infinity, -Infinity],
      [0, 0, -Infinity],
      [0, 0, 0],
    ]);
  });

  it("refuse what is no layer, and say where shapes do not fit", () => {
    expect(() => new nn.TransformerEncoder(new nn.Linear(2, 2) as never, 2)).toThrow(/TransformerEncoder: takes a layer of a transformer/);
    expect(() => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(2, 1), 0)).toThrow(/numLayers/);
    expect(() => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(2, 1), 1, { norm: 3 as never })).toThrow(/norm must be a module/);
    expect(() => new nn.TransformerEncoderLayer(2, 1, { activation: "selu" as never })).toThrow(/activation must be "relu" or "gelu"/);
    const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 1), 1);
    expect(() => scope(() => encoder.call(ones([2, 1, 3])))).toThrow(/at TransformerEncoder.layers.0.self_attn/);
  });
});
