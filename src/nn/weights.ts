// Code that all layers with a weight share: checks of their sizes, and PyTorch's default values of weights and biases.
import { checkWhole } from "../checks.js";
import { fillUniform } from "../tensor/random.js";
import type { Parameter } from "./parameter.js";

/** Checks that `value` is a whole number of at least 1; throws `ArgError` otherwise. */
export function checkCount(layer: string, name: string, value: unknown): number {
  return checkWhole(layer, name, value, 1);
}

/** PyTorch's default for weights [out, ...] and biases: uniform within `1 / sqrt(fanIn)`, which is `kaimingUniform` with a slope of sqrt(5). */
export function defaultInit(weight: Parameter, bias: Parameter | null): void {
  const bound = Math.sqrt((weight.shape[0] as number) / weight.size);
  fillUniform(weight, -bound, bound);
  if (bias) fillUniform(bias, -bound, bound);
}
