// Normalisation of groups, instances and rows, dropout of channels, and the bilinear form.
import * as sg from "simdgrad";
import { ArgError, DTypeError, Generator, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, elementwise, type Nd, nd, sizeOf } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((s, v) => s + v, 0) / values.length;

/** Runs of `n` neighbouring elements with mean 0 and variance 1. */
const normalized = (x: Nd, n: number, eps: number): Float64Array =>
  x.data.map((value, i) => {
    const run = x.data.slice(i - (i % n), i - (i % n) + n);
    const m = mean(run);
    return (value - m) / Math.sqrt(mean(run.map((v) => (v - m) ** 2)) + eps);
  });

/** times w plus b, both per channel. */
const affine = (shape: readonly number[], data: Float64Array, w?: Nd, b?: Nd): Nd => {
  const normal = { shape, data };
  return nd(shape, (...index) => at(normal, index) * (w ? at(w, [index[1]]) : 1) + (b ? at(b, [index[1]]) : 0));
};

const groups = (shape: number[], numGroups: number, eps = 1e-5): Sample => ({
  inputs: [float(shape), float([shape[1] as number]), float([shape[1] as number])],
  call: (x, weight, bias) => sg.groupNorm(x, numGroups, { weight, bias, eps }),
  truth: (x, w, b) => affine(shape, normalized(x, sizeOf(shape.slice(1)) / numGroups, eps), w, b),
  note: `${numGroups} groups`,
});

const instances = (shape: number[], eps = 1e-5): Sample => ({
  inputs: [float(shape), float([shape[1] as number]), float([shape[1] as number])],
  call: (x, weight, bias) => sg.instanceNorm(x, { weight, bias, eps }),
  truth: (x, w, b) => affine(shape, normalized(x, sizeOf(shape.slice(2)), eps), w, b),
});

const rms =
  (n: number, eps: number) =>
  (x: Nd, w?: Nd): Nd => ({
    shape: x.shape,
    data: x.data.map(
      (value, i) =>
        (value / Math.sqrt(mean(x.data.slice(i - (i % n), i - (i % n) + n).map((v) => v * v)) + eps)) * (w ? (w.data[i % n] as number) : 1),
    ),
  });

