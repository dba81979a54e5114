// The element types a safetensors file may hold and what becomes of each here. Files are little-endian, as is every
// JavaScript engine in use and WebAssembly's memory, so typed arrays read them as they lie.
import type { DType, TypedArray } from "../../tensor/dtype.js";
import { aligned } from "../bytes.js";

/** One file type: how wide it is, the dtype it becomes, and its elements read from exactly `n * width` bytes. */
export interface FileType {
  readonly width: number;
  readonly dtype: DType;
  /** Calls `unfit` with position and value of an element that has no counterpart in `dtype`. */
  read(bytes: Uint8Array, unfit: Unfit): TypedArray;
}

type Unfit = (position: number, value: number | bigint) => void;

const MAX_INT32 = 2 ** 31 - 1;

/** A view when the bytes are aligned, else a copy: F32 and I32 cost nothing on the way to the tensor. */
function view<T>(make: new (buffer: ArrayBufferLike, offset: number, length: number) => T, bytes: Uint8Array, width: number): T {
  const at = aligned(bytes, width);
  return new make(at.buffer, at.byteOffset, at.byteLength / width);
}

function readBool(bytes: Uint8Array, unfit: Unfit): Uint8Array {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 1) unfit(i, bytes[i] as number);
  return bytes;
}

/** float64 rounded to the nearest float32; a finite value beyond its range does not fit. */
function readF64(bytes: Uint8Array, unfit: Unfit): Float32Array {
  const wide = view(Float64Array, bytes, 8);
  const narrow = Float32Array.from(wide);
  for (let i = 0; i < narrow.length; i++) {
    const value = wide[i] as number;
    if (Number.isFinite(value) && !Number.isFinite(narrow[i])) unfit(i, value);
  }
  return narrow;
}

/** IEEE 754 half precision: 1 sign, 5 exponent (bias 15) and 10 fraction bits, all exact in float32. */
function readF16(bytes: Uint8Array): Float32Array {
  const halves = view(Uint16Array, bytes, 2);
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) out[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else out[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return out;
}

/** bfloat16 is the upper half of a float32. */
function readBF16(bytes: Uint8Array): Float32Array {
  const halves = view(Uint16Array, bytes, 2);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** 64-bit integers as pairs of words, low word first; those fit whose upper word only repeats the sign. */
function readWide(bytes: Uint8Array, unfit: Unfit, signed: boolean): Int32Array {
  const words = view(Int32Array, bytes, 4);
  const out = new Int32Array(words.length / 2);
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i] as number;
    const high = words[2 * i + 1] as number;
    out[i] = low;
    const fits = signed ? high === low >> 31 : high === 0 && low >= 0;
    if (!fits) unfit(i, (BigInt(signed ? high : high >>> 0) << 32n) | BigInt(low >>> 0));
  }
  return out;
}

function readU32(bytes: Uint8Array, unfit: Unfit): Int32Array {
  const words = view(Uint32Array, bytes, 4);
  for (let i = 0; i < words.length; i++) if ((words[i] as number) > MAX_INT32) unfit(i, words[i] as number);
  return Int32Array.from(words);
}

/** Every type that can be read, by its name in the file. */
export const fileTypes: ReadonlyMap<string, FileType> = new Map<string, FileType>([
  ["F32", { width: 4, dtype: "float32", read: (bytes) => view(Float32Array, bytes, 4) }],
  ["I32", { width: 4, dtype: "int32", read: (bytes) => view(Int32Array, bytes, 4) }],
  ["U8", { width: 1, dtype: "uint8", read: (bytes) => bytes }],
  ["I8", { width: 1, dtype: "int8", read: (bytes) => view(Int8Array, bytes, 1) }],
  ["BOOL", { width: 1, dtype: "bool", read: readBool }],
  ["F64", { width: 8, dtype: "float32", read: readF64 }],
  ["F16", { width: 2, dtype: "float32", read: readF16 }],
  ["BF16", { width: 2, dtype: "float32", read: readBF16 }],
  ["I64", { width: 8, dtype: "int32", read: (bytes, unfit) => readWide(bytes, unfit, true) }],
  ["U64", { width: 8, dtype: "int32", read: (bytes, unfit) => readWide(bytes, unfit, false) }],
  ["U32", { width: 4, dtype: "int32", read: readU32 }],
  ["I16", { width: 2, dtype: "int32", read: (bytes) => Int32Array.from(view(Int16Array, bytes, 2)) }],
  ["U16", { width: 2, dtype: "int32", read: (bytes) => Int32Array.from(view(Uint16Array, bytes, 2)) }],
]);

/** The types written, in the order the reference implementation lays them out: widest first, so that all are aligned. */
export const writtenTypes: readonly (readonly [dtype: DType, name: string])[] = [
  ["float32", "F32"],
  ["int32", "I32"],
  ["int8", "I8"],
  ["uint8", "U8"],
  ["bool", "BOOL"],
];
