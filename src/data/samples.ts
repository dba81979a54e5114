// Whose the tensors of samples are: the data set's where it keeps what its `get` makes, the loader's where it does not.
import { defaultGenerator } from "../tensor/random.js";
import { collect, tensorsIn } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Dataset, isPromise } from "./dataset.js";

/** A sample as `get` gave it. */
export interface Taken<Sample> {
  readonly index: number;
  readonly sample: Sample;
  /** The tensors that `get` made; not known where it gave a promise. */
  readonly made: readonly Tensor[] | undefined;
}

/** What a data set was seen to do. Places count the tensors of a sample, in order. */
interface Habits {
  /** Number of places that were looked at. */
  readonly places: number;
  /** Places where it gave the same tensor again. */
  readonly kept: ReadonlySet<number>;
  /** Whether it made everything else anew: nothing of the first call was at hand for the second. */
  readonly restAnew: boolean;
}

/**
 * Asks a data set for samples, and lets go of their tensors once they are in a batch.
 *
 * Nothing tells a tensor that `get` made and forgot from one that it made and keeps for the next time, except the next time. So the
 * first sample that has to do with tensors is asked for twice: what the second call gives or uses again belongs to the data set.
 */
export class Samples<Sample> {
  readonly #dataset: Dataset<Sample>;
  #habits: Habits | undefined;

  constructor(dataset: Dataset<Sample>) {
    this.#dataset = dataset;
  }

  /** A sample, or the promise of one. */
  take(index: number): Taken<Sample> | Promise<Taken<Sample>> {
    const { result, made } = collect(() => this.#dataset.get(index));
    if (isPromise(result)) return result.then((sample) => ({ index, sample: sample as Sample, made: undefined }));
    return { index, sample: result as Sample, made };
  }

  /** Finds out what the data set keeps, once, from samples that were taken. Ends later where the data set has to wait. */
  learn(taken: readonly Taken<Sample>[]): void | Promise<void> {
    if (this.#habits) return;
    const first = taken.find(({ sample, made = [] }) => made.length > 0 || tensorsIn(sample).size > 0);
    if (!first) return;
    const { state } = defaultGenerator;
    const again = this.take(first.index);
    defaultGenerator.restore(state); // random numbers go on as if there had been one call
    if (isPromise(again)) return again.then((second) => this.#compare(first, second));
    this.#compare(first, again);
  }

  #compare(first: Taken<Sample>, second: Taken<Sample>): void {
    const [before, after] = [[...tensorsIn(first.sample)], tensorsIn(second.sample)];
    const kept = new Set(before.flatMap((tensor, place) => (after.has(tensor) ? [place] : [])));
    const madeOnce = (first.made ?? []).filter((tensor) => !after.has(tensor));
    this.#habits = { places: before.length, kept, restAnew: (second.made ?? []).length >= madeOnce.length };
    this.letGo([second], new Set());
  }

  /** Lets go of the loader's tensors in samples that were joined to a batch. Gives those that the batch itself consists of. */
  letGo(taken: readonly Taken<Sample>[], batch: ReadonlySet<Tensor>): Tensor[] {
    if (!this.#habits) return [];
    const { places, kept, restAnew } = this.#habits;
    const own = new Set<Tensor>();
    for (const { sample, made } of taken) {
      const given = [...tensorsIn(sample)];
      for (const [place, tensor] of given.entries()) {
        const isNew = made?.includes(tensor) ?? true;
        if (isNew && place < places && !kept.has(place)) own.add(tensor);
      }
      if (restAnew) for (const tensor of made ?? []) if (!given.includes(tensor)) own.add(tensor);
    }
    for (const tensor of own) if (!batch.has(tensor)) tensor.dispose();
    return [...own].filter((tensor) => batch.has(tensor));
  }
}
