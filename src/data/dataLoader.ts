// Batches of a data set, in order or shuffled anew for each pass.
import { ArgError, StateError } from "../errors.js";
import type { Generator as RandomGenerator } from "../tensor/random.js";
import { scope } from "../tensor/scope.js";
import { defaultCollate } from "./collate.js";
import type { Batch, Dataset } from "./dataset.js";
import { generatorOf, type SeedOptions } from "./seeded.js";

/** Anything a `collate` may make. Naming the empty tuple lets the compiler infer `[Tensor, Tensor]` instead of `Tensor[]`. */
export type AnyBatch = [] | object;

/** How a `DataLoader` makes its batches. */
export interface DataLoaderOptions<Sample, B extends AnyBatch> extends SeedOptions {
  /** Samples per batch; 1 when not given. */
  readonly batchSize?: number;
  /** Whether each pass has a new random order. */
  readonly shuffle?: boolean;
  /** Whether to leave out a last batch that is not full. */
  readonly dropLast?: boolean;
  /**
   * Makes a batch of samples, one by one from `get`. When not given: the data set's own `getBatch` if it has one, else
   * `defaultCollate`. Tensors it makes and does not return are freed.
   */
  readonly collate?: (samples: readonly Sample[]) => B;
  /** Makes another batch of each, for augmentation or noise; also frees what it does not return. Not beside `collate`. */
  readonly transform?: (batch: Batch<Sample>) => B;
}

/**
 * Iterates over a data set in batches: `for (const [x, y] of loader)`, or `for await` when the data set has to wait.
 * Each pass begins anew; with `shuffle` in a new order, which the seed decides on every runtime alike.
 * A batch is one tensor per field, [n, ..], and belongs to whoever takes it (or to the scope it is taken in).
 * The last batch may be smaller unless `dropLast`. `length` is the number of batches of a pass.
 *
 * dataset: anything with `length` and `get`; `TensorDataset` and its subsets gather a whole batch at once.
 * Errors: `ArgError` for a batch size that is not a whole number of at least 1, and for options that exclude each other;
 * while iterating, `StateError` for `for` over a data set that returns promises.
 * @example const loader = new DataLoader(train, { batchSize: 64, shuffle: true, seed: 1 });
 */
export class DataLoader<Sample, B extends AnyBatch = Batch<Sample>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: Dataset<Sample>;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly #generator: RandomGenerator;
  readonly #collate: ((samples: readonly Sample[]) => B) | undefined;
  readonly #transform: ((batch: Batch<Sample>) => B) | undefined;

  constructor(dataset: Dataset<Sample>, options: DataLoaderOptions<Sample, B> = {}) {
    const { batchSize = 1, shuffle = false, dropLast = false, collate, transform } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new ArgError(`DataLoader: batchSize must be a whole number of at least 1, got ${batchSize}`);
    }
    if (collate && transform) {
      throw new ArgError("DataLoader: takes collate or transform, not both; call the transform inside collate");
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.#generator = generatorOf("DataLoader", options);
    this.#collate = collate;
    this.#transform = transform;
  }

  /** Number of batches of a pass. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): IterableIterator<B> {
    for (const indices of this.#order()) yield this.#batch(indices, () => Array.from(indices, (i) => this.#sample(i)));
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<B> {
    const gathers = !this.#collate && this.dataset.getBatch !== undefined;
    for (const indices of this.#order()) {
      const samples = gathers ? [] : await Promise.all(Array.from(indices, (i) => this.dataset.get(i)));
      yield this.#batch(indices, () => samples);
    }
  }

  /** The positions of each batch of one pass. */
  *#order(): Iterable<Int32Array> {
    const n = this.dataset.length;
    const order = this.shuffle ? this.#generator.permutation(n) : Int32Array.from({ length: n }, (_, i) => i);
    for (let batch = 0; batch < this.length; batch++) {
      yield order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
    }
  }

  #batch(indices: Int32Array, samples: () => readonly Sample[]): B {
    return scope(() => {
      if (this.#collate) return this.#collate(samples());
      const batch = this.dataset.getBatch ? this.dataset.getBatch(indices) : defaultCollate(samples());
      return this.#transform ? this.#transform(batch) : (batch as AnyBatch as B); // with neither function, B is Batch<Sample>
    });
  }

  #sample(index: number): Sample {
    const sample = this.dataset.get(index);
    if (!(sample instanceof Promise)) return sample;
    sample.catch(() => undefined); // its failure is of no interest to a loop that ends here
    throw new StateError("DataLoader: this data set returns promises; iterate with `for await (const batch of loader)`");
  }
}
