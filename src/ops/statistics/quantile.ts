// Medians, quantiles and modes: elements that sorted rows have in certain places.
import { checkFinite, checkOneOf, isGiven } from "../../checks.js";
import { full } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { sortKernels } from "../../wasm/generated/groups/sort.js";
import { add, floorDivide, maximum, mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq, lt, ne } from "../elementwise/compare.js";
import { asFloat, computable } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { ceil, floor } from "../elementwise/unary.js";
import { logicalAnd } from "../math/logic.js";
import { round } from "../math/unary.js";
import { gather } from "../move/gather.js";
import { detach, flatten, permute, reshape } from "../move/shape.js";
import { amax, sum, type ValuesAndIndices } from "../reduce/reduce.js";
import { checkNotEmpty, readArguments, reducedShape } from "../reduce/reduction.js";
import { isFloat } from "../sort/keys.js";
import { type DimOr, fromLast, type PickOptions, picking, toLast } from "../sort/pick.js";
import { orderOf } from "../sort/sort.js";

/** Returns `last`, the tensor x with the dimension in question at the end, if there is something along it. */
function checkSome(op: string, x: Tensor, last: Tensor): Tensor {
  checkNotEmpty(op, x, last.shape.at(-1) as number);
  return last;
}

/** How many elements of each row are no NaN: [..., 1]. */
const numbersIn = (x: Tensor): Tensor => sum(eq(x, x), { dim: -1, keepdim: true });

/** The positions of the lower medians of the last dimension. NaN is sorted to the end; if there is one, `median` takes the first. */
function middleOf(op: "median" | "nanmedian", x: Tensor): Tensor {
  const numbers = numbersIn(x);
  const half = maximum(floorDivide(sub(numbers, 1), 2), 0);
  return gather(orderOf(op, x), -1, op === "median" ? where(lt(numbers, x.shape.at(-1) as number), numbers, half) : half);
}

function medianOf(op: "median" | "nanmedian", x: Tensor, dim: unknown, options: unknown): Tensor | ValuesAndIndices {
  if (dim !== undefined) return picking(op, x, dim, options, (y) => middleOf(op, checkSome(op, x, y)));
  checkAlive(op, x, "x");
  return scope(() => {
    if (dtypes[x.dtype].kind === "float" && x.size === 0) return full([], Number.NaN);
    checkNotEmpty(op, x, x.size);
    const flat = flatten(x);
    const value = reshape(gather(detach(flat), 0, middleOf(op, flat)), []);
    if (!x.requiresGrad) return value;
    // The gradient is shared by all that are equal, as that of a largest element is. If the value is NaN, nothing is left out.
    return amax(where(logicalAnd(ne(x, value), eq(value, value)), -Infinity, x));
  });
}

/**
 * Lower median of all elements, a scalar; with a dimension, the lower median along it and where it is, without that dimension, or with size 1
 * for it (`keepdim`). NaN if there is one; its place is that of the first NaN. x: any dtype and shape.
 * Gradient: of `median(x)` shared equally by all that are equal to it, of `median(x, dim)` to the one element chosen.
 * Errors: `ArgError` for no elements along a dimension, `IndexError` for a dimension outside the rank.
 * @example median(tensor([4, 1, 3, 2])); // 2
 * @example median(tensor([[4, 1, 3], [1, 2, 3]]), 1).values; // [3, 2]
 */
