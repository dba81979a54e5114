// Initial weights. Formulas: Glorot and Bengio, 2010 (Xavier); He et al., 2015 (Kaiming); names and defaults as torch.nn.init.
import { checkFinite, checkOneOf } from "../checks.js";
import { ArgError, describe, ShapeError } from "../errors.js";
import { fill_ } from "../ops/move/inplace.js";
import { readOptions } from "../options.js";
import { checkGenerator, defaultGenerator, fillNormal, fillUniform, type Generator } from "../tensor/random.js";
import { formatSpec, sizeOf } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";

/** Activation functions with a recommended gain. */
export type Nonlinearity = "linear" | "conv2d" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/**
 * Recommended factor for the standard deviation before an activation: 1, tanh 5/3, relu sqrt(2),
 * leakyRelu sqrt(2 / (1 + slope^2)), selu 3/4.
 * Errors: `ArgError` for an unknown name or a slope that is not finite.
 * @example nn.init.calculateGain("selu"); // 0.75
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  checkFinite("calculateGain", "negativeSlope", negativeSlope);
  switch (nonlinearity) {
    case "linear":
    case "conv2d":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + negativeSlope ** 2));
    case "selu":
      return 3 / 4;
    default:
      throw new ArgError(`calculateGain: no gain known for ${describe(nonlinearity)}`);
  }
}

/**
 * Inputs and outputs of one unit of a weight [out, in, ...] of any dtype: `in` and `out`, times the size of the kernel.
 * Errors: `ShapeError` below two dimensions.
 * @example nn.init.calculateFans(zeros(8, 4, 3, 3)); // { fanIn: 36, fanOut: 72 }
 */
export function calculateFans(weight: Tensor): { fanIn: number; fanOut: number } {
  checkAlive("calculateFans", weight, "weight");
  if (weight.ndim < 2) throw new ShapeError(`calculateFans: needs a weight of at least 2 dimensions, got ${formatSpec(weight)}`);
  const field = sizeOf(weight.shape.slice(2));
  return { fanIn: (weight.shape[1] as number) * field, fanOut: (weight.shape[0] as number) * field };
}

/** What the functions take that draw random numbers. @inline */
interface WithGenerator {
  /** Where the random numbers come from; the default generator unless given. */
  generator?: Generator;
}

/** Options of the Kaiming functions. */
export interface KaimingOptions extends WithGenerator {
  /** Keeps the variance forward ("fanIn", default) or backward ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** The activation that follows; `"leakyRelu"` unless given. */
  nonlinearity?: Nonlinearity;
  /** Slope of the leaky relu; 0 unless given. */
  a?: number;
}

const GENERATOR = { generator: defaultGenerator };
const XAVIER = { ...GENERATOR, gain: 1 };
const KAIMING: Required<KaimingOptions> = { ...GENERATOR, mode: "fanIn", nonlinearity: "leakyRelu", a: 0 };

/** Checks the tensor and the generator, and fills the tensor. */
function edit(op: string, x: Tensor, generator: Generator, fill: () => void): Tensor {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkGenerator(op, generator);
  fill();
  return x;
}

function fillWithin(op: string, x: Tensor, low: number, high: number, generator: Generator): Tensor {
  return edit(op, x, generator, () => fillUniform(x, low, high, generator));
}

function fillAround(op: string, x: Tensor, mean: number, std: number, generator: Generator): Tensor {
  return edit(op, x, generator, () => fillNormal(x, mean, std, generator));
}

/**
 * Fills a tensor with uniform numbers in [low, high). x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `ArgError` unless low and high are finite and in order, `DTypeError` unless x is float32.
 * @example nn.init.uniform(weight, -0.1, 0.1);
 */
export function uniform(x: Tensor, low = 0, high = 1, options?: WithGenerator): Tensor {
  const { generator } = readOptions("init.uniform", options, GENERATOR);
  checkFinite("init.uniform", "low", low);
  checkFinite("init.uniform", "high", high);
  if (low > high) throw new ArgError(`init.uniform: low ${low} must not be above high ${high}`);
  return fillWithin("init.uniform", x, low, high, generator);
}

/**
 * Fills a tensor with normal numbers of the given mean and standard deviation. x: float32, any shape; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ArgError` for a negative std or numbers that are not finite, `DTypeError` unless x is float32.
 * @example nn.init.normal(weight, 0, 0.02);
 */
