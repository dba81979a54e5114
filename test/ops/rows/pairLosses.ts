// Losses of pairs of tensors, element by element, by their formulas.
import * as sg from "simdgrad";
import { ArgError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { chances, elements, pair, pairRefuses, REDUCTIONS, reduced, samples, shape } from "../lossCases.js";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row } from "../row.js";

const huber = (d: number, delta: number): number => (Math.abs(d) <= delta ? d ** 2 / 2 : delta * (Math.abs(d) - delta / 2));

export const pairLossRows: Row[] = [
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
        says: /huberLoss: the weight must be float32\[[\d,]*\] as x is, got/,
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
        says: /gaussianNllLoss: the variance must be \[2,3\] as x is, or 1 for some sizes, got float32\[3\]/,
      },
      {
        call: () => sg.gaussianNllLoss(zeros(2, 3), zeros(4, 3), zeros(2)),
        error: ShapeError,
        says: /gaussianNllLoss: the target must be \[[\d,]*\] as x is, or 1 for some sizes, got float32\[4,3\]/,
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
