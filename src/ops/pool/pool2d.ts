// Pooling over windows of images: maximum, average, and averages of a wanted output size.
// Sequences [N, C, L] go through the same ops and kernels, as images one row high (pool1d.ts).
import { checkThat, checkWhole, isGiven } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { poolKernels } from "../../wasm/generated/groups/pool.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import {
  batched,
  kernelSteps,
  numbersPerAxis,
  type Padding,
  type Padding1d,
  type Pair,
  perAxis,
  plane,
  positions,
  sidesOf,
  type Triple,
} from "./window.js";

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
  divisorOverride?: number | null;
}

/** The shapes of x and of the result, which have one or two axes after [N, C]. */
export interface Sizes {
  readonly x: Shape;
  readonly out: Shape;
}

/** Windows as the kernels take them: all fields but the shapes are [height, width]. */
export interface Windows extends Sizes {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows above and columns to the left, and rows below and columns to the right. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Options of a window over one to three axes, with defaults filled in. */
export interface WindowOptions {
  /** The window's own size unless given. */
  readonly stride: Pair | Triple | null | undefined;
  readonly padding: Padding | Padding1d | Triple;
  readonly dilation: Pair | Triple;
  readonly ceilMode: boolean;
}

interface AverageOptions extends WindowOptions {
  readonly countIncludePad: boolean;
}

/** @internal The options of maximum pooling. */
export const MAX: WindowOptions = { stride: undefined, padding: 0, dilation: 1, ceilMode: false };
const AVERAGE: AverageOptions = { ...MAX, countIncludePad: true };

/** @internal Reads the options of maximum pooling. */
export function maxPoolOptions(op: string, options: unknown): WindowOptions {
  return readOptions(op, options, MAX);
}

/** @internal Reads the options of average pooling: over sequences, or with a divisor over images and volumes. */
export function averagePoolOptions(
  op: string,
  options: unknown,
  axes: 1 | 2 | 3,
): WindowOptions & { countIncludePad: boolean; divisor: number } {
  const defaults: AverageOptions & { divisorOverride?: number | null | undefined } =
    axes === 1 ? AVERAGE : { ...AVERAGE, divisorOverride: undefined };
  const { divisorOverride, ...read } = readOptions(op, options, defaults);
  const fits = !isGiven(divisorOverride) || checkWhole(op, "divisorOverride", divisorOverride) !== 0;
  checkThat(op, fits, "divisorOverride must be a whole number other than 0", divisorOverride);
  return { ...read, divisor: divisorOverride ?? 0 };
}

/** A window as one number for each axis. */
type WindowPerAxis = Readonly<Record<"kernel" | "stride" | "dilation" | "spans" | "before" | "after", readonly number[]>>;

/** @internal Checks a window without an input: sizes per axis, padding at most half of the window unless it is given side by side. */
export function checkWindow(op: string, kernelSize: Pair | Triple, options: WindowOptions, axes: number): WindowPerAxis {
  const kernel = perAxis(op, "kernelSize", kernelSize, 1, axes);
  const { dilation, padding } = options;
  const steps = kernelSteps(op, kernel, { stride: options.stride ?? kernelSize, dilation });
  const sides = sidesOf(op, padding, axes);
  // [before, after] is no number, so it is not greater.
  const given = (i: number): number => (Array.isArray(padding) ? padding[i] : padding) as number;
  if (kernel.some((size, i) => given(i) > size / 2))
    throw new ArgError(`${op}: padding ${describe(padding)} is more than half of the window ${kernel.join("x")}`);
  return { kernel, ...steps, ...sides };
}

/** Reads windows over the axes of x [N, C, ...], checks that they fit, and computes how many there are along each axis. */
export function windowsPerAxis(
  op: string,
  x: Tensor,
  kernelSize: Pair | Triple,
  options: WindowOptions,
): WindowPerAxis & { readonly counts: readonly number[] } {
  const window = checkWindow(op, kernelSize, options, x.ndim - 2);
  const { kernel, stride, spans, before, after } = window;
  const counts = x.shape.slice(2).map((size, i) => {
    const [span, step, first, last] = [spans, stride, before, after].map((list) => list[i]) as [number, number, number, number];
    return positions(size, span, step, first, last, options.ceilMode);
  });
  if (counts.some((size) => size < 1) || area(x.shape) === 0)
    throw new ShapeError(
      `${op}: a window of ${kernel.join("x")} does not fit into ${formatSpec(x)} with padding ${describe(options.padding)}`,
    );
  return { ...window, counts };
}

/** The same over x [N, C, H, W] or [N, C, L], as the kernels take them. */
export function windowsOf(op: string, x: Tensor, kernelSize: Pair, options: WindowOptions): Windows {
  const { kernel, stride, dilation, before, after, counts } = windowsPerAxis(op, x, kernelSize, options);
  return {
    x: x.shape,
    out: [...x.shape.slice(0, 2), ...counts],
    kernel: plane(kernel, 1),
    stride: plane(stride, 1),
    before: plane(before, 0),
    after: plane(after, 0),
    dilation: plane(dilation, 1),
  };
}

/** The numbers of planes and of elements in each, and the size [height, width] of a plane. */
export const planes = (shape: Shape): number => (shape[0] as number) * (shape[1] as number);
const area = (shape: Shape): number => sizeOf(shape.slice(2));
export const sizes = (shape: Shape): [number, number] => plane(shape.slice(2), 1);

type Kernel = (...numbers: number[]) => void;

/** What the kernels take after the addresses. */
const windowInts = ({ x, out, kernel, stride, before }: Windows): number[] => [
  planes(x),
  ...sizes(x),
  ...sizes(out),
  ...kernel,
  ...stride,
  ...before,
];

const maxGrad: Op<[g: Tensor, indices: Tensor], Sizes> = defineOp<[g: Tensor, indices: Tensor], Sizes>({
  name: "maxPoolGrad",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g, indices], w) => poolKernels.maxPool2dGrad(g.ptr, indices.ptr, out.ptr, planes(w.x), area(w.x), area(w.out)),
  saves: [[1], []],
  backward: [(gg, { inputs: [, indices], attr }) => gatherMaxima(gg, indices, attr), null],
});

