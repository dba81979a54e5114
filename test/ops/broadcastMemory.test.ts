// Operands that broadcast are walked where they lie: an operation takes no more memory than its result.
import { matmul, memory, type Tensor, where, zeros } from "simdgrad";
import { expect, test } from "vitest";

/** Small tensors on the way. */
const SLACK = 1.01;

const mask = (...shape: number[]): Tensor => zeros(shape, { dtype: "bool" });

// Each result is larger than the one before it: the highest peak so far is never above the next bound.
const cases: [name: string, size: number, inputs: (n: number) => Tensor[], call: (...inputs: Tensor[]) => Tensor][] = [
  ["add", 256, (n) => [zeros(n, 1), zeros(n)], (a, b) => a.add(b)],
  ["where", 512, (n) => [mask(n, 1), zeros(n), zeros(1, 1)], (c, a, b) => where(c, a, b)],
  ["maskedFill", 724, (n) => [zeros(n, n), mask(n)], (x, m) => x.maskedFill(m, 1)],
  ["logicalAnd", 3000, (n) => [mask(n, 1), mask(n)], (a, b) => a.logicalAnd(b)],
  ["logicalOr", 4300, (n) => [mask(n, 1), mask(n)], (a, b) => a.logicalOr(b)],
  ["matmul", 12, (n) => [zeros(n, 1, 192, 96), zeros(1, n, 96, 192)], (a, b) => matmul(a, b)],
  ["softmax", 3000, (n) => [zeros(n, n)], (x) => x.softmax(0)],
];

test.each(cases)("%s", (_, size, inputs, call) => {
  const made = inputs(size);
  const before = memory();
  const out = call(...made);
  const bytes = out.size * (out.dtype === "bool" ? 1 : 4);
  expect(before.liveBytes + SLACK * bytes).toBeGreaterThan(before.peakBytes);
  expect(memory().peakBytes).toBeLessThan(before.liveBytes + SLACK * bytes);
  for (const t of [...made, out]) t.dispose();
});
