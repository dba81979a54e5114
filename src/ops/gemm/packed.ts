// Weights in the form the kernels read fastest, kept beside the weight while it does not change.
import { MemoryError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * The address of a weight in another form, made by `fill` when it is first asked for and again when the weight has changed; 0
 * where there is no memory for it, so that the call goes the way without.
 */
export function packedWeight(weight: Tensor, form: string, bytes: number, fill: (ptr: number) => void): number {
  const { storage } = weight;
  try {
    return storage.derive(`${form} at ${weight.ptr - storage.ptr}`, bytes, fill);
  } catch (error) {
    if (error instanceof MemoryError) return 0;
    throw error;
  }
}

/** Gives back the other form of a weight, as training changes it at each step. */
export function forgetPacked(weight: Tensor): void {
  if (!weight.disposed) weight.storage.forget();
}
