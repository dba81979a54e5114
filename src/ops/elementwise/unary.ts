// Functions of one number, element by element. x: float32 of any shape -> the same shape, unless it is said that integers do. 16-bit floats
// are computed in float32, and give float32.

import { zerosLike } from "../../tensor/create.js";
import { arithmeticType } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { maximum, minimum, mul } from "./arithmetic.js";
import { like } from "./broadcast.js";
import { floatOp, promotingOne } from "./promotion.js";

type X = [x: Tensor];
type Unary = Op<X>;

/**
 * Negative: `-x`. x: any dtype, any shape -> same; integers give int32, in which -2^31 is its own negative. Gradient: -g.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example x.neg();
 */
export const neg: Unary = promotingOne(
  defineOp<X>({
    name: "neg",
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    forward: (out, [x]) => (x.dtype === "int32" ? k.negI32 : k.neg)(x.ptr, out.ptr, out.size),
    backward: [(g) => neg(g)],
  }),
);

/**
 * Magnitude: `|x|`. x: any dtype, any shape -> same; integers give int32, in which -2^31 stays. Gradient: sign(x), 0 at 0.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example x.abs();
 */
export const abs: Unary = promotingOne(
  defineOp<X>({
    name: "abs",
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    forward: (out, [x]) => (x.dtype === "int32" ? k.absI32 : k.abs)(x.ptr, out.ptr, out.size),
    saves: [[0]],
    backward: [(g, { inputs: [x] }) => mul(g, sign(x))],
  }),
);

/** A step function: its gradient is 0 everywhere. */
function step(name: string, kernel: () => (x: number, out: number, n: number) => void): Unary {
  return floatOp({
    name,
    infer: ([x]) => like(name, x),
    forward: (out, [x]) => kernel()(x.ptr, out.ptr, out.size),
    backward: [(g) => zerosLike(g)],
  });
}

const signOp: Unary = step("sign", () => k.sign);

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
export const floor: Unary = step("floor", () => k.floor);

/**
 * Smallest integer not below x. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.ceil();
 */
export const ceil: Unary = step("ceil", () => k.ceil);

/**
 * Nearest integer, halves to even. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.round();
 */
export const round: Unary = step("round", () => k.round);

/**
 * Integer part, toward 0. x: float32 or 16-bit floats, any shape -> same. Gradient: 0 everywhere.
 * Errors: `DTypeError` for bool and integers.
 * @example x.trunc();
 */
export const trunc: Unary = step("trunc", () => k.trunc);

/**
 * Square: `x * x`. x: float32 or 16-bit floats, any shape -> same. Gradient: `2 x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.square();
 */
export const square: Unary = floatOp({
  name: "square",
  infer: ([x]) => like("square", x),
  forward: (out, [x]) => k.square(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => mul(g, mul(x, 2))],
});

/** Third power: `pow(x, 3)`. */
export const cube: Unary = floatOp({
  name: "cube",
  infer: ([x]) => like("cube", x),
  forward: (out, [x]) => k.cube(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => mul(g, mul(square(x), 3))],
});

/**
 * Square root; NaN below 0. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 / (2 sqrt(x))`, infinite at 0.
 * Errors: `DTypeError` for bool and integers.
 * @example x.sqrt();
 */
export const sqrt: Unary = floatOp({
  name: "sqrt",
  infer: ([x]) => like("sqrt", x),
  forward: (out, [x]) => k.sqrt(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => mul(mul(g, 0.5), reciprocal(out))],
});

/**
 * `1 / sqrt(x)`; infinite at 0, NaN below. x: float32 or 16-bit floats, any shape -> same. Gradient: `-x^(-3/2) / 2`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.rsqrt();
 */
export const rsqrt: Unary = floatOp({
  name: "rsqrt",
  infer: ([x]) => like("rsqrt", x),
  forward: (out, [x]) => k.rsqrt(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => mul(mul(g, -0.5), mul(out, square(out)))],
});

/**
 * `1 / x`; infinite at 0. x: float32 or 16-bit floats, any shape -> same. Gradient: `-1 / x^2`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.reciprocal();
 */
export const reciprocal: Unary = floatOp({
  name: "reciprocal",
  infer: ([x]) => like("reciprocal", x),
  forward: (out, [x]) => k.reciprocal(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => neg(mul(g, square(out)))],
});

/**
 * Exponential: `e^x`. x: float32 or 16-bit floats, any shape -> same. Gradient: `e^x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.exp();
 */
export const exp: Unary = floatOp({
  name: "exp",
  infer: ([x]) => like("exp", x),
  forward: (out, [x]) => k.exp(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => mul(g, out)],
});

/**
 * Natural logarithm: -inf at 0, NaN below. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 / x`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.log();
 */
export const log: Unary = floatOp({
  name: "log",
  infer: ([x]) => like("log", x),
  forward: (out, [x]) => k.log(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => mul(g, reciprocal(x))],
});

/**
 * Sine of radians; NaN at infinities. x: float32 or 16-bit floats, any shape -> same. Gradient: `cos(x)`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.sin();
 */
export const sin: Unary = floatOp({
  name: "sin",
  infer: ([x]) => like("sin", x),
  forward: (out, [x]) => k.sin(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => mul(g, cos(x))],
});

/**
 * Cosine of radians; NaN at infinities. x: float32 or 16-bit floats, any shape -> same. Gradient: `-sin(x)`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.cos();
 */
export const cos: Unary = floatOp({
  name: "cos",
  infer: ([x]) => like("cos", x),
  forward: (out, [x]) => k.cos(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => neg(mul(g, sin(x)))],
});

/**
 * Error function: `2/sqrt(pi) * integral of e^(-t^2) from 0 to x`. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: `2/sqrt(pi) e^(-x^2)`.
 * Errors: `DTypeError` for bool and integers.
 * @example x.erf();
 */
export const erf: Unary = floatOp({
  name: "erf",
  infer: ([x]) => like("erf", x),
  forward: (out, [x]) => k.erf(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => erfGrad(g, x)],
});

const erfGrad: Op<[g: Tensor, x: Tensor]> = defineOp<[g: Tensor, x: Tensor]>({
  name: "erfGrad",
  infer: ([g]) => like("erfGrad", g),
  forward: (out, [g, x]) => k.erfGrad(g.ptr, x.ptr, out.ptr, out.size),
  saves: [[1], [0, 1]],
  backward: [(gg, { inputs: [, x] }) => erfGrad(gg, x), (gg, { inputs: [g, x] }) => mul(erfGrad(mul(gg, g), x), mul(x, -2))],
});
