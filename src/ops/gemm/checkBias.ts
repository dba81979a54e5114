// The check of a bias, which linear maps and convolutions share.
import { isGiven } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";

/** Checks that the bias, if there is one, has `count` elements: one for each of the `parts` of the weight. */
export function checkBias(op: string, bias: Tensor | null | undefined, count: number, weight: Tensor, parts: string): void {
  if (!isGiven(bias)) return;
  checkAlive(op, bias, "bias");
  checkFloat(op, bias);
  if (bias.ndim !== 1 || bias.size !== count)
    throw new ShapeError(
      `${op}: the bias must have ${count} elements as the weight ${formatSpec(weight)} has ${parts}, got ${formatSpec(bias)}`,
    );
}
