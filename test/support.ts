// What several test files share: numbers compared within a tolerance, and what is alive in memory.
import { memory, type NestedNumbers, Tensor } from "simdgrad";
import { expect } from "vitest";

const flatten = (values: NestedNumbers): number[] => (typeof values === "object" ? values.flatMap(flatten) : [Number(values)]);

const numbersOf = (values: Tensor | NestedNumbers): number[] =>
  values instanceof Tensor ? Array.from(values.toTypedArray()) : flatten(values);

/** Every number within `tolerance` of the one wanted, relative where that is above 1; shapes must agree when both are known. */
export function expectClose(got: Tensor | NestedNumbers, wanted: Tensor | NestedNumbers, tolerance = 1e-6): void {
  if (got instanceof Tensor && wanted instanceof Tensor) expect(got.shape).toEqual(wanted.shape);
  const [a, b] = [numbersOf(got), numbersOf(wanted)];
  expect(a.length).toBe(b.length);
  b.forEach((value, i) => {
    const number = a[i] as number;
    const near = Object.is(number, value) || Math.abs(number - value) <= tolerance * Math.max(1, Math.abs(value));
    if (!near) expect.fail(`element ${i} is ${number}, expected ${value} within ${tolerance}`);
  });
}

/** Blocks and bytes in use; equal before and after means that nothing leaked. */
export function live(): { liveTensors: number; liveBytes: number } {
  const { liveTensors, liveBytes } = memory();
  return { liveTensors, liveBytes };
}

/** Lets the garbage collector and its callbacks run until `done`, or a few dozen times. */
export async function collectUntil(done: () => boolean): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error("the tests of the collector need node --expose-gc");
  for (let round = 0; round < 50 && !done(); round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Lets the collector free what earlier tests left, so that it does not free it while a test counts. */
export async function collectLeftovers(): Promise<void> {
  let [tensors, unchanged] = [-1, 0];
  await collectUntil(() => {
    const now = memory().liveTensors;
    unchanged = now === tensors ? unchanged + 1 : 0;
    tensors = now;
    return unchanged === 3;
  });
}
