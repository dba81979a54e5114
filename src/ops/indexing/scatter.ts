// Writes at indices along one dimension, one for each element, into a copy or in place.
import { checkOneOf } from "../../checks.js";
import { readOptions } from "../../options.js";
import { ones, zeros } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import type { Operand } from "../../tensor/op.js";
import { checkAlive, dimOf, type Tensor } from "../../tensor/tensor.js";
import { div, floorDivide, maximum } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { computable } from "../elementwise/promotion.js";
import { indicesFor } from "../move/checkIndices.js";
import { fitOthers, fitSource } from "../move/gather.js";
import { copy_ } from "../move/inplace.js";
import { expand, reshape } from "../move/shape.js";
import { wholeDimension } from "../move/slice.js";
import { paste } from "./slices.js";
import { MODES, type Mode, sourceFor, writeAt, writing } from "./write.js";

/** How `scatterReduce` combines the elements that meet in one place. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

/** All forms of scatter: checks the arguments, and writes into the part of `x` that the index covers. */
function scatterBy(op: string, x: Tensor, dim: number, index: Tensor, source: Operand, mode: Mode): Tensor {
  const d = dimOf(op, x, dim);
  checkAlive(op, index, "index");
  return writing(op, x, source, (inPlace) => {
    const from = sourceFor(op, x, source);
    const taken = typeof source === "number" ? expand(from, index.shape) : fitSource(op, from, index);
    const covered = fitOthers(op, x, index, d);
    const at = indicesFor(op, index, x.shape[d] ?? 1);
    const how = { dim: d, rows: false, mode };
    if (x.ndim === 0) return reshape(writeAt(reshape(x, [1]), reshape(at, [1]), reshape(taken, [1]), how, inPlace), []);
    if (covered === x) return writeAt(x, at, taken, how, inPlace);
    return paste(x, writeAt(covered, at, taken, how, false), covered.shape.map(wholeDimension), inPlace);
  });
}

const REDUCTIONS = { add: MODES.sum, multiply: MODES.prod };

/**
 * A copy of `x` with `source` written at indices along `dim`: `out[index[i][j]][j] = source[i][j]` for `dim` 0. Of several elements for one
 * place, the last stays. `reduce` "add" or "multiply" combines them with what is there, as `scatterReduce` does. x: any dtype, any
 * shape; index: int32 of the same rank, in the other dimensions at most as large; source: a number, or a tensor of the dtype of x, at
 * least as large as index -> the shape of x.
 * Gradient: 0 where x was overwritten; g gathered to source, also to elements that did not stay.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError` for shapes that do not fit; `DTypeError`
 * for an index that is not int32 and for different dtypes; `ArgError` for a number that the dtype does not hold.
 * @example zeros(3).scatter(0, tensor([2, 0], { dtype: "int32" }), tensor([5, 7])); // [7, 0, 5]
 */
export function scatter(x: Tensor, dim: number, index: Tensor, source: Operand, options?: { reduce?: "add" | "multiply" | null }): Tensor {
  return scatterBy("scatter", x, dim, index, source, modeOf("scatter", options));
}

/**
 * `scatter` in place. Returns `x`. x: any dtype, any shape; all else, also `reduce`, as there. Gradient: none is recorded.
 * Errors: those of `scatter`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example zeros(3).scatter_(0, tensor([2], { dtype: "int32" }), 1); // [0, 0, 1]
 */
export function scatter_(x: Tensor, dim: number, index: Tensor, source: Operand, options?: { reduce?: "add" | "multiply" | null }): Tensor {
  return scatterBy("scatter_", x, dim, index, source, modeOf("scatter_", options));
}

function modeOf(op: string, options: { reduce?: "add" | "multiply" | null } | undefined): Mode {
  const { reduce } = readOptions<{ reduce: "add" | "multiply" | null }>(op, options, { reduce: null });
  return reduce === null
    ? MODES.copy
    : REDUCTIONS[checkOneOf(op, "reduce", reduce, Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[])];
}

