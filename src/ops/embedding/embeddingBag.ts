// Sums, means and largest elements of rows of a table. n counts indices, B bags; V and D are the rows and the columns of the table.
import { checkBoolean, checkOneOf, checkThat, isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { arange, full, ones, zeros } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, sameShape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { div, floorDivide, maximum, mul, sub } from "../elementwise/arithmetic.js";
import { eq, ne } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { scatterReduce } from "../indexing/scatter.js";
import { indicesFor } from "../move/checkIndices.js";
import { gatherOp, indexAddOp } from "../move/gather.js";
import { cat } from "../move/join.js";
import { detach, expand, reshape, unsqueeze } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { searchsorted } from "../sort/search.js";
import { checkEmbedding, EMBEDDING, type EmbeddingOptions, rowsAt, tableSizes } from "./embedding.js";

/** What a layer of bags is told. */
export interface BagOptions extends EmbeddingOptions {
  /** What a bag gives: the sum, the mean (default) or the largest elements of its rows. */
  mode?: "sum" | "mean" | "max";
  /** Whether `offsets` has one more number, the end of the last bag; false unless given. */
  includeLastOffset?: boolean;
}

/** Options of `embeddingBag`. */
export interface EmbeddingBagOptions extends BagOptions {
  /** int32 or int64 [B]: where each bag begins in an index [n]. */
  offsets?: Tensor | null;
  /** Factors of the rows, float32 in the shape of index; only for "sum". */
  perSampleWeights?: Tensor | null;
}

export const BAG: Required<BagOptions> = { ...EMBEDDING, mode: "mean", includeLastOffset: false };
const DEFAULTS: Required<EmbeddingBagOptions> = { ...BAG, offsets: null, perSampleWeights: null };

/** Checks the options that a layer of bags shares with the function. */
export function checkBag<Settings extends Required<BagOptions>>(op: string, settings: Settings, rows: number): Settings {
  checkOneOf(op, "mode", settings.mode, ["sum", "mean", "max"]);
  checkBoolean(op, "includeLastOffset", settings.includeLastOffset);
  checkThat(op, settings.mode !== "max" || !settings.scaleGradByFreq, 'scaleGradByFreq needs mode "sum" or "mean"', settings.mode);
  return checkEmbedding(op, settings, rows);
}

/** The bag of each index, from checked offsets: the last one that begins there or before. Behind the last bag it is `count`. */
function bagsOf(op: string, offsets: Tensor, n: number, includeLastOffset: boolean): { bags: Tensor; count: number } {
  checkAlive(op, offsets, "offsets");
  const more = Number(includeLastOffset);
  checkForm(op, offsets, offsets.ndim === 1 && offsets.size >= more, more ? "[bags + 1]" : "[bags]", "offsets");
  const starts = indicesFor(op, offsets, n + 1);
  const values = starts.isMeta ? [] : [...(starts.toTypedArray() as Int32Array)];
  const fits = starts.size > 0 ? values.every((start, i) => start >= (values[i - 1] ?? 0)) && !values[0] : n === 0;
  checkThat(op, fits, "offsets must begin with 0 and never fall", values);
  const positions = arange(n, { dtype: "int32" });
  return { bags: sub(searchsorted(starts, positions, { right: true }), 1), count: starts.size - more };
}

/** The largest element per bag and column: the first one of several, and the first NaN if there is one. Bag `count` is left out. */
function largest(rows: Tensor, bags: Tensor, count: number): Tensor {
  const [n, features] = rows.shape as [number, number];
  const first = noGrad(() => {
    const index = expand(unsqueeze(bags, 1), [n, features]);
    const values = detach(rows);
    const top = scatterReduce(full([count + 1, features], Number.NEGATIVE_INFINITY), 0, index, values, "amax");
    const at = unsqueeze(arange(n, { dtype: "int32" }), 1);
    const position = where(eq(values, gatherOp(top, index, 0)), at, where(ne(values, values), at, n));
    return scatterReduce(full([count + 1, features], n, { dtype: "int32" }), 0, index, position, "amin");
  });
  // Position n is that of an empty bag.
  return narrow(gatherOp(cat([rows, zeros([1, features])]), first, 0), 0, 0, count);
}

/**
 * Rows of a table, summed up by bags: `out[b] = sum of weight[index[j]]` over the j of bag b, or their mean or largest elements.
 * index: int32 or int64 [B, n], a bag per row, or [n] with `offsets` [B], the begin of each bag; weight: float32 [V, D] -> [B, D]. An empty
 * bag gives zeros. Indices `paddingIdx` are left out, also of the mean's count.
 * Gradient: as of `embedding`; of "max" to the first of equal elements; to `perSampleWeights` the product of g and the row.
 * Errors: `IndexError` for an index outside the table; `ShapeError` for shapes that do not fit; `ArgError` for offsets that do not begin with
 * 0 or fall, for `perSampleWeights` without "sum", `scaleGradByFreq` with "max", and options outside their range; `DTypeError`.
 * @example embeddingBag(tensor([0, 2, 1], { dtype: "int32" }), ones([3, 4]), { offsets: tensor([0, 2], { dtype: "int32" }), mode: "sum" });
 */
export function embeddingBag(index: Tensor, weight: Tensor, options?: EmbeddingBagOptions): Tensor {
  const op = "embeddingBag";
  const read = readOptions(op, options, DEFAULTS);
  const [rowCount] = tableSizes(op, weight);
  const settings = checkBag(op, read, rowCount);
  const { offsets, perSampleWeights, mode, paddingIdx, includeLastOffset } = settings;
  checkAlive(op, index, "index");
  checkForm(op, index, index.ndim === 1 || index.ndim === 2, "[bags, n] or [n]", "the index");
  checkThat(op, (index.ndim === 1) === isGiven(offsets), "an index [n] needs offsets, one of [bags, n] takes none", offsets);
  if (isGiven(perSampleWeights)) {
    checkAlive(op, perSampleWeights, "perSampleWeights");
    checkFloat(op, perSampleWeights);
    checkThat(op, mode === "sum", 'perSampleWeights needs mode "sum"', mode);
    checkForm(
      op,
      perSampleWeights,
      sameShape(perSampleWeights.shape, index.shape),
      `float32[${index.shape}] as the index is`,
      "perSampleWeights",
    );
  }
  return scope(() => {
    const n = index.size;
    const flat = reshape(indicesFor(op, index, rowCount), [n]);
    const perBag = Math.max(1, index.shape[1] ?? 1);
    const given = isGiven(offsets)
      ? bagsOf(op, offsets, n, includeLastOffset)
      : { bags: floorDivide(arange(n, { dtype: "int32" }), perBag), count: index.shape[0] as number };
    const { count } = given;
    // What does not count goes to one more bag.
    const bags = isGiven(paddingIdx) ? where(eq(flat, paddingIdx), count, given.bags) : given.bags;
    const rows = rowsAt(weight, flat, settings);
    if (mode === "max") return largest(rows, bags, count);
    const weighted = isGiven(perSampleWeights) ? mul(rows, reshape(perSampleWeights, [n, 1])) : rows;
    const add = (values: Tensor): Tensor => narrow(indexAddOp(zeros([count + 1, values.shape[1] as number]), bags, values, 0), 0, 0, count);
    const total = add(weighted);
    return mode === "sum" ? total : div(total, maximum(add(ones([n, 1])), 1));
  });
}
