// Losses of distributions, lists of labels, masks and keys, and random activations, by their formulas.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import {
  dot,
  type Each,
  elements,
  ints,
  logSoftmax,
  pair,
  REDUCTIONS,
  reduced,
  row,
  samples,
  shape,
  sigmoid,
  sizes,
  sum,
} from "../lossCases.js";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row } from "../row.js";

/** -log of the sum over all alignments of [T, C] that become the labels when repetitions and then blanks are left out. */
function byAlignments(logp: readonly number[][], labels: readonly number[], blank: number): number {
  const classes = logp[0]?.length as number;
  let total = 0;
  for (let path = 0; path < classes ** logp.length; path++) {
    const steps = logp.map((_, t) => Math.floor(path / classes ** t) % classes);
    const read = steps.filter((c, t) => c !== steps[t - 1]).filter((c) => c !== blank);
    if (String(read) === String(labels)) total += Math.exp(sum(steps.map((c, t) => logp[t]?.[c] as number)));
  }
  return -Math.log(total);
}

const FRAMES = [5, 3, 4];
const TARGETS = [[1, 1], [2], []];
const PADDED = [1, 1, 2, -7, 99, 99];

/** Of logits [T, N, C]. */
const ctc =
  (blank: number, targets: readonly (readonly number[])[]): Each =>
  (x) => {
    const [, n, c] = sizes(x);
    return nd([n], (i) => {
      const logp = Array.from({ length: FRAMES[i] as number }, (_, t) =>
        logSoftmax(Array.from({ length: c }, (__, k) => at(x, [t, i, k]))),
      );
      return byAlignments(logp, targets[i] as number[], blank);
    });
  };
const meanOf = (losses: Nd, targets: readonly (readonly number[])[]): Nd =>
  nd([], () => sum([...losses.data].map((v, i) => v / Math.max(targets[i]?.length as number, 1))) / losses.data.length);
const LAST = TARGETS.map((labels) => labels.map((c) => c - 1));
const lengths = [2, 1, 0];
const logits = float([5, 3, 3], [-3, 3]);
const lists = (): Tensor => ints(PADDED, [3, 2]);

const labelLists: Row = {
  op: "ctcLoss",
  samples: [
    ...REDUCTIONS.flatMap((reduction) => [
      {
        inputs: [logits],
        call: (x: Tensor) => sg.ctcLoss(x.logSoftmax(2), lists(), FRAMES, lengths, { reduction }),
        truth: (x: Nd) => (reduction === "mean" ? meanOf(ctc(0, TARGETS)(x), TARGETS) : reduced(ctc(0, TARGETS)(x), reduction)),
        note: `padded, ${reduction}`,
      },
      {
        inputs: [logits],
        call: (x: Tensor) =>
          sg.ctcLoss(x.logSoftmax(2), ints([0, 0, 1]), ints(FRAMES), Int32Array.from(lengths), { reduction, blank: 2, zeroInfinity: true }),
        truth: (x: Nd) => (reduction === "mean" ? meanOf(ctc(2, LAST)(x), TARGETS) : reduced(ctc(2, LAST)(x), reduction)),
        note: `one after the other, ${reduction}`,
      },
    ]),
    {
      inputs: [float([4, 3])],
      call: (x: Tensor) => sg.ctcLoss(x.logSoftmax(1), ints([1, 2]), 4, tensor(2, { dtype: "int32" }), { reduction: "none" }),
      truth: (x: Nd) =>
        nd([], () =>
          byAlignments(
            [0, 1, 2, 3].map((t) => logSoftmax(row(x, t))),
            [1, 2],
            0,
          ),
        ),
      note: "one sample",
    },
  ],
  refuses: [
    {
      call: () => sg.ctcLoss(zeros(4, 1, 3), ints([1, 3], [1, 2]), [4], [2]),
      error: IndexError,
      says: /ctcLoss: index 3 at position 1 is outside \[0, 2\]/,
    },
    {
      call: () => sg.ctcLoss(zeros(4, 1, 3), ints([1, 2], [1, 2]), [5], [2]),
      error: ArgError,
      says: /ctcLoss: inputLengths\[0\] must be a whole number from 0 to 4, got 5/,
    },
    {
      call: () => sg.ctcLoss(zeros(4, 1, 3), ints([1, 2], [1, 2]), [4], [3]),
      error: ArgError,
      says: /ctcLoss: targetLengths\[0\] must be a whole number from 0 to 2, got 3/,
    },
    {
      call: () => sg.ctcLoss(zeros(4, 2, 3), ints([1, 2], [2, 1]), [4], [1, 1]),
      error: ArgError,
      says: /ctcLoss: inputLengths must be 2, one per sample/,
    },
    {
      call: () => sg.ctcLoss(zeros(4, 2, 3), ints([1, 2, 1]), [4, 4], [1, 1]),
      error: ShapeError,
      says: /ctcLoss: targets must be int32\[2,S\] or int32\[2\]/,
    },
    {
      call: () => sg.ctcLoss(zeros(4, 1, 3), ints([1], [1, 1]), [4], [1], { blank: 3 }),
      error: ArgError,
      says: /ctcLoss: blank must be a whole number from 0 to 2, got 3/,
    },
    { call: () => sg.ctcLoss(zeros(4), ints([1]), [4], [1]), error: ShapeError, says: /ctcLoss: logProbs must be \[T, N, C\] or \[T, C\]/ },
    { call: () => sg.ctcLoss(zeros(4, 1, 3), zeros(1, 1), [4], [1]), error: DTypeError, says: /ctcLoss: indices must be int32/ },
    {
      call: () => {
        const x = zeros(4, 1, 3).add(1);
        const f = (y: Tensor): Tensor => sg.ctcLoss(y.logSoftmax(2), ints([1], [1, 1]), [4], [1]);
        return sg.grad((y: Tensor) => sg.grad(f)(y).square().sum())(x);
      },
      error: GradError,
      says: /ctcLoss: has no second derivative/,
    },
  ],
};

