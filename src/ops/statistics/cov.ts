// Covariances, correlations and differences.
import { checkFinite, checkThat, checkWhole, isGiven } from "../../checks.js";
import { DTypeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { eye } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm, formatSpec } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { clamp } from "../elementwise/activation.js";
import { div, mul, sub } from "../elementwise/arithmetic.js";
import { float } from "../elementwise/cast.js";
import { ne } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { sqrt } from "../elementwise/unary.js";
import { matmul } from "../gemm/matmul.js";
import { cat } from "../move/join.js";
import { reshape, t, unsqueeze } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { amin, sum } from "../reduce/reduce.js";

/** Options of `cov`. */
export interface CovOptions {
  /** What is taken from the count: 1 unless given, for the unbiased estimate. */
  correction?: number;
  /** How often each observation appears, int32 [n]. */
  fweights?: Tensor | null;
  /** The importance of each observation, float32 [n]. */
  aweights?: Tensor | null;
}

const COV: { correction: number; fweights: Tensor | null | undefined; aweights: Tensor | null | undefined } = {
  correction: 1,
  fweights: undefined,
  aweights: undefined,
};

function checkWeights(name: string, weights: Tensor, kind: "int" | "float", n: number): Tensor {
  checkAlive("cov", weights, name);
  if (dtypes[weights.dtype].kind !== kind) throw new DTypeError(`cov: ${name} must be ${kind}32, got ${formatSpec(weights)}`);
  checkForm("cov", weights, weights.ndim < 2 && weights.size === n, `[${n}]`, name);
  const least = n > 0 ? amin(weights).item() : 0;
  checkThat("cov", least >= 0, `${name} must not be negative`, least);
  return reshape(float(weights), [n]);
}

/**
 * Covariances of variables, of which x has one in each row and one observation in each column: `sum(w (x - mean)(y - mean)) / divisor`, with
 * `divisor = sum(w) - correction`, or with aweights a `sum(w) - correction sum(w a) / sum(w)`, but at least 0. x: any dtype, [variables, n]
 * or [n] -> [variables, variables], a scalar for one variable.
 * Gradient: that of the formula.
 * Errors: `ShapeError` for more dimensions and for weights of another size, `ArgError` for negative weights, `DTypeError` for fweights that
 * are no integers or aweights that are not float32.
 * @example cov(tensor([[1, 2, 3], [3, 2, 1]])); // [[1, -1], [-1, 1]]
 */
export function cov(x: Tensor, options?: CovOptions): Tensor {
  const { correction, fweights, aweights } = readOptions("cov", options, COV);
  checkFinite("cov", "correction", correction);
  checkAlive("cov", x, "x");
  checkForm("cov", x, x.ndim < 3, "[n] or [variables, n]");
  return scope(() => {
    const rows = x.ndim === 2 ? float(x) : reshape(float(x), [1, x.size]);
    const n = rows.shape[1] as number;
    const counts = isGiven(fweights) ? checkWeights("fweights", fweights, "int", n) : undefined;
    const importance = isGiven(aweights) ? checkWeights("aweights", aweights, "float", n) : undefined;
    const weights = counts && importance ? mul(counts, importance) : (counts ?? importance);
    const weighted = (y: Tensor): Tensor => (weights ? mul(y, weights) : y);
    const total = weights ? sum(weights) : n;
    const away = sub(rows, div(sum(weighted(rows), { dim: 1, keepdim: true }), total));
    const taken = importance && weights ? mul(div(sum(mul(weights, importance)), total), correction) : correction;
    const divisor =
      typeof total === "number" && typeof taken === "number" ? Math.max(total - taken, 0) : clamp(sub(total, taken), { min: 0 });
    const result = div(matmul(weighted(away), t(away)), divisor);
    return result.size === 1 ? reshape(result, []) : result;
  });
}

/**
 * Correlations of variables: `cov(x)[i, j] / (std[i] std[j])`, limited to [-1, 1]; NaN for a variable whose values are all equal. x: any
 * dtype, [variables, n] or [n] -> [variables, variables], or a scalar. Gradient: that of the formula.
 * Errors: `ShapeError` for more dimensions.
 * @example corrcoef(tensor([[1, 2, 3], [3, 2, 1]])); // [[1, -1], [-1, 1]]
 */
export function corrcoef(x: Tensor): Tensor {
  return scope(() => {
    const c = cov(x);
    if (c.ndim === 0) return div(c, c);
    const deviations = sqrt(sum(where(ne(eye(c.shape[0] as number), 0), c, 0), 1));
    return clamp(div(div(c, unsqueeze(deviations, 1)), deviations), { min: -1, max: 1 });
  });
}

/** Options of `diff`. */
export interface DiffOptions {
  /** How many times differences are taken; 1 unless given. */
  n?: number;
  /** The dimension, the last one unless given. */
  dim?: number;
  /** What is put before x along the dimension. */
  prepend?: Tensor | null;
  /** What is put behind x along the dimension. */
  append?: Tensor | null;
}

const DIFF: Required<Pick<DiffOptions, "n" | "dim">> & DiffOptions = {
  n: 1,
  dim: -1,
  prepend: undefined as never,
  append: undefined as never,
};

/**
 * Differences of neighbours along a dimension, `x[i + 1] - x[i]`, taken n times. x: any dtype with at least one dimension -> n elements less
 * along it; whether neighbours differ for bool. Gradient: that of the differences.
 * Errors: `ShapeError` for a scalar or for pieces that do not fit, `DTypeError` for pieces of another dtype, `IndexError` for a dimension
 * outside the rank, `ArgError` for a negative n.
 * @example diff(tensor([1, 4, 9])); // [3, 5]
 * @example diff(tensor([1, 4, 9]), { n: 2 }); // [2]
 */
export function diff(x: Tensor, options?: number | DiffOptions): Tensor {
  const { n, dim, prepend, append } = readOptions("diff", typeof options === "number" ? { n: options } : options, DIFF);
  checkWhole("diff", "n", n, 0);
  checkAlive("diff", x, "x");
  checkForm("diff", x, x.ndim > 0, "[n] or have more dimensions");
  const d = checkDim("diff", dim, x.ndim);
  return scope(() => {
    let y = cat([prepend, x, append].filter(isGiven), d);
    for (let i = 0; i < n && (y.shape[d] as number) > 0; i++) {
      const count = (y.shape[d] as number) - 1;
      const [after, before] = [narrow(y, d, 1, count), narrow(y, d, 0, count)];
      y = y.dtype === "bool" ? ne(after, before) : sub(after, before);
    }
    return y;
  });
}
