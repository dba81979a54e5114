// Arithmetic on two tensors, with broadcasting; a number stands for a scalar.
import { defineOp, type Op, type Operand } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { floatBroadcast, runBinary } from "./broadcast.js";
import { eq, ge, gt, lt } from "./compare.js";
import { logicalAnd, where } from "./select.js";
import { log, neg } from "./unary.js";

type AB = [a: Operand, b: Operand];
type Binary = Op<AB>;

/**
 * Sum: `a + b`. a, b: float32, shapes broadcast; a number stands for a scalar. Gradient: g to both.
 * Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example tensor([1, 2]).add(1); // [2, 3]
 */
export const add: Binary = defineOp<AB>({
  name: "add",
  infer: ([a, b]) => floatBroadcast("add", a, b),
  forward: (out, [a, b]) => runBinary(k.add, out, a, b),
  backward: [(g) => g, (g) => g],
});

/**
 * Difference: `a - b`. a, b: float32, shapes broadcast; a number stands for a scalar. Gradient: g to a, -g to b.
 * Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example tensor([1, 2]).sub(1); // [0, 1]
 */
export const sub: Binary = defineOp<AB>({
  name: "sub",
  infer: ([a, b]) => floatBroadcast("sub", a, b),
  forward: (out, [a, b]) => runBinary(k.sub, out, a, b),
  backward: [(g) => g, (g) => neg(g)],
});

/**
 * Product: `a * b`. a, b: float32, shapes broadcast; a number stands for a scalar. Gradient: `g b` to a, `g a` to b.
 * Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example tensor([1, 2]).mul(3); // [3, 6]
 */
export const mul: Binary = defineOp<AB>({
  name: "mul",
  infer: ([a, b]) => floatBroadcast("mul", a, b),
  forward: (out, [a, b]) => runBinary(k.mul, out, a, b),
  saves: [[1], [0]],
  backward: [(g, { inputs: [, b] }) => mul(g, b), (g, { inputs: [a] }) => mul(g, a)],
});

/**
 * Quotient: `a / b`; division by 0 gives infinity or NaN. a, b: float32, shapes broadcast.
 * Gradient: `g / b` to a, `-g a / b^2` to b, infinite or NaN where b is 0.
 * Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example tensor([1, 2]).div(2);
 */
export const div: Binary = defineOp<AB>({
  name: "div",
  infer: ([a, b]) => floatBroadcast("div", a, b),
  forward: (out, [a, b]) => runBinary(k.div, out, a, b),
  saves: [[1], [1, "out"]],
  backward: [(g, { inputs: [, b] }) => div(g, b), (g, { inputs: [, b], out }) => neg(mul(g, div(out, b)))],
});

/**
 * Larger of two: `max(a, b)`, NaN where either is NaN. a, b: float32, shapes broadcast.
 * Gradient: to the larger; half to each where they are equal. Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example maximum(x, 0);
 */
export const maximum: Binary = defineOp<AB>({
  name: "maximum",
  infer: ([a, b]) => floatBroadcast("maximum", a, b),
  forward: (out, [a, b]) => runBinary(k.maximum, out, a, b),
  saves: [
    [0, 1],
    [0, 1],
  ],
  backward: [(g, { inputs: [a, b] }) => share(g, gt(a, b), eq(a, b)), (g, { inputs: [a, b] }) => share(g, lt(a, b), eq(a, b))],
});

/**
 * Smaller of two: `min(a, b)`, NaN where either is NaN. a, b: float32, shapes broadcast.
 * Gradient: to the smaller; half to each where they are equal. Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example minimum(x, 1);
 */
export const minimum: Binary = defineOp<AB>({
  name: "minimum",
  infer: ([a, b]) => floatBroadcast("minimum", a, b),
  forward: (out, [a, b]) => runBinary(k.minimum, out, a, b),
  saves: [
    [0, 1],
    [0, 1],
  ],
  backward: [(g, { inputs: [a, b] }) => share(g, lt(a, b), eq(a, b)), (g, { inputs: [a, b] }) => share(g, gt(a, b), eq(a, b))],
});

/** `g` where an input won, half of it where both were equal. */
function share(g: Tensor, won: Tensor, tied: Tensor): Tensor {
  return where(won, g, where(tied, mul(g, 0.5), 0));
}

/**
 * Power: `a ^ b` with C's `pow` rules (`pow(x, 0) = 1`, negative base with fractional exponent NaN).
 * a, b: float32, shapes broadcast. Gradient: `b * a^(b-1)` for a (0 where b = 0), `a^b * log(a)` for b (0 where a = 0 and b >= 0).
 * Errors: `ShapeError` with both shapes, `DTypeError`.
 * @example tensor([1, 2, 3]).pow(2); // [1, 4, 9]
 */
export const pow: Binary = defineOp<AB>({
  name: "pow",
  infer: ([a, b]) => floatBroadcast("pow", a, b),
  forward: (out, [a, b]) => runBinary(k.pow, out, a, b),
  saves: [
    [0, 1],
    [0, 1, "out"],
  ],
  backward: [
    (g, { inputs: [a, b] }) => where(eq(b, 0), 0, mul(g, mul(b, pow(a, sub(b, 1))))),
    (g, { inputs: [a, b], out }) => where(logicalAnd(eq(a, 0), ge(b, 0)), 0, mul(g, mul(out, log(a)))),
  ],
});
