// Numbers as operands. Scalars for numbers are kept in one block that all calls share, so that a number costs no more than a tensor.
import { elements } from "./dtype.js";
import type { Shape } from "./shape.js";
import { Storage } from "./storage.js";
import { empty, Tensor } from "./tensor.js";

/** The dtypes that a number can become. */
export type NumberType = "float32" | "int32";

/** Scalars of the block. When all are in use, the next number reuses the oldest one. */
const SLOTS = 1024;
/** A scalar is reused for the same number only if at least this many new numbers fit before it is overwritten: a call may need several. */
const LEAST_LEFT = SLOTS / 2;
const SLOT_BYTES = 4;
const SCALAR: Shape = Object.freeze([]);

/** A scalar of the shared block. A later number may overwrite it, so it must not be kept; the tape saves the number instead. */
export class NumberOperand extends Tensor {
  constructor(
    storage: Storage,
    ptr: number,
    dtype: NumberType,
    readonly value: number,
    /** How many operands were made before this one. */
    readonly order: number,
  ) {
    super(storage, ptr, SCALAR, dtype, 1, true);
  }
}

let page: Storage | undefined;
let taken = 0;
const operands: NumberOperand[] = [];
const known = { float32: new Map<number, NumberOperand>(), int32: new Map<number, NumberOperand>() };

/** The keys 0 and -0 are equal in a Map, so -0 is not stored in it. */
const isNegativeZero = (value: number): boolean => value === 0 && 1 / value < 0;

let latest: NumberOperand | undefined;

/** A scalar that holds the number until at least `LEAST_LEFT` new ones are made, longer than a call. Errors: `MemoryError` on first use. */
export function numberOperand(value: number, dtype: NumberType): Tensor {
  if (latest !== undefined && latest.value === value && value !== 0 && latest.dtype === dtype) return latest;
  const same = known[dtype].get(value);
  const lasts = same !== undefined && taken - same.order <= SLOTS - LEAST_LEFT;
  latest = lasts && !isNegativeZero(value) ? same : newOperand(value, dtype);
  return latest;
}

/** Removes an operand whose scalar is about to be overwritten. */
function unregister(operand: NumberOperand): void {
  const same = known[operand.dtype as NumberType];
  if (same.get(operand.value) === operand) same.delete(operand.value);
}

function newOperand(value: number, dtype: NumberType): NumberOperand {
  page ??= Storage.permanent(SLOTS * SLOT_BYTES);
  const order = taken++;
  const slot = order % SLOTS;
  const before = operands[slot];
  if (before) unregister(before);
  const made = new NumberOperand(page, page.ptr + slot * SLOT_BYTES, dtype, value, order);
  operands[slot] = made;
  elements(dtype)[made.ptr / SLOT_BYTES] = value;
  if (!isNegativeZero(value)) known[dtype].set(value, made);
  return made;
}

/** Copies the number to a scalar of its own, which outlives the call. */
export function ownScalar({ value, dtype }: NumberOperand): Tensor {
  const made = empty([], dtype);
  elements(dtype)[made.ptr / SLOT_BYTES] = value;
  return made;
}
