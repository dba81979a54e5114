// What operations make of NaN, infinities, -0, denormals and nothing: data, the values of PyTorch 1.13.
import * as sg from "simdgrad";
import { type Tensor, tensor } from "simdgrad";

const { NaN: nan } = Number;

/** Numbers with spaces between them. */
export const numbersOf = (text: string): number[] =>
  text.split(" ").flatMap((word) => (word ? Number(word.replace("inf", "Infinity")) : []));

/** The numbers of functions of one number. */
export const ODD: readonly number[] = numbersOf("nan inf -inf 0 -0 1e-40 -1e-40 3e+38 -3e+38 1 -1 0.5");

/** The pairs of functions of two. */
export const A: readonly number[] = numbersOf(
  "nan nan 1 nan 0 inf inf -inf inf -inf inf 0 -0 inf 0 -0 0 1 -1 1 -1 1e-40 -1e-40 3e+38 3e+38 -3e+38 inf -inf 5 -5 2 1e-38 -0 0",
);
export const B: readonly number[] = numbersOf(
  "nan 1 nan 0 nan inf -inf inf 1 1 0 inf inf -2 0 0 -0 0 0 -0 -0 1e-38 1e-40 3e+38 -3e+38 3e+38 2 -2 inf inf -inf 1e-40 -1 -1",
);

