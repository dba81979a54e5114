// The base of the schedules. As in PyTorch, most compute a learning rate from the one before, so that several can be chained.
import { checkFinite, checkOneOf, checkPositive, checkWhole } from "../../checks.js";
import { ArgError, describe, StateError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { checkSaved, refuse, renamed, snake } from "../stateDict.js";

/** What a schedule changes: the options of a group. */
export interface ScheduledGroup {
  /** The options in force. */
  readonly options: { lr: number; betas?: readonly [number, number]; momentum?: number };
  /** Numbers that are saved with the group. */
  readonly values: Record<string, number | boolean>;
}

/** Any optimizer of `optim`. */
export interface Scheduled {
  /** The groups. */
  readonly groups: readonly ScheduledGroup[];
}

/** The state of a schedule, with PyTorch's names. */
export type SchedulerState = Readonly<Record<string, unknown>>;

/** What every schedule saves. */
export interface Progress {
  /** Steps so far. */
  last_epoch: number;
  /** The rates at the start. */
  base_lrs: number[];
  /** The rates in force. */
  _last_lr: number[];
  /** Calls of `step`, with the first one that the constructor makes. */
  _step_count: number;
}

/** Options that every schedule takes. */
export interface ScheduleOptions {
  /** The last epoch of a training that goes on; its optimizer has been loaded. -1 unless given: a new training. */
  lastEpoch?: number | undefined;
}

/** Names in state dicts of PyTorch that say nothing of their own; those that begin with _ are such names too. */
const FOREIGN = ["verbose", "lr_lambdas", "use_beta1", "mode_worse", "default_min_lr"];

/** @internal A number for each group: the one given for all, or those of a list. */
function perGroup(name: string, option: string, { groups }: Scheduled, value: unknown): number[] {
  const list = Array.isArray(value) ? value : groups.map(() => value);
  if (list.length !== groups.length) throw new ArgError(`${name}: ${option} has ${list.length} numbers for ${groups.length} groups`);
  return list.map((item) => checkFinite(name, option, item));
}

/** @internal The number of a group; groups that were added later have that of the last one. */
export const ofGroup = (numbers: readonly number[], group: number): number => numbers[Math.min(group, numbers.length - 1)] as number;

/** The least values of arguments and options that count something. */
const LEAST: Readonly<Record<string, number>> = {
  ...{ lastEpoch: -1, annealEpochs: 0, patience: 0, cooldown: 0, stepSize: 1, tMax: 1, t0: 1, tMult: 1, totalIters: 1, totalSteps: 1 },
};

/** Options that are numbers or lists of one for each group. */
const PER_GROUP = /^(min|max|base|swa)(Lr|Momentum)$/;

/** Options within [0, 1], and those above 0. */
const SHARE = /^(factor|startFactor|endFactor|pctStart)$/;
const POSITIVE = /^(startFactor|stepSizeUp|stepSizeDown|divFactor|finalDivFactor)$/;

/** Options that take a few texts: those of the list that the default is in. */
const TEXTS = [
  ...[
    ["min", "max"],
    ["rel", "abs"],
    ["cos", "linear"],
    ["cycle", "iterations"],
  ],
  ["triangular", "triangular2", "exp_range"],
];

/**
 * @internal Checks the arguments and options of a schedule, by their names and by the types of the defaults. Result: the state, with PyTorch's
 * names. Options without a default are left out if they are not given, and otherwise checked only if they are numbers by name.
 */
export function readArguments<State>(
  name: string,
  optimizer: Scheduled,
  positional: Readonly<Record<string, unknown>>,
  given: object | undefined,
  defaults: object = {},
  shared: object = { lastEpoch: -1 },
): State {
  if (!Array.isArray((optimizer as Partial<Scheduled> | null)?.groups)) {
    throw new ArgError(`${name}: the first argument must be an optimizer, got ${describe(optimizer)}`);
  }
  const known = { ...defaults, ...shared } as Record<string, unknown>;
  const state: Record<string, unknown> = {};
  for (const [option, value] of Object.entries({ ...positional, ...readOptions(name, given, known) })) {
    let key = snake(option).replace(/^t_?(max|mult|0)$/, "T_$1");
    let checked = value;
    const texts = TEXTS.find((list) => list.includes(known[option] as string));
    if (PER_GROUP.test(option)) {
      key += "s";
      checked = perGroup(name, option, optimizer, value);
    } else if (value === undefined && !(option in positional)) continue;
    else if (texts) checkOneOf(name, option, value, texts);
    else if (option in LEAST) checkWhole(name, option, value, LEAST[option]);
    else if (typeof value === "number" || typeof known[option] === "number" || option in positional) {
      if (POSITIVE.test(option)) checkPositive(name, option, value);
      checkFinite(name, option, value, ...(SHARE.test(option) ? [0, 1] : option === "eps" ? [0] : []));
    }
    state[key] = checked;
  }
  return state as State;
}

/** @internal What is wrong with a saved state, in comparison with the present one. */
export function mismatches(own: object, given: SchedulerState): string[] {
  checkSaved(given);
  const fits = (a: unknown, b: unknown): boolean => {
    if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => fits(item, b[i]));
    return typeof a === typeof b && !Number.isNaN(b) && (a === null) === (b === null);
  };
  const missing = Object.entries(own).filter(([key, value]) => !fits(value, given[key]));
  const unknown = Object.keys(given).filter((key) => !(key in own) && !key.startsWith("_") && !FOREIGN.includes(key));
  return [...missing.map(([key]) => `${key} is ${describe(given[key])}`), ...unknown.map((key) => `${key} is not known`)];
}

