// Checks that the operations on shapes share.
import { checkThat } from "../../checks.js";
import { checkForm } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";

/** Throws unless `x` is a tensor of at least this rank. */
export function checkRank(op: string, x: Tensor, least: number): void {
  checkAlive(op, x, "x");
  checkForm(op, x, x.ndim >= least, `of rank ${least} or more`);
}

/** Throws unless these are tensors, at least one. */
export function checkList(op: string, tensors: readonly Tensor[]): void {
  checkThat(op, Array.isArray(tensors) && tensors.length > 0, "takes an array of at least one tensor", tensors);
  for (const x of tensors) checkAlive(op, x, "each item");
}

/** One number as a list of one. */
export const listed = (value: number | readonly number[]): readonly number[] => (Array.isArray(value) ? value : [value as number]);
