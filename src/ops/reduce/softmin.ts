// Softmax of what is smallest.
import { checkNoMore } from "../../checks.js";
import { scope } from "../../tensor/scope.js";
import { checkDim } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { asFloat } from "../elementwise/promotion.js";
import { neg } from "../elementwise/unary.js";
import { softmax } from "./softmax.js";

/**
 * Softmax of -x along a dimension: `e^-x / sum(e^-x)`. x: float32 or 16-bit floats, any shape -> same. Gradient: minus that of `softmax`.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` unless it is a whole number, `DTypeError` for bool and integers.
 * @example softmin(tensor([0, 0]), 0); // [0.5, 0.5]
 */
export function softmin(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  checkNoMore("softmin", rest);
  checkAlive("softmin", x, "x");
  checkDim("softmin", dim, x.ndim);
  return scope(() => softmax(neg(asFloat("softmin", x)), dim));
}
