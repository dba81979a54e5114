// Transposed convolution: the gradient of a convolution with respect to its input, used as an operation that makes images larger.
// N batch, C channels, F filters, KH KW kernel. Its gradients are the convolution, and the gradient of the convolution for the weight.
import { isGiven } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { runBinary } from "../elementwise/broadcast.js";
import { checkBias } from "../gemm/checkBias.js";
import { reshape, squeeze, unsqueeze } from "../move/shape.js";
import { batched, kernelSteps, type Pair, perAxis, sizesBefore, type Triple } from "../pool/window.js";
import { type Convolution, convolve, gradInput, gradWeight, prepare } from "./conv2d.js";
import { checkGroups, checkWeight, type Geometry, onPlanes, refuseWeight } from "./convGeometry.js";

type Inputs = [x: Tensor, weight: Tensor, bias: Tensor | undefined];

/** `attr` is the convolution from the result back to x; the bias is [F, 1, 1]. */
export const convTransposeOp: Op<Inputs, Convolution> = defineOp<Inputs, Convolution>({
  name: "convTranspose",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  optional: [2],
  forward: (out, [x, weight, bias], convolution, kept, scratch) => {
    gradInput.def.forward(out, [x, weight], convolution, kept, scratch);
    if (bias) runBinary(k.add, out, out, bias);
  },
  saves: [[1], [0], []],
  backward: [
    (g, { inputs: [, weight], attr }) => convolve(g, weight, undefined, attr),
    (g, { inputs: [x], attr }) => gradWeight(x, g, attr),
    (g) => g,
  ],
});

/** Options of `convTranspose1d`. */
export interface ConvTranspose1dOptions {
  /** Distance in the result between the kernels of neighbouring elements; 1 unless given. */
  stride?: number;
  /** Taken away from both ends of the result; 0 unless given. */
  padding?: number;
  /** Added to one end of the result, less than the stride or the dilation: chooses among the lengths that a stride leads back from. */
  outputPadding?: number;
  /** Distance in the result between the elements of one kernel; 1 unless given. */
  dilation?: number;
  /** Groups of channels that see only each other; 1 unless given. */
  groups?: number;
  /** Length of the result, instead of `outputPadding`. */
  outputSize?: number | null;
}

/** Options of `convTranspose2d`; each pair is one number for both axes or [height, width]. */
export interface ConvTranspose2dOptions {
  /** Distance in the result between the kernels of neighbouring elements; 1 unless given. */
  stride?: Pair;
  /** Rows and columns taken away from all four sides of the result; 0 unless given. */
  padding?: Pair;
  /** Rows and columns added below and to the right, less than the stride or the dilation: chooses among the sizes that a stride leads back from. */
  outputPadding?: Pair;
  /** Distance in the result between the elements of one kernel; 1 unless given. */
  dilation?: Pair;
  /** Groups of channels that see only each other; 1 unless given. */
  groups?: number;
  /** Size of the result, instead of `outputPadding`. */
  outputSize?: Pair | null;
}

/** The options of transposed convolutions over one to three axes. */
export interface TransposedOptions {
  readonly stride: Pair | Triple;
  readonly padding: Pair | Triple;
  readonly outputPadding: Pair | Triple;
  readonly dilation: Pair | Triple;
  readonly groups: number;
  readonly outputSize: Pair | Triple | null;
}

export const TRANSPOSED: TransposedOptions = { stride: 1, padding: 0, outputPadding: 0, dilation: 1, groups: 1, outputSize: null };

