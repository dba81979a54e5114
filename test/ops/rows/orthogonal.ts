// Decompositions with orthogonal factors.
import { ArgError, eigh, eigvalsh, eye, qr, svd, svdvals } from "simdgrad";
import { each, integers, last, noMatrix, notFinite, notSquare, square, steady, sumOf, symmetricSum } from "../decomposed.js";
import { batched, eigenOf, type Matrix, qrOf, svdOf, transposed } from "../matrices.js";
import type { Nd } from "../nd.js";
import type { Row, Sample } from "../row.js";

const leastOf = (x: Nd): number => Math.min(...x.shape.slice(-2));

/** As many numbers per matrix as it has singular values. */
const perValue = (rule: (a: Matrix) => number[]) =>
  batched(
    (a) => [rule(a)],
    (x) => [leastOf(x)],
  );

const squared = (a: Matrix): Matrix => a.map((row) => row.map((v) => v * v));

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

export const orthogonalRows: readonly Row[] = [...orthogonal];
