// Precision, recall and F1: per class, or averaged over classes. All are ratios of counts of a confusion matrix:
// tp samples of the class found, fp samples of others taken for it, fn samples of it missed.
import { checkNumber, checkOneOf, checkWhole } from "../checks.js";
import { readOptions } from "../options.js";
import { ConfusionMatrix } from "./confusionMatrix.js";
import { type ClassCounts, type Counts, classCount, countsOfMatrix, countsOfPairs } from "./counts.js";
import { CLASS_DEFAULTS, type ClassOptions, classPairs, type Values } from "./inputs.js";

/**
 * How classes become one number: `macro` is the mean over the classes that occur (in truth or prediction), `weighted`
 * weighs them by their number of samples, `micro` counts all classes' samples together, `binary` is the positive class alone.
 */
export type Average = "macro" | "weighted" | "micro" | "binary";

/** Options of `precision`, `recall`, `f1` and `jaccard`. */
export interface ScoreOptions extends ClassOptions {
  /** `macro` when not given. */
  readonly average?: Average | undefined;
  /** The result where nothing can be divided, such as the precision of a class never predicted; 0 when not given. */
  readonly zeroDivision?: number | undefined;
  /** The class that `binary` is about; 1 when not given. */
  readonly positive?: number | undefined;
  /** Number of classes; taken from the data when not given. */
  readonly numClasses?: number | undefined;
}

/** The same without averaging: the result has a number for each class. */
export interface PerClassOptions extends Omit<ScoreOptions, "average"> {
  /** No average: one number per class. */
  readonly average: "none";
}

/** A ratio of counts, from predictions and labels or from a confusion matrix. */
export interface Score {
  (predicted: Values, labels: Values, options?: ScoreOptions): number;
  (predicted: Values, labels: Values, options: PerClassOptions): number[];
  (matrix: ConfusionMatrix, options?: ScoreOptions): number;
  (matrix: ConfusionMatrix, options: PerClassOptions): number[];
}

type AnyOptions = Omit<ScoreOptions, "average"> & { readonly average?: Average | "none" | undefined };

/** Every option of a score. */
export const SCORE_DEFAULTS: AnyOptions = { ...CLASS_DEFAULTS, average: "macro", zeroDivision: 0, positive: 1, numClasses: undefined };

/** What a score divides: `above / below`. */
export type Ratio = (tp: number, fp: number, fn: number) => readonly [above: number, below: number];

/** The ratio of each score. */
export const RATIOS = {
  precision: (tp, fp) => [tp, tp + fp],
  recall: (tp, _, fn) => [tp, tp + fn],
  f1: (tp, fp, fn) => [2 * tp, 2 * tp + fp + fn],
  jaccard: (tp, fp, fn) => [tp, tp + fp + fn],
} satisfies Record<string, Ratio>;

function score(op: keyof typeof RATIOS): Score {
  const ratio = RATIOS[op];
  const compute = (...args: readonly [ConfusionMatrix, AnyOptions?] | readonly [Values, Values, AnyOptions?]): number | number[] => {
    if (args[0] instanceof ConfusionMatrix) return averageOf(op, ratio, countsOfMatrix(args[0]), readOptions(op, args[1], SCORE_DEFAULTS));
    const [predicted, labels, given] = args as readonly [Values, Values, AnyOptions?];
    const options = readOptions(op, given, SCORE_DEFAULTS);
    const pairs = classPairs(op, predicted, labels, options);
    return averageOf(op, ratio, countsOfPairs(pairs, classCount(op, pairs, options.numClasses)), options);
  };
  return compute as Score;
}

/** A score of counts, averaged as the options say. */
export function averageOf(op: string, ratio: Ratio, counts: ClassCounts, options: AnyOptions): number | number[] {
  const kind = checkOneOf(op, "average", options.average, ["macro", "weighted", "micro", "binary", "none"]);
  const zeroDivision = checkNumber(op, "zeroDivision", options.zeroDivision);
  const positive = checkWhole(op, "positive", options.positive, 0);
  const divide = ([above, below]: readonly [number, number]): number => (below === 0 ? zeroDivision : above / below);
  const own = ({ tp, fp, fn }: Counts): number => divide(ratio(tp, fp, fn));
  const occurring = counts.occurring.map((c) => counts.of(c));
  const sum = (of: (c: Counts) => number): number => occurring.reduce((total, c) => total + of(c), 0);
  switch (kind) {
    case "none":
      return counts.list(op, own);
    case "binary":
      return own(counts.of(positive));
    case "micro":
      return own({ tp: sum((c) => c.tp), fp: sum((c) => c.fp), fn: sum((c) => c.fn) });
    case "weighted":
      return divide([sum((c) => own(c) * (c.tp + c.fn)), counts.total]);
    case "macro":
      return divide([sum(own), occurring.length]);
  }
}

/**
 * Precision: `tp / (tp + fp)`, the share of samples predicted as a class that are of it.
 *
 * predicted, labels: as for `accuracy`, scores [n, classes, ..] or classes, of any dtype; or a `ConfusionMatrix`. Options: `average`
 * (default `macro`), `zeroDivision` (default 0) for a class never predicted, `threshold`, `positive`, `numClasses`, `ignoreIndex`.
 * Result: 0 to 1, or with `{ average: "none" }` one number per class. Without any sample: `zeroDivision`.
 * Any number of classes, and a stray label, cost no more than the samples do; only `none` makes a list of all classes.
 * Errors: those of `accuracy`, `IndexError` for a class of `numClasses` or more, `ArgError` for an unknown average.
 * Source: definitions and averages as https://scikit-learn.org/stable/modules/model_evaluation.html
 * @example precision([0, 1, 1], [0, 1, 0], { average: "none" }); // [1, 0.5]
 */
export const precision: Score = score("precision");

/**
 * Recall: `tp / (tp + fn)`, the share of a class's samples that were predicted as it.
 *
 * predicted, labels: scores [n, classes, ..] or classes, of any dtype; or a `ConfusionMatrix`. Options: those of `precision`;
 * `zeroDivision` is the recall of a class without samples.
 * Errors: those of `precision`.
 * @example recall([0, 1, 1], [0, 1, 0], { average: "none" }); // [0.5, 1]
 */
export const recall: Score = score("recall");

/**
 * F1: `2 tp / (2 tp + fp + fn)`, the harmonic mean of precision and recall.
 *
 * predicted, labels: scores [n, classes, ..] or classes, of any dtype; or a `ConfusionMatrix`. Options: those of `precision`;
 * `zeroDivision` is the F1 of a class that neither occurs nor is predicted.
 * Errors: those of `precision`.
 * @example f1([0, 1, 1], [0, 1, 0]); // 0.6667
 */
export const f1: Score = score("f1");

/**
 * Jaccard index, or intersection over union: `tp / (tp + fp + fn)`; over the pixels of segmentations it is the IoU, its
 * macro average the mean IoU.
 *
 * predicted, labels: scores [n, classes, h, w] and classes [n, h, w], or as for `precision`, of any dtype; or a `ConfusionMatrix`. Options:
 * those of `f1`.
 * Errors: those of `precision`.
 * @example jaccard([0, 1, 1], [0, 1, 0], { average: "none" }); // [0.5, 0.5]
 */
export const jaccard: Score = score("jaccard");