/** Functions of one number: their values at `ODD`. */
export const ofOne: readonly [name: string, call: (x: Tensor) => Tensor, values: string][] = [
  ["abs", (x) => sg.abs(x), "nan inf inf 0 0 9.9999461e-41 9.9999461e-41 3.00000001e+38 3.00000001e+38 1 1 0.5"],
  ["neg", (x) => sg.neg(x), "nan -inf inf -0 0 -9.9999461e-41 9.9999461e-41 -3.00000001e+38 3.00000001e+38 -1 1 -0.5"],
  // sign: NaN stays NaN; PyTorch gives 0, which hides it.
  ["sign", (x) => sg.sign(x), "nan 1 -1 0 0 1 -1 1 -1 1 -1 1"],
  ["square", (x) => sg.square(x), "nan inf inf 0 0 0 0 inf inf 1 1 0.25"],
  ["sqrt", (x) => sg.sqrt(x), "nan inf nan 0 -0 9.99997303e-21 nan 1.73205077e+19 nan 1 nan 0.707106769"],
  ["rsqrt", (x) => sg.rsqrt(x), "nan 0 nan inf -inf 1.00000266e+20 nan 5.77350289e-20 nan 1 nan 1.41421354"],
  ["reciprocal", (x) => sg.reciprocal(x), "nan 0 -0 inf -inf inf -inf 3.33333312e-39 -3.33333312e-39 1 -1 2"],
  ["floor", (x) => sg.floor(x), "nan inf -inf 0 -0 0 -1 3.00000001e+38 -3.00000001e+38 1 -1 0"],
  ["ceil", (x) => sg.ceil(x), "nan inf -inf 0 -0 1 -0 3.00000001e+38 -3.00000001e+38 1 -1 1"],
  ["round", (x) => sg.round(x), "nan inf -inf 0 -0 0 -0 3.00000001e+38 -3.00000001e+38 1 -1 0"],
  ["trunc", (x) => sg.trunc(x), "nan inf -inf 0 -0 0 -0 3.00000001e+38 -3.00000001e+38 1 -1 0"],
  ["frac", (x) => sg.frac(x), "nan nan nan 0 0 9.9999461e-41 -9.9999461e-41 0 0 0 0 0.5"],
  ["signbit", (x) => sg.signbit(x), "0 0 1 0 1 0 1 0 1 0 1 0"],
  ["exp", (x) => sg.exp(x), "nan inf 0 1 1 1 1 inf 0 2.71828175 0.36787945 1.64872122"],
  ["exp2", (x) => sg.exp2(x), "nan inf 0 1 1 1 1 inf 0 2 0.5 1.41421354"],
  ["expm1", (x) => sg.expm1(x), "nan inf -1 0 -0 9.9999461e-41 -9.9999461e-41 inf -1 1.71828187 -0.63212055 0.648721278"],
  ["log", (x) => sg.log(x), "nan inf nan -inf -inf -92.1034088 nan 88.5968475 nan 0 nan -0.693147182"],
  ["log2", (x) => sg.log2(x), "nan inf nan -inf -inf -132.877136 nan 127.81823 nan 0 nan -1"],
  ["log10", (x) => sg.log10(x), "nan inf nan -inf -inf -40.0000038 nan 38.4771194 nan 0 nan -0.30103001"],
  ["log1p", (x) => sg.log1p(x), "nan inf nan 0 -0 9.9999461e-41 -9.9999461e-41 inf nan 0.693147182 -inf 0.405465096"],
  ["sin", (x) => sg.sin(x), "nan nan nan 0 -0 9.9999461e-41 -9.9999461e-41 0.874904871 -0.874904871 0.841470957 -0.841470957 0.47942555"],
  ["cos", (x) => sg.cos(x), "nan nan nan 1 1 1 1 -0.484294772 -0.484294772 0.540302336 0.540302336 0.87758255"],
  ["tan", (x) => sg.tan(x), "nan nan nan 0 -0 9.9999461e-41 -9.9999461e-41 -1.80655444 1.80655444 1.55740774 -1.55740774 0.546302497"],
  ["asin", (x) => sg.asin(x), "nan nan nan 0 -0 9.9999461e-41 -9.9999461e-41 nan nan 1.57079637 -1.57079637 0.52359879"],
  ["acos", (x) => sg.acos(x), "nan nan nan 1.57079637 1.57079637 1.57079637 1.57079637 nan nan 0 3.14159274 1.04719758"],
  [
    "atan",
    (x) => sg.atan(x),
    "nan 1.57079637 -1.57079637 0 -0 9.9999461e-41 -9.9999461e-41 1.57079637 -1.57079637 0.785398126 -0.785398126 0.463647604",
  ],
  ["sinh", (x) => sg.sinh(x), "nan inf -inf 0 -0 9.9999461e-41 -9.9999461e-41 inf -inf 1.17520118 -1.17520118 0.521095276"],
  ["cosh", (x) => sg.cosh(x), "nan inf inf 1 1 1 1 inf inf 1.54308069 1.54308069 1.12762594"],
  ["tanh", (x) => sg.tanh(x), "nan 1 -1 0 -0 9.9999461e-41 -9.9999461e-41 1 -1 0.761594176 -0.761594176 0.462117165"],
  [
    "asinh",
    (x) => sg.asinh(x),
    "nan inf -inf 0 -0 9.9999461e-41 -9.9999461e-41 89.2899933 -89.2899933 0.881373584 -0.881373584 0.481211841",
  ],
  ["acosh", (x) => sg.acosh(x), "nan inf nan nan nan nan nan 89.2899933 nan 0 nan nan"],
  ["atanh", (x) => sg.atanh(x), "nan nan nan 0 -0 9.9999461e-41 -9.9999461e-41 nan nan inf -inf 0.549306154"],
  ["erf", (x) => sg.erf(x), "nan 1 -1 0 -0 1.12836756e-40 -1.12836756e-40 1 -1 0.842700779 -0.842700779 0.520499885"],
  ["erfc", (x) => sg.erfc(x), "nan 0 2 1 1 1 1 0 2 0.157299206 1.84270084 0.479500115"],
  ["erfinv", (x) => sg.erfinv(x), "nan nan nan 0 -0 8.86223188e-41 -8.86223188e-41 nan nan inf -inf 0.476936281"],
  ["sinc", (x) => sg.sinc(x), "nan nan nan 1 1 1 1 nan nan -2.78275341e-08 -2.78275341e-08 0.636619747"],
  [
    "deg2rad",
    (x) => sg.deg2rad(x),
    "nan inf -inf 0 -0 1.74601789e-42 -1.74601789e-42 5.2359877e+36 -5.2359877e+36 0.0174532924 -0.0174532924 0.00872664619",
  ],
  ["rad2deg", (x) => sg.rad2deg(x), "nan inf -inf 0 -0 5.72954648e-39 -5.72954648e-39 inf -inf 57.2957802 -57.2957802 28.6478901"],
  ["isnan", (x) => sg.isnan(x), "1 0 0 0 0 0 0 0 0 0 0 0"],
  ["isinf", (x) => sg.isinf(x), "0 1 1 0 0 0 0 0 0 0 0 0"],
  ["isfinite", (x) => sg.isfinite(x), "0 0 0 1 1 1 1 1 1 1 1 1"],
  ["isposinf", (x) => sg.isposinf(x), "0 1 0 0 0 0 0 0 0 0 0 0"],
  ["isneginf", (x) => sg.isneginf(x), "0 0 1 0 0 0 0 0 0 0 0 0"],
  ["relu", (x) => sg.relu(x), "nan inf 0 0 -0 9.9999461e-41 0 3.00000001e+38 0 1 0 0.5"],
  ["sigmoid", (x) => sg.sigmoid(x), "nan 1 0 0.5 0.5 0.5 0.5 1 0 0.731058598 0.268941432 0.622459352"],
  ["logit", (x) => sg.logit(x), "nan nan nan -inf -inf -92.1034088 nan nan nan inf nan 0"],
  [
    "logit, eps",
    (x) => sg.logit(x, { eps: 0.1 }),
    "nan 2.19722438 -2.19722462 -2.19722462 -2.19722462 -2.19722462 -2.19722462 2.19722438 -2.19722462 2.19722438 -2.19722462 0",
  ],
  ["round, decimals", (x) => sg.round(x, { decimals: 1 }), "nan inf -inf 0 -0 0 -0 inf -inf 1 -1 0.5"],
  [
    "nanToNum",
    (x) => sg.nanToNum(x),
    "0 3.40282347e+38 -3.40282347e+38 0 -0 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 1 -1 0.5",
  ],
  [
    "nanToNum, options",
    (x) => sg.nanToNum(x, { nan: 7, posinf: 8 }),
    "7 8 -3.40282347e+38 0 -0 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 1 -1 0.5",
  ],
  ["logicalNot", (x) => sg.logicalNot(x), "0 0 0 1 1 0 0 0 0 0 0 0"],
  ["relu6", (x) => sg.relu6(x), "nan 6 0 0 0? 9.9999461e-41 0 6 0 1 0 0.5"],
  [
    "leakyRelu",
    (x) => sg.leakyRelu(x),
    "nan inf -inf 0 -0 9.9999461e-41 -1.0005271e-42 3.00000001e+38 -3.00000004e+36 1 -0.00999999978 0.5",
  ],
  // elu: A denormal number stays; PyTorch computes e^x - 1, which is 0.
  ["elu", (x) => sg.elu(x), "nan inf -1 0 0 9.9999461e-41 -9.99995e-41 3.00000001e+38 -1 1 -0.63212055 0.5"],
  // celu: A denormal number stays; PyTorch computes e^x - 1, which is 0.
  ["celu", (x) => sg.celu(x), "nan inf -1 0 0 9.9999461e-41 -9.99995e-41 3.00000001e+38 -1 1 -0.63212055 0.5"],
  // selu: A denormal number stays; PyTorch computes e^x - 1, which is 0.
  [
    "selu",
    (x) => sg.selu(x),
    "nan inf -1.75809932 0 0 1.05069359e-40 -1.75808e-40 3.15210307e+38 -1.75809932 1.05070102 -1.11133075 0.525350511",
  ],
  ["gelu", (x) => sg.gelu(x), "nan inf nan 0 0 4.99997305e-41 -4.99997305e-41 3.00000001e+38 0 0.841344714 -0.158655286 0.345731199"],
  ["silu", (x) => sg.silu(x), "nan inf nan 0 -0 4.99997305e-41 -4.99997305e-41 3.00000001e+38 -0 0.731058598 -0.268941432 0.311229676"],
  ["mish", (x) => sg.mish(x), "nan inf nan 0 -0 5.99993963e-41 -5.99993963e-41 3.00000001e+38 -0 0.865098357 -0.30340147 0.375245214"],
  [
    "logSigmoid",
    (x) => sg.logSigmoid(x),
    "nan 0 -inf -0.693147182 -0.693147182 -0.693147182 -0.693147182 0 -3.00000001e+38 -0.313261688 -1.31326175 -0.474076986",
  ],
  [
    "softplus",
    (x) => sg.softplus(x),
    "nan inf 0 0.693147182 0.693147182 0.693147182 0.693147182 3.00000001e+38 0 1.31326163 0.313261688 0.974076986",
  ],
  ["softsign", (x) => sg.softsign(x), "nan nan nan 0 -0 9.9999461e-41 -9.9999461e-41 1 -1 0.5 -0.5 0.333333343"],
  ["tanhshrink", (x) => sg.tanhshrink(x), "nan inf -inf 0 0 0 0 3.00000001e+38 -3.00000001e+38 0.238405824 -0.238405824 0.0378828347"],
  ["hardtanh", (x) => sg.hardtanh(x), "nan 1 -1 0 -0 9.9999461e-41 -9.9999461e-41 1 -1 1 -1 0.5"],
  ["hardsigmoid", (x) => sg.hardsigmoid(x), "nan 1 0 0.5 0.5 0.5 0.5 1 0 0.666666687 0.333333343 0.583333313"],
  ["hardswish", (x) => sg.hardswish(x), "nan inf nan 0 -0 4.99997305e-41 -4.99997305e-41 inf 0? 0.666666687 -0.333333343 0.291666657"],
  ["hardshrink", (x) => sg.hardshrink(x), "nan inf -inf 0 0 0 0 3.00000001e+38 -3.00000001e+38 1 -1 0"],
  // softshrink: NaN stays NaN, as in PyTorch 2; PyTorch 1.13 gives 0.
  ["softshrink", (x) => sg.softshrink(x), "nan inf -inf 0 0 0 0 3.00000001e+38 -3.00000001e+38 0.5 -0.5 0"],
  [
    "gelu, tanh",
    (x) => sg.gelu(x, { approximate: "tanh" }),
    "nan inf nan 0 -0 4.99997305e-41 -4.99997305e-41 3.00000001e+38 -0 0.841192007 -0.158807993 0.345714003",
  ],
  ["threshold", (x) => sg.threshold(x, 0.2, 7), "nan inf 7 7 7 7 7 3.00000001e+38 7 1 7 0.5"],
  ["prelu", (x) => sg.prelu(x, tensor([0.5])), "nan inf -inf 0 -0 9.9999461e-41 -4.99997305e-41 3.00000001e+38 -1.5e+38 1 -0.5 0.5"],
  ["clamp", (x) => sg.clamp(x, { min: -1, max: 1 }), "nan 1 -1 0 -0 9.9999461e-41 -9.9999461e-41 1 -1 1 -1 0.5"],
  ["clamp to NaN", (x) => sg.clamp(x, { max: tensor(nan) }), "nan nan nan nan nan nan nan nan nan nan nan nan"],
  [
    "maskedFill",
    (x) => sg.maskedFill(x, sg.isnan(x), -0),
    "-0 inf -inf 0 -0 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 1 -1 0.5",
  ],
];

