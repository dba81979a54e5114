// Activation functions, element by element. x: float32 of any shape -> the same shape.
import { checkFinite, checkOneOf, checkPositive } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import { arithmeticType, dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, maximum, minimum, mul, sub } from "./arithmetic.js";
import { like } from "./broadcast.js";
import { gt, le } from "./compare.js";
import { floatOp } from "./promotion.js";
import { where } from "./select.js";
import { exp, square } from "./unary.js";

type X = [x: Tensor];
type GX = [g: Tensor, x: Tensor];
type Unary = Op<X>;
/** A fused gradient kernel as an op. It is linear in g, so its gradient for g is the same op with another g. */
type GradOp<Attr = void> = Op<GX, Attr>;

/**
 * Rectified linear unit: `relu(x) = max(x, 0)`, NaN stays NaN. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: 1 above 0, 0 elsewhere, also at 0. Errors: `DTypeError` for bool and integers.
 * @example x.relu();
 */
export const relu: Unary = floatOp({
  name: "relu",
  infer: ([x]) => like("relu", x),
  forward: (out, [x]) => k.relu(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => reluGrad(g, out)],
});

const reluGrad: GradOp = defineOp<GX>({
  name: "reluGrad",
  infer: ([g]) => like("reluGrad", g),
  forward: (out, [g, y]) => k.reluGrad(g.ptr, y.ptr, out.ptr, out.size),
  saves: [[1], []],
  backward: [(gg, { inputs: [, y] }) => reluGrad(gg, y), (gg) => zerosLike(gg)],
});

/**
 * Logistic function: `y = 1 / (1 + e^-x)`. x: float32 or 16-bit floats, any shape -> same. Gradient: `y (1 - y)`. Errors: `DTypeError` for bool and integers.
 * @example x.sigmoid();
 */
export const sigmoid: Unary = floatOp({
  name: "sigmoid",
  infer: ([x]) => like("sigmoid", x),
  forward: (out, [x]) => k.sigmoid(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => sigmoidGrad(g, out)],
});

const sigmoidGrad: GradOp = defineOp<GX>({
  name: "sigmoidGrad",
  infer: ([g]) => like("sigmoidGrad", g),
  forward: (out, [g, y]) => k.sigmoidGrad(g.ptr, y.ptr, out.ptr, out.size),
  saves: [[1], [0, 1]],
  backward: [(gg, { inputs: [, y] }) => sigmoidGrad(gg, y), (gg, { inputs: [g, y] }) => mul(mul(gg, g), sub(1, mul(y, 2)))],
});

/**
 * Hyperbolic tangent: `y = tanh(x)`. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 - y^2`. Errors: `DTypeError` for bool and integers.
 * @example x.tanh();
 */
export const tanh: Unary = floatOp({
  name: "tanh",
  infer: ([x]) => like("tanh", x),
  forward: (out, [x]) => k.tanh(x.ptr, out.ptr, out.size),
  saves: [["out"]],
  backward: [(g, { out }) => tanhGrad(g, out)],
});

const tanhGrad: GradOp = defineOp<GX>({
  name: "tanhGrad",
  infer: ([g]) => like("tanhGrad", g),
  forward: (out, [g, y]) => k.tanhGrad(g.ptr, y.ptr, out.ptr, out.size),
  saves: [[1], [0, 1]],
  backward: [(gg, { inputs: [, y] }) => tanhGrad(gg, y), (gg, { inputs: [g, y] }) => mul(mul(gg, g), mul(y, -2))],
});

/**
 * Sigmoid linear unit (swish): `x * s`, with `s = sigmoid(x)`. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: `s (1 + x (1 - s))`. Errors: `DTypeError` for bool and integers.
 * @example x.silu();
 */
export const silu: Unary = floatOp({
  name: "silu",
  infer: ([x]) => like("silu", x),
  forward: (out, [x]) => k.silu(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => siluGrad(g, x)],
});

