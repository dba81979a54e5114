// Precision, recall and F1: per class, or averaged over classes. All are ratios of counts of a confusion matrix:
// tp samples of the class found, fp samples of others taken for it, fn samples of it missed.
import { ArgError } from "../errors.js";
import { ConfusionMatrix, countPairs } from "./confusionMatrix.js";
import type { ClassOptions, Values } from "./inputs.js";

/**
 * How classes become one number: `macro` is the mean over the classes that occur (in truth or prediction), `weighted`
 * weighs them by their number of samples, `micro` counts all classes' samples together, `binary` is the positive class alone.
 */
export type Average = "macro" | "weighted" | "micro" | "binary";

/** Options of `precision`, `recall`, `f1` and `jaccard`. */
export interface ScoreOptions extends ClassOptions {
  /** `macro` when not given. */
  readonly average?: Average;
  /** The result where nothing can be divided, such as the precision of a class never predicted; 0 when not given. */
  readonly zeroDivision?: number;
  /** The class that `binary` is about; 1 when not given. */
  readonly positive?: number;
  /** Number of classes; taken from the data when not given. */
  readonly numClasses?: number;
}

/** The same without averaging: the result has a number for each class. */
export interface PerClassOptions extends Omit<ScoreOptions, "average"> {
  readonly average: "none";
}

/** A ratio of counts, from predictions and labels or from a confusion matrix. */
export interface Score {
  (predicted: Values, labels: Values, options?: ScoreOptions): number;
  (predicted: Values, labels: Values, options: PerClassOptions): number[];
  (matrix: ConfusionMatrix, options?: ScoreOptions): number;
  (matrix: ConfusionMatrix, options: PerClassOptions): number[];
}

type AnyOptions = ScoreOptions | PerClassOptions;

/** What a score divides: `above / below`. */
type Ratio = (tp: number, fp: number, fn: number) => readonly [above: number, below: number];

function score(op: string, ratio: Ratio): Score {
  const compute = (...args: readonly [ConfusionMatrix, AnyOptions?] | readonly [Values, Values, AnyOptions?]): number | number[] => {
    if (args[0] instanceof ConfusionMatrix) return average(op, ratio, args[0], args[1] as AnyOptions | undefined);
    const [predicted, labels, options = {}] = args as readonly [Values, Values, AnyOptions?];
    return average(op, ratio, countPairs(op, predicted, labels, options.numClasses, options), options);
  };
  return compute as Score;
}

function average(op: string, ratio: Ratio, matrix: ConfusionMatrix, options: AnyOptions = {}): number | number[] {
  const { average: kind = "macro", zeroDivision = 0, positive = 1 } = options;
  const divide = ([above, below]: readonly [number, number]): number => (below === 0 ? zeroDivision : above / below);
  const counts = matrix.counts.map((_, c) => countsOf(matrix, c));
  const sum = (of: (c: Counts) => number): number => counts.reduce((total, c) => total + of(c), 0);
  const own = ({ tp, fp, fn }: Counts): number => divide(ratio(tp, fp, fn));
  switch (kind) {
    case "none":
      return counts.map(own);
    case "binary":
      return own(countsOf(matrix, positive));
    case "micro":
      return own({ tp: sum((c) => c.tp), fp: sum((c) => c.fp), fn: sum((c) => c.fn) });
    case "weighted":
      return divide([sum((c) => own(c) * (c.tp + c.fn)), matrix.total]);
    case "macro": {
      const occurring = counts.filter(({ tp, fp, fn }) => tp + fp + fn > 0);
      return divide([occurring.reduce((total, c) => total + own(c), 0), occurring.length]);
    }
    default:
      throw new ArgError(`${op}: average must be "macro", "weighted", "micro", "binary" or "none", got ${String(kind)}`);
  }
}

interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

function countsOf(matrix: ConfusionMatrix, c: number): Counts {
  const tp = matrix.truePositives(c);
  return { tp, fp: matrix.predicted(c) - tp, fn: matrix.support(c) - tp };
}

/**
 * Precision: `tp / (tp + fp)`, the share of samples predicted as a class that are of it.
 *
 * predicted, labels: as for `accuracy`; or a `ConfusionMatrix`. Options: `average` (default `macro`), `zeroDivision` (default 0)
 * for a class never predicted, `threshold`, `positive`, `numClasses`, `ignoreIndex`.
 * Result: 0 to 1, or with `{ average: "none" }` one number per class. Without any sample: `zeroDivision`.
 * Errors: as `confusionMatrix`, and `ArgError` for an unknown average.
 * Source: definitions and averages as https://scikit-learn.org/stable/modules/model_evaluation.html
 * @example precision(logits, labels, { average: "none" }); // one per class
 */
export const precision: Score = score("precision", (tp, fp) => [tp, tp + fp]);

/**
 * Recall: `tp / (tp + fn)`, the share of a class's samples that were predicted as it. Arguments, options and errors as
 * `precision`; `zeroDivision` is the recall of a class without samples.
 * @example recall(logits, labels, { threshold: 0, average: "binary" });
 */
export const recall: Score = score("recall", (tp, _, fn) => [tp, tp + fn]);

/**
 * F1: `2 tp / (2 tp + fp + fn)`, the harmonic mean of precision and recall. Arguments, options and errors as `precision`;
 * `zeroDivision` is the F1 of a class that neither occurs nor is predicted.
 * @example f1(model.call(x), labels);
 */
export const f1: Score = score("f1", (tp, fp, fn) => [2 * tp, 2 * tp + fp + fn]);

/**
 * Jaccard index, or intersection over union: `tp / (tp + fp + fn)`; over the pixels of segmentations it is the IoU, its
 * macro average the mean IoU. Arguments, options and errors as `f1`.
 * @example jaccard(logits, masks, { average: "none" }); // logits [n, classes, h, w], masks [n, h, w]
 */
export const jaccard: Score = score("jaccard", (tp, fp, fn) => [tp, tp + fp + fn]);
