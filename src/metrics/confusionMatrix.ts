// How often each class is taken for each other: the counts behind precision, recall and F1.
import { ArgError, IndexError } from "../errors.js";
import { type ClassOptions, classPairs, type Values } from "./inputs.js";
import { textTable } from "./table.js";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions extends ClassOptions {
  /** A name for each class, shown by `toString`. */
  readonly names?: readonly string[];
}

/** Counts of samples: `counts[t][p]` of class `t` were predicted as class `p`. */
export class ConfusionMatrix {
  readonly counts: readonly (readonly number[])[];
  readonly names: readonly string[];

  /** Of given counts, rows the truth and columns the prediction. Errors: `ArgError` unless square with a name for each class. */
  constructor(counts: readonly (readonly number[])[], names: readonly string[] = counts.map((_, c) => String(c))) {
    if (counts.some((row) => row.length !== counts.length)) throw new ArgError("ConfusionMatrix: needs as many columns as rows");
    if (names.length !== counts.length) throw new ArgError(`ConfusionMatrix: ${names.length} names for ${counts.length} classes`);
    this.counts = counts;
    this.names = names;
  }

  /** Number of samples. */
  get total(): number {
    return this.counts.flat().reduce((sum, count) => sum + count, 0);
  }

  /** Samples of class `c` predicted as such. */
  truePositives(c: number): number {
    return this.counts[c]?.[c] ?? 0;
  }

  /** Samples of class `c`. */
  support(c: number): number {
    return this.counts[c]?.reduce((sum, count) => sum + count, 0) ?? 0;
  }

  /** Samples predicted as class `c`. */
  predicted(c: number): number {
    return this.counts.reduce((sum, row) => sum + (row[c] ?? 0), 0);
  }

  /** The sum of two, for data that comes in batches. Errors: `ArgError` for another number of classes. */
  plus(other: ConfusionMatrix): ConfusionMatrix {
    const [n, m] = [this.counts.length, other.counts.length];
    if (n !== m) throw new ArgError(`ConfusionMatrix: cannot add ${m} classes to ${n}; give both the same numClasses`);
    const counts = this.counts.map((row, t) => row.map((count, p) => count + (other.counts[t]?.[p] ?? 0)));
    return new ConfusionMatrix(counts, this.names);
  }

  /** A table for the terminal: a row for each true class, a column for each predicted one. */
  toString(): string {
    return textTable(
      ["true \\ predicted", ...this.names],
      this.counts.map((row, t) => [this.names[t] as string, ...row.map(String)]),
    );
  }
}

/**
 * Counts how often each class was predicted for each class: rows are the truth, columns the prediction
 * (as scikit-learn's `confusion_matrix` has it).
 *
 * predicted, labels: as for `accuracy`. numClasses: by default the number of score columns, or the largest class + 1.
 * Errors: as `accuracy`, and `IndexError` for a class of `numClasses` or more.
 * @example console.log(String(confusionMatrix(logits, labels)));
 * @example heatmap(confusionMatrix([0, 1, 1], [0, 0, 1], 2).counts); // [[1, 1], [0, 1]]
 */
export function confusionMatrix(
  predicted: Values,
  labels: Values,
  numClasses?: number,
  options: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  return countPairs("confusionMatrix", predicted, labels, numClasses, options);
}

/** @internal `confusionMatrix` on behalf of `op`, which its messages begin with. */
export function countPairs(
  op: string,
  predicted: Values,
  labels: Values,
  numClasses: number | undefined,
  { names, ...options }: ConfusionMatrixOptions,
): ConfusionMatrix {
  const pairs = classPairs(op, predicted, labels, options);
  const largest = Math.max(largestOf(pairs.predicted), largestOf(pairs.labels));
  const n = numClasses ?? names?.length ?? pairs.classes ?? largest + 1;
  if (!Number.isInteger(n) || n < 0) throw new ArgError(`${op}: numClasses must be a whole number, got ${n}`);
  if (largest >= n) {
    throw new IndexError(`${op}: class ${largest} appears among ${n} classes, which count from 0; check the labels or numClasses`);
  }
  const counts = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < pairs.labels.length; i++) {
    const row = counts[pairs.labels[i] as number] as number[];
    (row[pairs.predicted[i] as number] as number)++;
  }
  return new ConfusionMatrix(counts, names);
}

function largestOf(values: ArrayLike<number>): number {
  let largest = -1;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  return largest;
}
