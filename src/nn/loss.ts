// Loss functions as modules.
import {
  type CrossEntropyOptions,
  crossEntropy,
  crossEntropyOptions,
  type NllLossOptions,
  nllLoss,
  nllOptions,
} from "../ops/loss/crossEntropy.js";
import {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
  binaryOptions,
  l1Loss,
  lossOptions,
  mseLoss,
  type Reduction,
} from "../ops/loss/loss.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/**
 * Cross-entropy between logits [N, C, ...] and class numbers or probabilities. Options, gradient and errors: those of `crossEntropy`.
 * @example new nn.CrossEntropyLoss();
 */
export class CrossEntropyLoss extends Module {
  readonly options: Required<CrossEntropyOptions>;

  constructor(options?: CrossEntropyOptions) {
    super();
    this.options = { ...crossEntropyOptions("CrossEntropyLoss", options) };
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return crossEntropy(x, target, this.options);
  }
}

/** Squared error, by default its mean, of tensors of one shape. Options, gradient and errors: those of `mseLoss`. @example new nn.MSELoss(); */
export class MSELoss extends Module {
  readonly options: { reduction: Reduction };

  constructor(options?: { reduction?: Reduction }) {
    super();
    this.options = { ...lossOptions("MSELoss", options) };
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, this.options);
  }
}

/** Absolute error, by default its mean, of tensors of one shape. Options, gradient and errors: those of `l1Loss`. @example new nn.L1Loss(); */
export class L1Loss extends Module {
  readonly options: { reduction: Reduction };

  constructor(options?: { reduction?: Reduction }) {
    super();
    this.options = { ...lossOptions("L1Loss", options) };
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return l1Loss(x, target, this.options);
  }
}

/**
 * Negative log-likelihood of log-probabilities [N, C, ...] and class numbers. Options, gradient and errors: those of `nllLoss`.
 * @example new nn.NLLLoss();
 */
export class NLLLoss extends Module {
  readonly options: Required<NllLossOptions>;

  constructor(options?: NllLossOptions) {
    super();
    this.options = { ...nllOptions("NLLLoss", options) };
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return nllLoss(x, target, this.options);
  }
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]. Options, gradient and errors: those of `binaryCrossEntropyWithLogits`.
 * @example new nn.BCEWithLogitsLoss({ posWeight: tensor([3]) });
 */
export class BCEWithLogitsLoss extends Module {
  readonly options: Required<BinaryCrossEntropyOptions>;

  constructor(options?: BinaryCrossEntropyOptions) {
    super();
    this.options = { ...binaryOptions("BCEWithLogitsLoss", options) };
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, target, this.options);
  }
}
