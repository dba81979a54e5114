// Schedules in waves: cosine annealing, warm restarts, cycles, one cycle; and the approach to the rate of weight averaging.
import { checkThat, checkWhole } from "../../checks.js";
import { ArgError, StateError } from "../../errors.js";
import { LRScheduler, ofGroup, readArguments, type Scheduled, type ScheduledGroup, type ScheduleOptions } from "./scheduler.js";

/** Options of `CosineAnnealingLR`. */
export interface CosineOptions extends ScheduleOptions {
  /** The lowest rate; 0 unless given. */
  etaMin?: number | undefined;
}

const cosine = (x: number): number => 1 + Math.cos(Math.PI * x);

/**
 * `etaMin + (base - etaMin) (1 + cos(pi t / tMax)) / 2`: half a wave down in `tMax` epochs. Errors: those of `LRScheduler`.
 * Source: Loshchilov and Hutter, 2017, without restarts; PyTorch's `CosineAnnealingLR`.
 * @example new optim.lrScheduler.CosineAnnealingLR(optimizer, 100, { etaMin: 1e-5 });
 */
export class CosineAnnealingLR extends LRScheduler<{ T_max: number; eta_min: number }> {
  constructor(optimizer: Scheduled, tMax: number, options?: CosineOptions) {
    const name = "CosineAnnealingLR";
    super(name, optimizer, readArguments(name, optimizer, { tMax }, options, { etaMin: 0 }));
  }

  protected rate(lr: number, group: number, initial: boolean): number {
    const { last_epoch: t, T_max: half, eta_min: low, base_lrs: base } = this.state;
    if (initial) return lr;
    // At the bottom of the wave the quotient below is 0 / 0.
    if ((t - 1 - half) % (2 * half) === 0) return lr + (((base[group] as number) - low) * (1 - Math.cos(Math.PI / half))) / 2;
    return (cosine(t / half) / cosine((t - 1) / half)) * (lr - low) + low;
  }

  protected override closedForm(base: number): number {
    const { last_epoch: t, T_max: half, eta_min: low } = this.state;
    return low + ((base - low) * cosine(t / half)) / 2;
  }
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface RestartOptions extends CosineOptions {
  /** How much longer each wave is than the one before; 1 unless given. */
  tMult?: number | undefined;
}

interface RestartState {
  T_0: number;
  T_i: number;
  T_mult: number;
  T_cur: number;
  eta_min: number;
}

/**
 * Half waves down from the base rate to `etaMin`, the first in `t0` epochs. `step(epoch)` takes fractions, for steps within an epoch.
 * Errors: those of `LRScheduler`. Source: Loshchilov and Hutter, 2017; PyTorch's `CosineAnnealingWarmRestarts`.
 * @example new optim.lrScheduler.CosineAnnealingWarmRestarts(optimizer, 10, { tMult: 2 });
 */
export class CosineAnnealingWarmRestarts extends LRScheduler<RestartState> {
  constructor(optimizer: Scheduled, t0: number, options?: RestartOptions) {
    const name = "CosineAnnealingWarmRestarts";
    const state = readArguments<RestartState & { last_epoch: number }>(name, optimizer, { t0 }, options, { tMult: 1, etaMin: 0 });
    super(name, optimizer, { ...state, T_i: t0, T_cur: state.last_epoch });
  }

  protected rate(_: number, group: number): number {
    const { T_cur: t, T_i: half, eta_min: low, base_lrs: base } = this.state;
    return low + (((base[group] as number) - low) * cosine(t / half)) / 2;
  }

  /** @internal */
  override start(): void {
    const { state } = this;
    if (state.last_epoch >= 0) this.#advance();
    else state.T_cur = 0;
    super.start();
  }

  #advance(): void {
    const { state } = this;
    state.T_cur++;
    if (state.T_cur < state.T_i) return;
    state.T_cur %= state.T_i;
    state.T_i *= state.T_mult;
  }

