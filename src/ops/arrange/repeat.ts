// Repetition of elements.
import { checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { fromValues } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkShape, formatSpec, listOf, MAX_RANK } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { indexSelect } from "../move/gather.js";
import { expand, reshape, unsqueeze } from "../move/shape.js";

function repeated(op: string, x: Tensor, args: readonly unknown[], fewer: boolean): Tensor {
  checkAlive(op, x, "x");
  const counts = checkShape(op, listOf(op, args));
  const lead = counts.length - x.ndim;
  if (lead < 0 && !fewer) throw new ShapeError(`${op}: needs a count for each dimension of ${formatSpec(x)}, got ${describe(counts)}`);
  const shape = [...new Array<number>(Math.max(lead, 0)).fill(1), ...x.shape];
  const times = [...new Array<number>(Math.max(-lead, 0)).fill(1), ...counts];
  const sizes = checkShape(
    op,
    shape.map((size, i) => size * (times[i] as number)),
  );
  return scope(() => {
    // Dimensions that are not repeated stay one, so that the number of dimensions rarely doubles.
    const split = shape.flatMap((size, i) => (times[i] === 1 ? [size] : [1, size]));
    if (split.length > MAX_RANK) throw new ShapeError(`${op}: repeats more dimensions of ${formatSpec(x)} than ${MAX_RANK} allow`);
    const grown = shape.flatMap((size, i) => (times[i] === 1 ? [size] : [times[i] as number, size]));
    return reshape(expand(reshape(x, split), grown), sizes);
  });
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
    if (typeof repeats === "number" || !(repeats instanceof Tensor)) {
      const times = checkWhole(op, "repeats", repeats, 0);
      const sizes = own.shape.slice();
      sizes.splice(d + 1, 0, times);
      const shape = own.shape.map((size, i) => (i === d ? size * times : size));
      return reshape(expand(unsqueeze(own, d + 1), sizes), checkShape(op, shape));
    }
    checkAlive(op, repeats, "repeats");
    const counts = Array.from(repeats.toTypedArray(), Number);
    if (repeats.ndim > 1 || (counts.length !== n && counts.length !== 1))
      throw new ShapeError(`${op}: repeats are ${formatSpec(repeats)} for ${n} elements along dim ${d} of ${formatSpec(own)}`);
    if (repeats.dtype === "float32" || counts.some((count) => count < 0))
      throw new ArgError(`${op}: repeats must be whole numbers of at least 0, got ${formatSpec(repeats)} of ${describe(counts)}`);
    const index: number[] = [];
    for (let i = 0; i < n; i++) for (let t = counts[counts.length === 1 ? 0 : i] as number; t > 0; t--) index.push(i);
    return indexSelect(own, d, fromValues({ shape: [index.length], dtype: "int32", values: index }));
  });
}
