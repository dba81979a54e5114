// What the transformers of this folder share: attention of a sequence to itself, from projected queries, keys and values.
import { isGiven } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { KeyValueCache } from "../nn/attention.js";
import { attend } from "../ops/attention/attend.js";
import { permute, reshape } from "../ops/move/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** Heads [N, heads, T, D] of features [N, T, heads D]. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [n, length, features] = x.shape as [number, number, number];
  return permute(reshape(x, [n, length, heads, features / heads]), [0, 2, 1, 3]);
}

/** Features [N, T, heads D] of heads [N, heads, T, D]. */
export function joinHeads(x: Tensor): Tensor {
  const [n, heads, length, size] = x.shape as [number, number, number, number];
  return reshape(permute(x, [0, 2, 1, 3]), [n, length, heads * size]);
}

/**
 * Attention in which each step sees the steps up to itself, those that a cache has seen among them. Queries, keys and values: heads
 * [N, heads, T, D]; keys and values may have fewer heads, each of which serves several. Result: features [N, T, heads D].
 */
export function causalAttention(q: Tensor, k: Tensor, v: Tensor, cache: KeyValueCache | null, dropoutP = 0): Tensor {
  const seen = cache?.length ?? 0;
  const [keys, values] = cache ? cache.append(k, v) : [k, v];
  const scale = 1 / Math.sqrt(q.shape.at(-1) as number);
  return joinHeads(attend(q, keys, values, { bias: undefined, causal: seen, scale, dropoutP }).out);
}

/** A cache for each of some layers: those given, checked, or new ones. */
export function cachesOf(model: string, layers: number, state: readonly KeyValueCache[] | null | undefined): readonly KeyValueCache[] {
  if (!isGiven(state)) return Array.from({ length: layers }, () => new KeyValueCache());
  if (!Array.isArray(state) || state.length !== layers || !state.every((cache) => cache instanceof KeyValueCache))
    throw new ArgError(`${model}: the state must be ${layers} caches, one per layer, got ${describe(state)}`);
  return state;
}
