// Patches of images as columns, and their sum.
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, sameShape, stridesOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { reshape } from "../move/shape.js";
import { kernelSteps, type Pair, pairOf, positions } from "../pool/window.js";
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
  /** Their places in the padded images. */
  readonly places: Places;
  /** What to pad the images with. */
  readonly padding: readonly number[];
  /** The shapes of x without padding, and of columns. */
  readonly images: readonly number[];
  readonly columns: readonly number[];
}

/** Checks the arguments of `unfold`, or of `fold` with its `outputSize`. The last `own` dimensions of x are not a batch. */
function patches(op: string, x: Tensor, own: 2 | 3, outputSize: Pair | undefined, kernelSize: Pair, options?: UnfoldOptions): Patches {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, x.ndim === own || x.ndim === own + 1, own === 2 ? "[N, C kh kw, L] or [C kh kw, L]" : "[N, C, H, W] or [C, H, W]");
  const given = readOptions<Required<UnfoldOptions>>(op, options, { dilation: 1, padding: 0, stride: 1 });
  const size = own === 2 ? pairOf(op, "outputSize", outputSize as Pair, 1) : (x.shape.slice(-2) as [number, number]);
  const kernel = pairOf(op, "kernelSize", kernelSize, 1);
  const [high, wide] = pairOf(op, "padding", given.padding, 0);
  const { dilation, spans, stride } = kernelSteps(op, kernel, given) as Record<"dilation" | "spans" | "stride", [number, number]>;
  const grown = [size[0] + 2 * high, size[1] + 2 * wide];
  const [h, w] = grown.map((n, i) => positions(n, spans[i] as number, stride[i] as number, 0, 0, false)) as [number, number];
  checkForm(op, x, h > 0 && w > 0, `images that patches of ${kernel} fit`);
  const pixels = kernel[0] * kernel[1];
  const [rows = 0] = x.shape.slice(-own);
  const c = own === 2 ? Math.floor(rows / pixels) : rows;
  const lead = x.shape.slice(0, -own);
  const of = [lead[0] ?? 1, c, ...grown];
  const [image, plane, row] = stridesOf(of) as [number, number, number];
  return {
    places: {
      shape: [lead[0] ?? 1, c, ...kernel, h, w],
      strides: [image, plane, row * dilation[0], dilation[1], row * stride[0], stride[1]],
      start: 0,
      of,
      overlap: true,
    },
    padding: [wide, wide, high, high],
    images: [...lead, c, ...size],
    columns: [...lead, c * pixels, h * w],
  };
}

/**
 * Patches of images as columns (im2col): [N, C, H, W] -> [N, C kh kw, L] with L patches, or [C, H, W] -> [C kh kw, L]. The windows along one
 * dimension are the method `x.unfold(dim, size, step)`. x: float32. Options: `UnfoldOptions`. Gradient: `fold` of g.
 * Errors: `ShapeError` for another number of dimensions or a patch larger than the padded image, `ArgError` for numbers that are too small,
 * `DTypeError` for other dtypes.
 * @example unfold(images, 3, { padding: 1 }).shape; // [4, 27, 64]
 */
export function unfold(x: Tensor, kernelSize: Pair, options?: UnfoldOptions): Tensor {
  const { places, padding, columns } = patches("unfold", x, 3, undefined, kernelSize, options);
  return scope(() => reshape(take(reshape(pad(x, padding), places.of), places), columns));
}

/**
 * The sum of patches at their places, the transpose of `unfold`: [N, C kh kw, L] -> [N, C, H, W] with [H, W] the `outputSize`, or
 * [C kh kw, L] -> [C, H, W]. x: float32. Options: `UnfoldOptions`. Gradient: `unfold` of g.
 * Errors: `ShapeError` for another number of dimensions, channels or patches, `ArgError` for numbers that are too small, `DTypeError` for other
 * dtypes.
 * @example fold(unfold(images, 2, { stride: 2 }), [8, 8], 2, { stride: 2 }).shape; // [4, 3, 8, 8]
 */
export function fold(x: Tensor, outputSize: Pair, kernelSize: Pair, options?: UnfoldOptions): Tensor {
  const { places, padding, images, columns } = patches("fold", x, 2, outputSize, kernelSize, options);
  checkForm("fold", x, sameShape(x.shape, columns), `${columns} for images of ${images.slice(-2)}`);
  return scope(() => {
    const sums = spread(reshape(x, places.shape), places);
    return reshape(
      pad(
        sums,
        padding.map((n) => -n),
      ),
      images,
    );
  });
}
