// Pooling over windows of volumes [N, C, D, H, W]: first over each plane [H, W], as an image with C * D channels, and then along D, as an
// image with a row for each plane. A maximum of maxima is the maximum, and an average of averages is the average, because all windows of
// one row of planes have the same height and width.
import { scope } from "../../tensor/scope.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, floorDivide, maximum, minimum, mul } from "../elementwise/arithmetic.js";
import { lt } from "../elementwise/compare.js";
import { maskedFill } from "../elementwise/select.js";
import { gather } from "../move/gather.js";
import { reshape } from "../move/shape.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { adaptiveMaxOp } from "./adaptiveMax.js";
import {
  adaptiveOp,
  adaptiveShape,
  averageOp,
  averagePoolOptions,
  checkOutputSize,
  maxAndPlaces,
  maxPoolOptions,
  type Sizes,
  type WindowOptions,
  type Windows,
  windowsPerAxis,
} from "./pool2d.js";
import { batched, perAxis, type Triple } from "./window.js";

/** Options of `maxPool3d`; each triple is one number for all axes or [depth, height, width]. */
export interface MaxPool3dOptions {
  /** Step of the window; its own size unless given. */
  stride?: Triple | null;
  /** Border on all sides that never wins, at most half the window; 0 unless given. */
  padding?: Triple;
  /** Distance between the elements of a window; 1 unless given. */
  dilation?: Triple;
  /** Whether a last window may hang over the edge; false unless given. */
  ceilMode?: boolean;
}

/** Options of `avgPool3d`; each triple is one number for all axes or [depth, height, width]. */
export interface AvgPool3dOptions extends MaxPool3dOptions {
  /** Whether zeros of the padding count in the average (default true). */
  countIncludePad?: boolean;
  /** Divides every sum by this number instead of the count. */
  divisorOverride?: number | null;
}

/** The wanted size of a volume: one number for all axes, or one for each, of which `null` keeps that of the input. */
export type Wanted3d = number | readonly [number | null, number | null, number | null];

/** What pooling over the planes, and then along the depth, goes from and to. */
function steps(from: Shape, to: Shape): readonly [planes: Sizes, depth: Sizes] {
  const [n, c, d, h, w] = from as [number, number, number, number, number];
  const [, , od, oh, ow] = to as [number, number, number, number, number];
  return [
    { x: [n, c * d, h, w], out: [n, c * d, oh, ow] },
    { x: [n, c, d, oh * ow], out: [n, c, od, oh * ow] },
  ];
}

/** The windows of both. */
function windows(
  op: string,
  x: Tensor,
  kernelSize: Triple,
  options: WindowOptions,
): readonly [planes: Windows, depth: Windows, out: Shape] {
  perAxis(op, "padding", options.padding as Triple, 0, 3);
  const { counts, ...sizes } = windowsPerAxis(op, x, kernelSize, options);
  const out = [...x.shape.slice(0, 2), ...counts];
  const [planes, depth] = steps(x.shape, out);
  const part = (rule: (list: readonly number[], name: string) => readonly number[]): Windows =>
    Object.fromEntries(Object.entries(sizes).map(([name, list]) => [name, rule(list, name)])) as unknown as Windows;
  const none = (name: string): number => (name === "before" || name === "after" ? 0 : 1);
  return [{ ...part((list) => list.slice(1)), ...planes }, { ...part((list, name) => [list[0] as number, none(name)]), ...depth }, out];
}

/** The values, and where asked for the indices: flat within the volume. */
function maxima<Attr extends Sizes>(
  op: (x: Tensor, attr: Attr) => readonly [values: Tensor, indices: Tensor],
  x: Tensor,
  planes: Attr,
  depth: Attr,
  out: Shape,
  withIndices: boolean,
): { readonly values: Tensor; readonly indices?: Tensor } {
  return scope(() => {
    const [inPlane, placesInPlane] = op(reshape(x, planes.x), planes);
    const [values, places] = op(reshape(inPlane, depth.x), depth);
    if (!withIndices) return { values: reshape(values, out) };
    const [n, c, d, area] = depth.x as [number, number, number, number];
    const [h, w, od] = [...planes.x.slice(2), depth.out[2]] as [number, number, number];
    // -1 stands for a window in the padding.
    const inside = gather(reshape(placesInPlane, [n * c, d * area]), 1, maximum(reshape(places, [n * c, od * area]), 0));
    const found = reshape(inside, depth.out);
    const indices = add(mul(floorDivide(places, area), h * w), found);
    return { values: reshape(values, out), indices: reshape(maskedFill(indices, lt(minimum(places, found), 0), -1), out) };
  });
}

/** Without `withIndices` there are values only. */
function max(op: string, x: Tensor, kernelSize: Triple, options: unknown, withIndices: boolean): ValuesAndIndices {
  const read = maxPoolOptions(op, options);
  return batched(op, x, 3, (y) => maxima(maxAndPlaces, y, ...windows(op, y, kernelSize, read), withIndices) as ValuesAndIndices);
}

