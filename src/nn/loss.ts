// Loss functions as modules.
import { CROSS_ENTROPY, type CrossEntropyOptions, crossEntropy, NLL, type NllLossOptions, nllLoss } from "../ops/loss/crossEntropy.js";
import {
  BINARY,
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
  l1Loss,
  lossOptions,
  mseLoss,
  WEIGHTED,
  type WeightedLossOptions,
} from "../ops/loss/loss.js";
import type { Tensor } from "../tensor/tensor.js";
import { Configured } from "./configured.js";

/**
 * Cross-entropy between logits and class numbers or probabilities. x: float32 [N, C, ...]; target: int32 [N, ...], or float32 in the shape
 * of x -> a scalar. Options and gradient: those of `crossEntropy`.
 * Errors: `ArgError` for options outside their range; `IndexError`, `ShapeError`, `DTypeError` as of `crossEntropy`.
 * @example new nn.CrossEntropyLoss().call(logits, labels);
 */
export class CrossEntropyLoss extends Configured<Required<CrossEntropyOptions>> {
  constructor(options?: CrossEntropyOptions) {
    super(lossOptions("CrossEntropyLoss", options, CROSS_ENTROPY));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return crossEntropy(x, target, this.options);
  }
}

/**
 * Squared error, by default its mean. x, target: float32 of one shape -> a scalar. Options and gradient: those of `mseLoss`.
 * Errors: `ArgError` for an unknown reduction, `ShapeError` if the shapes differ, `DTypeError` unless both are float32.
 * @example new nn.MSELoss().call(tensor([1, 2]), tensor([3, 2])); // 2
 */
export class MSELoss extends Configured<Required<WeightedLossOptions>> {
  constructor(options?: WeightedLossOptions) {
    super(lossOptions("MSELoss", options, WEIGHTED));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, this.options);
  }
}

/**
 * Absolute error, by default its mean. x, target: float32 of one shape -> a scalar. Options and gradient: those of `l1Loss`.
 * Errors: `ArgError` for an unknown reduction, `ShapeError` if the shapes differ, `DTypeError` unless both are float32.
 * @example new nn.L1Loss().call(tensor([1, 2]), tensor([3, 2])); // 1
 */
export class L1Loss extends Configured<Required<WeightedLossOptions>> {
  constructor(options?: WeightedLossOptions) {
    super(lossOptions("L1Loss", options, WEIGHTED));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return l1Loss(x, target, this.options);
  }
}

/**
 * Negative log-likelihood of log-probabilities and class numbers. x: float32 [N, C, ...]; target: int32 [N, ...] -> a scalar.
 * Options and gradient: those of `nllLoss`.
 * Errors: `ArgError` for options outside their range; `IndexError`, `ShapeError`, `DTypeError` as of `nllLoss`.
 * @example new nn.NLLLoss().call(logits.logSoftmax(1), labels);
 */
export class NLLLoss extends Configured<Required<NllLossOptions>> {
  constructor(options?: NllLossOptions) {
    super(lossOptions("NLLLoss", options, NLL));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return nllLoss(x, target, this.options);
  }
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]. x, target: float32 of one shape -> a scalar.
 * Options and gradient: those of `binaryCrossEntropyWithLogits`.
 * Errors: `ArgError` for options outside their range, `ShapeError` if the shapes differ, `DTypeError` unless both are float32.
 * @example new nn.BCEWithLogitsLoss({ posWeight: tensor([3]) });
 */
export class BCEWithLogitsLoss extends Configured<Required<BinaryCrossEntropyOptions>> {
  constructor(options?: BinaryCrossEntropyOptions) {
    super(lossOptions("BCEWithLogitsLoss", options, BINARY));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, target, this.options);
  }
}
