// Matrix products, convolution and pooling of images, normalisation.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, broadcastShape, type Nd, nd, reduce } from "../nd.js";
import { float, given, type Row, type Sample, spaced } from "../row.js";

/** Matrix product of arrays with at least two dimensions, batches broadcast. */
function product(a: Nd, b: Nd): Nd {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const own = (x: Nd, index: number[]): number[] =>
    index.slice(batch.length - x.shape.length + 2).map((i, d) => (x.shape[d] === 1 ? 0 : i));
  return nd([...batch, m, n], (...index) => {
    const [i, j] = index.slice(-2);
    const lead = index.slice(0, -2);
    let sum = 0;
    for (let p = 0; p < k; p++) sum += at(a, [...own(a, lead), i, p]) * at(b, [...own(b, lead), p, j]);
    return sum;
  });
}

const row = (x: Nd): Nd => ({ shape: [1, ...x.shape], data: x.data });
const column = (x: Nd): Nd => ({ shape: [...x.shape, 1], data: x.data });
const as = (x: Nd, shape: readonly number[]): Nd => ({ shape, data: x.data });

const matmul = (a: number[], b: number[], truth: (a: Nd, b: Nd) => Nd = product): Sample => ({
  inputs: [float(a), float(b)],
  call: (x: Tensor, y: Tensor) => x.matmul(y),
  truth,
});

const linearTruth = (x: Nd, w: Nd, b?: Nd): Nd =>
  nd([...x.shape.slice(0, -1), w.shape[0] as number], (...index) => {
    const j = index.at(-1);
    let sum = b ? at(b, [j]) : 0;
    for (let p = 0; p < (w.shape[1] as number); p++) sum += at(x, [...index.slice(0, -1), p]) * at(w, [j, p]);
    return sum;
  });

const matrices: Row[] = [
  {
    op: "matmul",
    samples: [
      matmul([3, 5], [5, 7]),
      matmul([17, 33], [33, 9]),
      matmul([1, 40], [40, 40]),
      matmul([0, 3], [3, 4]),
      matmul([3, 0], [0, 4]),
      matmul([2, 1, 3, 4], [5, 4, 6]),
      matmul([3, 4], [2, 4, 5]),
      matmul([6, 4, 1], [1, 5]),
      matmul([2, 3, 4], [2, 4, 5]),
      matmul([2, 1, 3, 4], [1, 3, 4, 2]),
      matmul([2, 3, 1, 2, 4], [3, 2, 4, 2]),
      matmul([2, 1, 2, 3, 4], [1, 3, 1, 4, 2]),
      matmul([2, 3, 4], [1, 4, 5]),
      matmul([1, 3, 4], [1, 1, 4, 5]),
      matmul([0, 3, 4], [1, 4, 5]),
      matmul([2, 1, 3, 4], [2, 0, 4, 5]),
      matmul([3], [3], (a, b) => as(product(row(a), column(b)), [])),
      matmul([3], [3, 2], (a, b) => as(product(row(a), b), [2])),
      matmul([2, 3], [3], (a, b) => as(product(a, column(b)), [2])),
      matmul([4], [2, 4, 3], (a, b) => as(product(row(a), b), [2, 3])),
    ],
    refuses: [
      { call: () => zeros(2, 3).matmul(zeros(4, 5)), error: ShapeError, says: /matmul: a is float32\[2,3\] and b is float32\[4,5\]/ },
      { call: () => zeros(2, 3).matmul(zeros([])), error: ShapeError, says: /scalars/ },
      { call: () => zeros(2, 3, 4).matmul(zeros(3, 4, 5)), error: ShapeError, says: /before the last two/ },
      { call: () => zeros(2, 3).matmul(zeros([3, 2], { dtype: "int32" })), error: DTypeError, says: /needs float32/ },
    ],
  },
  {
    op: "linear",
    samples: [
      { inputs: [float([5, 4]), float([3, 4]), float([3])], call: sg.linear, truth: linearTruth },
      { inputs: [float([2, 3, 33]), float([17, 33]), float([17])], call: sg.linear, truth: linearTruth },
      { inputs: [float([4, 6]), float([5, 6])], call: (x, w) => sg.linear(x, w), truth: (x, w) => linearTruth(x, w) },
      { inputs: [float([1]), float([5, 1]), float([5])], call: sg.linear, truth: linearTruth },
    ],
    refuses: [
      {
        call: () => sg.linear(zeros(2, 3), zeros(4, 5)),
        error: ShapeError,
        says: /x is float32\[2,3\], but the weight float32\[4,5\] takes 5 input features/,
      },
      { call: () => sg.linear(zeros(2, 3), zeros(4, 3), zeros(3)), error: ShapeError, says: /the bias must be float32\[4\]/ },
    ],
  },
  {
    op: "addmm",
    samples: [
      {
        inputs: [float([4]), float([3, 5]), float([5, 4])],
        call: (c, a, b) => sg.addmm(c, a, b),
        truth: (c, a, b) => nd([3, 4], (i, j) => at(c, [j]) + at(product(a, b), [i, j])),
      },
      {
        inputs: [float([3, 4]), float([3, 5]), float([5, 4])],
        call: (c, a, b) => sg.addmm(c, a, b, { alpha: 2, beta: 0.5 }),
        truth: (c, a, b) => nd([3, 4], (i, j) => 0.5 * at(c, [i, j]) + 2 * at(product(a, b), [i, j])),
      },
    ],
  },
];

