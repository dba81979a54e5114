// Attention, positions and bags of embeddings. Truths are the formulas of the papers, position by position.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ones, ShapeError, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

interface Told {
  readonly mask?: (b: number, h: number, t: number, s: number) => number;
  readonly scale?: number;
  /** Heads of queries that share a head of keys. */
  readonly shared?: number;
}

/** Attention of q [b, h, t, d] to k [b, h / shared, s, d] and v [b, h / shared, s, e], one query after the other (Vaswani et al., 2017). */
function attention(q: Nd, k: Nd, v: Nd, { mask = () => 0, scale, shared = 1 }: Told = {}): Nd {
  const [batch, heads, queries, width] = q.shape as [number, number, number, number];
  const [, , keys, features] = v.shape as [number, number, number, number];
  const weights = nd([batch, heads, queries, keys], () => 0);
  const row = (b: number, h: number, t: number): number[] => {
    const scores = Array.from({ length: keys }, (_, s) => {
      let product = 0;
      for (let d = 0; d < width; d++) product += at(q, [b, h, t, d]) * at(k, [b, Math.floor(h / shared), s, d]);
      return product * (scale ?? 1 / Math.sqrt(width)) + mask(b, h, t, s);
    });
    const powers = scores.map((score) => (score === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score)));
    const total = powers.reduce((sum, p) => sum + p, 0);
    return powers.map((p) => (total === 0 ? 0 : p / total));
  };
  for (let i = 0, at = 0; i < batch * heads * queries; i++, at += keys)
    weights.data.set(row(Math.floor(i / (heads * queries)), Math.floor(i / queries) % heads, i % queries), at);
  return nd([batch, heads, queries, features], (b, h, t, e) => {
    let sum = 0;
    for (let s = 0; s < keys; s++) sum += at(weights, [b, h, t, s]) * at(v, [b, Math.floor(h / shared), s, e]);
    return sum;
  });
}

const NO = Number.NEGATIVE_INFINITY;
const causal: Told = { mask: (_b, _h, t, s) => (s <= t ? 0 : NO) };
const withShape = (x: Nd, ...shape: number[]): Nd => ({ shape, data: x.data });
const bits = (shape: readonly number[], values: readonly number[]) => given(shape, values, "bool");

