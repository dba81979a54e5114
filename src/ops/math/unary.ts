// Functions of one number that few programs need, element by element. x: float32 of any shape -> the same shape. A function that has no
// value somewhere gives NaN there. 16-bit floats are computed in float32, and give float32.
import { checkFinite, checkWhole, isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { clamp } from "../elementwise/activation.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { eq } from "../elementwise/compare.js";
import { unaryOp } from "../elementwise/define.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { exp, log, neg, reciprocal, rsqrt, square, trunc } from "../elementwise/unary.js";
import { composed, math, type Unary, unary } from "./define.js";

/**
 * Sine of radians; NaN at infinities. x: float32, any shape -> same. Gradient: `cos(x)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.sin();
 */
export const sin: Unary = unary("sin", (x) => cos(x));

/**
 * Cosine of radians; NaN at infinities. x: float32, any shape -> same. Gradient: `-sin(x)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.cos();
 */
export const cos: Unary = unary("cos", (x) => neg(sin(x)));

/**
 * Tangent of radians; NaN at infinities. x: float32, any shape -> same. Gradient: `1 + tan(x)^2`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.tan();
 */
export const tan: Unary = unary("tan", (x) => add(square(tan(x)), 1));

/**
 * Inverse sine, in radians; NaN outside [-1, 1]. x: float32, any shape -> same. Gradient: `1 / sqrt(1 - x^2)`, infinite at the ends.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([0, 1]).asin(); // [0, 1.5708]
 */
export const asin: Unary = unary("asin", (x) => rsqrt(sub(1, square(x))));

/**
 * Inverse cosine, in radians; NaN outside [-1, 1]. x: float32, any shape -> same. Gradient: `-1 / sqrt(1 - x^2)`, infinite at the ends.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([1, 0]).acos(); // [0, 1.5708]
 */
export const acos: Unary = unary("acos", (x) => neg(rsqrt(sub(1, square(x)))));

/**
 * Inverse tangent, in radians. x: float32, any shape -> same. Gradient: `1 / (1 + x^2)`. Errors: `DTypeError` unless x is float32.
 * @example tensor([0, 1]).atan(); // [0, 0.7854]
 */
export const atan: Unary = unary("atan", (x) => reciprocal(add(square(x), 1)));

/**
 * Hyperbolic sine: `(e^x - e^-x) / 2`. x: float32, any shape -> same. Gradient: `cosh(x)`. Errors: `DTypeError` unless x is float32.
 * @example x.sinh();
 */
export const sinh: Unary = unary("sinh", (x) => cosh(x));

/**
 * Hyperbolic cosine: `(e^x + e^-x) / 2`. x: float32, any shape -> same. Gradient: `sinh(x)`. Errors: `DTypeError` unless x is float32.
 * @example x.cosh();
 */
export const cosh: Unary = unary("cosh", (x) => sinh(x));

/**
 * Inverse of `sinh`. x: float32, any shape -> same. Gradient: `1 / sqrt(x^2 + 1)`. Errors: `DTypeError` unless x is float32.
 * @example x.asinh();
 */
export const asinh: Unary = unary("asinh", (x) => rsqrt(add(square(x), 1)));

/**
 * Inverse of `cosh`; NaN below 1. x: float32, any shape -> same. Gradient: `1 / sqrt(x^2 - 1)`, infinite at 1.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([1, 2]).acosh(); // [0, 1.317]
 */
export const acosh: Unary = unary("acosh", (x) => rsqrt(sub(square(x), 1)));

/**
 * Inverse of `tanh`; infinite at 1 and -1, NaN outside. x: float32, any shape -> same. Gradient: `1 / (1 - x^2)`.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([0, 0.5]).atanh(); // [0, 0.5493]
 */
export const atanh: Unary = unary("atanh", (x) => reciprocal(sub(1, square(x))));

/**
 * `e^x - 1`, accurate near 0. x: float32, any shape -> same. Gradient: `e^x`. Errors: `DTypeError` unless x is float32.
 * @example x.expm1();
 */
export const expm1: Unary = unary("expm1", (x) => exp(x));

/**
 * `2^x`; exact for whole x. x: float32, any shape -> same. Gradient: `2^x log(2)`. Errors: `DTypeError` unless x is float32.
 * @example tensor([1, 3]).exp2(); // [2, 8]
 */
export const exp2: Unary = unary("exp2", (x) => mul(exp2(x), Math.LN2));

/**
 * `log(1 + x)`, accurate near 0; -inf at -1, NaN below. x: float32, any shape -> same. Gradient: `1 / (1 + x)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.log1p();
 */
export const log1p: Unary = unary("log1p", (x) => reciprocal(add(x, 1)));

/**
 * Logarithm to base 2; -inf at 0, NaN below. x: float32, any shape -> same. Gradient: `1 / (x log(2))`.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([1, 8]).log2(); // [0, 3]
 */
export const log2: Unary = unary("log2", (x) => reciprocal(mul(x, Math.LN2)));

/**
 * Logarithm to base 10; -inf at 0, NaN below. x: float32, any shape -> same. Gradient: `1 / (x log(10))`.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([1, 100]).log10(); // [0, 2]
 */
export const log10: Unary = unary("log10", (x) => reciprocal(mul(x, Math.LN10)));

/**
 * Error function: `2/sqrt(pi) * integral of e^(-t^2) from 0 to x`. x: float32, any shape -> same.
 * Gradient: `2/sqrt(pi) e^(-x^2)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.erf();
 */
export const erf: Unary = unary("erf", (x) => mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)));

