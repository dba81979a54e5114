// Cross-validation: every sample is in the validation part exactly once.
import { ArgError, describe } from "../errors.js";
import { checkDataset, type Dataset } from "./dataset.js";
import { generatorOf, type SeedOptions } from "./seeded.js";
import { Subset } from "./subset.js";

/**
 * Divides a data set at random into `k` folds, and gives for each fold the pair of all others and itself.
 * The first `length % k` folds have one sample more.
 *
 * k: 2 to the number of samples. Result: `k` pairs of training and validation part.
 * Errors: `ArgError` for any other `k`, for a value that is not a data set, and for unknown options.
 * @example for (const [train, validation] of kFold(dataset, 2, { seed: 1 })) console.log(train.length, validation.length);
 */
export function kFold<Sample>(
  dataset: Dataset<Sample>,
  k: number,
  options: SeedOptions = {},
): [train: Subset<Sample>, validation: Subset<Sample>][] {
  checkDataset("kFold", dataset);
  const n = dataset.length;
  if (!Number.isInteger(k) || k < 2 || k > n) {
    throw new ArgError(`kFold: k must be a whole number from 2 to ${n}, the number of samples, got ${describe(k)}`);
  }
  const order = generatorOf("kFold", options).permutation(n);
  const start = (fold: number): number => fold * Math.floor(n / k) + Math.min(fold, n % k);
  return Array.from({ length: k }, (_, fold) => {
    const [from, to] = [start(fold), start(fold + 1)];
    const others = [...order.subarray(0, from), ...order.subarray(to)];
    return [new Subset(dataset, others), new Subset(dataset, order.subarray(from, to))];
  });
}