const gatherMaxima: Op<[x: Tensor, indices: Tensor], Sizes> = defineOp<[x: Tensor, indices: Tensor], Sizes>({
  name: "maxPoolPick",
  infer: (_, { out }) => ({ shape: out, dtype: "float32" }),
  forward: (out, [x, indices], w) => poolKernels.maxPoolGather(x.ptr, indices.ptr, out.ptr, planes(w.x), area(w.x), area(w.out)),
  saves: [[1], []],
  backward: [(g, { inputs: [, indices], attr }) => maxGrad(g, indices, attr), null],
});

/** Largest values of windows of the attributes' kind, and their positions, flat within the image: `row * W + column`. */
export type MaxOp<Attr> = Op<[x: Tensor], Attr, readonly [values: Tensor, indices: Tensor]>;

/** Defines one by its kernel. */
export function maxOp<Attr extends Sizes>(
  name: string,
  run: (x: number, values: number, indices: number, attr: Attr) => void,
): MaxOp<Attr> {
  return defineOp<[x: Tensor], Attr, readonly [values: Tensor, indices: Tensor]>({
    name,
    several: true,
    differentiable: [true, false],
    infer: (_, { out }) => [
      { shape: out, dtype: "float32" },
      { shape: out, dtype: "int32" },
    ],
    forward: ([values, indices], [x], attr) => run(x.ptr, values.ptr, indices.ptr, attr),
    backward: {
      inputs: [true],
      saves: ["out:1"],
      rule: ([g], { out: [, indices], attr }) => [g && maxGrad(g, indices, attr)],
    },
  });
}

/** Those of windows of one size. */
export const maxAndPlaces: MaxOp<Windows> = /* @__PURE__ */ maxOp<Windows>("maxPool", (x, values, indices, w) =>
  (poolKernels.maxPool2d as Kernel)(x, values, indices, ...windowInts(w), ...w.dilation),
);

/** @internal Maximum of each window along one or two axes, and where it was found. */
export function maxPool(op: string, axes: number, x: Tensor, kernelSize: Pair, options: unknown): ValuesAndIndices {
  const read = maxPoolOptions(op, options);
  return batched(op, x, axes, (y) => {
    const [values, indices] = maxAndPlaces(y, windowsOf(op, y, kernelSize, read));
    return { values, indices };
  });
}

/**
 * Largest value of each window; NaN wins. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW],
 * `OH = floor((H + 2 padding - dilation (kernel - 1) - 1) / stride) + 1` (rounded up with `ceilMode`).
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example maxPool2d(tensor([[[[1, 3], [2, 0]]]]), 2); // [[[[3]]]]
 */
export function maxPool2d(x: Tensor, kernelSize: Pair, options?: MaxPool2dOptions): Tensor {
  return scope(() => maxPool("maxPool2d", 2, x, kernelSize, options).values);
}

/**
 * `maxPool2d` together with where each maximum was found. x: float32 [N, C, H, W] or [C, H, W] -> values float32 [N, C, OH, OW] and indices int32
 * [N, C, OH, OW], flat within the image (`row * W + column`).
 * Gradient: of the values to the element chosen; the indices have none.
 * Errors: those of `maxPool2d`.
 * @example maxPool2dWithIndices(tensor([[[[1, 3], [2, 0]]]]), 2).indices; // [[[[1]]]]
 */
export function maxPool2dWithIndices(x: Tensor, kernelSize: Pair, options?: MaxPool2dOptions): ValuesAndIndices {
  return maxPool("maxPool2dWithIndices", 2, x, kernelSize, options);
}

