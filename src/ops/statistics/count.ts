// Counts of whole numbers and histograms.
import { checkNumber, checkThat, checkWhole, isGiven } from "../../checks.js";
import { DTypeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { linspace, zeros } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatShape, formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { fill } from "../../tensor/values.js";
import { sortKernels } from "../../wasm/generated/groups/sort.js";
import { div, minimum, mul, sub } from "../elementwise/arithmetic.js";
import { to } from "../elementwise/cast.js";
import { eq, ge, le, lt } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { logicalAnd } from "../math/logic.js";
import { scatterAdd } from "../move/gather.js";
import { clone, detach, flatten } from "../move/shape.js";
import { at, narrow } from "../move/slice.js";
import { endsOf } from "../reduce/more.js";
import { sum } from "../reduce/reduce.js";
import { searchsorted } from "../sort/search.js";

const countOp: Op<[index: Tensor], number> = defineOp<[index: Tensor], number>({
  name: "bincount",
  infer: (_, bins) => ({ shape: [bins], dtype: "int32" }),
  forward: (out, [index]) => {
    fill(out, 0);
    sortKernels.countIndices(index.ptr, out.ptr, index.size);
  },
  backward: [null],
});

/** How often each index below `bins` appears: int32, or the sums of weights, float32. */
const counted = (index: Tensor, bins: number, weights: Tensor | null | undefined): Tensor =>
  isGiven(weights) ? scatterAdd(zeros([bins]), 0, index, to(weights, "float32")) : countOp(index, bins);

/** Throws unless weights, if there are any, have the shape of `x`. */
function checkWeights(op: string, x: Tensor, weights: Tensor | null | undefined): void {
  if (!isGiven(weights)) return;
  checkAlive(op, weights, "weights");
  checkForm(op, weights, sameShape(x.shape, weights.shape), formatShape(x.shape), "the weights");
}

/** The same for indices up to `bins`, in which those outside all bins have the index `bins`: float32 without them. */
const countedInside = (index: Tensor, bins: number, weights: Tensor | undefined): Tensor =>
  to(narrow(counted(index, bins + 1, weights), 0, 0, bins), "float32");

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element counts, in the shape of x; 1 unless given. */
  weights?: Tensor | null;
  /** The least size of the result; 0 unless given. */
  minlength?: number;
}

/**
 * How often each whole number from 0 appears: `out[v] = number of x[i] = v`, or the sum of their weights. x: int32, uint8 or int8 [n];
 * weights [n] -> int32 [largest + 1], at least [minlength]; float32 with weights. Gradient: to the weights.
 * Errors: `ArgError` for a negative element, `DTypeError` for other dtypes, `ShapeError` for other shapes.
 * @example bincount(tensor([0, 2, 2], { dtype: "int32" })); // [1, 0, 2]
 */
export function bincount(x: Tensor, options?: BincountOptions): Tensor {
  const { weights, minlength } = readOptions<{ weights: Tensor | null | undefined; minlength: number }>("bincount", options, {
    weights: undefined,
    minlength: 0,
  });
  checkWhole("bincount", "minlength", minlength, 0);
  checkAlive("bincount", x, "x");
  if (dtypes[x.dtype].kind !== "int")
    throw new DTypeError(`bincount: needs whole numbers, got ${formatSpec(x)}; convert with .to("int32")`);
  checkWeights("bincount", x, weights);
  checkForm("bincount", x, x.ndim === 1, "[n]");
  return scope(() => {
    const index = to(x, "int32");
    const [least, most] = x.size > 0 ? endsOf(index) : [0, -1];
    checkThat("bincount", least >= 0, "elements must not be negative", least);
    return counted(index, Math.max(most + 1, minlength), weights);
  });
}

