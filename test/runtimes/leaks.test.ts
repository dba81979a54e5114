// The warning of a growing leak names the lines of the program that made the tensors, however program and package are put together.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { ROOT } from "./app.js";
import { sharedApp, TIMEOUT } from "./contract.js";

const HERE = "test/runtimes/leaks";
const PROGRAMS = ["main", "loop", "model", "fitted", "quiet"].map((name) => `${HERE}/${name}.js`);
const SHIMS = ["global.cjs", "global-nn.cjs", "module-nn.js"];
const WARNING = /training steps left (\d+) more tensors in memory; .* Made by:/;

const app = sharedApp();

/** A copy of the programs in the project. */
const programs = (): string => app().copy(...PROGRAMS, ...SHIMS.map((name) => `test/runtimes/shims/${name}`), `${HERE}/page.cjs`);

/** What a program complains about. */
function complaints(folder: string, ...args: readonly string[]): string {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: TIMEOUT });
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
function places(words: string): string[] {
  expect(words).toMatch(WARNING);
  const [, list] = words.split("Made by:\n") as [string, string];
  return [...new Set(list.split("\n").flatMap((line) => (line.startsWith("  ") ? sourceOf(line) : [])))];
}

/** The places that leak, as the sources say. */
const marked = (...names: readonly string[]): string[] =>
  names.flatMap((name) =>
    readFileSync(join(ROOT, HERE, name), "utf8")
      .split("\n")
      .flatMap((line, i) => (line.endsWith("// leaks") ? [`${name}:${i + 1}`] : [])),
  );
const LEAKS = marked("loop.js", "model.js");

/** One file of program and package. */
function bundle(folder: string, entry: string, settings: BuildOptions = {}): string {
  const outfile = join(folder, "program.mjs");
  const own: BuildOptions = { absWorkingDir: folder, entryPoints: [entry], outfile, sourcemap: true };
  buildSync({ bundle: true, format: "esm", target: "es2022", tsconfigRaw: "{}", ...own, ...settings });
  return outfile;
}

/** How a page or Node gets the package into a bundle. */
const WAYS: readonly (readonly [string, BuildOptions])[] = [
  ["for pages", {}],
  ["for pages, minified", { minify: true }],
  ["for Node", { platform: "node" }],
  ["for Node, minified", { platform: "node", minify: true }],
];

describe("the lines that leak are named", { timeout: TIMEOUT }, () => {
  test("in modules that import the installed package", () => {
    expect(places(complaints(programs(), "main.js"))).toEqual(LEAKS);
  });

  test("in scripts that require it", () => {
    const folder = programs();
    const entryPoints = ["main.js", "loop.js", "model.js"];
    buildSync({ absWorkingDir: folder, entryPoints, outdir: join(folder, "cjs"), format: "cjs", sourcemap: true });
    writeFileSync(join(folder, "cjs/package.json"), '{ "type": "commonjs" }');
    expect(places(complaints(folder, "cjs/main.js"))).toEqual(LEAKS);
  });

  test.each(WAYS)("in one file of program and package, by esbuild %s", (_, settings) => {
    const folder = programs();
    expect(places(complaints(folder, bundle(folder, "main.js", settings)))).toEqual(LEAKS);
  });

  test.each([false, true])("in one file by Rolldown, minified: %s", async (minify) => {
    const folder = programs();
    const file = join(folder, "program.mjs");
    const built = await rolldown({ cwd: folder, input: "main.js" });
    await built.write({ file, format: "esm", minify, sourcemap: true });
    expect(places(complaints(folder, file))).toEqual(LEAKS);
  });

  test.each(WAYS)("in what fit calls, by esbuild %s", (_, settings) => {
    const folder = programs();
    expect(places(complaints(folder, bundle(folder, "fitted.js", settings)))).toEqual(marked("fitted.js"));
  });

  test("in a bundle in pieces", () => {
    const folder = programs();
    const [outdir, entryPoints] = [join(folder, "pieces"), ["main.js", "fitted.js", "quiet.js"]];
    const own: BuildOptions = { absWorkingDir: folder, entryPoints, outdir, sourcemap: true, tsconfigRaw: "{}" };
    buildSync({ bundle: true, format: "esm", target: "es2022", splitting: true, minify: true, ...own });
    expect(places(complaints(folder, "pieces/main.js"))).toEqual(LEAKS);
    expect(places(complaints(folder, "pieces/fitted.js"))).toEqual(marked("fitted.js"));
  });

  test("in a script beside that of the package", () => {
    const folder = programs();
    const alias = { "simdgrad/nn": "./global-nn.cjs", simdgrad: "./global.cjs" };
    const script = bundle(folder, "main.js", { alias, format: "iife" });
    const library = join(app().folder, "node_modules/simdgrad/dist/simdgrad.iife.min.js");
    expect(places(complaints(folder, "page.cjs", library, script))).toEqual(LEAKS);
  });

  test("in a module beside the one file of the package, and in one file with it", () => {
    const folder = programs();
    const library = join(app().folder, "node_modules/simdgrad/dist/simdgrad.min.js");
    const alias = { "simdgrad/nn": "./module-nn.js", simdgrad: library };
    expect(places(complaints(folder, bundle(folder, "main.js", { alias, external: [library] })))).toEqual(LEAKS);
    expect(places(complaints(folder, bundle(folder, "main.js", { alias })))).toEqual(LEAKS);
  });
});

test("loops that stop growing are not warned of", { timeout: TIMEOUT }, () => {
  expect(complaints(programs(), "quiet.js")).toBe("");
});
