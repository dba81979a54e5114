// Gradients of reductions, running results and selections where the formula has a special case, and their second derivatives. Where a
// number stands without a formula, it is what PyTorch 1.13 gives.
import * as sg from "simdgrad";
import { gradcheck, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, test } from "vitest";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The gradient of the sum of `f(x)`, weighted by 1, 2, 3 and so on. */
function gradientOf(f: (x: Tensor) => Tensor, values: number[] | number[][]): number[] {
  return scope(() => {
    const x = tensor(values, { requiresGrad: true });
    const y = f(x);
    y.backward({ gradient: sg.arange(1, y.size + 1).reshape(y.shape) });
    const { grad } = x;
    const found = Array.from((grad as Tensor).toTypedArray());
    x.grad = null;
    grad?.dispose();
    return found;
  });
}

const CASES: [name: string, f: (x: Tensor) => Tensor, values: number[] | number[][], gradient: number[]][] = [
  ["prod with one zero", (x) => x.prod(), [2, 0, 3], [0, 6, 0]],
  ["prod with two zeros", (x) => x.prod(), [2, 0, 0], [0, 0, 0]],
  ["cumprod with a zero", (x) => x.cumprod(0), [2, 0, 3, 4], [1, 4 + 18 + 96, 0, 0]],
  ["cumprod with two zeros", (x) => x.cumprod(0), [2, 0, 3, 0, 5], [1, 4 + 18, 0, 0, 0]],
  ["norm 2 at 0", (x) => x.norm(), [0, 0, 0], [0, 0, 0]],
  [
    "norm 2 of rows, one of them 0",
    (x) => x.norm(2, 1),
    [
      [0, 0],
      [3, 4],
    ],
    [0, 0, 1.2, 1.6],
  ],
  ["norm 1 at 0", (x) => x.norm(1), [0, -2], [0, -1]],
  ["norm 3 at 0", (x) => x.norm(3), [0, 0], [0, 0]],
  ["norm 0.5 with a 0", (x) => x.norm(0.5), [0, 4], [0, 1]],
  ["norm of the largest, shared", (x) => x.norm(inf), [2, -2, 1], [0.5, -0.5, 0]],
  ["norm of the smallest, shared", (x) => x.norm(-inf), [2, -1, 1], [0, -0.5, 0.5]],
  ["norm 0", (x) => x.norm(0), [0, 3], [0, 0]],
  ["amax shares", (x) => x.amax(), [2, 1, 2], [0.5, 0, 0.5]],
  ["max(dim) chooses the first", (x) => x.max(0).values, [2, 1, 2], [1, 0, 0]],
  ["median shares", (x) => x.median(), [2, 1, 2, 5], [0.5, 0, 0.5, 0]],
  ["median(dim) chooses one", (x) => x.median(0).values, [2, 1, 2, 5], [1, 0, 0, 0]],
  ["nanmedian leaves NaN out", (x) => x.nanmedian(), [3, nan, 3, 9], [0.5, 0, 0.5, 0]],
  ["cummax goes to the last of equals", (x) => x.cummax(0).values, [1, 1, 0], [1, 2 + 3, 0]],
  ["cummin goes to the last of equals", (x) => x.cummin(0).values, [1, 1, 2], [1, 2 + 3, 0]],
  ["sort", (x) => x.sort({ descending: true }).values, [1, 3, 2], [3, 1, 2]],
  ["topk", (x) => x.topk(2).values, [1, 3, 2], [0, 1, 2]],
  ["quantile between two", (x) => x.quantile(0.25), [4, 1, 3], [0, 0.5, 0.5]],
  ["nansum", (x) => x.nansum(), [1, nan, 2], [1, 0, 1]],
  ["nanmean", (x) => x.nanmean(), [1, nan, 2], [0.5, 0, 0.5]],
  ["std of a constant", (x) => x.std(), [2, 2, 2], [0, 0, 0]],
  ["logcumsumexp far apart", (x) => x.logcumsumexp(0), [-500, 500], [1, 2]],
];

