// Softmax over very many classes, of which few are frequent.
import { checkPositive, checkThat, checkWhole } from "../checks.js";
import { add, sub } from "../ops/elementwise/arithmetic.js";
import { ge, lt } from "../ops/elementwise/compare.js";
import { where } from "../ops/elementwise/select.js";
import { neg } from "../ops/elementwise/unary.js";
import { indexAdd, indexCopy } from "../ops/indexing/indexed.js";
import { nonzero } from "../ops/indexing/masks.js";
import { logicalAnd } from "../ops/math/logic.js";
import { indicesFor } from "../ops/move/checkIndices.js";
import { gather, indexSelect } from "../ops/move/gather.js";
import { cat } from "../ops/move/join.js";
import { reshape, squeeze, unsqueeze } from "../ops/move/shape.js";
import { narrow } from "../ops/move/slice.js";
import { argmax, mean } from "../ops/reduce/reduce.js";
import { logSoftmax } from "../ops/reduce/softmax.js";
import { readOptions } from "../options.js";
import { scope } from "../tensor/scope.js";
import { checkForm, sameShape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { ModuleList, Sequential } from "./containers.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { checkCount } from "./weights.js";

const NAME = "AdaptiveLogSoftmaxWithLoss";

/** Positions of a mask [n] that are set, as int32. */
const positions = (mask: Tensor): Tensor => reshape(nonzero(mask), [-1]);

/** The element of each row at an index. */
const pick = (rows: Tensor, index: Tensor): Tensor => squeeze(gather(rows, 1, unsqueeze(index, 1)), 1);

/**
 * Softmax over classes that are sorted by frequency, the most frequent first: those below the first of the `cutoffs` have a score each, and every group
 * between two cutoffs has one score together, and a narrower layer for its classes. x: float32 [N, `inFeatures`] or [inFeatures]; target: int32 class
 * numbers [N] or a scalar -> `output`, the log-probability of each target, and `loss`, minus their mean. Group i has a layer of
 * `inFeatures / divValue^(i + 1)` features (4 unless given); with `headBias` the scores of the head have a bias.
 * Gradient: to x and to all weights that the targets need.
 * Errors: `ArgError` for cutoffs that do not rise between 0 and `nClasses` and for sizes below 1, `IndexError` for a class number outside
 * [0, nClasses), `ShapeError`, `DTypeError`.
 * Source: Grave et al., Efficient softmax approximation for GPUs, 2017.
 * @example new nn.AdaptiveLogSoftmaxWithLoss(32, 100, [10, 40]).call(randn([2, 32]), tensor([3, 70], { dtype: "int32" })).output.shape; // [2]
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  /** The first class of each group, and the number of classes. */
  readonly cutoffs: readonly number[];
  /** Scores of the frequent classes and of the groups. */
  readonly head: Linear;
  /** Two layers for each group. */
  readonly tail: ModuleList;

  constructor(
    /** Size of the input. */
    readonly inFeatures: number,
    /** Number of classes. */
    readonly nClasses: number,
    cutoffs: readonly number[],
    options?: { divValue?: number; headBias?: boolean },
  ) {
    super();
    const { divValue, headBias } = readOptions(NAME, options, { divValue: 4, headBias: false });
    checkCount(NAME, "inFeatures", inFeatures);
    checkCount(NAME, "nClasses", nClasses);
    checkPositive(NAME, "divValue", divValue);
    const rising = Array.isArray(cutoffs) && cutoffs.every((cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0));
    const fits = rising && (cutoffs.at(-1) as number) < nClasses;
    checkThat(NAME, fits, `cutoffs must be whole numbers that rise from above 0 to below ${nClasses}`, cutoffs);
    this.cutoffs = [...cutoffs, nClasses];
    this.head = new Linear(inFeatures, (cutoffs[0] as number) + cutoffs.length, { bias: headBias });
    this.tail = new ModuleList(
      cutoffs.map((cutoff, i) => {
        const features = checkWhole(NAME, `features of group ${i}`, Math.floor(inFeatures / divValue ** (i + 1)), 1);
        const classes = (this.cutoffs[i + 1] as number) - cutoff;
        return new Sequential(new Linear(inFeatures, features, { bias: false }), new Linear(features, classes, { bias: false }));
      }),
    );
  }

  /** Checks the input, and returns it as rows. */
  #rows(x: Tensor, ranks: readonly number[]): Tensor {
    checkAlive(NAME, x, "x");
    checkForm(NAME, x, ranks.includes(x.ndim) && x.shape.at(-1) === this.inFeatures, `float32[N,${this.inFeatures}]`);
    return x.ndim === 2 ? x : unsqueeze(x, 0);
  }

  forward(x: Tensor, target: Tensor): { output: Tensor; loss: Tensor } {
    const rows = this.#rows(x, [1, 2]);
    checkAlive(NAME, target, "target");
    const shape = x.shape.slice(0, -1);
    checkForm(NAME, target, sameShape(target.shape, shape), `int32[${shape}]`, "the target");
    const labels = reshape(indicesFor(NAME, target, this.nClasses), [target.size]);
    const [first] = this.cutoffs as readonly [number];
    const parts: [at: Tensor, picked: Tensor][] = [];
    let inHead = labels;
    for (const [i, layer] of this.#groups()) {
      const low = this.cutoffs[i] as number;
      const mask = logicalAnd(ge(labels, low), lt(labels, this.cutoffs[i + 1] as number));
      const at = positions(mask);
      if (at.size === 0) continue;
      inHead = where(mask, first + i, inHead);
      const scores = logSoftmax(layer.call(indexSelect(rows, 0, at)), 1);
      parts.push([at, pick(scores, sub(indexSelect(labels, 0, at), low))]);
    }
    let output = pick(logSoftmax(this.head.call(rows), 1), inHead);
    for (const [at, picked] of parts) output = indexAdd(output, 0, at, picked);
    return { output: x.ndim === 2 ? output : reshape(output, []), loss: neg(mean(output)) };
  }

  #groups(): Iterable<[number, Sequential]> {
    return [...(this.tail as Iterable<Module>)].entries() as Iterable<[number, Sequential]>;
  }

  /**
   * Log-probabilities of all classes. x: float32 [N, inFeatures] -> [N, nClasses]. Gradient: to x and all weights.
   * Errors: `ShapeError` for another shape, `DTypeError` for another dtype.
   * @example new nn.AdaptiveLogSoftmaxWithLoss(8, 100, [10]).logProb(randn([2, 8])).shape; // [2, 100]
   */
  logProb(x: Tensor): Tensor {
    return scope(() => {
      const rows = this.#rows(x, [2]);
      const [first] = this.cutoffs as readonly [number];
      const scores = logSoftmax(this.head.call(rows), 1);
      const parts = [narrow(scores, 1, 0, first)];
      for (const [i, layer] of this.#groups()) parts.push(add(logSoftmax(layer.call(rows), 1), narrow(scores, 1, first + i, 1)));
      return cat(parts, 1);
    });
  }

  /**
   * The most probable class of each row; the groups are computed only for rows that need them. x: float32 [N, inFeatures] -> int32 [N].
   * Gradient: none. Errors: `ShapeError` for another shape, `DTypeError` for another dtype.
   * @example new nn.AdaptiveLogSoftmaxWithLoss(8, 100, [10]).predict(randn([2, 8])).shape; // [2]
   */
  predict(x: Tensor): Tensor {
    return noGrad(() => {
      const rows = this.#rows(x, [2]);
      const best = argmax(this.head.call(rows), 1);
      const at = positions(ge(best, this.cutoffs[0] as number));
      return at.size === 0 ? best : indexCopy(best, 0, at, argmax(this.logProb(indexSelect(rows, 0, at)), 1));
    });
  }

  override extraRepr(): string {
    return `${this.inFeatures}, ${this.nClasses}, cutoffs=[${this.cutoffs.slice(0, -1)}]`;
  }
}
