// What follows from singular values.
import { ArgError, eye, lstsq, matrixRank, ones, pinv, ShapeError, tensor } from "simdgrad";
import { asColumn, each, integers, last, noMatrix, notFinite, square, steady, sumOf, symmetricSum, withoutLast } from "../decomposed.js";
import { batched, inverted, type Matrix, matricesOf, pseudoInverse, svdOf, times, transposed } from "../matrices.js";
import type { Nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

const turned = (x: Nd): number[] => [...x.shape.slice(-2)].reverse();

/** A matrix [4, 3] of rank 2. */
const deficient = given([4, 3], [1, 2, 3, 2, 4, 6, 1, 0, 1, 0, 1, 1]);

/** The pseudo-inverse of diag(3, 0.5) without its smaller singular value. */
const ofLargest = batched(
  () => [
    [1 / 3, 0],
    [0, 0],
  ],
  square,
);

const fromSingularValues: Row[] = [
  {
    op: "pinv",
    samples: [
      ...each(
        [
          [1, 1],
          [3, 3],
          [4, 2],
          [2, 4],
          [2, 3, 2],
        ],
        (x) => pinv(x),
        batched(pseudoInverse, turned),
      ),
      {
        inputs: [steady(3, 3)],
        call: (x) => pinv(symmetricSum(x), { hermitian: true }),
        truth: batched((a) => inverted(sumOf(a)), square),
      },
      {
        note: "a singular value below atol counts as 0",
        inputs: [{ ...given([2, 2], [3, 0, 0, 0.5]), constant: true }],
        call: (x) => pinv(x, { atol: 1 }),
        truth: ofLargest,
        differentiable: false,
      },
      {
        note: "a singular value below rtol counts as 0",
        inputs: [{ ...given([2, 2], [3, 0, 0, 0.5]), constant: true }],
        call: (x) => pinv(x, { rtol: 0.2 }),
        truth: ofLargest,
        differentiable: false,
      },
    ],
    refuses: [
      notFinite(pinv, "pinv"),
      noMatrix(pinv, "pinv"),
      integers(pinv, "pinv"),
      { call: () => pinv(eye(2), { atol: -1 }), error: ArgError, says: /^pinv: atol must be a finite number of at least 0/ },
      { call: () => pinv(eye(2), { rtol: -1 }), error: ArgError, says: /^pinv: rtol must be a finite number of at least 0/ },
      { call: () => pinv(ones([2, 3]), { hermitian: true }), error: ShapeError, says: /^pinv: x must be square/ },
    ],
  },
  {
    op: "matrixRank",
    samples: [
      ...(
        [
          [deficient, {}, 2],
          [steady(4, 3), {}, 3],
          [given([2, 2], [0, 0, 0, 0]), {}, 0],
          [given([2, 2], [3, 0, 0, 0.5]), { atol: 1 }, 1],
          [given([2, 2], [3, 0, 0, 0.5]), { rtol: 0.2 }, 1],
          [given([2, 2], [3, 9, 0, -0.5]), { hermitian: true }, 2],
          [given([2, 2], [3, 9, 0, 0]), { hermitian: true }, 1],
          [given([0, 3], []), {}, 0],
        ] as const
      ).map(
        ([input, options, rank]): Sample => ({
          note: JSON.stringify(options),
          inputs: [input],
          call: (x) => matrixRank(x, options),
          truth: () => ({ shape: [], data: Float64Array.of(rank) }),
          differentiable: false,
          dtype: "int32",
        }),
      ),
    ],
    refuses: [notFinite(matrixRank, "matrixRank"), noMatrix(matrixRank, "matrixRank"), integers(matrixRank, "matrixRank")],
  },
  {
    op: "lstsq",
    samples: [
      ...[
        [4, 2],
        [3, 3],
        [2, 4],
        [2, 4, 3],
      ].map(
        (shape): Sample => ({
          inputs: [steady(...shape), float([...shape.slice(0, -1), 2])],
          call: (a, b) => lstsq(a, b).solution,
          truth: batched(
            (a, b) => times(pseudoInverse(a), b),
            (a, b) => [last(a), last(b)],
          ),
        }),
      ),
      {
        note: "a vector",
        inputs: [steady(4, 2), float([4])],
        call: (a, b) => lstsq(a, b).solution,
        truth: (a, b) =>
          withoutLast(
            batched(
              (x, y) => times(pseudoInverse(x), y),
              (x) => [last(x), 1],
            )(a, asColumn(b)),
          ),
      },
      {
        note: "residuals",
        inputs: [steady(2, 4, 2), float([4, 3])],
        call: (a, b) => lstsq(a, b).residuals,
        truth: batched(
          (a, b) => {
            const rest = times(a, times(pseudoInverse(a), b)).map((row, i) => row.map((v, j) => v - (b[i]?.[j] as number)));
            return [transposed(rest).map((column) => column.reduce((sum, v) => sum + v * v, 0))];
          },
          (_, b) => [last(b)],
        ),
      },
      {
        note: "singular values",
        inputs: [{ ...steady(4, 3), constant: true }, float([4, 1])],
        call: (a, b) => lstsq(a, b).singularValues,
        truth: (a) => ({ shape: [3], data: Float64Array.from(svdOf(matricesOf(a)[0] as Matrix).s) }),
        differentiable: false,
      },
      {
        note: "rank",
        inputs: [deficient, float([4, 1])],
        call: (a, b) => lstsq(a, b).rank,
        truth: () => ({ shape: [], data: Float64Array.of(2) }),
        differentiable: false,
        dtype: "int32",
      },
      {
        note: "rcond",
        inputs: [
          { ...given([2, 2], [3, 0, 0, 0.5]), constant: true },
          { ...float([2, 1]), constant: true },
        ],
        call: (a, b) => lstsq(a, b, { rcond: 0.2 }).solution,
        truth: (_, b) => ({ shape: [2, 1], data: Float64Array.of((b.data[0] as number) / 3, 0) }),
        differentiable: false,
      },
    ],
    refuses: [
      notFinite((x) => lstsq(x, ones([2, 1])), "lstsq"),
      {
        call: () => lstsq(ones([2, 3]), ones([3, 1])),
        error: ShapeError,
        says: /^lstsq: a is float32\[2,3\] and b is float32\[3,1\]; b must have as many rows as a/,
      },
      { call: () => lstsq(tensor(1), tensor(1)), error: ShapeError, says: /^lstsq: a must be matrices/ },
      {
        call: () => lstsq(eye(2), ones([2, 1]), { rcond: -1 }),
        error: ArgError,
        says: /^lstsq: rcond must be a finite number of at least 0/,
      },
    ],
  },
];

export const singularValuesRows: readonly Row[] = [...fromSingularValues];
