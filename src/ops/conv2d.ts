// Two-dimensional convolution and both its gradients. N batch, C channels in, F filters, KH KW kernel, OH OW output, G groups.
import { checkBoolean } from "../checks.js";
import { MemoryError } from "../errors.js";
import { readOptions } from "../options.js";
import { defineOp, type Op } from "../tensor/op.js";
import { scope } from "../tensor/scope.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { workspace } from "../wasm/memory.js";
import { checkBias, checkWeight, type Geometry, geometryOf } from "./convGeometry.js";
import { type ActivationName, activated, activationCode, type EpilogueOptions, records } from "./epilogue.js";
import { packedWeight } from "./packed.js";
import { sum } from "./reduce.js";
import { checkImages, type Pair } from "./window.js";

type Ints = [
  ...[N: number, C: number, H: number, W: number, F: number, KH: number, KW: number, OH: number, OW: number],
  ...[SH: number, SW: number, PT: number, PL: number, DH: number, DW: number, G: number, fast: number],
];

function intsOf({ x, weight, out, stride, padding, dilation, groups, fast = false }: Geometry): Ints {
  const [n, c, h, w] = x as [number, number, number, number];
  const [f, , kh, kw] = weight as [number, number, number, number];
  return [n, c, h, w, f, kh, kw, out[2] as number, out[3] as number, ...stride, ...padding, ...dilation, groups, Number(fast)];
}

function workFor(geometry: Geometry): number {
  const bytes = k.conv2dWorkspace(...intsOf(geometry));
  if (bytes > 2 ** 32) {
    throw new MemoryError(
      `conv2d: needs ${bytes} bytes of scratch for x ${formatShape(geometry.x)} and weight ${formatShape(geometry.weight)}`,
    );
  }
  return workspace(bytes);
}

/** The filters as Winograd's tiles need them, or 0 where the convolution goes another way. */
function keptFilters(weight: Tensor, geometry: Geometry): number {
  const ints = intsOf(geometry);
  const bytes = k.keptFilterBytes(...ints);
  if (bytes === 0) return 0;
  return packedWeight(weight, `filters of ${bytes} bytes`, bytes, (ptr) => k.keepFilters(weight.ptr, ptr, workFor(geometry), ...ints));
}

/** The convolution as an operation, for sizes that are checked: x [N, C, H, W], weight [F, C/groups, KH, KW], bias [F]. */
export const forward: Op<[x: Tensor, weight: Tensor, bias: Tensor | undefined], Geometry> = defineOp<
  [x: Tensor, weight: Tensor, bias: Tensor | undefined],
  Geometry
>({
  name: "conv2d",
  infer: (_, { out }) => ({ shape: out, dtype: "float32" }),
  forward: (out, [x, weight, bias], geometry) => {
    const ints = intsOf(geometry);
    const kept = geometry.packed ? keptFilters(weight, geometry) : 0;
    k.conv2d(x.ptr, weight.ptr, bias?.ptr ?? 0, out.ptr, workFor(geometry), ...ints, ints[4], geometry.activation ?? 0, kept);
  },
  saves: [[1], [0], []],
  backward: [
    (g, { inputs: [, weight], attr }) => gradInput(g, weight, attr),
    (g, { inputs: [x], attr }) => gradWeight(g, x, attr),
    (g) => sum(g, [0, 2, 3]),
  ],
});

// The convolution is linear in both arguments, so the gradients of its gradients are these three again.

/** Gradient of the convolution for x, from that of its result. */
export const gradInput: Op<[g: Tensor, weight: Tensor], Geometry> = defineOp<[g: Tensor, weight: Tensor], Geometry>({
  name: "conv2dGradInput",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g, weight], geometry) => {
    const ints = intsOf(geometry);
    k.conv2dGradInput(g.ptr, weight.ptr, out.ptr, workFor(geometry), ...ints, ints[1]);
  },
  saves: [[1], [0]],
  backward: [
    (gg, { inputs: [, weight], attr }) => forward(gg, weight, undefined, attr),
    (gg, { inputs: [g], attr }) => gradWeight(g, gg, attr),
  ],
});

/** Gradient of the convolution for the weight, from that of its result. */
export const gradWeight: Op<[g: Tensor, x: Tensor], Geometry> = defineOp<[g: Tensor, x: Tensor], Geometry>({
  name: "conv2dGradWeight",
  infer: (_, { weight }) => ({ shape: weight, dtype: "float32" }),
  forward: (out, [g, x], geometry) => {
    const ints = intsOf(geometry);
    k.conv2dGradWeight(g.ptr, x.ptr, out.ptr, workFor(geometry), ...ints, ints[1], ints[4]);
  },
  saves: [[1], [0]],
  backward: [(gg, { inputs: [, x], attr }) => forward(x, gg, undefined, attr), (gg, { inputs: [g], attr }) => gradInput(g, gg, attr)],
});

/** Options of `conv2d`; each pair is one number for both axes or [height, width]. */
export interface Conv2dOptions {
  stride?: Pair;
  /** Zeros on all four sides; `"same"` keeps the size (stride 1 only), `"valid"` is 0. */
  padding?: Pair | "same" | "valid";
  dilation?: Pair;
  /** Groups of channels that see only each other; `groups` = channels is a depthwise convolution. */
  groups?: number;
  /**
   * Allows 3 x 3 windows without stride to take still fewer multiplications, forward and for the gradient of x: up to 1.5 times as
   * fast, with up to 7 times the error of a direct sum, some 4e-6 of the largest value, and NaN spreads over 4 x 4 pixels.
   */
  fast?: boolean;
}

const DEFAULTS: Required<Conv2dOptions> & { packed: boolean; activation: ActivationName | undefined } = {
  ...{ stride: 1, padding: 0, dilation: 1, groups: 1, fast: false },
  ...{ packed: false, activation: undefined },
};

/**
 * Convolution (cross-correlation, as in PyTorch): `out[n,f,i,j] = bias[f] + sum x[n,c,i*s+a*d-p,j*s+b*d-p] * w[f,c,a,b]`.
 * x [N, C, H, W], weight [F, C/groups, KH, KW], bias [F] or none -> [N, F, OH, OW],
 * `OH = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1`. float32. A batch of 0 gives one of 0.
 * Gradient: for x the transposed convolution of g with the weight, for the weight that of x with g, for the bias the sum of g.
 * `activation` follows in the same call; `packed` is for many calls with filters that do not change.
 * Errors: `ShapeError` for channels or a kernel that do not fit, `ArgError` for options outside their range, `DTypeError`.
 * @example conv2d(images, weight, bias, { padding: 1, activation: "relu" });
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: Conv2dOptions & EpilogueOptions): Tensor {
  const read = readOptions("conv2d", options, DEFAULTS);
  checkImages("conv2d", x);
  checkWeight("conv2d", weight, "[F, C/groups, KH, KW]");
  checkBias("conv2d", bias, weight.shape[0] as number, weight);
  const { fast, packed, activation } = read;
  checkBoolean("conv2d", "fast", fast);
  checkBoolean("conv2d", "packed", packed);
  const code = activationCode("conv2d", activation);
  const apart = records(x, weight, bias);
  const geometry = { ...geometryOf("conv2d", x, weight, read), fast };
  if (apart) return scope(() => activated(forward(x, weight, bias ?? undefined, geometry), activation));
  return forward(x, weight, bias ?? undefined, { ...geometry, packed, activation: code });
}