/** Checks the options of a transposed convolution; returns the geometry of the convolution from its result back to x. */
export function transposedGeometry(op: string, x: Tensor, weight: Tensor, options: TransposedOptions): Geometry {
  const { groups } = options;
  const [n, channels, ...sizes] = x.shape as [number, number, ...number[]];
  const [rows, perGroup] = weight.shape as [number, number];
  const { stride, dilation, spans } = kernelSteps(op, weight.shape.slice(2), options);
  const padding = perAxis(op, "padding", options.padding, 0, sizes.length);
  checkGroups(op, groups, channels, perGroup * groups);
  if (rows !== channels) refuseWeight(op, x, weight, `the weight must have a row for each of ${channels} channels, it has ${rows}`, rows);
  const least = sizesBefore(sizes, spans, stride, padding);
  const { outputSize } = options;
  const wanted = outputSize === null ? undefined : perAxis(op, "outputSize", outputSize, 0, sizes.length);
  const outputPadding =
    wanted?.map((size, i) => size - (least[i] as number)) ?? perAxis(op, "outputPadding", options.outputPadding, 0, sizes.length);
  if (wanted && outputPadding.some((more, i) => more < 0 || more >= (stride[i] as number))) {
    const most = least.map((size, i) => size + (stride[i] as number) - 1);
    throw new ArgError(
      `${op}: outputSize must be from ${least.join("x")} to ${most.join("x")} for ${formatSpec(x)}, got ${wanted.join("x")}`,
    );
  }
  if (outputPadding.some((more, i) => more >= Math.max(stride[i] as number, dilation[i] as number))) {
    throw new ArgError(
      `${op}: outputPadding ${outputPadding.join("x")} must be less than stride ${stride.join("x")} or dilation ${dilation.join("x")}`,
    );
  }
  const out = least.map((size, i) => size + (outputPadding[i] as number));
  if (sizes.includes(0) || out.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: nothing is left of ${formatSpec(x)} with a kernel of ${spans.join("x")} (with dilation) and padding ${padding.join("x")}`,
    );
  }
  return onPlanes([[n, perGroup * groups, ...out], weight.shape, x.shape], stride, padding, dilation, groups);
}

/** Over one or two axes: checks the arguments, and runs the operation on images. */
function transposed(
  op: string,
  axes: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  options: ConvTranspose2dOptions | undefined,
): Tensor {
  const read = readOptions(op, options, TRANSPOSED);
  checkWeight(op, weight, axes, "C, F/groups");
  return batched(op, x, axes, (y) => {
    const geometry = transposedGeometry(op, y, weight, read);
    checkBias(op, bias, geometry.x[1] as number, weight);
    return scope(() => {
      const [image, kernel] = axes === 1 ? [unsqueeze(y, 2), unsqueeze(weight, 2)] : [y, weight];
      const out = convTransposeOp(image, kernel, overImages(bias), prepare(geometry));
      return axes === 1 ? squeeze(out, 2) : out;
    });
  });
}

/** The bias in a shape that broadcasts over images. */
const overImages = (bias: Tensor | null | undefined): Tensor | undefined => (isGiven(bias) ? reshape(bias, [bias.size, 1, 1]) : undefined);

/**
 * Transposed convolution ("deconvolution"): every element of x adds its kernel, times the element, to the result at `stride` times
 * its place: `out[n,f,i*s+a*d-p,j*s+b*d-p] += x[n,c,i,j] * w[c,f,a,b]`, from the bias on.
 * x [N, C, H, W] or [C, H, W], weight [C, F/groups, KH, KW], bias [F] or none -> [N, F, OH, OW],
 * `OH = (H - 1) stride - 2 padding + dilation (KH - 1) + outputPadding + 1`. float32. A batch of 0 gives one of 0.
 * Gradient: for x the convolution of g with the weight, for the weight that of g with x, for the bias the sum of g.
 * Errors: `ShapeError` for channels that do not fit or a result without elements, `ArgError` for options outside their range
 * (`outputPadding` must be less than stride or dilation), `DTypeError` unless all are float32.
 * Source: PyTorch's `conv_transpose2d`.
 * @example convTranspose2d(randn([1, 8, 4, 4]), randn([8, 3, 4, 4]), null, { stride: 2, padding: 1 }).shape; // [1, 3, 8, 8]
 */
export function convTranspose2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: ConvTranspose2dOptions): Tensor {
  return transposed("convTranspose2d", 2, x, weight, bias, options);
}

/**
 * Transposed convolution of sequences: `out[n,f,i*s+a*d-p] += x[n,c,i] * w[c,f,a]`, from the bias on.
 * x [N, C, L] or [C, L], weight [C, F/groups, K], bias [F] or none -> [N, F, OL],
 * `OL = (L - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1`. float32. A batch of 0 gives one of 0.
 * Gradient: for x the convolution of g with the weight, for the weight that of g with x, for the bias the sum of g.
 * Errors: `ShapeError` for channels that do not fit or a result without elements, `ArgError` for options outside their range
 * (`outputPadding` must be less than stride or dilation), `DTypeError` unless all are float32.
 * @example convTranspose1d(randn([1, 8, 10]), randn([8, 4, 4]), null, { stride: 2, padding: 1 }).shape; // [1, 4, 20]
 */
export function convTranspose1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: ConvTranspose1dOptions): Tensor {
  return transposed("convTranspose1d", 1, x, weight, bias, options);
}
