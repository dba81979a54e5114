// Layer normalisation: every row to mean 0 and variance 1, then scaled and shifted. A row is what the last dimensions hold.
// RMS normalisation (rmsNorm.ts) is the same without the mean.
import { checkFinite, checkThat } from "../../checks.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { checkForm, checkShape, type Shape, type Spec, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { normKernels } from "../../wasm/generated/groups/norm.js";
import { addressOf, affine, checkParameters, normalized } from "./affine.js";

/** R rows of n elements, the last dimensions of x. */
interface Attr {
  readonly shape: Shape;
  readonly eps: number;
  /** Whether the mean is subtracted. */
  readonly centred: boolean;
}

const rowsAndSize = (x: Tensor, { shape }: Attr): [rows: number, n: number] => {
  const lead = x.shape.slice(0, x.ndim - shape.length);
  return [sizeOf(lead), sizeOf(shape)];
};
const perRow = (x: Tensor, attr: Attr): Spec => ({ shape: [rowsAndSize(x, attr)[0]], dtype: "float32" });

/** The statistics of each row, which `forward` keeps for the gradients. */
type Statistics = [mean: Tensor, rest: Tensor, rstd: Tensor];
const pointers = (statistics: readonly Tensor[]): [number, number, number] => statistics.map(({ ptr }) => ptr) as [number, number, number];

type Inputs = [x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined];

/** Keeps 1 / sqrt(variance + eps) and the mean of each row: the sum of two floats, the second being the rounding error of the first. */
export function rowNorm(name: string): Op<Inputs, Attr> {
  return defineOp<Inputs, Attr>({
    name,
    infer: ([x]) => x,
    optional: [1, 2],
    keeps: ([x], attr) => [perRow(x, attr), perRow(x, attr), perRow(x, attr)],
    forward: (out, [x, weight, bias], attr, kept) => {
      const of = [addressOf(weight), addressOf(bias), out.ptr] as const;
      normKernels.layerNorm(x.ptr, ...of, ...pointers(kept), ...rowsAndSize(x, attr), attr.eps, Number(attr.centred));
    },
    saves: [[0, 1], [0], []],
    backward: [
      (g, { inputs: [x, weight], kept, attr }) => gradInput(g, x, weight, ...(kept as Statistics), attr),
      (g, { inputs: [x], kept, attr }) => gradWeight(g, x, ...(kept as Statistics), attr),
      (g) => g,
    ],
    composite: ([x, weight, bias], { shape, eps, centred }) => {
      const dims = shape.map((_, i) => i - shape.length);
      return affine(normalized(x, dims, eps, centred), weight, bias);
    },
  });
}

/** Normalizes the rows of x, with arguments that are checked. */
export const layerNormOp: Op<Inputs, Attr> = /* @__PURE__ */ rowNorm("layerNorm");

type GradInputs = [g: Tensor, x: Tensor, weight: Tensor | undefined, ...Statistics];

const gradInput: Op<GradInputs, Attr> = defineOp<GradInputs, Attr>({
  name: "layerNormGrad",
  optional: [2],
  infer: ([, x]) => x,
  forward: (out, [g, x, weight, ...statistics], attr) => {
    const sizes = rowsAndSize(x, attr);
    normKernels.layerNormGrad(g.ptr, x.ptr, ...pointers(statistics), addressOf(weight), out.ptr, ...sizes, Number(attr.centred));
  },
  backward: [null, null, null, null, null, null],
});

type GradWeightInputs = [g: Tensor, x: Tensor, ...Statistics];

const gradWeight: Op<GradWeightInputs, Attr> = defineOp<GradWeightInputs, Attr>({
  name: "layerNormGradWeight",
  infer: (_, { shape }) => ({ shape, dtype: "float32" }),
  forward: (out, [g, x, ...statistics], attr) => {
    normKernels.layerNormGradWeight(g.ptr, x.ptr, ...pointers(statistics), out.ptr, ...rowsAndSize(x, attr), out.size);
  },
  backward: [null, null, null, null, null],
});

/** Sizes that a row may have: one whole number, or several, of at least 1. */
export function rowShape(op: string, normalizedShape: number | Shape): Shape {
  const shape: readonly unknown[] = Array.isArray(normalizedShape) ? normalizedShape : [normalizedShape];
  const fits = shape.length > 0 && shape.every((size) => Number.isInteger(size) && (size as number) >= 1);
  checkThat(op, fits, "normalizedShape must be one or more whole numbers of at least 1", normalizedShape);
  return checkShape(op, shape as Shape);
}

/** Options of `layerNorm`. */
export interface LayerNormOptions {
  /** Factor of each element, float32 of the normalized shape; 1 unless given. */
  weight?: Tensor | null;
  /** Added to each element, float32 of the normalized shape; 0 unless given. */
  bias?: Tensor | null;
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number;
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias`, mean and (biased) variance those of each row: of the last dimensions,
 * which are `normalizedShape`. x: float32 [..., ...normalizedShape] -> same. The variance takes two passes.
 * Gradient: with y before weight and bias, and gw = g weight, `(gw - mean(gw) - y mean(gw y)) / sqrt(variance + eps)`.
 * Errors: `ShapeError` if x does not end in the shape or weight and bias do not have it, `ArgError` if
 * `normalizedShape` is empty or not made of positive integers or eps is negative, `DTypeError` unless all are float32.
 * Source: Ba, Kiros and Hinton, 2016; semantics of PyTorch's `layer_norm`.
 * @example layerNorm(tensor([[1, 3]]), 2, { eps: 0 }); // [[-1, 1]]
 */
export function layerNorm(x: Tensor, normalizedShape: number | Shape, options?: LayerNormOptions): Tensor {
  const { weight, bias, eps } = readOptions<Required<LayerNormOptions>>("layerNorm", options, { weight: null, bias: null, eps: 1e-5 });
  const shape = checkRows("layerNorm", x, normalizedShape, eps, { weight, bias });
  return layerNormOp(x, weight ?? undefined, bias ?? undefined, { shape, eps, centred: true });
}

/** Checks the arguments of a normalisation of rows, and returns the shape of a row. */
export function checkRows(
  op: string,
  x: Tensor,
  normalizedShape: number | Shape,
  eps: number,
  parameters: Readonly<Record<string, Tensor | null>>,
): Shape {
  checkFinite(op, "eps", eps, 0);
  const shape = rowShape(op, normalizedShape);
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, sameShape(x.shape.slice(-shape.length), shape), `[..., ${shape}]`);
  checkParameters(op, parameters, shape);
  return shape;
}
