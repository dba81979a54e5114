// Convolution layers over sequences and images, and transposed ones.
import { checkOneOf } from "../checks.js";
import { around, type PaddingMode } from "../ops/conv/around.js";
import { type Conv1dOptions, conv1d } from "../ops/conv/conv1d.js";
import { type AllConv2dOptions, type Conv2dOptions, conv2dBy } from "../ops/conv/conv2d.js";
import { type ConvPadding, checkGroups, paddingOfAxes } from "../ops/conv/convGeometry.js";
import { type ConvTranspose1dOptions, type ConvTranspose2dOptions, convTranspose1d, convTranspose2d } from "../ops/conv/convTranspose.js";
import { kernelSteps, type Padding1d, type Padding3d, type Pair, perAxis, type Sided, type Triple } from "../ops/pool/window.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { shown } from "./shown.js";
import { toSize } from "./toSize.js";
import { checkCount, defaultInit } from "./weights.js";

/** The differences between the layers: the number of axes, and the options that are not given; transposed ones have `outputPadding`. */
interface Kind<Settings> {
  readonly layer: string;
  readonly axes: 1 | 2 | 3;
  readonly defaults: Settings;
}

/** Options of all layers; each has some of them. */
interface Options {
  readonly stride: Pair | Triple;
  readonly padding: ConvPadding | Padding1d | Padding3d;
  readonly outputPadding?: Pair | Triple;
  readonly dilation: Pair | Triple;
  readonly groups: number;
  readonly fast?: boolean;
}

/** What all convolution layers take besides the options of their functions. @inline */
export interface WithBias {
  /** Whether to add a trained bias; true unless given. */
  bias?: boolean;
}

/** What convolution layers take besides that are not transposed. @inline */
export interface WithMode extends WithBias {
  /** What is around the input: "zeros" unless given; "reflect" without the edge itself, "replicate" the edge, "circular" the other end. */
  paddingMode?: PaddingMode;
}

/** @internal */
export const CONV1D: Required<Conv1dOptions & WithMode> = {
  stride: 1,
  padding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  paddingMode: "zeros",
};
const CONV2D: Required<Conv2dOptions & WithMode> = { ...CONV1D, padding: 0, fast: false };
/** @internal */
export const TRANSPOSED = { stride: 1, padding: 0, outputPadding: 0, dilation: 1, groups: 1, bias: true };

/** The base of the layers: checked options, and a weight and a bias with PyTorch's default values. */
export abstract class Convolution<Size extends Pair | Triple, Settings extends Options> extends Module {
  /**
   * The filters: [outChannels, inChannels / groups, ...kernelSize], and [inChannels, outChannels / groups, ...kernelSize] if transposed.
   */
  readonly weight: Parameter;
  /** Size of the kernel. */
  readonly kernelSize: Size;
  /** The options but for `bias` and `paddingMode`, all of them. */
  readonly options: Settings;
  /** [outChannels], or `null` without one. */
  readonly bias: Parameter | null;
  readonly #kind: Kind<Settings & Required<WithBias>>;
  readonly #mode: PaddingMode;
  readonly #sides: Sided;

