// Pooling over windows of images: maximum, average, and averages of a wanted output size.
// Sequences [N, C, L] go through the same ops and kernels, as images one row high (pool1d.ts).
import { checkBoolean, checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { poolKernels } from "../../wasm/generated/groups/pool.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { checkImages, isCount, type Padding, type Padding1d, type Pair, perAxis, plane, positions, sidesOf } from "./window.js";

/** Options of `maxPool2d`; each pair is one number for both axes or [height, width]. */
export interface MaxPool2dOptions {
  /** Step of the window; its own size unless given. */
  stride?: Pair;
  /**
   * Border that never wins, at most half the window, 0 unless given; `[[top, bottom], [left, right]]` may be any size, and a window that
   * lies in the border entirely gives -Infinity with the index -1.
   */
  padding?: Padding;
  /** Distance between the elements of a window; 1 unless given. */
  dilation?: Pair;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** Options of `avgPool2d`; each pair is one number for both axes or [height, width]. */
export interface AvgPool2dOptions {
  /** Step of the window; its own size unless given. */
  stride?: Pair;
  /**
   * Zeros on all four sides, at most half the window, 0 unless given; `[[top, bottom], [left, right]]` may be any size, and a window that
   * lies in the padding entirely gives 0.
   */
  padding?: Padding;
  /** Distance between the elements of a window; 1 unless given. */
  dilation?: Pair;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
  /** Whether zeros of the padding count in the average (default true). */
  countIncludePad?: boolean;
  /** Divides every sum by this number instead of the count. */
  divisorOverride?: number;
}

/** Windows as the kernels take them: x and out have one or two axes after [N, C]; all other fields are [height, width]. */
interface Windows {
  readonly x: Shape;
  readonly out: Shape;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows above and columns to the left, and rows below and columns to the right. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Options of a window over one or two axes, with defaults filled in. */
export interface WindowOptions {
  /** The window's own size unless given. */
  readonly stride: Pair | undefined;
  readonly padding: Padding | Padding1d;
  readonly dilation: Pair;
  readonly ceilMode: boolean;
}

interface AverageOptions extends WindowOptions {
  readonly countIncludePad: boolean;
}

const MAX: WindowOptions = { stride: undefined, padding: 0, dilation: 1, ceilMode: false };
const AVERAGE: AverageOptions = { ...MAX, countIncludePad: true };

/** @internal Reads the options of maximum pooling. */
export function maxPoolOptions(op: string, options: unknown): WindowOptions {
  return readOptions(op, options, MAX);
}

/** @internal Reads the options of average pooling: over sequences, or with a divisor over images. */
export function averagePoolOptions(
  op: string,
  options: unknown,
  axes: 1 | 2,
): WindowOptions & { countIncludePad: boolean; divisor: number } {
  const defaults: AverageOptions & { divisorOverride?: number | undefined } =
    axes === 1 ? AVERAGE : { ...AVERAGE, divisorOverride: undefined };
  const { divisorOverride, ...read } = readOptions(op, options, defaults);
  checkBoolean(op, "countIncludePad", read.countIncludePad);
  if (divisorOverride !== undefined && checkWhole(op, "divisorOverride", divisorOverride) === 0)
    throw new ArgError(`${op}: divisorOverride must be a whole number other than 0, got 0`);
  return { ...read, divisor: divisorOverride ?? 0 };
}

/** @internal Checks a window without an input: sizes per axis, padding at most half of the window unless it is given side by side. */
export function checkWindow(
  op: string,
  kernelSize: Pair,
  options: WindowOptions,
  axes: number,
): Record<"kernel" | "stride" | "dilation", number[]> & { padding: [before: number, after: number][] } {
  checkBoolean(op, "ceilMode", options.ceilMode);
  const kernel = perAxis(op, "kernelSize", kernelSize, 1, axes);
  const stride = perAxis(op, "stride", options.stride ?? kernelSize, 1, axes);
  const padding = sidesOf(op, options.padding, axes);
  const dilation = perAxis(op, "dilation", options.dilation, 1, axes);
  // [before, after] is no number, so it is not greater.
  const given = (i: number): number => (Array.isArray(options.padding) ? options.padding[i] : options.padding) as number;
  if (kernel.some((size, i) => given(i) > size / 2))
    throw new ArgError(`${op}: padding ${describe(options.padding)} is more than half of the window ${kernel.join("x")}`);
  return { kernel, stride, padding, dilation };
}

/** Reads windows over x [N, C, H, W] or [N, C, L], and checks that they fit. */
export function windowsOf(op: string, x: Tensor, kernelSize: Pair, options: WindowOptions): Windows {
  const { kernel, stride, padding, dilation } = checkWindow(op, kernelSize, options, x.ndim - 2);
  const at = (list: readonly number[], i: number): number => list[i] as number;
  const out = x.shape.slice(2).map((size, i) => {
    const span = at(dilation, i) * (at(kernel, i) - 1) + 1;
    return positions(size, span, at(stride, i), padding[i] as [number, number], options.ceilMode);
  });
  if (out.some((size) => size < 1))
    throw new ShapeError(
      `${op}: a window of ${kernel.join("x")} does not fit into ${formatSpec(x)} with padding ${describe(options.padding)}`);
  }
  return wanted as [number | null, number | null];
}

/**
 * Averages over windows chosen so that the output has a given size; 1 averages each whole image. `null` keeps an axis.
 * x: float32 [N, C, H, W] -> [N, C, ...outputSize]. Window i of O over H: rows `floor(i H / O)` to `ceil((i+1) H / O)`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` for images without elements, `ArgError` for sizes below 1, `DTypeError` unless x is float32.
 * @example adaptiveAvgPool2d(tensor([[[[1, 3], [2, 0]]]]), 1); // [[[[1.5]]]]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: number | readonly [number | null, number | null]): Tensor {
  const wanted = checkOutputSize("adaptiveAvgPool2d", outputSize);
  checkImages("adaptiveAvgPool2d", x);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  if (h === 0 || w === 0) throw new ShapeError(`adaptiveAvgPool2d: nothing to average in ${formatSpec(x)}`);
  return adaptiveOp(x, { x: x.shape, out: [n, c, wanted[0] ?? h, wanted[1] ?? w] });
}
