// Initial weights. Formulas: Glorot and Bengio, 2010 (Xavier); He et al., 2015 (Kaiming); names and defaults as torch.nn.init.
import { checkFinite, checkOneOf } from "../checks.js";
import { fill_ } from "../ops/move/inplace.js";
import { readOptions } from "../options.js";
import { checkGenerator, defaultGenerator, fillNormal, fillUniform, type Generator, generatorFrom } from "../tensor/random.js";
import { checkForm, sizeOf } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";

export * from "./initMatrices.js";

/** Layers and activation functions with a recommended gain. */
export type Nonlinearity =
  | "linear"
  | `conv${1 | 2 | 3}d`
  | `convTranspose${1 | 2 | 3}d`
  | ("sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu");

/**
 * Recommended factor for the standard deviation before an activation: 1 for linear layers, convolutions and sigmoid, tanh 5/3, relu sqrt(2),
 * leakyRelu sqrt(2 / (1 + slope^2)), selu 3/4.
 * Errors: `ArgError` for an unknown name or a slope that is not finite.
 * @example nn.init.calculateGain("selu"); // 0.75
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  checkFinite("calculateGain", "negativeSlope", negativeSlope);
  const gains: Readonly<Record<Nonlinearity, number>> = {
    ...{ linear: 1, conv1d: 1, conv2d: 1, conv3d: 1, convTranspose1d: 1, convTranspose2d: 1, convTranspose3d: 1, sigmoid: 1 },
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + negativeSlope ** 2)),
    selu: 3 / 4,
  };
  checkOneOf("calculateGain", "nonlinearity", nonlinearity, Object.keys(gains));
  return gains[nonlinearity];
}

/**
 * Inputs and outputs of one unit of a weight [out, in, ...] of any dtype: `in` and `out`, times the size of the kernel.
 * Errors: `ShapeError` below two dimensions.
 * @example nn.init.calculateFans(zeros(8, 4, 3, 3)); // { fanIn: 36, fanOut: 72 }
 */
export function calculateFans(weight: Tensor): { fanIn: number; fanOut: number } {
  checkAlive("calculateFans", weight, "weight");
  checkForm("calculateFans", weight, weight.ndim > 1, "of rank 2 or more", "weight");
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

type Fill = typeof fillUniform;

/** Checks the tensor and the generator, and fills the tensor by two numbers: bounds, or mean and standard deviation. */
function filled(op: string, x: Tensor, fill: Fill, first: number, second: number, generator: Generator): Tensor {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkGenerator(op, generator);
  fill(x, first, second, generator);
  return x;
}

/** Fills a tensor with numbers of mean 0 and a standard deviation. */
function spread(op: string, x: Tensor, fill: Fill, std: number, generator: Generator): Tensor {
  const bound = Math.sqrt(3) * std;
  return fill === fillNormal ? filled(op, x, fill, 0, std, generator) : filled(op, x, fill, -bound, bound, generator);
}

function xavier(op: string, x: Tensor, fill: Fill, options: unknown): Tensor {
  const { gain, generator } = readOptions(op, options, XAVIER);
  checkFinite(op, "gain", gain, 0);
  const { fanIn, fanOut } = calculateFans(x);
  return spread(op, x, fill, gain * Math.sqrt(2 / (fanIn + fanOut)), generator);
}

function kaiming(op: string, x: Tensor, fill: Fill, options: unknown): Tensor {
  const { mode, nonlinearity, a, generator } = readOptions(op, options, KAIMING);
  checkOneOf(op, "mode", mode, ["fanIn", "fanOut"]);
  checkFinite(op, "a", a);
  return spread(op, x, fill, calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(x)[mode]), generator);
}

/**
 * Fills a tensor with uniform numbers in [low, high). x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `ArgError` unless low and high are finite and in order, `DTypeError` unless x is float32.
 * @example nn.init.uniform(weight, -0.1, 0.1);
 */
export function uniform(x: Tensor, low = 0, high = 1, options?: WithGenerator): Tensor {
  const op = "init.uniform";
  const generator = generatorFrom(op, options);
  checkFinite(op, "low", low);
  checkFinite(op, "high", high, low);
  return filled(op, x, fillUniform, low, high, generator);
}

/**
 * Fills a tensor with normal numbers of the given mean and standard deviation. x: float32, any shape; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ArgError` for a negative std or numbers that are not finite, `DTypeError` unless x is float32.
 * @example nn.init.normal(weight, 0, 0.02);
 */
export function normal(x: Tensor, mean = 0, std = 1, options?: WithGenerator): Tensor {
  const op = "init.normal";
  const generator = generatorFrom(op, options);
  checkFinite(op, "mean", mean);
  checkFinite(op, "std", std, 0);
  return filled(op, x, fillNormal, mean, std, generator);
}

/**
 * Fills a tensor with one value. x: float32, any shape; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `ArgError` for a value that is not a number, `DTypeError` unless x is float32.
 * @example nn.init.constant(ones(2), 0.5); // [0.5, 0.5]
 */
export function constant(x: Tensor, value: number): Tensor {
  checkAlive("init.constant", x, "x");
  checkFloat("init.constant", x);
  return noGrad(() => fill_(x, value));
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
  return xavier("init.xavierUniform", x, fillUniform, options);
}

/**
 * Fills a weight with normal numbers of variance `gain^2 2 / (fanIn + fanOut)`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a gain that is negative or not finite, `DTypeError` unless x is float32.
 * Source: Glorot and Bengio, 2010.
 * @example nn.init.xavierNormal(weight, { gain: 5 / 3 });
 */
export function xavierNormal(x: Tensor, options?: WithGenerator & { gain?: number }): Tensor {
  return xavier("init.xavierNormal", x, fillNormal, options);
}

/**
 * Fills a weight with uniform numbers of variance `gain^2 / fan`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for an unknown mode or nonlinearity, `DTypeError` unless x is float32.
 * Source: He et al., 2015.
 * @example nn.init.kaimingUniform(weight, { nonlinearity: "relu" });
 */
export function kaimingUniform(x: Tensor, options?: KaimingOptions): Tensor {
  return kaiming("init.kaimingUniform", x, fillUniform, options);
}

/**
 * Fills a weight with normal numbers of variance `gain^2 / fan`. x: float32 [out, in, ...]; it is overwritten and returned.
 * Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for an unknown mode or nonlinearity, `DTypeError` unless x is float32.
 * Source: He et al., 2015.
 * @example nn.init.kaimingNormal(weight, { mode: "fanOut", nonlinearity: "relu" });
 */
export function kaimingNormal(x: Tensor, options?: KaimingOptions): Tensor {
  return kaiming("init.kaimingNormal", x, fillNormal, options);
}
