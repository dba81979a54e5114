// How often the right class is found.
import { checkWhole } from "../checks.js";
import { IndexError, ShapeError } from "../errors.js";
import { readOptions } from "../options.js";
import { formatSpec } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { CLASS_DEFAULTS, type ClassOptions, classPairs, type Values, valuesOf } from "./inputs.js";

/**
 * The share of samples whose class is predicted: `count(predicted = label) / n`.
 *
 * predicted: scores [n, classes, ..] of which the highest counts, classes in the labels' shape, or one score per sample
 * with `{ threshold }`. labels: classes, of any dtype. Result: 0 to 1; NaN without samples.
 * Errors: `ShapeError` for shapes that do not fit, `ArgError` for numbers that are not classes and for unknown options,
 * `IndexError` for negative classes.
 * @example accuracy([0, 1, 1], [0, 1, 0]); // 0.6667
 * @example accuracy(tensor([-1, 2]), [0, 1], { threshold: 0 }); // 1
 */
export function accuracy(predicted: Values, labels: Values, options: ClassOptions = {}): number {
  const pairs = classPairs("accuracy", predicted, labels, readOptions("accuracy", options, CLASS_DEFAULTS));
  const n = pairs.labels.length;
  let right = 0;
  for (let i = 0; i < n; i++) if (pairs.predicted[i] === pairs.labels[i]) right++;
  return right / n;
}
accuracy.averages = true as const; // batches may be averaged, weighted by the size of the target

/**
 * The share of samples whose class is among the `k` with the highest scores; of equal scores the first counts as higher.
 *
 * scores: float32 [n, classes]; labels: classes [n]; k: 1 to the number of classes. Result: 0 to 1; NaN without samples.
 * A NaN counts as higher than any number, so a sample with NaN as its own score is missed.
 * Errors: `ShapeError` for shapes that do not fit, `ArgError` for `k`, `IndexError` for a label that is not a class.
 * @example topKAccuracy(tensor([[0.1, 0.2, 0.7]]), [1], 2); // 1
 */
export function topKAccuracy(scores: Tensor, labels: Values, k: number): number {
  checkAlive("topKAccuracy", scores);
  const truth = valuesOf("topKAccuracy", labels);
  const [n, classes] = scores.shape as [number, number];
  if (scores.ndim !== 2 || truth.length !== n) {
    throw new ShapeError(`topKAccuracy: got scores ${formatSpec(scores)} and ${truth.length} labels; needs [n, classes] and n labels`);
  }
  checkWhole("topKAccuracy", "k", k, 1, classes);
  const values = valuesOf("topKAccuracy", scores);
  let right = 0;
  for (let i = 0; i < n; i++) {
    const label = truth[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new IndexError(`topKAccuracy: label ${label} at position ${i} is none of the ${classes} classes`);
    }
    const own = values[i * classes + label] as number;
    let higher = 0;
    for (let c = 0; c < classes; c++) {
      const other = values[i * classes + c] as number;
      if (c < label ? !(other < own) : c > label && !(other <= own)) higher++;
    }
    if (higher < k && !Number.isNaN(own)) right++;
  }
  return right / n;
}
