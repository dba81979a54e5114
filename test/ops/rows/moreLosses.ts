// Losses of pairs, distributions, margins, lists of labels, masks and keys, by their formulas.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

const REDUCTIONS = ["mean", "sum", "none"] as const;

const sum = (values: Iterable<number>): number => [...values].reduce((s, v) => s + v, 0);
const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor([...values], { shape, dtype: "int32" });

/** Losses reduced. */
function reduced(losses: Nd, reduction: string): Nd {
  if (reduction === "none") return losses;
  const total = sum(losses.data);
  if (reduction === "batchmean") return nd([], () => total / (losses.shape[0] as number));
  return nd([], () => (reduction === "sum" ? total : total / losses.data.length));
}

type Options = { reduction: (typeof REDUCTIONS)[number] };
// biome-ignore lint/suspicious/noExplicitAny: losses have one to three tensors
type Loss = (...args: any[]) => Tensor;
type Each = (...tensors: Nd[]) => Nd;

/** A sample for each reduction. */
const samples = (loss: Loss, inputs: readonly Input[], each: Each, options: object = {}): Sample[] =>
  REDUCTIONS.map((reduction) => ({
    inputs,
    call: (...tensors: Tensor[]) => loss(...tensors, { ...options, reduction } satisfies Options),
    truth: (...tensors: Nd[]) => reduced(each(...tensors), reduction),
    note: `${reduction} ${JSON.stringify(options)}`,
  }));

/** A rule for each element. */
const elements =
  (rule: (...values: number[]) => number): Each =>
  (...tensors) =>
    nd((tensors[0] as Nd).shape, (...index) => rule(...tensors.map((x) => at(x, index))));

const row = (x: Nd, i: number): number[] => {
  const n = x.shape.at(-1) as number;
  return [...x.data.slice(i * n, (i + 1) * n)];
};
const rows =
  (rule: (...vectors: number[][]) => number): Each =>
  (...tensors) =>
    nd((tensors[0] as Nd).shape.slice(0, -1), (i = 0) => rule(...tensors.map((x) => row(x, i))));

