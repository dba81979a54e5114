// Schedules that multiply the learning rate: by steps, by powers, by lines, by functions.
import { checkThat, checkWhole } from "../../checks.js";
import { LRScheduler, readArguments, type Scheduled, type ScheduleOptions } from "./scheduler.js";

/** Options with a factor for each step down. */
export interface GammaOptions extends ScheduleOptions {
  /** The factor; 0.1 unless given. */
  gamma?: number | undefined;
}

/**
 * `lr *= gamma` every `stepSize` epochs. Errors: those of `LRScheduler`. Source: PyTorch's `StepLR`.
 * @example new optim.lrScheduler.StepLR(optimizer, 30, { gamma: 0.1 });
 */
export class StepLR extends LRScheduler<{ step_size: number; gamma: number }> {
  constructor(optimizer: Scheduled, stepSize: number, options?: GammaOptions) {
    super("StepLR", optimizer, readArguments("StepLR", optimizer, { stepSize }, options, { gamma: 0.1 }));
  }

  protected rate(lr: number): number {
    const { last_epoch: t, step_size: size, gamma } = this.state;
    return t === 0 || t % size !== 0 ? lr : lr * gamma;
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, step_size: size, gamma } = this.state;
    return base * gamma ** Math.floor(t / size);
  }
}

/**
 * `lr *= gamma` at each of the milestones; one that is there twice counts twice. Errors: those of `LRScheduler`.
 * Source: PyTorch's `MultiStepLR`.
 * @example new optim.lrScheduler.MultiStepLR(optimizer, [30, 80], { gamma: 0.1 });
 */
export class MultiStepLR extends LRScheduler<{ milestones: number[]; gamma: number }> {
  constructor(optimizer: Scheduled, milestones: readonly number[], options?: GammaOptions) {
    const name = "MultiStepLR";
    const state = readArguments<{ gamma: number; last_epoch: number }>(name, optimizer, {}, options, { gamma: 0.1 });
    super(name, optimizer, { milestones: wholeNumbers(name, milestones), ...state });
  }

  protected rate(lr: number): number {
    const { last_epoch: t, milestones, gamma } = this.state;
    const count = milestones.filter((milestone) => milestone === t).length;
    return count === 0 ? lr : lr * gamma ** count;
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, milestones, gamma } = this.state;
    return base * gamma ** milestones.filter((milestone) => milestone <= t).length;
  }
}

/** @internal A list of epochs. */
export function wholeNumbers(name: string, milestones: readonly number[]): number[] {
  checkThat(name, Array.isArray(milestones), "milestones must be a list of epochs", milestones);
  return milestones.map((milestone) => checkWhole(name, "milestones", milestone, 0));
}

/** Options of `ConstantLR`. */
export interface ConstantOptions extends ScheduleOptions {
  /** The factor; 1/3 unless given. */
  factor?: number | undefined;
  /** Epochs in which it is in force; 5 unless given. */
  totalIters?: number | undefined;
}

/**
 * `lr * factor` for the first `totalIters` epochs. Errors: those of `LRScheduler`. Source: PyTorch's `ConstantLR`.
 * @example new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.5, totalIters: 4 });
 */
export class ConstantLR extends LRScheduler<{ factor: number; total_iters: number }> {
  constructor(optimizer: Scheduled, options?: ConstantOptions) {
    const name = "ConstantLR";
    super(name, optimizer, readArguments(name, optimizer, {}, options, { factor: 1 / 3, totalIters: 5 }));
  }

  protected rate(lr: number): number {
    const { last_epoch: t, factor, total_iters: total } = this.state;
    return t === 0 ? lr * factor : t === total ? lr * (1 / factor) : lr;
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, factor, total_iters: total } = this.state;
    return base * (factor + Number(t >= total) * (1 - factor));
  }
}

/** Options of `LinearLR`. */
export interface LinearOptions extends ScheduleOptions {
  /** The factor at the start; 1/3 unless given. */
  startFactor?: number | undefined;
  /** The factor at the end; 1 unless given. */
  endFactor?: number | undefined;
  /** Epochs from start to end; 5 unless given. */
  totalIters?: number | undefined;
}

interface LinearState {
  start_factor: number;
  end_factor: number;
  total_iters: number;
}

/**
 * A factor that goes in a line from `startFactor` to `endFactor` in `totalIters` epochs: a warm-up.
 * Errors: those of `LRScheduler`. Source: PyTorch's `LinearLR`.
 * @example new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.01, totalIters: 100 });
 */
export class LinearLR extends LRScheduler<LinearState> {
  constructor(optimizer: Scheduled, options?: LinearOptions) {
    const name = "LinearLR";
    const defaults = { startFactor: 1 / 3, endFactor: 1, totalIters: 5 };
    super(name, optimizer, readArguments(name, optimizer, {}, options, defaults));
  }

