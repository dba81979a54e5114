// Decompositions with orthogonal factors. The kernels compute in float64.
import { checkBoolean, checkOneOf } from "../../checks.js";
import { GradError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { linalgKernels } from "../../wasm/generated/groups/linalg.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { ge, gt, ne } from "../elementwise/compare.js";
import { neg, reciprocal, square } from "../elementwise/unary.js";
import { matmul } from "../gemm/matmul.js";
import { cat } from "../move/join.js";
import { unsqueeze } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import {
  batchOf,
  checkMatrix,
  FLOAT,
  failed,
  floats,
  identityFor,
  keepWhere,
  mT,
  type Pair,
  runChecked,
  sizesOf,
  total,
  WIDE,
} from "./matrices.js";
import { solveTriangular } from "./solve.js";

/** QR of matrices that have at least as many rows as columns; `complete` gives all columns of Q. */
const qrOp: Op<[x: Tensor], { complete: boolean }, Pair> = defineOp<[x: Tensor], { complete: boolean }, Pair>({
  name: "qr",
  several: true,
  infer: ([x], { complete }) => {
    const [, m, n] = sizesOf(x);
    const k = complete ? m : n;
    return [floats(...batchOf(x), m, k), floats(...batchOf(x), k, n)];
  },
  forward: ([q, r], [x], { complete }, _, scratch) => {
    const [batch, m, n] = sizesOf(x);
    const columns = complete ? m : n;
    const bytes = WIDE * (n * m + columns * m + 2 * n);
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
      const product = total(gr && matmul(r, mT(gr)), gq && neg(matmul(mT(gq), q)));
      const symmetric = add(keepWhere(ge, product), mT(keepWhere(gt, product)));
      return [mT(solveTriangular(r, mT(total(gq, matmul(q, symmetric))), { upper: true }))];
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
    const r = wide ? cat([left, matmul(mT(q), narrow(x, -1, m, n - m))], -1) : left;
    return [mode === "r" ? zeros([0]) : q, r];
  });
  return { Q, R };
}

/** 1 / (x_j - x_i) in row i and column j, and 0 on the diagonal. */
function inverseGaps(x: Tensor): Tensor {
  return reciprocal(keepWhere(ne, sub(unsqueeze(x, -2), unsqueeze(x, -1)), Number.POSITIVE_INFINITY));
}

/** Matrices with these diagonals. */
const diagonal = (x: Tensor): Tensor => {
  const rows = unsqueeze(x, -1);
  return mul(rows, identityFor(rows));
};

type Factors = readonly [U: Tensor, S: Tensor, Vh: Tensor];

const svdOp: Op<[x: Tensor], { full: boolean }, Factors> = defineOp<[x: Tensor], { full: boolean }, Factors>({
  name: "svd",
  several: true,
  infer: ([x], { full }) => {
    const [, m, n] = sizesOf(x);
    const k = Math.min(m, n);
    return [floats(...batchOf(x), m, full ? m : k), floats(...batchOf(x), k), floats(...batchOf(x), full ? n : k, n)];
  },
  forward: ([u, s, vh], [x], { full }, _, scratch) => {
    const [batch, rows, columns] = sizesOf(x);
    const tall = rows >= columns;
    const [m, n] = tall ? [rows, columns] : [columns, rows];
    const c = full ? m : n;
    const bytes = WIDE * (n * m + n * n + c * m + 2 * n);
    const work = scratch(bytes);
    // The kernel takes tall matrices; of a wide one it takes the transpose, and U and V change places.
    const [left, right] = tall ? [u, vh] : [vh, u];
    const [by, one] = [columns * FLOAT, FLOAT];
    const [urs, ucs, vrs, vcs] = tall ? [c * FLOAT, one, one, n * FLOAT] : [one, m * FLOAT, n * FLOAT, one];
    runChecked(
      "svd",
      batch,
      scratch,
      (info) =>
        linalgKernels.svd(
          ...([x.ptr, left.ptr, s.ptr, right.ptr, info, batch, m, n, c] as const),
          ...([tall ? by : one, tall ? one : by, urs, ucs, vrs, vcs, bytes, work] as const),
        ),
      failed(x),
    );
  },
  // With F = 1 / (s_j^2 - s_i^2) and skew(X) = X - X^T, dA = U ((F skew(U^T gU)) S + S (F skew(V^T gV)) + gS) V^T, and for more rows or columns
  // than singular values the part of gU S^-1 V^T or U S^-1 gV^T that is orthogonal to U or V (Townsend, Differentiating the SVD, 2016).
  backward: {
    inputs: [true],
    saves: ["out:0", "out:1", "out:2"],
    rule: ([gu, gs, gvh], { out: [u, s, vh] }) => {
      const k = s.shape.at(-1) as number;
      const first = (x: Tensor, dim: number): Tensor => narrow(x, dim, 0, k);
      const [U, V] = [first(u, -1), mT(first(vh, -2))];
      const [row, gaps] = [unsqueeze(s, -2), inverseGaps(square(s))];
      /** What comes from a factor: inside of U and V, and orthogonal to it. */
      const parts = (factor: Tensor, g: Tensor | undefined): [inner?: Tensor, outer?: Tensor | undefined] => {
        if (!g) return [];
        const product = matmul(mT(factor), g);
        const inner = mul(mul(gaps, sub(product, mT(product))), row);
        return [inner, (factor.shape.at(-2) as number) > k ? div(sub(g, matmul(factor, product)), row) : undefined];
      };
      const [innerU, outerU] = parts(U, gu && first(gu, -1));
      const [innerV, outerV] = parts(V, gvh && mT(first(gvh, -2)));
      const inner = total(innerU, innerV && mT(innerV), gs && diagonal(gs));
      const left = total(matmul(U, inner), outerU);
      return [total(matmul(left, mT(V)), outerV && matmul(U, mT(outerV)))];
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
  checkBoolean("svd", "fullMatrices", fullMatrices);
  checkMatrix("svd", x, "x");
  const [U, S, Vh] = svdOp(x, { full: fullMatrices });
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

const eighOp: Op<[x: Tensor], { upper: boolean }, Pair> = defineOp<[x: Tensor], { upper: boolean }, Pair>({
  name: "eigh",
  several: true,
  infer: ([x]) => [floats(...x.shape.slice(0, -1)), floats(...x.shape)],
  forward: ([values, vectors], [x], { upper }, _, scratch) => {
    const [batch, n] = sizesOf(x);
    const [row, column] = upper ? [FLOAT, n * FLOAT] : [n * FLOAT, FLOAT];
    const bytes = 2 * WIDE * n * n;
    const work = scratch(bytes);
    runChecked(
      "eigh",
      batch,
      scratch,
      (info) => linalgKernels.eigh(x.ptr, values.ptr, vectors.ptr, info, batch, n, row, column, bytes, work),
      failed(x),
    );
  },
  // dA = V (gL + (V^T gV) / (l_j - l_i)) V^T
  backward: {
    inputs: [true],
    saves: ["out:0", "out:1"],
    rule: ([gl, gv], { out: [values, vectors] }) => {
      const inner = total(gl && diagonal(gl), gv && mul(inverseGaps(values), matmul(mT(vectors), gv)));
      return [matmul(matmul(vectors, inner), mT(vectors))];
    },
  },
});

/** Which triangle of a symmetric matrix is read; lower case is the same. */
export interface EighOptions {
  /** "L", the lower one, unless it is "U". */
  UPLO?: "L" | "U" | "l" | "u";
}

const EIGH = { UPLO: "L" };

/**
 * Eigenvalues of symmetric matrices in ascending order, and their orthonormal vectors, the columns V of `A = V diag(L) V^T`. x [..., n, n],
 * float32 -> `eigenvalues` [..., n] and `eigenvectors` [..., n, n]. Only the triangle `UPLO` is read, "L" unless given. Signs of vectors are
 * arbitrary. Gradient: where eigenvalues differ; otherwise that of the vectors has NaN or infinities.
 * Errors: `ArgError` for NaN or infinities, or another `UPLO`; `ShapeError`, `DTypeError`.
 * @example eigh(tensor([[2, 0], [0, 1]])).eigenvalues; // [1, 2]
 */
export function eigh(x: Tensor, options?: EighOptions): { eigenvalues: Tensor; eigenvectors: Tensor } {
  const { UPLO } = readOptions("eigh", options, EIGH);
  checkOneOf("eigh", "UPLO", UPLO, ["L", "U", "l", "u"]);
  checkMatrix("eigh", x, "x", true);
  const [eigenvalues, eigenvectors] = eighOp(x, { upper: UPLO.toUpperCase() === "U" });
  return { eigenvalues, eigenvectors };
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
