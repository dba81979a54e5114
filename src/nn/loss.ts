// Loss functions as modules.
import { type CrossEntropyOptions, crossEntropy, type NllLossOptions, nllLoss } from "../ops/crossEntropy.js";
import { type BinaryCrossEntropyOptions, binaryCrossEntropyWithLogits, l1Loss, mseLoss, type Reduction } from "../ops/loss.js";
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

/** Absolute error, by default its mean; options as `l1Loss`. @example new nn.L1Loss(); */
export class L1Loss extends Module {
  constructor(readonly options: { reduction?: Reduction } = {}) {
    super();
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return l1Loss(x, target, this.options);
  }
}

/** Negative log-likelihood of log-probabilities [N, C, ...] and class numbers; options as `nllLoss`. @example new nn.NLLLoss(); */
export class NLLLoss extends Module {
  constructor(readonly options: NllLossOptions = {}) {
    super();
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return nllLoss(x, target, this.options);
  }
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]; options as `binaryCrossEntropyWithLogits`.
 * @example new nn.BCEWithLogitsLoss({ posWeight: tensor([3]) });
 */
export class BCEWithLogitsLoss extends Module {
  constructor(readonly options: BinaryCrossEntropyOptions = {}) {
    super();
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, target, this.options);
  }
}
