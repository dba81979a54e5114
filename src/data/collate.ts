// Samples into a batch: field by field, along a new first dimension.
import { ArgError, ShapeError } from "../errors.js";
import { stack } from "../ops/index.js";
import { tensor } from "../tensor/create.js";
import type { TypedArray } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import type { Batch } from "./dataset.js";

/**
 * One tensor per field: tensors of a shape [..] are stacked to [n, ..], typed arrays of a length to [n, length] in their
 * dtype, numbers to float32[n], booleans to bool[n]. Whole numbers are float32 as well, as in `tensor`: a label that is
 * to be int32 comes as an int32 tensor. A sample that is no array counts as its only field.
 *
 * samples: at least one, all with the same fields. Result: the tensors, owned by the caller.
 * Errors: `ShapeError` for fields of different number or size, `ArgError` for what cannot be in a tensor.
 * @example defaultCollate([[1, true], [2, false]]); // [float32[2], bool[2]]
 */
export function defaultCollate<Sample>(samples: readonly Sample[]): Batch<Sample> {
  const rows = samples.map((sample): readonly unknown[] => (Array.isArray(sample) ? sample : [sample]));
  const [first] = rows;
  if (!first) throw new ArgError("collate: needs at least one sample");
  const odd = rows.findIndex((row) => row.length !== first.length);
  if (odd >= 0) throw new ShapeError(`collate: sample ${odd} of the batch has ${rows[odd]?.length} fields and sample 0 has ${first.length}`);
  return first.map((_, field) => join(rows.map((row) => row[field]), field)) as Batch<Sample>;
}

function isAll<T>(values: readonly unknown[], test: (value: unknown) => value is T): values is readonly T[] {
  return values.every(test);
}
const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isTyped = (value: unknown): value is TypedArray =>
  value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array;

function join(values: readonly unknown[], field: number): Tensor {
  if (isAll(values, isTensor)) return stack(values);
  if (isAll(values, isNumber) || isAll(values, isBoolean)) return tensor(values);
  if (isAll(values, isTyped)) return joinTyped(values, field);
  const kinds = [...new Set(values.map((value) => (typeof value === "object" ? (value?.constructor?.name ?? "null") : typeof value)))];
  throw new ArgError(
    `collate: field ${field} holds ${kinds.join(" and ")}; use all tensors, all typed arrays, all numbers or all booleans, or pass { collate }`,
  );
}

function joinTyped(values: readonly TypedArray[], field: number): Tensor {
  const [first] = values as [TypedArray];
  const { length } = first;
  const odd = values.findIndex((value) => value.length !== length || value.constructor !== first.constructor);
  if (odd >= 0) {
    const name = ({ constructor, length: n }: TypedArray): string => `${constructor.name}[${n}]`;
    throw new ShapeError(`collate: field ${field} is ${name(values[odd] as TypedArray)} in sample ${odd} of the batch and ${name(first)} in sample 0`);
  }
  const all = first instanceof Float32Array ? new Float32Array(values.length * length) : first instanceof Int32Array ? new Int32Array(values.length * length) : new Uint8Array(values.length * length);
  values.forEach((value, i) => all.set(value, i * length));
  return tensor(all, { shape: [values.length, length] });
}
