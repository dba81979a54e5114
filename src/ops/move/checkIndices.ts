// The check of index tensors, which indexing and the losses of class numbers share.
import { DTypeError, IndexError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { ints } from "../../wasm/memory.js";
import { asIndex } from "../elementwise/cast.js";

/** Throws unless `index` is a tensor of int32. */
export function checkIndexType(op: string, index: Tensor, fits = "int32"): void {
  checkAlive(op, index, "index");
  if (index.dtype !== "int32") throw new DTypeError(`${op}: indices must be ${fits}, got ${formatSpec(index)}; convert with .to("int32")`);
}

/** The position of the first index outside [0, size) that is not `allowed`; -1 if there is none. */
export function firstOutside(index: Tensor, size: number, allowed?: number): number {
  return k.checkIndex(index.ptr, index.size, size, allowed !== undefined, allowed ?? 0);
}

/** Throws the error for the index at a position. */
export function refuseIndex(op: string, index: Tensor, position: number, least: number, size: number): never {
  const value = ints()[index.ptr / dtypes.int32.bytes + position];
  const fits = size === 0 ? "has no place in a dimension of size 0" : `is outside [${least}, ${size - 1}]`;
  throw new IndexError(`${op}: index ${value} at position ${position} ${fits}`);
}

/** Throws unless `index` is int32 with every value in [0, size), or equal to `allowed` if that is given. */
export function checkIndices(op: string, index: Tensor, size: number, allowed?: number): void {
  checkIndexType(op, index);
  if (index.isMeta) return;
  const bad = firstOutside(index, size, allowed);
  if (bad >= 0) refuseIndex(op, index, bad, 0, size);
}

/** Checked indices as int32, from int32 or int64. Errors: those of `checkIndices`. */
export function indicesFor(op: string, index: Tensor, size: number, allowed?: number): Tensor {
  const narrow = asIndex(op, index);
  checkIndices(op, narrow, size, allowed);
  return narrow;
}
