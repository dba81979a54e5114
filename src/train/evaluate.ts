// Loss and metrics of a model on data that it is not trained on.
import { StateError } from "../errors.js";
import { checkModule, type Module } from "../nn/module.js";
import { readOptions } from "../options.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkMetrics, Measurements, type Metrics } from "./measure.js";
import { type Batches, callWith, checkBatches, eachBatch, type Loss, lossFunction } from "./step.js";

/** Options of `evaluate`. */
export interface EvaluateOptions<Output = Tensor, Target = Tensor> {
  /** Its average is `loss` in the result; none when not given. */
  loss?: Loss<Output, Target> | undefined;
  /** Functions of output and target by name. */
  metrics?: Metrics<Output, Target> | undefined;
}

/** Runs `work` with the model in evaluation mode, and restores the mode of every layer afterwards. */
async function inEvaluationMode<T>(model: Module, work: () => Promise<T>): Promise<T> {
  const modes = [...model.namedModules()].map(([, module]) => [module, module.training] as const);
  model.eval();
  try {
    return await work();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

/** @internal The error for data without a single batch, with a hint. */
export function noBatches(op: string, what: string, batches: Batches<unknown>): StateError {
  const hint =
    batches.length === 0
      ? "the data is empty, or it has fewer samples than a batch and dropLast leaves that one out"
      : "pass what can be gone through again, such as an array or a DataLoader, not a generator that is at its end";
  return new StateError(`${op}: ${what} had no batches; ${hint}`);
}

/**
 * Loss and metrics of a model over all batches, in evaluation mode and without recording; the model is left in the mode it was in. None of
 * them depends on how the data is cut into batches: the loss is averaged, weighted by the elements of the target; so are metrics that are
 * means over samples (`accuracy`, `mae`, `mse`, and what is wrapped in `averaged`); all others, such as `f1`, `auroc` and `r2`, are
 * computed once from the joined outputs and targets of all batches.
 *
 * batches: [input, target] per batch, or in the other forms that `fit` takes; they stay their maker's. Result: `loss` and the metrics by their names.
 * Errors: `ArgError` for an argument that is not a model, batches or options, for batches that are not [input, target], for a metric that
 * gives no number, and for outputs that cannot be joined; `StateError` if there are no batches.
 * @example const { loss, f1: score } = await evaluate(model, test, { loss: new nn.CrossEntropyLoss(), metrics: { f1 } });
 */
export async function evaluate<M extends Module, Target = Tensor>(
  model: M,
  batches: Batches<Target>,
  options: EvaluateOptions<ReturnType<M["forward"]>, NoInfer<Target>> = {},
): Promise<Record<string, number>> {
  const { loss, metrics = {} } = readOptions<EvaluateOptions<ReturnType<M["forward"]>, Target>>("evaluate", options, {
    loss: undefined,
    metrics: undefined,
  });
  checkModule("evaluate", "model", model);
  checkBatches("evaluate", "the second argument", batches);
  checkMetrics("evaluate", metrics);
  const lossOf = loss === undefined ? undefined : lossFunction("evaluate", loss);
  const measurements = new Measurements("evaluate", metrics);
  let count = 0;
  return inEvaluationMode(model, async () => {
    await eachBatch("evaluate", batches, {
      work: ([input, target]) =>
        noGrad(() => {
          count++;
          const output = callWith(model, input);
          measurements.add(output, target, lossOf?.(output, target).item());
        }),
      stopped: () => false,
    });
    if (count === 0) throw noBatches("evaluate", "the data", batches);
    return measurements.values();
  });
}
