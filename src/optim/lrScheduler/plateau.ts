// The schedule that follows a metric.
import { checkFinite, checkNumber, checkOneOf, checkWhole } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { renamed } from "../stateDict.js";
import { checkOptimizer, mismatches, perGroup, refuse, type Scheduled, type SchedulerState } from "./scheduler.js";

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  /** Whether the metric is to become low or high; `"min"` unless given. */
  mode?: "min" | "max" | undefined;
  /** What the rate is multiplied by; 0.1 unless given. */
  factor?: number | undefined;
  /** Epochs without improvement that are tolerated; 10 unless given. */
  patience?: number | undefined;
  /** What counts as an improvement; 1e-4 unless given. */
  threshold?: number | undefined;
  /** Whether the threshold is a share of the best metric, or a difference to it; `"rel"` unless given. */
  thresholdMode?: "rel" | "abs" | undefined;
  /** Epochs after a reduction in which nothing is counted; 0 unless given. */
  cooldown?: number | undefined;
  /** The lowest rate, for all groups or one each; 0 unless given. */
  minLr?: number | readonly number[] | undefined;
  /** Smaller changes of the rate are not made; 1e-8 unless given. */
  eps?: number | undefined;
}

const DEFAULTS = {
  ...{ mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel", cooldown: 0, minLr: 0, eps: 1e-8 },
} as Required<PlateauOptions>;

/**
 * Multiplies the rate by `factor` when a metric has not improved for more than `patience` epochs. NaN is no improvement.
 * Errors: `ArgError` for what is no optimizer, for options that are unknown or do not fit, and for a metric that is no number.
 * Source: PyTorch's `ReduceLROnPlateau`.
 * @example
 * const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 3 });
 * scheduler.step(0.25); // the loss on the validation data
 */
export class ReduceLROnPlateau {
  /** The optimizer whose learning rates change. */
  readonly optimizer: Scheduled;
  readonly #state;

  constructor(optimizer: Scheduled, options?: PlateauOptions) {
    const name = "ReduceLROnPlateau";
    checkOptimizer(name, optimizer);
    const o = readOptions(name, options, DEFAULTS);
    const mode: string = checkOneOf(name, "mode", o.mode, ["min", "max"]);
    const factor = checkFinite(name, "factor", o.factor, 0);
    if (factor >= 1) throw new ArgError(`${name}: factor must be below 1, got ${factor}`);
    this.optimizer = optimizer;
    this.#state = {
      mode,
      factor,
      patience: checkWhole(name, "patience", o.patience, 0),
      threshold: checkFinite(name, "threshold", o.threshold),
      threshold_mode: checkOneOf(name, "thresholdMode", o.thresholdMode, ["rel", "abs"]) as string,
      cooldown: checkWhole(name, "cooldown", o.cooldown, 0),
      min_lrs: perGroup(name, "minLr", optimizer, o.minLr as number),
      eps: checkFinite(name, "eps", o.eps, 0),
      best: mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      cooldown_counter: 0,
      num_bad_epochs: 0,
      last_epoch: 0,
      _last_lr: optimizer.groups.map(({ options: { lr } }) => lr),
    };
  }

  /** The number of steps so far. */
  get lastEpoch(): number {
    return this.#state.last_epoch;
  }

  #isBetter(a: number): boolean {
    const { mode, threshold, threshold_mode: how, best } = this.#state;
    if (mode === "min") return a < (how === "rel" ? best * (1 - threshold) : best - threshold);
    return a > (how === "rel" ? best * (threshold + 1) : best + threshold);
  }

  /**
   * Takes the metric of an epoch, as a number or a tensor of one. Errors: `ArgError` for what is no number.
   * @example new optim.lrScheduler.ReduceLROnPlateau(optimizer).step(0.25);
   */
  step(metric: number | { item(): number }, epoch?: number): void {
    const value = checkNumber("ReduceLROnPlateau", "metric", typeof metric === "object" ? metric?.item?.() : metric);
    const s = this.#state;
    s.last_epoch = epoch === undefined ? s.last_epoch + 1 : checkFinite("ReduceLROnPlateau", "epoch", epoch, 0);
    s.num_bad_epochs++;
    if (this.#isBetter(value)) {
      s.best = value;
      s.num_bad_epochs = 0;
    }
    if (s.cooldown_counter > 0) {
      s.cooldown_counter--;
      s.num_bad_epochs = 0;
    }
    if (s.num_bad_epochs > s.patience) {
      this.#reduce();
      s.cooldown_counter = s.cooldown;
      s.num_bad_epochs = 0;
    }
    s._last_lr = this.optimizer.groups.map(({ options: { lr } }) => lr);
  }

  #reduce(): void {
    const { factor, min_lrs: least, eps } = this.#state;
    this.optimizer.groups.forEach(({ options }, i) => {
      const lr = Math.max(options.lr * factor, least[Math.min(i, least.length - 1)] as number);
      if (options.lr - lr > eps) options.lr = lr;
    });
  }

  /** The rates in force, one for each group. Errors: none. @example new optim.lrScheduler.ReduceLROnPlateau(optimizer).getLastLr(); */
  getLastLr(): number[] {
    return [...this.#state._last_lr];
  }

  /**
   * What `loadStateDict` needs to go on, with PyTorch's names. Errors: none.
   * @example new optim.lrScheduler.ReduceLROnPlateau(optimizer).stateDict();
   */
  stateDict(): SchedulerState {
    return renamed(this.#state);
  }

  /**
   * Takes over the progress and options of another one. Errors: `StateError` that lists all that does not fit; nothing is changed then.
   * @example
   * const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer);
   * scheduler.loadStateDict(scheduler.stateDict());
   */
  loadStateDict(state: SchedulerState): void {
    refuse("ReduceLROnPlateau", mismatches(this.#state, state));
    for (const key of Object.keys(this.#state)) Object.assign(this.#state, renamed({ [key]: state[key] }));
  }
}
