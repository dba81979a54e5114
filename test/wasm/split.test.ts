// Cuts: a kernel that does its work in the smallest parts there are, one after the other, writes what it writes at once.
import { describe, expect, test } from "vitest";
import { compileKernels, instantiate, type Kernels } from "../../src/wasm/kernels.js";
import { allocate } from "../../src/wasm/memory.js";
import type { Kernel } from "../../src/wasm/threads/control.js";
import { callsOf } from "../../src/wasm/threads/fork.js";
import type { Split } from "../../src/wasm/threads/split.js";
import { SPLITS } from "../../src/wasm/threads/table.js";
import { Desk, type Maker, WORKLOADS } from "./workloads.js";

type Name = keyof Kernels;

/** Room for everything a part may need. */
const SCRATCH_BYTES = 1 << 25;
const THREADS = 8;

const names = Object.keys(SPLITS) as Name[];
const k = instantiate(compileKernels(false) as object);
const call = (name: Name, args: readonly number[]): void => (k[name] as unknown as Kernel)(...args);

/** Does the work of a call in its smallest parts, from the last to the first, and its last step. */
function inParts(name: Name, split: Split, args: number[], scratch: number): void {
  const cut = split.cut(args, THREADS, k);
  const units = cut ? Math.floor(cut.total / cut.unit) : 0;
  if (!cut || units < 2) call(name, args);
  else {
    for (let unit = units - 1; unit >= 0; unit--) {
      const from = unit * cut.unit;
      const size = unit === units - 1 ? cut.total - from : cut.unit;
      for (const step of callsOf(name, split, cut.part(from, size, scratch))) {
        call(
          step.kernel,
          step.args.map((value, i) => (step.scratch.includes(i) ? value + scratch : value)),
        );
      }
    }
    cut.finish?.(k, scratch);
  }
}

test("there are calls for every kernel that is split", () => {
  expect(names.filter((name) => !(name in WORKLOADS))).toEqual([]);
});

describe("parts write the same bytes as the whole", () => {
  const desk = new Desk(1, false);
  const scratch = allocate(SCRATCH_BYTES);

  test.each(names)("%s", (name) => {
    const split = SPLITS[name] as Split;
    const wrong: string[] = [];
    for (let i = 0; i < (split.scratch ? 60 : 8); i++) {
      const args = (WORKLOADS[name] as Maker)(desk, k);
      if (split.scratch) args[split.scratch.at(args)] = scratch;
      desk.take();
      call(name, args);
      const whole = desk.take();
      inParts(name, split, args, scratch);
      const parts = desk.take();
      desk.done();
      if (Buffer.compare(whole, parts) !== 0) wrong.push(args.join(", "));
    }
    expect(wrong).toEqual([]);
  });
});
