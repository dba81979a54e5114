// Diagonals and triangles of matrices.
import { checkThat, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { arange, zeros } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm, type Shape, stridesOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { sub } from "../elementwise/arithmetic.js";
import { ge, le } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { unsqueeze } from "../move/shape.js";
import { checkRank } from "./checks.js";
import { type Places, spread, take } from "./strides.js";

/** Options of `diagonal` and `diagEmbed`. */
export interface DiagonalOptions {
  /** Which diagonal: 0 is the main one, those above it are positive. */
  offset?: number;
  /** The dimension of the rows: the first for `diagonal`, the last but one for `diagEmbed`, unless given. */
  dim1?: number;
  /** The dimension of the columns: the second for `diagonal`, the last for `diagEmbed`, unless given. */
  dim2?: number;
}

function twoDims(op: string, { dim1, dim2 }: Required<DiagonalOptions>, rank: number): [number, number] {
  const [rows, columns] = [checkDim(op, dim1, rank), checkDim(op, dim2, rank)];
  checkThat(op, rows !== columns, "dim1 and dim2 must differ", [dim1, dim2]);
  return [rows, columns];
}

/** The places of a diagonal of the dimensions `rows` and `columns`, whose elements come last. */
function places(of: Shape, rows: number, columns: number, offset: number): Places {
  const strides = stridesOf(of);
  const others = of.map((_, i) => i).filter((i) => i !== rows && i !== columns);
  const [down, right] = [strides[rows] as number, strides[columns] as number];
  const [first, left] = [Math.max(-offset, 0), Math.max(offset, 0)];
  const count = Math.max(0, Math.min((of[rows] as number) - first, (of[columns] as number) - left));
  return {
    shape: [...others.map((i) => of[i] as number), count],
    strides: [...others.map((i) => strides[i] as number), down + right],
    start: first * down + left * right,
    of,
    overlap: false,
  };
}

/**
 * The diagonal of two dimensions, as a copy; it becomes the last dimension: [m, n, ...] -> [..., min(m, n)]. x: any dtype, at least two
 * dimensions. Gradient: g on the diagonal, 0 elsewhere.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if `dim1` and `dim2` are the same.
 * @example tensor([[1, 2], [3, 4]]).diagonal(); // [1, 4]
 */
export function diagonal(x: Tensor, options?: DiagonalOptions): Tensor {
  checkAlive("diagonal", x, "x");
  const given = readOptions("diagonal", options, { offset: 0, dim1: 0, dim2: 1 });
  const [rows, columns] = twoDims("diagonal", given, x.ndim);
  return take(x, places(x.shape, rows, columns, checkWhole("diagonal", "offset", given.offset)));
}

/**
 * Zeros with the last dimension of `x` on a diagonal: [..., n] -> [..., n, n], larger by `offset`. x: any dtype, at least one dimension.
 * Gradient: the diagonal of g.
 * Errors: `IndexError` for a dimension outside those of the result, `ArgError` if `dim1` and `dim2` are the same, `ShapeError` for a
 * scalar.
 * @example tensor([1, 2]).diagEmbed(); // [[1, 0], [0, 2]]
 */
export function diagEmbed(x: Tensor, options?: DiagonalOptions): Tensor {
  checkRank("diagEmbed", x, 1);
  const given = readOptions("diagEmbed", options, { offset: 0, dim1: -2, dim2: -1 });
  const [rows, columns] = twoDims("diagEmbed", given, x.ndim + 1);
  const size = (x.shape.at(-1) as number) + Math.abs(checkWhole("diagEmbed", "offset", given.offset));
  const of = x.shape.slice(0, -1);
  for (const d of [rows, columns].sort((a, b) => a - b)) of.splice(d, 0, size);
  return spread(x, places(of, rows, columns, given.offset));
}

/**
 * The diagonal of a matrix, or the matrix with a vector on its diagonal: [m, n] -> [min(m, n)], [n] -> [n, n]; `diagonal` above 0 is above
 * the main one. x: any dtype. Gradient: g on the diagonal, or its diagonal.
 * Errors: `ShapeError` unless x has one or two dimensions.
 * @example tensor([1, 2]).diag(); // [[1, 0], [0, 2]]
 */
export function diag(x: Tensor, offset = 0): Tensor {
  checkAlive("diag", x, "x");
  checkWhole("diag", "diagonal", offset);
  checkForm("diag", x, x.ndim === 1 || x.ndim === 2, "a vector or a matrix");
  return (x.ndim === 1 ? diagEmbed : diagonal)(x, { offset });
}

const triangle =
  (op: string, kept: typeof ge) =>
  (x: Tensor, offset = 0): Tensor => {
    checkRank(op, x, 2);
    checkWhole(op, "diagonal", offset);
    return scope(() => {
      const [rows, columns] = x.shape.slice(-2).map((n) => arange(n, { dtype: "int32" })) as [Tensor, Tensor];
      return where(kept(sub(columns, unsqueeze(rows, 1)), offset), x, zeros([], { dtype: x.dtype }));
    });
  };

/**
 * The lower triangle of matrices, 0 above the diagonal: elements with `column - row <= diagonal` are kept. x: any dtype, [..., m, n] ->
 * same. Gradient: the lower triangle of g.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a diagonal that is not a whole number.
 * @example ones(2, 2).tril(); // [[1, 0], [1, 1]]
 */
export const tril: (x: Tensor, diagonal?: number) => Tensor = triangle("tril", le);

/**
 * The upper triangle of matrices, 0 below the diagonal: elements with `column - row >= diagonal` are kept. x: any dtype, [..., m, n] ->
 * same. Gradient: the upper triangle of g.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a diagonal that is not a whole number.
 * @example ones(2, 2).triu(1); // [[0, 1], [0, 0]]
 */
export const triu: (x: Tensor, diagonal?: number) => Tensor = triangle("triu", ge);