test.each(CASES)("%s", (_, f, values, gradient) => {
  gradientOf(f, values).forEach((g, i) => {
    expect(g).toBeCloseTo(gradient[i] as number, 5);
  });
});

test("max(x) and norms of NaN are NaN, and so is what depends on them", () => {
  expect(scope(() => tensor([1, nan]).norm().item())).toBeNaN();
  expect(scope(() => tensor([1, nan]).norm(inf).item())).toBeNaN();
  expect(scope(() => tensor([1, nan]).norm(3).item())).toBeNaN();
  expect(scope(() => tensor([1, nan]).norm(0).item())).toBe(2);
});

/** The derivative of a sum over the first derivative of sum(c y^2), which gradcheck compares with differences. */
const SECOND: [name: string, f: (x: Tensor) => Tensor, values: number[] | number[][]][] = [
  [
    "prod",
    (x) => x.prod(1),
    [
      [1.1, -0.7, 0.9],
      [0.4, 1.3, -1.2],
    ],
  ],
  ["prod with a zero", (x) => x.prod(), [1.1, 0, -0.7]],
  ["prod with two zeros", (x) => x.prod(), [1.1, 0, -0.7, 0]],
  ["cumprod", (x) => x.cumprod(0), [1.1, -0.7, 0.9, 1.2]],
  ["cumprod with two zeros", (x) => x.cumprod(0), [1.1, 0, 0.9, 0, 0.8]],
  [
    "logcumsumexp",
    (x) => x.logcumsumexp(1),
    [
      [0.3, -0.5, 0.8],
      [1.2, 0.1, -0.4],
    ],
  ],
  [
    "norm",
    (x) => x.norm(2, 1),
    [
      [0.3, -0.5, 0.8],
      [1.2, 0.1, -0.4],
    ],
  ],
  ["norm 3", (x) => x.norm(3), [0.3, -0.5, 0.8]],
  ["variance", (x) => x.variance(), [0.3, -0.5, 0.8]],
  ["varMean", (x) => sg.varMean(x)[0], [0.3, -0.5, 0.8]],
  [
    "cov",
    (x) => x.cov(),
    [
      [0.3, -0.5, 0.8],
      [1.2, 0.1, -0.4],
    ],
  ],
  [
    "corrcoef",
    (x) => x.corrcoef(),
    [
      [0.3, -0.5, 0.8, 0.1],
      [1.2, 0.1, -0.4, -0.9],
    ],
  ],
  ["sort", (x) => x.sort().values, [0.3, -0.5, 0.8]],
  ["topk", (x) => x.topk(2).values, [0.3, -0.5, 0.8]],
  ["kthvalue", (x) => x.kthvalue(2).values, [0.3, -0.5, 0.8]],
  ["median", (x) => x.median(), [0.3, -0.5, 0.8]],
  ["quantile", (x) => x.quantile(0.3), [0.3, -0.5, 0.8]],
  ["mode", (x) => x.mode().values, [0.3, -0.5, 0.8]],
  ["cummax", (x) => x.cummax(0).values, [0.3, -0.5, 0.8]],
  ["cummin", (x) => x.cummin(0).values, [0.3, -0.5, 0.8]],
  ["diff", (x) => x.diff(), [0.3, -0.5, 0.8]],
  ["nansum", (x) => x.nansum(), [0.3, -0.5, 0.8]],
  ["nanmean", (x) => x.nanmean(), [0.3, -0.5, 0.8]],
];

describe("second derivatives", () => {
  test.each(SECOND)("%s", (_, f, values) =>
    scope(() => {
      const first = (x: Tensor): Tensor => {
        const y = f(x);
        const weights = sg.linspace(0.5, 1.5, y.size).reshape(y.shape);
        const slope = sg.grad((z) => f(z).square().mul(weights).sum())(x);
        return slope.mul(sg.linspace(-1, 1.3, x.size).reshape(x.shape)).sum();
      };
      expect(gradcheck(first, [tensor(values)])).toBe(true);
    }),
  );
});