export function median(x: Tensor): Tensor;
export function median(x: Tensor, dim: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices;
export function median(x: Tensor, dim?: DimOr<PickOptions>, options?: PickOptions): Tensor | ValuesAndIndices {
  return medianOf("median", x, dim, options);
}

/**
 * `median` of the elements that are no NaN; NaN if there are no others. x: any dtype and shape -> a scalar, or values and indices as those
 * of `median`. Gradient: that of `median`.
 * Errors: `ArgError` for no elements along a dimension, `IndexError` for a dimension outside the rank.
 * @example nanmedian(tensor([4, NaN, 3])); // 3
 */
export function nanmedian(x: Tensor): Tensor;
export function nanmedian(x: Tensor, dim: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices;
export function nanmedian(x: Tensor, dim?: DimOr<PickOptions>, options?: PickOptions): Tensor | ValuesAndIndices {
  return medianOf("nanmedian", x, dim, options);
}

/** Options of `quantile` and `nanquantile`. */
export interface QuantileOptions {
  /** The dimension; all elements unless given. */
  dim?: number | null;
  /** Whether the dimension stays, with size 1; false unless given. */
  keepdim?: boolean;
  /** What is taken between two elements; "linear" unless given. */
  interpolation?: "linear" | "lower" | "higher" | "nearest" | "midpoint";
}

const QUANTILE = { dim: undefined, keepdim: false, interpolation: "linear" };

function quantileOf(op: "quantile" | "nanquantile", x: Tensor, q: Operand, dim: unknown, options: unknown): Tensor {
  const read = readArguments(op, x, dim ?? undefined, options, QUANTILE as { dim: unknown; keepdim: boolean; interpolation: string });
  checkOneOf(op, "interpolation", read.interpolation, ["linear", "lower", "higher", "nearest", "midpoint"]);
  return scope(() => {
    const qs = typeof q === "number" ? full([], q) : q;
    checkAlive(op, qs, "q");
    checkFloat(op, qs);
    checkForm(op, qs, qs.ndim < 2, "a number or [Q]", "q");
    for (const value of qs.toTypedArray()) checkFinite(op, "q", value, 0, 1);
    checkNotEmpty(op, x, x.size);
    const dims = isGiven(read.dim) ? [checkDim(op, read.dim as number, x.ndim)] : x.shape.map((_, i) => i);
    const y = asFloat(op, x);
    const source = isGiven(read.dim) && x.ndim > 0 ? y : flatten(y);
    const axis = source === y ? (dims[0] as number) : 0;
    const rows = toLast(source, axis);
    const order = orderOf(op, rows);
    const at = (rank: Tensor): Tensor => gather(rows, -1, gather(order, -1, to(rank, "int32")));
    const result = fromLast(between(read.interpolation, ranksOf(op, rows, reshape(qs, [qs.size])), at), source, axis, true);
    // The quantiles become the first dimension.
    const others = source.shape.map((_, i) => i).filter((i) => i !== axis);
    return reshape(permute(result, axis, ...others), [...qs.shape, ...reducedShape(x.shape, { dims, keepdim: read.keepdim })]);
  });
}

/** Where quantiles are in sorted rows, which is between two elements in general: [..., number of quantiles]. */
function ranksOf(op: "quantile" | "nanquantile", rows: Tensor, q: Tensor): Tensor {
  const last = (rows.shape.at(-1) as number) - 1;
  const numbers = numbersIn(rows);
  if (op === "nanquantile") return mul(to(maximum(sub(numbers, 1), 0), "float32"), q);
  // NaN is sorted to the end.
  return where(lt(numbers, last + 1), last, mul(q, last));
}

function between(interpolation: string, ranks: Tensor, at: (rank: Tensor) => Tensor): Tensor {
  if (interpolation === "nearest") return at(round(ranks));
  const below = floor(ranks);
  if (interpolation === "lower") return at(below);
  if (interpolation === "higher") return at(ceil(ranks));
  const from = at(below);
  const weight = interpolation === "midpoint" ? full([], 0.5) : sub(ranks, below);
  const end = at(ceil(ranks));
  const step = sub(end, from);
  // From the nearer end, as PyTorch does it: the two differ where an end is infinite.
  return where(lt(weight, 0.5), add(from, mul(weight, step)), sub(end, mul(step, sub(1, weight))));
}

/**
 * Quantiles of all elements, or along a dimension: what sorted elements have at `q (n - 1)`, with `interpolation` between two of them. NaN
 * where there is one. x: float32, any shape; q: a number from 0 to 1, or float32 [Q] of them -> the shape of x without the dimension, or
 * with size 1 for it (`keepdim`), after a first dimension of size Q if q is [Q].
 * Gradient: to the elements that were taken, by their weights, and to q.
 * Errors: `ArgError` for a q outside [0, 1] and for no elements, `ShapeError`, `IndexError` for a dimension outside the rank, `DTypeError`.
 * @example quantile(tensor([1, 2, 3, 4]), 0.5); // 2.5
 * @example quantile(tensor([[1, 2], [3, 4]]), tensor([0, 1]), 1); // [[1, 3], [2, 4]]
 */
export function quantile(x: Tensor, q: Operand, dim?: number | QuantileOptions | null, options?: Omit<QuantileOptions, "dim">): Tensor {
  return quantileOf("quantile", x, q, dim, options);
}

/**
 * `quantile` of the elements that are no NaN; NaN if there are no others. x: float32, any shape; q: a number from 0 to 1, or float32 [Q] of
 * them -> the shape that `quantile` gives. Gradient: that of `quantile`.
 * Errors: those of `quantile`: `ArgError`, `ShapeError`, `IndexError`, `DTypeError`.
 * @example nanquantile(tensor([1, NaN, 3]), 0.5); // 2
 */
export function nanquantile(x: Tensor, q: Operand, dim?: number | QuantileOptions | null, options?: Omit<QuantileOptions, "dim">): Tensor {
  return quantileOf("nanquantile", x, q, dim, options);
}

const modeOp: Op<[x: Tensor, order: Tensor]> = defineOp<[x: Tensor, order: Tensor]>({
  name: "mode",
  infer: ([x]) => ({ shape: x.shape.with(-1, 1), dtype: "int32" }),
  forward: (out, [x, order]) => sortKernels.mode(x.ptr, order.ptr, out.ptr, out.size, x.shape.at(-1) as number, isFloat(x)),
  backward: [null, null],
});

/**
 * The element that appears most often along a dimension, the last one unless given, and where it is last; of several, the smallest. x: any
 * dtype and shape -> values of the same dtype, indices int32, without that dimension, or with size 1 for it (`keepdim`).
 * Gradient: to the element chosen.
 * Errors: `ArgError` for no elements along the dimension, `IndexError` for a dimension outside the rank.
 * @example mode(tensor([2, 1, 2])).values; // 2
 */
export function mode(x: Tensor, dim?: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices {
  return picking("mode", x, dim, options, (y) => modeOp(computable(detach(checkSome("mode", x, y)), "mode"), orderOf("mode", y)));
}
