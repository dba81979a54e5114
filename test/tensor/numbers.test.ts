// Numbers as operands: scalars that calls share, which must hold their number for as long as it is read.
import { maximum, ones, pow, sub, tensor, where } from "simdgrad";
import { describe, expect, it } from "vitest";

/** So many numbers share one block of scalars. */
const SHARED = 1024;

let last = 1_000_000;
/** Calls with numbers that no call had before. */
const newNumbers = (count: number): void => {
  for (let i = 0; i < count; i++) ones([1]).add(last++).dispose();
};

describe("a number as an operand", () => {
  it("keeps its value beside another number, however many came since it was first used", () => {
    const condition = tensor([true, false]);
    for (let since = 0; since < SHARED + 4; since++) {
      ones([1]).add(7.25).dispose();
      newNumbers(since);
      const other = last++;
      expect(where(condition, 7.25, other).toArray()).toEqual([7.25, other]);
    }
  });

  it("keeps its value in a gradient, however many came since the forward", () => {
    const x = tensor([2], { requiresGrad: true });
    const gradient = 3.5 * 2 ** 2.5 + 2.5 ** 2 * Math.log(2.5) - 1 + 1;
    for (const since of [0, 1, SHARED / 2, SHARED - 2, SHARED - 1, SHARED, SHARED + 1]) {
      const y = x.pow(3.5).add(pow(2.5, x)).add(sub(0.25, x)).add(maximum(x, 1.75));
      newNumbers(since);
      y.backward();
      expect(x.grad?.item()).toBeCloseTo(gradient, 4);
      x.grad = null;
    }
  });

  it.each([0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149, 1e300, 2 ** 31, -(2 ** 31) - 1])(
    "%d is itself",
    (value) => {
      for (const before of [0, -0, 1, value]) {
        ones([1]).mul(before).dispose();
        expect(where(tensor([true]), value, 1).item()).toBe(Math.fround(value));
      }
    },
  );
});