interface AverageWindows extends Windows {
  readonly countIncludePad: boolean;
  /** 0: the count of the window. */
  readonly divisor: number;
}

const averageInts = (w: AverageWindows): number[] => [...windowInts(w), ...w.after, ...w.dilation, Number(w.countIncludePad), w.divisor];

/** Average of each window, for windows that are checked. */
export const averageOp: Op<[x: Tensor], AverageWindows> = defineOp<[x: Tensor], AverageWindows>({
  name: "avgPool",
  infer: (_, { out }) => ({ shape: out, dtype: "float32" }),
  forward: (out, [x], w) => (poolKernels.avgPool2d as Kernel)(x.ptr, out.ptr, ...averageInts(w)),
  backward: [(g, { attr }) => averageGrad(g, attr)],
});

const averageGrad: Op<[g: Tensor], AverageWindows> = defineOp<[g: Tensor], AverageWindows>({
  name: "avgPoolGrad",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g], w) => (poolKernels.avgPool2dGrad as Kernel)(g.ptr, out.ptr, ...averageInts(w)),
  backward: [(gg, { attr }) => averageOp(gg, attr)],
});

/** @internal Average of each window along one or two axes. */
export function averagePool(op: string, axes: 1 | 2, x: Tensor, kernelSize: Pair, options: unknown): Tensor {
  const read = averagePoolOptions(op, options, axes);
  const { countIncludePad, divisor } = read;
  return batched(op, x, axes, (y) => averageOp(y, { ...windowsOf(op, y, kernelSize, read), countIncludePad, divisor }));
}

/**
 * Average of each window. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW], sizes as of `maxPool2d`. The divisor is the number of
 * elements of the window inside image and padding, without those that `ceilMode` adds; inside the image without `countIncludePad`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, also a `divisorOverride` of 0; `DTypeError`
 * unless x is float32.
 * @example avgPool2d(tensor([[[[1, 3], [2, 0]]]]), 2); // [[[[1.5]]]]
 */
export function avgPool2d(x: Tensor, kernelSize: Pair, options?: AvgPool2dOptions): Tensor {
  return averagePool("avgPool2d", 2, x, kernelSize, options);
}

/** Averages that give an output of a checked size. */
export const adaptiveOp: Op<[x: Tensor], Sizes> = defineOp<[x: Tensor], Sizes>({
  name: "adaptiveAvgPool",
  infer: (_, { out }) => ({ shape: out, dtype: "float32" }),
  forward: (out, [x], s) => poolKernels.adaptiveAvgPool2d(x.ptr, out.ptr, planes(s.x), ...sizes(s.x), ...sizes(s.out)),
  backward: [(g, { attr }) => adaptiveGrad(g, attr)],
});

const adaptiveGrad: Op<[g: Tensor], Sizes> = defineOp<[g: Tensor], Sizes>({
  name: "adaptiveAvgPoolGrad",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g], s) => poolKernels.adaptiveAvgPool2dGrad(g.ptr, out.ptr, planes(s.x), ...sizes(s.x), ...sizes(s.out)),
  backward: [(gg, { attr }) => adaptiveOp(gg, attr)],
});

/** @internal Averages that give an output of a checked size along each axis. */
export function adaptivePool(op: string, x: Tensor, wanted: readonly (number | null)[]): Tensor {
  return batched(op, x, wanted.length, (y) => adaptiveOp(y, { x: y.shape, out: adaptiveShape(op, y, wanted) }));
}

/** @internal Checks a wanted size of `axes` axes, where `null` keeps that of the input. */
export function checkOutputSize(op: string, outputSize: unknown, axes = 2): readonly (number | null)[] {
  return numbersPerAxis(op, "outputSize", outputSize, 1, axes, " or null");
}

/** The shape of adaptive pooling of x [N, C, ...] to a wanted size. */
export function adaptiveShape(op: string, x: Tensor, wanted: readonly (number | null)[]): number[] {
  if (area(x.shape) === 0) throw new ShapeError(`${op}: nothing to pool in ${formatSpec(x)}`);
  return x.shape.map((size, i) => wanted[i - 2] ?? size);
}

/**
 * Averages over windows chosen so that the output has a given size; 1 averages each whole image. `null` keeps an axis.
 * x: float32 [N, C, H, W] or [C, H, W] -> [N, C, ...outputSize]. Window i of O over H: rows `floor(i H / O)` to `ceil((i+1) H / O)`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` for images without elements, `ArgError` for sizes below 1, `DTypeError` unless x is float32.
 * @example adaptiveAvgPool2d(tensor([[[[1, 3], [2, 0]]]]), 1); // [[[[1.5]]]]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: number | readonly [number | null, number | null]): Tensor {
  return adaptivePool("adaptiveAvgPool2d", x, checkOutputSize("adaptiveAvgPool2d", outputSize));
}
