// Functions of one number, element by element. x: float32 of any shape -> the same shape, unless it is said that integers do. 16-bit floats
// are computed in float32, and give float32.

import { zerosLike } from "../../tensor/create.js";
import { arithmeticType } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { maximum, minimum, mul } from "./arithmetic.js";
import { kernelOf } from "./broadcast.js";
import { core, unaryOp } from "./define.js";
import { promotingOne } from "./promotion.js";

type X = [x: Tensor];
type Unary = Op<X>;

/** A function of integers, too. `reads` is whether its rule reads x. */
function ofAny(name: "neg" | "abs", reads: readonly 0[], rule: (g: Tensor, x: Tensor) => Tensor): Unary {
  const [float, whole] = [kernelOf(core, name), kernelOf(core, `${name}I32`)];
  return promotingOne(
    defineOp<X>({
      name,
      infer: ([x]) => x,
      forward: (out, [x]) => (x.dtype === "int32" ? whole() : float())(x.ptr, out.ptr, out.size),
      saves: [reads],
      backward: [(g, { inputs: [x] }) => rule(g, x)],
    }),
  );
}

/**
 * Negative: `-x`. x: any dtype, any shape -> same; integers give int32, in which -2^31 is its own negative. Gradient: -g.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example x.neg();
 */
export const neg: Unary = ofAny("neg", [], (g) => neg(g));

/**
 * Magnitude: `|x|`. x: any dtype, any shape -> same; integers give int32, in which -2^31 stays. Gradient: sign(x), 0 at 0.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example x.abs();
 */
export const abs: Unary = ofAny("abs", [0], (g, x) => mul(g, sign(x)));

/** A function that is constant between its steps. Its gradient is 0. */
const step = (name: "sign" | "floor" | "ceil" | "trunc"): Unary => unaryOp(name, core, undefined, (g) => zerosLike(g));

const signOp: Unary = step("sign");

/**
 * Sign: -1, 0 or 1; NaN stays. x: any dtype, any shape -> same; integers give int32, 16-bit floats float32. Gradient: 0 everywhere.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example x.sign();
 */
export function sign(x: Tensor): Tensor {
  checkAlive("sign", x, "x");
  return arithmeticType(x.dtype) === "float32" ? signOp(x) : scope(() => minimum(maximum(x, -1), 1));
}

/**
 * Largest integer not above x. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.floor();
 */
export const floor: Unary = step("floor");

/**
 * Smallest integer not below x. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.ceil();
 */
export const ceil: Unary = step("ceil");

/**
 * Integer part, toward 0. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.trunc();
 */
export const trunc: Unary = step("trunc");

/**
 * Square: `x * x`. x: float32 or 16-bit floats, any shape -> same. Gradient: `2 x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.square();
 */
export const square: Unary = unaryOp("square", core, 0, (g, x) => mul(g, mul(x, 2)));

/** Third power: `pow(x, 3)`. */
export const cube: Unary = unaryOp("cube", core, 0, (g, x) => mul(g, mul(square(x), 3)));

/**
 * Square root; NaN below 0. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 / (2 sqrt(x))`, infinite at 0.
 * Errors: `DTypeError` for bool and integers.
 * @example x.sqrt();
 */
export const sqrt: Unary = unaryOp("sqrt", core, "out", (g, y) => mul(mul(g, 0.5), reciprocal(y)));

/**
 * `1 / sqrt(x)`; infinite at 0, NaN below. x: float32 or 16-bit floats, any shape -> same. Gradient: `-x^(-3/2) / 2`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.rsqrt();
 */
export const rsqrt: Unary = unaryOp("rsqrt", core, "out", (g, y) => mul(mul(g, -0.5), mul(y, square(y))));

/**
 * `1 / x`; infinite at 0. x: float32 or 16-bit floats, any shape -> same. Gradient: `-1 / x^2`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.reciprocal();
 */
export const reciprocal: Unary = unaryOp("reciprocal", core, "out", (g, y) => neg(mul(g, square(y))));

/**
 * Exponential: `e^x`. x: float32 or 16-bit floats, any shape -> same. Gradient: `e^x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.exp();
 */
export const exp: Unary = unaryOp("exp", core, "out", (g, y) => mul(g, y));

/**
 * Natural logarithm: -inf at 0, NaN below. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 / x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.log();
 */
export const log: Unary = unaryOp("log", core, 0, (g, x) => mul(g, reciprocal(x)));