  /** @internal */
  override jump(epoch: number, anew: boolean): void {
    const { state } = this;
    const { T_0: first, T_mult: mult } = state;
    if (!anew) this.#advance();
    else {
      // The waves before this one, of which the next is the first of the sum first (1 + mult + ..) to exceed the epoch.
      state.T_i = first;
      state.T_cur = epoch;
      if (mult === 1) state.T_cur %= first;
      else
        while (state.T_cur >= state.T_i) {
          state.T_cur -= state.T_i;
          state.T_i *= mult;
        }
    }
    super.jump(Math.floor(epoch), anew);
  }
}

/** Sets the momentum of a group, which is `betas[0]` if it has betas. */
function setMomentum({ options }: ScheduledGroup, momentum: number): void {
  if (options.betas) options.betas = [momentum, options.betas[1]];
  else options.momentum = momentum;
}

function checkMomentum(name: string, { groups }: Scheduled, cycles: boolean): void {
  if (cycles && !groups.every(({ options: { betas, momentum } }) => (betas ?? momentum) !== undefined))
    throw new ArgError(`${name}: the optimizer has neither momentum nor betas to cycle; set cycleMomentum: false`);
}

/** Options of both cycles. */
export interface CycleOptions extends ScheduleOptions {
  /** Whether momentum, or the first of `betas`, goes down while the rate goes up; true unless given. */
  cycleMomentum?: boolean | undefined;
  /** The lowest momentum, for all groups or one each; 0.8 unless given (`OneCycleLR`: 0.85). */
  baseMomentum?: number | readonly number[] | undefined;
  /** The highest momentum, for all groups or one each; 0.9 unless given (`OneCycleLR`: 0.95). */
  maxMomentum?: number | readonly number[] | undefined;
}

/** Options of `CyclicLR`. */
export interface CyclicOptions extends CycleOptions {
  /** Steps up; 2000 unless given. */
  stepSizeUp?: number | undefined;
  /** Steps down; as many as up unless given. */
  stepSizeDown?: number | undefined;
  /** Whether the cycles stay as high, become half as high each time, or are scaled by `gamma ** step`; `"triangular"` unless given. */
  mode?: "triangular" | "triangular2" | "exp_range" | undefined;
  /** The factor of the mode `"exp_range"`; 1 unless given. */
  gamma?: number | undefined;
  /** Scales the height in place of a mode; it is not saved. */
  scaleFn?: ((x: number) => number) | undefined;
  /** Whether `scaleFn` gets the number of the cycle, from 1 on, or of the step; `"cycle"` unless given. */
  scaleMode?: "cycle" | "iterations" | undefined;
}

/** The height of a cycle, by its number or that of the step. */
function scaleOf(mode: string, gamma: number): (x: number) => number {
  if (mode === "exp_range") return (x) => gamma ** x;
  return mode === "triangular" ? () => 1 : (x) => 1 / 2 ** (x - 1);
}

interface CycleState {
  max_lrs: number[];
  cycle_momentum: boolean;
  base_momentums: number[];
  max_momentums: number[];
}

interface CyclicState extends CycleState {
  total_size: number;
  step_ratio: number;
  mode: string;
  gamma: number;
  scale_mode: string;
}

interface CyclicArguments extends Omit<CyclicState, "total_size" | "step_ratio"> {
  last_epoch: number;
  base_lrs: number[];
  step_size_up: number;
  step_size_down?: number;
  scale_fn?: (x: number) => number;
}

/**
 * Up from `baseLr` to `maxLr` in a line and down again, over and over. Call `step()` after each batch.
 * baseLr, maxLr: for all groups, or a list of one for each. Errors: those of `LRScheduler`, and `ArgError` for an optimizer without momentum.
 * Source: Smith, 2017; PyTorch's `CyclicLR`.
 * @example new optim.lrScheduler.CyclicLR(optimizer, 1e-3, 0.1, { stepSizeUp: 100 });
 */
