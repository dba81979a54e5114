// Loss functions as modules.
import { type CrossEntropyOptions, crossEntropy, mseLoss, type Reduction } from "../ops/loss.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** Cross-entropy between logits [N, C, ...] and class numbers or probabilities; options as `crossEntropy`. @example new nn.CrossEntropyLoss(); */
export class CrossEntropyLoss extends Module {
  constructor(readonly options: CrossEntropyOptions = {}) {
    super();
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return crossEntropy(x, target, this.options);
  }
}

/** Squared error, by default its mean; options as `mseLoss`. @example new nn.MSELoss(); */
export class MSELoss extends Module {
  constructor(readonly options: { reduction?: Reduction } = {}) {
    super();
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, this.options);
  }
}
