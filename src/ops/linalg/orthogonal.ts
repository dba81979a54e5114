// Decompositions with orthogonal factors. The kernels compute in float64.
import { checkOneOf } from "../../checks.js";
import { GradError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { full, zeros } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { linalgKernels } from "../../wasm/generated/groups/linalg.js";
import { diagEmbed } from "../arrange/diagonal.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { neg, reciprocal, square } from "../elementwise/unary.js";
import { cat } from "../move/join.js";
import { unsqueeze } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { checkMatrix, likeBatch, mirrored, mT, type Pair, runOn, sizesOf, timesAB, timesABt, timesAtB, total } from "./matrices.js";
import { solveTriangular } from "./solve.js";

/** QR of matrices that have at least as many rows as columns; `complete` gives all columns of Q. */
const qrOp: Op<[x: Tensor], { complete: boolean }, Pair> = defineOp<[x: Tensor], { complete: boolean }, Pair>({
  name: "qr",
  several: true,
  infer: ([x], { complete }) => {
    const [, m, n] = sizesOf(x);
    const k = complete ? m : n;
    return [likeBatch(x, m, k), likeBatch(x, k, n)];
  },
  forward: ([q, r], [x], { complete }, _, scratch) => {
    const [batch, m, n] = sizesOf(x);
    const columns = complete ? m : n;
    const bytes = 8 * (n * m + columns * m + 2 * n);
    linalgKernels.qr(x.ptr, q.ptr, r.ptr, batch, m, n, columns, bytes, scratch(bytes));
  },
  // dA = (gQ + Q copyltu(M)) R^-T with M = R gR^T - gQ^T Q, where copyltu makes the lower triangle symmetric (Walter and Lehmann,
  // Algorithmic differentiation of linear algebra functions, 2010).
  backward: {
    inputs: [true],
    saves: ["out:0", "out:1"],
    rule: ([gq, gr], { out: [q, r] }) => {
      const [, m, n] = sizesOf(q);
      const columns = r.shape.at(-1) as number;
      if (n > columns) throw new GradError(`qr: mode "complete" has no gradient for more rows than columns, ${m} and ${columns}`);
      const product = total(gr && timesABt(r, gr), gq && neg(timesAtB(gq, q)));
      return [mT(solveTriangular(r, mT(total(gq, timesAB(q, mirrored(product)))), { upper: true }))];
    },
  },
});

const MODES = ["reduced", "complete", "r"] as const;

/**
 * `A = Q R` with orthonormal columns in Q and an upper triangular R, by Householder's reflections; signs are LAPACK's. x [..., m, n],
 * float32. `mode`: "reduced" -> Q [..., m, k] and R [..., k, n] with k = min(m, n); "complete" -> Q [..., m, m] and R [..., m, n]; "r" -> R
 * as reduced, and an empty Q. Gradient: where the first k columns are independent; none for "complete" with m > n.
 * Errors: `ArgError` for another mode, `ShapeError`, `DTypeError`; `GradError` from a gradient that is not there.
 * @example qr(tensor([[3, 0], [4, 5]])).R; // [[-5, -4], [0, 3]]
 */
export function qr(x: Tensor, options?: { mode?: "reduced" | "complete" | "r" }): { Q: Tensor; R: Tensor } {
  const mode = checkOneOf("qr", "mode", readOptions("qr", options, { mode: MODES[0] as string }).mode, MODES);
  checkMatrix("qr", x, "x");
  const [Q, R] = scope((): Pair => {
    const [, m, n] = sizesOf(x);
    const wide = n > m;
    const [q, left] = qrOp(wide ? narrow(x, -1, 0, m) : x, { complete: mode === "complete" });
    // Columns after the first m follow from Q.
    const r = wide ? cat([left, timesAtB(q, narrow(x, -1, m, n - m))], -1) : left;
    return [mode === "r" ? zeros([0]) : q, r];
  });
  return { Q, R };
}

/** 1 / (x_j - x_i) in row i and column j, and 0 on the diagonal. */
function inverseGaps(x: Tensor): Tensor {
  return reciprocal(add(sub(unsqueeze(x, -2), unsqueeze(x, -1)), diagEmbed(full(x.shape, Number.POSITIVE_INFINITY))));
}

/** A as `U diag(S) V^T`, for at least as many rows as columns. */
type Factors = readonly [U: Tensor, S: Tensor, V: Tensor];

/** What the operation is for, and the number of columns of U: none for "eigh", the eigenvalues S and eigenvectors V of a symmetric matrix. */
interface Decomposition {
  readonly op: "svd" | "eigh";
  readonly columns: number;
}

const svdOp: Op<[x: Tensor], Decomposition, Factors> = defineOp<[x: Tensor], Decomposition, Factors>({
  name: "svd",
  several: true,
  infer: ([x], { columns }) => {
    const [, m, n] = sizesOf(x);
    return [likeBatch(x, m, columns), likeBatch(x, n), likeBatch(x, n, n)];
  },
  forward: ([u, s, v], [x], { op, columns }, _, scratch) => {
    const [, m, n] = sizesOf(x);
    runOn(op, x, scratch, n * m + n * n + columns * m + 2 * n, (info, batch, bytes, work) =>
      linalgKernels.svd(x.ptr, u.ptr, s.ptr, v.ptr, info, batch, m, n, columns, Number(op === "eigh"), bytes, work),
    );
  },
  // With F = 1 / (s_j^2 - s_i^2) and skew(X) = X - X^T, dA = U ((F skew(U^T gU)) S + S (F skew(V^T gV)) + gS) V^T, and with more rows than
  // columns the part of gU S^-1 V^T that is orthogonal to U (Townsend, Differentiating the singular value decomposition, 2016).
  // For symmetric matrices, dA = V (skew(V^T gV) / (2 (s_j - s_i)) + gS) V^T.
  backward: {
    inputs: [true],
    saves: ["out:0", "out:1", "out:2"],
    rule: ([gu, gs, gv], { out: [u, s, v], attr: { op, columns } }) => {
      const symmetric = op === "eigh";
      const k = s.shape.at(-1) as number;
      const [U, gU] = columns > k ? ([u, gu].map((x) => x && narrow(x, -1, 0, k)) as [Tensor, Tensor | undefined]) : [u, gu];
      const row = unsqueeze(s, -2);
      const turned = (factor: Tensor, g: Tensor): Tensor => {
        const product = timesAtB(factor, g);
        return mul(mul(inverseGaps(symmetric ? s : square(s)), sub(product, mT(product))), symmetric ? 0.5 : row);
      };
      const inner = total(gU && turned(U, gU), gv && mT(turned(v, gv)), gs && diagEmbed(gs));
      const outer = gU && (u.shape.at(-2) as number) > k ? div(sub(gU, timesAB(U, timesAtB(U, gU))), row) : undefined;
      return [timesABt(total(timesAB(symmetric ? v : U, inner), outer), v)];
    },
  },
});

/**
 * `A = U diag(S) V^T` with singular values S in descending order, by Jacobi's rotations. x [..., m, n], float32 -> `U` [..., m, m], `S`
 * [..., k] with k = min(m, n), `Vh` = V^T [..., n, n]; with `fullMatrices: false` U [..., m, k] and Vh [..., k, n]. Signs of vectors are
 * arbitrary. Gradient: where singular values differ (and are not 0, if m and n differ and U or Vh is used); otherwise it has NaN or infinities.
 * Errors: `ArgError` for NaN or infinities, `ShapeError`, `DTypeError`.
 * @example svd(tensor([[0, 2], [1, 0]])).S; // [2, 1]
 */
export function svd(x: Tensor, options?: { fullMatrices?: boolean }): { U: Tensor; S: Tensor; Vh: Tensor } {
  const { fullMatrices } = readOptions("svd", options, { fullMatrices: true });
  checkMatrix("svd", x, "x");
  const [, m, n] = sizesOf(x);
  const [U, S, Vh] = scope((): Factors => {
    const columns = (fullMatrices ? Math.max : Math.min)(m, n);
    const [left, values, right] = svdOp(m < n ? mT(x) : x, { op: "svd", columns });
    return m < n ? [right, values, mT(left)] : [left, values, mT(right)];
  });
  return { U, S, Vh };
}

/**
 * Singular values of every matrix, in descending order. x [..., m, n], float32 -> [..., min(m, n)]. Gradient: `U diag(g) V^T`.
 * Errors: those of `svd`.
 * @example svdvals(tensor([[0, 2], [1, 0]])); // [2, 1]
 */
export function svdvals(x: Tensor): Tensor {
  return scope(() => svd(x, { fullMatrices: false }).S);
}

/** Which triangle of a symmetric matrix is read; lower case is the same. */
export interface EighOptions {
  /** "L", the lower one, unless it is "U". */
  UPLO?: "L" | "U" | "l" | "u";
}

/**
 * Eigenvalues of symmetric matrices in ascending order, and their orthonormal vectors, the columns V of `A = V diag(L) V^T`. x [..., n, n],
 * float32 -> `eigenvalues` [..., n] and `eigenvectors` [..., n, n]. Only the triangle `UPLO` is read, "L" unless given. Signs of vectors are
 * arbitrary. Gradient: where eigenvalues differ; otherwise that of the vectors has NaN or infinities.
 * Errors: `ArgError` for NaN or infinities, or another `UPLO`; `ShapeError`, `DTypeError`.
 * @example eigh(tensor([[2, 0], [0, 1]])).eigenvalues; // [1, 2]
 */
export function eigh(x: Tensor, options?: EighOptions): { eigenvalues: Tensor; eigenvectors: Tensor } {
  const { UPLO } = readOptions("eigh", options, { UPLO: "L" });
  checkOneOf("eigh", "UPLO", UPLO, ["L", "U", "l", "u"]);
  checkMatrix("eigh", x, "x", true);
  return scope(() => {
    const [, eigenvalues, eigenvectors] = svdOp(UPLO.toUpperCase() === "U" ? mT(x) : x, { op: "eigh", columns: 0 });
    return { eigenvalues, eigenvectors };
  });
}

/**
 * Eigenvalues of symmetric matrices, in ascending order. x [..., n, n], float32 -> [..., n]. Only the triangle `UPLO` is read, "L" unless
 * given. Gradient: `V diag(g) V^T`.
 * Errors: those of `eigh`.
 * @example eigvalsh(tensor([[2, 0], [0, 1]])); // [1, 2]
 */
export function eigvalsh(x: Tensor, options?: EighOptions): Tensor {
  return scope(() => eigh(x, options).eigenvalues);
}
