// Schedules of the learning rate.
export { ChainedScheduler, type Schedule, SequentialLR } from "./compose.js";
export {
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  type CosineOptions,
  type CycleOptions,
  CyclicLR,
  type CyclicOptions,
  OneCycleLR,
  type OneCycleOptions,
  type RestartOptions,
  SWALR,
  type SWALROptions,
} from "./cycles.js";
export {
  ConstantLR,
  type ConstantOptions,
  ExponentialLR,
  type Factor,
  type GammaOptions,
  LambdaLR,
  LinearLR,
  type LinearOptions,
  MultiplicativeLR,
  MultiStepLR,
  PolynomialLR,
  type PolynomialOptions,
  StepLR,
} from "./factors.js";
export { type PlateauOptions, ReduceLROnPlateau } from "./plateau.js";
export { LRScheduler, type Progress, type Scheduled, type ScheduledGroup, type ScheduleOptions, type SchedulerState } from "./scheduler.js";