const logSoftmax = (values: readonly number[]): number[] => {
  const most = Math.max(...values);
  const log = most + Math.log(sum(values.map((v) => Math.exp(v - most))));
  return values.map((v) => v - log);
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const sizes = (x: Nd): [number, number, number] => x.shape as unknown as [number, number, number];

const shape = [3, 4];
const pair = [float(shape), float(shape)];
const signs = given(shape, [1, -1, -1, 1, -1, 1, 1, -1, 1, 1, -1, -1]);
const chances = float(shape, [0.05, 0.95]);

/** Every loss of a pair refuses these. */
const pairRefuses = (op: string, loss: Loss): Refusal[] => [
  {
    call: () => loss(zeros(3), zeros(3, 1)),
    error: ShapeError,
    says: new RegExp(`^${op}: the target must be \\[3\\], got float32\\[3,1\\]; shapes must be equal`),
  },
  {
    call: () => loss(zeros(3), zeros([3], { dtype: "int32" })),
    error: DTypeError,
    says: new RegExp(`^${op}: needs float32, got int32\\[3\\]`),
  },
  { call: () => loss(zeros(3), zeros(3), { reduction: "avg" }), error: ArgError, says: new RegExp(`^${op}: reduction must be`) },
  {
    call: () => loss(zeros(3), zeros(3), { sizeAverage: true }),
    error: ArgError,
    says: new RegExp(`^${op}: there is no option "sizeAverage"`),
  },
];

const huber = (d: number, delta: number): number => (Math.abs(d) <= delta ? d ** 2 / 2 : delta * (Math.abs(d) - delta / 2));

const pairs: Row[] = [
  {
    op: "huberLoss",
    samples: [1, 0.3]
      .flatMap((delta) =>
        samples(
          sg.huberLoss,
          pair,
          elements((x, t) => huber(x - t, delta)),
          { delta },
        ),
      )
      .concat(
        REDUCTIONS.map((reduction) => ({
          inputs: [...pair, float(shape, [0, 2])],
          call: (x: Tensor, t: Tensor, weight: Tensor) => sg.huberLoss(x, t, { reduction, weight }),
          truth: (...tensors: Nd[]) =>
            reduced(elements((x, t, w) => huber((x as number) - (t as number), 1) * (w as number))(...tensors), reduction),
          note: `weight ${reduction}`,
        })),
      ),
    refuses: [
      ...pairRefuses("huberLoss", sg.huberLoss),
      ...[0, -1, Number.NaN].map((delta) => ({
        call: () => sg.huberLoss(zeros(2), zeros(2), { delta }),
        error: ArgError,
        says: /huberLoss: delta must be a finite number above 0/,
      })),
      {
        call: () => sg.huberLoss(zeros(2, 2), zeros(2, 2), { weight: zeros(2) }),
        error: ShapeError,
        says: /huberLoss: the weight must have the shape of x/,
      },
    ],
  },
  {
    op: "smoothL1Loss",
    samples: [1, 0.3, 0].flatMap((beta) =>
      samples(
        sg.smoothL1Loss,
        pair,
        elements((x, t) => (beta === 0 ? Math.abs(x - t) : huber(x - t, beta) / beta)),
        { beta },
      ),
    ),
    refuses: [
      ...pairRefuses("smoothL1Loss", sg.smoothL1Loss),
      {
        call: () => sg.smoothL1Loss(zeros(2), zeros(2), { beta: -1 }),
        error: ArgError,
        says: /smoothL1Loss: beta must be a finite number of at least 0, got -1/,
      },
    ],
  },
  {
    op: "binaryCrossEntropy",
    samples: [
      ...samples(
        sg.binaryCrossEntropy,
        [chances, float(shape, [0, 1])],
        elements((x, t) => -t * Math.log(x) - (1 - t) * Math.log(1 - x)),
      ),
      {
        inputs: [chances, float(shape, [0, 1]), float([4], [0, 2])],
        call: (x: Tensor, t: Tensor, weight: Tensor) => sg.binaryCrossEntropy(x, t, { weight }),
        truth: (x: Nd, t: Nd, w: Nd) =>
          reduced(
            nd(
              shape,
              (i, j) => -at(w, [j]) * (at(t, [i, j]) * Math.log(at(x, [i, j])) + (1 - at(t, [i, j])) * Math.log(1 - at(x, [i, j]))),
            ),
            "mean",
          ),
        note: "weight",
      },
    ],
    refuses: [
      ...pairRefuses("binaryCrossEntropy", sg.binaryCrossEntropy),
      ...[-0.1, 1.5, Number.NaN].map((x) => ({
        call: () => sg.binaryCrossEntropy(tensor([0.5, x]), zeros(2)),
        error: ArgError,
        says: /binaryCrossEntropy: x must be within \[0, 1\], got/,
      })),
      {
        call: () => sg.binaryCrossEntropy(zeros(2), zeros(2), { weight: zeros(3) }),
        error: ShapeError,
        says: /weight must be broadcastable to x/,
      },
    ],
  },
  {
    op: "klDiv",
    samples: [...REDUCTIONS, "batchmean" as const].flatMap((reduction) => [
      {
        inputs: [float(shape), float(shape, [0.1, 1])],
        call: (x: Tensor, t: Tensor) => sg.klDiv(x, t, { reduction }),
        truth: (...tensors: Nd[]) =>
          reduced(elements((x, t) => (t as number) * (Math.log(t as number) - (x as number)))(...tensors), reduction),
        note: reduction,
      },
      {
        inputs: pair,
        call: (x: Tensor, t: Tensor) => sg.klDiv(x, t, { reduction, logTarget: true }),
        truth: (...tensors: Nd[]) =>
          reduced(elements((x, t) => Math.exp(t as number) * ((t as number) - (x as number)))(...tensors), reduction),
        note: `${reduction}, logTarget`,
      },
    ]),
    refuses: pairRefuses("klDiv", sg.klDiv),
  },
  {
    op: "poissonNllLoss",
    samples: [
      ...samples(
        sg.poissonNllLoss,
        pair,
        elements((x, t) => Math.exp(x) - t * x),
      ),
      ...samples(
        sg.poissonNllLoss,
        [chances, float(shape)],
        elements((x, t) => x - t * Math.log(x + 1e-3)),
        { logInput: false, eps: 1e-3 },
      ),
      ...samples(
        sg.poissonNllLoss,
        [float(shape), given(shape, [0, 0.5, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
        elements((x, t) => Math.exp(x) - t * x + (t > 1 ? t * Math.log(t) - t + Math.log(2 * Math.PI * t) / 2 : 0)),
        { full: true },
      ),
    ],
    refuses: pairRefuses("poissonNllLoss", sg.poissonNllLoss),
  },
  {
    op: "gaussianNllLoss",
    samples: [
      ...samples(
        sg.gaussianNllLoss,
        [...pair, float(shape, [0.5, 2])],
        elements((x, t, v) => (Math.log(v) + (x - t) ** 2 / v) / 2),
      ),
      ...[[3], [3, 1], [1, 1], []].map((size) => ({
        inputs: [...pair, float(size, [0.5, 2])],
        call: (x: Tensor, t: Tensor, v: Tensor) => sg.gaussianNllLoss(x, t, v, { full: true, reduction: "none" }),
        truth: (x: Nd, t: Nd, v: Nd) =>
          nd(shape, (i, j) => {
            const variance = v.data[size[0] === 3 ? i : 0] as number;
            return (Math.log(variance) + (at(x, [i, j]) - at(t, [i, j])) ** 2 / variance + Math.log(2 * Math.PI)) / 2;
          }),
        note: `variance [${size}], full`,
      })),
      {
        inputs: [float(shape), float([1, 4])],
        call: (x: Tensor, t: Tensor) => sg.gaussianNllLoss(x, t, 0.5),
        truth: (x: Nd, t: Nd) =>
          reduced(
            nd(shape, (i, j) => (Math.log(0.5) + (at(x, [i, j]) - at(t, [0, j])) ** 2 / 0.5) / 2),
            "mean",
          ),
        note: "a number, one target for all",
      },
    ],
    refuses: [
      {
        call: () => sg.gaussianNllLoss(zeros(2, 3), zeros(2, 3), zeros(3)),
        error: ShapeError,
        says: /gaussianNllLoss: the variance float32\[3\] does not fit x, float32\[2,3\]/,
      },
      {
        call: () => sg.gaussianNllLoss(zeros(2, 3), zeros(4, 3), zeros(2)),
        error: ShapeError,
        says: /gaussianNllLoss: the target float32\[4,3\] does not fit x/,
      },
      {
        call: () => sg.gaussianNllLoss(zeros(2), zeros(2), tensor([1, -1])),
        error: ArgError,
        says: /gaussianNllLoss: no variance may be below 0, got -1/,
      },
      {
        call: () => sg.gaussianNllLoss(zeros(2), zeros(2), zeros(2), { eps: 0 }),
        error: ArgError,
        says: /gaussianNllLoss: eps must be a finite number above 0/,
      },
    ],
  },
];

const hinge = (x: number): number => Math.max(x, 0);
const LABELS = [2, 0, 3];
const LISTS = [3, 0, -1, 1, -1, 2, 2, 1, 1, 1, 2, -1];
const CLASS_WEIGHT = [0.5, 1, 2, 0.25];

/** Labels of a row up to the first -1. */
const listOf = (i: number): number[] => {
  const all = LISTS.slice(4 * i, 4 * i + 4);
  const end = all.indexOf(-1);
  return end < 0 ? all : all.slice(0, end);
};
const labelMargin = (x: readonly number[], labels: readonly number[]): number =>
  sum(labels.flatMap((y) => x.map((v, c) => (labels.includes(c) ? 0 : hinge(1 - (x[y] as number) + v))))) / x.length;

const norm = (a: readonly number[], b: readonly number[], p = 2, eps = 1e-6): number =>
  sum(a.map((v, i) => Math.abs(v - (b[i] as number) + eps) ** p)) ** (1 / p);
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((v, i) => v * (b[i] as number)));
const cosine = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt((dot(a, a) + 1e-12) * (dot(b, b) + 1e-12));
const SIGNS = [1, -1, 1];
const three = [float(shape), float(shape), float(shape)];
const manhattan = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().sum(-1);

const margins: Row[] = [
  {
    op: "hingeEmbeddingLoss",
    samples: [1, 0.5].flatMap((margin) =>
      samples(
        sg.hingeEmbeddingLoss,
        [float(shape), { ...signs, constant: true }],
        elements((x, t) => (t === 1 ? x : hinge(margin - x))),
        { margin },
      ),
    ),
    refuses: pairRefuses("hingeEmbeddingLoss", sg.hingeEmbeddingLoss),
  },
  {
    op: "marginRankingLoss",
    samples: [
      ...[0, 0.5].flatMap((margin) =>
        samples(
          sg.marginRankingLoss,
          [...pair, signs],
          elements((a, b, t) => hinge(-t * (a - b) + margin)),
          { margin },
        ),
      ),
      {
        inputs: [float([3, 1]), float([1, 4]), given([1, 1], [1])],
        call: (a: Tensor, b: Tensor, t: Tensor) => sg.marginRankingLoss(a, b, t, { margin: 1, reduction: "none" }),
        truth: (a: Nd, b: Nd, t: Nd) => nd(shape, (i, j) => hinge(-at(t, [0, 0]) * (at(a, [i, 0]) - at(b, [0, j])) + 1)),
        note: "all pairs",
      },
    ],
    refuses: [
      {
        call: () => sg.marginRankingLoss(zeros(5, 4), zeros(5, 4), zeros(5)),
        error: ShapeError,
        says: /marginRankingLoss: x1, x2, target must have one rank/,
      },
      {
        call: () => sg.marginRankingLoss(zeros(5), zeros(4), zeros(5)),
        error: ShapeError,
        says: /marginRankingLoss: a is float32\[5\] and b is float32\[4\]/,
      },
      {
        call: () => sg.marginRankingLoss(zeros(1), zeros(1), zeros(1), { margin: Number.NaN }),
        error: ArgError,
        says: /marginRankingLoss: margin must be a finite number/,
      },
    ],
  },
  {
    op: "softMarginLoss",
    samples: samples(
      sg.softMarginLoss,
      [float(shape), signs],
      elements((x, t) => Math.log1p(Math.exp(-t * x))),
    ),
    refuses: pairRefuses("softMarginLoss", sg.softMarginLoss),
  },
  {
    op: "multiMarginLoss",
    samples: [1, 2].flatMap((p) => [
      ...samples(
        (x: Tensor, options) => sg.multiMarginLoss(x, ints(LABELS), { ...options, p, margin: 0.8, weight: tensor(CLASS_WEIGHT) }),
        [float(shape)],
        (x) =>
          nd([3], (i) => {
            const y = LABELS[i] as number;
            const terms = row(x, i).map((v, c) => (c === y ? 0 : hinge(0.8 - at(x, [i, y]) + v) ** p));
            return ((CLASS_WEIGHT[y] as number) * sum(terms)) / 4;
          }),
      ),
      {
        inputs: [float([4])],
        call: (x: Tensor) => sg.multiMarginLoss(x, tensor(1, { dtype: "int32" }), { p, reduction: "none" }),
        truth: (x: Nd) => nd([], () => sum([...x.data].map((v, c) => (c === 1 ? 0 : hinge(1 - (x.data[1] as number) + v) ** p))) / 4),
        note: `one row, p ${p}`,
      },
    ]),
    refuses: [
      {
        call: () => sg.multiMarginLoss(zeros(2, 3), ints([0, 3])),
        error: IndexError,
        says: /multiMarginLoss: index 3 at position 1 is outside \[0, 2\]/,
      },
      {
        call: () => sg.multiMarginLoss(zeros(2, 3), ints([0])),
        error: ShapeError,
        says: /multiMarginLoss: target must be int32\[2\] for x float32\[2,3\], got int32\[1\]/,
      },
      { call: () => sg.multiMarginLoss(zeros(2, 3), zeros(2)), error: DTypeError, says: /multiMarginLoss: indices must be int32/ },
      {
        call: () => sg.multiMarginLoss(zeros(2, 3), ints([0, 1]), { p: 3 }),
        error: ArgError,
        says: /multiMarginLoss: p must be a whole number from 1 to 2/,
      },
      {
        call: () => sg.multiMarginLoss(zeros(2, 3), ints([0, 1]), { weight: zeros(2) }),
        error: ShapeError,
        says: /multiMarginLoss: the weight must be float32\[3\]/,
      },
      {
        call: () => sg.multiMarginLoss(zeros(2, 0), ints([0, 1])),
        error: ShapeError,
        says: /multiMarginLoss: x must be \[N, C\] or \[C\], with at least one class/,
      },
    ],
  },
  {
    op: "multilabelMarginLoss",
    samples: [
      ...samples(
        (x: Tensor, options) => sg.multilabelMarginLoss(x, ints(LISTS, shape), options),
        [float(shape)],
        (x) => nd([3], (i) => labelMargin(row(x, i), listOf(i))),
      ),
      {
        inputs: [float([4])],
        call: (x: Tensor) => sg.multilabelMarginLoss(x, ints([3, 0, -1, 1])),
        truth: (x: Nd) => nd([], () => labelMargin([...x.data], [3, 0])),
        note: "one row",
      },
      {
        inputs: [float([1, 3])],
        call: (x: Tensor) => sg.multilabelMarginLoss(x.mul(1), ints([-1, 1, 2], [1, 3])),
        truth: () => nd([], () => 0),
        note: "no label",
      },
    ],
    refuses: [
      {
        call: () => sg.multilabelMarginLoss(zeros(1, 3), ints([0, 3, -1], [1, 3])),
        error: IndexError,
        says: /multilabelMarginLoss: index 3 at position 1/,
      },
      {
        call: () => sg.multilabelMarginLoss(zeros(1, 3), ints([0, -2, -1], [1, 3])),
        error: IndexError,
        says: /multilabelMarginLoss: index -2 at position 1/,
      },
      {
        call: () => sg.multilabelMarginLoss(zeros(2, 3), ints([0, 1])),
        error: ShapeError,
        says: /multilabelMarginLoss: target must be int32\[2,3\]/,
      },
    ],
  },
  {
    op: "multilabelSoftMarginLoss",
    samples: [
      ...samples(
        sg.multilabelSoftMarginLoss,
        [float(shape, [-4, 4]), float(shape, [0, 1])],
        rows(
          (x, t) =>
            -sum(
              (x as number[]).map(
                (v, i) =>
                  ((t as number[])[i] as number) * Math.log(sigmoid(v)) + (1 - ((t as number[])[i] as number)) * Math.log(sigmoid(-v)),
              ),
            ) / 4,
        ),
      ),
      {
        inputs: [float([3])],
        call: (x: Tensor) => sg.multilabelSoftMarginLoss(x, zeros(3), { weight: tensor([1, 2, 3]), reduction: "none" }),
        truth: (x: Nd) => nd([], () => sum([...x.data].map((v, i) => (i + 1) * Math.log1p(Math.exp(v)))) / 3),
        note: "weight, one row",
      },
    ],
    refuses: [
      ...pairRefuses("multilabelSoftMarginLoss", sg.multilabelSoftMarginLoss),
      {
        call: () => sg.multilabelSoftMarginLoss(tensor(1), tensor(1)),
        error: ShapeError,
        says: /multilabelSoftMarginLoss: x must be \[..., C\]/,
      },
    ],
  },
  {
    op: "tripletMarginLoss",
    samples: [
      ...samples(
        sg.tripletMarginLoss,
        three,
        rows((a, p, n) => hinge(norm(a as number[], p as number[]) - norm(a as number[], n as number[]) + 1)),
      ),
      ...samples(
        sg.tripletMarginLoss,
        three,
        rows((a, p, n) => {
          const d = (b: number[] | undefined, c: number[] | undefined): number => norm(b as number[], c as number[], 3, 0.01);
          return hinge(d(a, p) - Math.min(d(a, n), d(p, n)) + 2);
        }),
        { swap: true, p: 3, margin: 2, eps: 0.01 },
      ),
    ],
    refuses: [
      {
        call: () => sg.tripletMarginLoss(zeros(2, 3), zeros(3), zeros(2, 3)),
        error: ShapeError,
        says: /tripletMarginLoss: anchor, positive, negative must have one rank/,
      },
      {
        call: () => sg.tripletMarginLoss(zeros(2), zeros(2), zeros(2), { p: "2" as unknown as number }),
        error: ArgError,
        says: /tripletMarginLoss: p must be a number/,
      },
    ],
  },
  {
    op: "tripletMarginWithDistanceLoss",
    samples: [
      ...samples(
        sg.tripletMarginWithDistanceLoss,
        three,
        rows((a, p, n) => hinge(norm(a as number[], p as number[]) - norm(a as number[], n as number[]) + 1)),
      ),
      {
        inputs: three,
        call: (a: Tensor, p: Tensor, n: Tensor) =>
          sg.tripletMarginWithDistanceLoss(a, p, n, { distanceFunction: manhattan, swap: true, margin: 3 }),
        truth: (...tensors: Nd[]) =>
          reduced(
            rows((a, p, n) => {
              const d = (b: number[] | undefined, c: number[] | undefined): number => norm(b as number[], c as number[], 1, 0);
              return hinge(d(a, p) - Math.min(d(a, n), d(p, n)) + 3);
            })(...tensors),
            "mean",
          ),
        note: "a distance of one's own",
      },
    ],
    refuses: [
      {
        call: () => sg.tripletMarginWithDistanceLoss(zeros(2), zeros(2), zeros(2), { distanceFunction: 2 as never }),
        error: ArgError,
        says: /tripletMarginWithDistanceLoss: distanceFunction must be a function, got 2/,
      },
      {
        call: () => sg.tripletMarginWithDistanceLoss(zeros(2), zeros(2), zeros(2), { distanceFunction: (() => 2) as never }),
        error: ArgError,
        says: /distanceFunction must return a tensor, got 2/,
      },
    ],
  },
  {
    op: "cosineEmbeddingLoss",
    samples: [0, 0.3].flatMap((margin) => [
      ...samples(
        (a: Tensor, b: Tensor, options) => sg.cosineEmbeddingLoss(a, b, ints(SIGNS), options),
        pair,
        (a, b) => nd([3], (i) => (SIGNS[i] === 1 ? 1 - cosine(row(a, i), row(b, i)) : hinge(cosine(row(a, i), row(b, i)) - margin))),
        { margin },
      ),
      {
        inputs: [float([4]), float([4])],
        call: (a: Tensor, b: Tensor) => sg.cosineEmbeddingLoss(a, b, tensor(1), { margin, reduction: "none" }),
        truth: (a: Nd, b: Nd) => nd([], () => 1 - cosine([...a.data], [...b.data])),
        note: "one pair",
      },
    ]),
    refuses: [
      {
        call: () => sg.cosineEmbeddingLoss(zeros(2, 3), zeros(2, 3), zeros(2, 3)),
        error: ShapeError,
        says: /cosineEmbeddingLoss: x1, x2 and target must be/,
      },
      {
        call: () => sg.cosineEmbeddingLoss(zeros(2, 3), zeros(2, 3), zeros(3)),
        error: ShapeError,
        says: /cosineEmbeddingLoss: a is float32\[2\] and b is float32\[3\]/,
      },
    ],
  },
];

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

export const moreLossRows: readonly Row[] = [...pairs, ...margins, labelLists, ...others, ...activations];
