// Images and sequences in another size.
import { checkBoolean, checkOneOf, checkWhole, isGiven } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { fromValues } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkShape, formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { indexSelect } from "../move/gather.js";
import { alias } from "../move/shape.js";
import { type Axis, resample, tapsOf } from "./table.js";

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

function perDim(name: string, value: unknown, dims: number, fits: (one: number) => boolean): number[] {
  const list: unknown[] = Array.isArray(value) ? value : new Array(dims).fill(value);
  if (list.length !== dims || !list.every((one) => typeof one === "number" && fits(one)))
    throw new ArgError(`interpolate: ${name} must be a number above 0, or ${dims} of them, got ${describe(value)}`);
  return list as number[];
}

/** The axes that change, and how. */
function axesOf(x: Tensor, options: Required<InterpolateOptions>): (Axis & { dim: number })[] {
  const { size, scaleFactor, mode, antialias } = options;
  const [rule, dims] = MODES[checkOneOf("interpolate", "mode", mode, Object.keys(MODES) as InterpolateMode[])];
  const corners = options.alignCorners ?? false;
  const recompute = options.recomputeScaleFactor ?? false;
  checkBoolean("interpolate", "alignCorners", corners);
  checkBoolean("interpolate", "recomputeScaleFactor", recompute);
  checkBoolean("interpolate", "antialias", antialias);
  const n = x.shape.slice(2);
  if (n.length < 1 || n.length > 3 || (dims > 0 && n.length !== dims))
    throw new ShapeError(`interpolate: mode "${mode}" needs [N, C, ...] with ${dims || "1 to 3"} dimensions behind, got ${formatSpec(x)}`);
  if (isGiven(size) === isGiven(scaleFactor))
    throw new ArgError(`interpolate: needs either size or scaleFactor, got ${describe(size)} and ${describe(scaleFactor)}`);
  const wrong =
    (isGiven(options.alignCorners) && dims === 0 && "alignCorners") ||
    (recompute && isGiven(size) && "recomputeScaleFactor") ||
    (antialias && dims !== 2 && "antialias");
  if (wrong) throw new ArgError(`interpolate: ${wrong} has no meaning for mode "${mode}" with ${isGiven(size) ? "size" : "scaleFactor"}`);
  const factors = isGiven(scaleFactor)
    ? perDim("scaleFactor", scaleFactor, n.length, (one) => one > 0 && one < Number.POSITIVE_INFINITY)
    : [];
  const m = isGiven(size)
    ? perDim("size", size, n.length, (one) => Number.isInteger(one) && one > 0)
    : n.map((length, i) => Math.floor(length * (factors[i] as number)));
  const [, , ...checked] = checkShape("interpolate", [...x.shape.slice(0, 2), ...m]);
  if (n.includes(0) || checked.includes(0))
    throw new ShapeError(`interpolate: sizes must be above 0, got ${formatSpec(x)} to ${describe(checked)}`);
  return n.map((length, i) => {
    const to = checkWhole("interpolate", "size", checked[i], 1);
    const ratio = recompute || factors[i] === undefined ? length / to : 1 / factors[i];
    const scale = corners ? (to > 1 ? (length - 1) / (to - 1) : 0) : ratio;
    return { dim: i + 2, rule: antialias ? (`smooth ${rule}` as Axis["rule"]) : rule, n: length, m: to, scale, corners };
  });
}

/** Whether an axis stays as it is. */
const isSame = (axis: Axis): boolean => axis.n === axis.m && tapsOf(axis).every(([tap, more], i) => !more && tap?.[0] === i);

/**
 * Images, sequences or volumes in another size: [N, C, ...] -> [N, C, ...size], by the nearest pixel, linear or cubic interpolation, or the mean
 * over areas. x: float32, with one to three dimensions behind the first two ("linear" one, "bilinear" and "bicubic" two, "trilinear" three);
 * "nearest" and "nearest-exact" take any dtype. Options: `InterpolateOptions`.
 * Gradient: of a pixel the sum over the pixels it went into, with their weights.
 * Errors: `ShapeError` for another number of dimensions or sizes of 0, `ArgError` unless either `size` or `scaleFactor` is given, and for options
 * without a meaning for the mode, `DTypeError` for other dtypes.
 * @example interpolate(images, { scaleFactor: 2 }).shape; // [4, 3, 16, 16]
 * @example interpolate(images, { size: [4, 6], mode: "bilinear", antialias: true }).shape; // [4, 3, 4, 6]
 */
export function interpolate(x: Tensor, options?: InterpolateOptions): Tensor {
  checkAlive("interpolate", x, "x");
  const given = readOptions("interpolate", options, DEFAULTS);
  const axes = axesOf(x, given).filter((axis) => !isSame(axis));
  const moves = given.mode.startsWith("nearest");
  if (!moves) checkFloat("interpolate", x);
  // What shrinks most comes first, so that the others have less to do; then the innermost, whose loop is the slower one.
  axes.sort((a, b) => a.m / a.n - b.m / b.n || b.dim - a.dim);
  return scope(() =>
    axes.reduce((y, axis) => {
      if (x.dtype === "float32") return resample(y, { ...axis, back: false });
      const index = tapsOf(axis).map(([tap]) => tap?.[0] as number);
      return indexSelect(y, axis.dim, fromValues({ shape: [axis.m], dtype: "int32", values: index }));
    }, alias(x)),
  );
}
