// Least squares, pseudo-inverses and ranks, from singular values.
import { checkFinite } from "../../checks.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { linalgKernels } from "../../wasm/generated/groups/linalg.js";
import { add, maximum, mul, sub } from "../elementwise/arithmetic.js";
import { gt } from "../elementwise/compare.js";
import { square } from "../elementwise/unary.js";
import { get } from "../move/slice.js";
import { sum } from "../reduce/reduce.js";
import {
  checkMatrix,
  columnsOf,
  fit,
  identityFor,
  likeBatch,
  mT,
  type Pair,
  runOn,
  sameBatch,
  sizesOf,
  timesAB,
  timesABt,
  timesAtB,
  total,
} from "./matrices.js";

/** Which singular values count as 0: at most max(atol, rtol times the largest). */
interface Tolerance {
  readonly op: string;
  readonly atol: number;
  readonly rtol: number;
  /** Whether only the lower triangle of a symmetric matrix is read. */
  readonly hermitian: boolean;
}

/** `pinv(A) B` for a [..., m, n] and b [..., m, r] of the same batch, and the singular values of a. */
const lstsqOp: Op<[a: Tensor, b: Tensor], Tolerance, Pair> = defineOp<[a: Tensor, b: Tensor], Tolerance, Pair>({
  name: "lstsq",
  several: true,
  infer: ([a, b]) => {
    const [, m, n] = sizesOf(a);
    return [likeBatch(a, n, b.shape.at(-1) as number), likeBatch(a, Math.min(m, n))];
  },
  forward: ([x, s], [a, b], { op, atol, rtol, hermitian }, _, scratch) => {
    const [, m, n] = sizesOf(a);
    const r = b.shape.at(-1) as number;
    runOn(op, a, scratch, Math.min(m, n) * (m + n) + (m + n + 1) * r, (info, batch, bytes, work) =>
      linalgKernels.lstsq(a.ptr, b.ptr, x.ptr, s.ptr, info, batch, m, n, r, atol, rtol, Number(hermitian), bytes, work),
    );
  },
  differentiable: [true, false],
  // X = P B with P = pinv(A): dB = P^T g, and for G = g B^T, dA = -P^T G P^T + (1 - A P) G^T P P^T + P^T P G^T (1 - P A) (Golub and Pereyra,
  // The differentiation of pseudo-inverses, 1973).
  backward: {
    inputs: [true, true],
    saves: [0, 1],
    rule: ([g], { inputs: [a, b], attr }, [wanted]) => {
      const [p] = lstsqOp(a, identityFor(a), attr);
      const db = timesAtB(p, g as Tensor);
      if (!wanted) return [undefined, db];
      const h = timesABt(b, g as Tensor);
      const rows = timesABt(timesAB(h, p), p);
      const columns = timesAtB(p, timesAB(p, h));
      const apart = total(timesAB(a, timesAB(p, rows)), timesAB(timesAB(columns, p), a), timesABt(timesABt(mT(p), h), p));
      return [sub(add(rows, columns), apart), db];
    },
  },
});

/** Options of `pinv` and `matrixRank`. */
export interface ToleranceOptions {
  /** Singular values of at most this count as 0; 0 unless given. */
  atol?: number;
  /** The same relative to the largest; unless given, float32's epsilon times the larger size, or 0 if there is an `atol`. */
  rtol?: number;
  /** Whether x is symmetric, so that only its lower triangle is read. */
  hermitian?: boolean;
}

const TOLERANCE: { atol: number; rtol: number | undefined; hermitian: boolean } = { atol: 0, rtol: undefined, hermitian: false };

function readTolerance(op: string, x: Tensor, options: ToleranceOptions | undefined): Tolerance {
  const { atol, rtol, hermitian } = readOptions(op, options, TOLERANCE);
  checkMatrix(op, x, "x", hermitian);
  checkFinite(op, "atol", atol, 0);
  return { op, atol, rtol: relative(op, "rtol", rtol ?? (atol > 0 ? 0 : undefined), x), hermitian };
}

