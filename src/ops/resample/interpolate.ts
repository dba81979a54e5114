// Images and sequences in another size.

import { checkBoolean, checkOneOf, checkThat, checkWhole, isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { fromValues } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { indexSelect } from "../move/gather.js";
import { alias } from "../move/shape.js";
import { type Along, type Axis, resample, tapsOf } from "./table.js";

/** How `interpolate` computes what lies between. */
export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";

/** Options of `interpolate`: either `size` or `scaleFactor`. */
export interface InterpolateOptions {
  /** Sizes of the result after batch and channels: one for all, or one for each dimension. */
  size?: number | readonly number[] | null;
  /** Factors instead of sizes: one for all, or one for each dimension. The size is rounded down. */
  scaleFactor?: number | readonly number[] | null;
  /** "nearest" unless given. */
  mode?: InterpolateMode;
  /** Whether the first and last pixels keep their centres; false unless given. Not for "nearest", "nearest-exact", "area". */
  alignCorners?: boolean | null;
  /** Whether positions are computed from the sizes instead of from `scaleFactor`; false unless given. */
  recomputeScaleFactor?: boolean | null;
  /** Whether a smaller result uses all pixels; false unless given. Only for "bilinear" and "bicubic". */
  antialias?: boolean;
}

/** One of the two is needed; the other may be missing or `null`. */
export type SizeOrFactor = Required<Pick<InterpolateOptions, "size">> | Required<Pick<InterpolateOptions, "scaleFactor">>;

const DEFAULTS: Required<InterpolateOptions> = {
  size: null,
  scaleFactor: null,
  mode: "nearest",
  alignCorners: null,
  recomputeScaleFactor: null,
  antialias: false,
};

/** The rule of each mode, and the number of dimensions after batch and channels; 0 for any. */
const MODES: Readonly<Record<InterpolateMode, readonly [rule: Axis["rule"], dims: number]>> = {
  nearest: ["nearest", 0],
  "nearest-exact": ["nearest-exact", 0],
  linear: ["linear", 1],
  bilinear: ["linear", 2],
  bicubic: ["cubic", 2],
  trilinear: ["linear", 3],
  area: ["area", 0],
};

/** The axes, and how each changes. */
function axesOf(x: Tensor, options: Required<InterpolateOptions>): Along[] {
  const op = "interpolate";
  const { size, scaleFactor, mode, antialias } = options;
  const [rule, dims] = MODES[checkOneOf(op, "mode", mode, Object.keys(MODES) as InterpolateMode[])];
  const corners = checkBoolean(op, "alignCorners", options.alignCorners ?? false);
  const recompute = checkBoolean(op, "recomputeScaleFactor", options.recomputeScaleFactor ?? false);
  const lengths = x.shape.slice(2);
  const rank = lengths.length;
  checkForm(op, x, dims > 0 ? rank === dims : rank > 0 && rank < 4, `[N, C, ...] with ${dims || "1 to 3"} more dimensions for "${mode}"`);
  const bySize = isGiven(size);
  checkThat(op, bySize !== isGiven(scaleFactor), "needs either size or scaleFactor", [size, scaleFactor]);
  const name = bySize ? "size" : "scaleFactor";
  const wrong =
    (dims === 0 && isGiven(options.alignCorners) && "alignCorners") ||
    (antialias && dims !== 2 && "antialias") ||
    (recompute && bySize && "recomputeScaleFactor");
  checkThat(op, !wrong, `${wrong} means nothing with ${name} and mode "${mode}"`, wrong && options[wrong]);
  const value = bySize ? size : scaleFactor;
  const list = (Array.isArray(value) ? value : lengths.map(() => value)) as readonly number[];
  const fits = (one: number): boolean => Number.isFinite(one) && one > 0 && (!bySize || Number.isInteger(one));
  checkThat(op, list.length === rank && list.every(fits), `${name} must be a number above 0, or ${rank} of them`, value);
  return lengths.map((n, i) => {
    const given = list[i] as number;
    // The weights of an axis are a list, which must not fill the memory of JavaScript.
    const m = checkWhole(op, "the size", bySize ? given : Math.floor(n * given), 1, 2 ** 24);
    const ratio = bySize || recompute ? n / m : 1 / given;
    const scale = corners ? (m > 1 ? (n - 1) / (m - 1) : 0) : ratio;
    checkForm(op, x, n > 0, "larger than 0");
    return { dim: i + 2, back: false, rule: antialias ? (`smooth ${rule}` as Axis["rule"]) : rule, n, m, scale, corners };
  });
}

/**
 * Images, sequences or volumes in another size: [N, C, ...] -> [N, C, ...size], by the nearest pixel, linear or cubic interpolation, or the mean
 * over areas. x: float32, with one to three dimensions behind the first two ("linear" one, "bilinear" and "bicubic" two, "trilinear" three);
 * "nearest" and "nearest-exact" take any dtype. Options: `InterpolateOptions`.
 * Gradient: of a pixel the sum over the pixels it went into, with their weights.
 * Errors: `ShapeError` for another number of dimensions or sizes of 0, `ArgError` unless either `size` or `scaleFactor` is given, for a size above
 * 2^24, and for options without a meaning for the mode, `DTypeError` for other dtypes.
 * @example interpolate(images, { scaleFactor: 2 }).shape; // [4, 3, 16, 16]
 * @example interpolate(images, { size: [4, 6], mode: "bilinear", antialias: true }).shape; // [4, 3, 4, 6]
 */
export function interpolate(x: Tensor, options: InterpolateOptions & SizeOrFactor): Tensor {
  checkAlive("interpolate", x, "x");
  const given = readOptions("interpolate", options, DEFAULTS);
  // An axis that stays needs no map, except where PyTorch multiplies what lies around by 0, of which Infinity and NaN give NaN.
  const axes = axesOf(x, given).filter(({ scale, rule }) => scale !== 1 || /cubic|smooth/.test(rule));
  const moves = given.mode.startsWith("nearest");
  if (!moves) checkFloat("interpolate", x);
  // What shrinks most comes first, so that the others have less to do; then the innermost, whose loop is the slower one.
  axes.sort((a, b) => a.m / a.n - b.m / b.n || b.dim - a.dim);
  if (axes.length === 0) return alias(x);
  if (x.dtype === "float32") return resample(x, axes);
  return scope(() =>
    axes.reduce((y, axis) => {
      const index = tapsOf(axis).map(([tap]) => tap?.[0] as number);
      return indexSelect(y, axis.dim, fromValues({ shape: [axis.m], dtype: "int32", values: index }));
    }, x),
  );
}
