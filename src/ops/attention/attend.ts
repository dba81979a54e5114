// Attention of queries to keys. [.., h, t, d] heads, queries, width; s counts keys; hk heads of keys, each of which serves h / hk heads of queries.
import { arange } from "../../tensor/create.js";
import { noGrad } from "../../tensor/tape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { eq, ge } from "../elementwise/compare.js";
import { maskedFill, where } from "../elementwise/select.js";
import { matmulOp } from "../gemm/matmul.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { dropout } from "../random/dropout.js";
import { amax } from "../reduce/reduce.js";
import { softmax } from "../reduce/softmax.js";

/** What attention is told beside its tensors. */
export interface Attend {
  /** Added to the scores; broadcasts to [.., h, t, s]. */
  readonly bias: Tensor | undefined;
  /** Query i sees the keys up to `i + causal`; all keys if undefined. */
  readonly causal: number | undefined;
  /** Factor of the scores. */
  readonly scale: number;
  /** Probability that a weight is dropped. */
  readonly dropoutP: number;
}

/** 0 where a mask is true, -Infinity elsewhere. */
export const allowedBias = (mask: Tensor): Tensor => where(mask, 0, Number.NEGATIVE_INFINITY);

/** The bias [t, s] under which query i sees the keys up to `i + offset`. */
export const causalBias = (queries: number, keys: number, offset = 0): Tensor =>
  allowedBias(ge(unsqueeze(arange(offset, offset + queries, { dtype: "int32" }), 1), arange(keys, { dtype: "int32" })));

/**
 * `softmax(scale q k^T + bias) v` for q [.., h, t, d], k [.., hk, s, d], v [.., hk, s, e] -> out [.., h, t, e] and weights [.., h, t, s]. A row
 * without a key gives zeros, and zero gradients. fused.ts has a kernel for it; its shapes are checked by the callers.
 */
export function attend(q: Tensor, k: Tensor, v: Tensor, { bias, causal, scale, dropoutP }: Attend): { out: Tensor; weights: Tensor } {
  const [queries, width] = q.shape.slice(-2) as [number, number];
  const [keys, features] = v.shape.slice(-2) as [number, number];
  // The queries of all heads that share a head of keys are rows of one product.
  const heads = q.shape.at(-3) ?? 1;
  const kinds = k.shape.at(-3) ?? heads;
  const shared = kinds > 0 && kinds < heads && v.shape.at(-3) === kinds ? heads / kinds : 1;
  const fold = (x: Tensor, size: number): Tensor =>
    shared === 1 ? x : reshape(x, [...x.shape.slice(0, -3), heads / shared, shared * queries, size]);
  const unfold = (x: Tensor, size: number): Tensor => (shared === 1 ? x : reshape(x, [...x.shape.slice(0, -3), heads, queries, size]));
  let scores = unfold(matmulOp(fold(mul(q, scale), width), k, { a: false, b: true }), keys);
  const future = causal === undefined ? undefined : causalBias(queries, keys, causal);
  const all = bias && future ? add(bias, future) : (bias ?? future);
  if (all) scores = add(scores, all);
  // Softmax of a row of -Infinity is NaN; a row that sees nothing is made one of zeros before, and its weights zeros after.
  const mayBeBlind = keys > 0 && all !== undefined && (bias !== undefined || (causal as number) < 0);
  const blind = mayBeBlind ? noGrad(() => eq(amax(scores, -1, { keepdim: true }), Number.NEGATIVE_INFINITY)) : undefined;
  let weights = softmax(blind ? maskedFill(scores, blind, 0) : scores, -1);
  if (blind) weights = maskedFill(weights, blind, 0);
  if (dropoutP > 0) weights = dropout(weights, { p: dropoutP });
  return { out: unfold(matmulOp(fold(weights, keys), v, { a: false, b: false }), features), weights };
}
