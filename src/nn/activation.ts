// Activation functions as layers, for Sequential. x: float32 of any shape -> the same shape.
import { checkNoMore, checkWhole } from "../checks.js";
import { gelu, geluOptions, leakyRelu, leakyReluOptions, relu, sigmoid, silu, tanh } from "../ops/elementwise/activation.js";
import { elu, eluOptions, softplus, softplusOptions } from "../ops/math/activation.js";
import { relu6 } from "../ops/math/pieces.js";
import { logSoftmax, softmax } from "../ops/reduce/softmax.js";
import type { Tensor } from "../tensor/tensor.js";
import { Configured } from "./configured.js";
import { Module } from "./module.js";

/** A layer without state around one function. */
export abstract class Activation extends Module {
  constructor(...none: readonly never[]) {
    super();
    checkNoMore(new.target.name, none);
  }

  abstract override forward(x: Tensor): Tensor;
}

/**
 * Rectified linear unit: `max(x, 0)`. x: float32, any shape -> same. Gradient: that of `relu`.
 * Errors: `DTypeError` unless x is float32.
 * @example new nn.ReLU().call(tensor([-1, 2])); // [0, 2]
 */
export class ReLU extends Activation {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/**
 * `min(max(x, 0), 6)`. x: float32, any shape -> same. Gradient: that of `relu6`. Errors: `DTypeError` unless x is float32.
 * @example new nn.ReLU6().call(tensor([-1, 2, 7])); // [0, 2, 6]
 */
export class ReLU6 extends Activation {
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/**
 * Logistic function: `1 / (1 + e^-x)`. x: float32, any shape -> same. Gradient: that of `sigmoid`.
 * Errors: `DTypeError` unless x is float32.
 * @example new nn.Sigmoid().call(tensor([0])); // [0.5]
 */
export class Sigmoid extends Activation {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/**
 * Hyperbolic tangent. x: float32, any shape -> same. Gradient: that of `tanh`. Errors: `DTypeError` unless x is float32.
 * @example new nn.Tanh().call(tensor([0])); // [0]
 */
export class Tanh extends Activation {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/**
 * Sigmoid linear unit (swish): `x * sigmoid(x)`. x: float32, any shape -> same. Gradient: that of `silu`.
 * Errors: `DTypeError` unless x is float32.
 * @example new nn.SiLU().call(tensor([0])); // [0]
 */
export class SiLU extends Activation {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * Gaussian error linear unit. x: float32, any shape -> same. Options and gradient: those of `gelu`.
 * Errors: `ArgError` for another `approximate`, `DTypeError` unless x is float32.
 * @example new nn.GELU({ approximate: "tanh" });
 */
export class GELU extends Configured<{ approximate: "none" | "tanh" }> {
  constructor(options?: { approximate?: "none" | "tanh" }) {
    super(geluOptions("GELU", options));
  }

  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }
}

/**
 * Smooth relu: `log(1 + e^(beta x)) / beta`, and x itself where `beta x > threshold`. x: float32, any shape -> same. Gradient: that of
 * `softplus`.
 * Errors: `ArgError` for options outside their range, `DTypeError` unless x is float32.
 * @example new nn.Softplus({ beta: 2 });
 */
export class Softplus extends Configured<{ beta: number; threshold: number }> {
  constructor(options?: { beta?: number; threshold?: number }) {
    super(softplusOptions("Softplus", options));
  }

  forward(x: Tensor): Tensor {
    return softplus(x, this.options);
  }
}

/**
 * Exponential linear unit: `x` above 0, `alpha (e^x - 1)` elsewhere. x: float32, any shape -> same. Gradient: that of `elu`.
 * Errors: `ArgError` for an alpha that is not finite, `DTypeError` unless x is float32.
 * @example new nn.ELU({ alpha: 0.5 });
 */
export class ELU extends Configured<{ alpha: number }> {
  constructor(options?: { alpha?: number }) {
    super(eluOptions("ELU", options));
  }

  forward(x: Tensor): Tensor {
    return elu(x, this.options);
  }
}

/**
 * Leaky relu: `x` above 0, `negativeSlope * x` elsewhere. x: float32, any shape -> same. Gradient: that of `leakyRelu`.
 * Errors: `ArgError` for a slope that is not finite, `DTypeError` unless x is float32.
 * @example new nn.LeakyReLU({ negativeSlope: 0.5 }).call(tensor([-2, 2])); // [-1, 2]
 */
export class LeakyReLU extends Configured<{ negativeSlope: number }> {
  constructor(options?: { negativeSlope?: number }) {
    super(leakyReluOptions("LeakyReLU", options));
  }

  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.options);
  }
}

/**
 * Softmax along a dimension. x: float32, any shape -> same. Gradient: that of `softmax`.
 * Errors: `ArgError` if no dimension is given; those of `softmax`.
 * @example new nn.Softmax(1).call(tensor([[0, 0]])); // [[0.5, 0.5]]
 */
export class Softmax extends Activation {
  constructor(
    /** The dimension whose elements add up to 1. */
    readonly dim: number,
    ...rest: readonly never[]
  ) {
    super(...rest);
    checkWhole("Softmax", "dim", dim);
  }

  forward(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }
}

/**
 * Logarithm of softmax along a dimension. x: float32, any shape -> same. Gradient: that of `logSoftmax`.
 * Errors: `ArgError` if no dimension is given; those of `logSoftmax`.
 * @example new nn.LogSoftmax(1);
 */
export class LogSoftmax extends Activation {
  constructor(
    /** The dimension whose elements add up to 1. */
    readonly dim: number,
    ...rest: readonly never[]
  ) {
    super(...rest);
    checkWhole("LogSoftmax", "dim", dim);
  }

  forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }
}
