// The lines the README gives for each runtime do what they are there for. Deno, Bun and wrangler are in targets/.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";
import { tensor, zeros } from "simdgrad";
import { saveSafetensors } from "simdgrad/io";
import { expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "./contract.js";
import { chromium } from "./hosts/chromium.js";
import { execute } from "./hosts/node.js";
import { writePage } from "./hosts/pages.js";
import { STRICT, serve } from "./hosts/site.js";
import { askWorkerdFolder, BUNDLED } from "./hosts/workerd.js";

const app = sharedApp();
const DOUBLED = "tensor([2, 4, 6]";
/** The body of a page that shows it. */
const SHOWN = `//body[contains(., "${DOUBLED}")]`;

test.each(["quick.mjs", "quick.cjs"])("Node: %s", (name) => {
  const folder = app().copy(`test/runtimes/guide/${name}`);
  expect(execute([process.execPath], join(folder, name), [], folder)).toContain(DOUBLED);
});

test.each(["module.html", "script.html", "policy.html"])("Chromium: %s", { timeout: TIMEOUT }, async (name) => {
  const files = [name, "policy.js"].map((file) => `test/runtimes/guide/${file}`);
  const folder = app().copy(...files, "dist/simdgrad.min.js", "dist/simdgrad.iife.min.js");
  await using site = await serve(folder);
  const body = await chromium.look(`${site.url}${name}`, SHOWN);
  expect(body).toContain(DOUBLED);
});

test("Chromium: own.js, without kernels in the script", { timeout: TIMEOUT }, async () => {
  const folder = app().copy("test/runtimes/guide/own.js", "dist/wasm/modules/relaxed.wasm");
  const outfile = join(folder, "page.js");
  const settings: BuildOptions = { bundle: true, minify: true, format: "esm", conditions: ["external-wasm"] };
  buildSync({ ...settings, absWorkingDir: folder, entryPoints: ["own.js"], outfile });
  writePage(folder, '<script type="module" src="page.js"></script>');
  await using site = await serve(folder, `${STRICT}; connect-src 'self'`);
  const body = await chromium.look(site.url, SHOWN);
  expect(body).toContain(DOUBLED);
  expect(readFileSync(outfile, "utf8").length).toBeLessThan(100_000);
});

test("workerd: worker.js", { timeout: TIMEOUT }, async () => {
  const folder = app().copy("test/runtimes/guide/worker.js");
  const outdir = join(folder, "out");
  buildSync({ ...BUNDLED, absWorkingDir: folder, entryPoints: ["worker.js"], bundle: true, format: "esm", outdir });
  expect(await askWorkerdFolder(outdir, "worker", "?x=[1,2,3]")).toEqual([2, 4, 6]);
});

test("the programs whose sizes are told", { timeout: TIMEOUT }, async () => {
  const folder = app().copy("scripts/programs/add.mjs", "scripts/programs/predict.mjs");
  expect(execute([process.execPath], join(folder, "add.mjs"), [], folder)).toContain("tensor([2, 3]");

  const { predict } = (await import(pathToFileURL(join(folder, "predict.mjs")).href)) as {
    predict(file: Uint8Array, pixels: readonly number[]): number;
  };
  const file = saveSafetensors({
    "0.weight": zeros([8, 1, 3, 3]),
    "0.bias": zeros([8]),
    "4.weight": zeros([10, 72]),
    "4.bias": tensor([0, 1, 2, 3, 9, 5, 6, 7, 8, 0]),
  });
  expect(predict(file, new Array(64).fill(1))).toBe(4);
});
