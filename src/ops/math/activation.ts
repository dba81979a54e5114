// Activation functions that few models use, element by element. x: float32 of any shape -> the same shape. 16-bit
// floats are computed in float32, and give float32.
import { checkFinite, checkPositive, checkThat } from "../../checks.js";
import { readOptions } from "../../options.js";
import type { Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm, formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { sigmoid, tanh } from "../elementwise/activation.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { gt, le } from "../elementwise/compare.js";
import { finiteOptions, gradOp, unaryOp } from "../elementwise/define.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, exp, neg, square } from "../elementwise/unary.js";
import { reshape } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { composed, math, type Unary, unary } from "./define.js";

type X = [x: Tensor];

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** Steepness around 0, above 0; 1 unless given. */
  beta: number;
  /** Where `beta x` is above this, the result is x; 20 unless given. */
  threshold: number;
}

const softplusOp: Op<X, readonly [beta: number, threshold: number]> = unaryOp("softplus", math, 0, (g, x, [beta, threshold]) => {
  const scaled = mul(x, beta);
  return where(gt(scaled, threshold), g, mul(g, sigmoid(scaled)));
});

/** @internal Reads the options of `softplus`. */
export function softplusOptions(op: string, options: unknown): SoftplusOptions {
  const read = readOptions<SoftplusOptions>(op, options, { beta: 1, threshold: 20 });
  checkPositive(op, "beta", read.beta);
  checkFinite(op, "threshold", read.threshold);
  return read;
}

/**
 * Smooth relu: `log(1 + e^(beta x)) / beta`, and x itself where `beta x > threshold`. x: float32, any shape -> same.
 * Gradient: `sigmoid(beta x)`, and 1 where `beta x > threshold`.
 * Errors: `ArgError` for a beta that is not above 0 or a threshold that is not finite, `DTypeError` unless x is float32.
 * @example x.softplus(); x.softplus({ beta: 2 });
 */
export function softplus(x: Tensor, options?: Partial<SoftplusOptions>): Tensor {
  const { beta, threshold } = softplusOptions("softplus", options);
  return softplusOp(x, [beta, threshold]);
}

type EluAttr = readonly [scale: number, alpha: number];

/** g for x > 0, g alpha exp(scale x) else. */
const eluGrad = gradOp<"elu", EluAttr>("elu", math, (g, x, [scale, alpha]) =>
  where(le(x, 0), mul(g, mul(exp(mul(x, scale)), alpha * scale)), 0),
);

/** x for x > 0, alpha (exp(scale x) - 1) else. */
const eluOp: Op<X, EluAttr> = unaryOp("elu", math, 0, (g, x, [scale, alpha]) => eluGrad(g, x, [scale, alpha * scale]));

const ELU = { alpha: 1 };

/** @internal Reads the options of `elu`. */
export function eluOptions(op: string, options: unknown): { alpha: number } {
  return finiteOptions(op, options, ELU);
}

/**
 * Exponential linear unit: `x` above 0, `alpha (e^x - 1)` elsewhere (Clevert et al., 2015). x: float32, any shape -> same.
 * Gradient: 1 above 0, `alpha e^x` elsewhere, so alpha at 0.
 * Errors: `ArgError` for an alpha that is not finite, `DTypeError` unless x is float32.
 * @example x.elu(); x.elu({ alpha: 0.5 });
 */
export function elu(x: Tensor, options?: { alpha?: number }): Tensor {
  return eluOp(x, [1, eluOptions("elu", options).alpha]);
}

/** @internal Reads the options of `celu`. */
export function celuOptions(op: string, options: unknown): { alpha: number } {
  const read = eluOptions(op, options);
  checkThat(op, read.alpha !== 0, "alpha must not be 0", read.alpha);
  return read;
}

/**
 * Continuously differentiable elu: `x` above 0, `alpha (e^(x / alpha) - 1)` elsewhere (Barron, 2017). x: float32, any shape -> same.
 * Gradient: 1 above 0, `e^(x / alpha)` elsewhere.
 * Errors: `ArgError` for an alpha that is 0 or not finite, `DTypeError` unless x is float32.
 * @example x.celu(); x.celu({ alpha: 0.5 });
 */
export function celu(x: Tensor, options?: { alpha?: number }): Tensor {
  const { alpha } = celuOptions("celu", options);
  return scope(() => eluOp(asFloat("celu", x), [1 / alpha, alpha]));
}