const norms: Row[] = [
  {
    op: "groupNorm",
    samples: [
      groups([2, 4, 3], 2),
      groups([1, 6, 3, 5], 3),
      groups([2, 4, 3, 2], 4, 1e-3),
      groups([3, 5], 1),
      groups([2, 3, 2, 2, 3], 1),
      groups([0, 4, 3], 2),
      {
        inputs: [float([2, 6, 7])],
        call: (x) => sg.groupNorm(x, 2),
        truth: (x) => affine(x.shape, normalized(x, 21, 1e-5)),
        note: "without parameters",
      },
      {
        inputs: [float([2, 6, 2]), float([6])],
        call: (x, weight) => sg.groupNorm(x, 2, { weight }),
        truth: (x, w) => affine(x.shape, normalized(x, 6, 1e-5), w),
        note: "without bias",
      },
      {
        inputs: [float([2, 6, 2]), float([6])],
        call: (x, bias) => sg.groupNorm(x, 2, { bias }),
        truth: (x, b) => affine(x.shape, normalized(x, 6, 1e-5), undefined, b),
        note: "without weight",
      },
    ],
    refuses: [
      { call: () => sg.groupNorm(zeros(2, 5, 3), 2), error: ArgError, says: /5 channels of float32\[2,5,3\] do not divide into 2 groups/ },
      { call: () => sg.groupNorm(zeros(4), 2), error: ShapeError, says: /groupNorm: x must be \[N, C, \.\.\.\], got float32\[4\]/ },
      { call: () => sg.groupNorm(zeros(2, 4), 2, { weight: zeros(2) }), error: ShapeError, says: /weight must be float32\[4\]/ },
      { call: () => sg.groupNorm(zeros(1, 4), 4), error: ShapeError, says: /more than one value per group/ },
      { call: () => sg.groupNorm(zeros(2, 4), 0), error: ArgError, says: /numGroups must be a whole number of at least 1/ },
      { call: () => sg.groupNorm(zeros(2, 4), 2, { eps: -1 }), error: ArgError, says: /eps/ },
    ],
  },
  {
    op: "instanceNorm",
    samples: [
      instances([2, 3, 5]),
      instances([1, 4, 6], 1e-3),
      instances([3, 2, 2, 5]),
      instances([2, 2, 2, 3, 2]),
      instances([0, 2, 3]),
      {
        inputs: [float([2, 3, 4])],
        call: (x) => sg.instanceNorm(x),
        truth: (x) => affine(x.shape, normalized(x, 4, 1e-5)),
        note: "without parameters",
      },
      {
        inputs: [float([2, 2, 3]), float([2]), float([2])],
        call: (x, weight, bias) =>
          sg.instanceNorm(x, { weight, bias, useInputStats: false, runningMean: tensor([0.5, -1]), runningVar: tensor([2, 0.25]) }),
        truth: (x, w, b) =>
          nd(x.shape, (...i) => ((at(x, i) - (i[1] ? -1 : 0.5)) / Math.sqrt((i[1] ? 0.25 : 2) + 1e-5)) * at(w, [i[1]]) + at(b, [i[1]])),
        note: "running statistics",
      },
      {
        inputs: [given([2, 1, 2], [1, 3, 10, 20])],
        call: (x) => {
          const runningVar = tensor([2]);
          sg.instanceNorm(x.detach(), { runningMean: zeros(1), runningVar, momentum: 0.5 });
          return runningVar;
        },
        // Half of what it was, and half of the average of the unbiased variances 2 and 50.
        truth: () => nd([1], () => 0.5 * 2 + 0.5 * 26),
        differentiable: false,
        note: "updates the running variance",
      },
    ],
    refuses: [
      { call: () => sg.instanceNorm(zeros(2, 3)), error: ShapeError, says: /instanceNorm: x must be \[N, C, L, \.\.\.\]/ },
      { call: () => sg.instanceNorm(zeros(2, 3, 1)), error: ShapeError, says: /more than one value per channel of an image/ },
      { call: () => sg.instanceNorm(zeros(2, 3, 2), { useInputStats: false }), error: ArgError, says: /needs runningMean and runningVar/ },
      { call: () => sg.instanceNorm(zeros(2, 3, 2), { bias: zeros(2) }), error: ShapeError, says: /bias must be float32\[3\]/ },
    ],
  },
  {
    op: "rmsNorm",
    samples: [
      ...(
        [
          [[3, 5], [5]],
          [
            [2, 3, 4],
            [3, 4],
          ],
          [[4, 17], [17]],
          [[9], [9]],
          [[40, 6], [6]],
          [[0, 4], [4]],
        ] as const
      ).map(([shape, rows]) => ({
        inputs: [float(shape), float(rows)],
        call: (x: Tensor, weight: Tensor) => sg.rmsNorm(x, rows, { weight, eps: 1e-5 }),
        truth: rms(sizeOf(rows), 1e-5),
      })),
      { inputs: [float([3, 7])], call: (x) => sg.rmsNorm(x, 7), truth: rms(7, 2 ** -23), note: "without a weight" },
      {
        inputs: [given([1, 3], [0, 0, 0])],
        call: (x) => sg.rmsNorm(x, 3, { eps: 0.25 }),
        truth: rms(3, 0.25),
        note: "zeros",
      },
    ],
    refuses: [
      { call: () => sg.rmsNorm(zeros(2, 3), 4), error: ShapeError, says: /rmsNorm: x must be \[\.\.\., 4\], got float32\[2,3\]/ },
      { call: () => sg.rmsNorm(zeros(2, 3), []), error: ArgError, says: /rmsNorm: normalizedShape/ },
      { call: () => sg.rmsNorm(zeros(2, 3), 3, { weight: zeros(2) }), error: ShapeError, says: /rmsNorm: weight must be float32\[3\]/ },
      { call: () => sg.rmsNorm(zeros(2, 3), 3, { bias: zeros(3) } as never), error: ArgError, says: /no option "bias"/ },
      { call: () => sg.rmsNorm(zeros([2, 3], { dtype: "int32" }), 3), error: DTypeError, says: /rmsNorm: needs float32/ },
    ],
  },
  {
    op: "localResponseNorm",
    samples: (
      [
        [[2, 5, 3], 2, {}],
        [[1, 7, 2, 2], 5, { alpha: 0.5, beta: 0.75, k: 2 }],
        [[2, 3, 4], 1, { alpha: 1, beta: 0.5 }],
        [[1, 2, 3], 6, { alpha: 2, beta: 1 }],
        [[1, 4, 2, 1, 3], 3, { alpha: 0.3 }],
      ] as [number[], number, { alpha?: number; beta?: number; k?: number }][]
    ).map(([shape, size, { alpha = 1e-4, beta = 0.75, k = 1 }]) => ({
      inputs: [float(shape)],
      call: (x: Tensor) => sg.localResponseNorm(x, size, { alpha, beta, k }),
      truth: (x: Nd) =>
        nd(shape, (n, c, ...rest) => {
          let total = 0;
          for (let j = c - Math.floor(size / 2); j < c - Math.floor(size / 2) + size; j++)
            if (j >= 0 && j < (shape[1] as number)) total += at(x, [n, j, ...rest]) ** 2;
          return at(x, [n, c, ...rest]) / (k + (alpha * total) / size) ** beta;
        }),
      note: `${size}`,
    })),
    refuses: [
      { call: () => sg.localResponseNorm(zeros(2, 3), 2), error: ShapeError, says: /localResponseNorm: x must be \[N, C, L, \.\.\.\]/ },
      { call: () => sg.localResponseNorm(zeros(2, 3, 4), 0), error: ArgError, says: /size must be a whole number of at least 1/ },
    ],
  },
  {
    op: "bilinear",
    samples: (
      [
        [[], 3, 4, 2],
        [[5], 2, 3, 4],
        [[2, 3], 4, 1, 3],
        [[0], 2, 2, 2],
        [[1], 5, 5, 1],
      ] as [number[], number, number, number][]
    ).map(([lead, rows, columns, out]) => ({
      inputs: [float([...lead, rows]), float([...lead, columns]), float([out, rows, columns]), float([out])],
      call: sg.bilinear,
      truth: (x1: Nd, x2: Nd, w: Nd, b: Nd) =>
        nd([...lead, out], (...index) => {
          const [place, o] = [index.slice(0, -1), index.at(-1)];
          let total = at(b, [o]);
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < columns; j++) total += at(x1, [...place, i]) * at(w, [o, i, j]) * at(x2, [...place, j]);
          return total;
        }),
    })),
    refuses: [
      {
        call: () => sg.bilinear(zeros(2, 3), zeros(2, 4), zeros(5, 4, 3)),
        error: ShapeError,
        says: /bilinear: .* got float32\[2,3\], float32\[2,4\], float32\[5,4,3\]/,
      },
      { call: () => sg.bilinear(zeros(2, 3), zeros(3, 4), zeros(5, 3, 4)), error: ShapeError, says: /bilinear/ },
    ],
  },
];

