// The training loop, looked after: scopes, modes, validation, progress, a guard against NaN.
import { ArgError, StateError } from "../errors.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback, EpochRecord, TrainingState } from "./callbacks.js";
import { evaluate } from "./evaluate.js";
import { Averages, type Batches, eachBatch, type LabelledBatch, type Loss, lossFunction, type Metric } from "./step.js";

/** What `fit` needs of an optimizer. */
export interface Steps {
  zeroGrad(): void;
  step(): void;
}

/** Options of `fit`. */
export interface FitOptions {
  loss: Loss;
  optimizer: Steps;
  /** Passes over the data; 1 unless given. */
  epochs?: number;
  /** Batches to evaluate after each epoch, as `val_loss` and so on. */
  validation?: Batches;
  metrics?: Readonly<Record<string, Metric>>;
  callbacks?: readonly Callback[];
  /** Stops with an error when the loss is no longer finite (default true). */
  nanGuard?: boolean;
  /** Ends training after the current batch once it is aborted: the `signal` of an AbortController. */
  signal?: { readonly aborted: boolean };
}

/** What `fit` gives back: one record per epoch. */
export type History = EpochRecord[];

/**
 * Trains a model: for each batch zeroGrad, forward, loss, backward, step, with everything a step made let go after it.
 * The event loop gets a turn every 40 ms, so a page stays responsive. Afterwards the model is in training mode.
 *
 * batches: [input, target] per batch, e.g. a `DataLoader`. Result: loss, metrics and time of each epoch; those of the
 * training data are averages while the model was changing.
 * Errors: `ArgError` for epochs that are no whole number or odd batches; `StateError` when the loss becomes NaN or
 * infinite, with where and what to try, and when batches can be gone through only once.
 * @example
 * const history = await fit(model, train, {
 *   loss: new nn.CrossEntropyLoss(), optimizer: new optim.Adam(model.parameters()), epochs: 5,
 *   validation: test, metrics: { accuracy }, callbacks: [progress()],
 * });
 */
export async function fit(model: Module, batches: Batches, options: FitOptions): Promise<History> {
  const { loss, optimizer, epochs = 1, validation, metrics = {}, callbacks = [], nanGuard = true, signal } = options;
  if (!Number.isInteger(epochs) || epochs < 0) throw new ArgError(`fit: epochs must be a whole number of at least 0, got ${epochs}`);
  const lossOf = lossFunction(loss);
  const history: History = [];
  let stopped = false;
  const isStopped = (): boolean => stopped || signal?.aborted === true;
  const state: TrainingState = {
    model,
    epochs,
    epoch: 0,
    step: 0,
    stepsPerEpoch: batches.length,
    values: {},
    stop: () => {
      stopped = true;
    },
  };

  const trainOn = ([input, target]: LabelledBatch, averages: Averages): void => {
    optimizer.zeroGrad();
    const output = model.call(input) as Tensor;
    const batchLoss = lossOf(output, target);
    const value = batchLoss.item();
    if (nanGuard && !Number.isFinite(value)) {
      throw new StateError(
        `fit: the loss became ${value} in epoch ${state.epoch}, step ${state.step + 1}; lower the learning rate, look for NaN in the data, or pass nanGuard: false`,
      );
    }
    batchLoss.backward();
    optimizer.step();
    const values: Record<string, number> = { loss: value };
    for (const [name, metric] of Object.entries(metrics)) values[name] = metric(output, target);
    averages.add(input.shape[0] ?? 1, values);
  };

  for (const callback of callbacks) await callback.onTrainBegin?.(state);
  for (let epoch = 1; epoch <= epochs && !isStopped(); epoch++) {
    const started = performance.now();
    const averages = new Averages();
    state.epoch = epoch;
    state.step = 0;
    model.train();
    for (const callback of callbacks) await callback.onEpochBegin?.(state);
    await eachBatch(
      "fit",
      batches,
      (batch) => {
        trainOn(batch, averages);
        state.step++;
        state.values = averages.values;
        for (const callback of callbacks) callback.onStep?.(state);
      },
      isStopped,
    );
    if (state.step === 0 && epoch > 1 && !isStopped()) {
      throw new StateError(
        `fit: epoch ${epoch} had no batches; pass what can be gone through again, such as an array or a DataLoader, not a generator`,
      );
    }
    const values = averages.values;
    if (validation) {
      for (const [name, value] of Object.entries(await evaluate(model, validation, { loss, metrics }))) values[`val_${name}`] = value;
    }
    const record: EpochRecord = { epoch, seconds: (performance.now() - started) / 1000, values };
    history.push(record);
    for (const callback of callbacks) await callback.onEpochEnd?.(state, record);
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(state);
  return history;
}