/** The tolerance relative to the largest singular value; float32's epsilon times the larger size unless given. */
function relative(op: string, name: string, given: number | undefined, x: Tensor): number {
  return checkFinite(op, name, given ?? 2 ** -23 * Math.max(...x.shape.slice(-2)), 0);
}

/**
 * The pseudo-inverse of Moore and Penrose, from the singular values above the tolerance (`atol`, `rtol`). x [..., m, n], float32 -> [..., n, m].
 * With `hermitian` only the lower triangle of a symmetric x is read. Gradient: where the rank is the same nearby.
 * Errors: `ArgError` for NaN or infinities, or a tolerance below 0; `ShapeError`, `DTypeError`.
 * @example pinv(tensor([[2, 0], [0, 0]])); // [[0.5, 0], [0, 0]]
 */
export function pinv(x: Tensor, options?: ToleranceOptions): Tensor {
  const tolerance = readTolerance("pinv", x, options);
  return scope(() => lstsqOp(x, identityFor(x), tolerance)[0]);
}

/** How many of the values [..., k], which descend, are above the tolerance. */
const countAbove = (values: Tensor, { atol, rtol }: Tolerance): Tensor =>
  sum(gt(values, maximum(mul(get(values, "..., :1"), rtol), atol)), -1);

/**
 * The number of singular values above the tolerance (`atol`, `rtol`). x [..., m, n], float32 -> int32 [...]. With `hermitian` only the lower
 * triangle of a symmetric x is read. Gradient: none.
 * Errors: `ArgError` for NaN or infinities, or a tolerance below 0; `ShapeError`, `DTypeError`.
 * @example matrixRank(tensor([[1, 2], [2, 4]])); // 1
 */
export function matrixRank(x: Tensor, options?: ToleranceOptions): Tensor {
  const tolerance = readTolerance("matrixRank", x, options);
  return scope(() => countAbove(lstsqOp(x, zeros([...x.shape.slice(0, -1), 0]), tolerance)[1], tolerance));
}

/** What `lstsq` gives. */
export interface LeastSquares {
  /** float32 [..., n, r]. */
  solution: Tensor;
  /** The sums of the squares of `A X - B` by column, float32 [..., r]. */
  residuals: Tensor;
  /** The number of singular values of A that count, int32 [...]. */
  rank: Tensor;
  /** Those of A, float32 [..., min(m, n)]. */
  singularValues: Tensor;
}

/**
 * The X for which `A X - B` is smallest, and of several the smallest: `pinv(A) B`. a [..., m, n], b [..., m, r], float32; their batches
 * broadcast. A b of shape [m], or of a's without its last size, is a vector per matrix. Singular values of at most `rcond` times the largest
 * count as 0; float32's epsilon times max(m, n) unless given. Gradient: through `solution` to both, where the rank is the same nearby.
 * Errors: `ArgError` for NaN or infinities, or an `rcond` below 0; `ShapeError`, `DTypeError`.
 * @example lstsq(tensor([[1], [1]]), tensor([[1], [3]])).solution; // [[2]]
 */
export function lstsq(a: Tensor, b: Tensor, options?: { rcond?: number }): LeastSquares {
  const { rcond } = readOptions("lstsq", options, { rcond: undefined as number | undefined });
  return scope(() => {
    const [columns, back] = columnsOf("lstsq", a, b);
    const [left, by] = sameBatch(fit("lstsq", a, columns), a, columns);
    const tolerance = { op: "lstsq", atol: 0, rtol: relative("lstsq", "rcond", rcond, a), hermitian: false };
    const [x, singularValues] = lstsqOp(left, by, tolerance);
    return {
      solution: back(x),
      residuals: back(sum(square(sub(timesAB(left, x), by)), -2)),
      rank: countAbove(singularValues, tolerance),
      singularValues,
    };
  });
}
