// Convolution and pooling of volumes, and pooling of sequences and images other than in layers.ts and sequences.ts.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd, sizeOf } from "../nd.js";
import { float, given, type Row, type Sample, spaced } from "../row.js";

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const one = (list: readonly number[] | number | undefined, i: number, otherwise: number): number =>
  typeof list === "number" ? list : (list?.[i] ?? otherwise);

/** All positions of a shape. */
function positions(shape: readonly number[]): number[][] {
  const list: number[][] = [];
  nd(shape, (...index) => list.push(index.slice()));
  return list;
}

type List = number | [number, number, number];
interface Conv {
  stride?: List;
  padding?: List;
  outputPadding?: List;
  dilation?: List;
  groups?: number;
}

/** Any convolution, for [N, C, ...] and [F, C / groups, ...] with any axes. */
const convTruth =
  ({ stride, padding, dilation, groups = 1 }: Conv) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, ...number[]];
    const [f, per, ...kernel] = w.shape as [number, number, ...number[]];
    const out = size.map((d, i) =>
      Math.floor((d + 2 * one(padding, i, 0) - one(dilation, i, 1) * ((kernel[i] as number) - 1) - 1) / one(stride, i, 1) + 1),
    );
    const taps = positions([per, ...kernel]);
    return nd([n, f, ...out], (image, filter, ...place) => {
      const first = Math.floor(filter / (f / groups)) * (c / groups);
      let total = b ? at(b, [filter]) : 0;
      for (const [channel, ...tap] of taps) {
        const from = place.map((p, i) => p * one(stride, i, 1) + (tap[i] as number) * one(dilation, i, 1) - one(padding, i, 0));
        if (from.every((p, i) => p >= 0 && p < (size[i] as number)))
          total += at(x, [image, first + (channel as number), ...from]) * at(w, [filter, channel as number, ...tap]);
      }
      return total;
    });
  };

/** Any transposed convolution: what each element of x adds. */
const transposedTruth =
  ({ stride, padding, outputPadding, dilation, groups = 1 }: Conv) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, ...number[]];
    const [, per, ...kernel] = w.shape as [number, number, ...number[]];
    const out = size.map(
      (d, i) =>
        (d - 1) * one(stride, i, 1) -
        2 * one(padding, i, 0) +
        one(dilation, i, 1) * ((kernel[i] as number) - 1) +
        one(outputPadding, i, 0) +
        1,
    );
    const result = nd([n, per * groups, ...out], (_, filter) => (b ? at(b, [filter]) : 0));
    const taps = positions([per, ...kernel]);
    for (const [image, channel, ...place] of positions(x.shape) as [number, number, ...number[]][]) {
      const group = Math.floor(channel / (c / groups));
      for (const [filter, ...tap] of taps as [number, ...number[]][]) {
        const to = place.map((p, i) => p * one(stride, i, 1) + (tap[i] as number) * one(dilation, i, 1) - one(padding, i, 0));
        if (!to.every((p, i) => p >= 0 && p < (out[i] as number))) continue;
        const flat = [image, group * per + filter, ...to].reduce((f, p, d) => f * (result.shape[d] as number) + p, 0);
        result.data[flat] = (result.data[flat] as number) + at(x, [image, channel, ...place]) * at(w, [channel, filter, ...tap]);
      }
    }
    return result;
  };

const conv = (x: number[], w: number[], options: Conv = {}, bias = true): Sample => ({
  inputs: [float(x), float(w), ...(bias ? [float([w[0] as number])] : [])],
  call: (volume: Tensor, weight: Tensor, b?: Tensor) => sg.conv3d(volume, weight, b, options),
  truth: convTruth(options),
  note: JSON.stringify(options),
});

const transposed = (x: number[], w: number[], options: Conv = {}, bias = true): Sample => ({
  inputs: [float(x), float(w), ...(bias ? [float([(w[1] as number) * (options.groups ?? 1)])] : [])],
  call: (volume: Tensor, weight: Tensor, b?: Tensor) => sg.convTranspose3d(volume, weight, b, options),
  truth: transposedTruth(options),
  note: JSON.stringify(options),
});

const squeezed = ({ shape, data }: Nd): Nd => ({ shape: shape.slice(1), data });
const batch = ({ shape, data }: Nd): Nd => ({ shape: [1, ...shape], data });

