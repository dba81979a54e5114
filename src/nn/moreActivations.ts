// Activation functions that few models use as layers. x: float32 of any shape -> the same shape, unless said otherwise.

import { checkFinite, checkWhole } from "../checks.js";
import { celu, celuOptions, glu, logSigmoid, mish, prelu, selu, softsign, tanhshrink } from "../ops/math/activation.js";
import { hardshrink, hardsigmoid, hardswish, hardtanh, hardtanhOptions, shrinkOptions, softshrink, threshold } from "../ops/math/pieces.js";
import { type RreluOptions, rrelu, rreluOptions } from "../ops/random/rrelu.js";
import { softmax } from "../ops/reduce/softmax.js";
import { softmin } from "../ops/reduce/softmin.js";
import { readOptions } from "../options.js";
import { full } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { checkForm } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { Activation } from "./activation.js";
import { Configured } from "./configured.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { checkCount } from "./weights.js";

/**
 * Scaled elu, with which activations keep mean 0 and variance 1. x: float32, any shape -> same. Gradient: that of `selu`. Errors: `DTypeError` unless x is float32.
 * @example new nn.SELU().call(tensor([0, 1])); // [0, 1.0507]
 */
export class SELU extends Activation {
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/**
 * `x tanh(softplus(x))`. x: float32, any shape -> same. Gradient: that of `mish`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Mish().call(tensor([0])); // [0]
 */
export class Mish extends Activation {
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/**
 * Logarithm of the logistic function. x: float32, any shape -> same. Gradient: that of `logSigmoid`. Errors: `DTypeError` unless x is float32.
 * @example new nn.LogSigmoid().call(tensor([0])); // [-0.693147]
 */
export class LogSigmoid extends Activation {
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/**
 * `x / (1 + |x|)`. x: float32, any shape -> same. Gradient: that of `softsign`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Softsign().call(tensor([-1, 3])); // [-0.5, 0.75]
 */
export class Softsign extends Activation {
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/**
 * `x - tanh(x)`. x: float32, any shape -> same. Gradient: that of `tanhshrink`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Tanhshrink().call(tensor([0])); // [0]
 */
export class Tanhshrink extends Activation {
  forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

/**
 * `min(max(x + 3, 0), 6) / 6`. x: float32, any shape -> same. Gradient: that of `hardsigmoid`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Hardsigmoid().call(tensor([-4, 0, 4])); // [0, 0.5, 1]
 */
export class Hardsigmoid extends Activation {
  forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/**
 * `x hardsigmoid(x)`. x: float32, any shape -> same. Gradient: that of `hardswish`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Hardswish().call(tensor([-4, 3])); // [0, 3]
 */
export class Hardswish extends Activation {
  forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}

/**
 * Continuously differentiable elu with `alpha` 1 unless given. x: float32, any shape -> same. Gradient: that of `celu`.
 * Errors: `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example new nn.CELU({ alpha: 0.5 });
 */
export class CELU extends Configured<{ alpha: number }> {
  constructor(options?: { alpha?: number }) {
    super(celuOptions("CELU", options));
  }

  forward(x: Tensor): Tensor {
    return celu(x, this.options);
  }
}

/**
 * x limited to [`minVal`, `maxVal`], -1 and 1 unless given. x: float32, any shape -> same. Gradient: that of `hardtanh`.
 * Errors: `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example new nn.Hardtanh({ maxVal: 2 }).call(tensor([-3, 3])); // [-1, 2]
 */
export class Hardtanh extends Configured<{ minVal: number; maxVal: number }> {
  constructor(options?: { minVal?: number; maxVal?: number }) {
    super(hardtanhOptions("Hardtanh", options));
  }

  forward(x: Tensor): Tensor {
    return hardtanh(x, this.options);
  }
}

/**
 * x outside [-`lambd`, `lambd`], 0 inside; lambd is 0.5 unless given. x: float32, any shape -> same. Gradient: that of `hardshrink`.
 * Errors: `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example new nn.Hardshrink().call(tensor([-1, 0.3])); // [-1, 0]
 */
export class Hardshrink extends Configured<{ lambd: number }> {
  constructor(options?: { lambd?: number }) {
    super(shrinkOptions("Hardshrink", options));
  }

  forward(x: Tensor): Tensor {
    return hardshrink(x, this.options);
  }
}

/**
 * x moved toward 0 by `lambd`, 0.5 unless given. x: float32, any shape -> same. Gradient: that of `softshrink`.
 * Errors: `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example new nn.Softshrink().call(tensor([-1, 0.3])); // [-0.5, 0]
 */
export class Softshrink extends Configured<{ lambd: number }> {
  constructor(options?: { lambd?: number }) {
    super(shrinkOptions("Softshrink", options, 0));
  }

