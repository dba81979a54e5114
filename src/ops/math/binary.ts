// Functions of two and three numbers that few programs need. a, b: tensors whose shapes broadcast, or numbers, of which at least one is a
// tensor.
import { checkNumber } from "../../checks.js";
import { readOptions } from "../../options.js";
import { full, zerosLike } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import type { Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { sigmoid } from "../elementwise/activation.js";
import { add, arithmetic, checkDivisor, div, mul, sub } from "../elementwise/arithmetic.js";
import { eq, ge, le, lt, ne } from "../elementwise/compare.js";
import type { Binary } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { abs, log, neg, sign, square } from "../elementwise/unary.js";
import { clone } from "../move/shape.js";
import { asItIs, binary, checkOperands, composed, composedOfTwo, math } from "./define.js";

type OfTwo = (a: Operand, b: Operand) => Tensor;

/**
 * Angle of the point (b, a) in radians, from -pi to pi: that of `a / b` in the right quadrant. a, b: tensors of any dtype, whose shapes
 * broadcast, or numbers -> float32.
 * Gradient: `b / (a^2 + b^2)` to a, `-a / (a^2 + b^2)` to b, NaN at the origin.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example atan2(tensor([1, -1]), tensor([1, -1])); // [0.7854, -2.3562]
 */
export const atan2: Binary = binary(
  "atan2",
  (a, b) => div(b, add(square(a), square(b))),
  (a, b) => neg(div(a, add(square(a), square(b)))),
);

/**
 * `sqrt(a^2 + b^2)` without overflow; infinite if either is. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> float32.
 * Gradient: `a / hypot(a, b)` to a, `b / hypot(a, b)` to b, NaN at the origin.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example hypot(tensor([3]), 4); // [5]
 */
export const hypot: Binary = binary(
  "hypot",
  (a, b) => div(a, hypot(a, b)),
  (a, b) => div(b, hypot(a, b)),
);

/**
 * |a| with the sign of b, also of -0. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> float32.
 * Gradient: 1 or -1 to a, 0 where a is 0; 0 to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example copysign(tensor([1, -2]), -1); // [-1, -2]
 */
export const copysign: Binary = binary(
  "copysign",
  (a, b) => mul(sign(a), copysign(1, b)),
  (_, b) => zerosLike(b),
);

/**
 * Whether the sign is negative, also that of -0. x: any dtype, any shape -> bool. Gradient: none.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example tensor([-1, 0, 2]).signbit(); // [true, false, false]
 */
export const signbit: (x: Tensor) => Tensor = composed("signbit", (x) => lt(copysign(1, x), 0), asItIs);

/**
 * Remainder with the sign of the dividend: `a - trunc(a / b) * b`, C's `fmod` and JavaScript's `%`; `remainder` has the sign of the
 * divisor. a, b: tensors of any dtype, whose shapes broadcast, or numbers. Integers give int32. float32 by 0 is NaN.
 * Gradient: g for a, `-g trunc(a / b)` for b.
 * Errors: `ArgError` for int32 by 0 with the position of the 0, before anything is written; `ShapeError` if the shapes do not broadcast.
 * @example tensor([7, -7]).fmod(3); // [1, -1]
 */
export const fmod: Binary = arithmetic("fmod", math, {
  check: checkDivisor("fmod"),
  saves: [[], [0, 1]],
  backward: [(g) => g, (g, { inputs: [a, b] }) => neg(mul(g, div(a, b, { roundingMode: "trunc" })))],
});

const unlessNaN = (x: Operand, other: Operand): Operand =>
  typeof x === "number" ? (Number.isNaN(x) ? other : x) : where(eq(x, x), x, other);

/** a where it wins or b is NaN, else b. */
const chosen = (name: string, wins: Binary): OfTwo => composedOfTwo(name, (a, b) => where(wins(a, b), a, unlessNaN(b, a)));

/**
 * Larger of two, and the number where one is NaN. a, b: tensors, whose shapes broadcast, or numbers -> their dtype.
 * Gradient: g to the larger, to a where they are equal.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example fmax(tensor([NaN, 2]), 1); // [1, 2]
 */
export const fmax: OfTwo = chosen("fmax", ge);

/**
 * Smaller of two, and the number where one is NaN. a, b: tensors, whose shapes broadcast, or numbers -> their dtype.
 * Gradient: g to the smaller, to a where they are equal.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example fmin(tensor([NaN, 2]), 1); // [1, 1]
 */
export const fmin: OfTwo = chosen("fmin", le);

/**
 * `log(e^a + e^b)` without overflow. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> float32.
 * Gradient: `e^a / (e^a + e^b)` to a, `e^b / (e^a + e^b)` to b; NaN where both are the same infinity.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example logaddexp(tensor([0]), 0); // [0.6931]
 */
export const logaddexp: Binary = binary(
  "logaddexp",
  (a, b) => sigmoid(sub(a, b)),
  (a, b) => sigmoid(sub(b, a)),
);

/**
 * `log2(2^a + 2^b)` without overflow. a, b: tensors of any dtype, whose shapes broadcast, or numbers -> float32.
 * Gradient: `2^a / (2^a + 2^b)` to a, `2^b / (2^a + 2^b)` to b; NaN where both are the same infinity.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for an operand that is neither a tensor nor a number.
 * @example logaddexp2(tensor([3]), 3); // [4]
 */
export const logaddexp2: Binary = binary(
  "logaddexp2",
  (a, b) => sigmoid(mul(sub(a, b), Math.LN2)),
  (a, b) => sigmoid(mul(sub(b, a), Math.LN2)),
);

/**
 * `a log(b)`, and 0 where a is 0, unless b is NaN. a, b: tensors of which b is float32, whose shapes broadcast, or numbers -> float32.
 * Gradient: `log(b)` to a, `a / b` to b; 0 where a is 0 and b is not both finite and above 0.
 * Errors: `ShapeError` if the shapes do not broadcast, `DTypeError` for an integer b, `ArgError` for other operands.
 * @example xlogy(tensor([0, 2]), tensor([0, 1])); // [0, 0]
 */
export const xlogy: OfTwo = composedOfTwo("xlogy", (a, b) => {
  const [factor, base] = [a, b].map((x) => (typeof x === "number" ? full([], x) : x)) as [Tensor, Tensor];
  // Where a is 0, the logarithm of 1 stands for one that is not finite.
  return mul(factor, log(where(eq(factor, 0), where(le(base, 0), 1, where(eq(base, Infinity), 1, base)), base)));
});

/**
 * Linear interpolation: `a + weight (b - a)`, which is exactly b for the weight 1. a, b: tensors of any dtype,
 * whose shapes broadcast; weight: a number or a tensor that broadcasts with them.
 * Gradient: `1 - weight` to a, `weight` to b, `b - a` to the weight.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for operands that are no tensors.
 * @example lerp(tensor([0]), tensor([10]), 0.3); // [3]
 */
export function lerp(a: Tensor, b: Tensor, weight: Operand): Tensor {
  checkOperands("lerp", { a, b, weight });
  const [fromA, fromB] = [
    () => add(a, mul(weight, sub(b, a))),
    () => sub(b, mul(sub(b, a), typeof weight === "number" ? 1 - weight : sub(1, weight))),
  ];
  return scope(() => {
    if (typeof weight === "number") return Math.abs(weight) < 0.5 ? fromA() : fromB();
    return where(lt(abs(weight), 0.5), fromA(), fromB());
  });
}

type WithValue = (x: Tensor, a: Tensor, b: Tensor, options?: { value?: number }) => Tensor;

/** x and what `rule` makes of a multiple of a and of b. */
function plusProduct(name: string, rule: (a: Tensor, b: Tensor) => Tensor): WithValue {
  return (x, a, b, options) => {
    checkOperands(name, { x, a, b });
    const value = checkNumber(name, "value", readOptions(name, options, { value: 1 }).value);
    return scope(() => add(x, rule(mul(a, value), b))); // in this order also where a product is infinite
  };
}

/**
 * `x + value a b`. x, a, b: tensors of any dtype, whose shapes broadcast. Gradient: g to x, `value g b` to a, `value g a` to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for operands that are no tensors and a value that is no number.
 * @example addcmul(tensor([1]), tensor([2]), tensor([3]), { value: 0.5 }); // [4]
 */
export const addcmul: WithValue = plusProduct("addcmul", (a, b) => mul(a, b));

/**
 * `x + value a / b`. x, a, b: tensors, whose shapes broadcast -> float32. Gradient: g to x, `value g / b` to a, `-value g a / b^2` to b.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for operands that are no tensors and a value that is no number.
 * @example addcdiv(tensor([1]), tensor([6]), tensor([3]), { value: 0.5 }); // [2]
 */
export const addcdiv: WithValue = plusProduct("addcdiv", (a, b) => div(a, b));

/**
 * Numbers in place of NaN and the infinities: `nan` (0), `posinf` and `neginf` (the largest and the least float32). x: any dtype, any shape
 * -> same. Gradient: g where x stays, 0 elsewhere.
 * Errors: `ArgError` for an option that is not a number.
 * @example tensor([NaN, 1, Infinity]).nanToNum({ posinf: 9 }); // [0, 1, 9]
 */
export function nanToNum(x: Tensor, options?: { nan?: number | null; posinf?: number | null; neginf?: number | null }): Tensor {
  checkAlive("nanToNum", x, "x");
  const read = readOptions<Record<"nan" | "posinf" | "neginf", number | null>>("nanToNum", options, { nan: 0, posinf: null, neginf: null });
  for (const [name, value] of Object.entries(read)) checkNumber("nanToNum", name, value ?? 0);
  if (x.dtype !== "float32") return clone(x);
  const { nan, posinf, neginf } = read;
  const { min, max } = dtypes.float32;
  return scope(() => where(ne(x, x), nan ?? 0, where(eq(x, Infinity), posinf ?? max, where(eq(x, -Infinity), neginf ?? min, x))));
}
