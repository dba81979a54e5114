// Selection between tensors by a mask.
import { checkNumber } from "../../checks.js";
import { DTypeError, ShapeError } from "../../errors.js";
import { full } from "../../tensor/create.js";
import { arithmeticType, type DType, promote } from "../../tensor/dtype.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, formatSpec, type Spec, sameShape } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { checkFits } from "../../tensor/values.js";
import { runBroadcast } from "./broadcast.js";
import { to } from "./cast.js";

function checkMask(op: string, mask: Tensor): void {
  checkAlive(op, mask, "the condition");
  if (mask.dtype !== "bool")
    throw new DTypeError(`${op}: the condition must be bool, got ${formatSpec(mask)}; compare first, e.g. x.gt(0)`);
}

type Choice = [condition: Tensor, a: Operand, b: Operand];

/** Selection between two operands of the same dtype; `choiceOf` converts them. */
const whereOp: Op<Choice> = defineOp<Choice>({
  name: "where",
  infer: ([condition, a, b]): Spec => {
    const sides = broadcastShapes(a.shape, b.shape);
    const shape = sides && broadcastShapes(condition.shape, sides);
    if (shape) return { shape, dtype: a.dtype };
    const came = [condition, a, b].map(formatSpec).join(", ");
    throw new ShapeError(`where: got ${came}; sizes must match or be 1, aligned from the right`);
  },
  forward: (out, [c, a, b]) => runBroadcast(elementKernels(out.dtype).where, out, c, a, b),
  saves: [[], [0], [0]],
  backward: [null, (g, { inputs: [c] }) => whereOp(c, g, 0), (g, { inputs: [c] }) => whereOp(c, 0, g)],
});

/** The dtype of a selection: the common dtype of the tensors, or float32 if there are only numbers. It must hold the numbers. */
function choiceType(op: string, sides: readonly Operand[]): DType {
  const tensors = sides.filter((side): side is Tensor => typeof side !== "number");
  if (tensors.length === 0) return "float32";
  const dtype = tensors.map((side) => side.dtype).reduce(promote);
  for (const side of sides) if (typeof side === "number") checkFits(op, "the number", side, dtype);
  return dtype;
}

function choiceOf(op: string, condition: Tensor, a: Operand, b: Operand): Tensor {
  const dtype = choiceType(op, [a, b]);
  // For float32 and int32, the dispatch already converts a number to a scalar of that dtype.
  const as = (side: Operand): Operand => {
    if (typeof side !== "number") return side.dtype === dtype ? side : to(side, dtype);
    return dtype === arithmeticType(dtype) ? side : full([], side, { dtype });
  };
  return scope(() => whereOp(condition, as(a), as(b)));
}

/**
 * `condition ? a : b`, element by element. condition: bool; a, b: tensors of any dtype, or numbers. All shapes broadcast. The result has
 * the dtype that the tensors have together; numbers take it too.
 * Gradient: to the side that was chosen, 0 to the other (also where the other side is NaN).
 * Errors: `ShapeError` if the shapes do not broadcast, `DTypeError` for a condition that is not bool, `ArgError` for a number that the
 * dtype does not hold.
 * @example where(x.gt(0), x, 0);
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkMask("where", condition);
  if (typeof a !== "number") checkAlive("where", a, "a");
  if (typeof b !== "number") checkAlive("where", b, "b");
  return choiceOf("where", condition, a, b);
}

function checkScalar(x: Tensor, value: Tensor): void {
  checkAlive("maskedFill", value, "value");
  if (value.ndim > 0) throw new ShapeError(`maskedFill: the value must be a number or a scalar, got ${formatSpec(value)}`);
  if (value.dtype !== x.dtype) throw new DTypeError(`maskedFill: x is ${formatSpec(x)} and the value ${formatSpec(value)}`);
}

/**
 * `x` with `value` where `mask` is true. x: any dtype, any shape -> same; mask: bool, broadcast to the shape of x; value: a number, or a
 * scalar of the dtype of x. Gradient: 0 where filled; the sum of g there to a scalar.
 * Errors: `ShapeError` if the mask does not broadcast to x or the value is no scalar, `DTypeError` for a mask that is not bool and for a
 * scalar of another dtype, `ArgError` for a number that the dtype does not hold.
 * @example tensor([1, 2]).maskedFill(tensor([true, false]), -1); // [-1, 2]
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkAlive("maskedFill", x, "x");
  checkMask("maskedFill", mask);
  if (value instanceof Tensor) checkScalar(x, value);
  else checkNumber("maskedFill", "value", value);
  const shape = broadcastShapes(x.shape, mask.shape);
  if (!shape || !sameShape(shape, x.shape))
    throw new ShapeError(`maskedFill: x is ${formatSpec(x)} and the mask ${formatSpec(mask)}; the mask must broadcast to x`);
  return choiceOf("maskedFill", mask, value, x);
}
