// Cuts: a kernel that does its work in the smallest parts there are, one after the other, writes what it writes at once; and the
// declarations suit the kernels.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkSplits, signaturesIn, threadFiles } from "../../scripts/threads.mjs";
import { compileKernels, instantiate } from "../../src/wasm/kernels.js";
import { allocate } from "../../src/wasm/memory.js";
import { type Kernel, MOST_ARGUMENTS, MOST_CALLS } from "../../src/wasm/threads/control.js";
import { along, flat, type SplitOf } from "../../src/wasm/threads/cuts/cut.js";
import { SPLITS as DECLARED } from "../../src/wasm/threads/cuts/index.js";
import type { Name, Split } from "../../src/wasm/threads/splits.js";
import { cutStretches } from "../../src/wasm/threads/stretches.js";
import { Desk, giveScratch, type Maker, parametersOf, SPLITS, WORKLOADS } from "./workloads.js";

/** Bytes for the partial results of any call. */
const SHARED_BYTES = 1 << 20;
const THREADS = 8;

const names = [...SPLITS.keys()];
const k = instantiate(compileKernels());
const call = (name: Name, args: readonly number[]): void => (k[name] as unknown as Kernel)(...args);

/** Does the work of a call in its smallest parts, from the last to the first, and its last step. */
function inParts(name: Name, split: Split, args: number[], shared: number): void {
  const cut = split.cut(args, THREADS, k) ?? cutStretches(name, args);
  const units = cut ? Math.floor(cut.total / cut.unit) : 0;
  if (!cut || units < 2) {
    call(name, args);
    return;
  }
  for (let unit = units - 1; unit >= 0; unit--) {
    const from = unit * cut.unit;
    const size = unit === units - 1 ? cut.total - from : cut.unit;
    if ("calls" in cut) {
      const calls = cut.calls(from, size, shared);
      expect(calls.length).toBeLessThanOrEqual(MOST_CALLS);
      for (const step of calls) call(step.kernel, step.args);
    } else call(name, cut.partOf(from, size));
  }
  if ("calls" in cut) cut.finish(k, shared);
}

test("the table has the kernels that are declared, and there are calls for each", () => {
  expect([...names].sort()).toEqual(Object.keys(DECLARED).sort());
  expect(names.filter((name) => !(name in WORKLOADS))).toEqual([]);
});

describe("parts write the same bytes as the whole", () => {
  const desk = new Desk(1, false);
  const shared = allocate(SHARED_BYTES);

  test.each(names)("%s", (name) => {
    const split = SPLITS.get(name) as Split;
    const wrong: string[] = [];
    for (let i = 0; i < (split.work >= 0 ? 60 : 8); i++) {
      const args = (WORKLOADS[name] as Maker)(desk, k);
      giveScratch(desk, k, name, args);
      expect(args.length).toBe(parametersOf(name).all.length);
      desk.take();
      call(name, args);
      const whole = desk.take();
      inParts(name, split, args, shared);
      const parts = desk.take();
      desk.done();
      if (Buffer.compare(whole, parts) !== 0) wrong.push(args.join(", "));
    }
    expect(wrong).toEqual([]);
  });
});

describe("the compiler refuses a declaration", () => {
  // Each of these is an error of types, which `npm run typecheck` expects; there is nothing to run.
  const declared = <K extends Name>(_: SplitOf<K>): void => undefined;
  const product = { cost: [1, "m"], writes: ["c"], scratch: 0 } as const;

  test("that does not suit the kernel", () => {
    // @ts-expect-error a pointer is missing: b
    declared<"add">({ cost: [1, "rows"], cuts: [along("rows", 1, { a: 4, out: 4 })] });
    // @ts-expect-error there is no pointer y
    declared<"relu">({ cost: [1, "n"], writes: ["y"], cuts: [along("n", 1, { x: 4, out: 4 })] });
    // @ts-expect-error there is no number rows
    declared<"relu">({ cost: [1, "n"], cuts: [along("rows", 1, { x: 4, out: 4 })] });
    // @ts-expect-error the cost depends on a pointer
    declared<"relu">({ cost: [1, "x"], cuts: [along("n", 1, { x: 4, out: 4 })] });
    // @ts-expect-error a kernel of other pointers
    declared<"reluGrad">(flat(1, { x: 4, out: 4 }));
    // @ts-expect-error a kernel that has all these pointers, and one more
    declared<"neg">(flat(1, { x: 4, y: 4, out: 4 }));
    // @ts-expect-error neither is it said what it writes, nor is there a pointer out
    declared<"axpy">(flat(1, { x: 4, y: 4 }));
    // @ts-expect-error scratch is missing
    declared<"gemmPacked">({ ...product, scratch: undefined, cuts: [along("m", 1, { a: 4, packed: 0, c: 4, biasCol: 0 })] });
    // @ts-expect-error a pointer that all parts share is not mentioned: biasCol
    declared<"gemmPacked">({ ...product, cuts: [along("m", 1, { a: 4, packed: 0, c: 4 })] });
    declared<"gemmPacked">({ ...product, cuts: [along("m", 1, { a: 4, packed: 0, c: 4, biasCol: 0 })] });
    declared<"neg">(flat(1, { x: 4, out: 4 }));
  });
});

