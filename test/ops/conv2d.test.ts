// The `fast` option of conv2d: nearly the same numbers, forward and backward, by other sums.
import { cat, conv2d, nn, randn, scope, type Tensor, zeros } from "simdgrad";
import { expect, test } from "vitest";

const largest = (values: ArrayLike<number>): number => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);

function expectNear(got: Tensor, wanted: Tensor): void {
  const [a, b] = [got.toTypedArray(), wanted.toTypedArray()];
  expect(a).not.toEqual(b);
  expect(largest(a.map((v, i) => v - (b[i] as number)))).toBeLessThan(4e-6 * largest(b));
}

test("fast changes the last digits of values and of the gradient of x", () =>
  scope(() => {
    const weight = randn([16, 16, 3, 3]);
    const bias = randn([16]);
    const g = randn([2, 16, 14, 14]);
    const [x, y] = [randn([2, 16, 14, 14], { requiresGrad: true }), randn([2, 16, 14, 14], { requiresGrad: true })];
    y.detach().copy_(x.detach());
    const [exact, fast] = [conv2d(x, weight, bias, { padding: 1 }), conv2d(y, weight, bias, { padding: 1, fast: true })];
    expectNear(fast, exact);
    exact.backward({ gradient: g });
    fast.backward({ gradient: g });
    expectNear(y.grad as Tensor, x.grad as Tensor);
  }));

test("padding by side gives what a padded image gives, also the gradients of fast", () =>
  scope(() => {
    const weight = randn([16, 16, 3, 3]);
    const [x, y] = [randn([2, 16, 11, 10], { requiresGrad: true }), zeros([2, 16, 11, 10], { requiresGrad: true })];
    y.detach().copy_(x.detach());
    const rows = cat([zeros([2, 16, 2, 10]), x, zeros([2, 16, 1, 10])], 2);
    const exact = conv2d(cat([rows, zeros([2, 16, 14, 3])], 3), weight);
    const padding = [
      [2, 1],
      [0, 3],
    ] as const;
    const fast = conv2d(y, weight, null, { padding, fast: true });
    expectNear(fast, exact);
    const g = randn(exact.shape);
    exact.backward({ gradient: g });
    fast.backward({ gradient: g });
    expectNear(y.grad as Tensor, x.grad as Tensor);
  }));

test("fast is an option of the layer, shown when set", () => {
  const plain = new nn.Conv2d(16, 16, 3, { padding: 1 });
  const fast = new nn.Conv2d(16, 16, 3, { padding: 1, fast: true });
  fast.loadStateDict(plain.stateDict());
  expect(String(plain)).not.toContain("fast");
  expect(String(fast)).toContain("fast=true");
  scope(() => {
    const x = randn([1, 16, 14, 14]);
    expectNear(fast.call(x), plain.call(x));
  });
  plain.dispose();
  fast.dispose();
});
