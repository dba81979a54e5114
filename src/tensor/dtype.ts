// Element types: what they are called, how wide they are, and the typed array that holds them, outside and in the linear memory.
import { bytes, floats, ints, signedBytes } from "../wasm/memory.js";

/** float32 for values, int32 for indices, bool (one byte, 0 or 1) for masks, uint8 for stored images, int8 for quantized values. */
export type DType = "float32" | "int32" | "bool" | "uint8" | "int8";

/** The typed array of each dtype. */
export interface TypedArrays {
  float32: Float32Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  bool: Uint8Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
  int8: Int8Array<ArrayBuffer>;
}

/** A typed array some dtype maps to. */
export type TypedArray = Float32Array | Int32Array | Uint8Array | Int8Array;

export const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, int8: 1 };

const views: { readonly [D in DType]: () => TypedArrays[D] } = {
  float32: floats,
  int32: ints,
  bool: bytes,
  uint8: bytes,
  int8: signedBytes,
};

/** The whole memory as elements of a dtype; valid until the next allocation. */
export function elements(dtype: DType): TypedArrays[DType] {
  return views[dtype]();
}
