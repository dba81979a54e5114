// Systems of linear equations, determinants and Cholesky factors. The kernels compute in float64.
import { checkBoolean, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op, type Scratch } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { isGradEnabled } from "../../tensor/tape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { linalgKernels } from "../../wasm/generated/groups/linalg.js";
import { tril, triu } from "../arrange/diagonal.js";
import { mul } from "../elementwise/arithmetic.js";
import { neg } from "../elementwise/unary.js";
import { alias, reshape } from "../move/shape.js";
import {
  checkMatrix,
  columnsOf,
  fit,
  identityFor,
  likeBatch,
  mirrored,
  mT,
  runOn,
  sameBatch,
  sizesOf,
  timesAB,
  timesABt,
  timesAtB,
} from "./matrices.js";

/** The kinds of `solve` in assembly/linalg/solve.ts. */
const GENERAL = 0;
const TRIANGULAR = 1;
const UNIT = 2;
const COFACTORS = 3;

interface System {
  /** For messages. */
  readonly op: string;
  readonly kind: number;
  /** Of a triangular matrix, as it is stored. */
  readonly upper?: boolean;
  /** Whether it is the transpose of A that b is divided by. */
  readonly transposed: boolean;
}

/** `A^-1 B` for a [..., n, n] and b [..., n, r] of the same batch. */
const solveOp: Op<[a: Tensor, b: Tensor], System> = defineOp<[a: Tensor, b: Tensor], System>({
  name: "solve",
  infer: ([, b]) => b,
  forward: (out, [a, b], { op, kind, upper, transposed }, _, scratch) => {
    const [, n, r] = sizesOf(b);
    const flags = [transposed, upper === transposed].map(Number) as [number, number];
    runOn(
      op,
      a,
      scratch,
      n * (n + r),
      (info, batch, bytes, work) => linalgKernels.solve(a.ptr, b.ptr, out.ptr, info, batch, n, r, ...flags, kind, bytes, work),
      (pivot) => `is singular: pivot ${pivot} is 0`,
    );
  },
  // A X = B: dB = A^-T g and dA = -dB X^T, or its transpose; of a triangular A only the triangle.
  backward: {
    inputs: [true, true],
    saves: [0, "out"],
    rule: (g, { inputs: [a], out, attr }, [wanted]) => {
      const { kind, upper, transposed } = attr;
      const db = solveOp(a, g, { ...attr, transposed: !transposed });
      if (!wanted) return [undefined, db];
      const da = neg(transposed ? timesABt(out, db) : timesABt(db, out));
      const open = Number(kind === UNIT);
      return [kind === GENERAL ? da : upper ? triu(da, open) : tril(da, -open), db];
    },
  },
});

/** `A^-1 B`, or `B A^-1`, with broadcasting of the batches. */
function divided(a: Tensor, b: Tensor, left: boolean, system: System): Tensor {
  const [first, second] = sameBatch(fit(system.op, a, b, true, left), a, b);
  return left ? solveOp(first, second, system) : mT(solveOp(first, mT(second), { ...system, transposed: true }));
}

const SOLVE = { left: true };

/**
 * The solution X of `A X = B`, or of `X A = B` with `left: false`: by LU with partial pivoting, in float64, rounded once. a [..., n, n],
 * b [..., n, r], float32; their batches broadcast -> [..., n, r]. A b of shape [n], or of a's without its last size, is a vector per matrix.
 * Gradient: `A^-T g` for b, `-A^-T g X^T` for a.
 * Errors: `ArgError` for a singular matrix, with its number in the batch and the pivot; `ShapeError`, `DTypeError`.
 * @example solve(tensor([[2, 0], [0, 4]]), tensor([2, 4])); // [1, 1]
 */
export function solve(a: Tensor, b: Tensor, options?: { left?: boolean }): Tensor {
  const { left } = readOptions("solve", options, SOLVE);
  return scope(() => {
    const [columns, back] = columnsOf("solve", a, b);
    return back(divided(a, columns, left, { op: "solve", kind: GENERAL, transposed: false }));
  });
}

const inverseOf = (op: string, a: Tensor, transposed = false, kind = GENERAL): Tensor =>
  solveOp(a, identityFor(a), { op, kind, transposed });

