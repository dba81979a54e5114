// Repetition of elements.
import { checkThat, checkWhole } from "../../checks.js";
import { fromValues } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm, checkShape, listOf } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { indexSelect } from "../move/gather.js";
import { expand, reshape, unsqueeze } from "../move/shape.js";

function repeated(op: string, x: Tensor, args: readonly unknown[], fewer: boolean): Tensor {
  checkAlive(op, x, "x");
  const counts = checkShape(op, listOf(op, args));
  checkForm(op, x, fewer || counts.length >= x.ndim, `of rank ${counts.length} or less for ${counts}`);
  const ones = (n: number): number[] => new Array<number>(Math.max(n, 0)).fill(1);
  const shape = [...ones(counts.length - x.ndim), ...x.shape];
  const times = [...ones(x.ndim - counts.length), ...counts];
  const sizes = checkShape(
    op,
    shape.map((size, i) => size * (times[i] as number)),
  );
  // Dimensions that are not repeated stay one, so that their number rarely doubles.
  const split = (one: (i: number) => number): number[] => shape.flatMap((size, i) => (times[i] === 1 ? [size] : [one(i), size]));
  return scope(() =>
    reshape(
      expand(
        reshape(
          x,
          split(() => 1),
        ),
        split((i) => times[i] as number),
      ),
      sizes,
    ),
  );
}

/**
 * The tensor repeated along each dimension: with (2, 3), [m, n] -> [2 m, 3 n]; more counts than dimensions add dimensions in front. Counts as
 * one array or one by one. x: any dtype, any shape. Gradient: summed over the repetitions.
 * Errors: `ShapeError` for fewer counts than dimensions or a negative count, `ArgError` for counts that are not whole numbers.
 * @example tensor([1, 2]).repeat(2, 2); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function repeat(x: Tensor, ...counts: readonly [readonly number[]] | readonly number[]): Tensor {
  return repeated("repeat", x, counts, false);
}

/**
 * `repeat`, where fewer counts than dimensions repeat the last dimensions only, as in NumPy. x: any dtype, any shape. Gradient: summed over
 * the repetitions.
 * Errors: `ShapeError` for a negative count, `ArgError` for counts that are not whole numbers.
 * @example tensor([[1, 2]]).tile(2); // [[1, 2, 1, 2]]
 */
export function tile(x: Tensor, ...counts: readonly [readonly number[]] | readonly number[]): Tensor {
  return repeated("tile", x, counts, true);
}

/**
 * Each element along `dim` several times in a row: a number of times, or as often as an int32 vector says for each; without `dim`, of the
 * flattened tensor. x: any dtype, any shape. Gradient: summed over the repetitions.
 * Errors: `ArgError` for a negative or fractional number, `ShapeError` for a vector of another length, `IndexError` for a dimension outside
 * the rank.
 * @example tensor([1, 2]).repeatInterleave(2); // [1, 1, 2, 2]
 * @example tensor([[1], [2]]).repeatInterleave(tensor([1, 2], { dtype: "int32" }), 0); // [[1], [2], [2]]
 */
export function repeatInterleave(x: Tensor, repeats: number | Tensor, dim?: number): Tensor {
  const op = "repeatInterleave";
  checkAlive(op, x, "x");
  const d = dim === undefined ? 0 : checkDim(op, dim, x.ndim);
  return scope(() => {
    const own = dim === undefined || x.ndim === 0 ? reshape(x, [x.size]) : x;
    const n = own.shape[d] as number;
    if (!(repeats instanceof Tensor)) {
      const sizes = own.shape.slice();
      sizes.splice(d + 1, 0, checkWhole(op, "repeats", repeats, 0));
      const shape = own.shape.map((size, i) => (i === d ? size * repeats : size));
      return reshape(expand(unsqueeze(own, d + 1), sizes), checkShape(op, shape));
    }
    checkAlive(op, repeats, "repeats");
    const counts = Array.from(repeats.toTypedArray(), Number);
    checkThat(
      op,
      dtypes[repeats.dtype].kind === "int" && counts.every((count) => count >= 0),
      "repeats must be whole numbers of at least 0",
      repeats,
    );
    checkForm(op, repeats, repeats.ndim < 2 && (repeats.size === n || repeats.size === 1), `[${n}] or one number`, "repeats");
    const index = Array.from({ length: n }, (_, i) => new Array<number>(counts[i] ?? (counts[0] as number)).fill(i)).flat();
    return indexSelect(own, d, fromValues({ shape: [index.length], dtype: "int32", values: index }));
  });
}
