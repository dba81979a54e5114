// Schedules of schedules: one after the other, or all at once.
import { checkThat } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { wholeNumbers } from "./factors.js";
import { LRScheduler, mismatches, readArguments, Saved, type Scheduled, type ScheduleOptions, type SchedulerState } from "./scheduler.js";

/** A schedule that others may contain. */
export type Schedule = LRScheduler<object> | SequentialLR | ChainedScheduler;

/** Checks that these are schedules of one optimizer. */
function checkSchedules(name: string, schedulers: readonly Schedule[], optimizer: Scheduled | undefined): Scheduled {
  const isSchedule = (x: unknown): boolean => x instanceof LRScheduler || x instanceof SequentialLR || x instanceof ChainedScheduler;
  const fits = Array.isArray(schedulers) && schedulers.length > 0 && schedulers.every(isSchedule);
  checkThat(name, fits, "takes a list of schedules, all but ReduceLROnPlateau", schedulers);
  const first = optimizer ?? (schedulers[0] as Schedule).optimizer;
  if (schedulers.some((scheduler: Schedule) => scheduler.optimizer !== first))
    throw new ArgError(`${name}: all schedules must have the same optimizer`);
  return first;
}

interface ComposedState {
  last_epoch?: number;
  _milestones?: number[];
  _last_lr?: number[];
}

/** What both have: the schedules and the rates. */
abstract class Composed<State extends ComposedState> extends Saved<State> {
  /** @internal */
  protected readonly schedulers: readonly Schedule[];

  constructor(name: string, schedulers: readonly Schedule[], optimizer: Scheduled | undefined, state: State) {
    super(name, checkSchedules(name, schedulers, optimizer), state);
    this.schedulers = [...schedulers];
  }

  /** @internal The first step. */
  abstract start(): void;

  /** @internal Goes to an epoch. */
  abstract jump(epoch: number, anew: boolean): void;

  /** @internal Takes the first steps back. */
  undo(): void {
    for (const scheduler of this.schedulers) scheduler.undo();
  }

  /** The states of all schedules, and the progress, with PyTorch's names. Errors: none. @example new optim.lrScheduler.ChainedScheduler([new optim.lrScheduler.StepLR(optimizer, 2)]).stateDict(); */
  override stateDict(): SchedulerState {
    return { ...super.stateDict(), _schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  /** @internal */
  override problems(state: SchedulerState): string[] {
    const found = mismatches({ ...this.state, _schedulers: this.schedulers.map(() => ({})) }, state);
    if (found.length > 0) return found;
    return this.schedulers.flatMap((scheduler, i) => scheduler.problems((state["_schedulers"] as SchedulerState[])[i] as SchedulerState));
  }

  /**
   * Takes over the progress of another schedule of the same parts. Errors: `StateError` that lists all that does not fit; nothing is changed
   * then.
   * @example
   * const scheduler = new optim.lrScheduler.ChainedScheduler([new optim.lrScheduler.StepLR(optimizer, 2)]);
   * scheduler.loadStateDict(scheduler.stateDict());
   */
  override loadStateDict(state: SchedulerState): void {
    super.loadStateDict(state);
    this.schedulers.forEach((scheduler, i) => {
      scheduler.loadStateDict((state["_schedulers"] as SchedulerState[])[i] as SchedulerState);
    });
  }
}

/**
 * One schedule after the other: the next one begins, from its own first epoch, at each of the milestones.
 * milestones: one less than schedules. Errors: `ArgError` for what is no list of schedules of this optimizer, and for other milestones.
 * Source: PyTorch's `SequentialLR`.
 * @example
 * const warmUp = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const decay = new optim.lrScheduler.CosineAnnealingLR(optimizer, 95);
 * new optim.lrScheduler.SequentialLR(optimizer, [warmUp, decay], [5]);
 */
export class SequentialLR extends Composed<ComposedState & { last_epoch: number; _milestones: number[] }> {
  constructor(optimizer: Scheduled, schedulers: readonly Schedule[], milestones: readonly number[], options?: ScheduleOptions) {
    const name = "SequentialLR";
    const { last_epoch } = readArguments<{ last_epoch: number }>(name, optimizer, {}, options);
    super(name, schedulers, optimizer, { last_epoch, _milestones: wholeNumbers(name, milestones) });
    const count = schedulers.length - 1;
    checkThat(name, milestones.length === count, `${count + 1} schedules need ${count} milestones`, milestones.length);
    for (const { options: group, values } of optimizer.groups) group.lr = values["initialLr"] as number;
    for (const scheduler of schedulers) scheduler.undo();
    this.start();
  }

  /** The number of steps so far. */
  get lastEpoch(): number {
    return this.state.last_epoch;
  }

  #indexAt(epoch: number): number {
    return this.state._milestones.filter((milestone) => milestone <= epoch).length;
  }

  /** @internal */
  start(): void {
    this.state.last_epoch++;
    (this.schedulers[this.#indexAt(0)] as Schedule).start();
  }

  /** @internal */
  override undo(): void {
    this.state.last_epoch--;
    super.undo();
  }

  /** @internal */
  jump(epoch: number, anew: boolean): void {
    this.state.last_epoch = epoch;
    (this.schedulers[this.#indexAt(epoch)] as Schedule).jump(epoch, anew);
  }

  /** Goes to the next epoch. Errors: none. @example new optim.lrScheduler.StepLR(optimizer, 2).step(); */
  step(): void {
    const epoch = ++this.state.last_epoch;
    const i = this.#indexAt(epoch);
    const scheduler = this.schedulers[i] as Schedule;
    if (i > 0 && this.state._milestones[i - 1] === epoch) scheduler.jump(0, true);
    else scheduler.step();
  }
}

/**
 * Several schedules at once: each one changes the rates that the one before gave.
 * Errors: `ArgError` for what is no list of schedules of one optimizer. Source: PyTorch's `ChainedScheduler`.
 * @example
 * const warmUp = new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.1, totalIters: 2 });
 * new optim.lrScheduler.ChainedScheduler([warmUp, new optim.lrScheduler.ExponentialLR(optimizer, 0.9)]);
 */
export class ChainedScheduler extends Composed<ComposedState> {
  constructor(schedulers: readonly Schedule[], options?: { optimizer?: Scheduled | undefined }) {
    super("ChainedScheduler", schedulers, readOptions("ChainedScheduler", options, { optimizer: undefined }).optimizer, {});
  }

  /** @internal */
  start(): void {
    for (const scheduler of this.schedulers) scheduler.start();
  }

  /** @internal */
  jump(epoch: number, anew: boolean): void {
    for (const scheduler of this.schedulers) scheduler.jump(epoch, anew);
  }

  /** Goes to the next epoch. Errors: those of the schedules. @example new optim.lrScheduler.StepLR(optimizer, 2).step(); */
  step(): void {
    for (const scheduler of this.schedulers) scheduler.step();
  }
}