/**
 * The inverse of every matrix. x [..., n, n], float32 -> same. Gradient: `-X^T g X^T`, where X is the inverse.
 * Errors: `ArgError` for a singular matrix, with its number in the batch; `ShapeError` unless they are square, `DTypeError`.
 * @example inverse(tensor([[2, 0], [0, 4]])); // [[0.5, 0], [0, 0.25]]
 */
export function inverse(x: Tensor): Tensor {
  checkMatrix("inverse", x, "x", true);
  return scope(() => inverseOf("inverse", x));
}

/**
 * The inverse of every matrix: `inverse` under its other name. x [..., n, n], float32 -> same. Gradient: `-X^T g X^T`.
 * Errors: those of `inverse`.
 * @example inv(tensor([[2, 0], [0, 4]])); // [[0.5, 0], [0, 0.25]]
 */
export function inv(x: Tensor): Tensor {
  return inverse(x);
}

/** Determinants, or the signs and logarithms of determinants. */
function determinants(x: Tensor, out: Tensor, log: number, scratch: Scratch): void {
  const [batch, n] = sizesOf(x);
  const bytes = 16 + 8 * n * n;
  linalgKernels.determinant(x.ptr, out.ptr, log, batch, n, bytes, scratch(bytes));
}

/** A gradient per matrix, so that it broadcasts over its elements. */
const perMatrix = (g: Tensor): Tensor => reshape(g, [...g.shape, 1, 1]);

/**
 * Determinant of every matrix: the product of LU's pivots, in float64. x [..., n, n], float32 -> [...]; 1 for n = 0, 0 for a singular
 * matrix. Gradient: the cofactors, `det X^-T`, also of a singular matrix; its second derivative is an error there.
 * Errors: `ShapeError` unless they are square, `DTypeError`.
 * @example det(tensor([[1, 2], [3, 4]])); // -2
 */
export const det: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "det",
  infer: ([x]) => {
    checkMatrix("det", x, "x", true);
    return likeBatch(x);
  },
  forward: (out, [x], _, __, scratch) => determinants(x, out, 0, scratch),
  saves: [[0, "out"]],
  backward: [
    (g, { inputs: [x], out }) =>
      isGradEnabled() ? mul(perMatrix(mul(g, out)), inverseOf("det", x, true)) : mul(perMatrix(g), inverseOf("det", x, true, COFACTORS)),
  ],
});

type SignAndLog = readonly [sign: Tensor, logabsdet: Tensor];

const slogdetOp: Op<[x: Tensor], void, SignAndLog> = defineOp<[x: Tensor], void, SignAndLog>({
  name: "slogdet",
  several: true,
  infer: ([x]) => [likeBatch(x), likeBatch(x)],
  forward: ([sign, log], [x], _, __, scratch) => determinants(x, sign, log.ptr, scratch),
  differentiable: [false, true],
  backward: {
    inputs: [true],
    saves: [0],
    rule: ([, g], { inputs: [x] }) => [g && mul(perMatrix(g), inverseOf("slogdet", x, true))],
  },
});

/**
 * Sign and logarithm of the size of every determinant, where the determinant itself would overflow: `det = sign * exp(logabsdet)`.
 * x [..., n, n], float32 -> both [...]; 0 and -Infinity for a singular matrix. Gradient: `g X^-T` from logabsdet, none from sign.
 * Errors: `ShapeError` unless they are square, `DTypeError`; `ArgError` from the gradient for a singular matrix.
 * @example slogdet(tensor([[0, 1], [1, 0]])).sign; // -1
 */
export function slogdet(x: Tensor): { sign: Tensor; logabsdet: Tensor } {
  checkMatrix("slogdet", x, "x", true);
  const [sign, logabsdet] = slogdetOp(x);
  return { sign, logabsdet };
}

/** What a triangular system is told of its matrix. */
export interface SolveTriangularOptions {
  /** Whether A is upper triangular; it must be given. The other triangle is not read. */
  upper: boolean;
  /** `A X = B` unless false, which is `X A = B`. */
  left?: boolean;
  /** Whether the diagonal counts as ones and is not read. */
  unitriangular?: boolean;
}

const TRIANGLE = { upper: undefined as unknown as boolean, left: true, unitriangular: false };

/** The system of a triangular matrix. */
const triangular = (op: string, upper: boolean, transposed = false, kind = TRIANGULAR): System => ({ op, kind, upper, transposed });

