// The warning of a growing leak, however program and package are put together. More hosts are in targets/.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "./contract.js";
import { bundle, complaints, copyPrograms, LEAKS, placesIn, WAYS } from "./leaks/contract.js";

const app = sharedApp();
const copy = (): string => copyPrograms(app());
/** A file of the package that a page names. */
const distributed = (name: string): string => join(app().folder, "node_modules/simdgrad/dist", name);

describe("the lines that leak are named", { timeout: TIMEOUT }, () => {
  test("in modules that import the installed package", () => {
    expect(placesIn(complaints(copy(), ["main.js"]))).toEqual(LEAKS["main.js"]);
  });

  test("in scripts that require it", () => {
    const folder = copy();
    const entryPoints = ["main.js", "loop.js", "model.js"];
    buildSync({ absWorkingDir: folder, entryPoints, outdir: join(folder, "cjs"), format: "cjs", sourcemap: true });
    writeFileSync(join(folder, "cjs/package.json"), '{ "type": "commonjs" }');
    expect(placesIn(complaints(folder, ["cjs/main.js"]))).toEqual(LEAKS["main.js"]);
  });

  test.each(WAYS)("in one file of program and package, by esbuild %s", (_, settings) => {
    const folder = copy();
    expect(placesIn(complaints(folder, [bundle(folder, "main.js", settings)]))).toEqual(LEAKS["main.js"]);
  });

  test.each([false, true])("in one file by Rolldown, minified: %s", async (minify) => {
    const folder = copy();
    const file = join(folder, "program.mjs");
    const built = await rolldown({ cwd: folder, input: "main.js" });
    await built.write({ file, format: "esm", minify, sourcemap: true });
    expect(placesIn(complaints(folder, [file]))).toEqual(LEAKS["main.js"]);
  });

  test.each(WAYS)("in what fit calls, by esbuild %s", (_, settings) => {
    const folder = copy();
    expect(placesIn(complaints(folder, [bundle(folder, "fitted.js", settings)]))).toEqual(LEAKS["fitted.js"]);
  });

  test("in a bundle in pieces", () => {
    const folder = copy();
    const [outdir, entryPoints] = [join(folder, "pieces"), ["main.js", "fitted.js", "quiet.js"]];
    const own: BuildOptions = { absWorkingDir: folder, entryPoints, outdir, sourcemap: true, tsconfigRaw: "{}" };
    buildSync({ bundle: true, format: "esm", target: "es2022", splitting: true, minify: true, ...own });
    expect(placesIn(complaints(folder, ["pieces/main.js"]))).toEqual(LEAKS["main.js"]);
    expect(placesIn(complaints(folder, ["pieces/fitted.js"]))).toEqual(LEAKS["fitted.js"]);
  });

  test("in a script beside that of the package", () => {
    const folder = copy();
    const alias = { "simdgrad/nn": "./global-nn.cjs", simdgrad: "./global.cjs" };
    const script = bundle(folder, "main.js", { alias, format: "iife" });
    expect(placesIn(complaints(folder, ["page.cjs", distributed("simdgrad.iife.min.js"), script]))).toEqual(LEAKS["main.js"]);
  });

  test("in a module beside the one file of the package, and in one file with it", () => {
    const folder = copy();
    const library = distributed("simdgrad.min.js");
    const alias = { "simdgrad/nn": "./module-nn.js", simdgrad: library };
    expect(placesIn(complaints(folder, [bundle(folder, "main.js", { alias, external: [library] })]))).toEqual(LEAKS["main.js"]);
    expect(placesIn(complaints(folder, [bundle(folder, "main.js", { alias })]))).toEqual(LEAKS["main.js"]);
  });
});

test("loops that stop growing are not warned of", { timeout: TIMEOUT }, () => {
  expect(complaints(copy(), ["quiet.js"])).toBe("");
});
