// Element types: their names, their sizes, their ranges, and the dtype of the result for operands of two dtypes.
//
// docs/dtypes.md has the rules. Numbers that are arguments are not converted: a number that `holds` refuses is an error.
import { bytes, floats, ints, signedBytes } from "../wasm/memory.js";

/**
 * float32 for values, int32 for indices, bool (one byte, 0 or 1) for masks, uint8 for stored images, int8 for quantized values. For storage
 * and exchange: float16, bfloat16, which are computed in float32, and int64, which is computed in int32.
 */
export type DType = "float32" | "int32" | "bool" | "uint8" | "int8" | "float16" | "bfloat16" | "int64";

/** The typed array of the values of each dtype. */
export interface TypedArrays {
  float32: Float32Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  bool: Uint8Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
  int8: Int8Array<ArrayBuffer>;
  float16: Float32Array<ArrayBuffer>;
  bfloat16: Float32Array<ArrayBuffer>;
  int64: Float64Array<ArrayBuffer>;
}

/** A typed array of any dtype. */
export type TypedArray = Float32Array | Int32Array | Uint8Array | Int8Array | Float64Array;

/** Typed arrays as the memory has them: 16-bit floats as bits. */
interface Elements extends Omit<TypedArrays, "float16" | "bfloat16" | "int64"> {
  float16: Uint16Array<ArrayBuffer>;
  bfloat16: Uint16Array<ArrayBuffer>;
  int64: BigInt64Array<ArrayBuffer>;
}

/** Bits of an element; the names of the kernels that move elements end in this number. */
export type ElementBits = 8 | 16 | 32 | 64;

/** Everything that differs from dtype to dtype. */
export interface DTypeInfo<D extends DType = DType> {
  readonly name: D;
  readonly kind: "float" | "int" | "bool";
  readonly bits: ElementBits;
  readonly bytes: number;
  /** The smallest and the largest finite value; of int64, the smallest and the largest that a number holds exactly. */
  readonly min: number;
  readonly max: number;
  /** The whole memory as elements of this dtype; valid until the next allocation. */
  readonly view: () => Elements[D];
}

function info<D extends DType>(
  name: D,
  kind: DTypeInfo["kind"],
  bits: ElementBits,
  [min, max]: readonly [number, number],
  view: () => Elements[D],
): DTypeInfo<D> {
  return { name, kind, bits, bytes: bits / 8, min, max, view };
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;
const BFLOAT16_MAX = 255 * 2 ** 120;

const halves = (): Uint16Array<ArrayBuffer> => new Uint16Array(bytes().buffer);

/** One record per dtype, in the order of promotion. */
export const dtypes: { readonly [D in DType]: DTypeInfo<D> } = {
  bool: info("bool", "bool", 8, [0, 1], bytes),
  uint8: info("uint8", "int", 8, [0, 255], bytes),
  int8: info("int8", "int", 8, [-128, 127], signedBytes),
  int32: info("int32", "int", 32, [-(2 ** 31), 2 ** 31 - 1], ints),
  int64: info("int64", "int", 64, [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], () => new BigInt64Array(bytes().buffer)),
  float16: info("float16", "float", 16, [-65504, 65504], halves),
  bfloat16: info("bfloat16", "float", 16, [-BFLOAT16_MAX, BFLOAT16_MAX], halves),
  float32: info("float32", "float", 32, [-FLOAT32_MAX, FLOAT32_MAX], floats),
};

export const bytesPerElement: Readonly<Record<DType, number>> = Object.fromEntries(
  Object.values(dtypes).map(({ name, bytes: size }) => [name, size]),
) as Record<DType, number>;

/** The whole memory as elements of a dtype; valid until the next allocation. */
export function elements<D extends DType>(dtype: D): Elements[D] {
  return dtypes[dtype].view();
}

/** Whether these are 16-bit floats, which are stored and converted, but not computed with. Anything else that a caller gave is not. */
export function isHalf(dtype: unknown): dtype is "float16" | "bfloat16" {
  return dtype === "float16" || dtype === "bfloat16";
}

/** Whether a dtype can hold a number: floats hold every number, rounded; the others hold whole numbers in their range. */
export function holds(dtype: DType, value: number): boolean {
  const { kind, min, max } = dtypes[dtype];
  return kind === "float" || (Number.isInteger(value) && value >= min && value <= max);
}

const ORDER = Object.keys(dtypes) as readonly DType[];

/**
 * The dtype of two operands together, PyTorch's table for these dtypes: the later one in the order of the records. Of uint8 and int8,
 * and of float16 and bfloat16, neither holds the other, and both give way to the next one: int32 (there is no int16) and float32.
 */
export function promote(a: DType, b: DType): DType {
  const [i, j] = [ORDER.indexOf(a), ORDER.indexOf(b)];
  const later = Math.max(i, j);
  const equals = i !== j && dtypes[a].bits === dtypes[b].bits && dtypes[a].kind === dtypes[b].kind;
  return ORDER[equals ? later + 1 : later] as DType;
}

/** The dtype in which arithmetic on a dtype is computed, and which it returns: float32 for floats, int32 for all others. */
export function arithmeticType(dtype: DType): "float32" | "int32" {
  return dtypes[dtype].kind === "float" ? "float32" : "int32";
}

/** The dtype of a number that is combined with an integer tensor: int32 if int32 holds the number, else float32. */
export function typeOfNumber(value: number): "float32" | "int32" {
  return holds("int32", value) ? "int32" : "float32";
}