const siluGrad: GradOp = defineOp<GX>({
  name: "siluGrad",
  infer: ([g]) => like("siluGrad", g),
  forward: (out, [g, x]) => k.siluGrad(g.ptr, x.ptr, out.ptr, out.size),
  saves: [[1], [0, 1]],
  backward: [
    (gg, { inputs: [, x] }) => siluGrad(gg, x),
    (gg, { inputs: [g, x] }) => {
      // silu'' = s' (2 + x (1 - 2 s)), with s' = s (1 - s)
      const s = sigmoid(x);
      return mul(mul(gg, g), mul(mul(s, sub(1, s)), add(2, mul(x, sub(1, mul(s, 2))))));
    },
  ],
});

const geluExact: Unary = floatOp({
  name: "gelu",
  infer: ([x]) => like("gelu", x),
  forward: (out, [x]) => k.gelu(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => geluGrad(g, x)],
});

const geluGrad: GradOp = defineOp<GX>({
  name: "geluGrad",
  infer: ([g]) => like("geluGrad", g),
  forward: (out, [g, x]) => k.geluGrad(g.ptr, x.ptr, out.ptr, out.size),
  saves: [[1], [0, 1]],
  backward: [
    (gg, { inputs: [, x] }) => geluGrad(gg, x),
    (gg, { inputs: [g, x] }) => {
      // gelu'' = phi(x) (2 - x^2), phi the normal density
      const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return mul(mul(gg, g), mul(density, sub(2, square(x))));
    },
  ],
});

