// Layers of pooling over windows with irregular steps.
import { checkBoolean } from "../checks.js";
import {
  type FractionalMaxPoolOptions,
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
  fractionalOptions,
} from "../ops/pool/fractional.js";
import type { Pair, Triple } from "../ops/pool/window.js";
import type { Tensor } from "../tensor/tensor.js";
import { type MaybeIndices, Pool, type WithIndices } from "./pooling.js";

/** Options of `FractionalMaxPool2d` and `FractionalMaxPool3d`. */
export type FractionalMaxPoolLayerOptions<Size extends Pair | Triple, Indices extends boolean> = FractionalMaxPoolOptions<Size> &
  WithIndices<Indices>;

/** Largest values of windows with irregular steps. */
abstract class FractionalMaxPool<Size extends Pair | Triple, Indices extends boolean> extends Pool<Size, FractionalMaxPoolOptions<Size>> {
  /** Whether a call gives the indices too. */
  readonly returnIndices: boolean;

  constructor(layer: string, axes: number, kernelSize: Size, options: FractionalMaxPoolLayerOptions<Size, Indices>) {
    const { returnIndices = false, ...given } = { ...options };
    fractionalOptions(layer, kernelSize, given, axes);
    super(kernelSize, given as FractionalMaxPoolOptions<Size>);
    this.returnIndices = checkBoolean(layer, "returnIndices", returnIndices);
  }

  override extraRepr(): string {
    const { outputSize, outputRatio } = this.options;
    return `${JSON.stringify(this.kernelSize)}, ${outputSize ? "outputSize" : "outputRatio"}=${JSON.stringify(outputSize ?? outputRatio)}`;
  }
}

/**
 * Largest value of each window, whose steps are irregular and of two sizes. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, ...outputSize], or
 * `floor(outputRatio H)` and so on. Options: `outputSize` or `outputRatio`, `returnIndices`, `_randomSamples`, `generator`. Windows as of `fractionalMaxPool2d`.
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the windows do not fit, `DTypeError` unless x is float32.
 * @example new nn.FractionalMaxPool2d(2, { outputRatio: 0.5 }).call(ones([1, 1, 8, 8])).shape; // [1, 1, 4, 4]
 */
export class FractionalMaxPool2d<Indices extends boolean = false> extends FractionalMaxPool<Pair, Indices> {
  constructor(kernelSize: Pair, options: FractionalMaxPoolLayerOptions<Pair, Indices>) {
    super("FractionalMaxPool2d", 2, kernelSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    const op = this.returnIndices ? fractionalMaxPool2dWithIndices : fractionalMaxPool2d;
    return op(x, this.kernelSize, this.options) as MaybeIndices<Indices>;
  }
}

/**
 * Largest value of each window of a volume, whose steps are irregular and of two sizes. x: float32 [N, C, D, H, W] or [C, D, H, W] ->
 * [N, C, ...outputSize], or `floor(outputRatio D)` and so on. Options as of `FractionalMaxPool2d`, windows as of `fractionalMaxPool3d`.
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the windows do not fit, `DTypeError` unless x is float32.
 * @example new nn.FractionalMaxPool3d(2, { outputSize: 3 }).call(ones([1, 1, 8, 8, 8])).shape; // [1, 1, 3, 3, 3]
 */
export class FractionalMaxPool3d<Indices extends boolean = false> extends FractionalMaxPool<Triple, Indices> {
  constructor(kernelSize: Triple, options: FractionalMaxPoolLayerOptions<Triple, Indices>) {
    super("FractionalMaxPool3d", 3, kernelSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    const op = this.returnIndices ? fractionalMaxPool3dWithIndices : fractionalMaxPool3d;
    return op(x, this.kernelSize, this.options) as MaybeIndices<Indices>;
  }
}
