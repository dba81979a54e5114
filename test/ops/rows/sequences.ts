// Convolution and pooling of sequences [N, C, L].
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample, spaced } from "../row.js";

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);

interface Conv {
  stride?: number;
  padding?: number;
  dilation?: number;
  groups?: number;
}

const convTruth =
  ({ stride = 1, padding = 0, dilation = 1, groups = 1 }: Conv) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [n, c, length] = x.shape as [number, number, number];
    const [f, per, kernel] = w.shape as [number, number, number];
    const out = Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
    return nd([n, f, out], (sequence, filter, i) => {
      const first = Math.floor(filter / (f / groups)) * (c / groups);
      let total = b ? at(b, [filter]) : 0;
      for (let channel = 0; channel < per; channel++) {
        for (let k = 0; k < kernel; k++) {
          const z = i * stride + k * dilation - padding;
          if (z >= 0 && z < length) total += at(x, [sequence, first + channel, z]) * at(w, [filter, channel, k]);
        }
      }
      return total;
    });
  };

const conv = (x: number[], w: number[], options: Conv = {}, bias = true): Sample => ({
  inputs: [float(x), float(w), ...(bias ? [float([w[0] as number])] : [])],
  call: (sequence: Tensor, weight: Tensor, b?: Tensor) => sg.conv1d(sequence, weight, b, options),
  truth: convTruth(options),
  note: JSON.stringify(options),
});

interface Pool {
  stride?: number;
  padding?: number;
  ceilMode?: boolean;
}

/** Elements of each window that lie inside the sequence, and how many positions it has inside sequence and padding. */
const pooled =
  (kernel: number, { stride = kernel, padding = 0, ceilMode = false }: Pool, rule: (values: number[], positions: number) => number) =>
  (x: Nd): Nd => {
    const [n, c, length] = x.shape as [number, number, number];
    const all = (ceilMode ? Math.ceil : Math.floor)((length + 2 * padding - kernel) / stride) + 1;
    const out = ceilMode && (all - 1) * stride >= length + padding ? all - 1 : all;
    return nd([n, c, out], (sequence, channel, i) => {
      const places = Array.from({ length: kernel }, (_, k) => i * stride + k - padding);
      const inside = places.filter((z) => z >= 0 && z < length);
      return rule(
        inside.map((z) => at(x, [sequence, channel, z])),
        places.filter((z) => z < length + padding).length,
      );
    });
  };

const POOLS: [number, Pool][] = [
  [2, {}],
  [3, { stride: 1 }],
  [2, { ceilMode: true }],
  [3, { stride: 2, padding: 1 }],
  [3, { stride: 2, padding: 1, ceilMode: true }],
];

