// The element types a safetensors file may hold and what becomes of each here. Files are little-endian, as is every
// JavaScript engine in use and WebAssembly's memory, so bytes are copied as they lie, and kernels convert them.
import { runCast } from "../../tensor/casts.js";
import { tensor } from "../../tensor/create.js";
import { bytesPerElement, type DType, elements, holds } from "../../tensor/dtype.js";
import { scope } from "../../tensor/scope.js";
import { checkShape } from "../../tensor/shape.js";
import { empty, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { bytes as memoryBytes } from "../../wasm/memory.js";
import { aligned } from "../bytes.js";

type Unfit = (position: number, value: number | bigint) => void;

/** One file type: how wide it is, the dtype it becomes, and its elements read from exactly `n * width` bytes. */
export interface FileType {
  readonly width: number;
  readonly dtype: DType;
  /** A tensor of `dtype`, or with `keep` of the file's own dtype. Calls `unfit` for an element that has no counterpart there. */
  read(bytes: Uint8Array, shape: readonly number[], keep: boolean, unfit: Unfit): Tensor;
}

/** A tensor of the bytes as they are. */
function copied(bytes: Uint8Array, shape: readonly number[], dtype: DType): Tensor {
  const made = empty(checkShape("loadSafetensors", shape), dtype);
  memoryBytes().set(bytes, made.ptr);
  return made;
}

const plain = (dtype: DType): FileType => ({
  width: bytesPerElement[dtype],
  dtype,
  read: (bytes, shape) => copied(bytes, shape, dtype),
});

/** A type that a kernel converts, unless its own dtype is to be kept. */
const converted = (own: DType, dtype: DType): FileType => ({
  width: bytesPerElement[own],
  dtype,
  read: (bytes, shape, keep, unfit) =>
    scope(() => {
      const raw = copied(bytes, shape, own);
      if (keep) return raw;
      const made = empty(raw.shape, dtype);
      const at = Number(runCast(own, dtype, raw.ptr, made.ptr, raw.size)); // NaN unless it is int64
      if (at >= 0) unfit(at, elements("int64")[raw.ptr / bytesPerElement.int64 + at] as bigint);
      return made;
    }),
});

function readBool(bytes: Uint8Array, shape: readonly number[], unfit: Unfit): Tensor {
  return scope(() => {
    const made = copied(bytes, shape, "bool");
    const wide = empty(made.shape, "int32");
    k.u8ToI32(made.ptr, wide.ptr, made.size);
    const at = k.checkIndex(wide.ptr, made.size, 2, false, 0);
    if (at >= 0) unfit(at, bytes[at] as number);
    return made;
  });
}

/** A view when the bytes are aligned, else a copy. */
function view<T>(make: new (buffer: ArrayBufferLike, offset: number, length: number) => T, bytes: Uint8Array, width: number): T {
  const at = aligned(bytes, width);
  return new make(at.buffer, at.byteOffset, at.byteLength / width);
}

type Numbers = Float64Array | BigUint64Array | Uint32Array | Int16Array | Uint16Array;

/** A type that is rare enough to be converted in JavaScript: F64 to the nearest float32, the others exactly. */
const rare = (make: new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers, width: number, dtype: DType): FileType => ({
  width,
  dtype,
  read: (bytes, shape, _, unfit) => {
    const values = Float64Array.from(view(make, bytes, width) as ArrayLike<number | bigint>, (value, i) => {
      const number = Number(value);
      const overflows = Number.isFinite(number) !== Number.isFinite(Math.fround(number)); // as float32
      if (holds(dtype, number) && !overflows) return number;
      unfit(i, value);
      return 0;
    });
    return tensor(values, { shape, dtype });
  },
});

/** Every type that can be read, by its name in the file. */
export const fileTypes: ReadonlyMap<string, FileType> = new Map<string, FileType>([
  ["F32", plain("float32")],
  ["I32", plain("int32")],
  ["U8", plain("uint8")],
  ["I8", plain("int8")],
  ["BOOL", { width: 1, dtype: "bool", read: (bytes, shape, _, unfit) => readBool(bytes, shape, unfit) }],
  ["F64", rare(Float64Array, 8, "float32")],
  ["F16", converted("float16", "float32")],
  ["BF16", converted("bfloat16", "float32")],
  ["I64", converted("int64", "int32")],
  ["U64", rare(BigUint64Array, 8, "int32")],
  ["U32", rare(Uint32Array, 4, "int32")],
  ["I16", rare(Int16Array, 2, "int32")],
  ["U16", rare(Uint16Array, 2, "int32")],
]);

/** The types written, in the order the reference implementation lays them out: widest first, so that all are aligned. */
export const writtenTypes: readonly (readonly [dtype: DType, name: string])[] = [
  ["int64", "I64"],
  ["float32", "F32"],
  ["int32", "I32"],
  ["bfloat16", "BF16"],
  ["float16", "F16"],
  ["int8", "I8"],
  ["uint8", "U8"],
  ["bool", "BOOL"],
];
