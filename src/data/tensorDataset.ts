// Rows of tensors as samples; a batch is one gather per tensor.
import { ArgError, ShapeError } from "../errors.js";
import { at, indexSelect } from "../ops/index.js";
import { tensor } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { type Batch, checkPosition, type Dataset } from "./dataset.js";

/**
 * Sample `i` is row `i` of every tensor: `[x[i], y[i]]`. The tensors stay the caller's.
 *
 * tensors: one or more, of any dtype, with the same size along dimension 0.
 * Errors: `ShapeError` for scalars and different numbers of rows, `ArgError` without any tensor.
 * @example new TensorDataset(images, labels).length; // 4
 */
export class TensorDataset<Row extends readonly Tensor[]> implements Dataset<Row> {
  /** The tensors, in the order of the fields. */
  readonly tensors: Row;
  /** Number of samples: the size of dimension 0. */
  readonly length: number;

  constructor(...tensors: Row) {
    const [first] = tensors;
    if (!first) throw new ArgError("TensorDataset: needs at least one tensor");
    for (const [i, t] of tensors.entries()) checkAlive("TensorDataset", t, `argument ${i}`);
    for (const t of tensors) {
      if (t.ndim === 0 || t.shape[0] !== first.shape[0]) {
        const came = tensors.map(formatSpec).join(", ");
        throw new ShapeError(`TensorDataset: got ${came}; all need the same number of rows, the size of dimension 0`);
      }
    }
    this.tensors = tensors;
    this.length = first.shape[0] as number;
  }

  /**
   * Row `index` of every tensor, sharing its memory. Errors: `IndexError` for a position outside the data set.
   * @example const [image, label] = new TensorDataset(images, labels).get(0);
   */
  get(index: number): Row {
    checkPosition("TensorDataset", index, this.length);
    return this.tensors.map((t) => at(t, index)) as readonly Tensor[] as Row;
  }

  /**
   * Copies of the rows at `indices`, in that order. Errors: `IndexError` for a position outside the data set.
   * @example const [x, y] = new TensorDataset(images, labels).getBatch(Int32Array.of(0, 2));
   */
  getBatch(indices: Int32Array): Batch<Row> {
    return scope(() => {
      const rows = tensor(indices);
      return this.tensors.map((t) => indexSelect(t, 0, rows)) as Batch<Row>;
    });
  }
}
