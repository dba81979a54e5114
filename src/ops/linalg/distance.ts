// Distances and similarities of vectors. A norm has gradient 0 where it is 0.
import { checkFinite, checkOneOf } from "../../checks.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkDims, type Shape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { clamp, relu } from "../elementwise/activation.js";
import { add, div, mul, sub } from "../elementwise/arithmetic.js";
import { floatBroadcast } from "../elementwise/broadcast.js";
import { le } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { sqrt, square } from "../elementwise/unary.js";
import { detach, expand, unsqueeze } from "../move/shape.js";
import { vectorNorm } from "../reduce/more.js";
import { sum } from "../reduce/reduce.js";
import { fit, mT, timesABt } from "./matrices.js";

/** Throws unless p is a finite number, or `Infinity`; for norms also negative. */
function checkNorm(op: string, p: number, least = Number.NEGATIVE_INFINITY): void {
  if (p !== Number.POSITIVE_INFINITY && p !== least) checkFinite(op, "p", p, least);
}

function checkPair(op: string, a: Tensor, b: Tensor): Shape {
  checkAlive(op, a, "a");
  checkAlive(op, b, "b");
  return floatBroadcast(op, a, b).shape;
}

/**
 * `x / max(norm(x), eps)` with the `p`-norm along `dim`: vectors of length 1, or smaller ones where the norm is below `eps`. x: float32, any
 * shape -> same. Options: `p` 2, `dim` 1 (or several), `eps` 1e-12. Gradient: `g / eps` where the norm is below eps.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for a p or eps that is no number, `DTypeError`.
 * @example normalize(tensor([[3, 4]])); // [[0.6, 0.8]]
 */
export function normalize(x: Tensor, options?: { p?: number; dim?: number | readonly number[]; eps?: number }): Tensor {
  const { p, dim, eps } = readOptions<{ p: number; dim: number | readonly number[]; eps: number }>("normalize", options, {
    p: 2,
    dim: 1,
    eps: 1e-12,
  });
  checkNorm("normalize", p);
  checkFinite("normalize", "eps", eps);
  checkAlive("normalize", x, "x");
  checkFloat("normalize", x);
  const dims = checkDims("normalize", dim, x.ndim);
  return scope(() => div(x, clamp(vectorNorm(x, p, dims, { keepdim: true }), { min: eps })));
}

/**
 * Cosine of the angle between vectors along `dim`: the product of both, each divided by its norm, or by `eps` where that is larger. a, b: float32,
 * shapes broadcast -> that shape without `dim`. Options: `dim` 1, `eps` 1e-8. Gradient: to both, that of
 * the norm also where `eps` takes its place.
 * Errors: `ShapeError` if the shapes do not broadcast, `IndexError` for a dimension outside the rank, `ArgError`, `DTypeError`.
 * @example cosineSimilarity(tensor([[1, 0]]), tensor([[2, 0]])); // [1]
 */
export function cosineSimilarity(a: Tensor, b: Tensor, options?: { dim?: number; eps?: number }): Tensor {
  const { dim, eps } = readOptions("cosineSimilarity", options, { dim: 1, eps: 1e-8 });
  checkFinite("cosineSimilarity", "eps", eps);
  const shape = checkPair("cosineSimilarity", a, b);
  const d = checkDim("cosineSimilarity", dim, shape.length);
  return scope(() => {
    const directions = (x: Tensor): Tensor => {
      const wide = expand(x, shape);
      const squares = sum(square(wide), { dim: d, keepdim: true });
      // As in PyTorch, the gradient of a norm below eps is x / eps.
      return div(wide, sqrt(add(squares, detach(relu(sub(eps * eps, squares))))));
    };
    return sum(mul(directions(a), directions(b)), d);
  });
}

/**
 * The `p`-norm of `a - b + eps` along the last dimension. a, b: float32, shapes broadcast -> that shape without the last dimension, or with size 1
 * for it (`keepdim`). Options: `p` 2, `eps` 1e-6. Gradient: to both.
 * Errors: `ShapeError` if the shapes do not broadcast, `ArgError` for a p or eps that is no number, `DTypeError`.
 * @example pairwiseDistance(tensor([[0, 0]]), tensor([[3, 4]]), { eps: 0 }); // [5]
 */
export function pairwiseDistance(a: Tensor, b: Tensor, options?: { p?: number; eps?: number; keepdim?: boolean }): Tensor {
  const { p, eps, keepdim } = readOptions("pairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false });
  checkNorm("pairwiseDistance", p);
  checkFinite("pairwiseDistance", "eps", eps);
  checkPair("pairwiseDistance", a, b);
  return scope(() => vectorNorm(add(sub(a, b), eps), p, -1, { keepdim }));
}

/** PyTorch's names: with more than 25 rows on either side, or always, or never. */
const COMPUTE_MODES = ["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"] as const;

/** Options of `cdist`. */
export interface CdistOptions {
  /** Which norm, at least 0; 2 unless given. */
  p?: number;
  /** Whether distances with p = 2 are computed from a matrix product: for more than 25 rows unless given. */
  computeMode?: (typeof COMPUTE_MODES)[number];
}

/**
 * Distances between every row of a and every row of b, in the `p`-norm. a [..., m, k], b [..., n, k], float32; their batches broadcast ->
 * [..., m, n]. For p = 2 and more than 25 rows it is the root of `|a|^2 + |b|^2 - 2 a b^T`, which is fast and loses digits where rows are
 * close; `computeMode` says otherwise, with PyTorch's texts. Gradient: 0 where a distance is 0.
 * Errors: `ShapeError` if the sizes do not fit, `ArgError` for a p below 0 or another mode, `DTypeError`.
 * @example cdist(tensor([[0, 0]]), tensor([[3, 4], [0, 1]])); // [[5, 1]]
 */
export function cdist(a: Tensor, b: Tensor, options?: CdistOptions): Tensor {
  const { p, computeMode } = readOptions("cdist", options, { p: 2, computeMode: COMPUTE_MODES[0] as string });
  checkNorm("cdist", p, 0);
  const mode = checkOneOf("cdist", "computeMode", computeMode, COMPUTE_MODES);
  fit("cdist", a, b, false, false);
  const many = Math.max(a.shape.at(-2) as number, b.shape.at(-2) as number) > 25;
  const byProduct = p === 2 && (mode === COMPUTE_MODES[1] || (mode === COMPUTE_MODES[0] && many));
  return scope(() => {
    if (!byProduct) return vectorNorm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p, -1);
    const squares = (x: Tensor): Tensor => sum(square(x), { dim: -1, keepdim: true });
    const squared = sub(add(squares(a), mT(squares(b))), mul(timesABt(a, b), 2));
    const zero = le(squared, 0);
    return where(zero, 0, sqrt(where(zero, 1, squared)));
  });
}
