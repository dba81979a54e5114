// Groups of kernels that are registered while the program runs, as an import() does, and methods that only some programs have.
import { setThreads, tensor, trim } from "simdgrad";
import { afterAll, describe, expect, test } from "vitest";
import * as nnMethods from "../../src/nn/methods.js";
import * as moreMethods from "../../src/ops/moreMethods.js";
import { MORE_METHODS } from "../../src/ops/moreNames.js";
import { text } from "../../src/wasm/generated/text/optim.js";
import { addGroup, type Kernels } from "../../src/wasm/kernels.js";

afterAll(() => setThreads(1));

/** Registers the group of the optimizers once more; `kernels` are what its operations would call. */
function register(): { readonly kernels: Kernels } {
  const group = { kernels: undefined as unknown as Kernels };
  group.kernels = addGroup(text, (kernels) => {
    group.kernels = kernels;
  });
  return group;
}

/** One step of SGD without momentum: p -= 0.5 * g. */
function step({ kernels }: { readonly kernels: Kernels }): unknown {
  const [p, g] = [tensor([1, 2]), tensor([2, 2])];
  const table = tensor([2, p.ptr, g.ptr, 0, 0, 0], { dtype: "int32" });
  kernels.sgd(table.ptr, 0, 2, 0, 0, 0.5, 0, 0);
  return p.toArray();
}

describe("a group that comes later", () => {
  test("is linked when one of its kernels is first looked up", () => {
    expect(tensor([1]).add(1).item()).toBe(2); // kernels are loaded
    const group = register();
    const lookup = group.kernels;
    expect(step(group)).toEqual([0, 1]);
    expect(group.kernels).not.toBe(lookup);
    expect(step(group)).toEqual([0, 1]);
  });

  test("runs on the calling thread while threads run, and after they have ended", async () => {
    expect(await setThreads(2)).toBe(2);
    const group = register();
    expect(step(group)).toEqual([0, 1]);
    const x = tensor(new Float32Array(300_000).fill(1.5));
    expect(x.add(x).sum().item()).toBe(900_000); // still on two threads
    await setThreads(1);
    expect(step(group)).toEqual([0, 1]);
    trim();
    expect(step(group)).toEqual([0, 1]);
    expect(await setThreads(2)).toBe(2);
    expect(step(group)).toEqual([0, 1]);
  });

  test("is linked while the number of threads changes", async () => {
    await setThreads(2);
    const changing = setThreads(3);
    const group = register();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(step(group)).toEqual([0, 1]);
    expect(await changing).toBe(3);
    expect(step(group)).toEqual([0, 1]);
  });
});

test("the names of ops/moreNames.ts are those of ops/moreMethods.ts, and simdgrad/nn adds some of them", () => {
  expect(MORE_METHODS).toEqual(Object.keys(moreMethods).sort());
  for (const [name, operation] of Object.entries(nnMethods)) expect(moreMethods).toHaveProperty(name, operation);
});