  constructor(
    kind: Kind<Settings & Required<WithBias>>,
    /** Channels of the input. */
    readonly inChannels: number,
    /** Channels of the result. */
    readonly outChannels: number,
    kernelSize: Pair | Triple,
    given: unknown,
  ) {
    super();
    this.#kind = kind;
    const { layer, axes, defaults } = kind;
    const transposed = "outputPadding" in defaults;
    const { bias, paddingMode = "zeros", ...options } = readOptions<Settings & Required<WithBias> & WithMode>(layer, given, defaults);
    const { padding, outputPadding = 0, groups } = options;
    checkCount(layer, "inChannels", inChannels);
    checkCount(layer, "outChannels", outChannels);
    checkGroups(layer, groups, inChannels, outChannels);
    const kernel = perAxis(layer, "kernelSize", kernelSize, 1, axes);
    this.kernelSize = (axes === 1 ? kernelSize : kernel) as Size;
    this.options = options as unknown as Settings;
    const { spans } = kernelSteps(layer, kernel, options);
    perAxis(layer, "outputPadding", outputPadding, 0, axes);
    if (transposed) perAxis(layer, "padding", padding as Pair, 0, axes);
    this.#mode = checkOneOf(layer, "paddingMode", paddingMode, ["zeros", "reflect", "replicate", "circular"]);
    this.#sides = paddingOfAxes(layer, options, spans);
    this.weight = Parameter.zeros([...(transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups]), ...kernel]);
    this.bias = bias ? Parameter.zeros([outChannels]) : null;
    defaultInit(this.weight, this.bias);
  }

  /** x with what `paddingMode` puts around it. */
  protected around(x: Tensor): Tensor {
    return around(this.#kind.layer, x, this.#mode, this.#sides);
  }

  /** The options of the function: without padding if `around` did it. */
  protected get applied(): Settings {
    return this.#mode === "zeros" ? this.options : { ...this.options, padding: 0 };
  }

  /** @internal A transposed convolution uses every row of the weight once per element of the input. */
  override multiplyAdds(input: Tensor, output: Tensor): number {
    return (("outputPadding" in this.options ? input.size : output.size) * this.weight.size) / (this.weight.shape[0] as number);
  }

  override extraRepr(): string {
    const options = { ...this.options, paddingMode: this.#mode, bias: this.bias !== null };
    const usual = { ...this.#kind.defaults, paddingMode: "zeros" };
    return shown([this.inChannels, this.outChannels, this.kernelSize], options, usual, JSON.stringify);
  }
}

/**
 * Convolution over sequences. x: float32 [N, inChannels, L] or without N -> [N, outChannels, OL], the length as of `conv1d`.
 * weight [out, in / groups, K], bias [out]; both start uniform within `1 / sqrt(in / groups * K)`.
 * Options: stride, padding (a number, `[[before, after]]`, "same", "valid"), dilation, groups, bias, `paddingMode`.
 * Gradient: that of `conv1d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.Conv1d(8, 16, 5, { padding: "same" }).call(randn([2, 8, 50])).shape; // [2, 16, 50]
 */
export class Conv1d extends Convolution<number, Required<Conv1dOptions>> {
  constructor(inChannels: number, outChannels: number, kernelSize: number, options?: Conv1dOptions & WithMode) {
    super({ layer: "Conv1d", axes: 1, defaults: CONV1D }, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return conv1d(this.around(x), this.weight, this.bias, this.applied);
  }
}

/**
 * Convolution over images. x: float32 [N, inChannels, H, W] or without N -> [N, outChannels, OH, OW], sizes as of `conv2d`.
 * weight [out, in / groups, KH, KW], bias [out]; both start uniform within `1 / sqrt(in / groups * KH * KW)`.
 * Options: stride, padding (numbers, `[[top, bottom], [left, right]]`, "same", "valid"), dilation, groups, bias, `paddingMode`, `fast` (see `conv2d`). After `eval()`, calls
 * without gradients keep the filters in a second, faster form (`packed` of `conv2d`). Gradient: that of `conv2d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.Conv2d(1, 16, 3, { padding: 1 }).call(randn([2, 1, 8, 8])).shape; // [2, 16, 8, 8]
 */
export class Conv2d extends Convolution<readonly [number, number], Required<Conv2dOptions>> {
  readonly #training: AllConv2dOptions;
  readonly #evaluation: AllConv2dOptions;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: Conv2dOptions & WithMode) {
    super({ layer: "Conv2d", axes: 2, defaults: CONV2D }, inChannels, outChannels, kernelSize, options);
    this.#training = Object.freeze({ ...this.applied, packed: false });
    this.#evaluation = Object.freeze({ ...this.applied, packed: true });
  }

  forward(x: Tensor): Tensor {
    return conv2dBy(this.around(x), this.weight, this.bias, this.training ? this.#training : this.#evaluation);
  }
}

/**
 * Transposed convolution over sequences. x: float32 [N, inChannels, L] or without N -> [N, outChannels, OL], the length as of `convTranspose1d`.
 * weight [in, out / groups, K], bias [out]; both start uniform within `1 / sqrt(out / groups * K)`, as in PyTorch.
 * Options: stride, padding, outputPadding, dilation, groups, bias; of a call `outputSize`.
 * Gradient: that of `convTranspose1d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.ConvTranspose1d(16, 8, 4, { stride: 2, padding: 1 }).call(randn([1, 16, 10])).shape; // [1, 8, 20]
 */
export class ConvTranspose1d extends Convolution<number, Required<Omit<ConvTranspose1dOptions, "outputSize">>> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number,
    options?: Omit<ConvTranspose1dOptions, "outputSize"> & WithBias,
  ) {
    super({ layer: "ConvTranspose1d", axes: 1, defaults: TRANSPOSED }, inChannels, outChannels, kernelSize, options);
  }

  /** `outputSize` chooses the size of the result, as `outputPadding` does. */
  forward(x: Tensor, options?: Pick<ConvTranspose1dOptions, "outputSize">): Tensor {
    return convTranspose1d(x, this.weight, this.bias, { ...this.options, ...toSize("ConvTranspose1d", options) });
  }
}

/**
 * Transposed convolution over images. x: float32 [N, inChannels, H, W] or without N -> [N, outChannels, OH, OW], sizes as of `convTranspose2d`.
 * weight [in, out / groups, KH, KW], bias [out]; both start uniform within `1 / sqrt(out / groups * KH * KW)`, as in PyTorch.
 * Options: stride, padding, outputPadding, dilation, groups, bias; of a call `outputSize`.
 * Gradient: that of `convTranspose2d`.
 * Errors: `ArgError` for sizes or options outside their range, `ShapeError` for an input that does not fit, `DTypeError` unless it is
 * float32.
 * @example new nn.ConvTranspose2d(16, 8, 4, { stride: 2, padding: 1 }).call(randn([1, 16, 4, 4])).shape; // [1, 8, 8, 8]
 */
export class ConvTranspose2d extends Convolution<readonly [number, number], Required<Omit<ConvTranspose2dOptions, "outputSize">>> {
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: Omit<ConvTranspose2dOptions, "outputSize"> & WithBias) {
    super({ layer: "ConvTranspose2d", axes: 2, defaults: TRANSPOSED }, inChannels, outChannels, kernelSize, options);
  }

  /** `outputSize` chooses the size of the result, as `outputPadding` does. */
  forward(x: Tensor, options?: Pick<ConvTranspose2dOptions, "outputSize">): Tensor {
    return convTranspose2d(x, this.weight, this.bias, { ...this.options, ...toSize("ConvTranspose2d", options) });
  }
}
