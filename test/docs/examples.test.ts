// Every example of a public docstring is type-checked and run, and gives what the comment behind it says.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { allExamples, checkedCode, exampleProgram } from "./exampleProgram.js";
import { given } from "./prelude.js";

const run = promisify(execFile);
const FOLDER = "build/docs/examples";

const examples = allExamples();
/** What decides about the kernels of the whole program runs in a program of its own, where `fetch` serves the package's files. */
const ALONE = /^simdgrad: (init|setThreads)\b/;
const serve = `
const { readFileSync } = await import("node:fs");
globalThis.fetch = async (url) =>
  new Response(readFileSync("../../../dist/wasm/modules" + url), { headers: { "content-type": "application/wasm" } });
`;

async function resultsOf(titles: readonly string[], name: string): Promise<Record<string, string>> {
  const file = resolve(FOLDER, `${name}.json`);
  await run(process.execPath, ["--import", "./serve.mjs", "program.mjs", file, ...titles], { cwd: FOLDER, timeout: 120_000 });
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
}

let results: Record<string, string>;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/program.ts`, exampleProgram(examples, Object.keys(given())));
  writeFileSync(`${FOLDER}/serve.mjs`, serve);
  writeFileSync(
    `${FOLDER}/tsconfig.json`,
    JSON.stringify({
      extends: "../../../tsconfig.json",
      compilerOptions: { noUnusedLocals: false, noImplicitReturns: false, rootDir: "../../.." },
      include: ["program.ts"],
    }),
  );
  await build({
    entryPoints: [`${FOLDER}/program.ts`],
    outfile: `${FOLDER}/program.mjs`,
    bundle: true,
    packages: "external",
    tsconfigRaw: {}, // the paths of tsconfig.json lead to the sources
    format: "esm",
    target: "es2022",
  });
  const titles = examples.map(({ title }) => title);
  results = await resultsOf(
    titles.filter((title) => !ALONE.test(title)),
    "together",
  );
  for (const title of titles.filter((one) => ALONE.test(one))) Object.assign(results, await resultsOf([title], "alone"));
});

test("examples are found", () => {
  expect(examples.length).toBeGreaterThan(300);
});

test("the reference tells which values examples use", () => {
  const told = [...readFileSync("scripts/reference/index.md", "utf8").matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names = ""]) =>
    names.split(", ").map((name) => name.replaceAll("`", "")),
  );
  expect(told.sort()).toEqual(Object.keys(given()).sort());
});

test("values in comments are compared", () => {
  expect(checkedCode("tensor([1]).add(1); // [2]")).toBe('await check(async () => (tensor([1]).add(1)), "[2]"); // [2]');
  expect(checkedCode("x.dispose(); x.add(1); // StateError")).toContain('x.dispose(); await check(async () => (x.add(1)), "StateError")');
  expect(checkedCode("x.at(-1); // the last row")).toBe("x.at(-1); // the last row");
  expect(() => checkedCode("const y = x.add(1); // [2]")).toThrow("no value");
});

test("they are right for the compiler", async () => {
  const { stdout } = await run(resolve("node_modules/.bin/tsc"), ["--project", `${FOLDER}/tsconfig.json`]).catch(
    (error: { stdout: string }) => error,
  );
  const lines = readFileSync(`${FOLDER}/program.ts`, "utf8").split("\n");
  const shown = stdout.split("\n").map((message) => `${message}\n    ${lines[Number(/program\.ts\((\d+)/.exec(message)?.[1]) - 1] ?? ""}`);
  expect(stdout === "" ? [] : shown).toEqual([]);
});

describe("they run", () => {
  test.each(examples.map(({ title, code }) => [title, code]))("%s", (title, code) => {
    expect(`${code}\n${results[title as string]}`).toBe(`${code}\nok`);
  });
});