export const sequenceRows: readonly Row[] = [
  {
    op: "conv1d",
    samples: [
      conv([2, 3, 9], [4, 3, 3]),
      conv([2, 4, 10], [6, 2, 3], { groups: 2 }),
      conv([1, 2, 12], [3, 2, 3], { padding: 2, dilation: 2 }),
      conv([2, 6, 9], [6, 1, 5], { padding: 2, groups: 6 }),
      conv([2, 3, 16], [5, 3, 4], { stride: 3 }, false),
      conv([2, 5, 6], [7, 5, 1]),
      conv([1, 1, 5], [2, 1, 5]),
      {
        inputs: [float([1, 2, 6]), float([3, 2, 4])],
        call: (x, w) => sg.conv1d(x, w, null, { padding: "same" }),
        // An even kernel needs one more element behind than before.
        truth: (x, w) =>
          convTruth({ padding: 1 })(
            nd([1, 2, 7], (n, c, i) => (i < 6 ? at(x, [n, c, i]) : 0)),
            w,
          ),
        note: "same",
      },
    ],
    refuses: [
      { call: () => sg.conv1d(zeros(1, 1, 4, 4), zeros(1, 1, 3)), error: ShapeError, says: /conv1d: x must be \[N, C, L\]/ },
      { call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3, 3)), error: ShapeError, says: /the weight must be \[F, C\/groups, K\]/ },
      {
        call: () => sg.conv1d(zeros(1, 1, 2), zeros(1, 1, 3), null, { dilation: 2 }),
        error: ShapeError,
        says: /conv1d: a kernel of 5 \(with dilation\) does not fit into 2, the padded size of float32\[1,1,2\]/,
      },
      {
        call: () => sg.conv1d(zeros(1, 2, 4), zeros(1, 1, 3)),
        error: ShapeError,
        says: /float32\[1,2,4\] and the weight float32\[1,1,3\]; with 1 group\(s\) the weight must have 2 channels/,
      },
      { call: () => sg.conv1d(zeros(1, 1, 4), zeros(2, 1, 3), zeros(3)), error: ShapeError, says: /the bias must be float32\[2\]/ },
      { call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { stride: 0 }), error: ArgError, says: /stride must be .* got 0/ },
      {
        call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { stride: [1, 2] as never }),
        error: ArgError,
        says: /stride must be a whole number of at least 1, got \[1,2\]/,
      },
      { call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { padding: -1 }), error: ArgError, says: /padding/ },
      {
        call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { padding: "full" as "same" }),
        error: ArgError,
        says: /padding must be numbers, "same" or "valid", got "full"/,
      },
      { call: () => sg.conv1d(zeros(1, 3, 4), zeros(4, 1, 3), null, { groups: 2 }), error: ArgError, says: /divide into 2 groups/ },
      {
        call: () => sg.conv1d(zeros(1, 1, 4), zeros(1, 1, 3), null, { padding: "same", stride: 2 }),
        error: ArgError,
        says: /"same" needs stride 1, got 2/,
      },
      {
        call: () => sg.conv1d(zeros([1, 1, 4], { dtype: "int32" }), zeros(1, 1, 3)),
        error: DTypeError,
        says: /conv1d: needs float32/,
      },
    ],
  },
  {
    op: "maxPool1d",
    samples: [
      ...POOLS.map(([kernel, options]) => ({
        inputs: [spaced([2, 3, 9])],
        call: (x: Tensor) => x.maxPool1d(kernel, options),
        truth: pooled(kernel, options, (v) => Math.max(...v)),
        note: `${kernel} ${JSON.stringify(options)}`,
      })),
      {
        inputs: [spaced([2, 3, 9])],
        call: (x) => x.maxPool1d(2, { stride: 1, dilation: 2 }),
        truth: (x) => nd([2, 3, 7], (n, c, i) => Math.max(at(x, [n, c, i]), at(x, [n, c, i + 2]))),
        note: "dilation",
      },
    ],
    refuses: [
      {
        call: () => zeros(1, 1, 2).maxPool1d(3),
        error: ShapeError,
        says: /a window of 3 does not fit into float32\[1,1,2\] with padding 0/,
      },
      { call: () => zeros(1, 1, 8).maxPool1d(2, { padding: 2 }), error: ArgError, says: /padding 2 is more than half of the window 2/ },
      { call: () => zeros(1, 1, 8).maxPool1d(0), error: ArgError, says: /kernelSize must be a whole number of at least 1, got 0/ },
      { call: () => zeros(1, 1, 8, 8).maxPool1d(2), error: ShapeError, says: /maxPool1d: x must be \[N, C, L\]/ },
    ],
  },
  {
    op: "maxPool1dWithIndices",
    samples: [
      {
        inputs: [spaced([2, 3, 6])],
        call: (x) => sg.maxPool1dWithIndices(x, 2).values,
        truth: pooled(2, {}, (v) => Math.max(...v)),
        note: "values",
      },
      {
        inputs: [given([1, 2, 4], [1, 5, 9, 2, 4, 3, 0, 0])],
        call: (x) => sg.maxPool1dWithIndices(x, 2).indices,
        truth: () => nd([1, 2, 2], (_, channel, i) => [1, 2, 0, 2][channel * 2 + i] as number),
        differentiable: false,
        dtype: "int32",
        note: "indices",
      },
    ],
  },
  {
    op: "avgPool1d",
    samples: POOLS.flatMap(([kernel, options]) =>
      [true, false].map((countIncludePad) => ({
        inputs: [float([2, 3, 9])],
        call: (x: Tensor) => x.avgPool1d(kernel, { ...options, countIncludePad }),
        truth: pooled(kernel, options, (v, positions) => sum(v) / (countIncludePad ? positions : v.length)),
        note: `${kernel} ${JSON.stringify(options)} ${countIncludePad}`,
      })),
    ),
    refuses: [{ call: () => zeros(1, 1, 4).avgPool1d(5), error: ShapeError, says: /avgPool1d: a window of 5 does not fit/ }],
  },
  {
    op: "adaptiveAvgPool1d",
    samples: [1, 4, 10].map((size) => ({
      inputs: [float([2, 3, 10])],
      call: (x: Tensor) => x.adaptiveAvgPool1d(size),
      truth: (x: Nd) =>
        nd([2, 3, size], (n, c, i) => {
          const [from, to] = [Math.floor((i * 10) / size), Math.ceil(((i + 1) * 10) / size)];
          return sum(Array.from({ length: to - from }, (_, k) => at(x, [n, c, from + k]))) / (to - from);
        }),
      note: String(size),
    })),
    refuses: [
      { call: () => zeros(1, 1, 4).adaptiveAvgPool1d(0), error: ArgError, says: /outputSize must be .* got 0/ },
      { call: () => zeros(1, 1, 0).adaptiveAvgPool1d(1), error: ShapeError, says: /nothing to pool in float32\[1,1,0\]/ },
    ],
  },
];
