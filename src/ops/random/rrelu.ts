// Leaky relu with random slopes.
import { checkBoolean, checkFinite } from "../../checks.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { checkGenerator, defaultGenerator, fillUniform, type Generator } from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { leakyRelu } from "../elementwise/activation.js";
import { mul } from "../elementwise/arithmetic.js";
import { gt } from "../elementwise/compare.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";

/** Options of `rrelu`. */
export interface RreluOptions {
  /** The smallest slope; 1/8 unless given. */
  lower?: number;
  /** The largest slope; 1/3 unless given. */
  upper?: number;
  /** Whether slopes are drawn; else all are the mean of both bounds, which is so unless given. */
  training?: boolean;
  /** Where the random numbers come from; the default generator unless given. */
  generator?: Generator;
}

const RRELU: Required<RreluOptions> = { lower: 1 / 8, upper: 1 / 3, training: false, generator: defaultGenerator };

/** @internal Reads the options of `rrelu`. */
export function rreluOptions(op: string, options: unknown): Required<RreluOptions> {
  const read = readOptions(op, options, RRELU);
  checkFinite(op, "lower", read.lower);
  checkFinite(op, "upper", read.upper, read.lower);
  checkBoolean(op, "training", read.training);
  checkGenerator(op, read.generator);
  return read;
}

/**
 * Leaky relu with random slopes: `x` above 0, `r x` elsewhere, with r uniform in [lower, upper) for each element while `training`, and else
 * `(lower + upper) / 2`. x: float32 or 16-bit floats, any shape -> same. Gradient: 1 above 0, r elsewhere, also at 0.
 * Errors: `ArgError` for bounds that are not finite or fall, `DTypeError` for bool and integers.
 * Source: Xu et al., Empirical evaluation of rectified activations in convolutional network, 2015.
 * @example rrelu(tensor([-8, 2]), { lower: 0.25, upper: 0.75 }); // [-4, 2]
 */
export function rrelu(x: Tensor, options?: RreluOptions): Tensor {
  const { lower, upper, training, generator } = rreluOptions("rrelu", options);
  checkAlive("rrelu", x, "x");
  if (!training) return leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
  return scope(() => {
    const wide = asFloat("rrelu", x);
    const slopes = zeros(x.shape);
    fillUniform(slopes, lower, upper, generator);
    return where(gt(wide, 0), wide, mul(wide, slopes));
  });
}