interface Conv {
  stride?: [number, number];
  padding?: [number, number];
  dilation?: [number, number];
  groups?: number;
}

const convTruth =
  ({ stride: [sh, sw] = [1, 1], padding: [ph, pw] = [0, 0], dilation: [dh, dw] = [1, 1], groups = 1 }: Conv) =>
  (x: Nd, w: Nd, b?: Nd): Nd => {
    const [n, c, h, width] = x.shape as [number, number, number, number];
    const [f, per, kh, kw] = w.shape as [number, number, number, number];
    const oh = Math.floor((h + 2 * ph - dh * (kh - 1) - 1) / sh) + 1;
    const ow = Math.floor((width + 2 * pw - dw * (kw - 1) - 1) / sw) + 1;
    return nd([n, f, oh, ow], (image, filter, i, j) => {
      let sum = b ? at(b, [filter]) : 0;
      const first = Math.floor(filter / (f / groups)) * (c / groups);
      for (let channel = 0; channel < per; channel++) {
        for (let p = 0; p < kh; p++) {
          for (let q = 0; q < kw; q++) {
            const y = i * sh + p * dh - ph;
            const z = j * sw + q * dw - pw;
            if (y >= 0 && y < h && z >= 0 && z < width) sum += at(x, [image, first + channel, y, z]) * at(w, [filter, channel, p, q]);
          }
        }
      }
      return sum;
    });
  };

const conv = (x: number[], w: number[], options: Conv = {}, bias = true): Sample => ({
  inputs: [float(x), float(w), ...(bias ? [float([w[0] as number])] : [])],
  call: (image: Tensor, weight: Tensor, b?: Tensor) => sg.conv2d(image, weight, b, options),
  truth: convTruth(options),
  note: JSON.stringify(options),
});

interface Pool {
  stride?: number;
  padding?: number;
  ceilMode?: boolean;
}

/** Elements of each window that lie inside the image, and how many positions the window has inside image and padding. */
const pooled =
  (kernel: number, { stride = kernel, padding = 0, ceilMode = false }: Pool, rule: (values: number[], positions: number) => number) =>
  (x: Nd): Nd => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const count = (size: number): number => {
      const room = size + 2 * padding - kernel;
      const all = (ceilMode ? Math.ceil : Math.floor)(room / stride) + 1;
      return ceilMode && (all - 1) * stride >= size + padding ? all - 1 : all;
    };
    return nd([n, c, count(h), count(w)], (image, channel, i, j) => {
      const values: number[] = [];
      let positions = 0;
      for (let p = 0; p < kernel; p++) {
        for (let q = 0; q < kernel; q++) {
          const [y, z] = [i * stride + p - padding, j * stride + q - padding];
          if (y < h + padding && z < w + padding) positions++;
          if (y >= 0 && y < h && z >= 0 && z < w) values.push(at(x, [image, channel, y, z]));
        }
      }
      return rule(values, positions);
    });
  };

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const POOLS: [number, Pool][] = [
  [2, {}],
  [3, { stride: 1 }],
  [2, { ceilMode: true }],
  [3, { stride: 2, padding: 1 }],
  [3, { stride: 2, padding: 1, ceilMode: true }],
];