const sdpa: Row = {
  op: "scaledDotProductAttention",
  samples: [
    {
      inputs: [float([2, 3, 4, 5]), float([2, 3, 6, 5]), float([2, 3, 6, 7])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v),
      truth: (q, k, v) => attention(q, k, v),
    },
    {
      inputs: [float([1, 2, 5, 3]), float([1, 2, 5, 3]), float([1, 2, 5, 3])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v, { isCausal: true, scale: 0.3 }),
      truth: (q, k, v) => attention(q, k, v, { ...causal, scale: 0.3 }),
      note: "causal",
    },
    {
      inputs: [float([1, 1, 4, 3]), float([1, 1, 2, 3]), float([1, 1, 2, 3])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v, { isCausal: true }),
      truth: (q, k, v) => attention(q, k, v, causal),
      note: "causal, more queries than keys",
    },
    {
      inputs: [float([1, 4, 3, 2]), float([1, 2, 5, 2]), float([1, 2, 5, 3])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v, { enableGqa: true, isCausal: true }),
      truth: (q, k, v) => attention(q, k, v, { ...causal, shared: 2 }),
      note: "grouped queries",
    },
    {
      inputs: [
        float([2, 2, 3, 2]),
        float([2, 2, 3, 2]),
        float([2, 2, 3, 1]),
        bits([2, 1, 3, 3], [1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0]),
      ],
      call: (q, k, v, m) => sg.scaledDotProductAttention(q, k, v, { attnMask: m }),
      truth: (q, k, v, m) => attention(q, k, v, { mask: (b, _h, t, s) => (at(m as Nd, [b, 0, t, s]) ? 0 : NO) }),
      note: "mask of bits, with rows that see nothing",
    },
    {
      inputs: [float([1, 2, 3, 2]), float([1, 2, 4, 2]), float([1, 2, 4, 2]), float([2, 1, 4])],
      call: (q, k, v, m) => sg.scaledDotProductAttention(q, k, v, { attnMask: m }),
      truth: (q, k, v, m) => attention(q, k, v, { mask: (_b, h, _t, s) => at(m as Nd, [h, 0, s]) }),
      note: "mask of numbers, which has a gradient",
    },
    {
      inputs: [float([3, 2]), float([4, 2]), float([4, 3])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v),
      truth: (q, k, v) => withShape(attention(withShape(q, 1, 1, 3, 2), withShape(k, 1, 1, 4, 2), withShape(v, 1, 1, 4, 3)), 3, 3),
      note: "one head",
    },
    {
      inputs: [float([2, 3, 2]), float([4, 2]), float([1, 4, 3])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v),
      truth: (q, k, v) =>
        withShape(attention(withShape(q, 1, 2, 3, 2), withShape(k, 1, 1, 4, 2), withShape(v, 1, 1, 4, 3), { shared: 2 }), 2, 3, 3),
      note: "keys for all of the batch",
    },
    {
      inputs: [float([0, 2, 3, 2]), float([0, 2, 4, 2]), float([0, 2, 4, 2])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v, { isCausal: true }),
      truth: () => nd([0, 2, 3, 2], () => 0),
      note: "no sequences",
    },
    {
      inputs: [float([2, 4, 7, 3]), float([2, 2, 9, 3]), float([2, 2, 9, 2])],
      call: (q, k, v) => sg.scaledDotProductAttention(q, k, v, { enableGqa: true, isCausal: true }),
      truth: (q, k, v) => attention(q, k, v, { ...causal, shared: 2 }),
      note: "causal and grouped, in blocks",
    },
    {
      inputs: [float([2, 2, 8, 2]), float([2, 2, 5, 2]), float([2, 2, 5, 5]), bits([2, 1, 1, 5], [1, 0, 1, 0, 1, 0, 0, 0, 0, 0])],
      call: (q, k, v, m) => sg.scaledDotProductAttention(q, k, v, { attnMask: m }),
      truth: (q, k, v, m) => attention(q, k, v, { mask: (b, _h, _t, s) => (at(m as Nd, [b, 0, 0, s]) ? 0 : NO) }),
      note: "padded keys, in blocks",
    },
    {
      inputs: [float([1, 2, 3, 2]), float([1, 2, 0, 2]), float([1, 2, 0, 2]), float([3, 0])],
      call: (q, k, v, m) => sg.scaledDotProductAttention(q, k, v, { attnMask: m }),
      truth: () => nd([1, 2, 3, 2], () => 0),
      note: "no keys",
    },
  ],
  refuses: [
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 4]), ones([2, 3])),
      error: ShapeError,
      says: /query, key and value must be \[\.\.\., T, D\], \[\.\.\., S, D\]/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 3]), ones([4, 3])),
      error: ShapeError,
      says: /got float32\[[\d,]*\], float32\[[\d,]*\], float32\[4,3\]/,
    },
    { call: () => sg.scaledDotProductAttention(ones([3]), ones([2, 3]), ones([2, 3])), error: ShapeError, says: /query must be/ },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 2, 3]), ones([3, 2, 3]), ones([3, 2, 3])),
      error: ShapeError,
      says: /other dimensions broadcast/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([3, 2, 3]), ones([2, 2, 3]), ones([2, 2, 3]), { enableGqa: true }),
      error: ShapeError,
      says: /the heads of the query a multiple of theirs/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 3]), ones([2, 3]), { attnMask: ones([3, 2]) }),
      error: ShapeError,
      says: /attnMask is float32\[3,2\]; it must broadcast to the scores \[2,2\]/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 3]), ones([2, 3]), { attnMask: ones([2, 2], { dtype: "int32" }) }),
      error: DTypeError,
      says: /attnMask must be bool or float32/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 3]), ones([2, 3]), { attnMask: ones([2, 2]), isCausal: true }),
      error: ArgError,
      says: /not both/,
    },
    {
      call: () => sg.scaledDotProductAttention(ones([2, 3]), ones([2, 3]), ones([2, 3]), { dropoutP: 2 }),
      error: ArgError,
      says: /dropoutP/,
    },
  ],
};

