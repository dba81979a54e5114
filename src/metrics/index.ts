// simdgrad/metrics: how good predictions are.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";

export { accuracy, topKAccuracy } from "./accuracy.js";
export { ConfusionMatrix, type ConfusionMatrixOptions, confusionMatrix } from "./confusionMatrix.js";
export type { ClassOptions, Values } from "./inputs.js";
export { auroc, averagePrecision, type RocCurve, rocCurve } from "./ranking.js";
export { mae, mse, r2, rmse } from "./regression.js";
export { classificationReport } from "./report.js";
export { type Average, f1, jaccard, type PerClassOptions, precision, recall, type Score, type ScoreOptions } from "./scores.js";

libraryPart(begin, () => new Error().stack);
