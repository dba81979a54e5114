import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { mae, mse, r2, rmse } from "../../src/metrics/index.js";
import { tensor } from "../../src/tensor/create.js";

describe("mae, mse and rmse", () => {
  it("by hand", () => {
    // differences -0.5, 0.5, 0, 1
    const [guess, truth] = [
      [2.5, 0, 2, 8],
      [3, -0.5, 2, 7],
    ];
    expect(mae(guess, truth)).toBe(0.5);
    expect(mse(guess, truth)).toBe(0.375);
    expect(rmse(guess, truth)).toBeCloseTo(Math.sqrt(0.375), 12);
    expect(
      mse(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([
          [1, 2],
          [3, 6],
        ]),
      ),
    ).toBe(1);
  });

  it("of nothing is NaN, and NaN stays", () => {
    expect([mae([], []), mae([Number.NaN], [1]), mse([Number.POSITIVE_INFINITY], [1])]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("refuses shapes that would only broadcast", () => {
    expect(() => mse(tensor([1, 2, 3]), tensor([[1], [2], [3]]))).toThrow(ShapeError);
    expect(() => mae([1, 2], [1])).toThrow("mae: predictions are [2] and the truth is [1]");
  });
});

describe("r2", () => {
  it.each([
    [[2.5, 0, 2, 8], [3, -0.5, 2, 7], 0.9486081370449679],
    [[1, 2, 3], [1, 2, 3], 1],
    [[2, 2, 2], [1, 2, 3], 0],
    [[3, 2, 1], [1, 2, 3], -3],
    [[5, 5], [5, 5], 1],
    [[5, 6], [5, 5], 0],
    [[5], [5], Number.NaN],
    [[], [], Number.NaN],
    [[Number.NaN, 1], [5, 5], Number.NaN],
  ])("%j against %j", (guess, truth, value) => {
    if (Number.isNaN(value)) expect(r2(guess, truth)).toBeNaN();
    else expect(r2(guess, truth)).toBeCloseTo(value, 12);
  });

  it.each([
    [0.1, 7],
    [0.1, 10],
    [0.3, 11],
    [1e6 + 0.1, 9],
    [0.7, 100],
  ])("of a constant truth %d, %d times, is 0, or 1 for an exact prediction", (value, n) => {
    const truth = new Array<number>(n).fill(value);
    const off = truth.map((v) => v + 0.5);
    expect([r2(off, truth), r2(truth, truth), r2(tensor(off), tensor(truth))]).toEqual([0, 1, 0]);
  });

  it("of columns is the mean of their own", () => {
    // scikit-learn's example of two outputs
    const [guess, truth] = [
      tensor([
        [0, 2],
        [-1, 2],
        [8, -5],
      ]),
      tensor([
        [0.5, 1],
        [-1, 1],
        [7, -6],
      ]),
    ];
    expect(r2(guess, truth)).toBeCloseTo(0.9368005266622779, 9);
  });
});
