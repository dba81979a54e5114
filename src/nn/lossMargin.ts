// Losses with margins as modules.
import { lossOptions, type ProbabilityLossOptions, type Reduction, WEIGHTED } from "../ops/loss/loss.js";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  MARGIN_1,
  type MarginLossOptions,
  type MultiMarginLossOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  multiMarginOptions,
  NO_MARGIN,
  softMarginLoss,
  TRIPLET,
  type TripletDistanceOptions,
  type TripletMarginLossOptions,
  tripletDistanceOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from "../ops/loss/margin.js";
import type { Tensor } from "../tensor/tensor.js";
import { Configured } from "./configured.js";

/**
 * Distances x of pairs that are similar (target 1) or not (-1). x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `hingeEmbeddingLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `hingeEmbeddingLoss`.
 * @example new nn.HingeEmbeddingLoss().call(tensor([0.5, 0.25]), tensor([1, -1])); // 0.625
 */
export class HingeEmbeddingLoss extends Configured<Required<MarginLossOptions>> {
  constructor(options?: MarginLossOptions) {
    super(lossOptions("HingeEmbeddingLoss", options, MARGIN_1));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(x, target, this.options);
  }
}

/**
 * Wants x1 to be larger than x2 (target 1) or smaller (-1) by a margin. x1, x2, target: float32 of one rank, shapes broadcast -> a scalar.
 * Options and gradient: those of `marginRankingLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `marginRankingLoss`.
 * @example new nn.MarginRankingLoss().call(tensor([1]), tensor([3]), tensor([1])); // 2
 */
export class MarginRankingLoss extends Configured<Required<MarginLossOptions>> {
  constructor(options?: MarginLossOptions) {
    super(lossOptions("MarginRankingLoss", options, NO_MARGIN));
  }

  forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(x1, x2, target, this.options);
  }
}

/**
 * Logistic loss of scores and targets 1 or -1, with a `reduction`. x, target: float32 or 16-bit floats of one shape -> a scalar.
 * Options and gradient: those of `softMarginLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `softMarginLoss`.
 * @example new nn.SoftMarginLoss().call(tensor([0]), tensor([1])); // 0.693147
 */
export class SoftMarginLoss extends Configured<{ reduction: Reduction }> {
  constructor(options?: { reduction?: Reduction }) {
    super(lossOptions("SoftMarginLoss", options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return softMarginLoss(x, target, this.options);
  }
}

/**
 * Multi-class hinge loss. x: float32 [N, C] or [C]; target: int32 class numbers [N] or a scalar -> a scalar.
 * Options and gradient: those of `multiMarginLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `multiMarginLoss`.
 * @example new nn.MultiMarginLoss({ p: 2 }).call(logits, labels);
 */
export class MultiMarginLoss extends Configured<Required<MultiMarginLossOptions>> {
  constructor(options?: MultiMarginLossOptions) {
    super(multiMarginOptions("MultiMarginLoss", options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(x, target, this.options);
  }
}

/**
 * Hinge loss of several labels in a row, with a `reduction`. x: float32 [N, C] or [C]; target: int32 of that shape, labels up to the first -1 -> a scalar.
 * Options and gradient: those of `multilabelMarginLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `multilabelMarginLoss`.
 * @example new nn.MultiLabelMarginLoss().call(tensor([0.1, 0.2]), tensor([1, -1], { dtype: "int32" })); // 0.45
 */
export class MultiLabelMarginLoss extends Configured<{ reduction: Reduction }> {
  constructor(options?: { reduction?: Reduction }) {
    super(lossOptions("MultiLabelMarginLoss", options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(x, target, this.options);
  }
}

/**
 * Binary cross-entropy with logits, averaged over the classes of a row. x, target: float32 of one shape [..., C] -> a scalar.
 * Options and gradient: those of `multilabelSoftMarginLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `multilabelSoftMarginLoss`.
 * @example new nn.MultiLabelSoftMarginLoss().call(tensor([[0, 0]]), tensor([[1, 0]])); // 0.693147
 */
export class MultiLabelSoftMarginLoss extends Configured<Required<ProbabilityLossOptions>> {
  constructor(options?: ProbabilityLossOptions) {
    super(lossOptions("MultiLabelSoftMarginLoss", options, WEIGHTED));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(x, target, this.options);
  }
}

/**
 * Wants the positive to be nearer to the anchor than the negative by a margin. anchor, positive, negative: float32 [N, D] or [D] -> a scalar.
 * Options and gradient: those of `tripletMarginLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `tripletMarginLoss`.
 * @example new nn.TripletMarginLoss({ swap: true }).call(x, x, y);
 */
export class TripletMarginLoss extends Configured<Required<TripletMarginLossOptions>> {
  constructor(options?: TripletMarginLossOptions) {
    super(lossOptions("TripletMarginLoss", options, TRIPLET));
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/**
 * `TripletMarginLoss` with a distance of your own. anchor, positive, negative: float32, shapes as the distance takes them -> a scalar.
 * Options and gradient: those of `tripletMarginWithDistanceLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `tripletMarginWithDistanceLoss`.
 * @example new nn.TripletMarginWithDistanceLoss({ distanceFunction: (a, b) => a.sub(b).abs().amax(-1) });
 */
export class TripletMarginWithDistanceLoss extends Configured<Required<TripletDistanceOptions>> {
  constructor(options?: TripletDistanceOptions) {
    super(tripletDistanceOptions("TripletMarginWithDistanceLoss", options));
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, this.options);
  }
}

/**
 * Cosines of pairs of vectors that are similar (target 1) or not (-1). x1, x2: float32 [N, D] or [D]; target: [N] or a scalar -> a scalar.
 * Options and gradient: those of `cosineEmbeddingLoss`.
 * Errors: `ArgError` for options outside their range; `ShapeError` and `DTypeError` as of `cosineEmbeddingLoss`.
 * @example new nn.CosineEmbeddingLoss().call(tensor([[1, 0]]), tensor([[0, 2]]), tensor([1])); // 1
 */
export class CosineEmbeddingLoss extends Configured<Required<MarginLossOptions>> {
  constructor(options?: MarginLossOptions) {
    super(lossOptions("CosineEmbeddingLoss", options, NO_MARGIN));
  }

  forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(x1, x2, target, this.options);
  }
}
