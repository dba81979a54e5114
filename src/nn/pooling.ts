// Pooling layers over sequences and images.
import {
  type AvgPool1dOptions,
  adaptiveAvgPool1d,
  avgPool1d,
  type MaxPool1dOptions,
  maxPool1d,
  maxPool1dWithIndices,
} from "../ops/pool/pool1d.js";
import {
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  averagePoolOptions,
  avgPool2d,
  checkOutputSize,
  checkWindow,
  MAX,
  type MaxPool2dOptions,
  maxPool2d,
  maxPool2dWithIndices,
} from "../ops/pool/pool2d.js";
import { type Pair, perAxis, type Triple } from "../ops/pool/window.js";
import type { ValuesAndIndices } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { AdaptivePool } from "./adaptivePooling.js";
import { Module } from "./module.js";
import { shown } from "./shown.js";

/** A window of fixed size. */
export abstract class Pool<Size extends Pair | Triple, Options extends object> extends Module {
  /** The options that were given. */
  readonly options: Readonly<Options>;

  constructor(
    /** Size of the window. */
    readonly kernelSize: Size,
    options: Options | undefined,
  ) {
    super();
    this.options = Object.freeze({ ...options }) as Readonly<Options>;
  }

  override extraRepr(): string {
    return shown([this.kernelSize], this.options, {}, JSON.stringify);
  }
}

/** The option of a layer that gives the indices too. @inline */
export interface WithIndices<Indices extends boolean> {
  /** Whether a call gives `{ values, indices }`, as `MaxUnpool` layers take them; false unless given. */
  returnIndices?: Indices;
}

/** What a layer with the option `returnIndices` gives. */
export type MaybeIndices<Indices extends boolean> = Indices extends true ? ValuesAndIndices : Tensor;

/** Largest values of windows of fixed size. */
export abstract class MaxPool<Size extends Pair | Triple, Options extends object, Indices extends boolean> extends Pool<Size, Options> {
  /** Whether a call gives the indices too. */
  readonly returnIndices: boolean;

  constructor(layer: string, axes: number, kernelSize: Size, options: (Options & WithIndices<Indices>) | undefined) {
    const read = readOptions(layer, options, { ...MAX, returnIndices: false });
    checkWindow(layer, kernelSize, read, axes);
    const { returnIndices: _, ...given } = { ...options };
    super(kernelSize, given as Options);
    this.returnIndices = read.returnIndices;
  }

  override extraRepr(): string {
    return super.extraRepr() + (this.returnIndices ? ", returnIndices=true" : "");
  }
}

/**
 * Largest value of each window of a sequence. x: float32 [N, C, L] or [C, L] -> [N, C, OL], the length as of `maxPool1d`.
 * Option beside those of the function: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.MaxPool1d(2).call(tensor([[[1, 3, 2, 0]]])); // [[[3, 2]]]
 */
export class MaxPool1d<Indices extends boolean = false> extends MaxPool<number, MaxPool1dOptions, Indices> {
  constructor(kernelSize: number, options?: MaxPool1dOptions & WithIndices<Indices>) {
    super("MaxPool1d", 1, kernelSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? maxPool1dWithIndices : maxPool1d)(x, this.kernelSize, this.options) as MaybeIndices<Indices>;
  }
}

/**
 * Largest value of each window of an image. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW], sizes as of `maxPool2d`.
 * Option beside those of the function: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.MaxPool2d(2).call(tensor([[[[1, 3], [2, 0]]]])); // [[[[3]]]]
 */
export class MaxPool2d<Indices extends boolean = false> extends MaxPool<Pair, MaxPool2dOptions, Indices> {
  constructor(kernelSize: Pair, options?: MaxPool2dOptions & WithIndices<Indices>) {
    super("MaxPool2d", 2, kernelSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? maxPool2dWithIndices : maxPool2d)(x, this.kernelSize, this.options) as MaybeIndices<Indices>;
  }
}

/**
 * Average of each window of a sequence. x: float32 [N, C, L] or [C, L] -> [N, C, OL], the length as of `avgPool1d`.
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.AvgPool1d(2).call(tensor([[[1, 3, 2, 0]]])); // [[[2, 1]]]
 */
export class AvgPool1d extends Pool<number, AvgPool1dOptions> {
  constructor(kernelSize: number, options?: AvgPool1dOptions) {
    super(kernelSize, options);
    checkWindow("AvgPool1d", kernelSize, averagePoolOptions("AvgPool1d", options, 1), 1);
  }

  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernelSize, this.options);
  }
}

/**
 * Average of each window of an image. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, OH, OW], sizes as of `avgPool2d`.
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` if the window does not fit, `DTypeError` unless x is float32.
 * @example new nn.AvgPool2d(3, { stride: 2 });
 */
export class AvgPool2d extends Pool<Pair, AvgPool2dOptions> {
  constructor(kernelSize: Pair, options?: AvgPool2dOptions) {
    super(kernelSize, options);
    checkWindow("AvgPool2d", kernelSize, averagePoolOptions("AvgPool2d", options, 2), 2);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }
}

/**
 * Averages that give an output of fixed length. x: float32 [N, C, L] or [C, L] -> [N, C, outputSize].
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for a size below 1, `ShapeError` for sequences without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveAvgPool1d(1).call(tensor([[[1, 3, 2, 0]]])); // [[[1.5]]]
 */
export class AdaptiveAvgPool1d extends AdaptivePool<number> {
  constructor(outputSize: number, ...rest: readonly never[]) {
    super(outputSize, rest);
    perAxis("AdaptiveAvgPool1d", "outputSize", outputSize, 1, 1);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * Averages that give an output of fixed size; `null` keeps an axis. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, ...outputSize].
 * Gradient: g / count to every element of the window.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for images without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveAvgPool2d(1).call(tensor([[[[1, 3], [2, 0]]]])); // [[[[1.5]]]]
 */
export class AdaptiveAvgPool2d extends AdaptivePool<number | readonly [number | null, number | null]> {
  constructor(outputSize: number | readonly [number | null, number | null], ...rest: readonly never[]) {
    super(outputSize, rest);
    checkOutputSize("AdaptiveAvgPool2d", outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}
