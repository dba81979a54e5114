// More losses as modules: of pairs of tensors, of distributions, of lists of labels, of masks and of keys.
import { INFO_NCE, type InfoNceLossOptions, infoNceLoss } from "../ops/loss/contrastive.js";
import { CTC, type CtcLossOptions, ctcLoss, type Lengths } from "../ops/loss/ctc.js";
import {
  type GaussianNllLossOptions,
  gaussianNllLoss,
  gaussianNllOptions,
  type KlDivOptions,
  klDiv,
  klDivOptions,
  POISSON,
  type PoissonNllLossOptions,
  poissonNllLoss,
} from "../ops/loss/likelihood.js";
import {
  binaryCrossEntropy,
  HUBER,
  type HuberLossOptions,
  huberLoss,
  lossOptions,
  type ProbabilityLossOptions,
  type Reduction,
  SMOOTH,
  smoothL1Loss,
  WEIGHTED,
} from "../ops/loss/loss.js";
import { DICE, type DiceLossOptions, diceLoss, type FocalLossOptions, focalLoss, focalOptions } from "../ops/loss/segmentation.js";
import type { Operand } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { Configured } from "./configured.js";

/**
 * Squared error up to `delta`, absolute error beyond it. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `huberLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `huberLoss`.
 * @example new nn.HuberLoss({ delta: 2 }).call(tensor([0]), tensor([3])); // 4
 */
export class HuberLoss extends Configured<Required<HuberLossOptions>> {
  constructor(options?: HuberLossOptions) {
    super(lossOptions("HuberLoss", options, HUBER));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return huberLoss(x, target, this.options);
  }
}

/**
 * Squared error near 0, absolute error elsewhere, by `beta` and `reduction`. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `smoothL1Loss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `smoothL1Loss`.
 * @example new nn.SmoothL1Loss().call(tensor([0, 3]), tensor([1, 0])); // 1.5
 */
export class SmoothL1Loss extends Configured<{ beta: number; reduction: Reduction }> {
  constructor(options?: { beta?: number; reduction?: Reduction }) {
    super(lossOptions("SmoothL1Loss", options, SMOOTH));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(x, target, this.options);
  }
}

/**
 * Binary cross-entropy between probabilities and targets in [0, 1]. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `binaryCrossEntropy`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `binaryCrossEntropy`.
 * @example new nn.BCELoss().call(tensor([0.5]), tensor([1])); // 0.693147
 */
export class BCELoss extends Configured<Required<ProbabilityLossOptions>> {
  constructor(options?: ProbabilityLossOptions) {
    super(lossOptions("BCELoss", options, WEIGHTED));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(x, target, this.options);
  }
}

/**
 * Kullback-Leibler divergence of log-probabilities from a target. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `klDiv`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `klDiv`.
 * @example new nn.KLDivLoss({ reduction: "batchmean" });
 */
export class KLDivLoss extends Configured<Required<KlDivOptions>> {
  constructor(options?: KlDivOptions) {
    super(klDivOptions("KLDivLoss", options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return klDiv(x, target, this.options);
  }
}

/**
 * Negative log-likelihood of counts with a Poisson distribution. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `poissonNllLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `poissonNllLoss`.
 * @example new nn.PoissonNLLLoss().call(tensor([0]), tensor([3])); // 1
 */
export class PoissonNLLLoss extends Configured<Required<PoissonNllLossOptions>> {
  constructor(options?: PoissonNllLossOptions) {
    super(lossOptions("PoissonNLLLoss", options, POISSON));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(x, target, this.options);
  }
}

/**
 * Negative log-likelihood with a normal distribution of mean x. x, target, variance: float32, shapes as of `gaussianNllLoss` -> a scalar.
 * Options and gradient: those of `gaussianNllLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `gaussianNllLoss`.
 * @example new nn.GaussianNLLLoss().call(tensor([1]), tensor([3]), tensor([1])); // 2
 */
export class GaussianNLLLoss extends Configured<Required<GaussianNllLossOptions>> {
  constructor(options?: GaussianNllLossOptions) {
    super(gaussianNllOptions("GaussianNLLLoss", options));
  }

  forward(x: Tensor, target: Tensor, variance: Operand): Tensor {
    return gaussianNllLoss(x, target, variance, this.options);
  }
}

/**
 * Connectionist temporal classification. logProbs: float32 [T, N, C] or [T, C]; targets: int32 [N, S] or one after the other; lengths of both -> a scalar.
 * Options and gradient: those of `ctcLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `ctcLoss`.
 * @example new nn.CTCLoss({ zeroInfinity: true });
 */
export class CTCLoss extends Configured<Required<CtcLossOptions>> {
  constructor(options?: CtcLossOptions) {
    super(lossOptions("CTCLoss", options, CTC));
  }

  forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }
}

/**
 * Cross-entropy in which what is right already counts less. x: float32 [N, C, ...]; target: float32 of that shape, or int32 class numbers [N, ...] -> a scalar.
 * Options and gradient: those of `focalLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `focalLoss`.
 * @example new nn.FocalLoss({ gamma: 1 }).call(logits, labels);
 */
export class FocalLoss extends Configured<FocalLossOptions> {
  constructor(options?: FocalLossOptions) {
    super(focalOptions("FocalLoss", options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return focalLoss(x, target, this.options);
  }
}

/**
 * How little predicted and true masks overlap. x: float32 [N, C, d1, ...]; target: float32 of that shape, or int32 class numbers [N, d1, ...] -> a scalar.
 * Options and gradient: those of `diceLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `diceLoss`.
 * @example new nn.DiceLoss().call(zeros(1, 1, 2), tensor([[[1, 0]]])); // 0.333333
 */
export class DiceLoss extends Configured<Required<DiceLossOptions>> {
  constructor(options?: DiceLossOptions) {
    super(lossOptions("DiceLoss", options, DICE));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return diceLoss(x, target, this.options);
  }
}

/**
 * Cross-entropy of the positive key of each query among all keys. query, positives: float32 [N, D] -> a scalar.
 * Options and gradient: those of `infoNceLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `infoNceLoss`.
 * @example new nn.InfoNCELoss({ temperature: 0.5 }).call(x, x);
 */
export class InfoNCELoss extends Configured<Required<InfoNceLossOptions>> {
  constructor(options?: InfoNceLossOptions) {
    super(lossOptions("InfoNCELoss", options, INFO_NCE));
  }

  forward(query: Tensor, positives: Tensor): Tensor {
    return infoNceLoss(query, positives, this.options);
  }
}
