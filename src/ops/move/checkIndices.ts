// The check of index tensors, which indexing and the losses of class numbers share.
import { DTypeError, IndexError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { ints } from "../../wasm/memory.js";
import { asIndex } from "../elementwise/cast.js";

/** Throws unless `index` is int32 with every value in [0, size), or equal to `allowed` if that is given. */
export function checkIndices(op: string, index: Tensor, size: number, allowed?: number): void {
  checkAlive(op, index, "index");
  if (index.dtype !== "int32") throw new DTypeError(`${op}: indices must be int32, got ${formatSpec(index)}; convert with .to("int32")`);
  if (index.isMeta) return;
  const bad = k.checkIndex(index.ptr, index.size, size, allowed !== undefined, allowed ?? 0);
  if (bad < 0) return;
  const fits = size === 0 ? "has no place in a dimension of size 0" : `is outside [0, ${size - 1}]`;
  throw new IndexError(`${op}: index ${ints()[index.ptr / dtypes.int32.bytes + bad]} at position ${bad} ${fits}`);
}

/** Checked indices as int32, from int32 or int64. Errors: those of `checkIndices`. */
export function indicesFor(op: string, index: Tensor, size: number, allowed?: number): Tensor {
  const narrow = asIndex(op, index);
  checkIndices(op, narrow, size, allowed);
  return narrow;
}
