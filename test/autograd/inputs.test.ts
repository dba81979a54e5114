// backward({ inputs }): the gradients of some leaves only.
import { GradError, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";

const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });
const gradOf = (x: Tensor): unknown => x.grad?.toArray();

test("only the leaves that are named get a gradient", () => {
  const [a, b, c] = [leaf([1, 2]), leaf([3, 4]), leaf([5, 6])];
  const loss = (): Tensor => a.mul(b).mul(c).sum();
  loss().backward({ inputs: [a, c] });
  expect([a, b, c].map(gradOf)).toEqual([[15, 24], undefined, [3, 8]]);
  loss().backward({ inputs: b });
  loss().backward({ inputs: [a, a] });
  expect([a, b, c].map(gradOf)).toEqual([
    [30, 48],
    [5, 12],
    [3, 8],
  ]);
});

test("what leads to no named leaf is not gone through, and is freed with the graph", () => {
  const [a, b] = [leaf([4]), leaf([9])];
  const calls: string[] = [];
  const root = b.sqrt();
  root.registerHook(() => void calls.push("b"));
  const y = a.mul(2);
  y.registerHook(() => void calls.push("a"));
  const loss = y.add(root).sum();
  loss.backward({ inputs: a, retainGraph: true });
  expect([calls, gradOf(a), gradOf(b)]).toEqual([["a"], [2], undefined]);
  loss.backward();
  expect([gradOf(a), gradOf(b)?.toString().slice(0, 6)]).toEqual([[4], "0.1666"]);
});

test("a leaf that the result does not depend on gets none", () => {
  const [a, b] = [leaf([1]), leaf([2])];
  a.mul(2).backward({ inputs: [a, b] });
  expect([gradOf(a), gradOf(b)]).toEqual([[2], undefined]);
});

test.each([
  ["a result", (a: Tensor) => [a.mul(2)]],
  ["a tensor without a gradient", () => [tensor([1])]],
  ["nothing", () => []],
  ["no tensor", () => [3]],
  ["null", () => [null]],
])("%s is refused", (_, inputs) => {
  const a = leaf([1]);
  const y = a.mul(2);
  const call = (): void => y.backward({ inputs: inputs(a) as Tensor[] });
  expect(call).toThrow(GradError);
  expect(call).toThrow(/backward: inputs must be leaves that require a gradient, got \[/);
  y.backward();
  expect(gradOf(a)).toEqual([2]);
});
