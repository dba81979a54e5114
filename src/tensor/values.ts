// Numbers as elements: checks whether an element type holds a number, and filling of a tensor with one number. A number that a caller
// gives and that does not fit is an error; only `to` converts, and it converts the elements of a tensor.
import { ArgError, describe, kindOf } from "../errors.js";
import { floats, returnScratch, takeScratch } from "../wasm/memory.js";
import { runCast } from "./casts.js";
import { bytesPerElement, type DType, dtypes, elements, holds, isHalf, type TypedArrays } from "./dtype.js";
import { elementKernels } from "./elementKernels.js";
import type { Tensor } from "./tensor.js";

/** Throws `ArgError` unless `dtype` holds `value`; `what` names the argument. */
export function checkFits(op: string, what: string, value: number, dtype: DType): void {
  if (dtype === "bool" || holds(dtype, value)) return; // bool takes whether a number is not 0
  const { min, max } = dtypes[dtype];
  const more = dtype === "int64" ? ", more as BigInt64Array" : "";
  throw new ArgError(
    `${op}: ${what} is ${describe(value)}, and ${dtype} holds whole numbers from ${min} to ${max}${more}; use another dtype or .to("${dtype}")`,
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

/** Calls `use` with the address of so many float32 that are valid during the call. */
function withFloats<T>(n: number, use: (ptr: number) => T): T {
  const block = takeScratch(n * bytesPerElement.float32);
  try {
    return use(block.ptr);
  } finally {
    returnScratch(block);
  }
}

/** The elements at an address, copied: those of float16 and bfloat16 as float32, those of int64 as numbers, exactly. */
export function readValues(op: string, dtype: DType, ptr: number, n: number): TypedArrays[DType] {
  if (isHalf(dtype)) {
    return withFloats(n, (from) => {
      runCast(dtype, "float32", ptr, from, n);
      return floats().slice(from / bytesPerElement.float32, from / bytesPerElement.float32 + n);
    });
  }
  const start = ptr / bytesPerElement[dtype];
  const flat = elements(dtype).slice(start, start + n);
  if (!(flat instanceof BigInt64Array)) return flat as TypedArrays[DType];
  return Float64Array.from(flat, (value, i) => {
    if (holds(dtype, Number(value))) return Number(value);
    throw new ArgError(`${op}: element ${i} is ${value}, which no number holds exactly; use toBigInt64Array()`);
  });
}

/** Sets the elements at an address to values that the dtype holds. A Uint16Array has the bits of 16-bit floats. */
export function writeValues(dtype: DType, ptr: number, values: ArrayLike<number> | BigInt64Array): void {
  if (isHalf(dtype) && kindOf(values) !== "Uint16Array") {
    withFloats(values.length, (from) => {
      floats().set(values as ArrayLike<number>, from / bytesPerElement.float32);
      runCast("float32", dtype, from, ptr, values.length);
    });
    return;
  }
  const isWide = dtype === "int64" && kindOf(values) !== "BigInt64Array";
  const held = isWide ? BigInt64Array.from(values as ArrayLike<number>, BigInt) : values;
  (elements(dtype) as { set(from: typeof held, at: number): void }).set(held, ptr / bytesPerElement[dtype]);
}

/** Sets every element to a number that the dtype holds. */
export function fill(out: Tensor, value: number): void {
  if (out.size === 0) return;
  if (out.dtype === "float32") floats()[out.ptr / bytesPerElement.float32] = value;
  else writeValues(out.dtype, out.ptr, [elementOf(value, out.dtype)]);
  // Copies the first element to all: the source strides are 0.
  elementKernels(out.dtype).copy(out.ptr, out.ptr, 1, 1, 1, out.size, 0, 0, 0, 0, 0, 0, 0, 1);
}
