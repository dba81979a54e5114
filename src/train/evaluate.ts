// Loss and metrics of a model on data it does not learn from.
import type { Module } from "../nn/module.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Averages, type Batches, eachBatch, type Loss, lossFunction, type Metric } from "./step.js";

/** Options of `evaluate`. */
export interface EvaluateOptions {
  loss?: Loss;
  metrics?: Readonly<Record<string, Metric>>;
}

/** Runs `work` with the model in evaluation mode, and puts every layer back into the mode it was in. */
export async function inEvaluation<T>(model: Module, work: () => Promise<T>): Promise<T> {
  const modes = [...model.namedModules()].map(([, module]) => [module, module.training] as const);
  model.eval();
  try {
    return await work();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

/**
 * Averages of loss and metrics over all batches, in evaluation mode and without recording; the model is left in the mode
 * it was in. Averages are weighted by batch size, so they do not depend on how the data is cut.
 * Errors: `ArgError` for batches that are not [input, target].
 * @example const { loss, accuracy: share } = await evaluate(model, test, { loss: new nn.CrossEntropyLoss(), metrics: { accuracy } });
 */
export async function evaluate(model: Module, batches: Batches, { loss, metrics = {} }: EvaluateOptions): Promise<Record<string, number>> {
  const averages = new Averages();
  const lossOf = loss && lossFunction(loss);
  const measure = ([input, target]: readonly [Tensor, Tensor, ...Tensor[]]): void =>
    noGrad(() => {
      const output = model.call(input) as Tensor;
      const values: Record<string, number> = {};
      if (lossOf) values["loss"] = lossOf(output, target).item();
      for (const [name, metric] of Object.entries(metrics)) values[name] = metric(output, target);
      averages.add(input.shape[0] ?? 1, values);
    });
  await inEvaluation(model, () => eachBatch("evaluate", batches, measure, () => false));
  return averages.values;
}