/** Focal loss of the probability p of the truth: Lin et al., 2017, equation 5. */
const focal = (p: number, alpha: number, gamma: number): number => -alpha * (1 - p) ** gamma * Math.log(p);
const volume = [2, 3, 4];
const CLASSES = [0, 1, 2, 2, 1, 1, 0, -100];
const ALPHA = [0.5, 1, 2];
const column = (x: Nd, i: number, k: number): number[] => Array.from({ length: x.shape[1] as number }, (_, c) => at(x, [i, c, k]));

const focalOfClasses =
  (alpha: readonly number[], gamma: number): Each =>
  (x) =>
    nd([2, 4], (i, k) => {
      const y = CLASSES[4 * i + k] as number;
      return y === -100 ? 0 : focal(Math.exp(logSoftmax(column(x, i, k))[y] as number), alpha[y] as number, gamma);
    });

/** Dice loss of one class of one image: Milletari et al., 2016, equation 1, without squares. */
const dice = (p: readonly number[], t: readonly number[], smooth: number): number =>
  1 - (2 * dot(p, t) + smooth) / (sum(p) + sum(t) + smooth);
const MASKS = CLASSES.map((c) => Math.max(c, 0));

const unit = (x: readonly number[]): number[] => x.map((v) => v / Math.sqrt(dot(x, x)));
/** InfoNCE: van den Oord et al., 2018, equation 4, with the similarity of SimCLR. The first key is the positive one. */
const nce = (q: readonly number[], keys: readonly (readonly number[])[], temperature: number): number =>
  -(logSoftmax(keys.map((key) => dot(unit(q), unit(key)) / temperature))[0] as number);

