// The check of a bias, which linear maps and convolutions share.
import { isGiven } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";

/** Checks that the bias, if there is one, has `count` elements, as the weight has rows, columns or filters. */
export function checkBias(op: string, bias: Tensor | null | undefined, count: number, weight: Tensor): void {
  if (!isGiven(bias)) return;
  checkAlive(op, bias, "bias");
  checkFloat(op, bias);
  if (bias.ndim !== 1 || bias.size !== count)
    throw new ShapeError(`${op}: the bias must be float32[${count}] for the weight ${formatSpec(weight)}, got ${formatSpec(bias)}`);
}
