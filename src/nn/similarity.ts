// Layers of two inputs: how alike they are, and what is linear in both.
import { checkFinite, checkWhole } from "../checks.js";
import { bilinear } from "../ops/linalg/bilinear.js";
import { cosineSimilarity, pairwiseDistance } from "../ops/linalg/distance.js";
import { readOptions } from "../options.js";
import { fillUniform } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { Configured } from "./configured.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { checkCount } from "./weights.js";

/** Options of `CosineSimilarity`. */
export interface CosineSimilarityOptions {
  /** The dimension of the vectors; 1 unless given. */
  dim?: number;
  /** Least norm; 1e-8 unless given. */
  eps?: number;
}

/**
 * Cosine of the angle between vectors along `dim`. a, b: float32, shapes broadcast -> that shape without `dim`. Options: dim 1, eps 1e-8.
 * Gradient: that of `cosineSimilarity`.
 * Errors: `ArgError` for options that are no numbers, `ShapeError` if the shapes do not broadcast, `IndexError` for a dimension outside the
 * rank, `DTypeError`.
 * @example new nn.CosineSimilarity().call(tensor([[1, 0]]), tensor([[2, 0]])); // [1]
 */
export class CosineSimilarity extends Configured<Required<CosineSimilarityOptions>> {
  constructor(options?: CosineSimilarityOptions) {
    super(readOptions<Required<CosineSimilarityOptions>>("CosineSimilarity", options, { dim: 1, eps: 1e-8 }));
    checkWhole("CosineSimilarity", "dim", this.options.dim);
    checkFinite("CosineSimilarity", "eps", this.options.eps);
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/** Options of `PairwiseDistance`. */
export interface PairwiseDistanceOptions {
  /** Exponent of the norm; 2 unless given. */
  p?: number;
  /** Added to every difference; 1e-6 unless given. */
  eps?: number;
  /** Whether the last dimension stays, with size 1; false unless given. */
  keepdim?: boolean;
}

/**
 * The `p`-norm of the difference of vectors, the last dimension. a, b: float32, shapes broadcast -> that shape without the last dimension.
 * Options: p 2, eps 1e-6, keepdim false. Gradient: that of `pairwiseDistance`.
 * Errors: `ArgError` for options that are no numbers, `ShapeError` if the shapes do not broadcast, `DTypeError`.
 * @example new nn.PairwiseDistance({ eps: 0 }).call(tensor([[0, 0]]), tensor([[3, 4]])); // [5]
 */
export class PairwiseDistance extends Configured<Required<PairwiseDistanceOptions>> {
  constructor(options?: PairwiseDistanceOptions) {
    super(readOptions<Required<PairwiseDistanceOptions>>("PairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false }));
    checkFinite("PairwiseDistance", "eps", this.options.eps);
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}

/**
 * `y[..., o] = x1^T weight[o] x2 + bias[o]`. x1: float32 [..., in1Features], x2: float32 [..., in2Features] -> [..., outFeatures].
 * State dict: `weight` [out, in1, in2], `bias` [out]; both start uniform within `1 / sqrt(in1)`. Option: bias. Gradient: that of `bilinear`.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for inputs that do not fit, `DTypeError` unless they are float32.
 * @example new nn.Bilinear(3, 4, 5).call(randn([2, 3]), randn([2, 4])).shape; // [2, 5]
 */
export class Bilinear extends Module {
  /** [outFeatures, in1Features, in2Features]. */
  readonly weight: Parameter;
  /** [outFeatures], or `null` without one. */
  readonly bias: Parameter | null;

  constructor(
    /** Size of the last dimension of the first input. */
    readonly in1Features: number,
    /** Size of the last dimension of the second input. */
    readonly in2Features: number,
    /** Size of the last dimension of the result. */
    readonly outFeatures: number,
    options?: { bias?: boolean },
  ) {
    super();
    const { bias } = readOptions("Bilinear", options, { bias: true });
    for (const [name, size] of Object.entries({ in1Features, in2Features, outFeatures })) checkCount("Bilinear", name, size);
    this.weight = Parameter.zeros([outFeatures, in1Features, in2Features]);
    this.bias = bias ? Parameter.zeros([outFeatures]) : null;
    const bound = 1 / Math.sqrt(in1Features);
    for (const parameter of [this.weight, this.bias]) if (parameter) fillUniform(parameter, -bound, bound);
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return bilinear(x1, x2, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `${this.in1Features}, ${this.in2Features}, ${this.outFeatures}, bias=${this.bias !== null}`;
  }
}