/**
 * Largest value of each window; NaN wins. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW], sizes as of `maxPool2d`.
 * Options: `MaxPool3dOptions`. Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example maxPool3d(arange(8).float().reshape(1, 1, 2, 2, 2), 2); // [[[[[7]]]]]
 */
export function maxPool3d(x: Tensor, kernelSize: Triple, options?: MaxPool3dOptions): Tensor {
  return max("maxPool3d", x, kernelSize, options, false).values;
}

/**
 * `maxPool3d` together with where each maximum was found, int32 [N, C, OD, OH, OW]: flat within the volume (`(plane * H + row) * W + column`).
 * x: float32 [N, C, D, H, W] or [C, D, H, W]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: `ShapeError`, `ArgError` and `DTypeError` as of `maxPool3d`.
 * @example maxPool3dWithIndices(arange(8).float().reshape(1, 1, 2, 2, 2), 2).indices; // [[[[[7]]]]]
 */
export function maxPool3dWithIndices(x: Tensor, kernelSize: Triple, options?: MaxPool3dOptions): ValuesAndIndices {
  return max("maxPool3dWithIndices", x, kernelSize, options, true);
}

/**
 * Average of each window. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, OD, OH, OW], sizes as of `maxPool2d`, divisors as of
 * `avgPool2d`. Options: `AvgPool3dOptions`. Gradient: g / count to every element of the window.
 * Errors: `ShapeError` if the window does not fit, `ArgError` for options outside their range, also a `divisorOverride` of 0; `DTypeError`
 * unless x is float32.
 * @example avgPool3d(arange(8).float().reshape(1, 1, 2, 2, 2), 2); // [[[[[3.5]]]]]
 */
export function avgPool3d(x: Tensor, kernelSize: Triple, options?: AvgPool3dOptions): Tensor {
  const read = averagePoolOptions("avgPool3d", options, 3);
  const { countIncludePad, divisor } = read;
  return batched("avgPool3d", x, 3, (y) => {
    const [planes, depth, out] = windows("avgPool3d", y, kernelSize, read);
    return scope(() => {
      const inPlane = averageOp(reshape(y, planes.x), { ...planes, countIncludePad, divisor: divisor && 1 });
      return reshape(averageOp(reshape(inPlane, depth.x), { ...depth, countIncludePad, divisor }), out);
    });
  });
}

/**
 * Averages over windows chosen so that the output has a given size; 1 averages each whole volume, `null` keeps an axis.
 * x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, ...outputSize]. Windows as of `adaptiveAvgPool2d`.
 * Gradient: g / count to every element of the window.
 * Errors: `ShapeError` for volumes without elements, `ArgError` for sizes below 1, `DTypeError` unless x is float32.
 * @example adaptiveAvgPool3d(arange(8).float().reshape(1, 1, 2, 2, 2), 1); // [[[[[3.5]]]]]
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: Wanted3d): Tensor {
  const wanted = checkOutputSize("adaptiveAvgPool3d", outputSize, 3);
  return batched("adaptiveAvgPool3d", x, 3, (y) => {
    const out = adaptiveShape("adaptiveAvgPool3d", y, wanted);
    const [planes, depth] = steps(y.shape, out);
    return scope(() => reshape(adaptiveOp(reshape(adaptiveOp(reshape(y, planes.x), planes), depth.x), depth), out));
  });
}

function adaptiveMax(op: string, x: Tensor, outputSize: Wanted3d, withIndices: boolean): ValuesAndIndices {
  const wanted = checkOutputSize(op, outputSize, 3);
  return batched(op, x, 3, (y) => {
    const out = adaptiveShape(op, y, wanted);
    return maxima(adaptiveMaxOp, y, ...steps(y.shape, out), out, withIndices) as ValuesAndIndices;
  });
}

/**
 * Largest values of windows chosen so that the output has a given size; `null` keeps an axis. x: float32 [N, C, D, H, W] or [C, D, H, W]
 * -> [N, C, ...outputSize]. Windows as of `adaptiveMaxPool2d`. Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` for volumes without elements, `ArgError` for sizes below 1, `DTypeError` unless x is float32.
 * @example adaptiveMaxPool3d(arange(8).float().reshape(1, 1, 2, 2, 2), 1); // [[[[[7]]]]]
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: Wanted3d): Tensor {
  return adaptiveMax("adaptiveMaxPool3d", x, outputSize, false).values;
}

/**
 * `adaptiveMaxPool3d` together with where each maximum was found, int32: flat within the volume. x: float32 [N, C, D, H, W] or
 * [C, D, H, W] -> values and indices [N, C, ...outputSize]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: `ShapeError`, `ArgError` and `DTypeError` as of `adaptiveMaxPool3d`.
 * @example adaptiveMaxPool3dWithIndices(arange(8).float().reshape(1, 1, 2, 2, 2), 1).indices; // [[[[[7]]]]]
 */
export function adaptiveMaxPool3dWithIndices(x: Tensor, outputSize: Wanted3d): ValuesAndIndices {
  return adaptiveMax("adaptiveMaxPool3dWithIndices", x, outputSize, true);
}
