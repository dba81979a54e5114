// All scores of a classifier on one page.
import { readOptions } from "../options.js";
import { type ConfusionMatrixOptions, checkNames } from "./confusionMatrix.js";
import { classCount, countsOfPairs } from "./counts.js";
import { CLASS_DEFAULTS, classPairs, type Values } from "./inputs.js";
import { averageOf, RATIOS, SCORE_DEFAULTS } from "./scores.js";
import { textTable } from "./table.js";

const COLUMNS = [RATIOS.precision, RATIOS.recall, RATIOS.f1] as const;

const share = ([above, below]: readonly [number, number]): number => (below === 0 ? 0 : above / below);
const shown = (value: number): string => value.toFixed(3);

/**
 * A table for the terminal: precision, recall, F1 and number of samples of each class, the averages, and accuracy. It has a row for each
 * class that has a name; without names, for each that occurs in the truth or among the predictions.
 *
 * predicted: scores [n, classes, ..] or classes in the labels' shape, as for `accuracy`; labels: classes, of any dtype. Scores that cannot
 * be divided are 0.
 * Errors: those of `accuracy`, and `IndexError` for a class without a name.
 * Source: laid out as scikit-learn's `classification_report`.
 * @example console.log(classificationReport([0, 1, 1], [0, 1, 0], { names: ["cat", "dog"] }));
 */
export function classificationReport(predicted: Values, labels: Values, options: ConfusionMatrixOptions = {}): string {
  const op = "classificationReport";
  const defaults: ConfusionMatrixOptions = { ...CLASS_DEFAULTS, names: undefined };
  const { names, ...classOptions } = readOptions(op, options, defaults);
  if (names !== undefined) checkNames(op, names);
  const pairs = classPairs(op, predicted, labels, classOptions);
  const counts = countsOfPairs(pairs, classCount(op, pairs, names?.length));
  const classes = names ? names.map((_, c) => c) : counts.occurring;
  const rows = classes.map((c) => {
    const { tp, fp, fn } = counts.of(c);
    return [names?.[c] ?? String(c), ...COLUMNS.map((ratio) => shown(share(ratio(tp, fp, fn)))), String(tp + fn)];
  });
  const right = classes.reduce((sum, c) => sum + counts.of(c).tp, 0);
  const averages = (["macro", "weighted"] as const).map((average) => [
    `${average} average`,
    ...COLUMNS.map((ratio) => shown(averageOf(op, ratio, counts, { ...SCORE_DEFAULTS, average }) as number)),
    String(counts.total),
  ]);
  const accuracy = ["accuracy", "", "", shown(share([right, counts.total])), String(counts.total)];
  return textTable(["class", "precision", "recall", "f1", "samples"], [...rows, accuracy, ...averages]);
}
