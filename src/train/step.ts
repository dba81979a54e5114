// Code that training and evaluation share: iteration over batches, their checks, and pauses for the event loop.
import { ArgError, describe, isPlainObject } from "../errors.js";
import { yieldToEventLoop } from "../eventLoop.js";
import { checkModule, Module } from "../nn/module.js";
import { scope, tensorsIn } from "../tensor/scope.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";

/** One batch: the input and the target. */
export type LabelledBatch = readonly [input: Tensor, target: Tensor, ...rest: Tensor[]];

/** What a model is called with: a tensor, a list of all arguments of `forward`, or an object that is its only argument. */
export type Inputs = Tensor | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * One batch of a model with any inputs and results: `[inputs, targets]` or `{ inputs, targets }`. The targets are a tensor, or a list or an
 * object of tensors. A `DataLoader` gives this with `transform: ([a, b, y]) => ({ inputs: [a, b], targets: y })`.
 */
export type TrainingBatch<Target = Tensor> =
  | readonly [inputs: Inputs, targets: Target, ...rest: unknown[]]
  | { readonly inputs: Inputs; readonly targets: Target };

/**
 * Batches, such as a `DataLoader`; gone through once per epoch. `length`, the number of batches, lets progress show what is left.
 * Whoever makes the batches owns them: a `DataLoader` lets go of each when the next one is asked for; an array keeps its tensors, and a
 * generator disposes of its own after the `yield`.
 */
export type Batches<Target = Tensor> = (Iterable<TrainingBatch<Target>> | AsyncIterable<TrainingBatch<Target>>) & {
  readonly length?: number;
};

/** The loss of a batch: a loss module, or a function of output and target. Of several results and targets it gets all, as they are. */
export type Loss<Output = Tensor, Target = Tensor> = Module | ((output: Output, target: Target) => Tensor);

export function lossFunction<Output, Target>(op: string, loss: Loss<Output, Target>): (output: Output, target: Target) => Tensor {
  if (typeof loss !== "function" || loss.prototype instanceof Module)
    checkModule(op, "loss", loss, "pass a loss module such as new nn.CrossEntropyLoss(), or a function of output and target");
  return (output, target) => {
    const value: unknown = typeof loss === "function" ? loss(output, target) : loss.call(output, target);
    if (!(value instanceof Tensor)) throw new ArgError(`${op}: the loss must give a tensor, got ${describe(value)}`);
    return value;
  };
}

const FOR_TENSORS = "for tensors x and y write new DataLoader(new TensorDataset(x, y), { batchSize: 32 })";

/** Throws `ArgError` unless `batches` is iterable. */
export function checkBatches(op: string, what: string, batches: unknown): void {
  const iterable = typeof batches === "object" && batches !== null && (Symbol.iterator in batches || Symbol.asyncIterator in batches);
  if (iterable && !(batches instanceof Tensor)) return;
  const isDataset = typeof (batches as { get?: unknown } | undefined | null)?.get === "function";
  const hint =
    batches instanceof Tensor
      ? FOR_TENSORS
      : isDataset
        ? "wrap the data set in new DataLoader(dataset, { batchSize })"
        : "pass a DataLoader or an array of [input, target]";
  throw new ArgError(`${op}: ${what} must be batches to iterate over, got ${describe(batches)}; ${hint}`);
}

/** The inputs and targets of a batch in either form. */
function checkBatch<Target>(op: string, batch: unknown): [inputs: Inputs, targets: Target] {
  const { inputs, targets } = batch as { inputs?: unknown; targets?: unknown };
  const parts: readonly unknown[] = Array.isArray(batch) ? batch.slice(0, 2) : isPlainObject(batch) ? [inputs, targets] : [];
  for (const part of parts) {
    if (typeof part === "object" && part !== null && "storage" in part) checkAlive(op, part);
    for (const tensor of tensorsIn(part)) checkAlive(op, tensor);
  }
  if (parts.length < 2 || !parts.every((part) => tensorsIn(part).size > 0)) {
    const hint = batch instanceof Tensor ? `; ${FOR_TENSORS}` : "";
    throw new ArgError(
      `${op}: each batch must be an array of input and target tensors, as a DataLoader over a TensorDataset gives, or { inputs, targets }, got ${describe(batch)}${hint}`,
    );
  }
  return parts as [Inputs, Target];
}

/** Calls a model with the inputs of a batch: a list has all arguments. */
export const callWith = <M extends Module>(model: M, inputs: Inputs): ReturnType<M["forward"]> =>
  model.call(...([inputs].flat() as Parameters<M["forward"]>)) as ReturnType<M["forward"]>;

/** The work for each batch. */
export interface BatchWork<Target> {
  /** Runs in its own scope. */
  work(batch: readonly [inputs: Inputs, targets: Target]): void;
  /** Runs after `work`; the next batch waits for its promise. */
  after?(): void | Promise<void>;
  /** Whether to skip the remaining batches. */
  stopped(): boolean;
}

/**
 * Iterates over batches once. Tensors that `work` makes are freed before the next batch is requested; the batch itself belongs to whoever
 * made it. No scope is open while a promise is awaited, so other code that runs meanwhile keeps its tensors.
 */
export async function eachBatch<Target>(op: string, batches: Batches<Target>, { work, after, stopped }: BatchWork<Target>): Promise<void> {
  // A DataLoader has both iterators; only the asynchronous one works for data sets that return promises.
  const asyncIterator = (batches as AsyncIterable<TrainingBatch<Target>>)[Symbol.asyncIterator]?.();
  const iterator = asyncIterator ?? (batches as Iterable<TrainingBatch<Target>>)[Symbol.iterator]();
  let open = true;
  try {
    while (!stopped()) {
      open = false;
      const { done, value } = await iterator.next();
      if (done) return;
      open = true;
      const batch = checkBatch<Target>(op, value);
      scope(() => work(batch));
      await after?.();
      await yieldToEventLoop();
    }
  } finally {
    // As `for ... of` does, because the maker of the batches may have to clean up.
    if (open) await iterator.return?.();
  }
}
