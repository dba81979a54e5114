// simdgrad/train: the training loop and what goes with it.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";

export { type Callback, type EarlyStoppingOptions, type EpochRecord, earlyStopping, type Steps, type TrainingState } from "./callbacks.js";
export { type Curve, curves } from "./curves.js";
export { type EvaluateOptions, evaluate } from "./evaluate.js";
export { type FitOptions, fit, type History } from "./fit.js";
export { averaged, type Metric, type Metrics } from "./measure.js";
export { type ProgressOptions, type ProgressOutput, progress } from "./progress.js";
export type { Batches, Inputs, LabelledBatch, Loss, TrainingBatch } from "./step.js";

libraryPart(begin, () => new Error().stack);