/**
 * A copy of `x` with `source` added at indices along `dim`: `out[index[i][j]][j] += source[i][j]` for `dim` 0. x, source: one dtype, any;
 * integers wrap; index: int32, at most as large as source -> the shape of x. Gradient: g to x, g gathered to source.
 * Errors: `IndexError` for an index outside the dimension, with value and position; `ShapeError` for shapes that do not fit; `DTypeError`
 * for an index that is not int32 and for different dtypes.
 * @example zeros(3).scatterAdd(0, tensor([0, 2, 2], { dtype: "int32" }), ones(3)); // [1, 0, 2]
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkAlive("scatterAdd", source, "source");
  return scatterBy("scatterAdd", x, dim, index, source, MODES.sum);
}

/**
 * `scatterAdd` in place. Returns `x`. x: any dtype, any shape; all else as there. Gradient: none is recorded.
 * Errors: those of `scatterAdd`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example zeros(2).scatterAdd_(0, tensor([1, 1], { dtype: "int32" }), ones(2)); // [0, 2]
 */
export function scatterAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkAlive("scatterAdd_", source, "source");
  return scatterBy("scatterAdd_", x, dim, index, source, MODES.sum);
}

/** What an element is set to so that it does not count. */
const neutral = (x: Tensor, reduce: ScatterReduction): number => {
  const { kind, min, max } = dtypes[x.dtype];
  const [least, most] = kind === "float" ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [min, max];
  return { sum: 0, mean: 0, prod: 1, amax: least, amin: most }[reduce];
};

function reduceBy(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor, reduce: ScatterReduction, options: unknown): Tensor {
  checkAlive(op, x, "x");
  checkAlive(op, source, "source");
  checkOneOf(op, "reduce", reduce, ["sum", "prod", "mean", "amax", "amin"]);
  const { includeSelf } = readOptions<{ includeSelf: boolean }>(op, options as undefined, { includeSelf: true });
  if (includeSelf && reduce !== "mean") return scatterBy(op, x, dim, index, source, MODES[reduce]);
  return writing(op, x, source, (inPlace) => {
    const plain = op.replace("_", "");
    const from = includeSelf ? x : scatterBy(plain, x, dim, index, neutral(x, reduce), MODES.copy);
    let out = scatterBy(plain, from, dim, index, source, MODES[reduce === "mean" ? "sum" : reduce]);
    if (reduce === "mean") {
      const one = { dtype: computable(x).dtype };
      const before = (includeSelf ? ones : zeros)(x.shape, one);
      out = divide(out, scatterBy(plain, before, dim, index, ones(source.shape, one), MODES.sum));
    }
    return inPlace ? copy_(x, out) : out;
  });
}

function divide(sum: Tensor, count: Tensor): Tensor {
  const least = maximum(count, 1);
  return dtypes[sum.dtype].kind === "float" ? div(sum, least) : to(floorDivide(sum, least), sum.dtype);
}

/**
 * A copy of `x` in which elements that `source` has for one place are combined: added ("sum"), multiplied ("prod"), averaged ("mean";
 * integers are rounded down), the largest ("amax") or the smallest ("amin") of them, and of the element of x there unless `includeSelf` is
 * false. x, source: one dtype, any; integers wrap; index: int32, at most as large as source -> the shape of x. NaN spreads.
 * Gradient: of "amax" and "amin" shared equally by all that are extreme; of "prod" the product of the others, also where it is 0.
 * Errors: `ArgError` for another reduction; those of `scatterAdd`.
 * @example zeros(2).scatterReduce(0, tensor([0, 0, 1], { dtype: "int32" }), tensor([3, 5, -1]), "amax"); // [5, 0]
 */
export function scatterReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options?: { includeSelf?: boolean },
): Tensor {
  return reduceBy("scatterReduce", x, dim, index, source, reduce, options);
}

/**
 * `scatterReduce` in place. Returns `x`. x: any dtype, any shape; all else, also `includeSelf`, as there. Gradient: none is recorded.
 * Errors: those of `scatterReduce`; `GradError` if x or source requires a gradient, outside `noGrad`.
 * @example ones(2).scatterReduce_(0, tensor([0, 0], { dtype: "int32" }), tensor([3, 5]), "prod"); // [15, 1]
 */
export function scatterReduce_(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options?: { includeSelf?: boolean },
): Tensor {
  return reduceBy("scatterReduce_", x, dim, index, source, reduce, options);
}
