// Batches of a data set, in order or in a new random order for each pass.
import { checkWhole } from "../checks.js";
import { ArgError, describe, StateError } from "../errors.js";
import { readOptions } from "../options.js";
import type { Generator as RandomGenerator } from "../tensor/random.js";
import { collect, tensorsIn } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { defaultCollate } from "./collate.js";
import { type Batch, checkDataset, type Dataset, isPromise } from "./dataset.js";
import { type LoadedSample, Samples } from "./samples.js";
import { generatorOf, SEED_DEFAULTS, type SeedOptions } from "./seeded.js";

/** Any result of `collate`. With the empty tuple in the type, the compiler infers `[Tensor, Tensor]` instead of `Tensor[]`. */
export type AnyBatch = [] | object;

/** How a `DataLoader` makes its batches. */
export interface DataLoaderOptions<Sample, B extends AnyBatch> extends SeedOptions {
  /** Samples per batch; 1 unless given. */
  readonly batchSize?: number | undefined;
  /** Whether each pass has a new random order; false unless given. */
  readonly shuffle?: boolean | undefined;
  /** Whether to leave out a last batch that is not full; false unless given. */
  readonly dropLast?: boolean | undefined;
  /**
   * Makes a batch of samples, one by one from `get`. When not given: the data set's own `getBatch` if it has one, else
   * `defaultCollate`. Tensors that it makes and does not return are freed.
   */
  readonly collate?: ((samples: readonly Sample[]) => B) | undefined;
  /** Turns each batch into another one, for augmentation or noise. Tensors that it makes and does not return are freed. Not with `collate`. */
  readonly transform?: ((batch: Batch<Sample>) => B) | undefined;
}

const DEFAULTS = { batchSize: 1, shuffle: false, dropLast: false, ...SEED_DEFAULTS, collate: undefined, transform: undefined };

/** A batch, and those of its tensors that the loader made and has to dispose of. */
interface OwnedBatch<B> {
  readonly batch: B;
  readonly own: readonly Tensor[];
}

function disposeAll(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) if (!tensor.kept) tensor.dispose();
}

/**
 * Iterates over a data set in batches: `for (const [x, y] of loader)`, or `for await` if the data set has to wait.
 * Each pass begins anew; with `shuffle` in a new order, which the seed decides on every runtime alike.
 * A batch is one tensor per field, [n, ..]. The last batch may be smaller unless `dropLast`. `length` is the number of batches of a pass.
 *
 * Ownership: a batch lives until the next one is asked for or the loop ends, however it ends; `clone()` what is to outlive that.
 * Scopes have no say in it. Only what the loader made is freed: tensors that a data set, `collate` or `transform` gives out of its own
 * stock stay. Samples that `get` makes anew for each call are freed once they are in a batch. Samples that it keeps and gives again
 * are the data set's; to tell the two apart, the first sample that holds or makes tensors is asked for twice.
 *
 * dataset: anything with `length` and `get`; `TensorDataset` and its subsets gather a whole batch at once.
 * Errors: `ArgError` for a value that is not a data set, for a batch size that is not an integer of at least 1, for unknown options and
 * those that exclude each other; while iterating, `StateError` for `for` over a data set that returns promises.
 * @example
 * const loader = new DataLoader(dataset, { batchSize: 2, shuffle: true, seed: 1 });
 * for (const [x, y] of loader) {
 *   optimizer.zeroGrad();
 *   nn.functional.crossEntropy(model.call(x), y).backward();
 *   optimizer.step();
 * }
 */
export class DataLoader<Sample, B extends AnyBatch = Batch<Sample>> implements Iterable<B>, AsyncIterable<B> {
  /** The data set. */
  readonly dataset: Dataset<Sample>;
  /** Samples per batch. */
  readonly batchSize: number;
  /** Whether each pass has a new random order. */
  readonly shuffle: boolean;
  /** Whether a last batch that is not full is left out. */
  readonly dropLast: boolean;
  readonly #generator: RandomGenerator;
  readonly #collate: ((samples: readonly Sample[]) => B) | undefined;
  readonly #transform: ((batch: Batch<Sample>) => B) | undefined;
  readonly #samples: Samples<Sample>;