/** The constants of Klambauer et al., with which activations keep mean 0 and variance 1. */
const [SELU_ALPHA, SELU_SCALE] = [1.6732632423543772, 1.0507009873554805];

/**
 * Scaled elu: `1.0507 elu(x, 1.6733)` (Klambauer et al., 2017). x: float32, any shape -> same.
 * Gradient: 1.0507 above 0, `1.7581 e^x` elsewhere. Errors: `DTypeError` unless x is float32.
 * @example x.selu();
 */
export const selu: (x: Tensor) => Tensor = composed("selu", (x) => mul(eluOp(x, [1, SELU_ALPHA]), SELU_SCALE));

/**
 * `x tanh(softplus(x))` (Misra, 2019). x: float32, any shape -> same.
 * Gradient: `t + x s (1 - t^2)` with t = tanh(softplus(x)) and s = sigmoid(x). Errors: `DTypeError` unless x is float32.
 * @example x.mish();
 */
export const mish: Unary = unary("mish", (x) => {
  const t = tanh(softplus(x));
  return add(t, mul(mul(x, sigmoid(x)), sub(1, square(t))));
});

/**
 * `log(sigmoid(x))`, accurate at both ends. x: float32, any shape -> same. Gradient: `sigmoid(-x)`.
 * Errors: `DTypeError` unless x is float32.
 * @example x.logSigmoid();
 */
export const logSigmoid: (x: Tensor) => Tensor = composed("logSigmoid", (x) => sub(0, softplus(neg(x))));

/**
 * `x / (1 + |x|)`. x: float32, any shape -> same. Gradient: `1 / (1 + |x|)^2`. Errors: `DTypeError` unless x is float32.
 * @example x.softsign();
 */
export const softsign: (x: Tensor) => Tensor = composed("softsign", (x) => div(x, add(abs(x), 1)));

/**
 * `x - tanh(x)`. x: float32, any shape -> same. Gradient: `tanh(x)^2`. Errors: `DTypeError` unless x is float32.
 * @example x.tanhshrink();
 */
export const tanhshrink: (x: Tensor) => Tensor = composed("tanhshrink", (x) => sub(x, tanh(x)));

/**
 * Leaky relu whose slope is learned: `x` above 0, `weight x` elsewhere. x: float32 [N, C, ...] or any shape with one weight -> same;
 * weight: float32 scalar, [1] or [C].
 * Gradient: of x 1 above 0, the weight elsewhere, also at 0; of the weight the sum of `g x` where x is not above 0.
 * Errors: `ShapeError` if the weights are not one or one per channel, `DTypeError` unless both are float32.
 * @example prelu(tensor([[-1, 2]]), tensor([0.25])); // [[-0.25, 2]]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkAlive("prelu", x, "x");
  checkAlive("prelu", weight, "weight");
  checkFloat("prelu", x, weight);
  const channels = x.shape[1] ?? 1;
  const fits = weight.ndim < 2 && [1, channels].includes(weight.size);
  checkForm("prelu", weight, fits, `[1] or [${channels}] for x ${formatSpec(x)}`, "weight");
  return scope(() => {
    const each = weight.size === 1 ? [] : [channels, ...x.shape.slice(2).fill(1)];
    return where(gt(x, 0), x, mul(x, reshape(weight, each)));
  });
}

/**
 * Gated linear unit: `a sigmoid(b)` with the halves a and b of x along `dim`. x: float32, any shape with an even size
 * there -> the shape with half that size.
 * Gradient: `sigmoid(b)` for a, `a sigmoid(b) (1 - sigmoid(b))` for b.
 * Errors: `ShapeError` for an odd size, `IndexError` for a dimension outside the rank, `DTypeError` unless x is float32.
 * @example tensor([1, 2, 0, 0]).glu(); // [0.5, 1]
 */
export function glu(x: Tensor, options?: { dim?: number }): Tensor {
  checkAlive("glu", x, "x");
  checkFloat("glu", x);
  const dim = checkDim("glu", readOptions("glu", options, { dim: -1 }).dim, x.ndim);
  const size = x.shape[dim] as number; // undefined, and so not even, for a scalar
  checkForm("glu", x, size % 2 === 0, `even in dim ${dim}`);
  return scope(() => mul(narrow(x, dim, 0, size / 2), sigmoid(narrow(x, dim, size / 2, size / 2))));
}
