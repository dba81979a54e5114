// The baseline build is derived from the relaxed one (scripts/pack/derive.mjs), and the package's file of it has other variables
// (scripts/files.mjs): the kernels of both give the bytes of those that the compiler wrote.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { instantiate, type Kernels } from "../../src/wasm/kernels.js";
import type { Kernel } from "../../src/wasm/threads/control.js";
import { Desk, giveScratch, type Maker, WORKLOADS } from "./workloads.js";

const read = (path: string): Kernels => instantiate(new WebAssembly.Module(readFileSync(path) as BufferSource));
const compiled = read("build/compiled/baseline.wasm");
const builds = ["build/baseline.wasm", "dist/wasm/modules/baseline.wasm"].map((path) => ({ path, kernels: read(path) }));
const names = Object.keys(WORKLOADS) as (keyof Kernels)[];

describe.each(builds)("$path", ({ kernels }) => {
  test.each(names)("%s", (name) => {
    const desk = new Desk(1, false);
    for (let i = 0; i < 12; i++) {
      const args = (WORKLOADS[name] as Maker)(desk, kernels);
      giveScratch(desk, kernels, name, args);
      desk.take();
      (compiled[name] as unknown as Kernel)(...args);
      const wanted = desk.take();
      (kernels[name] as unknown as Kernel)(...args);
      expect(Buffer.compare(desk.take(), wanted), `${name}(${args.join(", ")})`).toBe(0);
      desk.done();
    }
  });
});
