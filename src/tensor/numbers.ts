// Numbers as operands: each value has a scalar in one block that all calls share, so that a number costs no more than a tensor.
import { elements } from "./dtype.js";
import type { Shape } from "./shape.js";
import { Storage } from "./storage.js";
import { empty, Tensor } from "./tensor.js";

/** What a number can become. */
export type NumberType = "float32" | "int32";

/** Scalars of the block. When all are taken the next number takes the first again. */
const SLOTS = 1024;
const SLOT_BYTES = 4;
const SCALAR: Shape = Object.freeze([]);

/** A scalar of the shared block. A later number may take its place in memory, so nobody keeps it: the tape saves the number. */
export class NumberOperand extends Tensor {
  constructor(
    storage: Storage,
    ptr: number,
    dtype: NumberType,
    readonly value: number,
  ) {
    super(storage, ptr, SCALAR, dtype, 1, true);
  }
}

let page: Storage | undefined;
let taken = 0;
const operands: NumberOperand[] = [];
const known = { float32: new Map<number, NumberOperand>(), int32: new Map<number, NumberOperand>() };

/** Maps take the two zeros for one. */
const isNegativeZero = (value: number): boolean => value === 0 && 1 / value < 0;

let latest: NumberOperand | undefined;

/** A scalar that holds the number for the time of a call. Errors: `MemoryError` on first use. */
export function numberOperand(value: number, dtype: NumberType): Tensor {
  if (latest !== undefined && latest.value === value && value !== 0 && latest.dtype === dtype) return latest;
  const same = known[dtype].get(value);
  latest = same !== undefined && !isNegativeZero(value) ? same : take(value, dtype);
  return latest;
}

function take(value: number, dtype: NumberType): NumberOperand {
  page ??= Storage.permanent(SLOTS * SLOT_BYTES);
  const slot = taken++ % SLOTS;
  const before = operands[slot];
  if (before) known[before.dtype as NumberType].delete(before.value);
  const made = new NumberOperand(page, page.ptr + slot * SLOT_BYTES, dtype, value);
  operands[slot] = made;
  elements(dtype)[made.ptr / SLOT_BYTES] = value;
  if (!isNegativeZero(value)) known[dtype].set(value, made);
  return made;
}

/** The number as a scalar of its own, for what outlives the call. */
export function ownScalar({ value, dtype }: NumberOperand): Tensor {
  const made = empty([], dtype);
  elements(dtype)[made.ptr / SLOT_BYTES] = value;
  return made;
}
