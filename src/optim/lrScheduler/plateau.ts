// The schedule that follows a metric.
import { checkFinite, checkNumber } from "../../checks.js";
import { ArgError } from "../../errors.js";
import { ofGroup, ratesOf, readArguments, Saved, type Scheduled } from "./scheduler.js";

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

interface Arguments {
  mode: string;
  factor: number;
  patience: number;
  threshold: number;
  threshold_mode: string;
  cooldown: number;
  min_lrs: number[];
  eps: number;
}

interface PlateauState extends Arguments {
  best: number;
  cooldown_counter: number;
  num_bad_epochs: number;
  last_epoch: number;
  _last_lr: number[];
}

/**
 * Multiplies the rate by `factor` when a metric has not improved for more than `patience` epochs. NaN is no improvement.
 * Errors: `ArgError` for what is no optimizer, for options that are unknown or do not fit, and for a metric that is no number.
 * Source: PyTorch's `ReduceLROnPlateau`.
 * @example
 * const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 3 });
 * scheduler.step(0.25); // the loss on the validation data
 */
export class ReduceLROnPlateau extends Saved<PlateauState> {
  constructor(optimizer: Scheduled, options?: PlateauOptions) {
    const name = "ReduceLROnPlateau";
    const defaults = { mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel", cooldown: 0, minLr: 0, eps: 1e-8 };
    const state = readArguments<Arguments>(name, optimizer, {}, options, defaults, {});
    if (state.factor === 1) throw new ArgError(`${name}: factor must be below 1, got 1`);
    const best = state.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    super(name, optimizer, { ...state, best, cooldown_counter: 0, num_bad_epochs: 0, last_epoch: 0, _last_lr: ratesOf(optimizer) });
  }

  /** The number of steps so far. */
  get lastEpoch(): number {
    return this.state.last_epoch;
  }

  #isBetter(a: number): boolean {
    const { mode, threshold, threshold_mode: how, best } = this.state;
    const sign = mode === "min" ? 1 : -1;
    return sign * a < sign * (how === "rel" ? best * (1 - sign * threshold) : best - sign * threshold);
  }

  /**
   * Takes the metric of an epoch, as a number or a tensor of one. Errors: `ArgError` for what is no number.
   * @example new optim.lrScheduler.ReduceLROnPlateau(optimizer).step(0.25);
   */
  step(metric: number | { item(): number }, epoch?: number): void {
    const value = checkNumber("ReduceLROnPlateau", "metric", typeof metric === "object" ? metric?.item?.() : metric);
    const s = this.state;
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
    s._last_lr = ratesOf(this.optimizer);
  }

  #reduce(): void {
    const { factor, min_lrs: least, eps } = this.state;
    this.optimizer.groups.forEach(({ options }, i) => {
      const lr = Math.max(options.lr * factor, ofGroup(least, i));
      if (options.lr - lr > eps) options.lr = lr;
    });
  }
}