/** The ends of all bins: those given, or those of the elements; 1 around them if they are equal. */
function rangeOf(op: string, x: Tensor, range: readonly number[] | undefined): [number, number] {
  const [low = 0, high = 1] = range ?? (x.size > 0 ? endsOf(x) : []);
  checkThat(op, high >= low && high - low < Infinity, "the range must be finite with min <= max", [low, high]);
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Options of `histc`. */
export interface HistcOptions {
  /** Number of bins; 100 unless given. */
  bins?: number;
  /** Lower end of the range; that of the elements if both ends are 0, as they are unless given. */
  min?: number;
  /** Upper end of the range. */
  max?: number;
}

/**
 * How many elements are in each of `bins` intervals of equal width from `min` to `max`. Those outside and NaN count nowhere; those at `max`
 * belong to the last one. x: float32, any shape -> float32 [bins]. Gradient: none.
 * Errors: `ArgError` for bins below 1, for min above max, for a range that is not finite; `DTypeError` unless x is float32.
 * @example histc(tensor([1, 2, 1]), { bins: 4, min: 0, max: 3 }); // [0, 2, 1, 0]
 */
export function histc(x: Tensor, options?: HistcOptions): Tensor {
  const { bins, min, max } = readOptions("histc", options, { bins: 100, min: 0, max: 0 });
  checkWhole("histc", "bins", bins, 1);
  checkNumber("histc", "min", min);
  checkNumber("histc", "max", max);
  checkAlive("histc", x, "x");
  checkFloat("histc", x);
  return scope(() => {
    const flat = flatten(detach(x));
    const [low, high] = rangeOf("histc", flat, min === max ? undefined : [min, max]);
    const place = div(mul(sub(flat, low), bins), Math.fround(high) - Math.fround(low));
    const inside = logicalAnd(ge(flat, low), le(flat, high));
    return countedInside(where(inside, minimum(to(place, "int32"), bins - 1), bins), bins, undefined);
  });
}

/** Options of `histogram`. */
export interface HistogramOptions {
  /** Lower and upper end of the bins; those of the elements unless given. */
  range?: readonly [min: number, max: number];
  /** What each element counts, in the shape of x; 1 unless given. */
  weight?: Tensor;
  /** Whether the result is a density, whose integral is 1; false unless given. */
  density?: boolean;
}

const HISTOGRAM: { range: HistogramOptions["range"]; weight: Tensor | undefined; density: boolean } = {
  range: undefined,
  weight: undefined,
  density: false,
};

/** What `histogram` gives. */
export interface Histogram {
  /** Counts, sums of weights or densities, float32 [bins]. */
  hist: Tensor;
  /** The ends of the bins, float32 [bins + 1]. */
  binEdges: Tensor;
}

/**
 * How many elements are in each bin: `binEdges[i] <= x < binEdges[i + 1]`, the last one with its upper end. Those outside and NaN count
 * nowhere. x: float32, any shape; bins: their number, of equal width, or float32 [n] of their edges in ascending order. Gradient: none.
 * Errors: `ArgError` for bins below 1 and for a range that is not finite; `ShapeError` for edges or weights of another shape and for edges
 * beside a range; `DTypeError` unless all are float32.
 * @example histogram(tensor([1, 2, 1]), 4, { range: [0, 3] }).hist; // [0, 2, 1, 0]
 * @example histogram(tensor([0.5, 3, 7]), tensor([0, 1, 10])).hist; // [1, 2]
 */
export function histogram(x: Tensor, bins: number | Tensor, options?: HistogramOptions): Histogram {
  const { range, weight, density } = readOptions("histogram", options, HISTOGRAM);
  checkAlive("histogram", x, "x");
  const given = typeof bins === "number" ? undefined : bins;
  if (given) checkAlive("histogram", given, "bins");
  checkWeights("histogram", x, weight);
  checkFloat("histogram", x, given ?? x, weight ?? x);
  if (!given) checkWhole("histogram", "bins", bins, 1);
  else
    checkForm("histogram", given, given.ndim === 1 && given.size > 1 && !range, "a number, or [n] with n > 1 and without a range", "bins");
  return scope(() => {
    const flat = flatten(detach(x));
    const binEdges = given ? clone(detach(given)) : linspace(...rangeOf("histogram", flat, range), (bins as number) + 1);
    const count = binEdges.size - 1;
    const place = sub(searchsorted(binEdges, flat, { right: true }), 1);
    // What is before the first edge gets the place of what is behind the last one, which is not returned.
    const inside = where(eq(flat, at(binEdges, -1)), count - 1, where(lt(place, 0), count, place));
    const hist = countedInside(inside, count, weight && flatten(detach(weight)));
    if (!density) return { hist, binEdges };
    const widths = sub(narrow(binEdges, 0, 1, count), narrow(binEdges, 0, 0, count));
    return { hist: div(hist, mul(sum(hist), widths)), binEdges };
  });
}
