// Callbacks of `fit`, with which a program follows training and can stop it.
import { checkFinite, checkOneOf, checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import type { Module } from "../nn/module.js";
import { readOptions } from "../options.js";

/** Loss, metrics and time of one epoch. */
export interface EpochRecord {
  /** Number of the epoch, from 1. */
  epoch: number;
  /** How long it took, with its validation. */
  seconds: number;
  /** The loss and the metrics by name; those of the validation carry the prefix `val_`. */
  values: Record<string, number>;
}

/**
 * The methods of an optimizer that `fit` calls. A wrapper with these two can clip gradients, follow a schedule or keep averages. With `lr`,
 * which the optimizers of `optim` have, `progress` shows the learning rate.
 */
export interface Steps {
  /** Called before each `backward()`. */
  zeroGrad(): void;
  /** Called after each `backward()`. */
  step(): void;
  /** The learning rate, for `progress`. */
  readonly lr?: number;
}

/** The progress of training. */
export interface TrainingState {
  /** The model that is trained. */
  readonly model: Module;
  /** The optimizer as it was given to `fit`. */
  readonly optimizer: Steps;
  /** Number of epochs in all. */
  readonly epochs: number;
  /** The current epoch, from 1. */
  epoch: number;
  /** Batches done in this epoch. */
  step: number;
  /** Batches of an epoch, where known. */
  readonly stepsPerEpoch: number | undefined;
  /** Averages of this epoch so far; at its end all values, as in its record. */
  values: Record<string, number>;
  /** Ends training after the current batch. */
  stop(): void;
}

/**
 * Training callbacks. Implement any subset; `fit` awaits their promises, and an error in one ends the training.
 * No scope is open while they run, so a callback owns the tensors that it makes.
 */
export interface Callback {
  /** Before the first epoch. */
  onTrainBegin?(state: TrainingState): unknown;
  /** Before the first batch of each epoch. */
  onEpochBegin?(state: TrainingState): unknown;
  /** After each batch. */
  onStep?(state: TrainingState): unknown;
  /** After each epoch and its validation. */
  onEpochEnd?(state: TrainingState, record: EpochRecord): unknown;
  /** After the last epoch, also if training was stopped. */
  onTrainEnd?(state: TrainingState): unknown;
}

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** Value to watch; `val_loss` unless given. */
  monitor?: string | undefined;
  /** Epochs without improvement that are allowed; 0 unless given. */
  patience?: number | undefined;
  /** Least change that counts; 0 unless given. */
  minDelta?: number | undefined;
  /** Whether smaller or larger is better. Known for losses and the metrics of this library by their names, needed for others. */
  mode?: "min" | "max" | undefined;
}

/** Whether smaller or larger is better, for losses and for the metrics of this library, by the end of their names. */
const BETTER = [
  { mode: "min", names: /(loss|mae|mse)$/i },
  { mode: "max", names: /(accuracy|precision|recall|f1|jaccard|auroc|r2)$/i },
] as const;

const DEFAULTS = { monitor: "val_loss", patience: 0, minDelta: 0, mode: undefined as "min" | "max" | undefined };

/**
 * Ends training when a value has stopped getting better. NaN is never better.
 * Errors: `ArgError` for unknown options and values that do not fit, for a value of which it is not known whether smaller or larger is
 * better, and at the end of the first epoch if there is no such value.
 * @example
 * await fit(model, train, {
 *   loss: new nn.CrossEntropyLoss(), optimizer, epochs: 9, validation: test, callbacks: [earlyStopping({ patience: 3 })],
 * });
 * @example earlyStopping({ monitor: "val_error", mode: "min" });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { monitor, patience, minDelta, mode: given } = readOptions("earlyStopping", options, DEFAULTS as Required<typeof options>);
  const fail = (what: string): never => {
    throw new ArgError(`earlyStopping: ${what}`);
  };
  if (typeof monitor !== "string") return fail(`monitor must be the name of a value, such as "val_loss", got ${describe(monitor)}`);
  if (patience !== Infinity) checkWhole("earlyStopping", "patience", patience, 0);
  const least = checkFinite("earlyStopping", "minDelta", minDelta, 0);
  if (given !== undefined) checkOneOf("earlyStopping", "mode", given, ["min", "max"]);
  const mode = given ?? BETTER.find(({ names }) => names.test(monitor))?.mode;
  if (!mode) return fail(`whether a smaller or a larger "${monitor}" is better is not known; pass mode: "min" or mode: "max"`);
  let best = Infinity;
  let waited = 0;
  return {
    onTrainBegin() {
      best = Infinity;
      waited = 0;
    },
    onEpochEnd(state, { values }) {
      const value = values[monitor];
      if (value === undefined) return fail(`there is no value "${monitor}", only ${Object.keys(values).join(", ")}`);
      const score = mode === "min" ? value : -value;
      if (score < best - least) {
        best = score;
        waited = 0;
      } else if (++waited > (patience as number)) state.stop();
    },
  };
}
