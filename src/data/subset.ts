// A selection of the samples of another data set.
import { ArgError, describe } from "../errors.js";
import { type Batch, checkDataset, checkPosition, type Dataset } from "./dataset.js";

/**
 * Some samples of a data set, in the order given; a position may appear more than once.
 *
 * indices: positions in `dataset`.
 * Errors: `IndexError` for a position that the data set does not have, `ArgError` for a value that is not a data set or an array.
 * @example const firstTwo = new Subset(dataset, [0, 1]);
 */
export class Subset<Sample> implements Dataset<Sample> {
  /** The data set that is chosen from. */
  readonly dataset: Dataset<Sample>;
  /** Positions in the data set. */
  readonly indices: Int32Array;
  /** Number of samples. */
  readonly length: number;
  /**
   * Samples of this choice as one batch; undefined if the data set has no `getBatch`. Errors: `IndexError` for a position outside the
   * choice.
   * @example new Subset(dataset, [3, 1]).getBatch?.(Int32Array.of(0, 1));
   */
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

  /**
   * Sample `index` of this choice. Errors: `IndexError` for a position outside the choice.
   * @example const [image, label] = new Subset(dataset, [3, 1]).get(0) as [Tensor, Tensor];
   */
  get(index: number): Sample | Promise<Sample> {
    return this.dataset.get(this.#indexBelow(index));
  }

  #indexBelow(index: number): number {
    checkPosition("Subset", index, this.length);
    return this.indices[index] as number;
  }
}