export function normal(x: Tensor, mean = 0, std = 1, options?: WithGenerator): Tensor {
  const { generator } = readOptions("init.normal", options, GENERATOR);
  checkFinite("init.normal", "mean", mean);
  checkFinite("init.normal", "std", std, 0);
  return fillAround("init.normal", x, mean, std, generator);
}

/**
 * Fills a tensor with one value. x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `ArgError` for a value that is not a number, `DTypeError` unless x is float32.
 * @example nn.init.constant(ones(2), 0.5); // [0.5, 0.5]
 */
export function constant(x: Tensor, value: number): Tensor {
  return edit("init.constant", x, defaultGenerator, () => noGrad(() => fill_(x, value)));
}

/**
 * Fills a tensor with zeros. x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `DTypeError` unless x is float32.
 * @example nn.init.zeros(ones(2)); // [0, 0]
 */
export function zeros(x: Tensor): Tensor {
  return constant(x, 0);
}

/**
 * Fills a tensor with ones. x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `DTypeError` unless x is float32.
 * @example nn.init.ones(zeros(2)); // [1, 1]
 */
export function ones(x: Tensor): Tensor {
  return constant(x, 1);
}

/**
 * Fills a weight with uniform numbers of variance `gain^2 2 / (fanIn + fanOut)`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a gain that is negative or not finite, `DTypeError` unless x is float32.
 * Source: Glorot and Bengio, 2010.
 * @example nn.init.xavierUniform(weight);
 */
export function xavierUniform(x: Tensor, options?: WithGenerator & { gain?: number }): Tensor {
  const { gain, generator } = readOptions("init.xavierUniform", options, XAVIER);
  const bound = gain * Math.sqrt(6 / fansOf("init.xavierUniform", x, gain));
  return fillWithin("init.xavierUniform", x, -bound, bound, generator);
}

/**
 * Fills a weight with normal numbers of variance `gain^2 2 / (fanIn + fanOut)`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a gain that is negative or not finite, `DTypeError` unless x is float32.
 * Source: Glorot and Bengio, 2010.
 * @example nn.init.xavierNormal(weight, { gain: 5 / 3 });
 */
export function xavierNormal(x: Tensor, options?: WithGenerator & { gain?: number }): Tensor {
  const { gain, generator } = readOptions("init.xavierNormal", options, XAVIER);
  const std = gain * Math.sqrt(2 / fansOf("init.xavierNormal", x, gain));
  return fillAround("init.xavierNormal", x, 0, std, generator);
}

/** The sum of fan-in and fan-out; checks the gain first. */
function fansOf(op: string, x: Tensor, gain: number): number {
  checkFinite(op, "gain", gain, 0);
  const { fanIn, fanOut } = calculateFans(x);
  return fanIn + fanOut;
}

function kaimingStd(op: string, x: Tensor, { mode, nonlinearity, a }: Required<KaimingOptions>): number {
  checkOneOf(op, "mode", mode, ["fanIn", "fanOut"]);
  checkFinite(op, "a", a);
  return calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(x)[mode]);
}

/**
 * Fills a weight with uniform numbers of variance `gain^2 / fan`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for an unknown mode or nonlinearity, `DTypeError` unless x is float32.
 * Source: He et al., 2015.
 * @example nn.init.kaimingUniform(weight, { nonlinearity: "relu" });
 */
export function kaimingUniform(x: Tensor, options?: KaimingOptions): Tensor {
  const read = readOptions("init.kaimingUniform", options, KAIMING);
  const bound = Math.sqrt(3) * kaimingStd("init.kaimingUniform", x, read);
  return fillWithin("init.kaimingUniform", x, -bound, bound, read.generator);
}

/**
 * Fills a weight with normal numbers of variance `gain^2 / fan`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for an unknown mode or nonlinearity, `DTypeError` unless x is float32.
 * Source: He et al., 2015.
 * @example nn.init.kaimingNormal(weight, { mode: "fanOut", nonlinearity: "relu" });
 */
export function kaimingNormal(x: Tensor, options?: KaimingOptions): Tensor {
  const read = readOptions("init.kaimingNormal", options, KAIMING);
  return fillAround("init.kaimingNormal", x, 0, kaimingStd("init.kaimingNormal", x, read), read.generator);
}
