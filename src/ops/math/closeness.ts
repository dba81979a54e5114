// Tests of numbers: which are NaN or infinite, and which are close to others. There are no gradients.
import { checkFinite } from "../../checks.js";
import { DTypeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { eq, le, lt, ne } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { abs } from "../elementwise/unary.js";
import { sum } from "../reduce/reduce.js";
import { asItIs, composed } from "./define.js";

/**
 * Whether each number is NaN. x: any dtype, any shape -> bool. Gradient: none. Errors: `ArgError` for what is no tensor.
 * @example isnan(tensor([NaN, 1])); // [true, false]
 */
export const isnan: (x: Tensor) => Tensor = composed("isnan", (x) => ne(x, x), asItIs);

/**
 * Whether each number is infinite. x: any dtype, any shape -> bool. Gradient: none. Errors: `ArgError` for what is no tensor.
 * @example isinf(tensor([-Infinity, 1])); // [true, false]
 */
export const isinf: (x: Tensor) => Tensor = composed("isinf", (x) => eq(abs(x), Infinity), asItIs);

/**
 * Whether each number is neither NaN nor infinite. x: any dtype, any shape -> bool. Gradient: none.
 * Errors: `ArgError` for what is no tensor.
 * @example isfinite(tensor([NaN, 1])); // [false, true]
 */
export const isfinite: (x: Tensor) => Tensor = composed("isfinite", (x) => lt(abs(x), Infinity), asItIs);

/**
 * Whether each number is infinity. x: any dtype, any shape -> bool. Gradient: none. Errors: `ArgError` for what is no tensor.
 * @example isposinf(tensor([-Infinity, Infinity])); // [false, true]
 */
export const isposinf: (x: Tensor) => Tensor = composed("isposinf", (x) => eq(x, Infinity), asItIs);

/**
 * Whether each number is minus infinity. x: any dtype, any shape -> bool. Gradient: none. Errors: `ArgError` for what is no tensor.
 * @example isneginf(tensor([-Infinity, Infinity])); // [true, false]
 */
export const isneginf: (x: Tensor) => Tensor = composed("isneginf", (x) => eq(x, -Infinity), asItIs);

/** Options of `isclose` and `allclose`. */
export interface CloseOptions {
  /** Tolerance relative to |b|; 1e-5 unless given. */
  rtol?: number;
  /** Absolute tolerance; 1e-8 unless given. */
  atol?: number;
  /** Whether two NaN are close; they are not unless given. */
  equalNan?: boolean;
}

function closeness(name: string, a: Tensor, b: Tensor, options: CloseOptions | undefined): Tensor {
  checkAlive(name, a, "a");
  checkAlive(name, b, "b");
  const { rtol, atol, equalNan } = readOptions(name, options, { rtol: 1e-5, atol: 1e-8, equalNan: false });
  checkFinite(name, "rtol", rtol, 0);
  checkFinite(name, "atol", atol, 0);
  if (a.dtype !== b.dtype) throw new DTypeError(`${name}: a is ${formatSpec(a)} and b is ${formatSpec(b)}; both must have one dtype`);
  return scope(() => {
    const distance = abs(sub(a, b));
    // An infinite distance is within no tolerance, not even an infinite one.
    const isNear = where(lt(distance, Infinity), le(distance, add(abs(mul(b, rtol)), atol)), eq(a, b));
    return equalNan ? where(eq(a, a), isNear, ne(b, b)) : isNear;
  });
}

/**
 * Whether the numbers of a are close to those of b: `|a - b| <= atol + rtol |b|`; equal infinities are. a, b: tensors of one dtype, whose
 * shapes broadcast -> bool. Gradient: none.
 * Errors: `DTypeError` for two dtypes, `ShapeError` if the shapes do not broadcast, `ArgError` for a tolerance below 0.
 * @example isclose(tensor([1, 2]), tensor([1.000001, 2.1])); // [true, false]
 */
export function isclose(a: Tensor, b: Tensor, options?: CloseOptions): Tensor {
  return closeness("isclose", a, b, options);
}

/** Whether all of a mask is true. */
const isAll = (mask: Tensor): boolean => sum(mask).item() === mask.size;

/**
 * Whether all numbers of a are close to those of b, as by `isclose`: true or false, not a tensor.
 * Errors: `DTypeError` for two dtypes, `ShapeError` if the shapes do not broadcast, `ArgError` for a tolerance below 0.
 * @example allclose(tensor([1, 2]), tensor([1.000001, 2])); // true
 */
export function allclose(a: Tensor, b: Tensor, options?: CloseOptions): boolean {
  return scope(() => isAll(closeness("allclose", a, b, options)));
}

/**
 * Whether two tensors of any dtype have one shape and equal numbers: true or false, not a tensor. NaN equals nothing.
 * Errors: `ArgError` for what is no tensor.
 * @example equal(tensor([1, 2]), tensor([1, 2])); // true
 */
export function equal(a: Tensor, b: Tensor): boolean {
  checkAlive("equal", a, "a");
  checkAlive("equal", b, "b");
  return sameShape(a.shape, b.shape) && scope(() => isAll(eq(a, b)));
}
