// The training loop with scopes, modes, validation, progress and a guard against NaN.
import { checkWhole } from "../checks.js";
import { ArgError, describe, StateError } from "../errors.js";
import { checkModule, type Module } from "../nn/module.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback, EpochRecord, Steps, TrainingState } from "./callbacks.js";
import { evaluate, noBatches } from "./evaluate.js";
import { checkMetrics, Measurements, type Metrics } from "./measure.js";
import { whyNotFinite } from "./notFinite.js";
import { type Batches, callWith, checkBatches, eachBatch, type Inputs, type Loss, lossFunction } from "./step.js";

/** Options of `fit`. */
export interface FitOptions<Output = Tensor, Target = Tensor> {
  /** A loss module, or a function of output and target. */
  loss: Loss<Output, Target>;
  /** Any optimizer of `optim`, or an object with its two methods. */
  optimizer: Steps;
  /** Passes over the data; 1 unless given. */
  epochs?: number | undefined;
  /** Batches to evaluate after each epoch, as `val_loss` and so on. */
  validation?: Batches<Target> | undefined;
  /** Functions of output and target by name; how they are computed is said at `Metric`. */
  metrics?: Metrics<Output, Target> | undefined;
  /** Called in order during training; their promises are awaited. */
  callbacks?: readonly Callback[] | undefined;
  /** Stops with an error when the loss is no longer finite (default true). */
  nanGuard?: boolean | undefined;
  /** Ends training after the current batch once it is aborted: the `signal` of an AbortController. */
  signal?: { readonly aborted: boolean } | undefined;
}

const DEFAULTS = {
  loss: undefined,
  optimizer: undefined,
  epochs: 1,
  validation: undefined,
  metrics: {},
  callbacks: [],
  nanGuard: true,
  signal: undefined,
};

const EVENTS = ["onTrainBegin", "onEpochBegin", "onStep", "onEpochEnd", "onTrainEnd"] as const satisfies readonly (keyof Callback)[];

type CheckedOptions<Output, Target> = Required<FitOptions<Output, Target>> & {
  readonly [Name in "epochs" | "metrics" | "callbacks" | "nanGuard"]: NonNullable<FitOptions<Output, Target>[Name]>;
};

function checkFitOptions<Output, Target>(
  model: Module,
  batches: Batches<Target>,
  given: FitOptions<Output, Target>,
): CheckedOptions<Output, Target> {
  checkModule("fit", "model", model);
  checkBatches("fit", "the second argument", batches);
  const options = readOptions("fit", given, DEFAULTS as unknown as CheckedOptions<Output, Target>);
  if (options.validation !== undefined) checkBatches("fit", "validation", options.validation);
  checkMetrics("fit", options.metrics);
  const { optimizer, epochs, callbacks, signal } = options as Readonly<Record<keyof FitOptions, unknown>>;
  const { step, zeroGrad } = (optimizer ?? {}) as Partial<Steps>;
  if (typeof step !== "function" || typeof zeroGrad !== "function") {
    const isClass = typeof optimizer === "function" && typeof optimizer.prototype?.step === "function";
    throw new ArgError(
      `fit: optimizer must be an object with step() and zeroGrad(), such as new optim.Adam(model.parameters()), got ${isClass ? `the class ${optimizer.name}` : describe(optimizer)}`,
    );
  }
  checkWhole("fit", "epochs", epochs, 0);
  if (!Array.isArray(callbacks) || callbacks.some((callback) => typeof callback !== "object" || callback === null)) {
    throw new ArgError(`fit: callbacks must be an array of objects, such as [progress()], got ${describe(callbacks)}`);
  }
  for (const callback of callbacks as Readonly<Record<(typeof EVENTS)[number], unknown>>[]) {
    const odd = EVENTS.find((event) => callback[event] !== undefined && typeof callback[event] !== "function");
    if (odd) throw new ArgError(`fit: ${odd} of a callback must be a function, got ${describe(callback[odd])}`);
  }
  if (signal !== undefined && typeof (signal as { aborted?: unknown } | null)?.aborted !== "boolean") {
    throw new ArgError(`fit: signal must be that of an AbortController, got ${describe(signal)}`);
  }
  return options;
}

/**
 * Returns a function that puts the model into training mode. Layers that are in evaluation mode inside a model in training mode, such as a
 * frozen batch normalisation, were set so on purpose and stay so.
 */
function trainingMode(model: Module): () => void {
  const modules = [...model.namedModules()].map(([, module]) => module);
  const frozen = new Set(model.training ? modules.filter((module) => !module.training) : []);
  return () => {
    for (const module of modules) module.training = !frozen.has(module);
  };
}

