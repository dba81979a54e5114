// What normalisations share: the check of their parameters, and their formula in plain operations, from which second derivatives come.
import { isGiven } from "../../checks.js";
import { checkForm, formatShape, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { rsqrt, square } from "../elementwise/unary.js";
import { deviations, mean } from "../reduce/reduce.js";

/** Throws unless the parameters, those that are given, are float32 of a shape. */
export function checkParameters(
  op: string,
  parameters: Readonly<Record<string, Tensor | null>>,
  shape: Shape,
  hint?: (size: number) => string,
): void {
  for (const [name, t] of Object.entries(parameters)) {
    if (!isGiven(t)) continue;
    checkAlive(op, t, name);
    checkFloat(op, t);
    checkForm(op, t, sameShape(t.shape, shape), `float32${formatShape(shape)}`, name, hint?.(t.size));
  }
}

/** The address of a parameter, or 0 for none. */
export const addressOf = (t: Tensor | undefined): number => t?.ptr ?? 0;

/** `(x - mean) / sqrt(variance + eps)` over some dimensions; unless `centred`, `x / sqrt(mean(x^2) + eps)`. */
export function normalized(x: Tensor, dim: readonly number[], eps: number, centred = true): Tensor {
  const over = { dim, keepdim: true };
  const from = centred ? deviations(x, over) : x;
  return mul(from, rsqrt(add(mean(square(from), over), eps)));
}

/** `x weight + bias`, if these are given. */
export function affine(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight ? mul(x, weight) : x;
  return bias ? add(scaled, bias) : scaled;
}
