// Whose the tensors of samples are: the data set's where it keeps what its `get` makes, the loader's where it does not.
import { defaultGenerator } from "../tensor/random.js";
import { collect, tensorsIn } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Dataset, isPromise } from "./dataset.js";

/** A sample as `get` gave it, and the tensors that `get` made before it returned. */
export interface Taken<Sample> {
  readonly index: number;
  readonly sample: Sample;
  readonly made: readonly Tensor[];
}

/**
 * Asks a data set for samples, and lets go of their tensors once they are in a batch.
 *
 * Nothing tells a tensor that `get` made and forgot from one that it made and keeps for the next time, except the next time. So the
 * first sample that has to do with tensors is asked for twice: what the second call gives or uses again belongs to the data set.
 */
export class Samples<Sample> {
  readonly #dataset: Dataset<Sample>;
  /** Whether the data set makes the tensors of a sample anew each time, and everything else that it makes on the way. */
  #anew: { readonly samples: boolean; readonly rest: boolean } | undefined;

  constructor(dataset: Dataset<Sample>) {
    this.#dataset = dataset;
  }

  /** A sample, or the promise of one. */
  take(index: number): Taken<Sample> | Promise<Taken<Sample>> {
    const { result, made } = collect(() => this.#dataset.get(index));
    // What was made before a promise is still in use.
    if (isPromise(result)) return result.then((sample) => ({ index, sample: sample as Sample, made: [] }));
    return { index, sample: result as Sample, made };
  }

  /** Finds out what the data set keeps, once, from samples that were taken. Ends later where the data set has to wait. */
  learn(taken: readonly Taken<Sample>[]): void | Promise<void> {
    if (this.#anew) return;
    const first = taken.find(({ sample, made }) => made.length > 0 || tensorsIn(sample).size > 0);
    if (!first) return;
    const { state } = defaultGenerator;
    const again = this.take(first.index);
    defaultGenerator.restore(state); // random numbers go on as if there had been one call
    if (again instanceof Promise) return again.then((second) => this.#compare(first, second));
    this.#compare(first, again);
  }

  #compare(first: Taken<Sample>, second: Taken<Sample>): void {
    const given = tensorsIn(first.sample);
    const samples = ![...tensorsIn(second.sample)].some((tensor) => given.has(tensor));
    this.#anew = { samples, rest: samples && second.made.length >= first.made.length };
    this.letGo([second], new Set());
  }

  /** Lets go of the loader's tensors in samples that were joined to a batch. Gives those that the batch itself consists of. */
  letGo(taken: readonly Taken<Sample>[], batch: ReadonlySet<Tensor>): Tensor[] {
    if (!this.#anew) return [];
    const { samples, rest } = this.#anew;
    const own = new Set<Tensor>();
    for (const { sample, made } of taken) {
      const given = tensorsIn(sample);
      if (samples) for (const tensor of given) own.add(tensor);
      if (rest) for (const tensor of made) if (!given.has(tensor)) own.add(tensor);
    }
    for (const tensor of own) if (!batch.has(tensor)) tensor.dispose();
    return [...own].filter((tensor) => batch.has(tensor));
  }
}