const images: Row[] = [
  {
    op: "conv2d",
    samples: [
      conv([2, 3, 7, 6], [4, 3, 3, 3]),
      conv([2, 3, 7, 6], [4, 3, 3, 3], { padding: [1, 1], stride: [2, 2] }),
      conv([2, 4, 6, 6], [6, 2, 3, 3], { padding: [1, 1], groups: 2 }),
      conv([1, 4, 5, 6], [4, 1, 3, 3], { padding: [1, 1], groups: 4 }),
      conv([1, 2, 9, 9], [3, 2, 3, 3], { dilation: [2, 2] }),
      conv([2, 5, 4, 5], [7, 5, 1, 1]),
      conv([3, 2, 5, 6], [3, 2, 2, 3], { padding: [1, 2], dilation: [2, 1] }, false),
      conv([1, 1, 5, 5], [9, 1, 5, 5]),
      conv([1, 8, 3, 4], [8, 8, 3, 3], { padding: [1, 1] }),
      {
        inputs: [float([1, 2, 6, 5]), float([3, 2, 3, 4])],
        call: (x, w) => sg.conv2d(x, w, null, { padding: "same" }),
        // An even kernel needs one more column behind than before.
        truth: (x, w) => {
          const wide = nd([1, 2, 6, 6], (n, c, i, j) => (j < 5 ? at(x, [n, c, i, j]) : 0));
          const full = convTruth({ padding: [1, 1] })(wide, w);
          return nd([1, 3, 6, 5], (...index) => at(full, index));
        },
        note: "same",
      },
    ],
    refuses: [
      {
        call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { stride: 0 }),
        error: ArgError,
        says: /stride must be a whole number of at least 1/,
      },
      { call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { dilation: 0 }), error: ArgError, says: /dilation/ },
      { call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { padding: -1 }), error: ArgError, says: /padding/ },
      { call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { groups: 0 }), error: ArgError, says: /groups/ },
      {
        call: () => sg.conv2d(zeros(1, 3, 4, 4), zeros(4, 1, 3, 3), null, { groups: 2 }),
        error: ArgError,
        says: /must both divide into 2 groups/,
      },
      { call: () => sg.conv2d(zeros(1, 1, 2, 2), zeros(1, 1, 3, 3)), error: ShapeError, says: /does not fit into 2x2/ },
      {
        call: () => sg.conv2d(zeros(1, 2, 4, 4), zeros(1, 1, 3, 3)),
        error: ShapeError,
        says: /float32\[1,2,4,4\] and the weight float32\[1,1,3,3\]/,
      },
      { call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(2, 1, 3, 3), zeros(3)), error: ShapeError, says: /the bias must be float32\[2\]/ },
      { call: () => sg.conv2d(zeros(4, 4), zeros(2, 1, 3, 3)), error: ShapeError, says: /x must be \[N, C, H, W\]/ },
      {
        call: () => sg.conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { padding: "same", stride: 2 }),
        error: ArgError,
        says: /"same" needs stride 1/,
      },
    ],
  },
  {
    op: "maxPool2d",
    samples: [
      ...POOLS.map(([kernel, options]) => ({
        inputs: [spaced([2, 2, 7, 9])],
        call: (x: Tensor) => x.maxPool2d(kernel, options),
        truth: pooled(kernel, options, (v) => Math.max(...v)),
        note: `${kernel} ${JSON.stringify(options)}`,
      })),
      {
        inputs: [given([1, 1, 2, 2], [1, Number.NaN, 3, 4])],
        call: (x) => x.detach().maxPool2d(2),
        truth: () => nd([1, 1, 1, 1], () => Number.NaN),
        differentiable: false,
        note: "NaN wins",
      },
    ],
    refuses: [
      { call: () => zeros(1, 1, 2, 2).maxPool2d(3), error: ShapeError, says: /a window of 3x3 does not fit into float32\[1,1,2,2\]/ },
      { call: () => zeros(1, 1, 8, 8).maxPool2d(2, { padding: 2 }), error: ArgError, says: /more than half of the window/ },
      { call: () => zeros(1, 1, 8, 8).maxPool2d(0), error: ArgError, says: /kernelSize/ },
      { call: () => zeros(1, 1, 8, 8).maxPool2d(undefined as never), error: ArgError, says: /maxPool2d: kernelSize must be/ },
      { call: () => zeros(1, 1, 8, 8).maxPool2d(2, 1 as never), error: ArgError, says: /maxPool2d: options go into one object/ },
    ],
  },
  {
    op: "maxPool2dWithIndices",
    samples: [
      {
        inputs: [spaced([1, 2, 4, 6])],
        call: (x) => sg.maxPool2dWithIndices(x, 2).values,
        truth: pooled(2, {}, (v) => Math.max(...v)),
        note: "values",
      },
      {
        inputs: [given([1, 1, 2, 4], [1, 5, 9, 2, 4, 3, 0, 0])],
        call: (x) => sg.maxPool2dWithIndices(x, 2).indices,
        truth: () => nd([1, 1, 1, 2], (...index) => (index[3] === 0 ? 1 : 2)),
        differentiable: false,
        dtype: "int32",
        note: "indices",
      },
    ],
  },
  {
    op: "avgPool2d",
    samples: POOLS.flatMap(([kernel, options]) =>
      [true, false].map((countIncludePad) => ({
        inputs: [float([2, 2, 7, 9])],
        call: (x: Tensor) => x.avgPool2d(kernel, { ...options, countIncludePad }),
        truth: pooled(kernel, options, (v, positions) => sum(v) / (countIncludePad ? positions : v.length)),
        note: `${kernel} ${JSON.stringify(options)} ${countIncludePad}`,
      })),
    ).concat([
      {
        inputs: [float([1, 1, 4, 4])],
        call: (x: Tensor) => x.avgPool2d(2, { divisorOverride: 3 }),
        truth: pooled(2, {}, (v) => sum(v) / 3),
        note: "divisor 3",
      },
    ]),
    refuses: [{ call: () => zeros(1, 1, 4, 4).avgPool2d(2, { divisorOverride: 0 }), error: ArgError, says: /divisorOverride/ }],
  },
  {
    op: "adaptiveAvgPool2d",
    samples: ([1, [3, 3], [5, 1], [null, 2]] as (number | [number | null, number | null])[]).map((size) => ({
      inputs: [float([2, 2, 7, 9])],
      call: (x: Tensor) => x.adaptiveAvgPool2d(size),
      truth: (x: Nd) => {
        const [oh, ow] = typeof size === "number" ? [size, size] : [size[0] ?? 7, size[1] ?? 9];
        return nd([2, 2, oh, ow], (n, c, i, j) => {
          const values: number[] = [];
          for (let y = Math.floor((i * 7) / oh); y < Math.ceil(((i + 1) * 7) / oh); y++) {
            for (let z = Math.floor((j * 9) / ow); z < Math.ceil(((j + 1) * 9) / ow); z++) values.push(at(x, [n, c, y, z]));
          }
          return sum(values) / values.length;
        });
      },
      note: JSON.stringify(size),
    })),
    refuses: [{ call: () => zeros(1, 1, 4, 4).adaptiveAvgPool2d(0), error: ArgError, says: /outputSize/ }],
  },
];