/** What `fit` gives back: one record per epoch. */
export type History = EpochRecord[];

/**
 * Trains a model: for each batch forward, loss, zeroGrad, backward, step, with everything that a step made freed after it.
 * The event loop gets a turn every 40 ms, so a page stays responsive.
 *
 * The model trains in training mode and is left in it. A layer that is in evaluation mode while the model as a whole is not, such as a
 * frozen `BatchNorm2d` after `layer.eval()`, stays in evaluation; a model that is in evaluation as a whole is switched to training.
 *
 * batches: [input, target] per batch, e.g. a `DataLoader`; they stay their maker's. A model of several inputs takes `[[a, b], target]` or
 * `{ inputs: [a, b], targets }`: the list has the arguments of `forward`. The loss gets all that the model gives, and all targets. Result: loss, metrics and time of each epoch; those of
 * the training data come from outputs while the model was changing. How metrics come from batches is said at `evaluate` and `Metric`.
 * Errors: `ArgError` for an argument that is not a model, batches, a loss or an optimizer, for unknown options and values that do not fit;
 * `StateError` if an epoch has no batches, and if the loss becomes NaN or infinite: it names the first that is not finite of input,
 * target, gradients, parameters and output, and what to try. Errors of callbacks, also of their promises, end the training.
 * @example
 * const history = await fit(model, train, {
 *   loss: new nn.CrossEntropyLoss(), optimizer: new optim.Adam(model.parameters()), epochs: 5,
 *   validation: test, metrics: { accuracy }, callbacks: [progress()],
 * });
 * @example
 * const pairs = [{ inputs: [ones([4, 3]), ones([4, 2])], targets: ones([4, 1]) }];
 * const ofTwo = new nn.Bilinear(3, 2, 1);
 * await fit(ofTwo, pairs, { loss: new nn.MSELoss(), optimizer: new optim.Adam(ofTwo.parameters()) });
 */
export async function fit<M extends Module, Target = Tensor>(
  model: M,
  batches: Batches<Target>,
  options: FitOptions<ReturnType<M["forward"]>, NoInfer<Target>>,
): Promise<History> {
  const { loss, optimizer, epochs, validation, metrics, callbacks, nanGuard, signal } = checkFitOptions(model, batches, options);
  const lossOf = lossFunction("fit", loss);
  const history: History = [];
  let stopped = false;
  const isStopped = (): boolean => stopped || signal?.aborted === true;
  const state: TrainingState = {
    model,
    optimizer,
    epochs,
    epoch: 0,
    step: 0,
    stepsPerEpoch: batches.length,
    values: {},
    stop: () => {
      stopped = true;
    },
  };

  const trainOn = ([input, target]: readonly [Inputs, Target], measurements: Measurements): void => {
    const output = callWith(model, input);
    const batchLoss = lossOf(output, target);
    const value = batchLoss.item();
    if (nanGuard && !Number.isFinite(value)) {
      const why = whyNotFinite({ model, input, target, output });
      throw new StateError(
        `fit: the loss became ${value} in epoch ${state.epoch}, step ${state.step + 1}: ${why} (nanGuard: false goes on)`,
      );
    }
    optimizer.zeroGrad(); // not before the guard, which looks at the gradients of the step before
    batchLoss.backward();
    optimizer.step();
    measurements.add(output, target, value);
  };

  const toTraining = trainingMode(model);
  for (const callback of callbacks) await callback.onTrainBegin?.(state);
  for (let epoch = 1; epoch <= epochs && !isStopped(); epoch++) {
    const started = performance.now();
    const measurements = new Measurements("fit", metrics);
    state.epoch = epoch;
    state.step = 0;
    toTraining();
    for (const callback of callbacks) await callback.onEpochBegin?.(state);
    await eachBatch("fit", batches, {
      work: (batch) => {
        trainOn(batch, measurements);
        state.step++;
        state.values = measurements.averages;
      },
      after: async () => {
        for (const callback of callbacks) await callback.onStep?.(state);
      },
      stopped: isStopped,
    });
    if (state.step === 0 && !isStopped()) throw noBatches("fit", `epoch ${epoch}`, batches);
    const values = measurements.values();
    if (validation) {
      for (const [name, value] of Object.entries(await evaluate(model, validation, { loss, metrics }))) values[`val_${name}`] = value;
    }
    state.values = values;
    const record: EpochRecord = { epoch, seconds: (performance.now() - started) / 1000, values };
    history.push(record);
    for (const callback of callbacks) await callback.onEpochEnd?.(state, record);
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(state);
  return history;
}
