// Tables of vectors as layers.

import { isGiven } from "../checks.js";
import {
  checkEmbedding,
  EMBEDDING,
  type EmbeddingOptions,
  type EmbeddingSettings,
  embedding,
  tableSizes,
} from "../ops/embedding/embedding.js";
import { BAG, type BagOptions, checkBag, embeddingBag } from "../ops/embedding/embeddingBag.js";
import { zero_ } from "../ops/move/inplace.js";
import { narrow } from "../ops/move/slice.js";
import { readOptions } from "../options.js";
import { fillNormal } from "../tensor/random.js";
import { scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { shown } from "./shown.js";
import { checkCount } from "./weights.js";

/** What tables that are given have beside their options. @inline */
interface Pretrained {
  /** Whether the weight is not trained; true unless given. */
  freeze?: boolean;
}

/** What both layers share: the table and its settings. */
abstract class Table<Settings extends EmbeddingSettings> extends Module {
  /** [numEmbeddings, embeddingDim]. */
  readonly weight: Parameter;

  constructor(
    /** Rows of the table. */
    readonly numEmbeddings: number,
    /** Columns of the table. */
    readonly embeddingDim: number,
    /** The options, all of them. */
    readonly options: Settings,
  ) {
    super();
    checkCount(new.target.name, "numEmbeddings", numEmbeddings);
    checkCount(new.target.name, "embeddingDim", embeddingDim);
    this.weight = Parameter.zeros([numEmbeddings, embeddingDim]);
    fillNormal(this.weight, 0, 1);
    const { paddingIdx } = options;
    if (isGiven(paddingIdx)) scope(() => noGrad(() => zero_(narrow(this.weight, 0, paddingIdx, 1))));
  }

  /** @internal No multiplication with a matrix. */
  override multiplyAdds(): number {
    return 0;
  }

  override extraRepr(): string {
    return shown([this.numEmbeddings, this.embeddingDim], this.options, BAG);
  }
}

/** A table's layer with given values. */
function pretrained<Layer extends Table<EmbeddingSettings>>(
  kind: string,
  make: (rows: number, features: number, options: object) => Layer,
  weight: Tensor,
  options: object | undefined,
  defaults: object,
): Layer {
  const { freeze, ...settings } = readOptions<Required<Pretrained>>(kind, options as Required<Pretrained>, { ...defaults, freeze: true });
  const layer = make(...tableSizes(kind, weight), settings);
  layer.loadStateDict({ weight });
  return freeze ? layer.requiresGrad(false) : layer;
}

/**
 * A table of vectors: `out[...] = weight[index[...]]`. index: int32 or int64, any shape [...] -> float32 [..., D]. weight [V, D] starts normal with
 * mean 0 and deviation 1, its row `paddingIdx` with zeros. State dict: weight. With `maxNorm`, `forward` edits the weight.
 * Gradient: that of `embedding`; it is dense.
 * Errors: `ArgError` for sizes below 1 or options outside their range; `IndexError` for an index outside the table, `DTypeError`.
 * @example new nn.Embedding(10, 3, { paddingIdx: 0 }).call(tensor([[1, 2], [0, 9]], { dtype: "int32" })).shape; // [2, 2, 3]
 */
export class Embedding extends Table<Required<EmbeddingOptions>> {
  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingOptions) {
    const read = readOptions("Embedding", options, EMBEDDING);
    super(numEmbeddings, embeddingDim, checkEmbedding("Embedding", read, numEmbeddings));
  }

  /**
   * A layer with the values of a table, which is copied and, unless `freeze` is false, not trained. weight: float32 [V, D].
   * Errors: those of the constructor; `ShapeError` unless the table has two dimensions, `DTypeError`.
   * @example nn.Embedding.fromPretrained(ones([10, 3])).weight.requiresGrad; // false
   */
  static fromPretrained(weight: Tensor, options?: EmbeddingOptions & Pretrained): Embedding {
    return pretrained("Embedding.fromPretrained", (v, d, read) => new Embedding(v, d, read), weight, options, EMBEDDING);
  }

  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, this.options);
  }
}

/**
 * Sums, means or largest elements of rows of a table, by bags. index: int32 or int64 [B, n], or [n] with offsets [B]; perSampleWeights as
 * index -> float32 [B, D]. weight [V, D] starts as that of `Embedding`. State dict: weight. Formula, options and gradient: those of `embeddingBag`.
 * Errors: `ArgError` for sizes below 1 or options outside their range; those of `embeddingBag`: `IndexError`, `ShapeError`, `DTypeError`.
 * @example new nn.EmbeddingBag(10, 3, { mode: "sum" }).call(tensor([[1, 2], [4, 9]], { dtype: "int32" })).shape; // [2, 3]
 */
export class EmbeddingBag extends Table<Required<BagOptions>> {
  constructor(numEmbeddings: number, embeddingDim: number, options?: BagOptions) {
    const read = readOptions("EmbeddingBag", options, BAG);
    super(numEmbeddings, embeddingDim, checkBag("EmbeddingBag", read, numEmbeddings));
  }

  /**
   * A layer with the values of a table, which is copied and, unless `freeze` is false, not trained. weight: float32 [V, D].
   * Errors: those of the constructor; `ShapeError` unless the table has two dimensions, `DTypeError`.
   * @example nn.EmbeddingBag.fromPretrained(ones([10, 3]), { mode: "max" }).weight.requiresGrad; // false
   */
  static fromPretrained(weight: Tensor, options?: BagOptions & Pretrained): EmbeddingBag {
    return pretrained("EmbeddingBag.fromPretrained", (v, d, read) => new EmbeddingBag(v, d, read), weight, options, BAG);
  }

  forward(index: Tensor, offsets?: Tensor | null, perSampleWeights?: Tensor | null): Tensor {
    return embeddingBag(index, this.weight, { ...this.options, offsets: offsets ?? null, perSampleWeights: perSampleWeights ?? null });
  }
}
