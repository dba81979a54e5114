// Code that all layers with a weight share: checks of their sizes, and PyTorch's default values of weights and biases.
import { checkWhole } from "../checks.js";
import { kaimingUniform, uniform } from "./init.js";
import type { Parameter } from "./parameter.js";

/** Checks that `value` is a whole number of at least 1; throws `ArgError` otherwise. */
export function checkCount(layer: string, name: string, value: unknown): number {
  return checkWhole(layer, name, value, 1);
}

/** PyTorch's default for weights and biases: uniform within `1 / sqrt(fanIn)`. */
export function defaultInit(weight: Parameter, bias: Parameter | null, fanIn: number): void {
  kaimingUniform(weight, { a: Math.sqrt(5) });
  if (bias) uniform(bias, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
}

/** The default of the option `bias`, which `Linear` and the convolutions have. */
export const WITH_BIAS = { bias: true };