export class CyclicLR extends LRScheduler<CyclicState, ((x: number) => number) | undefined> {
  constructor(optimizer: Scheduled, baseLr: number | readonly number[], maxLr: number | readonly number[], options?: CyclicOptions) {
    const name = "CyclicLR";
    const defaults = { stepSizeUp: 2000, stepSizeDown: undefined, mode: "triangular", gamma: 1, scaleFn: undefined, scaleMode: "cycle" };
    const cycle = { cycleMomentum: true, baseMomentum: 0.8, maxMomentum: 0.9 };
    const read = readArguments<CyclicArguments>(name, optimizer, { baseLr, maxLr }, options, { ...defaults, ...cycle });
    const { base_lrs: base, step_size_up: up, step_size_down: down = up, scale_fn: tools, ...state } = read;
    checkThat(name, tools === undefined || typeof tools === "function", "scaleFn must be a function", tools);
    checkMomentum(name, optimizer, state.cycle_momentum);
    if (!tools) state.scale_mode = state.mode === "exp_range" ? "iterations" : "cycle";
    if (state.last_epoch === -1) {
      optimizer.groups.forEach(({ options: group, values }, i) => {
        group.lr = base[i] as number;
        values["initialLr"] ??= group.lr;
      });
    }
    super(name, optimizer, { ...state, total_size: up + down, step_ratio: up / (up + down) }, { base, tools });
  }

  protected rate(_: number, group: number): number {
    const { last_epoch: t, total_size: total, step_ratio: ratio, scale_mode: by, base_lrs: base, max_lrs: max, ...s } = this.state;
    const cycle = Math.floor(1 + t / total);
    const x = 1 + t / total - cycle;
    const factor = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
    const scale = (this.tools ?? scaleOf(s.mode, s.gamma))(by === "cycle" ? cycle : t);
    /** From one to the other. */
    const between = (from: readonly number[], to: readonly number[]): number =>
      ofGroup(from, group) + (ofGroup(to, group) - ofGroup(from, group)) * factor * scale;
    if (s.cycle_momentum) setMomentum(this.optimizer.groups[group] as ScheduledGroup, between(s.max_momentums, s.base_momentums));
    return between(base, max);
  }
}

/** Options of `OneCycleLR`. */
export interface OneCycleOptions extends CycleOptions {
  /** Steps of the cycle; if absent, `epochs * stepsPerEpoch`. */
  totalSteps?: number | undefined;
  /** Epochs of the cycle. */
  epochs?: number | undefined;
  /** Steps of an epoch. */
  stepsPerEpoch?: number | undefined;
  /** Share of the steps in which the rate goes up; 0.3 unless given. */
  pctStart?: number | undefined;
  /** The curve between lowest and highest rate; `"cos"` unless given. */
  annealStrategy?: "cos" | "linear" | undefined;
  /** How many times lower the first rate is than `maxLr`; 25 unless given. */
  divFactor?: number | undefined;
  /** How many times lower the last rate is than the first; 1e4 unless given. */
  finalDivFactor?: number | undefined;
  /** Goes down to the first rate as fast as up, and from there to the last one; false unless given. */
  threePhase?: boolean | undefined;
}

interface OneCycleState extends CycleState {
  total_steps: number;
  pct_start: number;
  anneal_strategy: string;
  min_lrs: number[];
  three_phase: boolean;
}

interface OneCycleArguments extends Omit<OneCycleState, "total_steps" | "min_lrs"> {
  last_epoch: number;
  total_steps?: number;
  epochs?: number;
  steps_per_epoch?: number;
  div_factor: number;
  final_div_factor: number;
}

/** From start to end, pct of the way. */
function anneal(strategy: string, start: number, end: number, pct: number): number {
  return strategy === "cos" ? end + ((start - end) / 2) * cosine(pct) : (end - start) * pct + start;
}

/**
 * Up to `maxLr` and down to almost 0, once. Call `step()` after each batch; the optimizer's own rate is replaced.
 * maxLr: for all groups, or a list of one for each. Errors: those of `LRScheduler`; `ArgError` without a number of steps and for an optimizer
 * without momentum; `StateError` for a step beyond the last.
 * Source: Smith and Topin, 2019; PyTorch's `OneCycleLR`.
 * @example new optim.lrScheduler.OneCycleLR(optimizer, 0.1, { totalSteps: 1000 });
 */