const convolutions: Row[] = [
  {
    op: "conv3d",
    samples: [
      conv([2, 1, 2, 3, 3], [2, 1, 2, 2, 2]),
      conv([1, 2, 3, 2, 3], [2, 2, 3, 3, 3], { padding: 1, stride: 2 }),
      conv([1, 2, 5, 2, 3], [4, 1, 2, 1, 2], { groups: 2, stride: [2, 1, 1], dilation: [2, 1, 2] }),
      conv([1, 3, 3, 3, 2], [3, 1, 3, 2, 1], { groups: 3, padding: [2, 0, 1] }, false),
      conv([0, 2, 3, 3, 3], [1, 2, 2, 2, 2]),
      {
        inputs: [float([2, 3, 2, 3]), float([2, 2, 2, 2, 2]), float([2])],
        call: sg.conv3d,
        truth: (x, w, b) => squeezed(convTruth({})(batch(x), w, b)),
        note: "without a batch",
      },
      {
        inputs: [float([1, 1, 2, 3, 2]), float([1, 1, 3, 3, 3])],
        call: (x, w) => sg.conv3d(x, w, null, { padding: "same" }),
        truth: convTruth({ padding: 1 }),
        note: "same",
      },
    ],
    refuses: [
      {
        call: () => sg.conv3d(zeros(1, 2, 4, 4, 4), zeros(1, 1, 3, 3, 3)),
        error: ShapeError,
        says: /conv3d: x is float32\[1,2,4,4,4\] and the weight float32\[1,1,3,3,3\]/,
      },
      { call: () => sg.conv3d(zeros(1, 1, 2, 4, 4), zeros(1, 1, 3, 3, 3)), error: ShapeError, says: /does not fit into 2x4x4/ },
      {
        call: () => sg.conv3d(zeros(4, 4, 4), zeros(1, 1, 3, 3, 3)),
        error: ShapeError,
        says: /x must be \[N, C, D, H, W\] or without N, got float32\[4,4,4\]/,
      },
      {
        call: () => sg.conv3d(zeros(1, 1, 4, 4, 4), zeros(1, 1, 3, 3)),
        error: ShapeError,
        says: /the weight must be \[F, C\/groups, KD, KH, KW\]/,
      },
      {
        call: () => sg.conv3d(zeros(1, 1, 4, 4, 4), zeros(1, 1, 3, 3, 3), null, { stride: [1, 2] as never }),
        error: ArgError,
        says: /stride must be a whole number of at least 1, or three of them/,
      },
      {
        call: () => sg.conv3d(zeros(1, 1, 4, 4, 4), zeros(2, 1, 3, 3, 3), zeros(3)),
        error: ShapeError,
        says: /conv3d: the bias must be float32\[2\]/,
      },
      {
        call: () => sg.conv3d(zeros([1, 1, 4, 4, 4], { dtype: "int32" }), zeros(1, 1, 3, 3, 3)),
        error: DTypeError,
        says: /conv3d: needs float32/,
      },
    ],
  },
  {
    op: "convTranspose3d",
    samples: [
      transposed([2, 2, 2, 2, 1], [2, 2, 2, 2, 3]),
      transposed([1, 1, 2, 2, 2], [1, 2, 3, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }),
      transposed([1, 2, 2, 3, 2], [2, 2, 2, 1, 2], { groups: 2, stride: [1, 2, 3], dilation: [2, 1, 1], outputPadding: [1, 1, 2] }),
      transposed([1, 1, 4, 2, 2], [1, 2, 3, 2, 2], { padding: [2, 0, 1] }, false),
      transposed([0, 2, 2, 2, 2], [2, 1, 2, 2, 2]),
      {
        inputs: [float([2, 2, 2, 2]), float([2, 1, 2, 2, 2])],
        call: (x, w) => sg.convTranspose3d(x, w, null, { stride: 2, outputSize: [5, 4, 5] }),
        truth: (x, w) => squeezed(transposedTruth({ stride: 2, outputPadding: [1, 0, 1] })(batch(x), w)),
        note: "outputSize, without a batch",
      },
    ],
    refuses: [
      {
        call: () => sg.convTranspose3d(zeros(1, 1, 2, 2, 2), zeros(1, 1, 2, 2, 2), null, { stride: 2, outputSize: 7 }),
        error: ArgError,
        says: /convTranspose3d: outputSize must be from 4x4x4 to 5x5x5 for float32\[1,1,2,2,2\], got 7x7x7/,
      },
      {
        call: () => sg.convTranspose3d(zeros(1, 1, 2, 2, 2), zeros(1, 1, 2, 2, 2), null, { outputPadding: 1 }),
        error: ArgError,
        says: /outputPadding 1x1x1 must be less than stride/,
      },
      {
        call: () => sg.convTranspose3d(zeros(1, 2, 2, 2, 2), zeros(1, 1, 2, 2, 2)),
        error: ShapeError,
        says: /must have a row for each of 2 channels/,
      },
    ],
  },
];

