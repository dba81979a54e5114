// Two-dimensional convolution and both its gradients. N batch, C channels in, F filters, KH KW kernel, OH OW output, G groups.
import { ArgError, MemoryError, ShapeError } from "../errors.js";
import { defineOp, type Op } from "../tensor/op.js";
import { formatShape, formatSpec, type Shape } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { workspace } from "../wasm/memory.js";
import { sum } from "./reduce.js";
import { checkImages, type Pair, pairOf } from "./window.js";

/** Everything about one convolution that its three kernels need, worked out once. */
export interface Geometry {
  readonly x: Shape;
  readonly weight: Shape;
  readonly out: Shape;
  readonly stride: readonly [number, number];
  /** Rows above and columns to the left; what is below and to the right follows from `out`. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  /** Whether Winograd's larger tiles may be used. */
  readonly fast?: boolean;
}

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

export const forward: Op<[x: Tensor, weight: Tensor, bias: Tensor | undefined], Geometry> = defineOp<
  [x: Tensor, weight: Tensor, bias: Tensor | undefined],
  Geometry
>({
  name: "conv2d",
  infer: (_, { out }) => ({ shape: out, dtype: "float32" }),
  forward: (out, [x, weight, bias], geometry) => {
    k.conv2d(x.ptr, weight.ptr, bias?.ptr ?? 0, out.ptr, workFor(geometry), ...intsOf(geometry));
  },
  saves: [[1], [0], []],
  backward: [
    (g, { inputs: [, weight], attr }) => gradInput(g, weight, attr),
    (g, { inputs: [x], attr }) => gradWeight(g, x, attr),
    (g) => sum(g, [0, 2, 3]),
  ],
});

// The convolution is linear in both arguments, so the gradients of its gradients are these three again.
export const gradInput: Op<[g: Tensor, weight: Tensor], Geometry> = defineOp<[g: Tensor, weight: Tensor], Geometry>({
  name: "conv2dGradInput",
  infer: (_, { x }) => ({ shape: x, dtype: "float32" }),
  forward: (out, [g, weight], geometry) => k.conv2dGradInput(g.ptr, weight.ptr, out.ptr, workFor(geometry), ...intsOf(geometry)),
  saves: [[1], [0]],
  backward: [
    (gg, { inputs: [, weight], attr }) => forward(gg, weight, undefined, attr),
    (gg, { inputs: [g], attr }) => gradWeight(g, gg, attr),
  ],
});

export const gradWeight: Op<[g: Tensor, x: Tensor], Geometry> = defineOp<[g: Tensor, x: Tensor], Geometry>({
  name: "conv2dGradWeight",
  infer: (_, { weight }) => ({ shape: weight, dtype: "float32" }),
  forward: (out, [g, x], geometry) => k.conv2dGradWeight(g.ptr, x.ptr, out.ptr, workFor(geometry), ...intsOf(geometry)),
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

/** Padding before and after along one axis that keeps the size; an odd rest goes behind, as in PyTorch. */
function samePadding(kernel: number, dilation: number): [before: number, total: number] {
  const total = dilation * (kernel - 1);
  return [Math.floor(total / 2), total];
}

function geometryOf(x: Tensor, weight: Tensor, options: Conv2dOptions): Geometry {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, fast = false } = options;
  const [sh, sw] = pairOf("conv2d", "stride", stride, 1);
  const [dh, dw] = pairOf("conv2d", "dilation", dilation, 1);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [f, perGroup, kh, kw] = weight.shape as [number, number, number, number];
  if (!Number.isInteger(groups) || groups < 1) throw new ArgError(`conv2d: groups must be a whole number of at least 1, got ${groups}`);
  if (f % groups !== 0 || c % groups !== 0)
    throw new ArgError(`conv2d: ${c} channels and ${f} filters must both divide into ${groups} groups`);
  if (perGroup !== c / groups) {
    throw new ShapeError(
      `conv2d: x is ${formatSpec(x)} and the weight ${formatSpec(weight)}; with ${groups} group(s) the weight must have ${c / groups} channels, it has ${perGroup}`,
    );
  }
  if (padding === "same" && (sh !== 1 || sw !== 1))
    throw new ArgError(`conv2d: padding "same" needs stride 1, got ${JSON.stringify(stride)}`);
  if (typeof padding === "string" && padding !== "same" && padding !== "valid")
    throw new ArgError(`conv2d: padding must be numbers, "same" or "valid", got "${String(padding)}"`);
  const [[top, allRows], [left, allCols]] =
    padding === "same"
      ? [samePadding(kh, dh), samePadding(kw, dw)]
      : (pairOf("conv2d", "padding", padding === "valid" ? 0 : padding, 0).map((p) => [p, 2 * p] as [number, number]) as [
          [number, number],
          [number, number],
        ]);
  const oh = Math.floor((h + allRows - dh * (kh - 1) - 1) / sh) + 1;
  const ow = Math.floor((w + allCols - dw * (kw - 1) - 1) / sw) + 1;
  if (oh < 1 || ow < 1 || kh < 1 || kw < 1) {
    throw new ShapeError(
      `conv2d: a kernel of ${dh * (kh - 1) + 1}x${dw * (kw - 1) + 1} (with dilation) does not fit into ${h + allRows}x${w + allCols}, the padded size of ${formatSpec(x)}`,
    );
  }
  return {
    ...{ x: x.shape, weight: weight.shape, out: [n, f, oh, ow] },
    ...{ stride: [sh, sw], padding: [top, left], dilation: [dh, dw], groups, fast },
  };
}

/**
 * Convolution (cross-correlation, as in PyTorch): `out[n,f,i,j] = bias[f] + sum x[n,c,i*s+a*d-p,j*s+b*d-p] * w[f,c,a,b]`.
 * x [N, C, H, W], weight [F, C/groups, KH, KW], bias [F] or none -> [N, F, OH, OW],
 * `OH = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1`. float32.
 * Errors: `ShapeError` for channels or a kernel that do not fit, `ArgError` for options outside their range, `DTypeError`.
 * @example conv2d(images, weight, bias, { padding: 1 });
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: Conv2dOptions = {}): Tensor {
  checkImages("conv2d", x);
  checkAlive("conv2d", weight);
  checkFloat("conv2d", weight);
  if (weight.ndim !== 4) throw new ShapeError(`conv2d: the weight must be [F, C/groups, KH, KW], got ${formatSpec(weight)}`);
  const geometry = geometryOf(x, weight, options);
  if (bias) {
    checkAlive("conv2d", bias);
    checkFloat("conv2d", bias);
    if (bias.ndim !== 1 || bias.size !== weight.shape[0]) {
      throw new ShapeError(
        `conv2d: the bias must have ${weight.shape[0]} elements as the weight ${formatSpec(weight)} has filters, got ${formatSpec(bias)}`,
      );
    }
  }
  return forward(x, weight, bias ?? undefined, geometry);
}