/**
 * `1 - erf(x)`, accurate where it is small. x: float32, any shape -> same. Gradient: `-2/sqrt(pi) e^(-x^2)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.erfc();
 */
export const erfc: Unary = unary("erfc", (x) => mul(exp(neg(square(x))), -2 / Math.sqrt(Math.PI)));

/**
 * Inverse of `erf`; infinite at 1 and -1, NaN outside. x: float32, any shape -> same. Gradient: `sqrt(pi)/2 e^(erfinv(x)^2)`.
 * Errors: `DTypeError` unless x is float32.
 * Source: the form of Giles, Approximating the erfinv function, 2012.
 * @example tensor([0, 0.5]).erfinv(); // [0, 0.4769]
 */
export const erfinv: Unary = unary("erfinv", (x) => mul(exp(square(erfinv(x))), Math.sqrt(Math.PI) / 2));

const roundOp: Unary = unaryOp("round", math, undefined, (g) => zerosLike(g));

/**
 * Nearest integer, halves to even; with `decimals` the nearest multiple of `10^-decimals`, which may be negative.
 * x: float32, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` unless x is float32, `ArgError` unless decimals is a whole number from -38 to 38.
 * @example tensor([2.5, 3.14159]).round({ decimals: 2 }); // [2.5, 3.14]
 */
export function round(x: Tensor, options?: { decimals?: number }): Tensor {
  const { decimals } = readOptions("round", options, { decimals: 0 });
  checkWhole("round", "decimals", decimals, -38, 38);
  if (decimals === 0) return roundOp(x);
  const scale = 10 ** Math.abs(decimals);
  return scope(() => (decimals > 0 ? div(roundOp(mul(x, scale)), scale) : mul(roundOp(div(x, scale)), scale)));
}

/**
 * The fraction: `x - trunc(x)`, with the sign of x. x: float32, any shape -> same. Gradient: g. Errors: `DTypeError` unless x is float32.
 * @example tensor([1.5, -2.25]).frac(); // [0.5, -0.25]
 */
export const frac: (x: Tensor) => Tensor = composed("frac", (x) => sub(x, trunc(x)));

/**
 * Degrees in radians. x: float32, any shape -> same. Gradient: `pi / 180`. Errors: `DTypeError` unless x is float32.
 * @example tensor([180]).deg2rad(); // [3.1416]
 */
export const deg2rad: (x: Tensor) => Tensor = composed("deg2rad", (x) => mul(x, Math.PI / 180));

/**
 * Radians in degrees. x: float32, any shape -> same. Gradient: `180 / pi`. Errors: `DTypeError` unless x is float32.
 * @example tensor([1]).rad2deg(); // [57.2958]
 */
export const rad2deg: (x: Tensor) => Tensor = composed("rad2deg", (x) => mul(x, 180 / Math.PI));

/**
 * `sin(pi x) / (pi x)`, and 1 at 0. x: float32, any shape -> same. Gradient: the derivative, 0 at 0.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([0, 0.5]).sinc(); // [1, 0.6366]
 */
export const sinc: (x: Tensor) => Tensor = composed("sinc", (x) => {
  const isZero = eq(x, 0);
  const t = where(isZero, 1, mul(x, Math.PI)); // the branch that is not chosen must not divide by 0: its gradient would be NaN
  return where(isZero, 1, div(sin(t), t));
});

/**
 * Inverse of `sigmoid`: `log(x / (1 - x))`; infinite at 0 and 1, NaN outside. With `eps` x is first limited to [eps, 1 - eps].
 * x: float32, any shape -> same. Gradient: `1 / (x (1 - x))`, infinite at 0 and 1; 0 where `eps` limits x.
 * Errors: `DTypeError` unless x is float32, `ArgError` unless eps is a finite number.
 * @example tensor([0.5, 0.9]).logit(); // [0, 2.1972]
 */
export function logit(x: Tensor, options?: { eps?: number | null }): Tensor {
  const { eps } = readOptions<{ eps: number | null }>("logit", options, { eps: null });
  if (isGiven(eps)) checkFinite("logit", "eps", eps);
  return scope(() => {
    const given = asFloat("logit", x);
    const p = isGiven(eps) ? clamp(given, { min: eps, max: 1 - eps }) : given;
    return sub(log(p), log(sub(1, p)));
  });
}
