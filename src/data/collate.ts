// Joins samples to a batch: field by field, along a new first dimension.
import { ArgError, describe, kindOf, ShapeError } from "../errors.js";
import { stack } from "../ops/index.js";
import { tensor } from "../tensor/create.js";
import type { TypedArray } from "../tensor/dtype.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import type { Batch } from "./dataset.js";

/**
 * One tensor per field: tensors of a shape [..] are stacked to [n, ..], typed arrays of a length to [n, length] in their
 * dtype, numbers to float32[n], booleans to bool[n]. Integers are float32 as well, as in `tensor`: a label that is
 * to be int32 comes as an int32 tensor. A sample that is not an array counts as its only field.
 *
 * samples: at least one, all with the same fields. Result: the tensors, owned by the caller.
 * Errors: `ShapeError` for fields of different number or size, `ArgError` for a field that cannot be in a tensor.
 * @example defaultCollate([[1, true], [2, false]]).map(String).length; // 2
 */
export function defaultCollate<Sample>(samples: readonly Sample[]): Batch<Sample> {
  if (!Array.isArray(samples)) throw new ArgError(`collate: takes an array of samples, got ${describe(samples)}`);
  const rows = samples.map((sample): readonly unknown[] => (Array.isArray(sample) ? sample : [sample]));
  const [first] = rows;
  if (!first) throw new ArgError("collate: needs at least one sample");
  const odd = rows.findIndex((row) => row.length !== first.length);
  if (odd >= 0) {
    throw new ShapeError(`collate: sample ${odd} of the batch has ${rows[odd]?.length} fields and sample 0 has ${first.length}`);
  }
  const column = (field: number): readonly unknown[] => rows.map((row) => row[field]);
  return first.map((_, field) => joinField(column(field), field)) as Batch<Sample>;
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const arrays = { Float32Array, Int32Array, Uint8Array, Int8Array } as const;
/** Compares names, not classes: Jest, iframes and `vm` have their own classes. */
const isTyped = (value: unknown): value is TypedArray => ArrayBuffer.isView(value) && Object.hasOwn(arrays, kindOf(value));

function joinField(values: readonly unknown[], field: number): Tensor {
  if (values.every(isTensor)) return stack(values);
  if (values.every(isNumber) || values.every(isBoolean)) return tensor(values);
  if (values.every(isTyped)) return joinTypedArrays(values, field);
  // Gives a specific error for a tensor of another copy of the library, or a clone of a tensor.
  for (const value of values) if (typeof value === "object" && value !== null && "storage" in value) checkAlive("collate", value as Tensor);
  const kind = (value: unknown): string => (value === null || typeof value === "object" ? describe(value) : typeof value);
  const kinds = [...new Set(values.map(kind))].join(" and ");
  throw new ArgError(
    `collate: field ${field} holds ${kinds}; use all tensors, all typed arrays, all numbers or all booleans, or pass { collate }`,
  );
}

function joinTypedArrays(values: readonly TypedArray[], field: number): Tensor {
  const [first] = values as [TypedArray];
  const { length } = first;
  const spec = (value: TypedArray): string => `${kindOf(value)}[${value.length}]`;
  const odd = values.find((value) => spec(value) !== spec(first));
  if (odd) {
    throw new ShapeError(`collate: field ${field} is ${spec(first)} in one sample of the batch and ${spec(odd)} in another`);
  }
  const all = new arrays[kindOf(first) as keyof typeof arrays](values.length * length);
  for (const [i, value] of values.entries()) all.set(value, i * length);
  return tensor(all, { shape: [values.length, length] });
}
