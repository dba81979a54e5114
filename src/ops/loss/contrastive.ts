import { arange, zeros } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, sameShape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { div, mul } from "../elementwise/arithmetic.js";
import { asFloat } from "../elementwise/promotion.js";
import { matmul } from "../gemm/matmul.js";
import { normalize } from "../linalg/distance.js";
import { cat } from "../move/join.js";
import { squeeze, transpose, unsqueeze } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";
import { crossEntropy } from "./crossEntropy.js";
import { lossOptions, type Reduction } from "./loss.js";

/** Options of `infoNceLoss`. */
export interface InfoNceLossOptions {
  /** Other keys, float32 [M, D] for all queries or [N, M, D]; without them the keys of the other queries are the negatives. */
  negatives?: Tensor | null;
  /** What similarities are divided by, above 0; 0.1 unless given. */
  temperature?: number;
  /** How the losses of the queries become one number; their mean unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const INFO_NCE: Required<InfoNceLossOptions> = { negatives: null, temperature: 0.1, reduction: "mean" };

/**
 * Contrastive loss: the cross-entropy of the positive key among all keys, by the cosine of each with the query, divided by `temperature`. query,
 * positives: float32 or 16-bit floats [N, D]. Without `negatives` those of query i are the positives of the other queries; they are
 * [M, D], the same for all queries, or [N, M, D] -> a scalar, or [N] with `"none"`.
 * Gradient: to queries, positives and negatives.
 * Errors: `ShapeError` if the shapes do not fit, `ArgError` for a temperature that is not above 0, `DTypeError` for bool and integers.
 * Source: van den Oord et al., Representation learning with contrastive predictive coding, 2018, with the similarity of Chen et al., SimCLR, 2020.
 * @example infoNceLoss(tensor([[1, 0], [0, 1]]), tensor([[2, 0], [0, 3]]), { temperature: 1 }); // 0.313262
 */
export function infoNceLoss(query: Tensor, positives: Tensor, options?: InfoNceLossOptions): Tensor {
  const op = "infoNceLoss";
  const { negatives, temperature, reduction } = lossOptions(op, options, INFO_NCE);
  checkAlive(op, query, "query");
  checkAlive(op, positives, "positives");
  checkForm(op, query, query.ndim === 2, "[N, D]", "query");
  const [n, d] = query.shape as [number, number];
  checkForm(op, positives, sameShape(positives.shape, query.shape), `float32[${query.shape}] as the query is`, "positives");
  return scope(() => {
    const unit = (x: Tensor): Tensor => normalize(asFloat(op, x), { dim: -1 });
    const [q, p] = [unit(query), unit(positives)];
    const run = (similarity: Tensor, labels: Tensor): Tensor => crossEntropy(div(similarity, temperature), labels, { reduction });
    if (!negatives) return run(matmul(q, transpose(p, 0, 1)), arange(n, { dtype: "int32" }));
    const { ndim, shape } = negatives;
    const fits = shape.at(-1) === d && (ndim === 2 || (ndim === 3 && shape[0] === n));
    checkForm(op, negatives, fits, `float32[M,${d}] or float32[${n},M,${d}]`, "negatives");
    const keys = transpose(unit(negatives), -2, -1);
    const others = ndim === 2 ? matmul(q, keys) : squeeze(matmul(unsqueeze(q, 1), keys), 1);
    return run(cat([sum(mul(q, p), { dim: 1, keepdim: true }), others], 1), zeros([n], { dtype: "int32" }));
  });
}
