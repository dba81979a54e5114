// Sliding windows over images: checks of sizes, which are given once or per axis, and the sizes of results.
import { checkWhole, LARGEST_COUNT } from "../../checks.js";
import { ArgError, describe } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { checkForm } from "../../tensor/shape.js";
import { checkAlive, checkFloat, Tensor } from "../../tensor/tensor.js";
import { squeeze, unsqueeze } from "../move/shape.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [number, number];

/** Whether a value is a whole number of at least `least` that kernels can count. */
export function isCount(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST_COUNT;
}

/** One number for all three axes, or [depth, height, width]. */
export type Triple = number | readonly [number, number, number];

/** Reads a pair of whole numbers of at least `least`. */
export function pairOf(op: string, name: string, value: Pair, least: number): [number, number] {
  return perAxis(op, name, value, least, 2) as [number, number];
}

/** Reads whole numbers of at least `least`, one for each of `axes` axes; a single axis takes a number alone. */
export function perAxis(op: string, name: string, value: Pair | Triple, least: number, axes: number): number[] {
  return axes === 1 ? [checkWhole(op, name, value, least)] : numbersPerAxis(op, name, value, least, axes);
}

/** The same, where a single axis takes a list too. With `open`, which says so, numbers of the list may be `null`. */
export function numbersPerAxis(op: string, name: string, value: unknown, least: number, axes: number, open = ""): number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : new Array(axes).fill(value);
  const fits = (size: unknown): boolean => isCount(size, least) || (open !== "" && size === null && value !== null);
  if (list.length !== axes || !list.every(fits)) {
    const several = axes > 1 ? `, or ${axes > 2 ? "three" : "two"} of them${open}` : "";
    throw new ArgError(`${op}: ${name} must be a whole number of at least ${least}${several}, got ${describe(value)}`);
  }
  return list as number[];
}

/** How a kernel is moved along each axis, and how far it extends with its dilation. */
export function kernelSteps(
  op: string,
  kernel: readonly number[],
  options: { stride: Pair | Triple; dilation: Pair | Triple },
): Record<"stride" | "dilation" | "spans", number[]> {
  const stride = perAxis(op, "stride", options.stride, 1, kernel.length);
  const dilation = perAxis(op, "dilation", options.dilation, 1, kernel.length);
  return { stride, dilation, spans: kernel.map((size, i) => (dilation[i] as number) * (size - 1) + 1) };
}

/** The sizes that windows or kernels of `spans` lead back to, from the numbers of their positions. */
export function sizesBefore(
  counts: readonly number[],
  spans: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
): number[] {
  return counts.map((count, i) => (count - 1) * (stride[i] as number) - 2 * (padding[i] as number) + (spans[i] as number));
}

/** Kernels count the padding of both sides and the input together in 32 bits. */
const isPadding = (size: unknown): boolean => isCount(size, 0) && (size as number) <= 2 ** 29;

/** Zeros at both ends of an axis, or [before, after]. */
export type Sides = number | readonly [before: number, after: number];

/** Zeros on all sides, or for each axis: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. */
export type Padding = number | readonly [Sides, Sides];

/** The padding of sequences: the zeros at both ends, or `[[before, after]]`. */
export type Padding1d = number | readonly [Sides];

/** The padding of volumes: zeros on all sides, or for each axis: `1`, `[1, 2, 2]` or `[[front, back], [top, bottom], [left, right]]`. */
export type Padding3d = number | readonly [Sides, Sides, Sides];

/** The zeros before and after each axis. */
export type Sided = Readonly<Record<"before" | "after", number[]>>;

/** Reads the zeros before and after each of `axes` axes. */
export function sidesOf(op: string, padding: Padding | Padding1d | Padding3d, axes: number): Sided {
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

/** The layouts of inputs with one, two and three axes. */
const LAYOUTS = ["[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]"];

/**
 * The result of `run` for float32 x [N, C, ...] with `axes` axes. Of x without the batch, [C, ...], it is that of a batch of one, also
 * without the batch.
 */
export function batched<Result extends Tensor | ValuesAndIndices>(op: string, x: Tensor, axes: number, run: (x: Tensor) => Result): Result {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  if (x.ndim === axes + 2) return run(x);
  checkForm(op, x, x.ndim === axes + 1, `${LAYOUTS[axes - 1]} or without N`);
  return scope(() => {
    const result = run(unsqueeze(x, 0));
    const first = (y: Tensor): Tensor => squeeze(y, 0);
    if (result instanceof Tensor) return first(result) as Result;
    return { values: first(result.values), indices: result.indices && first(result.indices) } as Result;
  });
}

/** What to write where the channels of x come last, as in TensorFlow; nothing where they do not. */
export function channelsLast({ shape }: Tensor, wanted: number): string {
  if (shape.length < 3 || shape.length > 4 || shape.at(-1) !== wanted) return "";
  const [last, order] = shape.length === 4 ? ["[N, H, W, C]", "0, 3, 1, 2"] : ["[N, L, C]", "0, 2, 1"];
  return `; x must be ${LAYOUTS[shape.length - 3]}: for ${last} write x.permute([${order}])`;
}
