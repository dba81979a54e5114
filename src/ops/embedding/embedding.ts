// Rows of a table by number. n counts indices; V and D are the rows and the columns of the table.
import { checkBoolean, checkFinite, checkNumber, checkWhole, isGiven } from "../../checks.js";
import { readOptions } from "../../options.js";
import { ones, zeros } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, type Shape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { add, div, mul } from "../elementwise/arithmetic.js";
import { eq, gt } from "../elementwise/compare.js";
import { where } from "../elementwise/select.js";
import { indexCopy_ } from "../indexing/indexed.js";
import { indicesFor } from "../move/checkIndices.js";
import { indexAddOp, indexSelectOp } from "../move/gather.js";
import { detach, reshape, unsqueeze } from "../move/shape.js";
import { vectorNorm } from "../reduce/more.js";

type ByFrequency = [weight: Tensor, index: Tensor, shares: Tensor];

/** Rows of the weight [V, D] at index [n], whose gradients are multiplied by `shares` [n, 1] before they are added up. */
const scaledRows: Op<ByFrequency> = defineOp<ByFrequency>({
  name: "embeddingByFrequency",
  infer: ([weight, index]) => ({ shape: [index.size, weight.shape[1] as number], dtype: "float32" }),
  forward: (out, [weight, index]) => {
    const [rows, features] = weight.shape as [number, number];
    k.indexSelect(weight.ptr, index.ptr, out.ptr, 1, rows, index.size, features * 4);
  },
  saves: [[1, 2], [], []],
  backward: [(g, { inputs: [, index, shares], shapes }) => indexAddOp(zeros(shapes[0] as Shape), index, mul(g, shares), 0), null, null],
});

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** The row that gets no gradient; negative numbers count from the end. None unless given. */
  paddingIdx?: number | null;
  /** Rows that are used and have a larger norm are scaled down to this one, in the weight itself. None unless given. */
  maxNorm?: number | null;
  /** Order of that norm; 2 unless given. */
  normType?: number;
  /** Whether the gradient of a row is divided by how often it is used; false unless given. */
  scaleGradByFreq?: boolean;
}

/** The options of `embedding` with their values, the padding as a number from 0. */
export type EmbeddingSettings = Required<EmbeddingOptions>;

export const EMBEDDING: EmbeddingSettings = { paddingIdx: null, maxNorm: null, normType: 2, scaleGradByFreq: false };

/** Checks the options of `embedding` for a table of `rows`. */
export function checkEmbedding<Settings extends EmbeddingSettings>(op: string, settings: Settings, rows: number): Settings {
  const { paddingIdx, maxNorm, normType, scaleGradByFreq } = settings;
  if (isGiven(maxNorm)) checkFinite(op, "maxNorm", maxNorm, 0);
  checkNumber(op, "normType", normType);
  checkBoolean(op, "scaleGradByFreq", scaleGradByFreq);
  if (!isGiven(paddingIdx)) return settings;
  return { ...settings, paddingIdx: (checkWhole(op, "paddingIdx", paddingIdx, -rows, rows - 1) + rows) % rows };
}

/** Scales the rows at index [n] in the weight down to a largest norm. PyTorch adds 1e-7 to the norm that it divides by. */
function limitRows(weight: Tensor, index: Tensor, maxNorm: number, normType: number): void {
  noGrad(() => {
    const rows = indexSelectOp(weight, index, 0);
    const norms = vectorNorm(rows, normType, 1, { keepdim: true });
    indexCopy_(detach(weight), 0, index, where(gt(norms, maxNorm), mul(rows, div(maxNorm, add(norms, 1e-7))), rows));
  });
}

/** The weight's rows at checked indices [n], as [n, D]. */
export function rowsAt(weight: Tensor, index: Tensor, { paddingIdx, maxNorm, normType, scaleGradByFreq }: EmbeddingSettings): Tensor {
  if (isGiven(maxNorm) && !weight.isMeta) limitRows(weight, index, maxNorm, normType);
  const shares = (): Tensor => {
    const counts = indexAddOp(zeros([weight.shape[0] as number, 1]), index, ones([index.size, 1]), 0);
    return div(1, indexSelectOp(counts, index, 0));
  };
  const rows = scaleGradByFreq ? scaledRows(weight, index, noGrad(shares)) : indexSelectOp(weight, index, 0);
  return isGiven(paddingIdx) ? where(unsqueeze(eq(index, paddingIdx), 1), detach(rows), rows) : rows;
}

/** Checks the table of an embedding; returns its rows and columns. */
export function tableSizes(op: string, weight: Tensor): [rows: number, features: number] {
  checkAlive(op, weight, "weight");
  checkFloat(op, weight);
  checkForm(op, weight, weight.ndim === 2, "[rows, features]", "the weight");
  return weight.shape as [number, number];
}

/**
 * Rows of a table by number: `out[...] = weight[index[...]]`. weight: float32 [V, D]; index: int32 or int64 of any shape [...] -> [..., D].
 * With `maxNorm`, the rows that are used and too long are first scaled down in the weight itself.
 * Gradient: added up per row, and divided by the number of its uses with `scaleGradByFreq`; row `paddingIdx` gets none.
 * Errors: `IndexError` for an index outside the table, with value and position; `ShapeError`, `DTypeError`; `ArgError` for options outside
 * their range.
 * @example embedding(tensor([0, 2], { dtype: "int32" }), randn([3, 4])).shape; // [2, 4]
 */
export function embedding(index: Tensor, weight: Tensor, options?: EmbeddingOptions): Tensor {
  const read = readOptions("embedding", options, EMBEDDING);
  checkAlive("embedding", index, "index");
  const [rows, features] = tableSizes("embedding", weight);
  const settings = checkEmbedding("embedding", read, rows);
  return scope(() => {
    const flat = reshape(indicesFor("embedding", index, rows), [index.size]);
    return reshape(rowsAt(weight, flat, settings), [...index.shape, features]);
  });
}
