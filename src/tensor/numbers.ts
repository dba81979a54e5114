// Numbers as operands: each value has a scalar in one block that all calls share, so that a number costs no more than a tensor.
import { elements } from "./dtype.js";
import type { Shape } from "./shape.js";
import { Storage } from "./storage.js";
import { empty, Tensor } from "./tensor.js";

/** What a number can become. */
export type NumberType = "float32" | "int32";

/** Scalars of the block. When all are taken the next number takes the first again. */
const SLOTS = 1024;
/** A number's scalar is handed out only while at least this many new numbers fit before it is overwritten: a call may take several. */
const LEAST_LEFT = SLOTS / 2;
const SLOT_BYTES = 4;
const SCALAR: Shape = Object.freeze([]);

/** A scalar of the shared block. A later number may take its place in memory, so nobody keeps it: the tape saves the number. */
export class NumberOperand extends Tensor {
  constructor(
    storage: Storage,
    ptr: number,
    dtype: NumberType,
    readonly value: number,
    /** Which number of all this is, counted from 0. */
    readonly order: number,
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

/** A scalar that holds the number at least until `LEAST_LEFT` new ones came, longer than any call takes. Errors: `MemoryError` on first use. */
export function numberOperand(value: number, dtype: NumberType): Tensor {
  if (latest !== undefined && latest.value === value && value !== 0 && latest.dtype === dtype) return latest;
  const same = known[dtype].get(value);
  const lasts = same !== undefined && taken - same.order <= SLOTS - LEAST_LEFT;
  latest = lasts && !isNegativeZero(value) ? same : take(value, dtype);
  return latest;
}

/** Its scalar is another number's from now on. */
function forget(operand: NumberOperand): void {
  const same = known[operand.dtype as NumberType];
  if (same.get(operand.value) === operand) same.delete(operand.value);
}

function take(value: number, dtype: NumberType): NumberOperand {
  page ??= Storage.permanent(SLOTS * SLOT_BYTES);
  const order = taken++;
  const slot = order % SLOTS;
  const before = operands[slot];
  if (before) forget(before);
  const made = new NumberOperand(page, page.ptr + slot * SLOT_BYTES, dtype, value, order);
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