describe("the build refuses a declaration", () => {
  const kernel = (name: string, pointers: string[], numbers: string[]): string =>
    `/**\n * assembly/${name}\n${[...pointers.map((p) => ` * @param ${p} \`usize\``), ...numbers.map((n) => ` * @param ${n} \`i32\``)].join("\n")}\n */\n${name}(): void;\n`;
  const signatures = signaturesIn(kernel("relu", ["x", "out"], ["n"]) + kernel("gemm", ["a", "c", "work"], ["m"]));
  const relu = { cost: [1, "n"], cuts: [] } as const;
  const gemm = { cost: [1, "m"], writes: ["c"], scratch: 0, cuts: [] } as const;
  const withCut = (...cut: Parameters<typeof along>): Parameters<typeof checkSplits>[0] => ({ relu: { ...relu, cuts: [along(...cut)] } });

  test.each<[string, Parameters<typeof checkSplits>[0], string]>([
    ["of no kernel", { rely: relu }, "rely is no kernel"],
    ["whose cost names no number", { relu: { ...relu, cost: [1, "N"] } }, "relu: N is not among its numbers n"],
    ["whose cost is divided by no number", { relu: { ...relu, costPer: "G" } }, "relu: G is not among its numbers n"],
    ["that writes through no pointer of it", { relu: { ...relu, writes: ["dx"] } }, "relu: dx is not among its pointers x, out"],
    [
      "that does not say what it writes",
      { gemm: { cost: [1, "m"], scratch: 0, cuts: [] } },
      "gemm: out is not among its pointers a, c, work",
    ],
    [
      "without scratch for work",
      { gemm: { cost: [1, "m"], writes: ["c"], cuts: [] } },
      "gemm: scratch is declared by kernels with a pointer work",
    ],
    ["with scratch for nothing", { relu: { ...relu, scratch: 0 } }, "relu: scratch is declared by kernels with a pointer work"],
    ["that cuts along no number", withCut("rows", 1, {}), "relu: rows is not among its numbers n"],
    ["that advances no pointer of it", withCut("n", 1, { y: 4 }), "relu: y is not among its pointers x, out"],
    ["with a formula of no number", withCut("n", 1, { x: "4*n max k" }), "relu: k is not among its numbers n"],
    ["with a formula of a pointer", withCut("n", "x", {}), "relu: x is not among its numbers n"],
    ["with a formula that calls no kernel", { gemm: { ...gemm, scratch: "room(m)" } }, "gemm: room is no kernel"],
    ["that counts no number", withCut("n", 1, {}, { counts: { m: 1 } }), "relu: m is not among its numbers n"],
    ["that steps no number", withCut("n", 1, {}, { steps: { m: 1 } }), "relu: m is not among its numbers n"],
  ])("%s", (_, splits, message) => {
    expect(() => checkSplits(splits, signatures, 40)).toThrow(message);
  });

  test("no other", () => {
    expect(() => checkSplits({ relu, gemm }, signatures, 4)).not.toThrow();
  });

  test("also a kernel with more arguments than a program of control.ts holds", () => {
    expect(() => checkSplits({}, signatures, 3)).toThrow("gemm has 4 arguments, a program holds 3; raise MOST_ARGUMENTS in control.ts");
    const counts = [...signaturesIn(readFileSync("src/wasm/generated/kernels.ts", "utf8")).values()].map(({ length }) => length);
    expect(Math.max(...counts)).toBeGreaterThan(20);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_ARGUMENTS);
  });
});

test("the generated files belong to these sources; `npm run build` writes them", async () => {
  for (const [path, content] of Object.entries(await threadFiles())) expect(readFileSync(path, "utf8") === content, path).toBe(true);
});
