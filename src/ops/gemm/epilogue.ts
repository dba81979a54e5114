// The epilogue of a linear map or a convolution: an activation that the same kernel call applies while the sums are in cache.
import { checkOneOf } from "../../checks.js";
import { isGradEnabled } from "../../tensor/tape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { gelu, relu, sigmoid, silu, tanh } from "../elementwise/activation.js";

/** An activation by name; `"gelu"` is the exact one. */
export type ActivationName = "relu" | "sigmoid" | "tanh" | "silu" | "gelu";

/** The codes are those of `assembly/gemm/activation.ts`. */
const ACTIVATIONS: Readonly<Record<ActivationName, { readonly code: number; readonly apply: (x: Tensor) => Tensor }>> = {
  relu: { code: 1, apply: relu },
  sigmoid: { code: 2, apply: sigmoid },
  tanh: { code: 3, apply: tanh },
  silu: { code: 4, apply: silu },
  gelu: { code: 5, apply: gelu },
};

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** Options of `linear`, and of `conv2d` among others. */
export interface EpilogueOptions {
  /** Applied to the result in the same pass; where gradients are recorded it is an operation of its own, with the same values. */
  activation?: ActivationName;
  /**
   * Keeps the weight in the form that the kernels read fastest, beside the weight, until that changes: for many calls with one
   * weight. Takes as much memory again (for 3 x 3 filters 1.8 times, with `fast` 4 times); does nothing where gradients are recorded.
   */
  packed?: boolean;
}

/** Whether an operation with these inputs is recorded. */
export function records(...inputs: (Tensor | null | undefined)[]): boolean {
  return isGradEnabled() && inputs.some((input) => input?.node);
}

/** The code of an activation for the kernels, 0 for none. Errors: `ArgError` for an unknown name. */
export function activationCode(op: string, name: ActivationName | undefined): number {
  if (name === undefined) return 0;
  return ACTIVATIONS[checkOneOf(op, "activation", name, NAMES)].code;
}

/** Applies the activation as a separate operation. */
export function activated(x: Tensor, name: ActivationName | undefined): Tensor {
  return name === undefined ? x : ACTIVATIONS[name].apply(x);
}
