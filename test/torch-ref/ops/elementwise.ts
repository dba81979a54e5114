// Elementwise functions, comparisons and where.
import * as sg from "simdgrad";
import { binary, type Call, call, prefixed, unary } from "./call.js";

const unaries: Record<string, Call> = Object.fromEntries([
  ...["abs", "ceil", "cos", "erf", "exp", "floor", "log", "neg", "reciprocal", "relu", "round", "rsqrt", "sigmoid", "silu"].map((name) => [
    name,
    unary(name),
  ]),
  ...["sin", "sqrt", "square", "tanh", "trunc"].map((name) => [name, unary(name)]),
  // sign(NaN) is NaN here and 0 there (docs/numerics.md).
  ["sign", call(({ x }) => sg.where(x.ne(x), 0, sg.sign(x)))],
  ["clamp", call(({ x }, { min, max }) => sg.clamp(x, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }))],
  ["elu", call(({ x }, { alpha }) => sg.elu(x, { alpha }))],
  ["gelu", call(({ x }, { approximate }) => sg.gelu(x, { approximate }))],
  ["leaky_relu", call(({ x }, { negative_slope }) => sg.leakyRelu(x, { negativeSlope: negative_slope }))],
  ["pow_scalar", call(({ x }, { exponent }) => sg.pow(x, exponent))],
  ["relu6", call(({ x }) => sg.clamp(x, { min: 0, max: 6 }))],
  ["softplus", call(({ x }, { beta, threshold }) => sg.softplus(x, { beta, threshold }))],
]);

const binaries: Record<string, Call> = Object.fromEntries([
  ...["add", "div", "maximum", "minimum", "mul", "pow", "remainder", "sub"].map((name) => [name, binary(name)]),
]);

export const elementwise: readonly (readonly [string, Call])[] = [
  ...prefixed("unary", unaries),
  ...prefixed("special", unaries),
  ...prefixed("binary", binaries),
  ...prefixed("special", binaries),
  ...prefixed("compare", Object.fromEntries(["eq", "ge", "gt", "le", "lt", "ne"].map((name) => [name, binary(name)]))),
  ["binary/where", call(({ c, a, b }) => sg.where(c, a, b))],
];
