// The interface of data sets: samples by position and, optionally, whole batches.
import { ArgError, describe, IndexError } from "../errors.js";
import type { TypedArray } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";

/** One part of a sample, of the types that `defaultCollate` accepts. */
export type Field = Tensor | TypedArray | number | boolean;

/** The batch of a sample: one tensor for each of its fields. */
export type Batch<Sample> = Sample extends readonly unknown[] ? { -readonly [I in keyof Sample]: Tensor } : [Tensor];

/**
 * Samples by position, 0 to `length - 1`. A sample is usually a tuple of fields, such as an image and a label.
 * A data set that has to wait (a file, a download) returns promises from `get`; iterate its loader with `for await`.
 * `get` may be called any number of times for a position. Tensors that it keeps and gives again stay the data set's; those that it
 * makes anew for each call belong to the caller.
 * @example const squares: Dataset<[number, number]> = { length: 100, get: (i) => [i, i * i] };
 */
export interface Dataset<Sample = readonly Field[]> {
  /** Number of samples. */
  readonly length: number;
  /** The sample at a position, or a promise of it. */
  get(index: number): Sample | Promise<Sample>;
  /** Several samples as one batch, faster than one by one. Indices are within the length; the batch is the caller's. */
  readonly getBatch?: ((indices: Int32Array) => Batch<Sample>) | undefined;
}

/** Whether a value is a promise, of any realm or library. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as Partial<Promise<unknown>>).then === "function";
}

/** Throws unless `index` is a position in something of `length` items. */
export function checkPosition(op: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new IndexError(`${op}: there is no sample ${describe(index)}; positions are 0 to ${length - 1}`);
}

/** Throws `ArgError` unless `value` is a data set. */
export function checkDataset(op: string, value: unknown): void {
  const { length, get, getBatch } = (typeof value === "object" && value !== null ? value : {}) as Partial<Dataset>;
  if (typeof get !== "function" || value instanceof Tensor) {
    const isList = Array.isArray(value) && !value.some((item) => item instanceof Tensor);
    const hint = isList ? "write { length: samples.length, get: (i) => samples[i] }" : "pass tensors as new TensorDataset(x, y)";
    throw new ArgError(`${op}: a data set has a length and a function get(index), got ${describe(value)}; ${hint}`);
  }
  if (!Number.isInteger(length) || (length as number) < 0) {
    throw new ArgError(`${op}: the length of a data set must be a whole number of at least 0, got ${describe(length)}`);
  }
  if (getBatch !== undefined && typeof getBatch !== "function") {
    throw new ArgError(`${op}: getBatch of a data set must be a function, got ${describe(getBatch)}`);
  }
}
