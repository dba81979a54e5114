// What linear maps and convolutions pass to their kernels: an epilogue, and weights in the form that kernels read fastest, which are cached
// until the weight changes.
import { MemoryError } from "../../errors.js";
import type { Scratch } from "../../tensor/op.js";
import { Storage } from "../../tensor/storage.js";
import { isGradEnabled } from "../../tensor/tape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { floats, ints } from "../../wasm/memory.js";

/** An activation by name; `"gelu"` is the exact one, `"geluTanh"` its approximation by tanh. */
export type ActivationName = "relu" | "sigmoid" | "tanh" | "silu" | "gelu" | "geluTanh" | "hardswish" | "leakyRelu";

/** What follows the sum, and whether the weight is packed. */
export interface Epilogue {
  /** By the codes of `assembly/gemm/activation.ts`. */
  readonly activation?: number;
  readonly negativeSlope?: number | undefined;
  readonly bounds?: readonly [min: number, max: number] | undefined;
  readonly packed?: boolean;
}

/** The code of the activation that has a slope. */
const LEAKY_RELU = 8;

/** What a kernel gets: the code of the activation, or the address of all of the epilogue. */
export function epilogueArgument(
  { activation = 0, negativeSlope = 0.01, bounds }: Epilogue,
  residual: Tensor | undefined,
  out: Tensor,
  scratch: Scratch,
): number {
  if (!residual && !bounds && activation !== LEAKY_RELU) return activation;
  const address = scratch(20);
  ints().set([activation, residual ? residual.ptr - out.ptr : 0], address / 4);
  floats().set([negativeSlope, ...(bounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])], address / 4 + 2);
  return address;
}

/** Whether an operation with these inputs is recorded. */
export function records(...inputs: (Tensor | null | undefined)[]): boolean {
  return isGradEnabled() && inputs.some((input) => input?.node);
}

/**
 * @internal
 * The address of a weight in the form that `fill` writes; `key` names the form. It is computed on first use and again after the weight
 * has changed. Returns 0 if memory is short; the caller then uses the unpacked weight.
 */
export function packedWeight({ storage, ptr }: Tensor, key: string, bytes: number, fill: (ptr: number) => void): number {
  let made: Storage | undefined;
  const make = (): Storage => {
    made = Storage.of(bytes);
    made.retain();
    fill(made.ptr);
    return made;
  };
  try {
    return Storage.derive([storage], `${key} at ${ptr - storage.ptr}`, make).ptr;
  } catch (error) {
    made?.release();
    if (error instanceof MemoryError) return 0;
    throw error;
  }
}

/** Frees the packed form of a weight, for training, which changes the weight in every step. */
export function dropPacked(weight: Tensor): void {
  if (!weight.disposed) weight.storage.dropDerived();
}
