// Attention as a function.
import { checkBoolean, checkFinite, isGiven } from "../../checks.js";
import { ArgError, DTypeError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, broadcastsTo, checkForm, formatShape, formatSpec, type Shape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { allowedBias } from "./attend.js";
import { attention } from "./fused.js";

/** Options of `scaledDotProductAttention`. */
export interface AttentionOptions {
  /** bool: true where a query may see a key; float32: added to the scores. Broadcasts to [..., T, S]. None unless given. */
  attnMask?: Tensor | null;
  /** Probability that a weight becomes 0, also in evaluation; 0 unless given. */
  dropoutP?: number;
  /** Whether query i sees only the keys up to i; false unless given. Not together with `attnMask`. */
  isCausal?: boolean;
  /** Factor of the scores; `1 / sqrt(D)` unless given. */
  scale?: number | null;
  /** Whether several heads of queries may share a head of keys and values; false unless given. */
  enableGqa?: boolean;
}

const DEFAULTS: Required<AttentionOptions> = { attnMask: null, dropoutP: 0, isCausal: false, scale: null, enableGqa: false };

/** A mask as what is added to scores of the shape [..., T, S]. */
export function biasOf(op: string, name: string, mask: Tensor, shape: Shape, allowed: (mask: Tensor) => Tensor): Tensor {
  checkAlive(op, mask, name);
  if (mask.dtype !== "bool" && mask.dtype !== "float32")
    throw new DTypeError(`${op}: ${name} must be bool or float32, got ${formatSpec(mask)}`);
  if (!broadcastsTo(mask.shape, shape))
    throw new ShapeError(`${op}: ${name} is ${formatSpec(mask)}; it must broadcast to the scores ${formatShape(shape)}`);
  return mask.dtype === "bool" ? allowed(mask) : mask;
}

/**
 * Attention: `softmax(q k^T / sqrt(D) + mask) v`. q [..., T, D], k [..., S, D], v [..., S, E], float32, dimensions before the last two
 * broadcast -> [..., T, E]. With `enableGqa`, q [..., H, T, D] may have a multiple of the heads of k and v [..., Hk, S, D]. A query that may
 * see no key gives zeros (as in PyTorch from 2.5 on; NaN before).
 * The scores are computed in blocks, so memory grows with T + S and not with T S; a mask that needs a gradient, `dropoutP` and k or v that
 * broadcast take memory for all scores.
 * Gradient: that of the formula; 0 to a query that may see no key, and to its mask.
 * Errors: `ShapeError` for shapes that do not fit, `DTypeError` unless all are float32 (the mask may be bool), `ArgError` for options outside
 * their range and for `isCausal` with a mask.
 * Source: Vaswani et al., 2017; grouped queries: Ainslie et al., 2023.
 * @example scaledDotProductAttention(randn([2, 4, 5, 8]), randn([2, 4, 5, 8]), randn([2, 4, 5, 8]), { isCausal: true }).shape; // [2, 4, 5, 8]
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions): Tensor {
  const op = "scaledDotProductAttention";
  const { attnMask, dropoutP, isCausal, scale, enableGqa } = readOptions(op, options, DEFAULTS);
  checkFinite(op, "dropoutP", dropoutP, 0, 1);
  checkBoolean(op, "isCausal", isCausal);
  if (isGiven(scale)) checkFinite(op, "scale", scale);
  for (const [name, x] of Object.entries({ query, key, value })) {
    checkAlive(op, x, name);
    checkFloat(op, x);
    checkForm(op, x, x.ndim > 1, "[..., length, features]", name);
  }
  const [queries, width] = query.shape.slice(-2) as [number, number];
  const [keys, features] = key.shape.slice(-2) as [number, number];
  const [heads, kinds] = [query, key].map((x) => x.shape.at(-3)) as [number, number];
  const shared = enableGqa && query.ndim > 2 && key.ndim > 2;
  const [first, ...others] = [query, key, value].map((x): Shape | undefined => x.shape.slice(0, shared ? -3 : -2));
  const batch = others.reduce((all, lead) => all && broadcastShapes(all, lead as Shape), first);
  if (!batch || features !== width || value.shape.at(-2) !== keys || (shared && !(kinds === value.shape.at(-3) && heads % kinds === 0)))
    throw new ShapeError(
      `${op}: query, key and value must be [..., T, D], [..., S, D] and [..., S, E]${shared ? ", the heads of the query a multiple of theirs" : ""}, ` +
        `and the other dimensions broadcast, got ${[query, key, value].map(formatSpec).join(", ")}`,
    );
  if (attnMask && isCausal) throw new ArgError(`${op}: takes attnMask or isCausal, not both`);
  return scope(() => {
    const scores = [...batch, ...(shared ? [heads] : []), queries, keys];
    const bias = attnMask ? biasOf(op, "attnMask", attnMask, scores, allowedBias) : undefined;
    return attention(query, key, value, { bias, causal: isCausal ? 0 : undefined, scale: scale ?? 1 / Math.sqrt(width), dropoutP });
  });
}