/** Functions of two numbers: their values at `A` and `B`. */
export const ofTwo: readonly [name: string, call: (a: Tensor, b: Tensor) => Tensor, values: string][] = [
  [
    "add",
    (a, b) => sg.add(a, b),
    "nan nan nan nan nan inf nan nan inf -inf inf inf inf inf 0 0 0 1 -1 1 -1 1.00999988e-38 0 inf 0 0 inf -inf inf inf -inf 1.00999988e-38 -1 -1",
  ],
  [
    "sub",
    (a, b) => sg.sub(a, b),
    "nan nan nan nan nan nan inf -inf inf -inf inf -inf -inf inf 0 -0 0 1 -1 1 -1 -9.89999989e-39 -1.99998922e-40 0 inf -inf inf -inf -inf -inf inf 9.89999989e-39 1 1",
  ],
  [
    "mul",
    (a, b) => sg.mul(a, b),
    "nan nan nan nan nan inf -inf -inf inf -inf nan nan nan -inf 0 -0 -0 0 -0 -0 0 0 -0 inf -inf -inf inf inf inf -inf -inf 0 0 -0",
  ],
  [
    "div",
    (a, b) => sg.div(a, b),
    "nan nan nan nan nan nan nan nan inf -inf inf 0 -0 -inf nan nan nan inf -inf -inf inf 0.00999994669 -1 1 -1 -1 inf inf 0 -0 -0 100.000534 0 -0",
  ],
  ["pow", (a, b) => sg.pow(a, b), "nan nan 1 1 nan inf 0 inf inf -inf 1 0 0 0 1 1 1 1 1 1 1 1 nan inf 0 inf inf 0 inf inf 0 1 -inf inf"],
  [
    "floorDivide",
    (a, b) => sg.floorDivide(a, b),
    "nan nan nan nan nan nan nan nan nan nan inf 0 -0 nan nan nan nan inf -inf -inf inf 0 -1 1 -1 -1 nan nan 0 -1 -1 100 0 -0",
  ],
  [
    "remainder",
    (a, b) => sg.remainder(a, b),
    "nan nan nan nan nan nan nan nan nan nan nan 0 -0 nan nan nan nan nan nan nan nan 9.9999461e-41 -0 0 0 -0 nan nan 5 inf -inf 5.32493416e-44 -0 0",
  ],
  [
    "fmod",
    (a, b) => sg.fmod(a, b),
    "nan nan nan nan nan nan nan nan nan nan nan 0 -0 nan nan nan nan nan nan nan nan 9.9999461e-41 -0 0 0 -0 nan nan 5 -5 2 5.32493416e-44 -0 0",
  ],
  [
    "maximum",
    (a, b) => sg.maximum(a, b),
    "nan nan nan nan nan inf inf inf inf 1 inf inf inf inf 0 0? 0? 1 0 1 -0 9.99999935e-39 9.9999461e-41 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 9.99999935e-39 -0 0",
  ],
  [
    "minimum",
    (a, b) => sg.minimum(a, b),
    "nan nan nan nan nan inf -inf -inf 1 -inf 0 0 -0 -2 0 0? 0? 0 -1 -0 -1 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 -3.00000001e+38 2 -inf 5 -5 -inf 9.9999461e-41 -1 -1",
  ],
  [
    "fmax",
    (a, b) => sg.fmax(a, b),
    "nan 1 1 0 0 inf inf inf inf 1 inf inf inf inf 0 -0 0 1 0 1 -0 9.99999935e-39 9.9999461e-41 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 9.99999935e-39 -0 0",
  ],
  [
    "fmin",
    (a, b) => sg.fmin(a, b),
    "nan 1 1 0 0 inf -inf -inf 1 -inf 0 0 -0 -2 0 -0 0 0 -1 -0 -1 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 -3.00000001e+38 2 -inf 5 -5 -inf 9.9999461e-41 -1 -1",
  ],
  [
    "atan2",
    (a, b) => sg.atan2(a, b),
    "nan nan nan nan nan 0.785398185 2.3561945 -0.785398185 1.57079637 -1.57079637 1.57079637 0 -0 1.57079637 0 -0 3.14159274 1.57079637 -1.57079637 1.57079637 -1.57079637 0.00999961328 -0.785398126 0.785398126 2.3561945 -0.785398126 1.57079637 -1.57079637 0 -0 3.14159274 1.56079674 -3.14159274 3.14159274",
  ],
  [
    "hypot",
    (a, b) => sg.hypot(a, b),
    "nan nan nan nan nan inf inf inf inf inf inf inf inf inf 0 0 0 1 1 1 1 1.00004982e-38 1.41420442e-40 inf inf inf inf inf inf inf inf 1.00004982e-38 1 1",
  ],
  [
    "copysign",
    (a, b) => sg.copysign(a, b),
    "nan nan 1 nan 0 inf -inf inf inf inf inf 0 0 -inf 0 0 -0 1 1 -1 -1 9.9999461e-41 9.9999461e-41 3.00000001e+38 -3.00000001e+38 3.00000001e+38 inf -inf 5 5 -2 9.99999935e-39 -0 -0",
  ],
  // xlogy: Products of 0 have the sign of their factors.
  [
    "xlogy",
    (a, b) => sg.xlogy(a, b),
    "nan nan nan nan nan inf nan -inf nan nan -inf 0? 0? nan 0? 0? 0? -inf inf -inf inf -8.74977627e-39 9.21029059e-39 inf nan -inf inf nan inf -inf nan -9.21034065e-37 0? 0?",
  ],
  [
    "logaddexp",
    (a, b) => sg.logaddexp(a, b),
    "nan nan nan nan nan inf inf inf inf 1 inf inf inf inf 0.693147182 0.693147182 0.693147182 1.31326163 0.313261658 1.31326163 0.313261658 0.693147182 0.693147182 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 0.693147182 0.313261658 0.313261658",
  ],
  [
    "logaddexp2",
    (a, b) => sg.logaddexp2(a, b),
    "nan nan nan nan nan inf inf inf inf 1 inf inf inf inf 1 1 1 1.58496249 0.584962487 1.58496249 0.584962487 1 1 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 1 0.584962487 0.584962487",
  ],
  ["eq", (a, b) => sg.eq(a, b), "0 0 0 0 0 1 0 0 0 0 0 0 0 0 1 1 1 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0"],
  ["ne", (a, b) => sg.ne(a, b), "1 1 1 1 1 0 1 1 1 1 1 1 1 1 0 0 0 1 1 1 1 1 1 0 1 1 1 1 1 1 1 1 1 1"],
  ["lt", (a, b) => sg.lt(a, b), "0 0 0 0 0 0 0 1 0 1 0 1 1 0 0 0 0 0 1 0 1 1 1 0 0 1 0 1 1 1 0 0 0 0"],
  ["le", (a, b) => sg.le(a, b), "0 0 0 0 0 1 0 1 0 1 0 1 1 0 1 1 1 0 1 0 1 1 1 1 0 1 0 1 1 1 0 0 0 0"],
  ["gt", (a, b) => sg.gt(a, b), "0 0 0 0 0 0 1 0 1 0 1 0 0 1 0 0 0 1 0 1 0 0 0 0 1 0 1 0 0 0 1 1 1 1"],
  ["ge", (a, b) => sg.ge(a, b), "0 0 0 0 0 1 1 0 1 0 1 0 0 1 1 1 1 1 0 1 0 0 0 1 1 0 1 0 0 0 1 1 1 1"],
  ["isclose", (a, b) => sg.isclose(a, b), "0 0 0 0 0 1 0 0 0 0 0 0 0 0 1 1 1 0 0 0 0 1 1 1 0 0 0 0 0 0 0 1 0 0"],
  ["logicalAnd", (a, b) => sg.logicalAnd(a, b), "1 1 1 0 0 1 1 1 1 1 0 0 0 1 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 1 1 1 0 0"],
  ["logicalOr", (a, b) => sg.logicalOr(a, b), "1 1 1 1 1 1 1 1 1 1 1 1 1 1 0 0 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"],
  ["logicalXor", (a, b) => sg.logicalXor(a, b), "0 0 0 1 1 0 0 0 0 0 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0 0 0 0 0 0 0 0 1 1"],
  [
    "isclose, equalNan",
    (a, b) => sg.isclose(a, b, { equalNan: true }),
    "1 0 0 0 0 1 0 0 0 0 0 0 0 0 1 1 1 0 0 0 0 1 1 1 0 0 0 0 0 0 0 1 0 0",
  ],
  [
    "div, floor",
    (a, b) => sg.div(a, b, { roundingMode: "floor" }),
    "nan nan nan nan nan nan nan nan nan nan inf 0 -0 nan nan nan nan inf -inf -inf inf 0 -1 1 -1 -1 nan nan 0 -1 -1 100 0 -0",
  ],
  [
    "div, trunc",
    (a, b) => sg.div(a, b, { roundingMode: "trunc" }),
    "nan nan nan nan nan nan nan nan inf -inf inf 0 -0 -inf nan nan nan inf -inf -inf inf 0 -1 1 -1 -1 inf inf 0 -0 -0 100 0 -0",
  ],
  [
    "lerp",
    (a, b) => sg.lerp(a, b, 0.5),
    "nan nan nan nan nan nan nan nan inf -inf inf nan nan inf 0 0 0 0.5 -0.5 0.5 -0.5 5.04999941e-39 0 3.00000001e+38 inf -inf inf -inf nan nan nan 5.04999941e-39 -0.5 -0.5",
  ],
  [
    "lerp to the end",
    (a, b) => sg.lerp(a, b, 1),
    "nan nan nan nan nan nan nan nan nan nan nan nan nan nan 0 0 0 0 0 0 -0 9.99999935e-39 9.9999461e-41 3.00000001e+38 nan nan nan nan nan nan nan 9.9999461e-41 -1 -1",
  ],
  [
    "addcmul",
    (a, b) => sg.addcmul(a, a, b, { value: 0 }),
    "nan nan nan nan nan nan nan nan nan nan nan nan nan nan 0 -0 0 1 -1 1 -1 9.9999461e-41 -9.9999461e-41 3.00000001e+38 3.00000001e+38 -3.00000001e+38 nan nan nan nan nan 9.99999935e-39 0 0",
  ],
  [
    "addcdiv",
    (a, b) => sg.addcdiv(a, a, b),
    "nan nan nan nan nan nan nan nan inf -inf inf 0 -0 nan nan nan nan inf -inf -inf inf 0.00999994669 -1 3.00000001e+38 3.00000001e+38 -3.00000001e+38 inf nan 5 -5 2 100.000534 0 0",
  ],
  [
    "where",
    (a, b) => sg.where(sg.gt(a, b), a, b),
    "nan 1 nan 0 nan inf inf inf inf 1 inf inf inf inf 0 0 -0 1 0 1 -0 9.99999935e-39 9.9999461e-41 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 9.99999935e-39 -0 0",
  ],
  [
    "max of two",
    (a, b) => sg.max(a, b),
    "nan nan nan nan nan inf inf inf inf 1 inf inf inf inf 0 0? 0? 1 0 1 -0 9.99999935e-39 9.9999461e-41 3.00000001e+38 3.00000001e+38 3.00000001e+38 inf -2 inf inf 2 9.99999935e-39 -0 0",
  ],
  [
    "min of two",
    (a, b) => sg.min(a, b),
    "nan nan nan nan nan inf -inf -inf 1 -inf 0 0 -0 -2 0 0? 0? 0 -1 -0 -1 9.9999461e-41 -9.9999461e-41 3.00000001e+38 -3.00000001e+38 -3.00000001e+38 2 -inf 5 -5 -inf 9.9999461e-41 -1 -1",
  ],
];
