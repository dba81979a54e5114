// Rows for systems of equations and decompositions.
import {
  ArgError,
  cholesky,
  choleskySolve,
  DTypeError,
  det,
  eigh,
  eigvalsh,
  eye,
  inv,
  inverse,
  lstsq,
  matrixPower,
  matrixRank,
  ones,
  pinv,
  qr,
  ShapeError,
  slogdet,
  solve,
  solveTriangular,
  svd,
  svdvals,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { randomValues } from "../../assembly/harness.js";
import {
  batched,
  choleskyOf,
  determinant,
  eigenOf,
  identity,
  inverted,
  type Matrix,
  matricesOf,
  pseudoInverse,
  qrOf,
  solved,
  svdOf,
  times,
  transposed,
} from "../matrices.js";
import { type Nd, sizeOf } from "../nd.js";
import { float, given, type Input, type Row, type Sample } from "../row.js";

let seed = 300;

/** Matrices near a diagonal that descends: well conditioned, with singular values that differ. */
function steady(...shape: number[]): Input {
  const [m, n] = shape.slice(-2) as [number, number];
  const values = Array.from(randomValues(sizeOf(shape), seed++, -0.4, 0.4));
  return given(
    shape,
    values.map((v, i) => (Math.floor(i / n) % m === i % n ? v + 1 + 0.9 * (Math.min(m, n) - (i % n)) : v)),
  );
}

/** A kind of integer that has no solution. */
const INT = (): Tensor => ones([2, 2], { dtype: "int32" });

const square = (a: Nd): number[] => a.shape.slice(-2) as number[];
const last = (x: Nd): number => x.shape.at(-1) as number;
const sameShape = (_: Nd, b: Nd): number[] => b.shape.slice(-2) as number[];
const leastOf = (x: Nd): number => Math.min(...x.shape.slice(-2));
/** As many numbers per matrix as it has singular values. */
const perValue = (rule: (a: Matrix) => number[]) =>
  batched(
    (a) => [rule(a)],
    (x) => [leastOf(x)],
  );
const perMatrix = (rule: (a: Matrix) => number): ((x: Nd) => Nd) =>
  batched(
    (a) => [[rule(a)]],
    () => [],
  );
const squared = (a: Matrix): Matrix => a.map((row) => row.map((v) => v * v));

const SQUARES = [
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [2, 3, 3],
  [2, 1, 4, 4],
] as const;
/** The same call for inputs of several shapes. */
const each = (shapes: readonly (readonly number[])[], call: Sample["call"], truth: Sample["truth"], make = steady): Sample[] =>
  shapes.map((shape) => ({ inputs: [make(...shape)], call, truth }));

const solveTruth = batched(solved, sameShape);
const asColumn = (b: Nd): Nd => ({ shape: [...b.shape, 1], data: b.data });
const withoutLast = ({ shape, data }: Nd): Nd => ({ shape: shape.slice(0, -1), data });

/** A positive definite matrix, made of any other by operations. */
const gram = (x: Tensor): Tensor => x.matmul(x.transpose(-2, -1)).add(eye(x.shape.at(-1) as number));
const gramOf = (a: Matrix): Matrix =>
  times(a, transposed(a, a.length)).map((row, i) => row.map((v, j) => v + (identity(a.length)[i]?.[j] as number)));
const symmetricSum = (x: Tensor): Tensor => x.add(x.transpose(-2, -1));
const sumOf = (a: Matrix): Matrix => a.map((row, i) => row.map((v, j) => v + (a[j]?.[i] as number)));

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
const notSquare = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(ones([2, 3])),
  error: ShapeError,
  says: new RegExp(`^${name}: \\w must be square matrices \\[\\.\\.\\., n, n\\], got float32\\[2,3\\]`),
});
const integers = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(INT()),
  error: DTypeError,
  says: new RegExp(`^${name}: needs float32, got int32\\[2,2\\]`),
});
const noMatrix = (op: (x: Tensor) => unknown, name: string) => ({
  call: () => op(ones(3)),
  error: ShapeError,
  says: new RegExp(`^${name}: \\w must be matrices \\[\\.\\.\\., m, n\\], got float32\\[3\\]`),
});
const notFinite = (op: (x: Tensor) => unknown, name: string) => ({
  call: () =>
    op(
      tensor([
        [1, 0],
        [Number.NaN, 1],
      ]),
    ),
  error: ArgError,
  says: new RegExp(`^${name}: matrix 0 of float32\\[2,2\\] contains NaN`),
});

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

const TALL = [
  [1, 1],
  [3, 3],
  [4, 2],
  [2, 3, 2],
] as const;
const WIDE = [
  [2, 4],
  [2, 1, 3],
] as const;

