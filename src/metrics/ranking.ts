// How well scores order two classes, whatever the threshold.
import { ArgError } from "../errors.js";
import { checkSameShape, shapeOf, type Values, valuesOf } from "./inputs.js";

/** Points of a ROC curve, from (0, 0) to (1, 1), by falling threshold. */
export interface RocCurve {
  /** Share of negatives with a score of at least the threshold. */
  readonly falsePositiveRate: readonly number[];
  /** Share of positives with a score of at least the threshold. */
  readonly truePositiveRate: readonly number[];
  /** The first is Infinity, where nothing counts as positive. */
  readonly thresholds: readonly number[];
}

/** Samples at or above each distinct score, from the highest score down: of them `tp` are positive and `fp` negative. */
interface Step {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
}

/**
 * One score per sample. Of the scores of two classes the second's lead over the first is taken: it orders samples as the probability of
 * class 1 does, be they logits or probabilities.
 */
function scoresOf(op: string, scores: Values, labels: Values): ArrayLike<number> {
  const values = valuesOf(op, scores);
  const [came, wanted] = [shapeOf(op, scores), shapeOf(op, labels)];
  const columns = came.length === 2 && wanted.length === 1 && came[0] === wanted[0] ? came[1] : undefined;
  if (columns === 2) return Array.from({ length: values.length / 2 }, (_, i) => (values[2 * i + 1] as number) - (values[2 * i] as number));
  if (columns !== 1) checkSameShape(op, scores, labels);
  return values;
}

function steps(op: string, scores: Values, labels: Values): Step[] {
  const values = scoresOf(op, scores, labels);
  const truth = valuesOf(op, labels);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) throw new ArgError(`${op}: score NaN at position ${i} has no order`);
    if (truth[i] !== 0 && truth[i] !== 1) {
      throw new ArgError(`${op}: label ${truth[i]} at position ${i}; two classes are 0 and 1`);
    }
  }
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number));
  const found: Step[] = [{ threshold: Infinity, tp: 0, fp: 0 }];
  let tp = 0;
  let fp = 0;
  order.forEach((i, at) => {
    if (truth[i] === 1) tp++;
    else fp++;
    const next = order[at + 1];
    // Samples of one score stand or fall together.
    if (next === undefined || values[next] !== values[i]) found.push({ threshold: values[i] as number, tp, fp });
  });
  return found;
}

/**
 * The receiver operating characteristic: true against false positive rate at every threshold.
 *
 * scores: any numbers that are higher for class 1 (logits or probabilities), of any dtype and shape; labels: 0 or 1, of the same shape. For
 * labels [n], scores may be [n, 1] too, or [n, 2] of both classes, of which the second less the first counts.
 * Rates are NaN for a class without samples. Errors: `ShapeError` for different shapes; `ArgError` for other labels and NaN scores.
 * @example rocCurve([0.1, 0.8], [0, 1]).truePositiveRate; // [0, 1, 1]
 */
export function rocCurve(scores: Values, labels: Values): RocCurve {
  const found = steps("rocCurve", scores, labels);
  const { tp: positives, fp: negatives } = found.at(-1) as Step;
  return {
    falsePositiveRate: found.map(({ fp }) => fp / negatives),
    truePositiveRate: found.map(({ tp }) => tp / positives),
    thresholds: found.map(({ threshold }) => threshold),
  };
}

/**
 * Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counting half.
 *
 * scores: any numbers that are higher for class 1, of any dtype and shape; labels: 0 or 1, of the same shape.
 * Result: 0 to 1, 0.5 for scores that tell nothing; NaN if a class has no samples.
 * Errors: `ShapeError` for different shapes; `ArgError` for other labels and NaN scores.
 * Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982.
 * @example auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // 0.75
 */
export function auroc(scores: Values, labels: Values): number {
  const found = steps("auroc", scores, labels);
  const { tp: positives, fp: negatives } = found.at(-1) as Step;
  let area = 0;
  for (let i = 1; i < found.length; i++) {
    const [from, to] = [found[i - 1] as Step, found[i] as Step];
    area += ((to.fp - from.fp) * (to.tp + from.tp)) / 2;
  }
  return area / (positives * negatives);
}

/**
 * Average precision: the precision at each threshold, weighted by the recall gained there, `sum (R[i] - R[i-1]) P[i]`.
 * It says more than the area under the ROC curve if positives are rare.
 *
 * scores: any numbers that are higher for class 1, of any dtype and shape; labels: 0 or 1, of the same shape.
 * Result: 0 to 1; NaN without positives.
 * Errors: `ShapeError` for different shapes; `ArgError` for other labels and NaN scores.
 * Source: as scikit-learn's `average_precision_score`, without interpolation.
 * @example averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // 0.8333
 */
export function averagePrecision(scores: Values, labels: Values): number {
  const found = steps("averagePrecision", scores, labels);
  const positives = (found.at(-1) as Step).tp;
  let sum = 0;
  for (let i = 1; i < found.length; i++) {
    const { tp, fp } = found[i] as Step;
    sum += (tp - (found[i - 1] as Step).tp) * (tp / (tp + fp));
  }
  return sum / positives;
}
