// What the compiler says of programs that use the package: it takes the whole API, and refuses wrong calls for the right reason.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { scriptOf } from "../../scripts/commands.mjs";

const MARK = "// @ts-expect-error";
const read = (file: string): string => readFileSync(`test/types/${file}`, "utf8");

/** What the compiler prints about a project. */
const compiled = (project: string): string =>
  spawnSync(process.execPath, [scriptOf("tsc"), "--project", project, "--pretty", "false"], { encoding: "utf8", timeout: 60_000 }).stdout;

/** The codes of errors about arguments, options and what is assigned. Others say that a name is unknown or that a line is no program. */
const MISTAKES = [
  ...["TS2322", "TS2345", "TS2353", "TS2559", "TS2561", "TS2739", "TS2740", "TS2741", "TS2769", "TS2820"], // another type
  ...["TS2554", "TS2555", "TS2575"], // another number of arguments
  ...["TS2511", "TS2540"], // made or changed where nobody may
];

test("the whole API compiles, and no wrong call does", () => {
  expect(compiled("test/types")).toBe("");
});

test("wrong calls are refused for their arguments, not for a name that does not exist", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-types-"));
  try {
    const lines = read("refused.ts").split("\n");
    const wrong = lines.flatMap((line, i) => (line.trim() === MARK ? (lines[i + 1] as string) : []));
    const calls = lines.filter((line) => line.trim() !== MARK);
    writeFileSync(join(folder, "refused.ts"), calls.join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: resolve("test/types/tsconfig.json"), files: ["refused.ts"] }));
    const errors = [...compiled(folder).matchAll(/refused\.ts\((\d+),\d+\): error (TS\d+)/g)];
    expect(new Set(errors.map(([, line]) => calls[Number(line) - 1]))).toEqual(new Set(wrong));
    expect(errors.filter(([, , code]) => !MISTAKES.includes(code as string)).map(([all]) => all)).toEqual([]);
    expect(wrong.length).toBeGreaterThan(60);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const ENTRIES = ["data", "io", "metrics", "models", "node", "plot", "quantize", "train"];

test.each([
  ["sg", "index.js", []],
  ["nn", "nn/index.js", []],
  ["optim", "optim/index.js", []],
  ["nn.init", "nn/index.js", ["init"]],
  ["nn.utils.rnn", "nn/index.js", ["utils", "rnn"]],
  ["optim.lrScheduler", "optim/index.js", ["lrScheduler"]],
  ...ENTRIES.map((entry) => [entry, `${entry}/index.js`, []] as const),
] as const)("%s: every name is used", async (prefix, entry, path) => {
  const whole = (await import(pathToFileURL(`dist/${entry}`).href)) as Record<string, object>;
  const exported = Object.keys(path.reduce((module, name) => module[name] as never, whole));
  const used = new Set(
    [...read("wholeApi.ts").matchAll(new RegExp(`(?<!\\w|(?<!\\.)\\.)${prefix}\\.(\\w+)`, "g"))].map(([, name]) => name),
  );
  expect(exported.length).toBeGreaterThan(0);
  expect(exported.filter((name) => !used.has(name))).toEqual([]);
});
