// Two-dimensional convolution and both its gradients. N batch, C channels, F filters, KH KW kernel, OH OW output, G groups.
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { convKernels } from "../../wasm/generated/groups/conv.js";
import { checkBias } from "../gemm/checkBias.js";
import { type EpilogueOptions, withDefaults, withEpilogue } from "../gemm/epilogue.js";
import { type Epilogue, epilogueArgument, packedWeight, records } from "../gemm/packed.js";
import { batched, type Pair } from "../pool/window.js";
import { sum } from "../reduce/reduce.js";
import { type ConvPadding, checkWeight, convGeometry, type Geometry } from "./convGeometry.js";

type Ints = readonly [
  ...[N: number, C: number, H: number, W: number, F: number, KH: number, KW: number, OH: number, OW: number],
  ...[SH: number, SW: number, PT: number, PL: number, DH: number, DW: number, G: number, fast: number],
];

/** A convolution with the arguments of its kernels, computed once for its shapes. */
export interface Convolution extends Geometry {
  readonly ints: Ints;
  readonly scratchBytes: number;
}

/** Computes the arguments of the kernels. */
export function prepare(geometry: Geometry): Convolution {
  const { x, weight, out, stride, padding, dilation, groups, fast } = geometry;
  const sizes = [...x, weight[0], ...weight.slice(2), ...out.slice(2)];
  const ints = [...sizes, ...stride, ...padding, ...dilation, groups, Number(fast)] as unknown as Ints;
  return { ...geometry, ints, scratchBytes: convKernels.conv2dWorkspace(...ints) };
}

/**
 * A cache of convolutions by frozen options, such as those of a layer: one for each pair of shapes, at most 8. A layer seldom needs more
 * shapes than those of training and evaluation.
 */
const known = new WeakMap<object, Convolution[]>();

/** Checks a convolution of x with the weight and prepares it, or finds it in the cache. */
function checkedConvolution(x: Tensor, weight: Tensor, bias: Tensor | null | undefined, options: AllConv2dOptions): Convolution {
  checkWeight("conv2d", weight, 2);
  checkBias("conv2d", bias, weight.shape[0] as number, weight);
  const make = (): Convolution => prepare({ ...convGeometry("conv2d", x, weight, options), fast: options.fast });
  if (!Object.isFrozen(options)) return make();
  const list = known.get(options) ?? [];
  const found = list.find((one) => sameShape(one.x, x.shape) && sameShape(one.weight, weight.shape));
  if (found) return found;
  const made = make();
  known.set(options, [made, ...list.slice(0, 7)]);
  return made;
}

/** The attributes of a call: `packed` caches the transformed filters. */
interface Conv2dCall extends Epilogue {
  readonly convolution: Convolution;
}

type Inputs = [x: Tensor, weight: Tensor, bias: Tensor | undefined, residual: Tensor | undefined];

/** The address of the filters as Winograd's algorithm transforms them, or 0 if another algorithm runs. */
function transformedFilters(weight: Tensor, { ints }: Convolution, work: number): number {
  const bytes = convKernels.keptFilterBytes(...ints);
  if (bytes === 0) return 0;
  return packedWeight(weight, `filters of ${bytes} bytes`, bytes, (ptr) => convKernels.keepFilters(weight.ptr, ptr, work, ...ints));
}

const conv2dOp: Op<Inputs, Conv2dCall> = defineOp<Inputs, Conv2dCall>({
  name: "conv2d",
  optional: [2, 3],
  infer: (_, { convolution }) => ({ shape: convolution.out, dtype: "float32" }),
  forward: (out, [x, weight, bias, residual], attr, _, scratch) => {
    const { ints, scratchBytes } = attr.convolution;
    const work = scratch(scratchBytes);
    const transformed = attr.packed ? transformedFilters(weight, attr.convolution, work) : 0;
    const activation = epilogueArgument(attr, residual, out, scratch);
    convKernels.conv2d(x.ptr, weight.ptr, bias?.ptr ?? 0, out.ptr, work, ...ints, ints[4], activation, transformed);
  },
  saves: [[1], [0], [], []],
  backward: [
    (g, { inputs: [, weight], attr }) => gradInput(g, weight, attr.convolution),
    (g, { inputs: [x], attr }) => gradWeight(g, x, attr.convolution),
    (g) => sum(g, [0, 2, 3]),
    (g) => g,
  ],
});

/** The convolution, and what follows it in the same call. */
export function convolve(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  convolution: Convolution,
  epilogue?: Epilogue,
  residual?: Tensor,
): Tensor {
  return conv2dOp(x, weight, bias ?? undefined, residual, { ...epilogue, convolution });
}

