// Activation functions as layers, for Sequential.
import { clamp, elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from "../ops/activation.js";
import { logSoftmax, softmax } from "../ops/softmax.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** A layer without state around one function. */
abstract class Activation extends Module {
  abstract override forward(x: Tensor): Tensor;
}

/** `max(x, 0)`. @example new nn.ReLU(); */
export class ReLU extends Activation {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** `min(max(x, 0), 6)`. @example new nn.ReLU6(); */
export class ReLU6 extends Activation {
  forward(x: Tensor): Tensor {
    return clamp(x, { min: 0, max: 6 });
  }
}

/** `1 / (1 + e^-x)`. @example new nn.Sigmoid(); */
export class Sigmoid extends Activation {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** Hyperbolic tangent. @example new nn.Tanh(); */
export class Tanh extends Activation {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/** `x * sigmoid(x)`. @example new nn.SiLU(); */
export class SiLU extends Activation {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** Gaussian error linear unit; options as `gelu`. @example new nn.GELU({ approximate: "tanh" }); */
export class GELU extends Activation {
  constructor(readonly options: { approximate?: "none" | "tanh" } = {}) {
    super();
  }

  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }
}

/** Smooth relu; options as `softplus`. @example new nn.Softplus({ beta: 2 }); */
export class Softplus extends Activation {
  constructor(readonly options: { beta?: number; threshold?: number } = {}) {
    super();
  }

  forward(x: Tensor): Tensor {
    return softplus(x, this.options);
  }
}

/** Exponential linear unit; options as `elu`. @example new nn.ELU({ alpha: 0.5 }); */
export class ELU extends Activation {
  constructor(readonly options: { alpha?: number } = {}) {
    super();
  }

  forward(x: Tensor): Tensor {
    return elu(x, this.options);
  }
}

/** Leaky relu; options as `leakyRelu`. @example new nn.LeakyReLU({ negativeSlope: 0.2 }); */
export class LeakyReLU extends Activation {
  constructor(readonly options: { negativeSlope?: number } = {}) {
    super();
  }

  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.options);
  }
}

/** Softmax along a dimension. @example new nn.Softmax(1); */
export class Softmax extends Activation {
  constructor(readonly dim: number) {
    super();
  }

  forward(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }
}

/** Logarithm of softmax along a dimension. @example new nn.LogSoftmax(1); */
export class LogSoftmax extends Activation {
  constructor(readonly dim: number) {
    super();
  }

  forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }
}