  constructor(dataset: Dataset<Sample>, options: DataLoaderOptions<Sample, B> = {}) {
    type All = typeof options & { readonly batchSize: number; readonly shuffle: boolean; readonly dropLast: boolean };
    const { batchSize, shuffle, dropLast, collate, transform, ...seeds } = readOptions<All>(
      "DataLoader",
      options,
      DEFAULTS as unknown as All,
    );
    checkDataset("DataLoader", dataset);
    checkWhole("DataLoader", "batchSize", batchSize, 1);
    for (const [name, value] of Object.entries({ collate, transform })) {
      if (value !== undefined && typeof value !== "function") {
        throw new ArgError(`DataLoader: ${name} must be a function, got ${describe(value)}`);
      }
    }
    if (collate && transform) {
      throw new ArgError("DataLoader: takes collate or transform, not both; call the transform inside collate");
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.#generator = generatorOf("DataLoader", seeds);
    this.#collate = collate;
    this.#transform = transform;
    this.#samples = new Samples(dataset);
  }

  /** Number of batches of a pass. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The batches of one pass. Errors: `StateError` for a data set that returns promises. */
  *[Symbol.iterator](): IterableIterator<B> {
    for (const indices of this.#batchIndices()) {
      const { batch, own } = this.#hasGetBatch ? this.#batchFromDataset(indices) : this.#batchFromSamples(indices);
      try {
        yield batch;
      } finally {
        disposeAll(own);
      }
    }
  }

  /** The batches of one pass, for any data set. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<B> {
    for (const indices of this.#batchIndices()) {
      const { batch, own } = this.#hasGetBatch ? this.#batchFromDataset(indices) : await this.#batchFromPromises(indices);
      try {
        yield batch;
      } finally {
        disposeAll(own);
      }
    }
  }

  /** The indices of the samples of each batch in one pass. */
  *#batchIndices(): Iterable<Int32Array> {
    const n = this.dataset.length;
    const order = this.shuffle ? this.#generator.permutation(n) : Int32Array.from({ length: n }, (_, i) => i);
    for (let batch = 0; batch < this.length; batch++) {
      yield order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
    }
  }

  /** Whether whole batches come from the `getBatch` of the data set. */
  get #hasGetBatch(): boolean {
    return !this.#collate && this.dataset.getBatch !== undefined;
  }

  #batchFromDataset(indices: Int32Array): OwnedBatch<B> {
    return this.#makeBatch(() => this.#applyTransform((this.dataset.getBatch as (indices: Int32Array) => Batch<Sample>)(indices)));
  }

  #batchFromSamples(indices: Int32Array): OwnedBatch<B> {
    const taken: LoadedSample<Sample>[] = [];
    return this.#releaseOnError(taken, () => {
      for (const index of indices) {
        const one = this.#samples.load(index);
        if (isPromise(one)) {
          one.catch(() => undefined); // its failure does not matter, because the loop ends here
          throw new StateError("DataLoader: this data set returns promises; iterate with `for await (const batch of loader)`");
        }
        taken.push(one);
      }
      const made = this.#collateSamples(taken);
      this.#samples.detectRetention(taken);
      return this.#releaseSamples(made, taken);
    });
  }

  async #batchFromPromises(indices: Int32Array): Promise<OwnedBatch<B>> {
    const asked = Array.from(indices, async (index) => this.#samples.load(index));
    let taken: LoadedSample<Sample>[];
    try {
      taken = await Promise.all(asked);
    } catch (error) {
      // Failures of the other samples do not matter: the first error is thrown.
      for (const one of asked) one.then((sample) => this.#samples.release([sample], new Set())).catch(() => undefined);
      throw error;
    }
    const made = this.#releaseOnError(taken, () => this.#collateSamples(taken));
    await this.#samples.detectRetention(taken);
    return this.#releaseSamples(made, taken);
  }

  #collateSamples(taken: readonly LoadedSample<Sample>[]): OwnedBatch<B> {
    const samples = taken.map(({ sample }) => sample);
    return this.#makeBatch(() => (this.#collate ? this.#collate(samples) : this.#applyTransform(defaultCollate(samples))));
  }

  #applyTransform(batch: Batch<Sample>): B {
    return this.#transform ? this.#transform(batch) : (batch as AnyBatch as B); // with neither function, B is Batch<Sample>
  }

  /** Runs `work`, which makes a batch, and frees all other tensors that it made. */
  #makeBatch(work: () => B): OwnedBatch<B> {
    const { result: batch, made } = collect(work);
    if (isPromise(batch)) {
      disposeAll(made);
      throw new ArgError("DataLoader: collate, transform and getBatch must not return a promise; wait in the data set's get instead");
    }
    const within = tensorsIn(batch);
    disposeAll(made.filter((tensor) => !within.has(tensor)));
    return { batch, own: made.filter((tensor) => within.has(tensor)) };
  }

  /** Releases the samples. Their tensors that are part of the batch are disposed of together with the batch. */
  #releaseSamples({ batch, own }: OwnedBatch<B>, taken: readonly LoadedSample<Sample>[]): OwnedBatch<B> {
    return { batch, own: [...own, ...this.#samples.release(taken, tensorsIn(batch))] };
  }

  #releaseOnError<T>(taken: readonly LoadedSample<Sample>[], work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#samples.release(taken, new Set());
      throw error;
    }
  }
}
