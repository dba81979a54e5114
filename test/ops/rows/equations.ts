// Systems of equations.
import {
  ArgError,
  cholesky,
  choleskySolve,
  det,
  eye,
  inv,
  inverse,
  matrixPower,
  ones,
  ShapeError,
  slogdet,
  solve,
  solveTriangular,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { asColumn, each, integers, notSquare, square, steady, withoutLast } from "../decomposed.js";
import { batched, choleskyOf, determinant, identity, inverted, type Matrix, solved, times, transposed } from "../matrices.js";
import type { Nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

const sameShape = (_: Nd, b: Nd): number[] => b.shape.slice(-2) as number[];

const perMatrix = (rule: (a: Matrix) => number): ((x: Nd) => Nd) =>
  batched(
    (a) => [[rule(a)]],
    () => [],
  );

const SQUARES = [
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [2, 3, 3],
  [2, 1, 4, 4],
] as const;

const solveTruth = batched(solved, sameShape);

/** A positive definite matrix, made of any other by operations. */
const gram = (x: Tensor): Tensor => x.matmul(x.transpose(-2, -1)).add(eye(x.shape.at(-1) as number));

const gramOf = (a: Matrix): Matrix =>
  times(a, transposed(a, a.length)).map((row, i) => row.map((v, j) => v + (identity(a.length)[i]?.[j] as number)));

const part = (a: Matrix, upper: boolean, unit: boolean): Matrix =>
  a.map((row, i) => row.map((v, j) => (i === j ? (unit ? 1 : v) : i < j === upper ? v : 0)));

/** Every combination of options of a triangular system. */
const triangular: Sample[] = [false, true].flatMap((upper) =>
  [false, true].flatMap((unitriangular) =>
    [true, false].map(
      (left): Sample => ({
        note: `upper ${upper}, unitriangular ${unitriangular}, left ${left}`,
        inputs: [steady(3, 3), float(left ? [3, 2] : [2, 3])],
        call: (a, b) => solveTriangular(a, b, { upper, unitriangular, left }),
        truth: batched((a, b) => {
          const t = part(a, upper, unitriangular);
          return left ? solved(t, b) : transposed(solved(transposed(t), transposed(b)), b.length);
        }, sameShape),
      }),
    ),
  ),
);

const singular = (): Tensor =>
  tensor([
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 2],
      [2, 4],
    ],
  ]);

