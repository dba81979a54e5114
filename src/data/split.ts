// Random division of a data set into disjoint parts.
import { ArgError, describe, ShapeError } from "../errors.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import { checkDataset, type Dataset } from "./dataset.js";
import { generatorOf, type SeedOptions } from "./seeded.js";
import { Subset } from "./subset.js";

/** One part per given length: a tuple in, a tuple out. */
export type Parts<Sample, Lengths> = { -readonly [I in keyof Lengths]: Subset<Sample> };

/** Class of each sample: whole numbers or names. */
export type ClassLabels = Tensor | ArrayLike<number | string>;

const isOne = (sum: number): boolean => Math.abs(sum - 1) < 1e-9;

const add = (a: number, b: number): number => a + b;

/** `n` times each fraction, rounded down, and the number left over. A tolerance makes 0.29 of 100 29 in spite of rounding errors. */
function floorSizes(n: number, fractions: readonly number[]): { sizes: number[]; rest: number } {
  const sizes = fractions.map((fraction) => Math.floor(n * fraction + 1e-9));
  return { sizes, rest: n - sizes.reduce(add, 0) };
}

/** Throws `ArgError` unless `values` is an array of numbers. */
function checkNumbers(op: string, what: string, values: readonly number[]): void {
  if (!Array.isArray(values)) throw new ArgError(`${op}: ${what} must be an array such as [0.8, 0.2], got ${describe(values)}`);
  const odd = values.find((value) => typeof value !== "number");
  if (odd !== undefined) throw new ArgError(`${op}: ${what} must be numbers, got ${describe(odd)}`);
}

/** The sizes of the parts. Fractions are rounded down; the samples left over are added to the parts in order, one each, as in PyTorch. */
export function splitSizes(op: string, n: number, lengths: readonly number[]): readonly number[] {
  checkNumbers(op, "lengths", lengths);
  const sum = lengths.reduce(add, 0);
  const given = `[${lengths.join(", ")}]`;
  if (lengths.length === 0 || !lengths.every((length) => length >= 0 && Number.isFinite(length))) {
    throw new ArgError(`${op}: lengths must be numbers of at least 0, got ${given}`);
  }
  if (sum === n && lengths.every(Number.isInteger)) return lengths;
  if (!isOne(sum)) {
    throw new ArgError(
      `${op}: ${given} add up to ${sum}; use lengths that add up to ${n}, the number of samples, or fractions that add up to 1`,
    );
  }
  const { sizes, rest } = floorSizes(n, lengths);
  for (let i = 0; i < rest; i++) (sizes[i % sizes.length] as number)++;
  checkFilled(op, n, lengths, sizes);
  return sizes;
}

/** Throws `ArgError` if a part with a fraction above 0 is empty, since nothing could be learned or measured on it. */
function checkFilled(op: string, n: number, fractions: readonly number[], sizes: readonly number[]): void {
  const empty = sizes.findIndex((size, i) => size === 0 && (fractions[i] as number) > 0);
  if (empty >= 0) {
    throw new ArgError(`${op}: fraction ${fractions[empty]} of ${n} samples is none; give it a larger fraction, or lengths instead`);
  }
}

/**
 * Divides a data set at random into parts that are disjoint and together complete.
 *
 * lengths: numbers of samples that add up to the data set's length, or fractions that add up to 1. Fractions are rounded
 * down, and samples left over go to the parts in turn, one each (PyTorch's rule). Result: one `Subset` per length.
 * Errors: `ArgError` for lengths that do not add up, for a fraction so small that its part would be empty, for a value that is not a
 * data set, and for unknown options.
 * @example const [train, validation] = randomSplit(dataset, [0.5, 0.5], { seed: 1 });
 */
export function randomSplit<Sample, const Lengths extends readonly number[]>(
  dataset: Dataset<Sample>,
  lengths: Lengths,
  options: SeedOptions = {},
): Parts<Sample, Lengths> {
  checkDataset("randomSplit", dataset);
  const sizes = splitSizes("randomSplit", dataset.length, lengths);
  const order = generatorOf("randomSplit", options).permutation(dataset.length);
  let start = 0;
  const parts = sizes.map((size) => {
    start += size;
    return new Subset(dataset, order.subarray(start - size, start));
  });
  return parts as Parts<Sample, Lengths>;
}

/**
 * Divides a data set at random so that every part has the classes in the same proportions, each within one sample.
 *
 * labels: the class of each sample, as a tensor [n] of any dtype or an array of numbers or names. fractions: add up to 1.
 * Result: one `Subset` per fraction. Samples of a class left over after rounding down go where, over all classes so far,
 * most are missing, so that the parts' total sizes come out right as well.
 * Errors: `ShapeError` unless there is one label per sample, `ArgError` as in `randomSplit`.
 * @example const [train, test] = stratifiedSplit(dataset, ["cat", "dog", "dog", "cat"], [0.5, 0.5], { seed: 1 });
 */
export function stratifiedSplit<Sample, const Fractions extends readonly number[]>(
  dataset: Dataset<Sample>,
  labels: ClassLabels,
  fractions: Fractions,
  options: SeedOptions = {},
): Parts<Sample, Fractions> {
  checkDataset("stratifiedSplit", dataset);
  checkNumbers("stratifiedSplit", "fractions", fractions);
  const { length } = dataset;
  if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) checkAlive("stratifiedSplit", labels as Tensor);
  const classes = labels instanceof Tensor ? labels.toTypedArray() : labels;
  if (classes.length !== length) {
    throw new ShapeError(`stratifiedSplit: ${classes.length} labels for ${length} samples; give one for each`);
  }
  if (!fractions.every((fraction) => fraction >= 0) || !isOne(fractions.reduce(add, 0))) {
    throw new ArgError(`stratifiedSplit: fractions must be at least 0 and add up to 1, got [${fractions.join(", ")}]`);
  }
  const counts = new Map<number | string, number>();
  for (let i = 0; i < length; i++) counts.set(classes[i] as number, (counts.get(classes[i] as number) ?? 0) + 1);
  const quotas = classQuotas(counts, fractions);
  const chosen: number[][] = fractions.map(() => []);
  for (const i of generatorOf("stratifiedSplit", options).permutation(length)) {
    const quota = quotas.get(classes[i] as number) as number[];
    const part = quota.findIndex((left) => left > 0);
    (quota[part] as number)--;
    (chosen[part] as number[]).push(i);
  }
  checkFilled(
    "stratifiedSplit",
    length,
    fractions,
    chosen.map((part) => part.length),
  );
  return chosen.map((indices) => new Subset(dataset, indices)) as Parts<Sample, Fractions>;
}

/** The number of samples of each class in each part. */
function classQuotas(counts: ReadonlyMap<number | string, number>, fractions: readonly number[]): Map<number | string, number[]> {
  const missing = fractions.map(() => 0);
  const quotas = new Map<number | string, number[]>();
  for (const [label, count] of counts) {
    const { sizes, rest } = floorSizes(count, fractions);
    fractions.forEach((fraction, part) => {
      missing[part] = (missing[part] as number) + fraction * count - (sizes[part] as number);
    });
    const open = fractions.flatMap((fraction, part) => (fraction > 0 ? [part] : []));
    const neediest = open.sort((a, b) => (missing[b] as number) - (missing[a] as number));
    for (const part of neediest.slice(0, rest)) {
      (sizes[part] as number)++;
      (missing[part] as number)--;
    }
    quotas.set(label, sizes);
  }
  return quotas;
}
