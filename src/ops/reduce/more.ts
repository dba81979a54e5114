// Reductions that consist of others: norms, logic, counts, results without NaN, pairs of results.
import { checkThat } from "../../checks.js";
import { isPlainObject } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, div, mul, pow } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq, ne } from "../elementwise/compare.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, sqrt, square } from "../elementwise/unary.js";
import { placeOf } from "../move/shape.js";
import { amax, amin, mean, std, sumOf, VARIANCE, type VarianceOptions, variance } from "./reduce.js";
import {
  checkNotEmpty,
  countOf,
  DEFAULTS,
  type ReduceArgument,
  type ReduceOptions,
  type Reduction,
  readArguments,
  reducing,
  reductionOf,
  type TrailingOptions,
} from "./reduction.js";

const asOptions = ({ dims, keepdim }: Reduction): ReduceOptions => ({ dim: dims, keepdim });

/** `f(x)` where x is not 0, and 0 with a gradient of 0 where it is. */
function awayFromZero(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  const zero = eq(x, 0);
  return where(zero, 0, f(where(zero, 1, x)));
}

function normOf(op: string, x: Tensor, p: number, dim: unknown, options: unknown): Tensor {
  checkThat(op, typeof p === "number" && !Number.isNaN(p), "the order must be a number", p);
  return reducing(op, x, dim, options, (reduction) => {
    if (p < 0 || p === Infinity) checkNotEmpty(op, x, countOf(x, reduction));
    const over = asOptions(reduction);
    const total = (y: Tensor): Tensor => sumOf(y, reduction);
    const y = asFloat(op, x);
    if (p === 0) return total(add(to(ne(y, 0), "float32"), mul(placeOf(y), 0)));
    if (p === 2) return awayFromZero(total(square(y)), sqrt);
    const sizes = abs(y);
    if (p === 1) return total(sizes);
    if (p === Infinity) return amax(sizes, over);
    if (p === -Infinity) return amin(sizes, over);
    if (p < 0) return pow(total(pow(sizes, p)), 1 / p);
    return awayFromZero(total(awayFromZero(sizes, (y) => pow(y, p))), (y) => pow(y, 1 / p));
  });
}

/** Options of `norm`. */
export interface NormOptions extends ReduceOptions {
  /** The order: any number, infinite ones too, or "fro" for 2, which it is unless given. */
  p?: number | "fro";
}

/**
 * Norm of order p over all dimensions or those given, as of one vector: `sum(|x|^p)^(1/p)`; the largest magnitude for Infinity, the smallest
 * for -Infinity, the number of elements that are not 0 for 0. x: float32, any shape -> the shape without those dimensions, or with size 1 for
 * each (`keepdim`). Gradient: 0 where the norm is 0; shared by equal magnitudes for infinite p.
 * Errors: `ArgError` for another p and, if p is negative or Infinity, for no elements; `IndexError` for a dimension outside the rank,
 * `DTypeError` unless x is float32.
 * @example norm(tensor([3, 4])); // 5
 * @example norm(tensor([[3, -4], [1, 1]]), 1, 1); // [7, 2]
 */
export function norm(x: Tensor, p?: number | "fro" | NormOptions, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  if (!isPlainObject(p)) return normOf("norm", x, orderOf(p as number | "fro"), dim, options);
  const { p: order, ...others } = readArguments("norm", x, p, dim, { ...DEFAULTS, p: 2 as number | "fro" });
  return normOf("norm", x, orderOf(order), others, options);
}

const orderOf = (p: number | "fro" = 2): number => (p === "fro" ? 2 : p);

/**
 * `norm` under the name it has among PyTorch's functions of linear algebra: `vectorNorm(x, ord, dim)`. x: float32, any shape -> the shape
 * without the reduced dimensions, or with size 1 for each (`keepdim`). Gradient: that of `norm`.
 * Errors: those of `norm`: `ArgError`, `IndexError`, `DTypeError`.
 * @example vectorNorm(tensor([3, 4])); // 5
 */
export function vectorNorm(x: Tensor, ord?: number, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return normOf("vectorNorm", x, ord ?? 2, dim, options);
}

/** Whether the number of elements for which `test` holds is not 0, or is 0. */
function logic(op: string, x: Tensor, dim: unknown, options: unknown, test: typeof eq): Tensor {
  return reducing(op, x, dim, options, (reduction) => {
    const result = test(sumOf(test(x, 0), reduction), 0);
    return x.dtype === "uint8" ? to(result, "uint8") : result;
  });
}

/**
 * Whether an element is not 0, over all dimensions or those given; false for no elements. NaN is not 0. x: any dtype, any shape -> bool, or
 * uint8 if x is uint8, as in PyTorch, without those dimensions, or with size 1 for each (`keepdim`). Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example any(tensor([[0, 1], [0, 0]]), 1); // [true, false]
 */
