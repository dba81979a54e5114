// What training and evaluation have in common: batches, running averages, and turns for the event loop.
import { ArgError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { scope } from "../tensor/scope.js";
import { Tensor } from "../tensor/tensor.js";

/** One batch: the input, and what the model should say. */
export type LabelledBatch = readonly [input: Tensor, target: Tensor, ...rest: Tensor[]];

/** Batches, such as a `DataLoader`; gone through once per epoch. `length`, the number of batches, lets progress show what is left. */
export type Batches = (Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>) & { readonly length?: number };

/** The loss of a batch: a loss module, or a function of output and target. */
export type Loss = Module | ((output: Tensor, target: Tensor) => Tensor);

/** A number that says how good an output is, such as `accuracy`. Averaged over batches, weighted by their size. */
export type Metric = (output: Tensor, target: Tensor) => number;

export function lossFunction(loss: Loss): (output: Tensor, target: Tensor) => Tensor {
  return typeof loss === "function" ? loss : (output, target) => (loss as Module).call(output, target) as Tensor;
}

/** Milliseconds the event loop may wait: a page stays responsive, and a turn costs little in comparison. */
const TURN_EVERY = 40;

/** When it last had a turn. One time for all training: epochs that are shorter than that add up. */
let lastTurn = 0;

/** Lets other work have a turn from time to time. */
async function giveTurn(): Promise<void> {
  if (performance.now() - lastTurn < TURN_EVERY) return;
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  lastTurn = performance.now();
}

/** Averages of the loss and metrics of an epoch, weighted by batch size. */
export class Averages {
  readonly #sums = new Map<string, number>();
  #count = 0;

  add(size: number, values: Readonly<Record<string, number>>): void {
    this.#count += size;
    for (const [name, value] of Object.entries(values)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * size);
  }

  get values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
  }
}

function checkBatch(op: string, batch: unknown): LabelledBatch {
  const [input, target] = Array.isArray(batch) ? batch : [];
  if (!(input instanceof Tensor) || !(target instanceof Tensor)) {
    throw new ArgError(`${op}: each batch must be an array of input and target tensors, as a DataLoader over a TensorDataset gives`);
  }
  return batch as unknown as LabelledBatch;
}

/**
 * Goes through batches once. Each batch, and what `work` makes of it, is let go before the next one is taken; batches
 * that existed before (an array of tensors) are left alone. No scope is open while a batch is waited for, so other code
 * that runs meanwhile keeps its tensors.
 */
export async function eachBatch(
  op: string,
  batches: Batches,
  work: (batch: LabelledBatch, index: number) => void,
  stopped: () => boolean,
): Promise<void> {
  // A DataLoader has both ways; only the asynchronous one serves data sets that have to wait.
  const inTurn = Symbol.asyncIterator in batches ? undefined : batches[Symbol.iterator]();
  const awaited = (batches as AsyncIterable<LabelledBatch>)[Symbol.asyncIterator]?.();
  let done = false;
  const step = ({ done: ended, value }: IteratorResult<LabelledBatch>, index: number): void => {
    done = ended === true;
    if (done) return;
    const batch = checkBatch(op, value);
    work(batch, index);
  };
  try {
    for (let index = 0; !done && !stopped(); index++) {
      if (inTurn) scope(() => step(inTurn.next(), index));
      else {
        const result = await awaited.next();
        scope(() => step(result, index));
      }
      await giveTurn();
    }
  } finally {
    // As `for ... of` does: whoever made the batches may have something to close.
    if (!done) await (inTurn ?? awaited).return?.();
  }
}
