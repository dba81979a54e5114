// How far predicted numbers are from the truth. Sums are in float64.
import { checkSameShape, shapeOf, type Values, valuesOf } from "./inputs.js";

/** Mean of `of(predicted - truth)` over all elements. */
function meanError(op: string, predicted: Values, truth: Values, of: (difference: number) => number): number {
  checkSameShape(op, predicted, truth);
  const [guess, wanted] = [valuesOf(op, predicted), valuesOf(op, truth)];
  let sum = 0;
  for (let i = 0; i < wanted.length; i++) sum += of((guess[i] as number) - (wanted[i] as number));
  return sum / wanted.length;
}

/**
 * Mean absolute error: `mean |predicted - truth|` over all elements. predicted, truth: of one shape, any dtype. Result: NaN without
 * elements.
 * Errors: `ShapeError` for different shapes, also if they could be broadcast.
 * @example mae([2, 4], [1, 1]); // 2
 */
export function mae(predicted: Values, truth: Values): number {
  return meanError("mae", predicted, truth, Math.abs);
}
mae.averages = true as const; // batches may be averaged, weighted by the size of the target

/**
 * Mean squared error: `mean (predicted - truth)^2` over all elements. predicted, truth: of one shape, any dtype. Result: NaN without
 * elements.
 * Errors: `ShapeError` for different shapes, also if they could be broadcast.
 * @example mse([2, 4], [1, 1]); // 5
 */
export function mse(predicted: Values, truth: Values): number {
  return meanError("mse", predicted, truth, (d) => d * d);
}
mse.averages = true as const; // batches may be averaged, weighted by the size of the target

/**
 * Root of the mean squared error, in the unit of the data. predicted, truth: of one shape, any dtype. Result: NaN without elements.
 * Errors: `ShapeError` for different shapes, also if they could be broadcast.
 * @example rmse([4, 5], [1, 1]); // 3.5355
 */
export function rmse(predicted: Values, truth: Values): number {
  return Math.sqrt(meanError("rmse", predicted, truth, (d) => d * d));
}

/**
 * Coefficient of determination: `1 - sum (truth - predicted)^2 / sum (truth - mean(truth))^2`. 1 is perfect, 0 no better than
 * the mean, below 0 worse than it.
 *
 * predicted, truth: [n] or [n, ..], any dtype; with more than one column the mean over the columns' own values.
 * If the truth is constant, 1 if predicted exactly and 0 otherwise; NaN for fewer than two rows.
 * Errors: `ShapeError` for different shapes.
 * Source: as scikit-learn's `r2_score`.
 * @example r2([2.5, 0, 2, 8], [3, -0.5, 2, 7]); // 0.9486
 */
export function r2(predicted: Values, truth: Values): number {
  checkSameShape("r2", predicted, truth);
  const [guess, wanted] = [valuesOf("r2", predicted), valuesOf("r2", truth)];
  const [rows = 1] = shapeOf("r2", truth);
  if (rows < 2) return Number.NaN;
  const columns = wanted.length / rows;
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += columnR2(guess, wanted, rows, columns, c);
  return sum / columns;
}

function columnR2(guess: ArrayLike<number>, wanted: ArrayLike<number>, rows: number, columns: number, c: number): number {
  // Deviations from the first value are exactly 0 where the truth is constant; a mean of equal numbers is not exactly that number.
  const first = wanted[c] as number;
  let mean = 0;
  for (let r = 0; r < rows; r++) mean += ((wanted[r * columns + c] as number) - first) / rows;
  let residual = 0;
  let total = 0;
  for (let r = 0; r < rows; r++) {
    const truth = wanted[r * columns + c] as number;
    residual += (truth - (guess[r * columns + c] as number)) ** 2;
    total += (truth - first - mean) ** 2;
  }
  if (total === 0) return Number.isNaN(residual) ? residual : Number(residual === 0);
  return 1 - residual / total;
}
