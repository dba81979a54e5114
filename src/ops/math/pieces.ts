// Activation functions in three pieces, element by element. x: float32 of any shape -> the same shape. NaN gives NaN.
import { checkFinite, checkNumber, checkThat } from "../../checks.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import type { Op } from "../../tensor/op.js";
import type { Tensor } from "../../tensor/tensor.js";
import { mul } from "../elementwise/arithmetic.js";
import { like } from "../elementwise/broadcast.js";
import { unaryOp } from "../elementwise/define.js";
import { math } from "./define.js";

/**
 * a0 + b0 x below lo, a1 + b1 x + c1 x^2 between lo and hi, a2 + b2 x above hi. lo and hi themselves belong to the outer pieces if `outer`
 * is 1, to the one between if it is 0. A c1 other than 0 needs a b1 other than 0.
 */
type Pieces = readonly [
  ...[lo: number, hi: number, outer: 0 | 1],
  ...[a0: number, b0: number],
  ...[a1: number, b1: number, c1: number],
  ...[a2: number, b2: number],
];

/** g times the derivative, whose pieces are lines. */
function gradient(g: Tensor, x: Tensor, [lo, hi, outer, , b0, , b1, c1, , b2]: Pieces): Tensor {
  return b0 || b1 || b2 ? mul(g, slopes(x, [lo, hi, outer, b0, 0, b1, 2 * c1, 0, b2, 0])) : zerosLike(g);
}

function inPieces(name: string): Op<[x: Tensor], Pieces> {
  return unaryOp("pieces", math, 0, gradient, { name, infer: ([x]) => like(name, x) });
}

const slopes = inPieces("slopes");
const hardtanhOp = inPieces("hardtanh");
const hardshrinkOp = inPieces("hardshrink");
const softshrinkOp = inPieces("softshrink");
const thresholdOp = inPieces("threshold");
const relu6Op = inPieces("relu6");
const hardsigmoidOp = inPieces("hardsigmoid");
const hardswishOp = inPieces("hardswish");

/** x limited to [lo, hi]; the gradient is 0 at the bounds. x plus -0 is x, also for x = -0. */
const limits = (lo: number, hi: number): Pieces => [lo, hi, 1, lo, 0, -0, 1, 0, hi, 0];

/** @internal Reads the options of `hardtanh`. */
export function hardtanhOptions(op: string, options: unknown): { minVal: number; maxVal: number } {
  const read = readOptions(op, options, { minVal: -1, maxVal: 1 });
  const [lo, hi] = [checkNumber(op, "minVal", read.minVal), checkNumber(op, "maxVal", read.maxVal)];
  checkThat(op, lo <= hi, "minVal must be at most maxVal", [lo, hi]);
  return read;
}

/**
 * x limited to [minVal, maxVal], -1 and 1 unless given. x: float32, any shape -> same.
 * Gradient: 1 between the bounds, 0 outside and, unlike that of `clamp`, at the bounds.
 * Errors: `ArgError` for a bound that is not a number or a minVal above maxVal, `DTypeError` unless x is float32.
 * @example x.hardtanh(); x.hardtanh({ minVal: -2, maxVal: 2 });
 */
export function hardtanh(x: Tensor, options?: { minVal?: number; maxVal?: number }): Tensor {
  const { minVal, maxVal } = hardtanhOptions("hardtanh", options);
  return hardtanhOp(x, limits(minVal, maxVal));
}

const RELU6 = limits(0, 6);

/**
 * `min(max(x, 0), 6)`. x: float32, any shape -> same. Gradient: 1 between 0 and 6, 0 elsewhere, also at both.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([-1, 2, 7]).relu6(); // [0, 2, 6]
 */
export function relu6(x: Tensor): Tensor {
  return relu6Op(x, RELU6);
}

const HARDSIGMOID: Pieces = [-3, 3, 1, 0, 0, 0.5, 1 / 6, 0, 1, 0];

/**
 * `min(max(x + 3, 0), 6) / 6`. x: float32, any shape -> same. Gradient: 1/6 between -3 and 3, 0 elsewhere, also at both.
 * Errors: `DTypeError` unless x is float32.
 * @example tensor([-4, 0, 4]).hardsigmoid(); // [0, 0.5, 1]
 */
export function hardsigmoid(x: Tensor): Tensor {
  return hardsigmoidOp(x, HARDSIGMOID);
}

/** -3 belongs to the piece between, 3 does not. Minus infinity gives NaN, as in PyTorch, where it is multiplied by 0. */
const HARDSWISH: Pieces = [-3, 3 - 2 ** -22, 0, 0, -0, -0, 0.5, 1 / 6, 0, 1];

/**
 * `x hardsigmoid(x)` (Howard et al., Searching for MobileNetV3, 2019). x: float32, any shape -> same.
 * Gradient: `x/3 + 1/2` from -3 to below 3, 0 below and 1 from 3 on. Errors: `DTypeError` unless x is float32.
 * @example tensor([-4, 1, 4]).hardswish(); // [0, 0.6667, 4]
 */
export function hardswish(x: Tensor): Tensor {
  return hardswishOp(x, HARDSWISH);
}

const SHRINK = { lambd: 0.5 };

/** @internal Reads the option of `hardshrink` and `softshrink`. */
export function shrinkOptions(op: string, options: unknown, least?: number): { lambd: number } {
  const read = readOptions(op, options, SHRINK);
  checkFinite(op, "lambd", read.lambd, least);
  return read;
}

/**
 * x outside [-lambd, lambd], 0 inside; lambd is 0.5 unless given. x: float32, any shape -> same.
 * Gradient: 1 where x stays, 0 inside and at the bounds.
 * Errors: `ArgError` for a lambd that is not finite, `DTypeError` unless x is float32.
 * @example tensor([-1, 0.3, 2]).hardshrink(); // [-1, 0, 2]
 */
export function hardshrink(x: Tensor, options?: { lambd?: number }): Tensor {
  const { lambd } = shrinkOptions("hardshrink", options);
  return hardshrinkOp(x, [-lambd, lambd, 0, 0, 1, 0, 0, 0, 0, 1]);
}

/**
 * x moved toward 0 by lambd, 0 where |x| is at most lambd; lambd is 0.5 unless given. x: float32, any shape -> same.
 * Gradient: 1 where |x| is above lambd, 0 elsewhere.
 * Errors: `ArgError` for a lambd below 0 or not finite, `DTypeError` unless x is float32.
 * @example tensor([-1, 0.3, 2]).softshrink(); // [-0.5, 0, 1.5]
 */
export function softshrink(x: Tensor, options?: { lambd?: number }): Tensor {
  const { lambd } = shrinkOptions("softshrink", options, 0);
  return softshrinkOp(x, [-lambd, lambd, 0, lambd, 1, 0, 0, 0, -lambd, 1]);
}

/**
 * x above the threshold, `value` elsewhere. x: float32, any shape -> same. Gradient: 1 above the threshold, 0 elsewhere, also at it.
 * Errors: `ArgError` for a threshold or value that is not finite, `DTypeError` unless x is float32.
 * @example tensor([0.5, 2]).threshold(1, -1); // [-1, 2]
 */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  const at = checkFinite("threshold", "threshold", limit);
  const a = checkFinite("threshold", "value", value);
  return thresholdOp(x, [at, at, 1, a, 0, a, 0, 0, 0, 1]);
}
