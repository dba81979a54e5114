// Numbers as elements: which an element type holds, and one for all elements. Numbers that a caller gives and that do not fit are errors; `to` converts what is in a tensor.
import { ArgError, describe } from "../errors.js";
import { type DType, dtypes, holds } from "./dtype.js";
import { elementKernels } from "./elementKernels.js";
import type { Tensor } from "./tensor.js";

/** Throws `ArgError` unless `dtype` holds `value`; `what` says where the value stood. */
export function checkFits(op: string, what: string, value: number, dtype: DType): void {
  if (dtype === "bool" || holds(dtype, value)) return; // bool takes whether a number is not 0
  const { min, max } = dtypes[dtype];
  throw new ArgError(
    `${op}: ${what} is ${describe(value)}, and ${dtype} holds whole numbers from ${min} to ${max}; choose another dtype, or convert a float32 tensor with .to("${dtype}")`,
  );
}

/** The first number that does not fit, or -1. */
export function firstMisfit(values: ArrayLike<number>, dtype: DType): number {
  if (dtypes[dtype].kind !== "int") return -1;
  for (let i = 0; i < values.length; i++) if (!holds(dtype, values[i] as number)) return i;
  return -1;
}

/** A number as the element that stands for it: 0 or 1 for bool. */
export function elementOf(value: number, dtype: DType): number {
  return dtype === "bool" ? Number(value !== 0) : value;
}

/** Sets every element to a number that the dtype holds. */
export function fill(out: Tensor, value: number): void {
  if (out.size === 0) return;
  const { view, bytes } = dtypes[out.dtype];
  view()[out.ptr / bytes] = elementOf(value, out.dtype);
  // The first element to all of them: a copy whose source stands still.
  elementKernels(out.dtype).copy(out.ptr, out.ptr, 1, 1, 1, out.size, 0, 0, 0, 0, 0, 0, 0, 1);
}
