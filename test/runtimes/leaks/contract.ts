// What every host is held to: the warning of a growing leak names the lines of the program that made the tensors.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";
import { expect } from "vitest";
import { type App, ROOT } from "../app.js";
import { TIMEOUT } from "../contract.js";
import type { Command } from "../hosts/node.js";

const HERE = "test/runtimes/leaks";
const PROGRAMS = ["main.js", "loop.js", "model.js", "fitted.js", "quiet.js", "page.cjs"].map((name) => `${HERE}/${name}`);
const SHIMS = ["global.cjs", "global-nn.cjs", "module-nn.js"].map((name) => `test/runtimes/shims/${name}`);
const WARNING = /training steps left (\d+) more tensors in memory; .* Made by:/;

/** A copy of the programs in the project. */
export const copyPrograms = (app: App): string => app.copy(...PROGRAMS, ...SHIMS);

/** What a program complains about. */
export function complaints(folder: string, args: readonly string[], [program, ...before]: Command = [process.execPath]): string {
  const env = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", DENO_NO_UPDATE_CHECK: "1" };
  const { status, stderr } = spawnSync(program, [...before, ...args], { cwd: folder, env, encoding: "utf8", timeout: TIMEOUT });
  expect(status, stderr).toBe(0);
  return stderr;
}

/** The place in the sources that a line of the warning names: `loop.js:9`. */
function sourceOf(line: string): string {
  const [, file, row, column] = line.match(/([^\s(]+):(\d+):(\d+)\)?$/) as RegExpMatchArray;
  const path = (file as string).startsWith("file:") ? fileURLToPath(file as string) : (file as string);
  if (!existsSync(`${path}.map`)) return `${basename(path)}:${row}`;
  const map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, "utf8")));
  const found = map.findEntry(Number(row) - 1, Number(column) - 1) as { originalSource: string; originalLine: number };
  return `${basename(found.originalSource)}:${found.originalLine + 1}`;
}

/** The places that a warning names, each line once. */
export function placesIn(words: string): string[] {
  expect(words).toMatch(WARNING);
  const [, list] = words.split("Made by:\n") as [string, string];
  return [...new Set(list.split("\n").flatMap((line) => (line.startsWith("  ") ? sourceOf(line) : [])))];
}

/** The places that leak, as the sources say. */
const marked = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) =>
    readFileSync(join(ROOT, HERE, name), "utf8")
      .split("\n")
      .flatMap((line, i) => (line.endsWith("// leaks") ? [`${name}:${i + 1}`] : [])),
  );

/** What leaks in each program. */
export const LEAKS = { "main.js": marked("loop.js", "model.js"), "fitted.js": marked("fitted.js") };

/** One file of program and package. */
export function bundle(folder: string, entry: string, settings: BuildOptions = {}): string {
  const outfile = join(folder, "program.mjs");
  const own: BuildOptions = { absWorkingDir: folder, entryPoints: [entry], outfile, sourcemap: true };
  buildSync({ bundle: true, format: "esm", target: "es2022", tsconfigRaw: "{}", ...own, ...settings });
  return outfile;
}

/** How a page or Node gets the package into a bundle. */
export const WAYS: readonly (readonly [string, BuildOptions])[] = [
  ["for pages", {}],
  ["for pages, minified", { minify: true }],
  ["for Node", { platform: "node" }],
  ["for Node, minified", { platform: "node", minify: true }],
];