interface Pool {
  stride?: List;
  padding?: List;
  dilation?: List;
  ceilMode?: boolean;
}

/** What `rule` makes of the elements of each window and their positions; `padded` counts those in the padding as well. */
const pooled =
  (kernel: List, { stride, padding, dilation, ceilMode }: Pool, rule: (values: number[], places: number[], padded: number) => number) =>
  (x: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, ...number[]];
    const k = size.map((_, i) => one(kernel, i, 1));
    const step = k.map((own, i) => one(stride, i, own));
    const out = size.map((d, i) => {
      const left = d + 2 * one(padding, i, 0) - one(dilation, i, 1) * ((k[i] as number) - 1) - 1;
      const count = (ceilMode ? Math.ceil : Math.floor)(left / (step[i] as number)) + 1;
      return ceilMode && (count - 1) * (step[i] as number) >= d + one(padding, i, 0) ? count - 1 : count;
    });
    const taps = positions(k);
    return nd([n, c, ...out], (image, channel, ...place) => {
      const values: number[] = [];
      const places: number[] = [];
      let padded = 0;
      for (const tap of taps) {
        const from = place.map((p, i) => p * (step[i] as number) + (tap[i] as number) * one(dilation, i, 1) - one(padding, i, 0));
        if (from.every((p, i) => p < (size[i] as number) + one(padding, i, 0))) padded++;
        if (!from.every((p, i) => p >= 0 && p < (size[i] as number))) continue;
        values.push(at(x, [image, channel, ...from]));
        places.push(from.reduce((flat, p, i) => flat * (size[i] as number) + p, 0));
      }
      return rule(values, places, padded);
    });
  };

/** The same for windows of adaptive pooling. */
const adaptive =
  (outputSize: (number | null)[], rule: (values: number[], places: number[]) => number) =>
  (x: Nd): Nd => {
    const [n, c, ...size] = x.shape as [number, number, ...number[]];
    const out = size.map((d, i) => outputSize[i] ?? d);
    return nd([n, c, ...out], (image, channel, ...place) => {
      const start = place.map((p, i) => Math.floor((p * (size[i] as number)) / (out[i] as number)));
      const end = place.map((p, i) => Math.ceil(((p + 1) * (size[i] as number)) / (out[i] as number)));
      const inside = positions(end.map((e, i) => e - (start[i] as number))).map((offset) => offset.map((o, i) => o + (start[i] as number)));
      return rule(
        inside.map((from) => at(x, [image, channel, ...from])),
        inside.map((from) => from.reduce((flat, p, i) => flat * (size[i] as number) + p, 0)),
      );
    });
  };

const largest = (values: number[]): number => Math.max(...values);
const placeOf = (values: number[], places: number[]): number => places[values.indexOf(Math.max(...values))] as number;

const VOLUME = [1, 1, 4, 5, 3];
const POOLS: readonly [List, Pool][] = [
  [2, {}],
  [[2, 3, 1], { stride: 1 }],
  [3, { stride: 2, padding: 1 }],
  [2, { stride: [2, 3, 2], ceilMode: true }],
  [[3, 2, 2], { padding: [1, 1, 0], dilation: [1, 2, 1], stride: 2, ceilMode: true }],
];

/** Values and indices of the calls of one op. */
const both = (
  inputs: Sample["inputs"],
  run: (x: Tensor) => sg.ValuesAndIndices,
  truth: (rule: (values: number[], places: number[]) => number) => (x: Nd) => Nd,
  note: string,
): Sample[] => [
  { inputs, call: (x) => run(x).values, truth: truth(largest), note: `${note} values` },
  { inputs, call: (x) => run(x).indices, truth: truth(placeOf), note: `${note} indices`, differentiable: false, dtype: "int32" },
];

