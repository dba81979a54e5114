// Activation functions as layers, for Sequential. x: float32 of any shape -> the same shape.
import { checkNoMore, checkWhole } from "../checks.js";
import {
  clamp,
  elu,
  eluOptions,
  gelu,
  geluOptions,
  leakyRelu,
  leakyReluOptions,
  relu,
  sigmoid,
  silu,
  softplus,
  softplusOptions,
  tanh,
} from "../ops/elementwise/activation.js";
import { logSoftmax, softmax } from "../ops/reduce/softmax.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** A layer without state around one function. */
abstract class Activation extends Module {
  constructor(...none: readonly never[]) {
    super();
    checkNoMore(new.target.name, none);
  }

  abstract override forward(x: Tensor): Tensor;
}

/** `max(x, 0)`. x: float32, any shape -> same. Gradient and errors: those of `relu`. @example new nn.ReLU(); */
export class ReLU extends Activation {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** `min(max(x, 0), 6)`. x: float32, any shape -> same. Gradient and errors: those of `clamp`. @example new nn.ReLU6(); */
export class ReLU6 extends Activation {
  forward(x: Tensor): Tensor {
    return clamp(x, { min: 0, max: 6 });
  }
}

/** `1 / (1 + e^-x)`. x: float32, any shape -> same. Gradient and errors: those of `sigmoid`. @example new nn.Sigmoid(); */
export class Sigmoid extends Activation {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** Hyperbolic tangent. x: float32, any shape -> same. Gradient and errors: those of `tanh`. @example new nn.Tanh(); */
export class Tanh extends Activation {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/** `x * sigmoid(x)`. x: float32, any shape -> same. Gradient and errors: those of `silu`. @example new nn.SiLU(); */
export class SiLU extends Activation {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * Gaussian error linear unit. x: float32, any shape -> same. Options, gradient and errors: those of `gelu`.
 * @example new nn.GELU({ approximate: "tanh" });
 */
export class GELU extends Activation {
  readonly options: { approximate: "none" | "tanh" };

  constructor(options?: { approximate?: "none" | "tanh" }) {
    super();
    this.options = { ...geluOptions("GELU", options) };
  }

  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }
}

/**
 * Smooth relu. x: float32, any shape -> same. Options, gradient and errors: those of `softplus`.
 * @example new nn.Softplus({ beta: 2 });
 */
export class Softplus extends Activation {
  readonly options: { beta: number; threshold: number };

  constructor(options?: { beta?: number; threshold?: number }) {
    super();
    this.options = { ...softplusOptions("Softplus", options) };
  }

  forward(x: Tensor): Tensor {
    return softplus(x, this.options);
  }
}

/**
 * Exponential linear unit. x: float32, any shape -> same. Options, gradient and errors: those of `elu`.
 * @example new nn.ELU({ alpha: 0.5 });
 */
export class ELU extends Activation {
  readonly options: { alpha: number };

  constructor(options?: { alpha?: number }) {
    super();
    this.options = { ...eluOptions("ELU", options) };
  }

  forward(x: Tensor): Tensor {
    return elu(x, this.options);
  }
}

/**
 * Leaky relu. x: float32, any shape -> same. Options, gradient and errors: those of `leakyRelu`.
 * @example new nn.LeakyReLU({ negativeSlope: 0.2 });
 */
export class LeakyReLU extends Activation {
  readonly options: { negativeSlope: number };

  constructor(options?: { negativeSlope?: number }) {
    super();
    this.options = { ...leakyReluOptions("LeakyReLU", options) };
  }

  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.options);
  }
}

/**
 * Softmax along a dimension. x: float32, any shape -> same. Gradient: that of `softmax`.
 * Errors: `ArgError` where no dimension is given; those of `softmax`.
 * @example new nn.Softmax(1);
 */
export class Softmax extends Activation {
  constructor(
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
 * Errors: `ArgError` where no dimension is given; those of `logSoftmax`.
 * @example new nn.LogSoftmax(1);
 */
export class LogSoftmax extends Activation {
  constructor(
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