const orthogonal: Row[] = [
  {
    op: "qr",
    samples: [
      // Squares do not depend on signs, which the docstring's example and the tests of residuals fix.
      ...each(
        [...TALL, ...WIDE],
        (x) => qr(x).Q.square(),
        batched(
          (a) => squared(qrOf(a).q),
          (x) => [x.shape.at(-2) as number, leastOf(x)],
        ),
      ),
      ...each(
        [...TALL, ...WIDE],
        (x) => qr(x).R.square(),
        batched(
          (a) => squared(qrOf(a).r),
          (x) => [leastOf(x), last(x)],
        ),
      ),
      ...each(
        [
          [3, 3],
          [2, 4],
        ],
        (x) => qr(x, { mode: "complete" }).Q.square(),
        batched(
          (a) => squared(qrOf(a).q),
          (x) => [leastOf(x), leastOf(x)],
        ),
      ),
      ...each(
        [[3, 2]],
        (x) => qr(x, { mode: "r" }).R.square(),
        batched(
          (a) => squared(qrOf(a).r),
          (x) => [leastOf(x), last(x)],
        ),
      ),
    ],
    refuses: [
      {
        call: () => qr(eye(2), { mode: "full" as "r" }),
        error: ArgError,
        says: /^qr: mode must be "reduced", "complete" or "r", got "full"/,
      },
      noMatrix(qr, "qr"),
      integers(qr, "qr"),
    ],
  },
  {
    op: "svd",
    samples: [
      ...[false, true].flatMap((fullMatrices): Sample[] => [
        ...each(
          [...TALL, ...WIDE],
          (x) => svd(x, { fullMatrices }).S,
          perValue((a) => svdOf(a).s),
        ),
        ...each(
          [...TALL, ...WIDE],
          (x) =>
            svd(x, { fullMatrices })
              .U.narrow(-1, 0, Math.min(...x.shape.slice(-2)))
              .square(),
          batched(
            (a) => squared(svdOf(a).u),
            (x) => [x.shape.at(-2) as number, leastOf(x)],
          ),
        ),
        ...each(
          [...TALL, ...WIDE],
          (x) =>
            svd(x, { fullMatrices })
              .Vh.narrow(-2, 0, Math.min(...x.shape.slice(-2)))
              .square(),
          batched(
            (a) => squared(transposed(svdOf(a).v)),
            (x) => [leastOf(x), last(x)],
          ),
        ),
      ]),
    ],
    refuses: [
      notFinite(svd, "svd"),
      noMatrix(svd, "svd"),
      integers(svd, "svd"),
      { call: () => svd(eye(2), { fullMatrices: 1 as unknown as boolean }), error: ArgError, says: /fullMatrices must be true or false/ },
    ],
  },
  {
    op: "svdvals",
    samples: each(
      [...TALL, ...WIDE],
      svdvals,
      perValue((a) => svdOf(a).s),
    ),
    refuses: [notFinite(svdvals, "svd"), noMatrix(svdvals, "svd")],
  },
  {
    op: "eigh",
    samples: [
      ...each(
        [
          [1, 1],
          [3, 3],
          [2, 2, 2],
        ],
        (x) => eigh(symmetricSum(x)).eigenvalues,
        perValue((a) => eigenOf(sumOf(a)).values),
      ),
      ...each(
        [
          [1, 1],
          [3, 3],
          [2, 2, 2],
        ],
        (x) => eigh(symmetricSum(x)).eigenvectors.square(),
        batched((a) => squared(eigenOf(sumOf(a)).vectors), square),
      ),
      ...each(
        [[4, 4]],
        (x) => eigh(symmetricSum(x), { UPLO: "U" }).eigenvectors.square(),
        batched((a) => squared(eigenOf(sumOf(a)).vectors), square),
      ),
    ],
    refuses: [
      notFinite(eigh, "eigh"),
      notSquare(eigh, "eigh"),
      integers(eigh, "eigh"),
      {
        call: () => eigh(eye(2), { UPLO: "lower" as "L" }),
        error: ArgError,
        says: /^eigh: UPLO must be "L", "U", "l" or "u", got "lower"/,
      },
    ],
  },
  {
    op: "eigvalsh",
    samples: [
      ...each(
        [
          [1, 1],
          [2, 2],
          [3, 3],
          [2, 2, 2],
          [5, 5],
        ],
        (x) => eigvalsh(symmetricSum(x)),
        perValue((a) => eigenOf(sumOf(a)).values),
      ),
      ...(["L", "U", "l", "u"] as const).map(
        (UPLO): Sample => ({
          note: `reads the triangle ${UPLO}`,
          inputs: [{ ...steady(3, 3), constant: true }],
          call: (x) => eigvalsh(x, { UPLO }),
          truth: perValue(
            (a) => eigenOf(a.map((row, i) => row.map((v, j) => (i > j === /l/i.test(UPLO) ? v : (a[j]?.[i] as number))))).values,
          ),
          differentiable: false,
        }),
      ),
    ],
    refuses: [notFinite(eigvalsh, "eigh"), notSquare(eigvalsh, "eigh")],
  },
];

const turned = (x: Nd): number[] => [...x.shape.slice(-2)].reverse();
/** A matrix [4, 3] of rank 2. */
const deficient = given([4, 3], [1, 2, 3, 2, 4, 6, 1, 0, 1, 0, 1, 1]);

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
        truth: batched(
          () => [
            [1 / 3, 0],
            [0, 0],
          ],
          square,
        ),
        differentiable: false,
      },
      {
        note: "a singular value below rtol counts as 0",
        inputs: [{ ...given([2, 2], [3, 0, 0, 0.5]), constant: true }],
        call: (x) => pinv(x, { rtol: 0.2 }),
        truth: batched(
          () => [
            [1 / 3, 0],
            [0, 0],
          ],
          square,
        ),
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

export const decompositionRows: readonly Row[] = [...equations, ...orthogonal, ...fromSingularValues];