/** Rotary positions of the first `turning` features of x [b, t, d] (Su et al., 2021): each pair turned by `(t + offset) base^(-2 i / turning)`. */
function rotated(x: Nd, { interleaved = false, base = 10000, offset = 0, turning = x.shape.at(-1) as number } = {}): Nd {
  const half = turning / 2;
  return nd(x.shape, (b, t, d) => {
    if (d >= turning) return at(x, [b, t, d]);
    const i = interleaved ? Math.floor(d / 2) : d % half;
    const first = interleaved ? d % 2 === 0 : d < half;
    const [p, q] = interleaved ? [2 * i, 2 * i + 1] : [i, i + half];
    const angle = (t + offset) * base ** ((-2 * i) / turning);
    const [cos, sin, a, c] = [Math.cos(angle), Math.sin(angle), at(x, [b, t, p]), at(x, [b, t, q])];
    return first ? a * cos - c * sin : a * sin + c * cos;
  });
}

const rotary = (
  shape: readonly number[],
  options: Parameters<typeof sg.rotaryEmbedding>[1],
  told: Parameters<typeof rotated>[1],
): Sample => ({
  inputs: [float(shape)],
  call: (x) => sg.rotaryEmbedding(x, options),
  truth: (x) => rotated(x, told),
  note: JSON.stringify(told),
});

const rotaryRow: Row = {
  op: "rotaryEmbedding",
  samples: [
    rotary([2, 5, 6], {}, {}),
    rotary([2, 5, 6], { interleaved: true }, { interleaved: true }),
    rotary([1, 3, 7], { dim: 4, base: 500 }, { turning: 4, base: 500 }),
    rotary([1, 3, 8], { interleaved: true, dim: 6, offset: 5 }, { interleaved: true, turning: 6, offset: 5 }),
    rotary([1, 2, 64], { offset: 16000 }, { offset: 16000 }),
    rotary([1, 2, 64], { offset: 8191, interleaved: true, base: 1e6 }, { offset: 8191, interleaved: true, base: 1e6 }),
    rotary([0, 3, 4], {}, {}),
    rotary([2, 0, 4], { offset: 2 }, {}),
  ],
  refuses: [
    { call: () => sg.rotaryEmbedding(ones([4])), error: ShapeError, says: /positions, features/ },
    { call: () => sg.rotaryEmbedding(ones([2, 5])), error: ShapeError, says: /5 features cannot turn/ },
    { call: () => sg.rotaryEmbedding(ones([2, 4]), { dim: 6 }), error: ShapeError, says: /6 features cannot turn/ },
    { call: () => sg.rotaryEmbedding(ones([2, 4]), { dim: 3 }), error: ArgError, says: /dim must be even, got 3/ },
    { call: () => sg.rotaryEmbedding(ones([2, 4]), { offset: -1 }), error: ArgError, says: /offset/ },
    { call: () => sg.rotaryEmbedding(ones([2, 4]), { base: 0 }), error: ArgError, says: /base/ },
    { call: () => sg.rotaryEmbedding(ones([2, 4], { dtype: "int32" })), error: DTypeError, says: /float32/ },
  ],
};

/** The slopes of Press et al., 2021, for 1 to 3, 4, 6 and 8 heads. */
const SLOPES: Readonly<Record<number, readonly number[]>> = {
  1: [1 / 256],
  2: [1 / 16, 1 / 256],
  3: [1 / 16, 1 / 256, 1 / 4],
  4: [1 / 4, 1 / 16, 1 / 64, 1 / 256],
  6: [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8],
  8: [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256],
};