const channels = (x: Nd): number[] => [0, ...x.shape.slice(2).map((_, i) => i + 2)];
const mean = (values: number[]): number => sum(values) / values.length;

const normTruth = (x: Nd, w: Nd, b: Nd, eps: number, stats?: [Nd, Nd]): Nd => {
  const m = stats?.[0] ?? as(reduce(x, channels(x), false, mean), [x.shape[1] as number]);
  const v =
    stats?.[1] ??
    as(
      reduce(x, channels(x), false, (values) => mean(values.map((u) => (u - mean(values)) ** 2))),
      [x.shape[1] as number],
    );
  return nd(
    x.shape,
    (...index) => ((at(x, index) - at(m, [index[1]])) / Math.sqrt(at(v, [index[1]]) + eps)) * at(w, [index[1]]) + at(b, [index[1]]),
  );
};

/** Rows of w's shape, whatever comes before it. */
const rowNormTruth =
  (eps: number) =>
  (x: Nd, w: Nd, b: Nd): Nd => {
    const n = w.data.length;
    const data = x.data.map((value, i) => {
      const row = [...x.data.subarray(i - (i % n), i - (i % n) + n)];
      const spread = mean(row.map((u) => (u - mean(row)) ** 2));
      return ((value - mean(row)) / Math.sqrt(spread + eps)) * (w.data[i % n] as number) + (b.data[i % n] as number);
    });
    return { shape: x.shape, data };
  };

