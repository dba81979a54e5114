// What `fit` tells while it works, and how it can be stopped.
import { ArgError } from "../errors.js";
import type { Module } from "../nn/module.js";

/** Loss, metrics and time of one epoch. Validation values carry the prefix `val_`. */
export interface EpochRecord {
  /** Counts from 1. */
  epoch: number;
  seconds: number;
  values: Record<string, number>;
}

/** Where training stands. */
export interface TrainingState {
  readonly model: Module;
  readonly epochs: number;
  /** The current epoch, from 1. */
  epoch: number;
  /** Batches done in this epoch. */
  step: number;
  /** Batches of an epoch, where known. */
  readonly stepsPerEpoch: number | undefined;
  /** Averages of this epoch so far. */
  values: Record<string, number>;
  /** Ends training after the current batch. */
  stop(): void;
}

/** Hears of training; every part is optional. A promise is waited for. */
export interface Callback {
  onTrainBegin?(state: TrainingState): void | Promise<void>;
  onEpochBegin?(state: TrainingState): void | Promise<void>;
  onStep?(state: TrainingState): void;
  onEpochEnd?(state: TrainingState, record: EpochRecord): void | Promise<void>;
  onTrainEnd?(state: TrainingState): void | Promise<void>;
}

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** Value to watch; `val_loss` unless given. */
  monitor?: string;
  /** Epochs without improvement that are allowed. */
  patience?: number;
  /** Least change that counts. */
  minDelta?: number;
  /** Whether smaller or larger is better; larger for anything but a loss unless given. */
  mode?: "min" | "max";
}

/**
 * Ends training when a value has stopped getting better.
 * Errors: `ArgError` at the end of the first epoch if there is no such value.
 * @example await fit(model, train, { ..., callbacks: [earlyStopping({ patience: 3 })] });
 */
export function earlyStopping({
  monitor = "val_loss",
  patience = 0,
  minDelta = 0,
  mode = monitor.endsWith("loss") ? "min" : "max",
}: EarlyStoppingOptions = {}): Callback {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  return {
    onTrainBegin() {
      best = Number.POSITIVE_INFINITY;
      waited = 0;
    },
    onEpochEnd(state, { values }) {
      const value = values[monitor];
      if (value === undefined) throw new ArgError(`earlyStopping: there is no value "${monitor}", only ${Object.keys(values).join(", ")}`);
      const score = mode === "min" ? value : -value;
      if (score < best - minDelta) {
        best = score;
        waited = 0;
      } else if (++waited > patience) state.stop();
    },
  };
}