const volumes: Row[] = [
  {
    op: "maxPool3d",
    samples: [
      ...POOLS.map(([kernel, options]) => ({
        inputs: [spaced(VOLUME)],
        call: (x: Tensor) => sg.maxPool3d(x, kernel, options),
        truth: pooled(kernel, options, largest),
        note: `${kernel} ${JSON.stringify(options)}`,
      })),
      {
        inputs: [spaced([2, 2, 4, 3])],
        call: (x) => sg.maxPool3d(x, 2),
        truth: (x) => squeezed(pooled(2, {}, largest)(batch(x))),
        note: "without a batch",
      },
      {
        inputs: [given([1, 1, 1, 2, 2], [1, Number.NaN, 3, 4])],
        call: (x) => sg.maxPool3d(x.detach(), [1, 2, 2]),
        truth: () => nd([1, 1, 1, 1, 1], () => Number.NaN),
        differentiable: false,
        note: "NaN wins",
      },
    ],
    refuses: [
      { call: () => sg.maxPool3d(zeros(1, 1, 2, 2, 2), 3), error: ShapeError, says: /maxPool3d: a window of 3x3x3 does not fit/ },
      { call: () => sg.maxPool3d(zeros(1, 1, 4, 4, 4), 2, { padding: 2 }), error: ArgError, says: /more than half of the window/ },
      { call: () => sg.maxPool3d(zeros(4, 4), 2), error: ShapeError, says: /x must be \[N, C, D, H, W\]/ },
      {
        call: () => sg.maxPool3d(zeros(1, 1, 4, 4, 4), 2, { returnIndices: true } as never),
        error: ArgError,
        says: /there is no option "returnIndices"/,
      },
    ],
  },
  {
    op: "maxPool3dWithIndices",
    samples: [
      ...POOLS.flatMap(([kernel, options]) =>
        both(
          [spaced(VOLUME)],
          (x) => sg.maxPool3dWithIndices(x, kernel, options),
          (rule) => pooled(kernel, options, rule),
          `${kernel} ${JSON.stringify(options)}`,
        ),
      ),
      ...both(
        [spaced([2, 2, 4, 3])],
        (x) => sg.maxPool3dWithIndices(x, 2),
        (rule) => (x) => squeezed(pooled(2, {}, rule)(batch(x))),
        "without a batch",
      ),
      {
        inputs: [given([1, 1, 2, 2, 1], [7, 7, 7, 7])],
        call: (x) => sg.maxPool3dWithIndices(x, [2, 2, 1]).indices,
        truth: () => nd([1, 1, 1, 1, 1], () => 0),
        differentiable: false,
        dtype: "int32",
        note: "the first of equals",
      },
      {
        inputs: [float([1, 1, 1, 1, 1])],
        call: (x) => sg.maxPool3dWithIndices(x, 2, { padding: 1, dilation: 2 }).indices,
        truth: () => nd([1, 1, 1, 1, 1], () => -1),
        differentiable: false,
        dtype: "int32",
        note: "all of a window in the padding",
      },
    ],
  },
  {
    op: "avgPool3d",
    samples: [
      ...POOLS.filter(([, { dilation }]) => !dilation).flatMap(([kernel, options]) =>
        [true, false].map((countIncludePad) => ({
          inputs: [float(VOLUME)],
          call: (x: Tensor) => sg.avgPool3d(x, kernel, { ...options, countIncludePad }),
          truth: pooled(kernel, options, (v, _, padded) => sum(v) / (countIncludePad ? padded : v.length)),
          note: `${kernel} ${JSON.stringify(options)} ${countIncludePad}`,
        })),
      ),
      {
        inputs: [float([1, 1, 4, 2, 4])],
        call: (x: Tensor) => sg.avgPool3d(x, 2, { divisorOverride: -3 }),
        truth: pooled(2, {}, (v) => sum(v) / -3),
        note: "divisor -3",
      },
    ],
    refuses: [
      { call: () => sg.avgPool3d(zeros(1, 1, 4, 4, 4), 2, { divisorOverride: 0 }), error: ArgError, says: /avgPool3d: divisorOverride/ },
    ],
  },
  {
    op: "adaptiveAvgPool3d",
    samples: ([1, [3, 2, 3], [7, 1, 2], [null, 2, null], 4] as (number | [number | null, number | null, number | null])[]).map((size) => ({
      inputs: [float(VOLUME)],
      call: (x: Tensor) => sg.adaptiveAvgPool3d(x, size),
      truth: adaptive(
        [size, size, size].map((s, i) => (Array.isArray(s) ? (s[i] as number | null) : s)),
        (v) => sum(v) / v.length,
      ),
      note: JSON.stringify(size),
    })),
    refuses: [
      {
        call: () => sg.adaptiveAvgPool3d(zeros(1, 1, 4, 4, 4), [1, 1] as never),
        error: ArgError,
        says: /outputSize must be .* or three of them/,
      },
      { call: () => sg.adaptiveAvgPool3d(zeros(1, 1, 0, 4, 4), 1), error: ShapeError, says: /adaptiveAvgPool3d: nothing to pool/ },
    ],
  },
  {
    op: "adaptiveMaxPool3d",
    samples: ([1, [3, 2, 3], [7, 1, 2], [null, 2, null], 4] as (number | [number | null, number | null, number | null])[]).map((size) => ({
      inputs: [spaced(VOLUME)],
      call: (x: Tensor) => sg.adaptiveMaxPool3d(x, size),
      truth: adaptive(
        [size, size, size].map((s, i) => (Array.isArray(s) ? (s[i] as number | null) : s)),
        largest,
      ),
      note: JSON.stringify(size),
    })),
    refuses: [{ call: () => sg.adaptiveMaxPool3d(zeros(1, 1, 4, 4, 4), 0), error: ArgError, says: /adaptiveMaxPool3d: outputSize/ }],
  },
  {
    op: "adaptiveMaxPool3dWithIndices",
    samples: (
      [
        [2, 2, 2],
        [3, 5, 3],
        [1, 1, 1],
      ] as [number, number, number][]
    ).flatMap((size) =>
      both(
        [spaced(VOLUME)],
        (x) => sg.adaptiveMaxPool3dWithIndices(x, size),
        (rule) => adaptive(size, rule),
        JSON.stringify(size),
      ),
    ),
  },
];

