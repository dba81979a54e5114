// Initial weights. Formulas: Glorot and Bengio, 2010 (Xavier); He et al., 2015 (Kaiming); names and defaults as torch.nn.init.
import { ArgError, ShapeError } from "../errors.js";
import { fill_ } from "../ops/inplace.js";
import { defaultGenerator, fillNormal, fillUniform, type Generator } from "../tensor/random.js";
import { formatSpec, sizeOf } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";

/** Activation functions with a recommended gain. */
export type Nonlinearity = "linear" | "conv2d" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/**
 * Recommended factor for the standard deviation before an activation: 1, tanh 5/3, relu sqrt(2),
 * leakyRelu sqrt(2 / (1 + slope^2)), selu 3/4.
 * Errors: `ArgError` for an unknown name.
 * @example calculateGain("leakyRelu", 0.2);
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
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
      throw new ArgError(`calculateGain: no gain known for ${String(nonlinearity)}`);
  }
}

/**
 * Inputs and outputs of one unit of a weight [out, in, ...]: `in` and `out`, times the size of the kernel.
 * Errors: `ShapeError` below two dimensions.
 */
export function calculateFans(weight: Tensor): { fanIn: number; fanOut: number } {
  if (weight.ndim < 2) throw new ShapeError(`calculateFans: needs a weight of at least 2 dimensions, got ${formatSpec(weight)}`);
  const field = sizeOf(weight.shape.slice(2));
  return { fanIn: (weight.shape[1] as number) * field, fanOut: (weight.shape[0] as number) * field };
}

/** Every function here overwrites and returns its tensor; the generator is the default one unless given. */
interface WithGenerator {
  generator?: Generator;
}

/** Options of the Kaiming functions. */
export interface KaimingOptions extends WithGenerator {
  /** Keeps the variance forward ("fanIn") or backward ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  nonlinearity?: Nonlinearity;
  /** Slope of the leaky relu. */
  a?: number;
}

function edit(x: Tensor, fill: () => void): Tensor {
  checkAlive("init", x);
  checkFloat("init", x);
  fill();
  return x;
}

/** Uniform in [low, high). @example nn.init.uniform(weight, -0.1, 0.1); */
export function uniform(x: Tensor, low = 0, high = 1, { generator = defaultGenerator }: WithGenerator = {}): Tensor {
  if (!(low <= high)) throw new ArgError(`init.uniform: low ${low} must not be above high ${high}`);
  return edit(x, () => fillUniform(x, low, high, generator));
}

/** Normal with the given mean and standard deviation. @example nn.init.normal(weight, 0, 0.02); */
export function normal(x: Tensor, mean = 0, std = 1, { generator = defaultGenerator }: WithGenerator = {}): Tensor {
  if (!(std >= 0)) throw new ArgError(`init.normal: std must not be negative, got ${std}`);
  return edit(x, () => fillNormal(x, mean, std, generator));
}

/** One value everywhere. @example nn.init.constant(bias, 0.1); */
export function constant(x: Tensor, value: number): Tensor {
  return edit(x, () => noGrad(() => fill_(x, value)));
}

/** Zeros. @example nn.init.zeros(bias); */
export function zeros(x: Tensor): Tensor {
  return constant(x, 0);
}

/** Ones. @example nn.init.ones(scale); */
export function ones(x: Tensor): Tensor {
  return constant(x, 1);
}

/** Uniform with variance `gain^2 2 / (fanIn + fanOut)`. @example nn.init.xavierUniform(weight); */
export function xavierUniform(x: Tensor, { gain = 1, generator = defaultGenerator }: WithGenerator & { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = calculateFans(x);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(x, -bound, bound, { generator });
}

/** Normal with variance `gain^2 2 / (fanIn + fanOut)`. @example nn.init.xavierNormal(weight, { gain: 5 / 3 }); */
export function xavierNormal(x: Tensor, { gain = 1, generator = defaultGenerator }: WithGenerator & { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = calculateFans(x);
  return normal(x, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), { generator });
}

function kaimingStd(x: Tensor, { mode = "fanIn", nonlinearity = "leakyRelu", a = 0 }: KaimingOptions): number {
  if (mode !== "fanIn" && mode !== "fanOut") throw new ArgError(`init.kaiming: mode must be "fanIn" or "fanOut", got ${String(mode)}`);
  return calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(x)[mode]);
}

/** Uniform with variance `gain^2 / fan`. @example nn.init.kaimingUniform(weight, { nonlinearity: "relu" }); */
export function kaimingUniform(x: Tensor, options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingStd(x, options);
  return uniform(x, -bound, bound, options);
}

/** Normal with variance `gain^2 / fan`. @example nn.init.kaimingNormal(weight, { mode: "fanOut", nonlinearity: "relu" }); */
export function kaimingNormal(x: Tensor, options: KaimingOptions = {}): Tensor {
  return normal(x, 0, kaimingStd(x, options), options);
}