const geluTanh: Unary = floatOp({
  name: "geluTanh",
  infer: ([x]) => like("gelu", x),
  forward: (out, [x]) => k.geluTanh(x.ptr, out.ptr, out.size),
  saves: [[0]],
  backward: [(g, { inputs: [x] }) => geluTanhGrad(g, x)],
  composite: ([x]) => {
    const inner = mul(add(x, mul(mul(x, square(x)), 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  },
});

const geluTanhGrad: GradOp = defineOp<GX>({
  name: "geluTanhGrad",
  infer: ([g]) => like("geluTanhGrad", g),
  forward: (out, [g, x]) => k.geluTanhGrad(g.ptr, x.ptr, out.ptr, out.size),
  backward: [null, null],
});

interface GeluOptions {
  approximate: "none" | "tanh";
}

const GELU: GeluOptions = { approximate: "none" };

/** @internal Reads the options of `gelu`. */
export function geluOptions(op: string, options: unknown): GeluOptions {
  const read = readOptions(op, options, GELU);
  checkOneOf(op, "approximate", read.approximate, ["none", "tanh"]);
  return read;
}

/**
 * Gaussian error linear unit: `x * Phi(x)`, Phi the normal distribution function; with `approximate: "tanh"`
 * `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` (Hendrycks and Gimpel, 2016). x: float32 or 16-bit floats, any shape -> same.
 * Gradient: `Phi(x) + x phi(x)`, phi the normal density; that of the approximation where it was asked for.
 * Errors: `ArgError` for another `approximate`, `DTypeError` for bool and integers.
 * @example x.gelu(); x.gelu({ approximate: "tanh" });
 */
export function gelu(x: Tensor, options?: { approximate?: "none" | "tanh" }): Tensor {
  const { approximate } = geluOptions("gelu", options);
  return approximate === "tanh" ? geluTanh(x) : geluExact(x);
}

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** Steepness around 0, above 0; 1 unless given. */
  beta: number;
  /** Where `beta x` is above this, the result is x; 20 unless given. */
  threshold: number;
}

const softplusOp: Op<X, SoftplusOptions> = floatOp<SoftplusOptions>({
  name: "softplus",
  infer: ([x]) => like("softplus", x),
  forward: (out, [x], { beta, threshold }) => k.softplus(x.ptr, out.ptr, out.size, beta, threshold),
  saves: [[0]],
  backward: [(g, { inputs: [x], attr }) => softplusGrad(g, x, attr)],
});

const softplusGrad: GradOp<SoftplusOptions> = defineOp<GX, SoftplusOptions>({
  name: "softplusGrad",
  infer: ([g]) => like("softplusGrad", g),
  forward: (out, [g, x], { beta, threshold }) => k.softplusGrad(g.ptr, x.ptr, out.ptr, out.size, beta, threshold),
  saves: [[1], [0, 1]],
  backward: [
    (gg, { inputs: [, x], attr }) => softplusGrad(gg, x, attr),
    (gg, { inputs: [g, x], attr: { beta, threshold } }) => {
      const s = sigmoid(mul(x, beta));
      return where(gt(mul(x, beta), threshold), 0, mul(mul(gg, g), mul(mul(s, sub(1, s)), beta)));
    },
  ],
});

const SOFTPLUS: SoftplusOptions = { beta: 1, threshold: 20 };

/** @internal Reads the options of `softplus`. */
export function softplusOptions(op: string, options: unknown): SoftplusOptions {
  const read = readOptions(op, options, SOFTPLUS);
  checkPositive(op, "beta", read.beta);
  checkFinite(op, "threshold", read.threshold);
  return read;
}

/**
 * Smooth relu: `log(1 + e^(beta x)) / beta`, and x itself where `beta x > threshold`. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: `sigmoid(beta x)`, and 1 where `beta x > threshold`.
 * Errors: `ArgError` for a beta that is not above 0 or a threshold that is not finite, `DTypeError` for bool and integers.
 * @example x.softplus(); x.softplus({ beta: 2 });
 */
export function softplus(x: Tensor, options?: Partial<SoftplusOptions>): Tensor {
  return softplusOp(x, softplusOptions("softplus", options));
}

const eluOp: Op<X, number> = floatOp<number>({
  name: "elu",
  infer: ([x]) => like("elu", x),
  forward: (out, [x], alpha) => k.elu(x.ptr, out.ptr, out.size, alpha),
  saves: [[0]],
  backward: [(g, { inputs: [x], attr }) => eluGrad(g, x, attr)],
});

const eluGrad: GradOp<number> = defineOp<GX, number>({
  name: "eluGrad",
  infer: ([g]) => like("eluGrad", g),
  forward: (out, [g, x], alpha) => k.eluGrad(g.ptr, x.ptr, out.ptr, out.size, alpha),
  saves: [[1], [0, 1]],
  backward: [
    (gg, { inputs: [, x], attr }) => eluGrad(gg, x, attr),
    (gg, { inputs: [g, x], attr }) => where(le(x, 0), mul(mul(gg, g), mul(exp(x), attr)), 0),
  ],
});

const ELU = { alpha: 1 };

/** @internal Reads the options of `elu`. */
export function eluOptions(op: string, options: unknown): { alpha: number } {
  const read = readOptions(op, options, ELU);
  checkFinite(op, "alpha", read.alpha);
  return read;
}

/**
 * Exponential linear unit: `x` above 0, `alpha (e^x - 1)` elsewhere (Clevert et al., 2015). x: float32 or 16-bit floats, any shape -> same.
 * Gradient: 1 above 0, `alpha e^x` elsewhere, so alpha at 0.
 * Errors: `ArgError` for an alpha that is not finite, `DTypeError` for bool and integers.
 * @example x.elu(); x.elu({ alpha: 0.5 });
 */
export function elu(x: Tensor, options?: { alpha?: number }): Tensor {
  return eluOp(x, eluOptions("elu", options).alpha);
}

const leakyReluOp: Op<X, number> = floatOp<number>({
  name: "leakyRelu",
  infer: ([x]) => like("leakyRelu", x),
  forward: (out, [x], slope) => k.leakyRelu(x.ptr, out.ptr, out.size, slope),
  saves: [[0]],
  backward: [(g, { inputs: [x], attr }) => leakyReluGrad(g, x, attr)],
});

const leakyReluGrad: GradOp<number> = defineOp<GX, number>({
  name: "leakyReluGrad",
  infer: ([g]) => like("leakyReluGrad", g),
  forward: (out, [g, x], slope) => k.leakyReluGrad(g.ptr, x.ptr, out.ptr, out.size, slope),
  saves: [[1], []],
  backward: [(gg, { inputs: [, x], attr }) => leakyReluGrad(gg, x, attr), (gg) => zerosLike(gg)],
});

const LEAKY_RELU = { negativeSlope: 0.01 };

/** @internal Reads the options of `leakyRelu`. */
export function leakyReluOptions(op: string, options: unknown): { negativeSlope: number } {
  const read = readOptions(op, options, LEAKY_RELU);
  checkFinite(op, "negativeSlope", read.negativeSlope);
  return read;
}

/**
 * Leaky relu: `x` above 0, `negativeSlope * x` elsewhere. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: 1 above 0, the slope elsewhere, also at 0.
 * Errors: `ArgError` for a slope that is not finite, `DTypeError` for bool and integers.
 * @example x.leakyRelu(); x.leakyRelu({ negativeSlope: 0.2 });
 */
export function leakyRelu(x: Tensor, options?: { negativeSlope?: number }): Tensor {
  return leakyReluOp(x, leakyReluOptions("leakyRelu", options).negativeSlope);
}

interface Range {
  min: number;
  max: number;
}

const clampOp: Op<X, Range> = floatOp<Range>({
  name: "clamp",
  infer: ([x]) => like("clamp", x),
  forward: (out, [x], { min, max }) => k.clamp(x.ptr, out.ptr, out.size, min, max),
  saves: [[0]],
  backward: [(g, { inputs: [x], attr }) => clampGrad(g, x, attr)],
});

const clampGrad: GradOp<Range> = defineOp<GX, Range>({
  name: "clampGrad",
  infer: ([g]) => like("clampGrad", g),
  forward: (out, [g, x], { min, max }) => k.clampGrad(g.ptr, x.ptr, out.ptr, out.size, min, max),
  saves: [[1], []],
  backward: [(gg, { inputs: [, x], attr }) => clampGrad(gg, x, attr), (gg) => zerosLike(gg)],
});

const CLAMP: { min: number | undefined; max: number | undefined } = { min: undefined, max: undefined };

/** Clamps an integer tensor; an infinite bound does not limit. */
function clampWhole(x: Tensor, { min, max }: Range): Tensor {
  const { min: least, max: most } = dtypes.int32;
  const [low, high] = [min === Number.NEGATIVE_INFINITY ? least : min, max === Number.POSITIVE_INFINITY ? most : max];
  return scope(() => minimum(maximum(x, low), high));
}

/**
 * Values limited to [min, max]; NaN stays, and `max` wins when min > max. x: any dtype, any shape -> same shape; integers give int32, or
 * float32 beside a bound that int32 does not hold. Gradient: 1 inside and at the bounds, 0 outside.
 * Errors: `ArgError` if neither bound is given or one is not a number.
 * @example tensor([-2, 5]).clamp({ min: -1, max: 1 }); // [-1, 1]
 */
export function clamp(x: Tensor, options: { min?: number; max?: number }): Tensor {
  const { min, max } = readOptions("clamp", options, CLAMP);
  if (min === undefined && max === undefined) throw new ArgError("clamp: give min, max or both");
  for (const bound of [min, max]) {
    if (bound === undefined || (typeof bound === "number" && !Number.isNaN(bound))) continue;
    throw new ArgError(`clamp: bounds must be numbers, got min ${describe(min)} and max ${describe(max)}`);
  }
  checkAlive("clamp", x, "x");
  const bounds = { min: min ?? Number.NEGATIVE_INFINITY, max: max ?? Number.POSITIVE_INFINITY };
  return arithmeticType(x.dtype) === "float32" ? clampOp(x, bounds) : clampWhole(x, bounds);
}
