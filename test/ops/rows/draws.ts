// Random draws: shapes and refusals.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, ShapeError, type Tensor, zeros } from "simdgrad";
import { none, refusal } from "../arranged.js";
import { type Nd, nd } from "../nd.js";
import { float, given, type Row } from "../row.js";

/** Draws whose result is certain; test/ops/random.test.ts has those that are not. */
const draws: Row[] = [
  {
    op: "bernoulli",
    samples: [
      { inputs: [given([2, 2], [0, 1, 1, 0])], call: (x: Tensor) => x.bernoulli(), truth: (x: Nd) => x, ...none },
      { inputs: [float([0])], call: (x: Tensor) => x.bernoulli(), truth: (x: Nd) => x, ...none },
    ],
    refuses: [
      refusal(ArgError, /probabilities must be from 0 to 1/, () => sg.tensor([0.5, 1.5]).bernoulli()),
      refusal(ArgError, /probabilities must be from 0 to 1/, () => sg.tensor([0.5, Number.NaN]).bernoulli()),
      refusal(DTypeError, /needs float32/, () => zeros([2], { dtype: "int32" }).bernoulli()),
    ],
  },
  {
    op: "multinomial",
    samples: [
      { inputs: [given([3], [0, 2, 0])], call: (x: Tensor) => x.multinomial(1), truth: () => nd([1], () => 1), dtype: "int32", ...none },
      {
        inputs: [given([2, 3], [0, 2, 0, 5, 0, 0])],
        call: (x: Tensor) => x.multinomial(4, { replacement: true }),
        truth: () => nd([2, 4], (i) => 1 - i),
        dtype: "int32",
        ...none,
      },
      { inputs: [given([0, 2], [])], call: (x: Tensor) => x.multinomial(2), truth: () => nd([0, 2], () => 0), dtype: "int32", ...none },
    ],
    refuses: [
      refusal(ShapeError, /\[n\] or \[m, n\]/, () => sg.ones(1, 2, 3).multinomial(2)),
      refusal(DTypeError, /needs float32/, () => sg.ones([1, 2], { dtype: "int32" }).multinomial(2)),
      refusal(ArgError, /numSamples must be a whole number of at least 1/, () => sg.ones(2).multinomial(0)),
      refusal(ArgError, /each row needs 3 weights above 0, got 2/, () => sg.ones(2).multinomial(3)),
      ...[Number.NaN, Number.POSITIVE_INFINITY, -1].map((bad) =>
        refusal(ArgError, /weights must be from 0/, () => sg.tensor([1, bad, 1]).multinomial(2)),
      ),
      refusal(ArgError, /each row needs 1 weights above 0, got 0/, () =>
        sg
          .tensor([
            [1, 1],
            [0, 0],
          ])
          .multinomial(2, { replacement: true }),
      ),
    ],
  },
  {
    op: "uniform_",
    samples: [{ inputs: [], call: () => zeros(3, 2).uniform_(2, 2), truth: () => nd([3, 2], () => 2), ...none }],
    refuses: [
      refusal(ArgError, /uniform_: the second number must be a finite number of at least 3, got -1/, () => zeros(10).uniform_(3, -1)),
      refusal(GradError, /noGrad/, () => zeros([2], { requiresGrad: true }).uniform_()),
      refusal(DTypeError, /needs float32/, () => zeros([2], { dtype: "int32" }).uniform_()),
    ],
  },
  {
    op: "normal_",
    samples: [{ inputs: [], call: () => zeros(3, 2).normal_(-1.5, 0), truth: () => nd([3, 2], () => -1.5), ...none }],
    refuses: [
      refusal(ArgError, /normal_: the second number/, () => zeros(2).normal_(0, -1)),
      refusal(ArgError, /first number/, () => zeros(2).normal_(Number.NaN)),
    ],
  },
];

export const drawsRows: readonly Row[] = [...draws];
