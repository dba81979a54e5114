// Layers of maxima over windows that give an output of fixed size.
import { checkNoMore } from "../checks.js";
import {
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  type Wanted2d,
} from "../ops/pool/adaptiveMax.js";
import { checkOutputSize } from "../ops/pool/pool2d.js";
import { adaptiveMaxPool3d, adaptiveMaxPool3dWithIndices, type Wanted3d } from "../ops/pool/pool3d.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import type { MaybeIndices, WithIndices } from "./pooling.js";

/** Windows that give an output of fixed size. */
export abstract class AdaptivePool<Wanted> extends Module {
  constructor(
    /** Size of the result along each axis, one number for all; `null` for that of the input. */
    readonly outputSize: Wanted,
    rest: readonly unknown[],
  ) {
    super();
    checkNoMore(new.target.name, rest);
  }

  override extraRepr(): string {
    return JSON.stringify(this.outputSize);
  }
}

/** The largest values of these windows. */
abstract class AdaptiveMaxPool<Wanted, Indices extends boolean> extends AdaptivePool<Wanted> {
  /** Whether a call gives the indices too. */
  readonly returnIndices: boolean;

  constructor(layer: string, axes: number, outputSize: Wanted, options: WithIndices<Indices> | undefined) {
    super(outputSize, []);
    this.returnIndices = readOptions<{ returnIndices: boolean }>(layer, options, { returnIndices: false }).returnIndices;
    checkOutputSize(layer, outputSize, axes);
  }
}

/**
 * Largest values that give an output of fixed length. x: float32 [N, C, L] or [C, L] -> [N, C, outputSize].
 * Option: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for a size below 1, `ShapeError` for sequences without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveMaxPool1d(2).call(tensor([[[1, 3, 2, 0]]])); // [[[3, 2]]]
 */
export class AdaptiveMaxPool1d<Indices extends boolean = false> extends AdaptiveMaxPool<number, Indices> {
  constructor(outputSize: number, options?: WithIndices<Indices>) {
    super("AdaptiveMaxPool1d", 1, outputSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? adaptiveMaxPool1dWithIndices : adaptiveMaxPool1d)(x, this.outputSize) as MaybeIndices<Indices>;
  }
}

/**
 * Largest values that give an output of fixed size; `null` keeps an axis. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, ...outputSize].
 * Option: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for images without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveMaxPool2d(1).call(tensor([[[[1, 3], [2, 0]]]])); // [[[[3]]]]
 */
export class AdaptiveMaxPool2d<Indices extends boolean = false> extends AdaptiveMaxPool<Wanted2d, Indices> {
  constructor(outputSize: Wanted2d, options?: WithIndices<Indices>) {
    super("AdaptiveMaxPool2d", 2, outputSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? adaptiveMaxPool2dWithIndices : adaptiveMaxPool2d)(x, this.outputSize) as MaybeIndices<Indices>;
  }
}

/**
 * Largest values that give a volume of fixed size; `null` keeps an axis. x: float32 [N, C, D, H, W] or [C, D, H, W]
 * -> [N, C, ...outputSize]. Option: `returnIndices`. Gradient: to the element chosen, the first of equals.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for volumes without elements, `DTypeError` unless x is float32.
 * @example new nn.AdaptiveMaxPool3d(1).call(ones([1, 1, 4, 4, 4])).shape; // [1, 1, 1, 1, 1]
 */
export class AdaptiveMaxPool3d<Indices extends boolean = false> extends AdaptiveMaxPool<Wanted3d, Indices> {
  constructor(outputSize: Wanted3d, options?: WithIndices<Indices>) {
    super("AdaptiveMaxPool3d", 3, outputSize, options);
  }

  forward(x: Tensor): MaybeIndices<Indices> {
    return (this.returnIndices ? adaptiveMaxPool3dWithIndices : adaptiveMaxPool3d)(x, this.outputSize) as MaybeIndices<Indices>;
  }
}
