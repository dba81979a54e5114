// How often each class is taken for each other: the counts behind precision, recall and F1.
import { checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { readOptions } from "../options.js";
import { classCount } from "./counts.js";
import { CLASS_DEFAULTS, type ClassOptions, classPairs, type Values } from "./inputs.js";
import { textTable } from "./table.js";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions extends ClassOptions {
  /** A name for each class, shown by `toString`. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Counts of samples: `counts[t][p]` of class `t` were predicted as class `p`. `confusionMatrix` makes one.
 * Errors: `ArgError` unless the counts are a square of numbers with a name for each class.
 * @example String(new ConfusionMatrix([[1, 1], [0, 2]], ["cat", "dog"]));
 */
export class ConfusionMatrix {
  /** Rows of counts: a row for each true class, a column for each predicted one. */
  readonly counts: readonly (readonly number[])[];
  /** A name for each class; its number unless given. */
  readonly names: readonly string[];

  /** Of given counts, rows the truth and columns the prediction. Errors: `ArgError` unless square with a name for each class. */
  constructor(counts: readonly (readonly number[])[], names?: readonly string[]) {
    if (!Array.isArray(counts) || !counts.every((row) => Array.isArray(row) && row.every((count) => typeof count === "number")))
      throw new ArgError(`ConfusionMatrix: counts must be rows of numbers, got ${describe(counts)}`);
    if (names !== undefined) checkNames("ConfusionMatrix", names);
    if (counts.some((row) => row.length !== counts.length)) throw new ArgError("ConfusionMatrix: needs as many columns as rows");
    if (names && names.length !== counts.length) throw new ArgError(`ConfusionMatrix: ${names.length} names for ${counts.length} classes`);
    this.counts = counts;
    this.names = names ?? counts.map((_, c) => String(c));
  }

  /** Number of samples. */
  get total(): number {
    return this.counts.flat().reduce((sum, count) => sum + count, 0);
  }

  /**
   * Samples of class `c` predicted as such; 0 for a class that is not there. Errors: `ArgError` unless c is an integer of at least 0.
   * @example new ConfusionMatrix([[1, 1], [0, 2]]).truePositives(1); // 2
   */
  truePositives(c: number): number {
    checkWhole("ConfusionMatrix", "the class", c, 0);
    return this.counts[c]?.[c] ?? 0;
  }

  /**
   * Samples of class `c`; 0 for a class that is not there. Errors: `ArgError` unless c is an integer of at least 0.
   * @example new ConfusionMatrix([[1, 1], [0, 2]]).support(0); // 2
   */
  support(c: number): number {
    checkWhole("ConfusionMatrix", "the class", c, 0);
    return this.counts[c]?.reduce((sum, count) => sum + count, 0) ?? 0;
  }

  /**
   * Samples predicted as class `c`; 0 for a class that is not there. Errors: `ArgError` unless c is an integer of at least 0.
   * @example new ConfusionMatrix([[1, 1], [0, 2]]).predicted(1); // 3
   */
  predicted(c: number): number {
    checkWhole("ConfusionMatrix", "the class", c, 0);
    return this.counts.reduce((sum, row) => sum + (row[c] ?? 0), 0);
  }

  /**
   * The sum of two, for data that comes in batches. Errors: `ArgError` for another number of classes.
   * @example new ConfusionMatrix([[1, 1], [0, 2]]).plus(new ConfusionMatrix([[1, 0], [0, 1]])).counts; // [[2, 1], [0, 3]]
   */
  plus(other: ConfusionMatrix): ConfusionMatrix {
    if (!(other instanceof ConfusionMatrix)) throw new ArgError(`ConfusionMatrix: plus takes another one, got ${describe(other)}`);
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

/** More classes than this make no table that anyone reads, and a matrix that fills the memory. */
const MOST_CLASSES = 5000;

const DEFAULTS: ConfusionMatrixOptions = { ...CLASS_DEFAULTS, names: undefined };

/** @internal Throws `ArgError` unless these are names. */
export function checkNames(op: string, names: unknown): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) {
    throw new ArgError(`${op}: names must be an array of texts, got ${describe(names)}`);
  }
}

/**
 * Counts how often each class was predicted for each class: rows are the truth, columns the prediction
 * (as scikit-learn's `confusion_matrix` has it).
 *
 * predicted: scores [n, classes, ..] or classes in the labels' shape, of any dtype, as for `accuracy`. labels: classes, of any dtype and
 * shape. numClasses: by default the number of score columns, or the largest class + 1; 5000 at most.
 * Errors: those of `accuracy`, and `IndexError` for a class of `numClasses` or more, `ArgError` for more classes than a matrix can hold.
 * @example confusionMatrix([0, 1, 1], [0, 0, 1], 2).counts; // [[1, 1], [0, 1]]
 */
export function confusionMatrix(
  predicted: Values,
  labels: Values,
  numClasses?: number,
  options: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  const { names, ...classOptions } = readOptions("confusionMatrix", options, DEFAULTS);
  if (names !== undefined) checkNames("confusionMatrix", names);
  const pairs = classPairs("confusionMatrix", predicted, labels, classOptions);
  const n = classCount("confusionMatrix", pairs, numClasses ?? names?.length);
  if (n > MOST_CLASSES) {
    throw new ArgError(
      `confusionMatrix: ${n} classes are more than the ${MOST_CLASSES} of which a matrix is made; check the labels, pass { ignoreIndex } for what is no class, or take f1 and classificationReport, which need no matrix`,
    );
  }
  const counts = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < pairs.labels.length; i++) {
    const row = counts[pairs.labels[i] as number] as number[];
    (row[pairs.predicted[i] as number] as number)++;
  }
  return new ConfusionMatrix(counts, names);
}
