// Choosing between tensors by a mask, and logic on masks.
import { checkNumber } from "../checks.js";
import { DTypeError, ShapeError } from "../errors.js";
import { defineOp, type Op, type Operand } from "../tensor/op.js";
import { scope } from "../tensor/scope.js";
import { broadcastShapes, formatSpec, type Spec } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { expand } from "./shape.js";

function checkMask(op: string, mask: Tensor): void {
  checkAlive(op, mask, "the condition");
  if (mask.dtype !== "bool")
    throw new DTypeError(`${op}: the condition must be bool, got ${formatSpec(mask)}; compare first, e.g. x.gt(0)`);
}

type Choice = [condition: Tensor, a: Operand, b: Operand];
type Masks = [a: Tensor, b: Tensor];

/** Choice on tensors of one shape, or of one element; `where` brings its arguments into this form. */
const choose: Op<Choice> = defineOp<Choice>({
  name: "where",
  infer: ([condition, a, b]): Spec => {
    if (a.dtype !== b.dtype)
      throw new DTypeError(`where: both sides must be float32 or both int32, got ${formatSpec(a)} and ${formatSpec(b)}`);
    return { shape: condition.shape, dtype: a.dtype };
  },
  forward: (out, [c, a, b]) => k.where(c.ptr, a.ptr, a.size === out.size ? 1 : 0, b.ptr, b.size === out.size ? 1 : 0, out.ptr, out.size),
  saves: [[], [0], [0]],
  backward: [null, (g, { inputs: [c] }) => choose(c, g, 0), (g, { inputs: [c] }) => choose(c, 0, g)],
});

/**
 * `condition ? a : b`, element by element. condition: bool; a, b: tensors of one 4-byte dtype, or numbers; all broadcast.
 * Gradient: to the side that was chosen, 0 to the other (also where the other side is NaN).
 * Errors: `ShapeError` when the shapes do not broadcast, `DTypeError` for a condition that is not bool or sides of two dtypes.
 * @example where(x.gt(0), x, 0);
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkMask("where", condition);
  if (typeof a !== "number") checkAlive("where", a, "a");
  if (typeof b !== "number") checkAlive("where", b, "b");
  const sides = [a, b].filter((side) => typeof side !== "number");
  let shape = condition.shape;
  for (const side of sides) {
    const joined = broadcastShapes(shape, side.shape);
    if (!joined) {
      const came = [condition, ...sides].map(formatSpec).join(", ");
      throw new ShapeError(`where: got ${came}; sizes must match or be 1, aligned from the right`);
    }
    shape = joined;
  }
  const dtypes = new Set(sides.map((side) => side.dtype));
  if (dtypes.size > 1 || ![...dtypes].every((dtype) => dtype === "float32" || dtype === "int32")) {
    throw new DTypeError(`where: both sides must be float32 or both int32, got ${sides.map(formatSpec).join(" and ")}`);
  }
  const fit = (side: Operand): Operand => (typeof side === "number" || side.ndim === 0 ? side : expand(side, shape));
  return scope(() => choose(expand(condition, shape), fit(a), fit(b)));
}

/**
 * `x` with `value` where `mask` is true. x: float32 or int32; mask: bool, broadcast to x.
 * Gradient: 0 where filled.
 * Errors: `ArgError` for a value that is no number, those of `where`.
 * @example scores.maskedFill(mask, Number.NEGATIVE_INFINITY);
 */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  checkAlive("maskedFill", x, "x");
  checkMask("maskedFill", mask);
  checkNumber("maskedFill", "value", value);
  return where(mask, value, x);
}

function logic(name: string, kernel: () => (a: number, b: number, out: number, n: number) => void): Op<Masks> {
  const op: Op<Masks> = defineOp<Masks>({
    name,
    infer: ([a]) => ({ shape: a.shape, dtype: "bool" }),
    forward: (out, [a, b]) => kernel()(a.ptr, b.ptr, out.ptr, out.size),
    backward: [null, null],
  });
  const broadcasting = (a: Tensor, b: Tensor): Tensor => {
    checkMask(name, a);
    checkMask(name, b);
    const shape = broadcastShapes(a.shape, b.shape);
    if (!shape)
      throw new ShapeError(`${name}: a is ${formatSpec(a)} and b is ${formatSpec(b)}; sizes must match or be 1, aligned from the right`);
    return scope(() => op(expand(a, shape), expand(b, shape)));
  };
  return Object.assign(broadcasting, { def: op.def });
}

/**
 * `a && b` on masks. a, b: bool, shapes broadcast -> bool. No gradient. Errors: `DTypeError`, `ShapeError`.
 * @example x.gt(0).logicalAnd(x.lt(1));
 */
export const logicalAnd: Op<Masks> = logic("logicalAnd", () => k.boolAnd);

/**
 * `a || b` on masks. a, b: bool, shapes broadcast -> bool. No gradient. Errors: `DTypeError`, `ShapeError`.
 * @example x.lt(0).logicalOr(x.gt(1));
 */
export const logicalOr: Op<Masks> = logic("logicalOr", () => k.boolOr);

/**
 * `!x` on a mask. x: bool, any shape -> same. No gradient. Errors: `DTypeError`.
 * @example x.gt(0).logicalNot();
 */
export const logicalNot: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "logicalNot",
  infer: ([x]) => {
    checkMask("logicalNot", x);
    return { shape: x.shape, dtype: "bool" };
  },
  forward: (out, [x]) => k.boolNot(x.ptr, out.ptr, out.size),
  backward: [null],
});