const equations: Row[] = [
  {
    op: "solve",
    samples: [
      ...[
        [0, 0],
        [1, 1],
        [3, 3],
        [5, 5],
      ].map(
        (shape): Sample => ({ inputs: [steady(...shape), float([shape[0] as number, 2])], call: (a, b) => solve(a, b), truth: solveTruth }),
      ),
      {
        note: "a vector",
        inputs: [steady(3, 3), float([3])],
        call: (a, b) => solve(a, b),
        truth: (a, b) => withoutLast(solveTruth(a, asColumn(b))),
      },
      {
        note: "a vector for each matrix",
        inputs: [steady(2, 3, 3), float([2, 3])],
        call: (a, b) => solve(a, b),
        truth: (a, b) => withoutLast(solveTruth(a, asColumn(b))),
      },
      { note: "batches broadcast", inputs: [steady(2, 1, 3, 3), float([4, 3, 2])], call: (a, b) => solve(a, b), truth: solveTruth },
      { note: "no matrices", inputs: [steady(0, 2, 2), float([0, 2, 1])], call: (a, b) => solve(a, b), truth: solveTruth },
      {
        note: "from the right",
        inputs: [steady(2, 3, 3), float([2, 2, 3])],
        call: (a, b) => solve(a, b, { left: false }),
        truth: batched((a, b) => transposed(solved(transposed(a), transposed(b)), b.length), sameShape),
      },
      {
        note: "a pivot that is not the first",
        inputs: [given([2, 2], [0, 2, 3, 1]), float([2, 2])],
        call: (a, b) => solve(a, b),
        truth: solveTruth,
      },
    ],
    refuses: [
      {
        call: () => solve(singular(), ones([2, 1])),
        error: ArgError,
        says: /^solve: matrix 1 of float32\[2,2,2\] is singular: pivot 2 is 0/,
      },
      {
        call: () => solve(ones([2, 2]), ones([3, 1])),
        error: ShapeError,
        says: /^solve: a is float32\[2,2\] and b is float32\[3,1\]; b must have as many rows as a/,
      },
      { call: () => solve(ones([2, 2]), ones([3, 1]), { left: false }), error: ShapeError, says: /as many columns/ },
      { call: () => solve(ones([3, 2, 2]), ones([4, 2, 1])), error: ShapeError, says: /dimensions before the last two/ },
      { call: () => solve(eye(2), ones([2, 1]), { left: 1 as unknown as boolean }), error: ArgError, says: /left must be true or false/ },
      { call: () => solve(eye(2), 1 as unknown as Tensor), error: ArgError, says: /expected a tensor as b/ },
      notSquare((x) => solve(x, x), "solve"),
      integers((x) => solve(x, x), "solve"),
    ],
  },
  ...(["inverse", "inv"] as const).map(
    (op): Row => ({
      op,
      samples: each(SQUARES, op === "inv" ? inv : inverse, batched(inverted, square)),
      refuses: [
        { call: () => inverse(singular()), error: ArgError, says: /^inverse: matrix 1 of float32\[2,2,2\] is singular/ },
        notSquare(inverse, "inverse"),
        integers(inverse, "inverse"),
      ],
    }),
  ),
  {
    op: "det",
    samples: [
      ...each(SQUARES, det, perMatrix(determinant)),
      { note: "singular", inputs: [given([3, 3], [1, 2, 3, 2, 4, 6, 1, 0, 1])], call: det, truth: perMatrix(determinant) },
      {
        note: "of rank 1",
        inputs: [given([2, 3, 3], [1, 2, 3, 2, 4, 6, -1, -2, -3, ...new Array(9).fill(0)])],
        call: det,
        truth: perMatrix(determinant),
      },
    ],
    refuses: [notSquare(det, "det"), integers(det, "det")],
  },
  {
    op: "slogdet",
    samples: [
      ...each(
        SQUARES,
        (x) => slogdet(x).logabsdet,
        perMatrix((a) => Math.log(Math.abs(determinant(a)))),
      ),
      {
        inputs: [given([3, 2, 2], [0, 1, 1, 0, 2, 0, 0, 3, 1, 2, 2, 4])],
        call: (x) => slogdet(x).sign,
        truth: perMatrix((a) => Math.sign(determinant(a))),
        differentiable: false,
      },
    ],
    refuses: [
      notSquare(slogdet, "slogdet"),
      integers(slogdet, "slogdet"),
      {
        call: () =>
          slogdet(
            tensor(
              [
                [1, 2],
                [2, 4],
              ],
              { requiresGrad: true },
            ),
          ).logabsdet.backward(),
        error: ArgError,
        says: /^slogdet: matrix 0 of float32\[2,2\] is singular/,
      },
    ],
  },
  {
    op: "solveTriangular",
    samples: [
      ...triangular,
      {
        note: "batches broadcast",
        inputs: [steady(2, 1, 3, 3), float([2, 3, 2])],
        call: (a, b) => solveTriangular(a, b, { upper: false }),
        truth: batched((a, b) => solved(part(a, false, false), b), sameShape),
      },
      { inputs: [steady(0, 0), float([0, 2])], call: (a, b) => solveTriangular(a, b, { upper: false }), truth: solveTruth },
    ],
    refuses: [
      {
        call: () => solveTriangular(eye(2), ones([2, 1]), {} as { upper: boolean }),
        error: ArgError,
        says: /^solveTriangular: upper must be true or false/,
      },
      {
        call: () => solveTriangular(eye(2), ones([2, 1]), { upper: true, unitriangular: 0 as unknown as boolean }),
        error: ArgError,
        says: /^solveTriangular: unitriangular must be true or false/,
      },
      notSquare((x) => solveTriangular(x, x, { upper: true }), "solveTriangular"),
      integers((x) => solveTriangular(x, x, { upper: true }), "solveTriangular"),
    ],
  },
  {
    op: "cholesky",
    samples: [
      ...each(
        SQUARES,
        (x) => cholesky(gram(x)),
        batched((a) => choleskyOf(gramOf(a)), square),
      ),
      {
        inputs: [steady(3, 3)],
        call: (x) => cholesky(gram(x), { upper: true }),
        truth: batched((a) => transposed(choleskyOf(gramOf(a)), 3), square),
      },
    ],
    refuses: [
      {
        call: () =>
          cholesky(
            tensor([
              [
                [1, 0],
                [0, 1],
              ],
              [
                [1, 2],
                [2, 1],
              ],
            ]),
          ),
        error: ArgError,
        says: /^cholesky: matrix 1 of float32\[2,2,2\] is not positive definite: pivot 2 is not above 0/,
      },
      { call: () => cholesky(tensor([[Number.NaN]])), error: ArgError, says: /pivot 1 is not above 0/ },
      { call: () => cholesky(eye(2), { upper: 1 as unknown as boolean }), error: ArgError, says: /upper must be true or false/ },
      notSquare(cholesky, "cholesky"),
      integers(cholesky, "cholesky"),
    ],
  },
  {
    op: "choleskySolve",
    samples: [false, true].flatMap((upper) =>
      [
        [1, 1],
        [3, 3],
        [2, 3, 3],
      ].map((shape): Sample => {
        const n = shape.at(-1) as number;
        return {
          inputs: [float([n, 2]), steady(...shape)],
          call: (b, l) => choleskySolve(b, l, { upper }),
          truth: batched(
            (b, l) => {
              const t = part(l, upper, false);
              return solved(upper ? times(transposed(t), t) : times(t, transposed(t)), b);
            },
            (b) => b.shape.slice(-2) as number[],
          ),
        };
      }),
    ),
    refuses: [
      {
        call: () => choleskySolve(ones([3, 1]), eye(2)),
        error: ShapeError,
        says: /^choleskySolve: a is float32\[2,2\] and b is float32\[3,1\]; b must have as many rows/,
      },
      integers((x) => choleskySolve(x, x), "choleskySolve"),
    ],
  },
  {
    op: "matrixPower",
    samples: [
      ...[1, 2, 3, 5, -1, -3].map(
        (n): Sample => ({
          note: `to the power of ${n}`,
          inputs: [steady(2, 2, 2)],
          call: (x) => matrixPower(x, n),
          truth: batched((a) => {
            let result = identity(2);
            for (let i = 0; i < Math.abs(n); i++) result = times(result, n < 0 ? inverted(a) : a);
            return result;
          }, square),
        }),
      ),
      {
        inputs: [steady(2, 3, 3)],
        call: (x) => matrixPower(x, 0),
        truth: batched((a) => identity(a.length), square),
        differentiable: false,
      },
    ],
    refuses: [
      { call: () => matrixPower(eye(2), 0.5), error: ArgError, says: /^matrixPower: exponent must be a whole number/ },
      {
        call: () => matrixPower(zeros([2, 2]), -1),
        error: ArgError,
        says: /^matrixPower: matrix 0 of float32\[2,2\] is singular: pivot 1 is 0/,
      },
      notSquare((x) => matrixPower(x, 2), "matrixPower"),
      integers((x) => matrixPower(x, 2), "matrixPower"),
    ],
  },
];

export const equationsRows: readonly Row[] = [...equations];