export function any(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return logic("any", x, dim, options, ne);
}

/**
 * Whether no element is 0, over all dimensions or those given; true for no elements. NaN is not 0. x: any dtype, any shape -> bool, or uint8
 * if x is uint8, as in PyTorch, without those dimensions, or with size 1 for each (`keepdim`). Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example all(tensor([[1, 1], [0, 1]]), 1); // [true, false]
 */
export function all(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return logic("all", x, dim, options, eq);
}

/**
 * Number of elements that are not 0, over all dimensions or those given. x: any dtype, any shape -> int32 without those dimensions, or with
 * size 1 for each (`keepdim`). Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example countNonzero(tensor([[0, 1], [2, 3]]), 1); // [1, 2]
 */
export function countNonzero(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("countNonzero", x, dim, options, (reduction) => sumOf(ne(x, 0), reduction));
}

const withoutNaN = (x: Tensor): Tensor => where(eq(x, x), x, 0);

/**
 * `sum` of the elements that are no NaN. x: any dtype, any shape -> the shape without the reduced dimensions, or with size 1 for each
 * (`keepdim`); float32 for float32, int32 for all others. Gradient: g, 0 for NaN.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice.
 * @example nansum(tensor([1, NaN, 2])); // 3
 */
export function nansum(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("nansum", x, dim, options, (reduction) => sumOf(withoutNaN(x), reduction));
}

/**
 * `mean` of the elements that are no NaN; NaN if there are none. x: float32, any shape -> the shape without the reduced dimensions, or with
 * size 1 for each (`keepdim`). Gradient: g / count, 0 for NaN.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one named twice, `DTypeError` unless x is float32.
 * @example nanmean(tensor([1, NaN, 2])); // 1.5
 */
export function nanmean(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): Tensor {
  return reducing("nanmean", x, dim, options, (reduction) => {
    const y = asFloat("nanmean", x);
    return div(sumOf(withoutNaN(y), reduction), sumOf(eq(y, y), reduction));
  });
}

/**
 * Smallest and largest element, over all dimensions or along one: `{ min, max }`, those of `amin` and `amax`. x: any dtype and shape.
 * Gradient: shared equally by all that are smallest or largest.
 * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
 * @example const { min, max } = aminmax(tensor([3, 1, 2]));
 */
export function aminmax(x: Tensor, dim?: ReduceArgument, options?: TrailingOptions<ReduceOptions>): { min: Tensor; max: Tensor } {
  return reducing("aminmax", x, dim, options, (reduction) => {
    checkNotEmpty("aminmax", x, countOf(x, reduction));
    return { min: amin(x, asOptions(reduction)), max: amax(x, asOptions(reduction)) };
  });
}

/** A pair of the result of `spread` and the mean over the same dimensions. */
/** The smallest and the largest element, as numbers. */
export const endsOf = (x: Tensor): [least: number, most: number] => [amin(x).item(), amax(x).item()];

function withMean(
  spread: typeof variance,
  x: Tensor,
  dim: number | readonly number[] | VarianceOptions | undefined,
  options: unknown,
): [Tensor, Tensor] {
  return scope(() => [
    spread(x, dim, options as VarianceOptions),
    mean(x, asOptions(reductionOf("mean", x, readArguments("mean", x, dim, options, VARIANCE)))),
  ]);
}

/**
 * `[variance(x), mean(x)]` over the same dimensions. x: float32, any shape -> two tensors of the shape without these dimensions, or with
 * size 1 for each (`keepdim`). Gradients: those of `variance` and `mean`.
 * Errors: those of `variance`: `IndexError`, `ArgError`, `DTypeError`.
 * @example const [spread, center] = varMean(tensor([1, 3]));
 */
export function varMean(
  x: Tensor,
  dim?: number | readonly number[] | VarianceOptions,
  options?: TrailingOptions<VarianceOptions>,
): [variance: Tensor, mean: Tensor] {
  return withMean(variance, x, dim, options);
}

/**
 * `[std(x), mean(x)]` over the same dimensions. x: float32, any shape -> two tensors of the shape without these dimensions, or with size 1
 * for each (`keepdim`). Gradients: those of `std` and `mean`.
 * Errors: those of `std`: `IndexError`, `ArgError`, `DTypeError`.
 * @example const [spread, center] = stdMean(tensor([1, 3]));
 */
export function stdMean(
  x: Tensor,
  dim?: number | readonly number[] | VarianceOptions,
  options?: TrailingOptions<VarianceOptions>,
): [std: Tensor, mean: Tensor] {
  return withMean(std, x, dim, options);
}
