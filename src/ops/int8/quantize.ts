// Quantization: float32 values as int8 values and a scale. c counts channels: the positions along `axis`, each of which has its own scale.
import { checkPositive, checkWhole } from "../../checks.js";
import { ArgError, DTypeError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { full } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { int8Kernels } from "../../wasm/generated/groups/int8.js";
import { mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { detach, reshape } from "../move/shape.js";

/** What stands for `(values - zeroPoint) * scale`. */
export interface Quantized {
  /** The quantized values, int8. */
  values: Tensor;
  /** float32: a scalar, or one scale for each place along the axis. */
  scale: Tensor;
  /** The value that stands for 0; 0 unless given. */
  zeroPoint?: number;
}

/** Options of `dequantize`, and of `quantize` among others. */
export interface DequantizeOptions {
  /** Dimension whose places have a scale each, as ONNX and PyTorch call it: 0 for the rows of a weight. Default: one scale for all. */
  axis?: number;
  /** The value that stands for 0. */
  zeroPoint?: number;
}

/** Options of `quantize`. */
export interface QuantizeOptions extends DequantizeOptions {
  /** A scale found before, such as for activations; default: the largest magnitude becomes the largest value. */
  scale?: Tensor | number;
  /** Bits of a value, 2 to 8. Products with weights of 7 bits are faster on x86 processors without VNNI, at half the precision. */
  bits?: number;
}

/** The sizes of a tensor as [outer, channels, inner]. */
type Channels = readonly [outer: number, channels: number, inner: number];

function channelsOf(op: string, x: Tensor, axis: number | undefined): Channels {
  if (axis === undefined) return [1, 1, x.size];
  const at = checkDim(op, axis, x.ndim);
  return [sizeOf(x.shape.slice(0, at)), x.shape[at] ?? 1, sizeOf(x.shape.slice(at + 1))];
}

/** Computes the scale for which the largest magnitude becomes `high`. */
const scaleFor: Op<[x: Tensor], { channels: Channels; shape: Shape; high: number }> = defineOp<
  [x: Tensor],
  { channels: Channels; shape: Shape; high: number }
>({
  name: "quantizeScale",
  infer: (_, { shape }) => ({ shape, dtype: "float32" }),
  forward: (out, [x], { channels, high }) => int8Kernels.absmaxScale(x.ptr, out.ptr, ...channels, high),
  backward: [null],
});

type Round = { readonly channels: Channels; readonly low: number; readonly high: number; readonly zeroPoint: number };

/** Computes the values for a scale. */
const quantizeOp: Op<[x: Tensor, scale: Tensor], Round> = defineOp<[x: Tensor, scale: Tensor], Round>({
  name: "quantize",
  infer: ([x]) => ({ shape: x.shape, dtype: "int8" }),
  forward: (out, [x, scale], { channels, low, high, zeroPoint }) =>
    int8Kernels.quantizeInt8(x.ptr, scale.ptr, out.ptr, ...channels, low - zeroPoint, high - zeroPoint, zeroPoint),
  backward: [null, null],
});

/** The shape of a scale: a scalar if there is no axis, else one number for each channel. */
const scaleShape = ([, channels]: Channels, axis: number | undefined): Shape => (axis === undefined ? [] : [channels]);

/** Throws unless the scale of x has one of these shapes. */
export function checkScale(op: string, x: Tensor, scale: Tensor, wanted: string, ...shapes: readonly Shape[]): void {
  checkAlive(op, scale, "scale");
  checkFloat(op, scale);
  if (!shapes.some((shape) => sameShape(shape, scale.shape)))
    throw new ShapeError(`${op}: the scale of ${formatSpec(x)} must be ${wanted}, got ${formatSpec(scale)}`);
}

/** Checks a given scale and returns it as a tensor. */
function readScale(op: string, x: Tensor, scale: Tensor | number, channels: Channels, axis: number | undefined): Tensor {
  const shape = scaleShape(channels, axis);
  if (typeof scale === "number") return full(shape, checkPositive(op, "scale", scale));
  const one = axis === undefined;
  checkScale(
    op,
    x,
    scale,
    one ? "a scalar; name the axis for a scale per channel" : `[${shape}], one for each place along axis ${axis}`,
    shape,
  );
  return scale;
}

/** Throws unless `zeroPoint` is in the range of the values. */
export function checkZeroPoint(op: string, zeroPoint: number, low = -128, high = 127): void {
  checkWhole(op, "zeroPoint", zeroPoint, low, high);
}

/** Throws unless the tensor is int8. */
export function checkInt8(op: string, x: Tensor): void {
  checkAlive(op, x, "values");
  if (x.dtype !== "int8") throw new DTypeError(`${op}: needs int8, got ${formatSpec(x)}; make it with quantize(x).values`);
}

const QUANTIZE: { [Name in keyof QuantizeOptions]-?: QuantizeOptions[Name] | undefined } = {
  axis: undefined,
  scale: undefined,
  zeroPoint: undefined,
  bits: 8,
};
const DEQUANTIZE: { axis: number | undefined; zeroPoint: number } = { axis: undefined, zeroPoint: 0 };

/**
 * float32 as int8 and a scale: `values = clamp(round(x / scale) + zeroPoint)`, halves to even. By itself it takes the largest
 * magnitude as 127 (`2^(bits - 1) - 1`), of all of x or of each place along `axis`, and is symmetric: -128 does not occur. With a
 * `scale` (and `zeroPoint`) of one's own, what does not fit becomes the nearest value that does.
 *
 * x: any shape. values: the same shape; scale: a scalar, or [channels]. No gradient. NaN becomes the value of 0; without a scale
 * of one's own, NaN or Infinity in a channel make its scale the same, so that `dequantize` shows them.
 * Errors: `ArgError` for bits, a scale or a zero point outside their range, `ShapeError`, `IndexError`, `DTypeError`.
 * Source: ONNX QuantizeLinear, PyTorch quantize_per_tensor and quantize_per_channel.
 * @example const { values, scale } = quantize(weight, { axis: 0 });
 */
export function quantize(x: Tensor, options?: QuantizeOptions): Quantized {
  const { axis, scale: given, zeroPoint, bits } = readOptions("quantize", options, QUANTIZE);
  const high = 2 ** (checkWhole("quantize", "bits", bits, 2, 8) - 1) - 1;
  const low = zeroPoint === undefined ? -high : -high - 1;
  if (zeroPoint !== undefined) {
    checkZeroPoint("quantize", zeroPoint, low, high);
    if (given === undefined) throw new ArgError("quantize: a zero point needs the scale that belongs to it; give both or none");
  }
  checkAlive("quantize", x, "x");
  checkFloat("quantize", x);
  const channels = channelsOf("quantize", x, axis);
  return scope(() => {
    const scale =
      given === undefined
        ? scaleFor(x, { channels, shape: scaleShape(channels, axis), high })
        : readScale("quantize", x, given, channels, axis);
    const values = quantizeOp(x, scale, { channels, low, high, zeroPoint: zeroPoint ?? 0 });
    return zeroPoint === undefined ? { values, scale } : { values, scale, zeroPoint };
  });
}

/**
 * int8 back as float32: `(values - zeroPoint) * scale`. values: int8, any shape -> float32, same shape; scale: a number, a scalar, or
 * [channels] along `axis`. Gradient: none.
 * Errors: `ShapeError` for a scale of another shape, `DTypeError` unless values are int8, `IndexError` for an axis outside the rank,
 * `ArgError` for a zero point that is not an int8 value.
 * Source: ONNX DequantizeLinear.
 * @example dequantize(tensor([2, -4], { dtype: "int8" }), 0.5); // [1, -2]
 */
export function dequantize(values: Tensor, scale: Tensor | number, options?: DequantizeOptions): Tensor {
  const { axis, zeroPoint } = readOptions("dequantize", options, DEQUANTIZE);
  checkZeroPoint("dequantize", zeroPoint);
  checkInt8("dequantize", values);
  const channels = channelsOf("dequantize", values, axis);
  return scope(() => {
    const by = detach(readScale("dequantize", values, scale, channels, axis));
    const numbers = sub(reshape(to(values, "float32"), channels), zeroPoint);
    return reshape(mul(numbers, reshape(by, [by.size, 1])), values.shape);
  });
}
