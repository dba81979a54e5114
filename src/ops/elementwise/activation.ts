// Activation functions, element by element. x: float32 of any shape -> the same shape.
import { checkOneOf, checkThat } from "../../checks.js";
import { readOptions } from "../../options.js";
import { arithmeticType, dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, maximum, minimum, mul, sub } from "./arithmetic.js";
import { like } from "./broadcast.js";
import { eq, ge, le } from "./compare.js";
import { core, finiteOptions, type Parameters, unaryOp, withGrad } from "./define.js";
import { computable } from "./promotion.js";
import { where } from "./select.js";
import { exp, square } from "./unary.js";

type X = [x: Tensor];
type Unary = Op<X>;
/** A fused gradient kernel as an op. It is linear in g, so its gradient for g is the same op with another g. */

/**
 * Rectified linear unit: `relu(x) = max(x, 0)`, NaN stays NaN. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: 1 above 0, 0 elsewhere, also at 0. Errors: `DTypeError` for bool and integers.
 * @example x.relu();
 */
export const relu: Unary = withGrad("relu", core, "out");

/**
 * Logistic function: `y = 1 / (1 + e^-x)`. x: float32 or 16-bit floats, any shape -> same. Gradient: `y (1 - y)`. Errors: `DTypeError` for bool and integers.
 * @example x.sigmoid();
 */
export const sigmoid: Unary = withGrad("sigmoid", core, "out", (g, y) => mul(g, sub(1, mul(y, 2))));

/**
 * Hyperbolic tangent: `y = tanh(x)`. x: float32 or 16-bit floats, any shape -> same. Gradient: `1 - y^2`. Errors: `DTypeError` for bool and integers.
 * @example x.tanh();
 */
export const tanh: Unary = withGrad("tanh", core, "out", (g, y) => mul(g, mul(y, -2)));

/**
 * Sigmoid linear unit (swish): `x * s`, with `s = sigmoid(x)`. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: `s (1 + x (1 - s))`. Errors: `DTypeError` for bool and integers.
 * @example x.silu();
 */
export const silu: Unary = withGrad("silu", core, 0, (g, x) => {
  // silu'' = s' (2 + x (1 - 2 s)), with s' = s (1 - s)
  const s = sigmoid(x);
  return mul(g, mul(mul(s, sub(1, s)), add(2, mul(x, sub(1, mul(s, 2))))));
});

const geluExact: Unary = withGrad("gelu", core, 0, (g, x) => {
  // gelu'' = phi(x) (2 - x^2), phi the normal density
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(g, mul(density, sub(2, square(x))));
});

const geluTanh: Unary = unaryOp("geluTanh", core, 0, (g, x) => geluTanhGrad(g, x), {
  infer: ([x]) => like("gelu", x),
  composite: ([x]) => {
    const inner = mul(add(x, mul(mul(x, square(x)), 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  },
});

const geluTanhGrad: Op<[g: Tensor, x: Tensor]> = defineOp<[g: Tensor, x: Tensor]>({
  name: "geluTanhGrad",
  infer: ([g]) => g,
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

const leakyReluOp: Op<X, Parameters> = withGrad("leakyRelu", core, 0);

const LEAKY_RELU = { negativeSlope: 0.01 };

/** @internal Reads the options of `leakyRelu`. */
export function leakyReluOptions(op: string, options: unknown): { negativeSlope: number } {
  return finiteOptions(op, options, LEAKY_RELU);
}

/**
 * Leaky relu: `x` above 0, `negativeSlope * x` elsewhere. x: float32 or 16-bit floats, any shape -> same.
 * Gradient: 1 above 0, the slope elsewhere, also at 0.
 * Errors: `ArgError` for a slope that is not finite, `DTypeError` for bool and integers.
 * @example x.leakyRelu(); x.leakyRelu({ negativeSlope: 0.2 });
 */
export function leakyRelu(x: Tensor, options?: { negativeSlope?: number }): Tensor {
  return leakyReluOp(x, [leakyReluOptions("leakyRelu", options).negativeSlope]);
}

const clampOp: Op<X, Parameters> = withGrad("clamp", core, 0);

/** Clamps an integer tensor; an infinite bound does not limit. */
function clampWhole(x: Tensor, min: number, max: number): Tensor {
  const { min: least, max: most } = dtypes.int32;
  const [low, high] = [min === -Infinity ? least : min, max === Infinity ? most : max];
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
  checkThat("clamp", min !== undefined || max !== undefined, "give min, max or both", options);
  checkAlive("clamp", x, "x");
  for (const bound of [min, max] as readonly unknown[]) {
    const fits = bound === undefined || bound instanceof Tensor || (typeof bound === "number" && !Number.isNaN(bound));
    checkThat("clamp", fits, "bounds must be numbers or tensors", bound);
  }
  if (min instanceof Tensor || max instanceof Tensor) return clampBy(computable(x), min, max);
  const bounds = [min ?? -Infinity, max ?? Infinity] as const;
  return arithmeticType(x.dtype) === "float32" ? clampOp(x, bounds) : clampWhole(x, ...bounds);
}
