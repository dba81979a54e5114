// How often each class was found, missed, and taken for another: the counts behind precision, recall and F1. Only classes that occur take
// up memory, so a stray label costs nothing.
import { checkWhole } from "../checks.js";
import { ArgError, IndexError } from "../errors.js";
import type { ConfusionMatrix } from "./confusionMatrix.js";
import type { ClassPairs } from "./inputs.js";

/** Of one class: `tp` samples found, `fp` samples of others taken for it, `fn` samples missed. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** A list with a number for each class is not made for more. */
const MOST_LISTED = 2 ** 24;

const NONE: Counts = { tp: 0, fp: 0, fn: 0 };

/** Counts of all classes, 0 to `classes - 1`. */
export class ClassCounts {
  readonly #counts: ReadonlyMap<number, Counts>;

  constructor(
    readonly classes: number,
    /** Number of samples. */
    readonly total: number,
    counts: ReadonlyMap<number, Counts>,
  ) {
    this.#counts = counts;
  }

  /** The counts of class `c`. */
  of(c: number): Counts {
    return this.#counts.get(c) ?? NONE;
  }

  /** The classes that are in the truth or among the predictions, in order. */
  get occurring(): number[] {
    return [...this.#counts].flatMap(([c, { tp, fp, fn }]) => (tp + fp + fn > 0 ? [c] : [])).sort((a, b) => a - b);
  }

  /** One number for each class. Errors: `ArgError` where there are too many. */
  list(op: string, of: (counts: Counts) => number): number[] {
    if (this.classes > MOST_LISTED) {
      throw new ArgError(
        `${op}: a list of ${this.classes} classes is too long; check the labels, or pass { ignoreIndex: ${this.classes - 1} } if that is no class`,
      );
    }
    return Array.from({ length: this.classes }, (_, c) => of(this.of(c)));
  }
}

/** How many classes there are: as many as said, else up to the largest that occurs. Errors: `IndexError` for a class beyond. */
export function classCount(op: string, { predicted, labels, classes }: ClassPairs, wanted: number | undefined): number {
  const largest = Math.max(largestOf(predicted), largestOf(labels));
  const n = wanted === undefined ? (classes ?? largest + 1) : checkWhole(op, "numClasses", wanted, 0);
  if (largest >= n) {
    throw new IndexError(`${op}: class ${largest} appears among ${n} classes, which count from 0; check the labels or numClasses`);
  }
  return n;
}

function largestOf(values: ArrayLike<number>): number {
  let largest = -1;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  return largest;
}

/** Counts of pairs of predicted and true class. */
export function countsOfPairs(pairs: ClassPairs, classes: number): ClassCounts {
  const counts = new Map<number, { tp: number; fp: number; fn: number }>();
  const of = (c: number): { tp: number; fp: number; fn: number } => {
    const known = counts.get(c) ?? { tp: 0, fp: 0, fn: 0 };
    counts.set(c, known);
    return known;
  };
  const n = pairs.labels.length;
  for (let i = 0; i < n; i++) {
    const [guess, truth] = [pairs.predicted[i] as number, pairs.labels[i] as number];
    if (guess === truth) of(truth).tp++;
    else {
      of(guess).fp++;
      of(truth).fn++;
    }
  }
  return new ClassCounts(classes, n, counts);
}

/** Counts of a matrix: rows are the truth, columns the prediction. */
export function countsOfMatrix({ counts: rows }: ConfusionMatrix): ClassCounts {
  const predicted = rows.map(() => 0);
  let total = 0;
  for (const row of rows) {
    for (let p = 0; p < row.length; p++) {
      predicted[p] = (predicted[p] as number) + (row[p] as number);
      total += row[p] as number;
    }
  }
  const counts = rows.map((row, c): [number, Counts] => {
    const tp = row[c] as number;
    const support = row.reduce((sum, count) => sum + count, 0);
    return [c, { tp, fp: (predicted[c] as number) - tp, fn: support - tp }];
  });
  return new ClassCounts(rows.length, total, new Map(counts));
}
