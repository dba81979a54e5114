// Losses with margins and distances, by their formulas.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { dot, elements, ints, pair, pairRefuses, reduced, row, rows, samples, shape, sigmoid, signs, sum } from "../lossCases.js";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row } from "../row.js";

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
const cosine = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt((dot(a, a) + 1e-12) * (dot(b, b) + 1e-12));
const SIGNS = [1, -1, 1];
const three = [float(shape), float(shape), float(shape)];
const manhattan = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().sum(-1);

export const marginLossRows: Row[] = [
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