const planes: Row[] = [
  {
    op: "adaptiveMaxPool1d",
    samples: [1, 2, 3, 5, 9].map((size) => ({
      inputs: [spaced([2, 3, 7])],
      call: (x: Tensor) => sg.adaptiveMaxPool1d(x, size),
      truth: adaptive([size], largest),
      note: `${size}`,
    })),
    refuses: [
      {
        call: () => sg.adaptiveMaxPool1d(zeros(1, 1, 4), 0),
        error: ArgError,
        says: /adaptiveMaxPool1d: outputSize must be a whole number/,
      },
      { call: () => sg.adaptiveMaxPool1d(zeros(4), 1), error: ShapeError, says: /x must be \[N, C, L\] or without N/ },
    ],
  },
  {
    op: "adaptiveMaxPool1dWithIndices",
    samples: [1, 3, 4].flatMap((size) =>
      both(
        [spaced([2, 3, 7])],
        (x) => sg.adaptiveMaxPool1dWithIndices(x, size),
        (rule) => adaptive([size], rule),
        `${size}`,
      ),
    ),
  },
  {
    op: "adaptiveMaxPool2d",
    samples: [
      ...([1, [3, 3], [5, 1], [null, 2], [9, 11]] as (number | [number | null, number | null])[]).map((size) => ({
        inputs: [spaced([1, 2, 7, 5])],
        call: (x: Tensor) => sg.adaptiveMaxPool2d(x, size),
        truth: adaptive(Array.isArray(size) ? size : [size, size], largest),
        note: JSON.stringify(size),
      })),
      {
        inputs: [spaced([3, 5, 4])],
        call: (x) => sg.adaptiveMaxPool2d(x, 2),
        truth: (x) => squeezed(adaptive([2, 2], largest)(batch(x))),
        note: "without a batch",
      },
      { inputs: [float([0, 2, 3, 3])], call: (x) => sg.adaptiveMaxPool2d(x, 2), truth: () => nd([0, 2, 2, 2], () => 0), note: "no image" },
    ],
    refuses: [
      { call: () => sg.adaptiveMaxPool2d(zeros(1, 1, 0, 4), 1), error: ShapeError, says: /nothing to pool in float32\[1,1,0,4\]/ },
      { call: () => sg.adaptiveMaxPool2d(zeros(1, 1, 4, 4), -1), error: ArgError, says: /outputSize/ },
    ],
  },
  {
    op: "adaptiveMaxPool2dWithIndices",
    samples: (
      [
        [3, 2],
        [1, 1],
        [7, 4],
      ] as [number, number][]
    ).flatMap((size) =>
      both(
        [spaced([1, 2, 7, 5])],
        (x) => sg.adaptiveMaxPool2dWithIndices(x, size),
        (rule) => adaptive(size, rule),
        JSON.stringify(size),
      ),
    ),
  },
  ...([1, 2, 3] as const).map((axes): Row => {
    const op = `lpPool${axes}d`;
    const run = [sg.lpPool1d, sg.lpPool2d, sg.lpPool3d][axes - 1] as typeof sg.lpPool1d;
    const shape = [
      [2, 3, 9],
      [2, 2, 5, 7],
      [1, 2, 4, 3, 5],
    ][axes - 1] as number[];
    // A window over the edge counts as if it were whole.
    const norm = (p: number, k: number) => (v: number[]) => ((sum(v.map((u) => u ** p)) / v.length) * k ** axes) ** (1 / p);
    return {
      op,
      samples: (
        [
          [2, 2, {}],
          [1, 3, { stride: 1 }],
          [3, 2, { stride: 2, ceilMode: true }],
          [1.5, 3, { stride: 2, ceilMode: true }],
          [4, 2, { stride: 3 }],
        ] as [number, number, { stride?: number; ceilMode?: boolean }][]
      ).map(([p, k, options]) => ({
        inputs: [float(shape, [0.2, 2])],
        call: (x: Tensor) => run(x, p, k, options),
        truth: pooled(k, options, norm(p, k)),
        note: `${p} ${k} ${JSON.stringify(options)}`,
      })),
      refuses: [
        { call: () => run(zeros(shape), 0, 2), error: ArgError, says: new RegExp(`${op}: normType must be a finite number above 0`) },
        { call: () => run(zeros(shape), 2, 10), error: ShapeError, says: /does not fit/ },
      ],
    };
  }),
  ...([1, 2, 3] as const).map((axes): Row => {
    const op = `maxUnpool${axes}d`;
    const run = [sg.maxUnpool1d, sg.maxUnpool2d, sg.maxUnpool3d][axes - 1] as typeof sg.maxUnpool1d;
    const small = [2, 2, ...[3, 2, 2].slice(0, axes)];
    const count = sizeOf(small.slice(2));
    /** Indices of `count` different elements of an image of `size`, other ones in each image. */
    const indices = (size: number) =>
      given(
        small,
        Array.from({ length: sizeOf(small) }, (_, i) => ((i % count) * Math.floor(size / count) + Math.floor(i / count)) % size),
        "int32",
      );
    const truth =
      (out: number[]) =>
      (x: Nd, index: Nd): Nd => {
        const result = nd([2, 2, ...out], () => 0);
        x.data.forEach((v, i) => {
          result.data[Math.floor(i / count) * sizeOf(out) + (index.data[i] as number)] = v;
        });
        return result;
      };
    const sized = (out: number[], options: object): Sample => ({
      inputs: [float(small), indices(sizeOf(out))],
      call: (x, index) => run(x, index, 2, options),
      truth: truth(out),
      note: JSON.stringify(options),
    });
    const double = small.slice(2).map((d) => 2 * d);
    return {
      op,
      samples: [
        sized(double, {}),
        sized(double, { stride: null, outputSize: axes === 1 ? double[0] : double }),
        sized(
          double.map((d) => d + 1),
          { outputSize: [2, 2, ...double.map((d) => d + 1)] },
        ),
        sized(
          small.slice(2).map((d) => (d - 1) * 3 + 2),
          { stride: 3 },
        ),
        sized(
          small.slice(2).map((d) => (d - 1) * 3),
          { stride: 3, padding: 1 },
        ),
        {
          inputs: [float(small.slice(1)), given(small.slice(1), indices(sizeOf(double)).values?.slice(0, 2 * count) ?? [], "int32")],
          call: (x, index) => run(x, index, 2),
          truth: (x, index) =>
            squeezed({
              ...truth(double)(x, index),
              shape: [1, 2, ...double],
              data: truth(double)(x, index).data.slice(0, 2 * sizeOf(double)),
            }),
          note: "without a batch",
        },
      ],
      refuses: [
        {
          call: () => run(zeros(small), zeros([1, 1, ...small.slice(2)], { dtype: "int32" }), 2),
          error: ShapeError,
          says: new RegExp(`${op}: indices must be of the shape of float32`),
        },
        {
          call: () => run(zeros(small), sg.full(small, 10_000, { dtype: "int32" }), 2),
          error: IndexError,
          says: /10000/,
        },
        {
          call: () =>
            run(zeros(small), zeros(small, { dtype: "int32" }), 2, {
              outputSize: (axes === 1 ? 99 : small.slice(2).map(() => 99)) as number,
            }),
          error: ArgError,
          says: /outputSize must be within the stride/,
        },
      ],
    };
  }),
];

export const spatialRows: readonly Row[] = [...convolutions, ...volumes, ...planes];
