// Code that training and evaluation share: iteration over batches, their checks, and pauses for the event loop.
import { ArgError, describe } from "../errors.js";
import { yieldToEventLoop } from "../eventLoop.js";
import { checkModule, Module } from "../nn/module.js";
import { scope } from "../tensor/scope.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";

/** One batch: the input and the target. */
export type LabelledBatch = readonly [input: Tensor, target: Tensor, ...rest: Tensor[]];

/**
 * Batches, such as a `DataLoader`; gone through once per epoch. `length`, the number of batches, lets progress show what is left.
 * Whoever makes the batches owns them: a `DataLoader` lets go of each when the next one is asked for; an array keeps its tensors, and a
 * generator disposes of its own after the `yield`.
 */
export type Batches = (Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>) & { readonly length?: number };

/** The loss of a batch: a loss module, or a function of output and target. */
export type Loss = Module | ((output: Tensor, target: Tensor) => Tensor);

export function lossFunction(op: string, loss: Loss): (output: Tensor, target: Tensor) => Tensor {
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

function checkBatch(op: string, batch: unknown): LabelledBatch {
  const [input, target] = Array.isArray(batch) ? batch : [];
  for (const part of [input, target]) if (typeof part === "object" && part !== null && "storage" in part) checkAlive(op, part);
  if (!(input instanceof Tensor) || !(target instanceof Tensor)) {
    const hint = batch instanceof Tensor ? `; ${FOR_TENSORS}` : "";
    throw new ArgError(
      `${op}: each batch must be an array of input and target tensors, as a DataLoader over a TensorDataset gives, got ${describe(batch)}${hint}`,
    );
  }
  return batch as unknown as LabelledBatch;
}

/** The work for each batch. */
export interface BatchWork {
  /** Runs in its own scope. */
  work(batch: LabelledBatch): void;
  /** Runs after `work`; the next batch waits for its promise. */
  after?(): void | Promise<void>;
  /** Whether to skip the remaining batches. */
  stopped(): boolean;
}

/**
 * Iterates over batches once. Tensors that `work` makes are freed before the next batch is requested; the batch itself belongs to whoever
 * made it. No scope is open while a promise is awaited, so other code that runs meanwhile keeps its tensors.
 */
export async function eachBatch(op: string, batches: Batches, { work, after, stopped }: BatchWork): Promise<void> {
  // A DataLoader has both iterators; only the asynchronous one works for data sets that return promises.
  const asyncIterator = (batches as AsyncIterable<LabelledBatch>)[Symbol.asyncIterator]?.();
  const iterator = asyncIterator ?? (batches as Iterable<LabelledBatch>)[Symbol.iterator]();
  let open = true;
  try {
    while (!stopped()) {
      open = false;
      const { done, value } = await iterator.next();
      if (done) return;
      open = true;
      const batch = checkBatch(op, value);
      scope(() => work(batch));
      await after?.();
      await yieldToEventLoop();
    }
  } finally {
    // As `for ... of` does, because the maker of the batches may have to clean up.
    if (open) await iterator.return?.();
  }
}
