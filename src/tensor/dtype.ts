// Element types: what they are called, how wide they are, and the typed array that holds them outside.

/** float32 for values, int32 for indices, bool (one byte, 0 or 1) for masks, uint8 for stored images. */
export type DType = "float32" | "int32" | "bool" | "uint8";

/** The typed array of each dtype. */
export interface TypedArrays {
  float32: Float32Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  bool: Uint8Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
}

/** A typed array some dtype maps to. */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

export const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1 };
