// All scores of a classifier on one page.
import { type ConfusionMatrixOptions, countPairs } from "./confusionMatrix.js";
import type { Values } from "./inputs.js";
import { type Average, f1, precision, recall } from "./scores.js";
import { textTable } from "./table.js";

/**
 * A table for the terminal: precision, recall, F1 and number of samples of each class, the averages, and accuracy.
 *
 * predicted, labels, options: as for `confusionMatrix`; scores that cannot be divided are 0.
 * Errors: as `confusionMatrix`. Source: laid out as scikit-learn's `classification_report`.
 * @example console.log(classificationReport(logits, labels, { names: ["cat", "dog"] }));
 */
export function classificationReport(predicted: Values, labels: Values, options: ConfusionMatrixOptions = {}): string {
  const matrix = countPairs("classificationReport", predicted, labels, undefined, options);
  const scores = [precision, recall, f1] as const;
  const perClass = scores.map((score) => score(matrix, { average: "none" }));
  const number = (value: number | undefined): string => (value ?? 0).toFixed(3);
  const classes = matrix.names.map((name, c) => [name, ...perClass.map((values) => number(values[c])), String(matrix.support(c))]);
  const averages = (["macro", "weighted"] satisfies Average[]).map((average) => [
    `${average} average`,
    ...scores.map((score) => number(score(matrix, { average }))),
    String(matrix.total),
  ]);
  const right = matrix.counts.reduce((sum, _, c) => sum + matrix.truePositives(c), 0);
  const accuracy = ["accuracy", "", "", number(matrix.total === 0 ? 0 : right / matrix.total), String(matrix.total)];
  return textTable(["class", "precision", "recall", "f1", "samples"], [...classes, accuracy, ...averages]);
}
