// A selection of the samples of another data set.
import { ArgError, describe } from "../errors.js";
import { type Batch, checkDataset, checkPosition, type Dataset } from "./dataset.js";

/**
 * Some samples of a data set, in the order given; a position may appear more than once.
 *
 * indices: positions in `dataset`. Errors: `IndexError` for one that it does not have, `ArgError` for what is no data set or array.
 * @example const firstHundred = new Subset(train, Array.from({ length: 100 }, (_, i) => i));
 */
export class Subset<Sample> implements Dataset<Sample> {
  readonly dataset: Dataset<Sample>;
  readonly indices: Int32Array;
  readonly length: number;
  readonly getBatch: ((indices: Int32Array) => Batch<Sample>) | undefined;

  constructor(dataset: Dataset<Sample>, indices: ArrayLike<number>) {
    checkDataset("Subset", dataset);
    if (!Array.isArray(indices) && !ArrayBuffer.isView(indices)) {
      throw new ArgError(`Subset: indices must be an array of positions, got ${describe(indices)}`);
    }
    const { length } = dataset;
    for (let i = 0; i < indices.length; i++) checkPosition("Subset", indices[i] as number, length);
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
    this.length = indices.length;
    // If the data set has getBatch, so does the subset: nested subsets still load whole batches.
    this.getBatch = dataset.getBatch && ((chosen) => dataset.getBatch?.(chosen.map((i) => this.#indexBelow(i))) as Batch<Sample>);
  }

  /** Sample `index` of this choice. Errors: `IndexError`. */
  get(index: number): Sample | Promise<Sample> {
    return this.dataset.get(this.#indexBelow(index));
  }

  #indexBelow(index: number): number {
    checkPosition("Subset", index, this.length);
    return this.indices[index] as number;
  }
}