const alibi = (heads: number, queries: number, keys: number): Sample => ({
  inputs: [],
  call: () => sg.alibiBias(heads, queries, keys),
  truth: () =>
    nd([heads, queries, keys], (h, t, s) => -((SLOPES[heads] as readonly number[])[h] as number) * Math.abs(t + keys - queries - s)),
  differentiable: false,
  note: `${heads} heads, ${queries} to ${keys}`,
});

const alibiRow: Row = {
  op: "alibiBias",
  samples: [alibi(1, 2, 2), alibi(2, 3, 3), alibi(3, 1, 5), alibi(4, 2, 4), alibi(6, 4, 4), alibi(8, 3, 3), alibi(2, 3, 0), alibi(2, 0, 3)],
  refuses: [
    { call: () => sg.alibiBias(0, 2), error: ArgError, says: /heads must be a whole number of at least 1/ },
    { call: () => sg.alibiBias(2, -1), error: ArgError, says: /queries/ },
  ],
};

type Mode = "sum" | "mean" | "max";

/** What the bags [from, to) of a list of indices give. */
function bags(
  index: Nd,
  weight: Nd,
  ranges: readonly (readonly [from: number, to: number])[],
  mode: Mode,
  padding?: number,
  factors?: Nd,
): Nd {
  return nd([ranges.length, weight.shape[1] as number], (b, d) => {
    const [from, to] = ranges[b] as readonly [number, number];
    const values: number[] = [];
    for (let j = from; j < to; j++) {
      const row = index.data[j] as number;
      if (row !== padding) values.push(at(weight, [row, d]) * (factors?.data[j] ?? 1));
    }
    if (values.length === 0) return 0;
    if (mode === "max") return Math.max(...values);
    const sum = values.reduce((total, v) => total + v, 0);
    return mode === "sum" ? sum : sum / values.length;
  });
}

const int = (values: readonly number[]) => given([values.length], values, "int32");
const SIX = int([4, 0, 0, 2, 1, 4]);

