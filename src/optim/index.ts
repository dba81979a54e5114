// Optimizers.
// biome-ignore-all assist/source/organizeImports: modules with similar text stand beside each other, because bundles are compressed

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";

export type { Group, ParameterGroup, Parameters, PartialOptions, Slot, Traits } from "./optimizer.js";
export { Optimizer } from "./optimizer.js";
export type { SGDOptions } from "./sgd.js";
export { SGD } from "./sgd.js";
export type { AdamOptions, AdaptiveOptions, NAdamOptions, RAdamOptions } from "./adam.js";
export { Adam, Adamax, AdamW, NAdam, RAdam } from "./adam.js";
export type { AdadeltaOptions, AdagradOptions, LionOptions, RMSpropOptions, ScaledOptions } from "./adaptive.js";
export { Adadelta, Adagrad, Lion, RMSprop } from "./adaptive.js";
export { ScheduleFreeAdamW, type ScheduleFreeOptions } from "./scheduleFree.js";
export { Muon, type MuonOptions } from "./muon.js";
export { LBFGS, type LBFGSOptions } from "./lbfgs.js";
export type { Averageable, AveragedOptions, HasStatistics } from "./averaged.js";
export { AveragedModel, updateBn } from "./averaged.js";
export { type ClipOptions, clipGradNorm, clipGradValue } from "./clip.js";
export { type DecayGroup, type Decays, decayGroups, type HasParameters } from "./groups.js";
export * as lrScheduler from "./lrScheduler/index.js";
export type { OptimizerState } from "./stateDict.js";

libraryPart(begin, () => new Error().stack);