const others: Row[] = [
  {
    op: "focalLoss",
    samples: [
      ...samples(sg.focalLoss, [float(shape), float(shape, [0, 1])], (x, t) =>
        nd(shape, (...index) => {
          const [s, y] = [sigmoid(at(x, index)), at(t, index)];
          const p = y * s + (1 - y) * (1 - s);
          return (0.25 * y + 0.75 * (1 - y)) * (1 - p) ** 2 * -(y * Math.log(s) + (1 - y) * Math.log(1 - s));
        }),
      ),
      {
        inputs: [float([4]), { ...given([4], [1, 0, 0, 1]), constant: true }],
        call: (x: Tensor, t: Tensor) => sg.focalLoss(x, t, { alpha: null, gamma: 1.5, reduction: "none" }),
        truth: (x: Nd, t: Nd) => nd([4], (i) => focal(sigmoid(at(x, [i]) * (2 * at(t, [i]) - 1)), 1, 1.5)),
        note: "no alpha",
      },
      ...REDUCTIONS.map((reduction) => ({
        inputs: [float(volume)],
        call: (x: Tensor) => sg.focalLoss(x, ints(CLASSES, [2, 4]), { alpha: tensor(ALPHA), gamma: 0.5, reduction }),
        truth: (x: Nd) => {
          const all = focalOfClasses(ALPHA, 0.5)(x);
          return reduction === "mean" ? nd([], () => sum(all.data) / 7) : reduced(all, reduction);
        },
        note: `classes, one ignored, ${reduction}`,
      })),
      {
        inputs: [float([3])],
        call: (x: Tensor) => sg.focalLoss(x, tensor(1, { dtype: "int32" })),
        truth: (x: Nd) => nd([], () => focal(Math.exp(logSoftmax([...x.data])[1] as number), 1, 2)),
        note: "one row",
      },
    ],
    refuses: [
      { call: () => sg.focalLoss(zeros(2, 3), ints([0, 3])), error: IndexError, says: /index 3 at position 1 is outside \[0, 2\]/ },
      {
        call: () => sg.focalLoss(zeros(2, 3), ints([0, 1]), { alpha: 0.5 }),
        error: ArgError,
        says: /focalLoss: alpha must be weights of the classes or null for a target int32\[2\], got 0.5/,
      },
      {
        call: () => sg.focalLoss(zeros(2), zeros(2), { alpha: zeros(2) }),
        error: ArgError,
        says: /focalLoss: alpha must be a number or null for a target float32\[2\]/,
      },
      {
        call: () => sg.focalLoss(zeros(2, 3), ints([0, 1]), { alpha: zeros(2) }),
        error: ShapeError,
        says: /focalLoss: alpha must be float32 with one weight per class/,
      },
      {
        call: () => sg.focalLoss(zeros(2), zeros(2), { gamma: -1 }),
        error: ArgError,
        says: /focalLoss: gamma must be a finite number of at least 0/,
      },
      { call: () => sg.focalLoss(zeros(2), zeros(3)), error: ShapeError, says: /focalLoss: the target must be \[2\], got float32\[3\]/ },
    ],
  },
  {
    op: "diceLoss",
    samples: [
      ...[1, 0.1].flatMap((smooth) => [
        ...samples(
          sg.diceLoss,
          [float(volume), float(volume, [0, 1])],
          (x, t) => nd([2, 3], (i, c) => dice(row(x, 3 * i + c).map(sigmoid), row(t, 3 * i + c), smooth)),
          { smooth },
        ),
        ...samples(
          (x: Tensor, options) => sg.diceLoss(x, ints(MASKS, [2, 4]), options),
          [float(volume)],
          (x) =>
            nd([2, 3], (i, c) => {
              const p = [0, 1, 2, 3].map((k) => Math.exp(logSoftmax(column(x, i, k))[c] as number));
              return dice(
                p,
                MASKS.slice(4 * i, 4 * i + 4).map((y) => Number(y === c)),
                smooth,
              );
            }),
          { smooth },
        ),
      ]),
    ],
    refuses: [
      { call: () => sg.diceLoss(zeros(2, 3), zeros(2, 3)), error: ShapeError, says: /diceLoss: x must be \[N, C, d1, ...\]/ },
      { call: () => sg.diceLoss(zeros(1, 2, 2), ints([0, 2], [1, 2])), error: IndexError, says: /diceLoss: index 2 at position 1/ },
      {
        call: () => sg.diceLoss(zeros(1, 2, 2), ints([0, 1])),
        error: ShapeError,
        says: /diceLoss: target must be int32\[1,2\] or float32\[1,2,2\]/,
      },
      {
        call: () => sg.diceLoss(zeros(1, 2, 2), zeros(1, 2, 2), { smooth: -1 }),
        error: ArgError,
        says: /diceLoss: smooth must be a finite number of at least 0/,
      },
    ],
  },
  {
    op: "infoNceLoss",
    samples: [
      ...samples(
        sg.infoNceLoss,
        pair,
        (q, k) => nd([3], (i) => nce(row(q, i), [row(k, i), ...[0, 1, 2].filter((j) => j !== i).map((j) => row(k, j))], 0.5)),
        { temperature: 0.5 },
      ),
      {
        inputs: [float([2, 3]), float([2, 3]), float([4, 3])],
        call: (q: Tensor, k: Tensor, negatives: Tensor) => sg.infoNceLoss(q, k, { negatives, temperature: 0.3 }),
        truth: (q: Nd, k: Nd, n: Nd) =>
          reduced(
            nd([2], (i) => nce(row(q, i), [row(k, i), ...[0, 1, 2, 3].map((j) => row(n, j))], 0.3)),
            "mean",
          ),
        note: "negatives for all",
      },
      {
        inputs: [float([2, 3]), float([2, 3]), float([2, 4, 3])],
        call: (q: Tensor, k: Tensor, negatives: Tensor) => sg.infoNceLoss(q, k, { negatives, reduction: "none" }),
        truth: (q: Nd, k: Nd, n: Nd) => nd([2], (i) => nce(row(q, i), [row(k, i), ...[0, 1, 2, 3].map((j) => row(n, 4 * i + j))], 0.1)),
        note: "negatives for each",
      },
    ],
    refuses: [
      { call: () => sg.infoNceLoss(zeros(2, 3), zeros(3, 3)), error: ShapeError, says: /infoNceLoss: positives must be float32\[2,3\]/ },
      { call: () => sg.infoNceLoss(zeros(2), zeros(2)), error: ShapeError, says: /infoNceLoss: query must be \[N, D\]/ },
      {
        call: () => sg.infoNceLoss(zeros(2, 3), zeros(2, 3), { negatives: zeros(3, 4, 3) }),
        error: ShapeError,
        says: /infoNceLoss: negatives must be float32\[M,3\] or float32\[2,M,3\]/,
      },
      {
        call: () => sg.infoNceLoss(zeros(2, 3), zeros(2, 3), { temperature: 0 }),
        error: ArgError,
        says: /infoNceLoss: temperature must be a finite number above 0/,
      },
    ],
  },
];

