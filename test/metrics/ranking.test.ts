import { describe, expect, it } from "vitest";
import { ArgError, ShapeError } from "../../src/errors.js";
import { auroc, averagePrecision, rocCurve } from "../../src/metrics/index.js";
import { tensor, zeros } from "../../src/tensor/create.js";

// The example of scikit-learn's roc_auc_score, roc_curve and average_precision_score.
const scores = [0.1, 0.4, 0.35, 0.8];
const labels = [0, 0, 1, 1];

/** The share of pairs of a positive and a negative that are in order, ties counting half. */
function naiveAuroc(values: readonly number[], truth: readonly number[]): number {
  let [sum, pairs] = [0, 0];
  values.forEach((p, i) => {
    values.forEach((n, j) => {
      if (truth[i] !== 1 || truth[j] !== 0) return;
      sum += p > n ? 1 : p === n ? 0.5 : 0;
      pairs++;
    });
  });
  return sum / pairs;
}

describe("auroc", () => {
  it("known values", () => {
    expect(auroc(scores, labels)).toBe(0.75);
    expect(auroc(tensor(scores), tensor(Int32Array.from(labels)))).toBe(0.75);
    expect(auroc([1, 2, 3], [0, 0, 1])).toBe(1);
    expect(auroc([1, 2, 3], [1, 0, 0])).toBe(0);
    expect(auroc([5, 5, 5, 5], [0, 1, 0, 1])).toBe(0.5);
    expect(auroc([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], [0, 1, 0])).toBe(0.75);
  });

  it("is the chance that a positive scores higher, also with ties", () => {
    let state = 1;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 16) % n;
    };
    for (let round = 0; round < 50; round++) {
      const values = Array.from({ length: 40 }, () => random(10));
      const truth = values.map((_, i) => (i < 2 ? i : random(2)));
      expect(auroc(values, truth)).toBeCloseTo(naiveAuroc(values, truth), 12);
    }
  });

  it("is NaN when a class has no samples", () => {
    expect([auroc([1, 2], [1, 1]), auroc([1, 2], [0, 0]), auroc([], [])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("refuses what has no order", () => {
    expect(() => auroc([Number.NaN, 1], [0, 1])).toThrow(ArgError);
    expect(() => auroc([1, 1], [0, 2])).toThrow("label 2 at position 1; two classes are 0 and 1");
    expect(() => auroc([1, 1], [0])).toThrow(ShapeError);
    expect(() => auroc(tensor([[1], [2]]), tensor([0, 1, 1]))).toThrow(ShapeError);
    expect(() => auroc(zeros([2, 3]), tensor([0, 1]))).toThrow("predictions are [2,3] and the truth is [2]; they must have the same shape");
    expect(() => auroc(tensor([1, 2]), tensor([[0], [1]]))).toThrow(ShapeError);
  });

  it("takes a column of scores, and the scores of both classes, logits or probabilities", () => {
    expect(auroc(tensor(scores).reshape([4, 1]), tensor(labels))).toBe(0.75);
    const probabilities = scores.map((p) => [1 - p, p]);
    expect(auroc(tensor(probabilities), labels)).toBe(0.75);
    // The lead orders as the softmax does; the second logit by itself would order the other way.
    const logits = tensor([
      [9, 4],
      [3, 3],
      [1, 2],
      [0, 1],
    ]); // prettier-ignore
    expect(auroc(logits, labels)).toBe(naiveAuroc(logits.softmax(1).select(1, 1).toArray() as number[], labels));
    expect(auroc(logits, labels)).toBe(1);
    expect(auroc(logits.select(1, 1), labels)).toBe(0);
    expect(averagePrecision(tensor(probabilities), labels)).toBeCloseTo(averagePrecision(scores, labels), 12);
  });
});

it("rocCurve goes from (0, 0) to (1, 1) by falling threshold, equal scores in one step", () => {
  expect(rocCurve(scores, labels)).toEqual({
    falsePositiveRate: [0, 0, 0.5, 0.5, 1],
    truePositiveRate: [0, 0.5, 0.5, 1, 1],
    thresholds: [Number.POSITIVE_INFINITY, 0.8, 0.4, 0.35, 0.1],
  });
  expect(rocCurve([3, 3], [0, 1]).thresholds).toEqual([Number.POSITIVE_INFINITY, 3]);
});

it("averagePrecision", () => {
  expect(averagePrecision(scores, labels)).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12);
  expect(averagePrecision([1, 1, 1, 1], [0, 0, 0, 1])).toBe(0.25);
  expect(averagePrecision([1, 2], [0, 0])).toBeNaN();
});
