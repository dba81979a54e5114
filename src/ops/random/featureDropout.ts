// Dropout of whole channels or samples, and dropout that keeps mean and variance where activations are SELU.
import { ones } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, MAX_RANK } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { alias } from "../move/shape.js";
import { type DropoutOptions, dropout, dropoutOptions } from "./dropout.js";

/** Checks x, whose rank is from `least` to `most`, and its options. */
function read(op: string, x: Tensor, options: unknown, training: boolean, form = "", least = 0, most = MAX_RANK): Required<DropoutOptions> {
  const given = dropoutOptions(op, options, training);
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, x.ndim >= least && x.ndim <= most, form);
  return given;
}

/** x with the first `own` dimensions' parts dropped as a whole. */
function dropParts(x: Tensor, own: number, { p, training, generator }: Required<DropoutOptions>): Tensor {
  if (!training || p === 0) return alias(x);
  const shape = x.shape.map((size, i) => (i < own ? size : 1));
  return scope(() => mul(x, dropout(ones(shape), { p, generator })));
}

type Dropout = (x: Tensor, options?: DropoutOptions) => Tensor;

/** Dropout of the channels of x with one of two ranks, of which the lower one has no batch. */
const ofChannels =
  (op: string, rank: number, form: string): Dropout =>
  (x, options) => {
    const given = read(op, x, options, true, form, rank - 1, rank);
    return dropParts(x, x.ndim === rank || rank === 4 ? 2 : 1, given);
  };

/**
 * Zeros for whole channels with probability `p`, the rest times `1 / (1 - p)`; the values of `x` when not training.
 * x: float32 [N, C, L] or [C, L] -> same. Options: `p` (0.5), `training` (true), `generator`. Gradient: g times `1 / (1 - p)` where the channel
 * was kept, 0 elsewhere.
 * Errors: `ShapeError` for other ranks, `ArgError` for p outside [0, 1], `DTypeError` unless x is float32. Source: PyTorch's `dropout1d`.
 * @example dropout1d(randn([2, 8, 10]), { p: 0.2 });
 */
export const dropout1d: Dropout = /* @__PURE__ */ ofChannels("dropout1d", 3, "[N, C, L] or [C, L]");

/**
 * Zeros for whole channels with probability `p`, the rest times `1 / (1 - p)`; the values of `x` when not training.
 * x: float32 [N, C, H, W] or, as in PyTorch, [N, C, L] -> same. Options: `p` (0.5), `training` (true), `generator`.
 * Gradient: g times `1 / (1 - p)` where the channel was kept, 0 elsewhere.
 * Errors: `ShapeError` for other ranks, `ArgError` for p outside [0, 1], `DTypeError` unless x is float32. Source: Tompson et al., 2015; PyTorch's
 * `dropout2d`.
 * @example dropout2d(images, { p: 0.2 });
 */
export const dropout2d: Dropout = /* @__PURE__ */ ofChannels("dropout2d", 4, "[N, C, H, W] or [N, C, L]");

/**
 * Zeros for whole channels with probability `p`, the rest times `1 / (1 - p)`; the values of `x` when not training.
 * x: float32 [N, C, D, H, W] or [C, D, H, W] -> same. Options: `p` (0.5), `training` (true), `generator`. Gradient: g times `1 / (1 - p)`
 * where the channel was kept, 0 elsewhere.
 * Errors: `ShapeError` for other ranks, `ArgError` for p outside [0, 1], `DTypeError` unless x is float32. Source: PyTorch's `dropout3d`.
 * @example dropout3d(randn([2, 8, 4, 4, 4]), { p: 0.2 });
 */
export const dropout3d: Dropout = /* @__PURE__ */ ofChannels("dropout3d", 5, "[N, C, D, H, W] or [C, D, H, W]");

/**
 * Stochastic depth: zeros for whole samples with probability `p`, the rest times `1 / (1 - p)`; the values of `x` when not training. It
 * stands at the end of a residual branch, which it removes. x: float32 [N, ...] -> same. Options: `p` (0.5), `training` (true), `generator`.
 * Gradient: g times `1 / (1 - p)` where the sample was kept, 0 elsewhere.
 * Errors: `ShapeError` for a scalar, `ArgError` for p outside [0, 1], `DTypeError` unless x is float32. Source: Huang et al., 2016.
 * @example dropPath(randn([2, 8, 4, 4]), { p: 0.1 });
 */
export function dropPath(x: Tensor, options?: DropoutOptions): Tensor {
  return dropParts(x, 1, read("dropPath", x, options, true, "[N, ...]", 1));
}

/** The value of SELU for very small numbers, times -1. */
const ALPHA = 1.7580993408473766;

/** Dropout to -ALPHA instead of 0, and what makes up for the changed mean and variance. */
function alpha(x: Tensor, own: number, given: Required<DropoutOptions>): Tensor {
  const { p, training } = given;
  if (!training || p === 0) return alias(x);
  if (p === 1) return scope(() => mul(x, 0));
  const a = (1 - p) / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
  return scope(() => add(mul(dropParts(add(x, ALPHA), own, given), a), -ALPHA * a));
}

/**
 * Dropout for networks with SELU: with probability `p` an element becomes -1.758, the limit of SELU, and all are scaled and shifted so that
 * mean 0 and variance 1 stay; zeros for p = 1. x: float32, any shape -> same. Options: `p` (0.5), `training` (false, as in PyTorch),
 * `generator`. Gradient: g times the scale where the element was kept, 0 elsewhere.
 * Errors: `ArgError` for p outside [0, 1], `DTypeError` unless x is float32. Source: Klambauer et al., 2017; PyTorch's `alpha_dropout`.
 * @example alphaDropout(x, { p: 0.1, training: true });
 */
export function alphaDropout(x: Tensor, options?: DropoutOptions): Tensor {
  const given = read("alphaDropout", x, options, false);
  return alpha(x, x.ndim, given);
}

/**
 * `alphaDropout` of whole channels. x: float32 [N, C, ...] -> same. Options: `p` (0.5), `training` (false, as in PyTorch), `generator`.
 * Gradient: that of `alphaDropout`.
 * Errors: `ShapeError` for fewer than two dimensions, `ArgError` for p outside [0, 1], `DTypeError` unless x is float32.
 * Source: PyTorch's `feature_alpha_dropout`.
 * @example featureAlphaDropout(images, { p: 0.1, training: true });
 */
export function featureAlphaDropout(x: Tensor, options?: DropoutOptions): Tensor {
  return alpha(x, 2, read("featureAlphaDropout", x, options, false, "[N, C, ...]", 2));
}
