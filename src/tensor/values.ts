// Which numbers an element type holds. Numbers that a caller gives and that do not fit are errors; `to` converts what is in a tensor.
import { ArgError, describe } from "../errors.js";
import type { DType } from "./dtype.js";

/** Integer dtypes with their bounds; bool holds whether a number is not 0, and float32 the nearest float of every number. */
const BOUNDS: Readonly<Partial<Record<DType, readonly [least: number, most: number]>>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  int8: [-128, 127],
};

/** Whether a dtype holds a number. */
export function fits(value: number, dtype: DType): boolean {
  const bounds = BOUNDS[dtype];
  return !bounds || (Number.isInteger(value) && value >= bounds[0] && value <= bounds[1]);
}

/** Throws `ArgError` unless `dtype` holds `value`; `what` says where the value stood. */
export function checkFits(op: string, what: string, value: number, dtype: DType): void {
  if (fits(value, dtype)) return;
  const [least, most] = BOUNDS[dtype] as readonly [number, number];
  throw new ArgError(
    `${op}: ${what} is ${describe(value)}, and ${dtype} holds whole numbers from ${least} to ${most}; choose another dtype, or convert a float32 tensor with .to("${dtype}")`,
  );
}

/** The first number that does not fit, or -1. */
export function firstMisfit(values: ArrayLike<number>, dtype: DType): number {
  if (!BOUNDS[dtype]) return -1;
  for (let i = 0; i < values.length; i++) if (!fits(values[i] as number, dtype)) return i;
  return -1;
}

/** A number as the element that stands for it: 0 or 1 for bool. */
export function elementOf(value: number, dtype: DType): number {
  return dtype === "bool" ? Number(value !== 0) : value;
}
