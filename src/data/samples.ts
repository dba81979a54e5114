// Ownership of the tensors in samples: they belong to the data set if it keeps the tensors that its `get` returns, else to the loader.
import { defaultGenerator } from "../tensor/random.js";
import { collect, tensorsIn } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Dataset, isPromise } from "./dataset.js";

/** A sample that `get` returned. */
export interface LoadedSample<Sample> {
  readonly index: number;
  readonly sample: Sample;
  /** The tensors that `get` made; unknown if it returned a promise. */
  readonly made: readonly Tensor[] | undefined;
}

/** Which tensors a data set keeps. A place is the position of a tensor among the tensors of a sample. */
interface Retention {
  /** Number of places that were compared. */
  readonly places: number;
  /** Places where two calls of `get` returned the same tensor. */
  readonly keptPlaces: ReadonlySet<number>;
  /** Whether the second call made all other tensors anew, so that the data set keeps none of them. */
  readonly restAnew: boolean;
}

/**
 * Loads samples from a data set, and disposes of their tensors when they are in a batch.
 *
 * A single call of `get` does not show whether the data set keeps the tensors that it made. So the first sample that contains or makes
 * tensors is loaded twice: tensors that the second call returns or uses again belong to the data set.
 */
export class Samples<Sample> {
  readonly #dataset: Dataset<Sample>;
  #retention: Retention | undefined;

  constructor(dataset: Dataset<Sample>) {
    this.#dataset = dataset;
  }

  /** Loads a sample; returns a promise if `get` does. */
  load(index: number): LoadedSample<Sample> | Promise<LoadedSample<Sample>> {
    const { result, made } = collect(() => this.#dataset.get(index));
    if (isPromise(result)) return result.then((sample) => ({ index, sample: sample as Sample, made: undefined }));
    return { index, sample: result as Sample, made };
  }

  /**
   * Finds out, once, which tensors the data set keeps, by loading one of these samples a second time. Returns a promise if the data set
   * returns promises.
   */
  detectRetention(loaded: readonly LoadedSample<Sample>[]): void | Promise<void> {
    if (this.#retention) return;
    const first = loaded.find(({ sample, made = [] }) => made.length > 0 || tensorsIn(sample).size > 0);
    if (!first) return;
    const state = defaultGenerator.getState();
    const again = this.load(first.index);
    defaultGenerator.setState(state); // as if the second call had not drawn random numbers
    if (isPromise(again)) return again.then((second) => this.#compare(first, second));
    this.#compare(first, again);
  }

  #compare(first: LoadedSample<Sample>, second: LoadedSample<Sample>): void {
    const [before, after] = [[...tensorsIn(first.sample)], tensorsIn(second.sample)];
    const keptPlaces = new Set(before.flatMap((tensor, place) => (after.has(tensor) ? [place] : [])));
    const madeOnce = (first.made ?? []).filter((tensor) => !after.has(tensor));
    this.#retention = { places: before.length, keptPlaces, restAnew: (second.made ?? []).length >= madeOnce.length };
    this.release([second], new Set());
  }

  /** Disposes of the loader's tensors in samples that were joined to a batch, except those that the batch contains, which it returns. */
  release(loaded: readonly LoadedSample<Sample>[], batch: ReadonlySet<Tensor>): Tensor[] {
    if (!this.#retention) return [];
    const { places, keptPlaces, restAnew } = this.#retention;
    const own = new Set<Tensor>();
    for (const { sample, made } of loaded) {
      const given = [...tensorsIn(sample)];
      for (const [place, tensor] of given.entries()) {
        const isNew = made?.includes(tensor) ?? true;
        if (isNew && place < places && !keptPlaces.has(place)) own.add(tensor);
      }
      if (restAnew) for (const tensor of made ?? []) if (!given.includes(tensor)) own.add(tensor);
    }
    for (const tensor of own) if (!batch.has(tensor)) tensor.dispose();
    return [...own].filter((tensor) => batch.has(tensor));
  }
}
