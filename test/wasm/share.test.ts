// Modules made for a shared memory: only the declaration of the memory changes.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shareMemory } from "../../src/wasm/modules/share.js";

/** A module that imports a memory with the given limits and exports a function that reads from it; two sections come before and after. */
function moduleWith(limits: readonly number[]): Uint8Array {
  const imports = [1, 1, 101, 1, 109, 2, ...limits]; // one import, "e" "m", a memory
  const type = [1, 96, 1, 127, 1, 127]; // (i32) -> i32
  const body = [0, 32, 0, 40, 2, 0, 11]; // no locals, local.get 0, i32.load, end
  return Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...[1, type.length, ...type],
    ...[2, imports.length, ...imports],
    ...[3, 2, 1, 0],
    ...[7, 5, 1, 1, 114, 0, 0], // exports "r"
    ...[10, body.length + 2, 1, body.length, ...body],
  );
}

const shared = new WebAssembly.Memory({ initial: 300, maximum: 65536, shared: true });

test.each([
  ["a minimum", [0, 1]],
  ["a minimum of two bytes", [0, 172, 2]],
  ["a maximum", [1, 1, 128, 2]],
])("limits with %s", (_, limits) => {
  const module = new WebAssembly.Module(shareMemory(moduleWith(limits)));
  const { r } = new WebAssembly.Instance(module, { e: { m: shared } }).exports as { r: (at: number) => number };
  new Int32Array(shared.buffer)[3] = 42;
  expect(r(12)).toBe(42);
});

test.each(["baseline", "relaxed"] as const)("the %s kernels take a shared memory, and export what they did", (build) => {
  const before = new WebAssembly.Module(readFileSync(`build/${build}.wasm`));
  const after = new WebAssembly.Module(shareMemory(readFileSync(`build/${build}.wasm`)));
  expect(WebAssembly.Module.exports(after)).toEqual(WebAssembly.Module.exports(before));
  expect(() => new WebAssembly.Instance(after, { env: { memory: shared } })).not.toThrow();
  expect(() => new WebAssembly.Instance(before, { env: { memory: shared } })).toThrow(WebAssembly.LinkError);
});

test("a module with other imports is refused", () => {
  const bytes = moduleWith([0, 1]);
  bytes[18] = 2; // two imports
  expect(() => shareMemory(bytes)).toThrow("expected one import, a memory");
});
