// Sliding windows over images: checks of sizes, which are given once or per axis, and the sizes of results.
import { checkWhole, LARGEST_COUNT } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [number, number];

/** Whether a value is a whole number of at least `least` that kernels can count. */
export function isCount(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST_COUNT;
}

/** Reads a pair of whole numbers of at least `least`. */
export function pairOf(op: string, name: string, value: Pair, least: number): [number, number] {
  const pair = Array.isArray(value) ? value : [value, value];
  if (pair.length !== 2 || !pair.every((size) => isCount(size, least))) {
    throw new ArgError(`${op}: ${name} must be a whole number of at least ${least}, or two of them, got ${describe(value)}`);
  }
  return pair as [number, number];
}

/** Reads whole numbers of at least `least`, one for each of `axes` axes; a single axis takes a number alone. */
export function perAxis(op: string, name: string, value: Pair, least: number, axes: number): number[] {
  return axes === 1 ? [checkWhole(op, name, value, least)] : pairOf(op, name, value, least);
}

/** Kernels count the padding of both sides and the input together in 32 bits. */
const isPadding = (size: unknown): boolean => isCount(size, 0) && (size as number) <= 2 ** 29;

/** Zeros at both ends of an axis, or [before, after]. */
export type Sides = number | readonly [before: number, after: number];

/** Zeros on all sides, or for each axis: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. */
export type Padding = number | readonly [Sides, Sides];

/** The padding of sequences: the zeros at both ends, or `[[before, after]]`. */
export type Padding1d = number | readonly [Sides];

/** The zeros before and after each axis. */
export type Sided = Readonly<Record<"before" | "after", number[]>>;

/** Reads the zeros before and after each of `axes` axes. */
export function sidesOf(op: string, padding: Padding | Padding1d, axes: number): Sided {
  const list: readonly unknown[] = Array.isArray(padding) ? [...padding] : new Array(axes).fill(padding);
  const sides = list.map((side) => (Array.isArray(side) ? side : [side, side]));
  const fits = ([before, after, ...rest]: unknown[]): boolean => isPadding(before) && isPadding(after) && rest.length === 0;
  if (list.length !== axes || !sides.every(fits)) {
    throw new ArgError(
      `${op}: padding must be a whole number of at least 0, or for each of ${axes} axes one or [before, after], got ${describe(padding)}`,
    );
  }
  return { before: sides.map(([before]) => before), after: sides.map(([, after]) => after) };
}

/** One number per axis as [height, width]; a single axis is the width, and `height` is filled in. */
export function plane(axes: readonly number[], height: number): [number, number] {
  return (axes.length === 1 ? [height, ...axes] : axes) as [number, number];
}

/** The number of positions of a window along one axis. With `ceil`, the last window may extend past the end of the input, if it starts before. */
export function positions(size: number, span: number, stride: number, before: number, after: number, ceil: boolean): number {
  const lastStart = size + before + after - span;
  if (!ceil) return Math.floor(lastStart / stride) + 1;
  const count = Math.ceil(lastStart / stride) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

/** The layouts of inputs with one and with two axes. */
const LAYOUTS = ["[N, C, L]", "[N, C, H, W]"];

/** Checks that x is float32 [N, C, L] for one axis, [N, C, H, W] for two. */
export function checkInput(op: string, x: Tensor, axes: number): void {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  if (x.ndim === axes + 2) return;
  const hint = x.ndim === 3 ? "; use x.unsqueeze(0) for one image, x.unsqueeze(1) without channels" : "";
  throw new ShapeError(`${op}: x must be ${LAYOUTS[axes - 1]}, got ${formatSpec(x)}${hint}`);
}

/** What to write where the channels of x come last, as in TensorFlow; nothing where they do not. */
export function channelsLast({ shape }: Tensor, wanted: number): string {
  if (shape.length < 3 || shape.at(-1) !== wanted) return "";
  const [last, order] = shape.length === 4 ? ["[N, H, W, C]", "0, 3, 1, 2"] : ["[N, L, C]", "0, 2, 1"];
  return `; x must be ${LAYOUTS[shape.length - 3]}: for ${last} write x.permute([${order}])`;
}
