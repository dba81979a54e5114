// Statistics of numbers whose mean is large beside their spread, or whose spread is nothing.
import { batchNorm, full, gradcheck, layerNorm, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, test } from "vitest";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const ALL_ZERO = (x: Tensor): void => expect(numbers(x).every((v) => v === 0)).toBe(true);

/** The gradient of a leaf, which has none afterwards. */
function takeGrad(x: Tensor): Tensor {
  const { grad } = x;
  x.grad = null;
  return grad as Tensor;
}

/** Mean and biased variance in float64. */
function statistics(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length };
}

const FAR = Array.from({ length: 16 }, (_, i) => Math.fround(10000 + i * 1e-3));
const FARTHER = [1e7, 1e7 + 1, 1e7 + 2, 1e7 + 3];

describe("one value, many times", () => {
  test("is 0 after layer norm", () => scope(() => ALL_ZERO(layerNorm(full([2, 300], 123456.789), 300))));

  test("is 0 after batch norm", () =>
    scope(() => {
      ALL_ZERO(batchNorm(full([64, 1, 28, 28], 1e6 + 0.3), null, null, { training: true }));
      ALL_ZERO(batchNorm(full([64, 3], 1e6 + 0.3), null, null, { training: true }));
    }));

  test("has variance and deviation 0", () =>
    scope(() => {
      const x = full([300], 123456.789);
      expect([x.variance().item(), x.std().item(), x.std({ correction: 0 }).item()]).toEqual([0, 0, 0]);
    }));

  test("has a deviation with gradient 0", () =>
    scope(() => {
      const x = tensor([1, 1, 1, 1], { requiresGrad: true });
      x.std().backward();
      expect(numbers(x.grad as Tensor)).toEqual([0, 0, 0, 0]);
      const y = zeros([4, 3], { requiresGrad: true });
      y.std(0).mean().backward();
      ALL_ZERO(y.grad as Tensor);
      const z = tensor([1, 1, 1, 1, 2, 3], { shape: [2, 3], requiresGrad: true });
      z.std(1).sum().backward();
      expect(numbers(z.grad as Tensor)).toEqual([0, 0, 0, -0.5, 0, 0.5]);
    }));

  test("has a deviation with a finite second derivative", () =>
    scope(() => {
      const x = tensor([2, 2, 2, 1, 2, 4], { shape: [2, 3], requiresGrad: true });
      x.std(1).square().sum().backward({ createGraph: true });
      takeGrad(x).square().sum().backward();
      expect(numbers(takeGrad(x)).every(Number.isFinite)).toBe(true);
    }));
});

describe.each([
  ["10000 and 1/1000 apart", FAR],
  ["ten million and 1 apart", FARTHER],
])("values near %s", (_, values) => {
  const { mean, variance } = statistics(values);
  const normal = values.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
  const expectNormal = (got: Tensor): void =>
    numbers(got).forEach((v, i) => void expect(Math.abs(v - (normal[i] as number))).toBeLessThan(4e-6));

  test("are normalised as in float64", () =>
    scope(() => {
      expectNormal(layerNorm(tensor(values), values.length));
      expectNormal(batchNorm(tensor(values, { shape: [values.length, 1] }), null, null, { training: true }));
      expectNormal(batchNorm(tensor(values, { shape: [1, 1, values.length] }), null, null, { training: true }));
    }));

  test("have the variance and deviation of float64", () =>
    scope(() => {
      const x = tensor(values);
      expect(x.variance({ correction: 0 }).item() / variance).toBeCloseTo(1, 5);
      expect(x.std({ correction: 0 }).item() / Math.sqrt(variance)).toBeCloseTo(1, 5);
    }));

  test("have the gradients of the same values near 0", () =>
    scope(() => {
      const weights = tensor(values.map((_, i) => Math.sin(3 * i)));
      const gradients = (from: number): number[][] => {
        const x = tensor(
          values.map((v) => v - from),
          { requiresGrad: true },
        );
        const scale = tensor(
          values.map(() => 1),
          { requiresGrad: true },
        );
        layerNorm(x, values.length, { weight: scale }).mul(weights).sum().backward();
        const layer = numbers(takeGrad(x));
        x.std().backward();
        return [layer, numbers(takeGrad(scale)), numbers(takeGrad(x))];
      };
      const [far, near] = [gradients(0), gradients(values[0] as number)];
      far.forEach((of, which) => {
        const largest = Math.max(1, ...(near[which] as number[]).map(Math.abs));
        of.forEach((v, i) => void expect(Math.abs(v - (near[which]?.[i] as number)) / largest).toBeLessThan(1e-5));
      });
    }));
});

test("the deviation's gradient agrees with differences", () =>
  scope(() => {
    const x = tensor([0.3, -1.2, 0.7, 2, 1.1, -0.4], { shape: [2, 3], requiresGrad: true });
    expect(gradcheck((t: Tensor) => t.std(1).square().square().sum(), [x])).toBe(true);
  }));