  protected rate(lr: number, _: number, initial: boolean): number {
    const { last_epoch: t, start_factor: start, end_factor: end, total_iters: total } = this.state;
    if (t === 0) return lr * start;
    return initial || t > total ? lr : lr * (1 + (end - start) / (total * start + (t - 1) * (end - start)));
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, start_factor: start, end_factor: end, total_iters: total } = this.state;
    return base * (start + ((end - start) * Math.min(total, t)) / total);
  }
}

/**
 * `lr *= gamma` every epoch. Errors: those of `LRScheduler`. Source: PyTorch's `ExponentialLR`.
 * @example new optim.lrScheduler.ExponentialLR(optimizer, 0.95);
 */
export class ExponentialLR extends LRScheduler<{ gamma: number }> {
  constructor(optimizer: Scheduled, gamma: number, options?: ScheduleOptions) {
    super("ExponentialLR", optimizer, readArguments("ExponentialLR", optimizer, { gamma }, options));
  }

  protected rate(lr: number, _: number, initial: boolean): number {
    return initial ? lr : lr * this.state.gamma;
  }

  protected override closedForm(base: number): number {
    return base * this.state.gamma ** this.state.last_epoch;
  }
}

/** Options of `PolynomialLR`. */
export interface PolynomialOptions extends ScheduleOptions {
  /** Epochs until the rate is 0; 5 unless given. */
  totalIters?: number | undefined;
  /** The power; 1 unless given. */
  power?: number | undefined;
}

/**
 * `base (1 - t / totalIters)^power`, 0 after the end. Errors: those of `LRScheduler`. Source: PyTorch's `PolynomialLR`.
 * @example new optim.lrScheduler.PolynomialLR(optimizer, { totalIters: 100, power: 2 });
 */
export class PolynomialLR extends LRScheduler<{ total_iters: number; power: number }> {
  constructor(optimizer: Scheduled, options?: PolynomialOptions) {
    const name = "PolynomialLR";
    super(name, optimizer, readArguments(name, optimizer, {}, options, { totalIters: 5, power: 1 }));
  }

  protected rate(lr: number, _: number, initial: boolean): number {
    const { last_epoch: t, total_iters: total, power } = this.state;
    return initial || t > total ? lr : lr * ((1 - t / total) / (1 - (t - 1) / total)) ** power;
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, total_iters: total, power } = this.state;
    return base * (1 - Math.min(total, t) / total) ** power;
  }
}

/** A factor by epoch. */
export type Factor = (epoch: number) => number;

/** A schedule by functions of the epoch, which are not saved. */
abstract class ByFunctions extends LRScheduler<object, readonly Factor[]> {
  constructor(name: string, optimizer: Scheduled, given: Factor | readonly Factor[], options: ScheduleOptions | undefined) {
    const state = readArguments<{ last_epoch: number }>(name, optimizer, {}, options);
    const tools: readonly Factor[] = Array.isArray(given) ? given : optimizer.groups.map(() => given);
    const fits = tools.length === optimizer.groups.length && tools.every((factor) => typeof factor === "function");
    checkThat(name, fits, "takes a function of the epoch, or one for each group", given);
    super(name, optimizer, state, { tools });
  }

  /** The factor of a group. */
  protected factor(group: number): number {
    return (this.tools[group] ?? (this.tools[0] as Factor))(this.state.last_epoch);
  }
}

/**
 * `base * lrLambda(epoch)`, with one function for all groups or a list of one for each. Functions are not saved.
 * Errors: those of `LRScheduler`. Source: PyTorch's `LambdaLR`.
 * @example new optim.lrScheduler.LambdaLR(optimizer, (epoch) => 0.95 ** epoch);
 */
export class LambdaLR extends ByFunctions {
  constructor(optimizer: Scheduled, lrLambda: Factor | readonly Factor[], options?: ScheduleOptions) {
    super("LambdaLR", optimizer, lrLambda, options);
  }

  protected rate(_: number, group: number): number {
    return (this.state.base_lrs[group] as number) * this.factor(group);
  }
}

/**
 * `lr *= lrLambda(epoch)`, with one function for all groups or a list of one for each. Functions are not saved.
 * Errors: those of `LRScheduler`. Source: PyTorch's `MultiplicativeLR`.
 * @example new optim.lrScheduler.MultiplicativeLR(optimizer, () => 0.95);
 */
export class MultiplicativeLR extends ByFunctions {
  constructor(optimizer: Scheduled, lrLambda: Factor | readonly Factor[], options?: ScheduleOptions) {
    super("MultiplicativeLR", optimizer, lrLambda, options);
  }

  protected rate(lr: number, group: number, initial: boolean): number {
    return initial ? lr : lr * this.factor(group);
  }
}
