// Sliding windows over images: checks of sizes, which are given once or per axis, and the sizes of results.
import { checkWhole, LARGEST_COUNT } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [number, number];

/** Reads a pair of whole numbers of at least `least`. */
export function pairOf(op: string, name: string, value: Pair, least: number): [number, number] {
  const pair = Array.isArray(value) ? value : [value, value];
  const fits = (size: unknown): boolean => Number.isInteger(size) && (size as number) >= least && (size as number) <= LARGEST_COUNT;
  if (pair.length !== 2 || !pair.every(fits)) {
    throw new ArgError(`${op}: ${name} must be a whole number of at least ${least}, or two of them, got ${describe(value)}`);
  }
  return pair as [number, number];
}

/** Reads whole numbers of at least `least`, one for each of `axes` axes; a single axis takes a number alone. */
export function perAxis(op: string, name: string, value: Pair, least: number, axes: number): number[] {
  return axes === 1 ? [checkWhole(op, name, value, least)] : pairOf(op, name, value, least);
}

/** One number per axis as [height, width]; a single axis is the width, and `height` is filled in. */
export function plane(axes: readonly number[], height: number): [number, number] {
  return (axes.length === 1 ? [height, ...axes] : axes) as [number, number];
}

/** The number of positions of a window along one axis. With `ceil`, the last window may extend past the end of the input, if it starts before. */
export function positions(size: number, kernel: number, stride: number, padding: number, dilation: number, ceil = false): number {
  const lastStart = size + 2 * padding - dilation * (kernel - 1) - 1;
  if (!ceil) return Math.floor(lastStart / stride) + 1;
  const count = Math.ceil(lastStart / stride) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Checks that x is float32 [N, C, H, W]. */
export function checkImages(op: string, x: Tensor): void {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  if (x.ndim === 4) return;
  const hint = x.ndim === 3 ? "; write x.unsqueeze(0) for one image, x.unsqueeze(1) for images without channels" : "";
  throw new ShapeError(`${op}: x must be [N, C, H, W], got ${formatSpec(x)}${hint}`);
}

/** Checks that x is float32 [N, C, L]. */
export function checkSequences(op: string, x: Tensor): void {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  if (x.ndim !== 3) throw new ShapeError(`${op}: x must be [N, C, L], got ${formatSpec(x)}`);
}

/** What to write where the channels of x come last, as in TensorFlow; nothing where they do not. */
export function channelsLast({ shape }: Tensor, wanted: number): string {
  if (shape.length < 3 || shape.at(-1) !== wanted) return "";
  return shape.length === 4
    ? "; x must be [N, C, H, W]: for [N, H, W, C] write x.permute([0, 3, 1, 2])"
    : "; x must be [N, C, L]: for [N, L, C] write x.permute([0, 2, 1])";
}
