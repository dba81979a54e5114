// Checks and sizes that all convolutions share: over sequences [N, C, L] and images [N, C, H, W], transposed or not.
// C channels, F filters; lists have one number per axis. The kernels accept only images: a sequence is an image of one row.
import { checkThat, checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { checkForm, formatSpec, type Shape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import {
  channelsLast,
  kernelSteps,
  type Padding,
  type Padding1d,
  type Padding3d,
  type Pair,
  plane,
  type Sided,
  sidesOf,
  type Triple,
} from "../pool/window.js";

/** The sizes and options of one convolution that its three kernels need. */
export interface Geometry {
  readonly x: Shape;
  readonly weight: Shape;
  readonly out: Shape;
  readonly stride: readonly [number, number];
  /** Rows above and columns to the left; `out` determines the padding below and to the right. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  /** Whether Winograd's larger tiles may be used. */
  readonly fast?: boolean;
}

/** Checks that the weight has as many `axes` after its `rows`, none of them of size 0. */
export function checkWeight(op: string, weight: Tensor, axes: number, rows = "F, C/groups"): void {
  checkAlive(op, weight, "weight");
  checkFloat(op, weight);
  const kernel = axes === 1 ? "K" : ["KD", "KH", "KW"].slice(-axes).join(", ");
  checkForm(op, weight, weight.ndim === axes + 2 && !weight.shape.slice(2).includes(0), `[${rows}, ${kernel}]`, "the weight");
}

/** Checks that the numbers of channels and filters are multiples of the number of groups. */
export function checkGroups(op: string, groups: number, channels: number, filters: number): void {
  checkWhole(op, "groups", groups, 1);
  if (filters % groups !== 0 || channels % groups !== 0)
    throw new ArgError(`${op}: ${channels} channels and ${filters} filters must both divide into ${groups} groups`);
}

/** Throws the error for a weight that does not suit the channels of x. `expected`: the channels that it suits. */
export function refuseWeight(op: string, x: Tensor, weight: Tensor, wanted: string, expected: number): never {
  const hint =
    channelsLast(x, expected) || (x.shape[0] === 1 && expected === 1 ? "; write x.unsqueeze(1) for images without channels" : "");
  throw new ShapeError(`${op}: x is ${formatSpec(x)} and the weight ${formatSpec(weight)}; ${wanted}${hint}`);
}

/** A shape of sequences as one of images of one row. */
const asImages = (shape: Shape): Shape => (shape.length > 3 ? shape : [...shape.slice(0, 2), ...plane(shape.slice(2), 1)]);

/** A geometry from numbers per axis. */
export function onPlanes(
  shapes: readonly [x: Shape, weight: Shape, out: Shape],
  stride: number[],
  padding: number[],
  dilation: number[],
  groups: number,
): Geometry {
  const [x, weight, out] = shapes;
  return {
    x: asImages(x),
    weight: asImages(weight),
    out: asImages(out),
    stride: plane(stride, 1),
    padding: plane(padding, 0),
    dilation: plane(dilation, 1),
    groups,
  };
}

/** The padding of a convolution over images: zeros, `"same"` to keep the size, `"valid"` for none. */
export type ConvPadding = Padding | "same" | "valid";

interface Options {
  readonly stride: Pair | Triple;
  readonly padding: ConvPadding | Padding1d | Padding3d;
  readonly dilation: Pair | Triple;
  readonly groups: number;
}

/** Zeros before and after the input as they are given, for all but "same". */
export function convSides(op: string, padding: ConvPadding | Padding1d | Padding3d, axes: number): Sided {
  if (typeof padding === "string" && padding !== "valid")
    throw new ArgError(`${op}: padding must be numbers, "same" or "valid", got ${describe(padding)}`);
  return sidesOf(op, padding === "valid" ? 0 : padding, axes);
}

/** Zeros before and after the input, along each axis. "same" keeps the size; an odd total has its extra zero after, as in PyTorch. */
export function paddingOfAxes(op: string, { padding, stride }: Pick<Options, "padding" | "stride">, spans: readonly number[]): Sided {
  if (padding === "same") {
    checkThat(
      op,
      [stride].flat().every((step) => step === 1),
      'padding "same" needs stride 1',
      stride,
    );
    return { before: spans.map((span) => (span - 1) >> 1), after: spans.map((span) => span >> 1) };
  }
  return convSides(op, padding, spans.length);
}

/** Checks the options of a convolution of x with the weight [F, C/groups, ...], and computes its sizes. Of three axes they have three numbers. */
export function convGeometry(op: string, x: Tensor, weight: Tensor, options: Options): Geometry {
  const { groups } = options;
  const [n, channels, ...sizes] = x.shape as [number, number, ...number[]];
  const [filters, perGroup] = weight.shape as [number, number];
  const { stride, dilation, spans } = kernelSteps(op, weight.shape.slice(2), options);
  checkGroups(op, groups, channels, filters);
  const wanted = channels / groups;
  if (perGroup !== wanted)
    refuseWeight(op, x, weight, `with ${groups} group(s) the weight must have ${wanted} channels, it has ${perGroup}`, perGroup * groups);
  const { before, after } = paddingOfAxes(op, options, spans);
  const padded = sizes.map((size, i) => size + (before[i] as number) + (after[i] as number));
  const out = padded.map((size, i) => Math.floor((size - (spans[i] as number)) / (stride[i] as number)) + 1);
  if (out.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: a kernel of ${spans.join("x")} (with dilation) does not fit into ${padded.join("x")}, the padded size of ${formatSpec(x)}`,
    );
  }
  return onPlanes([x.shape, weight.shape, [n, filters, ...out]], stride, before, dilation, groups);
}