/** @internal The rates of all groups. */
export const ratesOf = ({ groups }: Scheduled): number[] => groups.map(({ options: { lr } }) => lr);

/** What all schedules have: an optimizer, and a state that can be saved. */
export abstract class Saved<State extends { _last_lr?: number[] }> {
  /** The optimizer whose learning rates change. */
  readonly optimizer: Scheduled;
  /** @internal What is saved. */
  protected readonly state: State;
  /** @internal For errors. */
  protected readonly name: string;

  /** @internal */
  constructor(name: string, optimizer: Scheduled, state: State) {
    this.name = name;
    this.optimizer = optimizer;
    this.state = state;
  }

  /** The rates in force, one for each group. Errors: none. @example new optim.lrScheduler.StepLR(optimizer, 2).getLastLr(); // [0.001] */
  getLastLr(): number[] {
    return [...(this.state._last_lr ?? ratesOf(this.optimizer))];
  }

  /**
   * What `loadStateDict` needs to go on, with PyTorch's names. The rates themselves are in the optimizer's state. Errors: none.
   * @example new optim.lrScheduler.StepLR(optimizer, 2).stateDict();
   */
  stateDict(): SchedulerState {
    return renamed(this.state);
  }

  /**
   * Takes over the progress and options of another schedule of the same kind. Load the optimizer's state, too.
   * Errors: `StateError` that lists all that does not fit; nothing is changed then.
   * @example
   * const scheduler = new optim.lrScheduler.StepLR(optimizer, 2);
   * scheduler.loadStateDict(scheduler.stateDict());
   */
  loadStateDict(state: SchedulerState): void {
    refuse(this.name, this.problems(state));
    for (const key of Object.keys(this.state)) Object.assign(this.state, renamed({ [key]: state[key] }));
  }

  /** @internal */
  problems(state: SchedulerState): string[] {
    return mismatches(this.state, state);
  }
}

/**
 * Base of the schedules: each `step()`, usually once per epoch after the optimizer's, changes the learning rates of all groups.
 * Groups that are added to the optimizer later take part from then on.
 * Errors: `ArgError` for what is no optimizer and for options that are unknown or do not fit; `StateError` for a `lastEpoch` of 0 or more
 * while the groups have no `initialLr`, because no schedule ran before.
 * @example function train(scheduler: optim.lrScheduler.LRScheduler): void { optimizer.step(); scheduler.step(); }
 */
export abstract class LRScheduler<State extends object = object, Tools = unknown> extends Saved<State & Progress> {
  /** @internal Functions that are not saved. */
  protected readonly tools: Tools;

  /** @internal */
  constructor(
    name: string,
    optimizer: Scheduled,
    state: State & { last_epoch: number },
    { base = [], tools }: { base?: readonly number[]; tools?: Tools } = {},
  ) {
    super(name, optimizer, { ...state, base_lrs: [...base], _last_lr: [], _step_count: 0 });
    const { last_epoch: last } = state;
    if (last >= 0 && optimizer.groups.some(({ values }) => values["initialLr"] === undefined))
      throw new StateError(`${name}: lastEpoch ${last} needs an optimizer that was in a schedule; load its state first`);
    this.tools = tools as Tools;
    this.start();
  }

  /** The number of steps so far; fractions are possible in some schedules. */
  get lastEpoch(): number {
    return this.state.last_epoch;
  }

  /** The rate of a group after its rate `lr` in the epoch before; `initial` while the schedule is made. */
  protected abstract rate(lr: number, group: number, initial: boolean): number;

  /** The rate in this epoch by its base rate, where there is a formula. */
  protected closedForm?(base: number): number;

  /** @internal The first step. */
  start(): void {
    this.state._step_count = 1;
    this.state.last_epoch++;
    this.#set((lr, i) => this.rate(lr, i, true));
  }

  /** @internal Takes the first step back, for schedules that begin later. */
  undo(): void {
    this.state.last_epoch--;
  }

  /**
   * Goes to the next epoch, or to the given one, and sets the rates for it.
   * Errors: `ArgError` for an epoch that is no number of at least 0.
   * @example new optim.lrScheduler.StepLR(optimizer, 2).step();
   */
  step(epoch?: number): void {
    const next = epoch === undefined ? this.state.last_epoch + 1 : checkFinite(this.name, "epoch", epoch, 0);
    this.state._step_count++;
    this.jump(next, epoch !== undefined);
  }

  /** @internal Goes to an epoch; by the closed form, if there is one, when it is not the next one. */
  jump(epoch: number, anew: boolean): void {
    this.state.last_epoch = epoch;
    const { base_lrs: base } = this.state;
    this.#set((lr, i) => (anew && this.closedForm ? this.closedForm(base[i] as number) : this.rate(lr, i, false)));
  }

  #set(rate: (lr: number, group: number) => number): void {
    const { groups } = this.optimizer;
    for (const { options, values } of groups.slice(this.state.base_lrs.length)) {
      values["initialLr"] ??= options.lr;
      this.state.base_lrs.push(values["initialLr"] as number);
    }
    const rates = groups.map(({ options }, i) => rate(options.lr, i));
    groups.forEach(({ options }, i) => {
      options.lr = rates[i] as number;
    });
    this.state._last_lr = rates;
  }
}
