// Weights in the form that kernels read fastest, cached until the weight changes.
import { MemoryError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * The address of a weight in the form that `fill` writes; `key` names the form. It is computed on first use and again after the weight
 * has changed. Returns 0 if memory is short; the caller then uses the unpacked weight.
 */
export function packedWeight(weight: Tensor, key: string, bytes: number, fill: (ptr: number) => void): number {
  const { storage } = weight;
  try {
    return storage.cached(`${key} at ${weight.ptr - storage.ptr}`, bytes, fill);
  } catch (error) {
    if (error instanceof MemoryError) return 0;
    throw error;
  }
}

/** Frees the packed form of a weight, for training, which changes the weight in every step. */
export function dropPacked(weight: Tensor): void {
  if (!weight.disposed) weight.storage.dropCached();
}
