// Activation functions, element by element. x: float32 of any shape -> the same shape.
import { checkFinite, checkOneOf } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import { arithmeticType, dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, maximum, minimum, mul, sub } from "./arithmetic.js";
import { like } from "./broadcast.js";
import { eq, ge, le } from "./compare.js";
import { computable, floatOp } from "./promotion.js";
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

/** Clamps an integer tensor; an infinite bound does not limit. */
function clampWhole(x: Tensor, { min, max }: Range): Tensor {
  const { min: least, max: most } = dtypes.int32;
  const [low, high] = [min === Number.NEGATIVE_INFINITY ? least : min, max === Number.POSITIVE_INFINITY ? most : max];
  return scope(() => minimum(maximum(x, low), high));
}

/** Clamps by bounds of which at least one is a tensor: x where it is within them or NaN, a NaN of a bound. */
function clampBy(x: Tensor, min: Operand | undefined, max: Operand | undefined): Tensor {
  return scope(() => {
    const raised = min === undefined ? x : where(ge(x, min), x, where(eq(x, x), min, x));
    return max === undefined ? raised : where(le(raised, max), raised, where(eq(raised, raised), max, raised));
  });
}

/** Bounds of `clamp`, of which at least one is given. */
export interface ClampOptions {
  /** The least value: a number, or a tensor that broadcasts with x. */
  min?: Operand;
  /** The largest value. */
  max?: Operand;
}

const CLAMP: { min: Operand | undefined; max: Operand | undefined } = { min: undefined, max: undefined };

/**
 * Values limited to [min, max]; NaN stays, and `max` wins when min > max. x: any dtype, any shape -> same shape, or with bounds that are
 * tensors the shape that all broadcast to; integers give int32, or float32 beside a bound that int32 does not hold.
 * Gradient: g to x inside and at the bounds, 0 outside, where a bound that is a tensor gets it.
 * Errors: `ArgError` if neither bound is given or one is neither a number nor a tensor, `ShapeError` if the shapes do not broadcast.
 * @example tensor([-2, 5]).clamp({ min: -1, max: 1 }); // [-1, 1]
 */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  const { min, max } = readOptions("clamp", options, CLAMP);
  if (min === undefined && max === undefined) throw new ArgError("clamp: give min, max or both");
  checkAlive("clamp", x, "x");
  let byNumbers = true;
  for (const bound of [min, max] as const) {
    if (bound instanceof Tensor) byNumbers = false;
    else if (bound !== undefined && (typeof bound !== "number" || Number.isNaN(bound)))
      throw new ArgError(`clamp: bounds must be numbers or tensors, got min ${describe(min)} and max ${describe(max)}`);
  }
  if (!byNumbers) return clampBy(computable(x), min, max);
  const bounds = { min: (min as number) ?? Number.NEGATIVE_INFINITY, max: (max as number) ?? Number.POSITIVE_INFINITY };
  return arithmeticType(x.dtype) === "float32" ? clampOp(x, bounds) : clampWhole(x, bounds);
}