const bagRow: Row = {
  op: "embeddingBag",
  samples: [
    ...(["sum", "mean", "max"] as const).flatMap((mode): Sample[] => [
      {
        inputs: [given([2, 3], [4, 0, 0, 2, 1, 4], "int32"), float([5, 3])],
        call: (i, w) => sg.embeddingBag(i, w, { mode }),
        truth: (i, w) =>
          bags(
            i,
            w,
            [
              [0, 3],
              [3, 6],
            ],
            mode,
          ),
        note: mode,
      },
      {
        inputs: [SIX, float([5, 3]), int([0, 2, 2, 5])],
        call: (i, w, offsets) => sg.embeddingBag(i, w, { mode, offsets }),
        truth: (i, w) =>
          bags(
            i,
            w,
            [
              [0, 2],
              [2, 2],
              [2, 5],
              [5, 6],
            ],
            mode,
          ),
        note: `${mode} with offsets, one bag empty`,
      },
      {
        inputs: [SIX, float([5, 2]), int([0, 3, 5])],
        call: (i, w, offsets) => sg.embeddingBag(i, w.mul(1), { mode, offsets, includeLastOffset: true }),
        truth: (i, w) =>
          bags(
            i,
            w,
            [
              [0, 3],
              [3, 5],
            ],
            mode,
          ),
        note: `${mode} with the last offset, behind which nothing counts`,
      },
      {
        inputs: [given([3, 0], [], "int32"), float([5, 3])],
        call: (i, w) => sg.embeddingBag(i, w, { mode }),
        truth: () => nd([3, 3], () => 0),
        note: `${mode} of nothing`,
      },
      {
        inputs: [int([]), float([5, 3]), int([])],
        call: (i, w, offsets) => sg.embeddingBag(i, w, { mode, offsets }),
        truth: () => nd([0, 3], () => 0),
        note: `${mode}: no bags`,
      },
    ]),
    {
      inputs: [SIX, float([5, 3]), int([0, 3]), float([6])],
      call: (i, w, offsets, perSampleWeights) => sg.embeddingBag(i, w, { mode: "sum", offsets, perSampleWeights }),
      truth: (i, w, _o, f) =>
        bags(
          i,
          w,
          [
            [0, 3],
            [3, 6],
          ],
          "sum",
          undefined,
          f,
        ),
      note: "factors",
    },
    {
      // The padding row gets no gradient, and none comes from its values.
      inputs: [SIX, float([5, 3]), int([0, 1])],
      call: (i, w, offsets) => sg.embeddingBag(i, w, { offsets, paddingIdx: -1 }),
      truth: (i, w) =>
        bags(
          i,
          w,
          [
            [0, 1],
            [1, 6],
          ],
          "mean",
          4,
        ),
      note: "padding does not count",
    },
    {
      inputs: [given([2, 2], [0, 1, 1, 1], "int32"), given([2, 2], [Number.NaN, 1, 3, Number.NEGATIVE_INFINITY])],
      call: (i, w) => sg.embeddingBag(i, w.detach(), { mode: "max" }),
      truth: () => ({ shape: [2, 2], data: Float64Array.of(Number.NaN, 1, 3, Number.NEGATIVE_INFINITY) }),
      differentiable: false,
      note: "largest elements with NaN and -Infinity",
    },
  ],
  refuses: [
    { call: () => sg.embeddingBag(tensor([5], { dtype: "int32" }).reshape([1, 1]), ones([3, 2])), error: IndexError, says: /index 5/ },
    { call: () => sg.embeddingBag(zeros([2], { dtype: "int32" }), ones([3, 2])), error: ArgError, says: /needs offsets/ },
    {
      call: () => sg.embeddingBag(zeros([2, 1], { dtype: "int32" }), ones([3, 2]), { offsets: zeros([1], { dtype: "int32" }) }),
      error: ArgError,
      says: /takes none/,
    },
    { call: () => sg.embeddingBag(zeros([1, 1, 1], { dtype: "int32" }), ones([3, 2])), error: ShapeError, says: /\[bags, n\] or \[n\]/ },
    ...(
      [
        [[1], "got \\[1\\]"],
        [[0, 2, 1], "got \\[0,2,1\\]"],
        [[], "never fall, got \\[\\]"],
      ] as const
    ).map(([offsets, says]) => ({
      call: () =>
        sg.embeddingBag(zeros([2], { dtype: "int32" }), ones([3, 2]), {
          offsets: tensor(offsets as unknown as number[], { dtype: "int32", shape: [offsets.length] }),
        }),
      error: ArgError,
      says: new RegExp(says),
    })),
    {
      call: () => sg.embeddingBag(zeros([2], { dtype: "int32" }), ones([3, 2]), { offsets: tensor([0, 3], { dtype: "int32" }) }),
      error: IndexError,
      says: /index 3/,
    },
    {
      call: () => sg.embeddingBag(zeros([1, 2], { dtype: "int32" }), ones([3, 2]), { perSampleWeights: ones([1, 2]) }),
      error: ArgError,
      says: /needs mode "sum", got "mean"/,
    },
    {
      call: () => sg.embeddingBag(zeros([1, 2], { dtype: "int32" }), ones([3, 2]), { mode: "sum", perSampleWeights: ones([2]) }),
      error: ShapeError,
      says: /perSampleWeights must be float32\[[\d,]*\] as the index is, got float32\[2\]/,
    },
    {
      call: () => sg.embeddingBag(zeros([1, 2], { dtype: "int32" }), ones([3, 2]), { mode: "max", scaleGradByFreq: true }),
      error: ArgError,
      says: /scaleGradByFreq/,
    },
    { call: () => sg.embeddingBag(zeros([1, 2], { dtype: "int32" }), ones([3])), error: ShapeError, says: /\[rows, features\]/ },
    { call: () => sg.embeddingBag(zeros([1, 2]), ones([3, 2])), error: DTypeError, says: /int32/ },
  ],
};

export const attentionRows: readonly Row[] = [sdpa, rotaryRow, alibiRow, bagRow];