const activations: Row[] = [
  {
    op: "rrelu",
    samples: [
      { inputs: [float([3, 5])], call: (x: Tensor) => sg.rrelu(x), truth: elements((x) => (x > 0 ? x : (x * 11) / 48)) },
      {
        inputs: [float([7])],
        call: (x: Tensor) => sg.rrelu(x, { lower: -0.5, upper: 1 }),
        truth: elements((x) => (x > 0 ? x : x / 4)),
        note: "bounds",
      },
      {
        inputs: [float([7])],
        call: (x: Tensor) => sg.rrelu(x, { lower: 0.5, upper: 0.5, training: true }),
        truth: elements((x) => (x > 0 ? x : x / 2)),
        note: "training, one slope",
      },
    ],
    refuses: [
      {
        call: () => sg.rrelu(zeros(2), { lower: 1, upper: 0 }),
        error: ArgError,
        says: /rrelu: upper must be a finite number of at least 1, got 0/,
      },
      { call: () => sg.rrelu(zeros([2], { dtype: "int32" }), { training: true }), error: DTypeError, says: /rrelu: needs float32/ },
    ],
  },
  {
    op: "softmin",
    samples: [
      {
        inputs: [float(shape)],
        call: (x: Tensor) => sg.softmin(x, -1),
        truth: (x) => nd(shape, (i, j) => Math.exp(logSoftmax(row(x as Nd, i).map((v) => -v))[j] as number)),
      },
    ],
    refuses: [
      { call: () => sg.softmin(zeros(2), 1), error: IndexError, says: /^softmin: / },
      { call: () => sg.softmin(zeros([2], { dtype: "bool" }), 0), error: DTypeError, says: /^softmin: / },
    ],
  },
];

export const moreLossRows: readonly Row[] = [labelLists, ...others, ...activations];
