// What a data set is: samples by position, and for those that can, whole batches at once.
import { IndexError } from "../errors.js";
import type { TypedArray } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/** One part of a sample, as `defaultCollate` knows how to put into a batch. */
export type Field = Tensor | TypedArray | number | boolean;

/** The batch of a sample: one tensor for each of its fields. */
export type Batch<Sample> = Sample extends readonly unknown[] ? { -readonly [I in keyof Sample]: Tensor } : [Tensor];

/**
 * Samples by position, 0 to `length - 1`. A sample is usually a tuple of fields, such as an image and a label.
 * A data set that has to wait (a file, a download) returns promises from `get`; iterate its loader with `for await`.
 * @example const squares: Dataset<[number, number]> = { length: 100, get: (i) => [i, i * i] };
 */
export interface Dataset<Sample = readonly Field[]> {
  readonly length: number;
  get(index: number): Sample | Promise<Sample>;
  /** Several samples as one batch, faster than one by one. Indices are within the length; the batch is the caller's. */
  readonly getBatch?: ((indices: Int32Array) => Batch<Sample>) | undefined;
}

/** Throws unless `index` is a position in something of `length` items. */
export function checkPosition(op: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new IndexError(`${op}: there is no sample ${index}; positions are 0 to ${length - 1}`);
}
