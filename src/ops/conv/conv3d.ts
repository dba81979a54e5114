// Convolution of volumes and its transpose, as convolutions of images: the planes that one position of the kernel covers along the depth
// are the channels of an image, so all products are those of one matrix product for each plane of the result.
// N batch, C channels, F filters, D H W volume, KD KH KW kernel, OD OH OW result; lists have one number per axis, the depth first.
import { isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Places, spread, take } from "../arrange/strides.js";
import { add } from "../elementwise/arithmetic.js";
import { checkBias } from "../gemm/checkBias.js";
import { permute, reshape } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { batched, type Padding3d, type Triple } from "../pool/window.js";
import { pad } from "../resample/pad.js";
import { convolve, prepare } from "./conv2d.js";
import { checkWeight, convGeometry, type Geometry } from "./convGeometry.js";
import { convTransposeOp, TRANSPOSED, transposedGeometry } from "./convTranspose.js";

/** Options of `conv3d`; each triple is one number for all axes or [depth, height, width]. */
export interface Conv3dOptions {
  /** Step of the kernel; 1 unless given. */
  stride?: Triple;
  /**
   * Zeros on all six sides or `[[front, back], [top, bottom], [left, right]]`, 0 unless given; `"same"` keeps the size (stride 1 only),
   * `"valid"` is 0.
   */
  padding?: Padding3d | "same" | "valid";
  /** Distance between the elements that a kernel reads; 1 unless given. */
  dilation?: Triple;
  /** Groups of channels that see only each other, 1 unless given; `groups` = channels is a depthwise convolution. */
  groups?: number;
}

/** Options of `convTranspose3d`; each triple is one number for all axes or [depth, height, width]. */
export interface ConvTranspose3dOptions {
  /** Distance in the result between the kernels of neighbouring elements; 1 unless given. */
  stride?: Triple;
  /** Elements taken away from all six sides of the result; 0 unless given. */
  padding?: Triple;
  /** Elements added to one side of each axis, less than the stride or the dilation: chooses among the sizes that a stride leads back from. */
  outputPadding?: Triple;
  /** Distance in the result between the elements of one kernel; 1 unless given. */
  dilation?: Triple;
  /** Groups of channels that see only each other; 1 unless given. */
  groups?: number;
  /** Size of the result, instead of `outputPadding`. */
  outputSize?: Triple | null;
}

type Lists = Readonly<Record<"stride" | "padding" | "dilation", readonly number[]>>;
type Volume = [n: number, channels: number, depth: number, height: number, width: number];

/** The planes of volumes [n, c, depth, ...plane] that each of `positions` kernels reads: [n, positions, c, kernel, plane]. */
function covered(of: Shape, positions: number, kernel: number, { stride, dilation }: Lists): Places {
  const [n, c, depth, ...sizes] = of as Volume;
  const plane = sizes[0] * sizes[1];
  const [step, tap] = [(stride[0] as number) * plane, (dilation[0] as number) * plane];
  return {
    shape: [n, positions, c, kernel, plane],
    strides: [c * depth * plane, step, depth * plane, tap, 1],
    start: 0,
    of,
    overlap: true,
  };
}

/** The convolution of the planes, from images of shape x to images of shape out. */
const ofPlanes = ({ stride, padding, dilation, groups }: Geometry, x: Shape, weight: Shape, out: Shape): Geometry => {
  const plane = (list: readonly number[]): [number, number] => list.slice(1) as [number, number];
  return { x, weight, out, stride: plane(stride), padding: plane(padding), dilation: plane(dilation), groups };
};

/** [n, a, b, ...] -> [n, b, a, ...]. */
const exchanged = (x: Tensor): Tensor => permute(x, [0, 2, 1, 3, 4]);

/**
 * Convolution of volumes (cross-correlation, as in PyTorch): that of `conv2d` with a third axis, the depth, in front of height and width.
 * x [N, C, D, H, W] or [C, D, H, W], weight [F, C/groups, KD, KH, KW], bias [F] or none -> [N, F, OD, OH, OW],
 * `OD = floor((D + 2 padding - dilation (KD - 1) - 1) / stride) + 1`. float32. A batch of 0 gives one of 0. Options: `Conv3dOptions`.
 * It needs memory for KD / stride copies of x.
 * Gradient: for x the transposed convolution of g with the weight, for the weight that of x with g, for the bias the sum of g.
 * Errors: `ShapeError` for channels or a kernel that do not fit, `ArgError` for options outside their range, `DTypeError` unless all are
 * float32.
 * @example conv3d(randn([2, 3, 8, 8, 8]), randn([4, 3, 3, 3, 3]), null, { padding: 1, stride: 2 }).shape; // [2, 4, 4, 4, 4]
 */
