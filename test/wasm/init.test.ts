// Choosing a build and a limit.
import { readFileSync } from "node:fs";
import { ArgError, init, MemoryError, memory, runtime, StateError, tensor, zeros } from "simdgrad";
import { afterEach, expect, test } from "vitest";

const { limitBytes } = memory();
afterEach(() => init({ limitBytes }));

test("the build cannot change once kernels run", async () => {
  const { simd } = runtime();
  await init({ simd });
  await init();
  const other = simd === "baseline" ? "relaxed" : "baseline";
  await expect(init({ simd: other })).rejects.toThrow(StateError);
  await expect(init({ simd: other })).rejects.toThrow(`the ${simd} kernels already run`);
  expect(runtime().simd).toBe(simd);
});

test("a limit is kept, and one below what is in use refused", async () => {
  const held = zeros(1000);
  await init({ limitBytes: 1e6 });
  expect(memory().limitBytes).toBe(1e6);
  expect(() => zeros(1e6)).toThrow(MemoryError);
  expect(tensor([1]).add(1).item()).toBe(2);
  await expect(init({ limitBytes: 100 })).rejects.toThrow(ArgError);
  held.dispose();
});

test("the report has the package's version", () => {
  expect(runtime().version).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
});