const norms: Row[] = [
  {
    op: "batchNorm",
    samples: [
      ...[
        [4, 3],
        [5, 3, 4],
        [3, 3, 4, 3],
      ].map((shape) => ({
        inputs: [float(shape), float([3]), float([3])],
        call: (x: Tensor, weight: Tensor, bias: Tensor) => sg.batchNorm(x, null, null, { weight, bias, training: true }),
        truth: (x: Nd, w: Nd, b: Nd) => normTruth(x, w, b, 1e-5),
        note: "training",
      })),
      {
        inputs: [float([3, 2, 4, 3]), float([2]), float([2])],
        call: (x, weight, bias) => sg.batchNorm(x, tensor([0.5, -1]), tensor([2, 0.25]), { weight, bias, eps: 1e-3 }),
        truth: (x, w, b) =>
          normTruth(x, w, b, 1e-3, [
            as({ shape: [], data: Float64Array.of(0.5, -1) }, [2]),
            as({ shape: [], data: Float64Array.of(2, 0.25) }, [2]),
          ]),
        note: "evaluation",
      },
    ],
    refuses: [
      {
        call: () => sg.batchNorm(zeros(1, 3), null, null, { training: true }),
        error: ShapeError,
        says: /more than one value per channel, got float32\[1,3\]/,
      },
      { call: () => sg.batchNorm(zeros(2, 3), zeros(2), zeros(2)), error: ShapeError, says: /runningMean must be float32\[3\]/ },
      { call: () => sg.batchNorm(zeros(2, 3), null, null), error: ArgError, says: /evaluation needs runningMean and runningVar/ },
    ],
  },
  {
    op: "layerNorm",
    samples: [
      ...(
        [
          [[3, 5], [5]],
          [
            [2, 3, 4],
            [3, 4],
          ],
          [[2, 3, 7], [7]],
          [[9], [9]],
          [[40, 6], [6]],
          [[0, 4], [4]],
        ] as const
      ).map(([shape, rows]) => ({
        inputs: [float(shape), float(rows), float(rows)],
        call: (x: Tensor, weight: Tensor, bias: Tensor) => sg.layerNorm(x, rows, { weight, bias }),
        truth: rowNormTruth(1e-5),
      })),
      {
        inputs: [float([4, 33])],
        call: (x) => sg.layerNorm(x, 33, { eps: 1e-3 }),
        truth: (x) =>
          rowNormTruth(1e-3)(
            x,
            nd([33], () => 1),
            nd([33], () => 0),
          ),
        note: "without parameters",
      },
      {
        inputs: [float([3, 6]), float([6])],
        call: (x, weight) => sg.layerNorm(x, [6], { weight, bias: null }),
        truth: (x, w) =>
          rowNormTruth(1e-5)(
            x,
            w,
            nd([6], () => 0),
          ),
        note: "without bias",
      },
      {
        inputs: [float([3, 6]), float([6])],
        call: (x, bias) => sg.layerNorm(x, [6], { bias }),
        truth: (x, b) =>
          rowNormTruth(1e-5)(
            x,
            nd([6], () => 1),
            b,
          ),
        note: "without weight",
      },
    ],
    refuses: [
      { call: () => sg.layerNorm(zeros(2, 3), 4), error: ShapeError, says: /layerNorm: x must be \[\.\.\., 4\], got float32\[2,3\]/ },
      { call: () => sg.layerNorm(zeros(3), [2, 3]), error: ShapeError, says: /x must be \[\.\.\., 2,3\], got float32\[3\]/ },
      { call: () => sg.layerNorm(zeros(2, 3), []), error: ArgError, says: /normalizedShape must be one or more whole numbers/ },
      { call: () => sg.layerNorm(zeros(2, 3), 0), error: ArgError, says: /normalizedShape .* got 0/ },
      {
        call: () => sg.layerNorm(zeros(2, 3), 3, { weight: zeros(2) }),
        error: ShapeError,
        says: /weight must be float32\[3\], got float32\[2\]/,
      },
      { call: () => sg.layerNorm(zeros(2, 3), 3, { bias: zeros(1, 3) }), error: ShapeError, says: /bias must be float32\[3\]/ },
      { call: () => sg.layerNorm(zeros([2, 3], { dtype: "int32" }), 3), error: DTypeError, says: /layerNorm: needs float32/ },
    ],
  },
];

export const layerRows: readonly Row[] = [...matrices, ...images, ...norms];
