// Patches of images as columns, and their sum.
import { describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, stridesOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { reshape } from "../move/shape.js";
import { type Pair, pairOf, positions } from "../pool/window.js";
import { pad } from "../resample/pad.js";
import { type Places, spread, take } from "./strides.js";

/** Options of `unfold` and `fold`; each is one number, or [height, width]. */
export interface UnfoldOptions {
  /** Distance of a patch's pixels; 1 unless given. */
  dilation?: Pair;
  /** Zeros around the image; 0 unless given. */
  padding?: Pair;
  /** Distance of the patches; 1 unless given. */
  stride?: Pair;
}

interface Patches {
  readonly padding: readonly [number, number];
  /** Patches down and across, times the pixels of one. */
  readonly count: number;
  readonly pixels: number;
  /** The places in images of `channels`. */
  of(images: number, channels: number): Places;
}

function patches(op: string, size: readonly number[], kernelSize: Pair, options: UnfoldOptions | undefined): Patches {
  const given = readOptions<Required<UnfoldOptions>>(op, options, { dilation: 1, padding: 0, stride: 1 });
  const kernel = pairOf(op, "kernelSize", kernelSize, 1);
  const dilation = pairOf(op, "dilation", given.dilation, 1);
  const padding = pairOf(op, "padding", given.padding, 0);
  const stride = pairOf(op, "stride", given.stride, 1);
  const [h, w] = [0, 1].map((i) =>
    positions(size[i] as number, kernel[i] as number, stride[i] as number, padding[i] as number, dilation[i] as number),
  ) as [number, number];
  if (h < 1 || w < 1)
    throw new ShapeError(
      `${op}: patches of ${describe(kernel)} with dilation ${describe(dilation)} do not fit images of ${describe(size)} with padding ${describe(padding)}`,
    );
  const of = (images: number, channels: number): Places => {
    const padded = [images, channels, ...size.map((n, i) => n + 2 * (padding[i] as number))];
    const [image, plane, row] = stridesOf(padded) as [number, number, number, number];
    return {
      shape: [images, channels, ...kernel, h, w],
      strides: [image, plane, row * dilation[0], dilation[1], row * stride[0], stride[1]],
      start: 0,
      of: padded,
      overlap: true,
    };
  };
  return { padding, count: h * w, pixels: kernel[0] * kernel[1], of };
}

/**
 * Patches of images as columns (im2col): [N, C, H, W] -> [N, C kh kw, L] with L patches, or [C, H, W] -> [C kh kw, L]. The windows along one
 * dimension are the method `x.unfold(dim, size, step)`. x: float32. Options: `UnfoldOptions`. Gradient: `fold` of g.
 * Errors: `ShapeError` for another number of dimensions or a patch larger than the padded image, `ArgError` for numbers that are too small,
 * `DTypeError` for other dtypes.
 * @example unfold(images, 3, { padding: 1 }).shape; // [4, 27, 64]
 */
export function unfold(x: Tensor, kernelSize: Pair, options?: UnfoldOptions): Tensor {
  checkAlive("unfold", x, "x");
  checkFloat("unfold", x);
  if (x.ndim !== 3 && x.ndim !== 4)
    throw new ShapeError(
      `unfold: x must be [N, C, H, W] or [C, H, W], got ${formatSpec(x)}; for windows along a dimension there is x.unfold(dim, size, step)`,
    );
  const [c, ...size] = x.shape.slice(-3) as [number, number, number];
  const lead = x.shape.slice(0, -3);
  const { padding, count, pixels, of } = patches("unfold", size, kernelSize, options);
  const [high, wide] = padding;
  return scope(() =>
    reshape(take(reshape(pad(x, [wide, wide, high, high]), of(lead[0] ?? 1, c).of), of(lead[0] ?? 1, c)), [...lead, c * pixels, count]),
  );
}

/**
 * The sum of patches at their places, the transpose of `unfold`: [N, C kh kw, L] -> [N, C, H, W] with [H, W] the `outputSize`, or
 * [C kh kw, L] -> [C, H, W]. x: float32. Options: `UnfoldOptions`. Gradient: `unfold` of g.
 * Errors: `ShapeError` for another number of dimensions, channels or patches, `ArgError` for numbers that are too small, `DTypeError` for other
 * dtypes.
 * @example fold(unfold(images, 2, { stride: 2 }), [8, 8], 2, { stride: 2 }).shape; // [4, 3, 8, 8]
 */
export function fold(x: Tensor, outputSize: Pair, kernelSize: Pair, options?: UnfoldOptions): Tensor {
  checkAlive("fold", x, "x");
  checkFloat("fold", x);
  if (x.ndim !== 2 && x.ndim !== 3) throw new ShapeError(`fold: x must be [N, C kh kw, L] or [C kh kw, L], got ${formatSpec(x)}`);
  const size = pairOf("fold", "outputSize", outputSize, 1);
  const { padding, count, pixels, of } = patches("fold", size, kernelSize, options);
  const lead = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  if (rows % pixels !== 0 || columns !== count)
    throw new ShapeError(`fold: needs a multiple of ${pixels} rows and ${count} columns for ${describe(size)}, got ${formatSpec(x)}`);
  const places = of(lead[0] ?? 1, rows / pixels);
  const [high, wide] = padding;
  return scope(() =>
    reshape(pad(spread(reshape(x, places.shape), places), [-wide, -wide, -high, -high]), [...lead, rows / pixels, ...size]),
  );
}
