// IDX, the format of MNIST and its relatives: 2 zero bytes, a type code, the rank, the sizes as big-endian uint32,
// then the elements, big-endian, in row-major order.
import { FormatError } from "../errors.js";
import { tensor } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";
import { asBytes, type Bytes } from "./bytes.js";
import { isGzip } from "./gzip.js";

/** The elements of an idx file in the typed array of their type. */
export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an idx file holds. */
export interface IdxArray {
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly values: IdxValues;
}

interface IdxType {
  readonly width: number;
  read(view: DataView, n: number): IdxValues;
}

/** Fills a new typed array by reading each element with `at`, which is given its byte offset. */
function fill<T extends IdxValues>(values: T, at: (offset: number) => number): T {
  for (let i = 0; i < values.length; i++) values[i] = at(i * values.BYTES_PER_ELEMENT);
  return values;
}

const types: ReadonlyMap<number, IdxType> = new Map<number, IdxType>([
  [0x08, { width: 1, read: (v, n) => new Uint8Array(v.buffer, v.byteOffset, n).slice() }],
  [0x09, { width: 1, read: (v, n) => new Int8Array(v.buffer, v.byteOffset, n).slice() }],
  [0x0b, { width: 2, read: (v, n) => fill(new Int16Array(n), (at) => v.getInt16(at)) }],
  [0x0c, { width: 4, read: (v, n) => fill(new Int32Array(n), (at) => v.getInt32(at)) }],
  [0x0d, { width: 4, read: (v, n) => fill(new Float32Array(n), (at) => v.getFloat32(at)) }],
  [0x0e, { width: 8, read: (v, n) => fill(new Float64Array(n), (at) => v.getFloat64(at)) }],
]);

/**
 * Reads an idx file into a typed array and a shape, all six element types as the format defines them.
 *
 * bytes: the whole file, unpacked. Result: shape and values, for example [60000, 28, 28] and a Uint8Array.
 * Errors: `FormatError` if the header is not idx or the sizes do not fill the file exactly; nothing is allocated before.
 * Source: http://yann.lecun.com/exdb/mnist
 * @example parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)).shape; // [2]
 */
export function parseIdx(bytes: Bytes): IdxArray {
  return readIdx("parseIdx", bytes);
}

/**
 * Reads an idx file into a tensor in the file's shape: uint8 as it is, signed integers as int32, floats as float32.
 *
 * bytes: the whole file, unpacked.
 * Errors: `FormatError` as in `parseIdx`, and for a float64 that float32 cannot hold.
 * @example loadIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)); // [7, 9]
 */
export function loadIdx(bytes: Bytes): Tensor {
  const { shape, values } = readIdx("loadIdx", bytes);
  if (values instanceof Uint8Array || values instanceof Int32Array || values instanceof Float32Array) {
    return tensor(values, { shape });
  }
  return tensor(values instanceof Float64Array ? narrowed(values) : Int32Array.from(values), { shape });
}

/** The nearest float32 of each value. Errors: `FormatError` for a finite one beyond its range. */
function narrowed(values: Float64Array): Float32Array<ArrayBuffer> {
  const narrow = Float32Array.from(values);
  const odd = narrow.findIndex((value, i) => !Number.isFinite(value) && Number.isFinite(values[i]));
  if (odd >= 0) throw new FormatError(`loadIdx: element ${odd} is ${values[odd]}, which float32 cannot hold; read it with parseIdx`);
  return narrow;
}

function readIdx(op: string, file: Bytes): IdxArray {
  const bytes = asBytes(op, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isGzip(bytes)) throw new FormatError(`${op}: these bytes are gzip; unpack them first with await gunzip(bytes)`);
  const type = bytes.length >= 4 && view.getUint16(0) === 0 ? types.get(view.getUint8(2)) : undefined;
  if (!type) {
    throw new FormatError(`${op}: not an idx file, which starts with two zero bytes and a type code of 8, 9, 11, 12, 13 or 14`);
  }
  const rank = view.getUint8(3);
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new FormatError(`${op}: the file ends inside its header, which has ${rank} sizes`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  // A product that rounds or overflows is far larger than any file: it matches none.
  const size = shape.reduce((product, dim) => product * dim, 1);
  const present = bytes.length - start;
  if (size * type.width !== present) {
    throw new FormatError(
      `${op}: sizes [${shape.join(",")}] need ${size * type.width} bytes and the file holds ${present}; it is truncated or not idx`,
    );
  }
  return { shape, values: type.read(new DataView(bytes.buffer, bytes.byteOffset + start, present), size) };
}
