// Elementwise functions, comparisons and where.
import * as sg from "simdgrad";
import { binary, type Call, call, prefixed, unary } from "./call.js";

const NAMED: Readonly<Record<string, string>> = { logsigmoid: "logSigmoid" };

const unaries: Record<string, Call> = Object.fromEntries([
  ...(
    "abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad erf erfc erfinv exp exp2 expm1 floor frac hardsigmoid hardswish log log10 " +
    "log1p log2 logit logsigmoid mish neg rad2deg reciprocal relu relu6 round rsqrt selu sigmoid silu sin sinc sinh softsign sqrt square tan " +
    "tanh tanhshrink trunc"
  )
    .split(" ")
    .map((name) => [name, unary(NAMED[name] ?? name)]),
  // sign(NaN) is NaN here and 0 there (docs/numerics.md).
  ["sign", call(({ x }) => sg.where(x.ne(x), 0, sg.sign(x)))],
  ["celu", call(({ x }, { alpha }) => sg.celu(x, { alpha }))],
  ["clamp", call(({ x }, { min, max }) => sg.clamp(x, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }))],
  ["elu", call(({ x }, { alpha }) => sg.elu(x, { alpha }))],
  ["gelu", call(({ x }, { approximate }) => sg.gelu(x, { approximate }))],
  ["glu", call(({ x }, { dim }) => sg.glu(x, { dim }))],
  ["hardshrink", call(({ x }, { lambd }) => sg.hardshrink(x, { lambd }))],
  ["hardtanh", call(({ x }, { min_val, max_val }) => sg.hardtanh(x, { minVal: min_val, maxVal: max_val }))],
  ["leaky_relu", call(({ x }, { negative_slope }) => sg.leakyRelu(x, { negativeSlope: negative_slope }))],
  ["nan_to_num", call(({ x }, { nan, posinf, neginf }) => sg.nanToNum(x, { nan, posinf, neginf }))],
  ["pow_scalar", call(({ x }, { exponent }) => sg.pow(x, exponent))],
  ["softplus", call(({ x }, { beta, threshold }) => sg.softplus(x, { beta, threshold }))],
  // The same for softshrink, which keeps NaN in later versions of PyTorch, too.
  ["softshrink", call(({ x }, { lambd }) => sg.where(x.ne(x), 0, sg.softshrink(x, { lambd })))],
  ["threshold", call(({ x }, { threshold, value }) => sg.threshold(x, threshold, value))],
]);

const binaries: Record<string, Call> = Object.fromEntries([
  ...["add", "atan2", "copysign", "div", "fmax", "fmin", "fmod", "hypot", "logaddexp", "maximum", "minimum", "mul", "pow", "remainder"].map(
    (name) => [name, binary(name)],
  ),
  ["sub", binary("sub")],
  ["xlogy", binary("xlogy")],
  ["addcdiv", call(({ x, a, b }, { value }) => sg.addcdiv(x, a, b, { value }))],
  ["addcmul", call(({ x, a, b }, { value }) => sg.addcmul(x, a, b, { value }))],
  ["lerp", call(({ a, b, weight }, args) => sg.lerp(a, b, weight ?? args.weight))],
]);

export const elementwise: readonly (readonly [string, Call])[] = [
  ...prefixed("unary", unaries),
  ...prefixed("special", unaries),
  ...prefixed("binary", binaries),
  ...prefixed("special", binaries),
  ...prefixed("compare", Object.fromEntries(["eq", "ge", "gt", "le", "lt", "ne"].map((name) => [name, binary(name)]))),
  ["binary/where", call(({ c, a, b }) => sg.where(c, a, b))],
];