export function conv3d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: Conv3dOptions): Tensor {
  const read = readOptions<Required<Conv3dOptions>>("conv3d", options, { stride: 1, padding: 0, dilation: 1, groups: 1 });
  checkWeight("conv3d", weight, 3);
  return batched("conv3d", x, 3, (volumes) => {
    const geometry = convGeometry("conv3d", volumes, weight, read);
    const [n, f, od, oh, ow] = geometry.out as unknown as Volume;
    const [, c, d, h, w] = volumes.shape as unknown as Volume;
    const [, perGroup, kd, kh, kw] = weight.shape as unknown as Volume;
    checkBias("conv3d", bias, f, weight);
    const { stride, padding, dilation }: Lists = geometry;
    const front = padding[0] as number;
    const back = Math.max(0, (od - 1) * (stride[0] as number) + (dilation[0] as number) * (kd - 1) + 1 - front - d);
    return scope(() => {
      const padded = front + back > 0 ? pad(volumes, [0, 0, 0, 0, front, back]) : volumes;
      const images = reshape(take(padded, covered(padded.shape, od, kd, geometry)), [n * od, c * kd, h, w]);
      const kernels = reshape(weight, [f, perGroup * kd, kh, kw]);
      const convolution = prepare(ofPlanes(geometry, images.shape, kernels.shape, [n * od, f, oh, ow]));
      return exchanged(reshape(convolve(images, kernels, bias, convolution), [n, od, f, oh, ow]));
    });
  });
}

/**
 * Transposed convolution of volumes: that of `convTranspose2d` with a third axis, the depth, in front of height and width.
 * x [N, C, D, H, W] or [C, D, H, W], weight [C, F/groups, KD, KH, KW], bias [F] or none -> [N, F, OD, OH, OW],
 * `OD = (D - 1) stride - 2 padding + dilation (KD - 1) + outputPadding + 1`. float32. A batch of 0 gives one of 0.
 * Options: `ConvTranspose3dOptions`.
 * Gradient: for x the convolution of g with the weight, for the weight that of g with x, for the bias the sum of g.
 * Errors: `ShapeError` for channels that do not fit or a result without elements, `ArgError` for options outside their range
 * (`outputPadding` must be less than stride or dilation), `DTypeError` unless all are float32.
 * Source: PyTorch's `conv_transpose3d`.
 * @example convTranspose3d(randn([1, 8, 2, 4, 4]), randn([8, 3, 2, 2, 2]), null, { stride: 2 }).shape; // [1, 3, 4, 8, 8]
 */
export function convTranspose3d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: ConvTranspose3dOptions): Tensor {
  const read = readOptions("convTranspose3d", options, TRANSPOSED);
  checkWeight("convTranspose3d", weight, 3, "C, F/groups");
  return batched("convTranspose3d", x, 3, (volumes) => {
    const geometry = transposedGeometry("convTranspose3d", volumes, weight, read);
    const [n, f, od, oh, ow] = geometry.x as unknown as Volume;
    const [, c, d, h, w] = volumes.shape as unknown as Volume;
    const [, perGroup, kd, kh, kw] = weight.shape as unknown as Volume;
    checkBias("convTranspose3d", bias, f, weight);
    const [cut] = geometry.padding;
    return scope(() => {
      const images = reshape(exchanged(volumes), [n * d, c, h, w]);
      const kernels = reshape(weight, [c, perGroup * kd, kh, kw]);
      const convolution = prepare(ofPlanes(geometry, [n * d, f * kd, oh, ow], kernels.shape, images.shape));
      const places = covered([n, f, od + 2 * cut, oh, ow], d, kd, geometry);
      const sums = spread(reshape(convTransposeOp(images, kernels, undefined, convolution), places.shape), places);
      const out = narrow(sums, 2, cut, od);
      return isGiven(bias) ? add(out, reshape(bias, [f, 1, 1, 1])) : out;
    });
  });
}