// The convolution is linear in both arguments, so the gradients of its gradients are these three operations again.

/** The gradient of a convolution for x, given the gradient g of its result. */
export const gradInput: Op<[g: Tensor, weight: Tensor], Convolution> = defineOp<[g: Tensor, weight: Tensor], Convolution>({
  name: "conv2dGradInput",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g, weight], { ints, scratchBytes }, _, scratch) => {
    convKernels.conv2dGradInput(g.ptr, weight.ptr, out.ptr, scratch(scratchBytes), ...ints, ints[1]);
  },
  saves: [[1], [0]],
  backward: [
    (gg, { inputs: [, weight], attr }) => convolve(gg, weight, undefined, attr),
    (gg, { inputs: [g], attr }) => gradWeight(g, gg, attr),
  ],
});

/** The gradient of a convolution for the weight, given the gradient g of its result. */
export const gradWeight: Op<[g: Tensor, x: Tensor], Convolution> = defineOp<[g: Tensor, x: Tensor], Convolution>({
  name: "conv2dGradWeight",
  infer: (_, { weight }) => ({ shape: weight, dtype: "float32" }),
  forward: (out, [g, x], { ints, scratchBytes }, _, scratch) => {
    convKernels.conv2dGradWeight(g.ptr, x.ptr, out.ptr, scratch(scratchBytes), ...ints, ints[1], ints[4]);
  },
  saves: [[1], [0]],
  backward: [(gg, { inputs: [, x], attr }) => convolve(x, gg, undefined, attr), (gg, { inputs: [g], attr }) => gradInput(g, gg, attr)],
});

/** Options of `conv2d`; each pair is one number for both axes or [height, width]. */
export interface Conv2dOptions {
  /** Step of the kernel; 1 unless given. */
  stride?: Pair;
  /** Zeros on all four sides or `[[top, bottom], [left, right]]`, 0 unless given; `"same"` keeps the size (stride 1 only), `"valid"` is 0. */
  padding?: ConvPadding;
  /** Distance between the elements that a kernel reads; 1 unless given. */
  dilation?: Pair;
  /** Groups of channels that see only each other, 1 unless given; `groups` = channels is a depthwise convolution. */
  groups?: number;
  /**
   * Allows 3 x 3 windows without stride to take still fewer multiplications, forward and for the gradient of x: up to 1.5 times as
   * fast, with up to 7 times the error of a direct sum, some 4e-6 of the largest value, and NaN spreads over 4 x 4 pixels.
   */
  fast?: boolean;
}

/** @internal The options of `conv2d`, all there, and what layers want. Frozen ones are read once for each pair of shapes. */
export type AllConv2dOptions = Readonly<Required<Conv2dOptions> & { packed?: boolean }>;

const DEFAULTS = /* @__PURE__ */ withDefaults<Required<Conv2dOptions>>({ stride: 1, padding: 0, dilation: 1, groups: 1, fast: false });

/**
 * Convolution of images (cross-correlation, as in PyTorch): `out[n,f,i,j] = bias[f] + sum x[n,c,i*s+a*d-p,j*s+b*d-p] * w[f,c,a,b]`.
 * x [N, C, H, W] or [C, H, W], weight [F, C/groups, KH, KW], bias [F] or none -> [N, F, OH, OW],
 * `OH = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1`. float32. A batch of N = 0 gives [0, F, OH, OW].
 * In the same call `residual` is added, `activation` is applied, and `bounds` limit the result; `packed` is for many calls with filters
 * that do not change.
 * Gradient: for x the transposed convolution of g with the weight, for the weight that of x with g, for the bias the sum of g.
 * Errors: `ShapeError` for channels or a kernel that do not fit, `ArgError` for options outside their range, `DTypeError` unless all are
 * float32.
 * @example conv2d(images, randn([16, 3, 3, 3]), zeros(16), { padding: 1, activation: "relu" });
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: Conv2dOptions & EpilogueOptions): Tensor {
  const read = readOptions("conv2d", options, DEFAULTS);
  return batched("conv2d", x, 2, (images) => {
    const convolution = checkedConvolution(images, weight, bias, read);
    return withEpilogue("conv2d", read, convolution.out, [images, weight, bias], (now, residual) =>
      convolve(images, weight, bias, convolution, now, residual),
    );
  });
}

/** @internal `conv2d` for layers, whose options were read before. */
export function conv2dBy(x: Tensor, weight: Tensor, bias: Tensor | null, options: AllConv2dOptions): Tensor {
  return batched("conv2d", x, 2, (images) => {
    const convolution = checkedConvolution(images, weight, bias, options);
    return convolve(images, weight, bias, convolution, { packed: options.packed === true && !records(images, weight, bias) });
  });
}
