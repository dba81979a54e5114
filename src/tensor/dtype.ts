// Element types: their names, their sizes, their ranges, and the dtype of the result for operands of two dtypes.
//
// Conversion (`to`): float32 to an integer type drops the fraction and clamps to the range, and NaN becomes 0. Conversion to a narrower
// integer type keeps the low bits. In bool, every value except 0 is 1. Numbers that are arguments are not converted: a number that
// `holds` refuses is an error.
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

/** A typed array of any dtype. */
export type TypedArray = Float32Array | Int32Array | Uint8Array | Int8Array;

/** Bits of an element; the names of the kernels that move elements end in this number. */
export type ElementBits = 8 | 16 | 32 | 64;

/** Everything that differs from dtype to dtype. */
export interface DTypeInfo<D extends DType = DType> {
  readonly name: D;
  readonly kind: "float" | "int" | "bool";
  readonly bits: ElementBits;
  readonly bytes: number;
  /** The smallest and the largest finite value. */
  readonly min: number;
  readonly max: number;
  /** The whole memory as elements of this dtype; valid until the next allocation. */
  readonly view: () => TypedArrays[D];
}

function info<D extends DType>(
  name: D,
  kind: DTypeInfo["kind"],
  bits: ElementBits,
  [min, max]: readonly [number, number],
  view: () => TypedArrays[D],
): DTypeInfo<D> {
  return { name, kind, bits, bytes: bits / 8, min, max, view };
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** One record per dtype. */
export const dtypes: { readonly [D in DType]: DTypeInfo<D> } = {
  float32: info("float32", "float", 32, [-FLOAT32_MAX, FLOAT32_MAX], floats),
  int32: info("int32", "int", 32, [-(2 ** 31), 2 ** 31 - 1], ints),
  bool: info("bool", "bool", 8, [0, 1], bytes),
  uint8: info("uint8", "int", 8, [0, 255], bytes),
  int8: info("int8", "int", 8, [-128, 127], signedBytes),
};

export const bytesPerElement: Readonly<Record<DType, number>> = Object.fromEntries(
  Object.values(dtypes).map(({ name, bytes: size }) => [name, size]),
) as Record<DType, number>;

/** The whole memory as elements of a dtype; valid until the next allocation. */
export function elements(dtype: DType): TypedArrays[DType] {
  return dtypes[dtype].view();
}

/** Whether a dtype can hold a number: float32 holds every number, rounded; the others hold whole numbers in their range. */
export function holds(dtype: DType, value: number): boolean {
  const { kind, min, max } = dtypes[dtype];
  return kind === "float" || (Number.isInteger(value) && value >= min && value <= max);
}

/**
 * The dtype of two operands together, PyTorch's table for these dtypes: bool gives way to whole numbers, those to wider ones, all to
 * float32. uint8 and int8 give int32, because no 16-bit dtype is there to hold both.
 */
const PROMOTIONS: { readonly [A in DType]: { readonly [B in DType]: DType } } = {
  bool: { bool: "bool", uint8: "uint8", int8: "int8", int32: "int32", float32: "float32" },
  uint8: { bool: "uint8", uint8: "uint8", int8: "int32", int32: "int32", float32: "float32" },
  int8: { bool: "int8", uint8: "int32", int8: "int8", int32: "int32", float32: "float32" },
  int32: { bool: "int32", uint8: "int32", int8: "int32", int32: "int32", float32: "float32" },
  float32: { bool: "float32", uint8: "float32", int8: "float32", int32: "float32", float32: "float32" },
};

/** The dtype of two operands together. */
export function promote(a: DType, b: DType): DType {
  return PROMOTIONS[a][b];
}

/** The dtype in which arithmetic on a dtype is computed, and which it returns: int32 for bool, uint8 and int8. */
export function arithmeticType(dtype: DType): "float32" | "int32" {
  return dtypes[dtype].kind === "float" ? "float32" : "int32";
}

/** The dtype of a number that is combined with an integer tensor: int32 if int32 holds the number, else float32. */
export function typeOfNumber(value: number): "float32" | "int32" {
  return holds("int32", value) ? "int32" : "float32";
}
