// Numbers as elements: checks whether an element type holds a number, and filling of a tensor with one number. A number that a caller
// gives and that does not fit is an error; only `to` converts, and it converts the elements of a tensor.
import { ArgError, describe } from "../errors.js";
import { type DType, dtypes, holds } from "./dtype.js";
import { elementKernels } from "./elementKernels.js";
import type { Tensor } from "./tensor.js";

/** Throws `ArgError` unless `dtype` holds `value`; `what` names the argument. */
export function checkFits(op: string, what: string, value: number, dtype: DType): void {
  if (dtype === "bool" || holds(dtype, value)) return; // bool takes whether a number is not 0
  const { min, max } = dtypes[dtype];
  throw new ArgError(
    `${op}: ${what} is ${describe(value)}, and ${dtype} holds whole numbers from ${min} to ${max}; choose another dtype, or convert a float32 tensor with .to("${dtype}")`,
  );
}

/** The position of the first number that does not fit, or -1. */
export function firstMisfit(values: ArrayLike<number>, dtype: DType): number {
  if (dtypes[dtype].kind !== "int") return -1;
  for (let i = 0; i < values.length; i++) if (!holds(dtype, values[i] as number)) return i;
  return -1;
}

/** The element for a number: 0 or 1 for bool, else the number. */
export function elementOf(value: number, dtype: DType): number {
  return dtype === "bool" ? Number(value !== 0) : value;
}

/** Sets every element to a number that the dtype holds. */
export function fill(out: Tensor, value: number): void {
  if (out.size === 0) return;
  const { view, bytes } = dtypes[out.dtype];
  view()[out.ptr / bytes] = elementOf(value, out.dtype);
  // Copies the first element to all: the source strides are 0.
  elementKernels(out.dtype).copy(out.ptr, out.ptr, 1, 1, 1, out.size, 0, 0, 0, 0, 0, 0, 0, 1);
}
