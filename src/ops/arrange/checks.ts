import { checkForm } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";

/** Throws unless `x` is a tensor of at least this rank. */
export function checkRank(op: string, x: Tensor, least: number): void {
  checkAlive(op, x, "x");
  checkForm(op, x, x.ndim >= least, `of rank ${least} or more`);
}

/** One number as a list of one. */
export const listed = (value: number | readonly number[]): readonly number[] => (Array.isArray(value) ? value : [value as number]);