  forward(x: Tensor): Tensor {
    return softshrink(x, this.options);
  }
}

/**
 * Gated linear unit: the first half of x along `dim` (-1 unless given), times the sigmoid of the second half. x: float32, any shape with an even
 * size there -> the shape with half that size. Gradient: that of `glu`.
 * Errors: `ArgError` unless the dimension is a whole number; those of `glu`.
 * @example new nn.GLU().call(tensor([1, 2, 0, 0])); // [0.5, 1]
 */
export class GLU extends Configured<{ dim: number }> {
  constructor(options?: { dim?: number }) {
    const read = readOptions("GLU", options, { dim: -1 });
    checkWhole("GLU", "dim", read.dim);
    super(read);
  }

  forward(x: Tensor): Tensor {
    return glu(x, this.options);
  }
}

/**
 * x above the threshold, `value` elsewhere. x: float32, any shape -> same. Gradient: that of `threshold`.
 * Errors: `ArgError` for a threshold or value that is not finite, `DTypeError` unless x is float32.
 * @example new nn.Threshold(1, -1).call(tensor([0.5, 2])); // [-1, 2]
 */
export class Threshold extends Activation {
  constructor(
    /** What x has to be above to stay. */
    readonly threshold: number,
    /** What takes its place elsewhere. */
    readonly value: number,
    ...rest: readonly never[]
  ) {
    super(...rest);
    checkFinite("Threshold", "threshold", threshold);
    checkFinite("Threshold", "value", value);
  }

  forward(x: Tensor): Tensor {
    return threshold(x, this.threshold, this.value);
  }
}

/**
 * Leaky relu whose slope is learned: `x` above 0, `weight x` elsewhere. x: float32 [N, `numParameters`, ...], or any shape with one parameter
 * (which is so unless given) -> same. The weight starts at `init`, 0.25 unless given. Gradient: that of `prelu`.
 * Errors: `ArgError` for a number of parameters below 1 or an init that is not finite, `ShapeError`, `DTypeError` unless x is float32.
 * @example new nn.PReLU().call(tensor([-4, 2])); // [-1, 2]
 */
export class PReLU extends Module {
  /** [numParameters]. */
  readonly weight: Parameter;

  constructor(options?: { numParameters?: number; init?: number }) {
    super();
    const { numParameters, init } = readOptions("PReLU", options, { numParameters: 1, init: 0.25 });
    checkCount("PReLU", "numParameters", numParameters);
    checkFinite("PReLU", "init", init);
    this.weight = scope(() => new Parameter(full([numParameters], init)));
  }

  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  override extraRepr(): string {
    return `numParameters=${this.weight.size}`;
  }
}

/**
 * Leaky relu with random slopes in [`lower`, `upper`), 1/8 and 1/3 unless given, while training, and with their mean in evaluation. x: float32, any
 * shape -> same. The random numbers come from the default generator or the `generator` given. Gradient: that of `rrelu`.
 * Errors: `ArgError` for bounds that are not finite or fall, `DTypeError` unless x is float32.
 * @example new nn.RReLU({ lower: 0.25, upper: 0.75 }).eval().call(tensor([-8, 2])); // [-4, 2]
 */
export class RReLU extends Module {
  readonly #options: Required<RreluOptions>;

  constructor(options?: Omit<RreluOptions, "training">) {
    super();
    const { training: _, ...known } = rreluOptions("RReLU", undefined);
    this.#options = { ...rreluOptions("RReLU", readOptions("RReLU", options, known)) };
  }

  forward(x: Tensor): Tensor {
    return rrelu(x, { ...this.#options, training: this.training });
  }

  override extraRepr(): string {
    return `lower=${this.#options.lower}, upper=${this.#options.upper}`;
  }
}

/**
 * Softmax of -x along a dimension. x: float32, any shape -> same. Gradient: that of `softmin`.
 * Errors: `ArgError` if no dimension is given; those of `softmin`.
 * @example new nn.Softmin(1).call(tensor([[0, 0]])); // [[0.5, 0.5]]
 */
export class Softmin extends Activation {
  constructor(
    /** The dimension whose elements add up to 1. */
    readonly dim: number,
    ...rest: readonly never[]
  ) {
    super(...rest);
    checkWhole("Softmin", "dim", dim);
  }

  forward(x: Tensor): Tensor {
    return softmin(x, this.dim);
  }
}

/**
 * Softmax over the channels of each position. x: float32 [N, C, H, W] or [C, H, W] -> same. Gradient: that of `softmax`.
 * Errors: `ShapeError` for another rank, `DTypeError` unless x is float32.
 * @example new nn.Softmax2d().call(zeros(1, 2, 1, 1)); // [[[[0.5]], [[0.5]]]]
 */
export class Softmax2d extends Activation {
  forward(x: Tensor): Tensor {
    checkAlive("Softmax2d", x, "x");
    checkForm("Softmax2d", x, x.ndim === 3 || x.ndim === 4, "[N, C, H, W] or [C, H, W]");
    return softmax(x, -3);
  }
}