/** What holds of every dropout: nothing without training or probability, zeros at 1, and one mask for values and gradients. */
const dropouts: Row[] = (
  [
    ["dropout1d", [3, 4, 5], 2],
    ["dropout2d", [3, 4, 2, 3], 2],
    ["dropout3d", [3, 4, 2, 1, 3], 2],
    ["dropPath", [12, 3], 1],
    ["alphaDropout", [33], 1],
    ["featureAlphaDropout", [3, 4, 5], 2],
  ] as const
).map(([op, shape, own]) => {
  const run = sg[op];
  const isAlpha = /lpha/.test(op);
  const p = 0.25;
  const slope = 1.7580993408473766;
  const scale = isAlpha ? 1 / Math.sqrt((slope ** 2 * p + 1) * (1 - p)) : 1 / (1 - p);
  const [dropped, shift] = isAlpha ? [-slope * scale * (1 - p), slope * scale * p] : [0, 0];
  const parts = (index: readonly number[]): number[] => index.map((i, d) => (d < own ? i : 0));
  return {
    op,
    samples: [
      { inputs: [float(shape)], call: (x) => run(x, { p, training: false }), truth: (x) => x, note: "evaluation" },
      { inputs: [float(shape)], call: (x) => run(x, { p: 0, training: true }), truth: (x) => x, note: "p 0" },
      { inputs: [float(shape)], call: (x) => run(x, { p: 1, training: true }), truth: elementwise(() => 0), note: "p 1" },
      {
        inputs: [float(shape)],
        call: (x) => run(x, { p, training: true, generator: new Generator(5) }),
        // The same stream drops the same parts: a part of ones shows which ones.
        truth: (x) => {
          const ones = run(sg.ones(shape), { p, training: true, generator: new Generator(5) });
          const mask = { shape: [...shape], data: Float64Array.from(ones.toTypedArray()) };
          return nd(shape, (...index) => (Math.abs(at(mask, parts(index)) - dropped) < 1e-6 ? dropped : at(x, index) * scale + shift));
        },
        note: "parts as a whole, scaled and shifted",
      },
      { inputs: [float([0, ...shape.slice(1)])], call: (x) => run(x, { p, training: true }), truth: (x) => x, note: "no elements" },
    ] as Sample[],
    refuses: [
      { call: () => run(zeros(shape), { p: 1.5 }), error: ArgError, says: new RegExp(`${op}: p must be a number within`) },
      {
        call: () => run(zeros(shape), { inplace: true } as never),
        error: ArgError,
        says: new RegExp(`${op}: there is no option "inplace"`),
      },
      { call: () => run(zeros(shape, { dtype: "int32" })), error: DTypeError, says: new RegExp(`${op}: needs float32`) },
      ...(op === "alphaDropout" ? [] : [{ call: () => run(zeros([])), error: ShapeError, says: new RegExp(`${op}: x must be`) }]),
    ],
  };
});

export const spatialNormRows: readonly Row[] = [...norms, ...dropouts];