export class OneCycleLR extends LRScheduler<OneCycleState> {
  constructor(optimizer: Scheduled, maxLr: number | readonly number[], options?: OneCycleOptions) {
    const name = "OneCycleLR";
    const defaults = { totalSteps: undefined, epochs: undefined, stepsPerEpoch: undefined, pctStart: 0.3, annealStrategy: "cos" };
    const cycle = { cycleMomentum: true, baseMomentum: 0.85, maxMomentum: 0.95, divFactor: 25, finalDivFactor: 1e4, threePhase: false };
    const read = readArguments<OneCycleArguments>(name, optimizer, { maxLr }, options, { ...defaults, ...cycle });
    const { total_steps: given, epochs, steps_per_epoch: per, div_factor: above, final_div_factor: down, ...state } = read;
    const total = given ?? checkWhole(name, "epochs", epochs, 1) * checkWhole(name, "stepsPerEpoch", per, 1);
    checkMomentum(name, optimizer, state.cycle_momentum);
    const base = state.max_lrs.map((rate) => rate / above);
    if (state.last_epoch === -1) {
      optimizer.groups.forEach(({ values }, i) => {
        values["initialLr"] = base[i] as number;
      });
    }
    super(name, optimizer, { ...state, total_steps: total, min_lrs: base.map((rate) => rate / down) }, { base });
  }

  /** @internal */
  override jump(epoch: number, anew: boolean): void {
    const { total_steps: total } = this.state;
    if (epoch > total) throw new StateError(`OneCycleLR: step ${epoch} is beyond the ${total} of the cycle`);
    super.jump(epoch, anew);
  }

  protected rate(_: number, group: number): number {
    const { last_epoch: t, total_steps: total, pct_start: pct, anneal_strategy: strategy, ...s } = this.state;
    const [first, max, last, low, high] = [s.base_lrs, s.max_lrs, s.min_lrs, s.base_momentums, s.max_momentums].map((numbers) =>
      ofGroup(numbers, group),
    ) as [number, number, number, number, number];
    const up = [pct * total - 1, first, max, high, low];
    const phases = s.three_phase
      ? [up, [2 * pct * total - 2, max, first, low, high], [total - 1, first, last, high, high]]
      : [up, [total - 1, max, last, low, high]];
    const i = phases.findIndex(([end], index) => t <= (end as number) || index === phases.length - 1);
    const [end, from, to, fromMomentum, toMomentum] = phases[i] as [number, number, number, number, number];
    const start = (phases[i - 1]?.[0] as number | undefined) ?? 0;
    const way = (t - start) / (end - start);
    if (s.cycle_momentum) {
      setMomentum(this.optimizer.groups[group] as ScheduledGroup, anneal(strategy, fromMomentum, toMomentum, way));
    }
    return anneal(strategy, from, to, way);
  }
}

/** Options of `SWALR`. */
export interface SWALROptions extends ScheduleOptions {
  /** Epochs until the rate is reached; 10 unless given. */
  annealEpochs?: number | undefined;
  /** The curve to it; `"cos"` unless given. */
  annealStrategy?: "cos" | "linear" | undefined;
}

/**
 * Goes from the rate in force to the constant `swaLr` at which weights are averaged (`AveragedModel`).
 * swaLr: for all groups, or a list of one for each. Errors: those of `LRScheduler`. Source: Izmailov et al., 2018; PyTorch's `SWALR`.
 * @example new optim.lrScheduler.SWALR(optimizer, 0.05, { annealEpochs: 5 });
 */
export class SWALR extends LRScheduler<{ swa_lrs: number[]; anneal_epochs: number; anneal_strategy: string }> {
  constructor(optimizer: Scheduled, swaLr: number | readonly number[], options?: SWALROptions) {
    const name = "SWALR";
    super(name, optimizer, readArguments(name, optimizer, { swaLr }, options, { annealEpochs: 10, annealStrategy: "cos" }));
  }

  protected rate(lr: number, group: number): number {
    const { _step_count: count, swa_lrs: swa, anneal_epochs: epochs, anneal_strategy: strategy } = this.state;
    const step = Math.max(epochs === 0 ? 1 : 0, count - 1);
    const target = ofGroup(swa, group);
    const share = (at: number): number => {
      const t = Math.max(0, Math.min(1, at / Math.max(1, epochs)));
      return anneal(strategy, 0, 1, t);
    };
    const [before, now] = [share(step - 1), share(step)];
    const start = before === 1 ? target : (lr - before * target) / (1 - before);
    return target * now + start * (1 - now);
  }
}