/**
 * The solution X of `A X = B` for a triangular A, by substitution in float64. a [..., n, n], b [..., n, r], float32; their batches
 * broadcast -> [..., n, r]. Options: `upper` says which triangle A is and must be given; `left: false` solves `X A = B`; `unitriangular`
 * takes the diagonal as ones. A 0 on the diagonal gives infinities, as in PyTorch. Gradient: `A^-T g` for b, the triangle of
 * `-A^-T g X^T` for a.
 * Errors: `ArgError` without `upper`, `ShapeError`, `DTypeError`.
 * @example solveTriangular(tensor([[2, 0], [1, 4]]), tensor([[2], [9]]), { upper: false }); // [[1], [2]]
 */
export function solveTriangular(a: Tensor, b: Tensor, options: SolveTriangularOptions): Tensor {
  const { upper, left, unitriangular } = readOptions("solveTriangular", options, TRIANGLE);
  checkBoolean("solveTriangular", "upper", upper);
  return scope(() => divided(a, b, left, triangular("solveTriangular", upper, false, unitriangular ? UNIT : TRIANGULAR)));
}

const choleskyOp: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "cholesky",
  infer: ([x]) => x,
  forward: (out, [x], _, __, scratch) => {
    const [, n] = sizesOf(x);
    runOn(
      "cholesky",
      x,
      scratch,
      n * n,
      (info, batch, bytes, work) => linalgKernels.cholesky(x.ptr, out.ptr, info, batch, n, bytes, work),
      (pivot) => `is not positive definite: pivot ${pivot} is not above 0`,
    );
  },
  saves: [["out"]],
  // dA = L^-T S L^-1, where S is symmetric and its lower triangle is that of L^T g, halved (Murray, Differentiation of the Cholesky
  // decomposition, 2016).
  backward: [
    (g, { out }) => {
      const inner = (x: Tensor): Tensor => solveOp(out, x, triangular("cholesky", false, true));
      return inner(mT(inner(mul(mirrored(timesAtB(out, g)), 0.5))));
    },
  ],
});

const UPPER = { upper: false };

/**
 * The lower triangular L with `A = L L^T`, or with `upper` its transpose. x [..., n, n] symmetric and positive definite, float32 -> same.
 * Only the lower triangle of x is read, with `upper` the upper one. Gradient: symmetric.
 * Errors: `ArgError` for a matrix that is not positive definite, with its number in the batch and the pivot; `ShapeError`, `DTypeError`.
 * @example cholesky(tensor([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export function cholesky(x: Tensor, options?: { upper?: boolean }): Tensor {
  const { upper } = readOptions("cholesky", options, UPPER);
  checkMatrix("cholesky", x, "x", true);
  return scope(() => (upper ? mT(choleskyOp(mT(x))) : choleskyOp(x)));
}

/**
 * The solution X of `A X = B` from the Cholesky factor L of A, or with `upper` from its transpose. b [..., n, r], factor [..., n, n],
 * float32; their batches broadcast -> [..., n, r]. Gradient: that of two triangular systems.
 * Errors: `ShapeError` if the sizes do not fit, `DTypeError`.
 * @example choleskySolve(tensor([[8], [7]]), tensor([[2, 0], [1, 2]])); // [[1.625], [0.75]]
 */
export function choleskySolve(b: Tensor, factor: Tensor, options?: { upper?: boolean }): Tensor {
  const { upper } = readOptions("choleskySolve", options, UPPER);
  const by = (x: Tensor, transposed: boolean): Tensor => divided(factor, x, true, triangular("choleskySolve", upper, transposed));
  return scope(() => by(by(b, upper), !upper));
}

/**
 * Power of every matrix: products by repeated squaring; of the inverse for a negative exponent, the identity for 0. x [..., n, n],
 * float32 -> same. Gradient: that of the products.
 * Errors: `ArgError` for an exponent that is not whole, or a singular matrix with a negative one; `ShapeError`, `DTypeError`.
 * @example matrixPower(tensor([[1, 1], [0, 1]]), 3); // [[1, 3], [0, 1]]
 */
export function matrixPower(x: Tensor, exponent: number): Tensor {
  checkWhole("matrixPower", "exponent", exponent);
  checkMatrix("matrixPower", x, "x", true);
  return scope(() => {
    let square = exponent < 0 ? inverseOf("matrixPower", x) : x;
    let result: Tensor | undefined;
    for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = result ? timesAB(result, square) : square;
      if (left > 1) square = timesAB(square, square);
    }
    return alias(result ?? identityFor(x));
  });
}
