// Two files of src/wasm/threads are written by machine. `npx vitest run test/wasm/threadsText.test.ts -u` writes them anew.
import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";
import type { Kernels } from "../../src/wasm/kernels.js";
import type { Split } from "../../src/wasm/threads/split.js";
import { SPLITS } from "../../src/wasm/threads/table.js";

const FOLDER = "../../src/wasm/threads";

test("workerText.ts is worker.ts, bundled and made small", async () => {
  const { outputFiles } = buildSync({
    entryPoints: ["src/wasm/threads/worker.ts"],
    ...{ bundle: true, minify: true, write: false, format: "iife", target: "es2022" },
  });
  const text = (outputFiles[0]?.text ?? "").trim();
  const file = `// worker.ts and what it imports as one text; written by test/wasm/threadsText.test.ts.\nexport const workerText: string =\n  '${text}';\n`;
  await expect(file).toMatchFileSnapshot(`${FOLDER}/workerText.ts`);
});

/** A kernel behind a look at what the call costs. */
function front(name: keyof Kernels, split: Split, parameters: readonly string[]): string {
  const all = parameters.join(", ");
  if (typeof split.cost === "function") return `  ${name}: (...args) => t.fork("${name}", args),`;
  const [ns, ...factors] = split.cost;
  const cost = [Number(ns.toPrecision(3)), ...factors.map((at) => parameters[at])].join(" * ");
  return `  ${name}: (${all}) => (${cost} < t.leastNs ? t.plain.${name}(${all}) : t.fork("${name}", [${all}])),`;
}

test("front.ts has every kernel of the table, with its cost", async () => {
  const declared = readFileSync("src/wasm/generated/kernels.ts", "utf8").matchAll(/^ {2}(\w+)\((.*)\): \w+;$/gm);
  const parameters = new Map([...declared].map(([, name = "", list = ""]) => [name, list.match(/\w+(?=:)/g) ?? []]));
  const lines = Object.entries(SPLITS).map(([name, split]) => front(name as keyof Kernels, split, parameters.get(name) ?? []));
  const file = `// The kernels that threads split, each with a look at what a call costs in front; written by test/wasm/threadsText.test.ts from table.ts.
// One function each, not one for all: engines inline a kernel where only one is called.
// biome-ignore-all format: one line for each kernel
import type { Kernels } from "../generated/kernels.js";

/** What stands behind a front. */
export interface Behind {
  readonly plain: Kernels;
  /** Calls that cost less run at once. */
  readonly leastNs: number;
  fork(kernel: keyof Kernels, args: readonly number[]): void;
}

export const frontOf = (t: Behind): Partial<Kernels> => ({
${lines.join("\n")}
});
`;
  await expect(file).toMatchFileSnapshot(`${FOLDER}/front.ts`);
});
