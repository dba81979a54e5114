// What metrics are given: class indices or scores, as tensors or arrays, checked and brought into one form.
import { checkNumber } from "../checks.js";
import { ArgError, describe, IndexError, kindOf, ShapeError } from "../errors.js";
import { argmax } from "../ops/index.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";

/** Numbers as a tensor of any dtype or as an array. */
export type Values = Tensor | ArrayLike<number>;

/** How predictions become classes. */
export interface ClassOptions {
  /** Makes two classes of scores: 1 above this, else 0. For logits it is 0, for probabilities 0.5. */
  readonly threshold?: number | undefined;
  /** Samples with this label do not count, for example padding. */
  readonly ignoreIndex?: number | undefined;
}

/** Both options, neither given. */
export const CLASS_DEFAULTS: ClassOptions = { threshold: undefined, ignoreIndex: undefined };

/** Predicted and true class of each sample that counts. */
export interface ClassPairs {
  readonly predicted: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  /** Number of classes, if the predictions say it: scores have a column for each. */
  readonly classes: number | undefined;
}

const isArray = (values: Values): values is ArrayLike<number> => ArrayBuffer.isView(values) || Array.isArray(values);

/** The elements, copied from a tensor. Errors: `ArgError` for what is neither a tensor nor an array of numbers. */
export function valuesOf(op: string, values: Values): ArrayLike<number> {
  if (isArray(values)) {
    const odd = Array.isArray(values) ? values.findIndex((value) => typeof value !== "number") : -1;
    if (odd >= 0) throw new ArgError(`${op}: ${describe(values[odd])} at position ${odd} is no number`);
    if (/^Big|^DataView/.test(kindOf(values)))
      throw new ArgError(`${op}: takes numbers, got ${describe(values)}; convert it with Float64Array.from(.., Number)`);
    return values;
  }
  checkAlive(op, values);
  return values.toTypedArray();
}

/** The sizes; an array has one. Errors as `valuesOf`. */
export function shapeOf(op: string, values: Values): readonly number[] {
  if (isArray(values)) return [values.length];
  checkAlive(op, values);
  return values.shape;
}

/** Throws unless both have one shape: silent broadcasting would measure something else. */
export function checkSameShape(op: string, predicted: Values, truth: Values): void {
  const [came, wanted] = [shapeOf(op, predicted), shapeOf(op, truth)];
  if (sameShape(came, wanted)) return;
  throw new ShapeError(
    `${op}: predictions are ${formatShape(came)} and the truth is ${formatShape(wanted)}; they must have the same shape`,
  );
}

/**
 * Predictions and labels as pairs of classes. Predictions are scores with one more dimension than the labels, [n, classes, ..]
 * (the class with the highest score counts), scores of the labels' shape with a threshold, or classes of the labels' shape.
 */
export function classPairs(op: string, predicted: Values, labels: Values, { threshold, ignoreIndex }: ClassOptions): ClassPairs {
  if (threshold !== undefined) checkNumber(op, "threshold", threshold);
  if (ignoreIndex !== undefined) checkNumber(op, "ignoreIndex", ignoreIndex);
  const wanted = shapeOf(op, labels);
  const [n, classes, ...rest] = shapeOf(op, predicted);
  const scored = predicted instanceof Tensor && predicted.ndim === wanted.length + 1 && sameShape([n as number, ...rest], wanted);
  const truth = valuesOf(op, labels);
  let guess: ArrayLike<number>;
  if (scored && classes !== 1) {
    if (threshold !== undefined) {
      throw new ArgError(`${op}: a threshold is for one score per sample, these have ${classes}; leave it out`);
    }
    guess = argmaxOf(predicted);
  } else {
    if (!scored) checkSameShape(op, predicted, labels);
    guess = valuesOf(op, predicted);
    if (threshold !== undefined) guess = Uint8Array.from(guess, (score) => (score > threshold ? 1 : 0));
    else if (scored) throw new ArgError(`${op}: one score per sample needs { threshold }: 0 for logits, 0.5 for probabilities`);
  }
  const counts = ignoreIndex === undefined ? undefined : (i: number): boolean => truth[i] !== ignoreIndex;
  const pairs = counts ? { predicted: filter(guess, counts), labels: filter(truth, counts) } : { predicted: guess, labels: truth };
  checkClasses(op, "prediction", pairs.predicted);
  checkClasses(op, "label", pairs.labels);
  return { ...pairs, classes: scored && classes !== 1 ? classes : undefined };
}

function argmaxOf(scores: Tensor): ArrayLike<number> {
  const best = argmax(scores, 1);
  try {
    return best.toTypedArray();
  } finally {
    best.dispose();
  }
}

function filter(values: ArrayLike<number>, keep: (i: number) => boolean): number[] {
  return Array.from(values).filter((_, i) => keep(i));
}

function checkClasses(op: string, what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isInteger(value) && value >= 0) continue;
    if (Number.isInteger(value)) {
      throw new IndexError(
        `${op}: ${what} ${value} at position ${i} is negative; classes count from 0 (or pass { ignoreIndex: ${value} })`,
      );
    }
    throw new ArgError(`${op}: ${what} ${value} at position ${i} is no class; for scores pass [n, classes] logits, or { threshold }`);
  }
}
