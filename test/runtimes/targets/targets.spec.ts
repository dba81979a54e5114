// The package in every other runtime and bundler, from one lock file: the same work gives the same bytes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { manifest } from "../app.js";
import { bestOfNode, describeHosts, type Host, sharedApp, TIMEOUT } from "../contract.js";
import { type Command, execute, runInNode } from "../hosts/node.js";
import { askWorkerdFolder } from "../hosts/workerd.js";
import { runRollup, runViteBuild, runViteServer, runWebpack } from "./bundlers.js";
import { deploy, develop, exampleWorker, runMiniflare, runWrangler } from "./cloudflare.js";
import { node, program, version } from "./install.js";

const FORMATS = [
  ["esm", "import"],
  ["cjs", "require"],
] as const;

const nodes = ([20, 22, 24, 26] as const).flatMap((major) => {
  const exact = version(`node${major}`);
  return FORMATS.map(
    ([format, word]): Host => ({
      name: `Node ${exact}, ${word}`,
      best: bestOfNode(exact),
      run: (app, simd) => runInNode(app, format, simd, [node(major)]),
    }),
  );
});

// Deno imports without any permission; looking for what `require` names is reading.
const others: Host[] = (
  [
    ["deno", "esm", "run", "--no-prompt"],
    ["deno", "cjs", "run", "--no-prompt", "--allow-read"],
    ["bun", "esm", "run"],
    ["bun", "cjs", "run"],
  ] as const
).map(([name, format, ...before]) => ({
  name: `${name} ${version(name)}, ${format === "esm" ? "import" : "require"}`,
  best: "relaxed",
  run: (app, simd) => runInNode(app, format, simd, [program(name), ...before]),
}));

const app = sharedApp();

describeHosts(app, [
  ...nodes,
  ...others,
  { name: `webpack ${version("webpack")}`, best: "relaxed", run: runWebpack },
  { name: `Rollup ${version("rollup")}`, best: "relaxed", run: runRollup },
  { name: `Vite ${version("vite")}, build`, best: "relaxed", run: runViteBuild },
  { name: `Vite ${version("vite")}, development server`, best: "relaxed", run: runViteServer },
  { name: `Miniflare ${version("miniflare")}`, best: "relaxed", run: runMiniflare },
  { name: `wrangler ${version("wrangler")}, deploy --dry-run`, best: "relaxed", run: runWrangler },
]);

test.each<[string, Command]>([
  ["deno", [program("deno"), "run", "--no-prompt"]],
  ["bun", [program("bun"), "run"]],
])("%s runs the lines the README gives", (_, command) => {
  const folder = app().copy("test/runtimes/guide/quick.mjs");
  expect(execute(command, join(folder, "quick.mjs"), [], folder)).toContain("tensor([2, 4, 6]");
});

test("wrangler deploys the Worker the README gives, with its settings", { timeout: TIMEOUT }, async () => {
  const folder = app().copy("test/runtimes/guide/worker.js", "test/runtimes/guide/wrangler.jsonc");
  expect(await askWorkerdFolder(deploy(folder), "worker", "?x=[1,2,3]")).toEqual([2, 4, 6]);
});

describe("the Worker example as a project of its own", () => {
  test("wrangler bundles it, well under the megabyte that is free", { timeout: TIMEOUT }, () => {
    const folder = deploy(exampleWorker(app()));
    const files = readdirSync(folder).filter((name) => /\.(js|wasm)$/.test(name));
    expect(files.filter((name) => name.endsWith(".wasm"))).toHaveLength(2);
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    console.log(`wrangler uploads ${(bytes / 1024).toFixed(0)} KB gzipped`);
    expect(bytes).toBeLessThan(256 * 1024);
  });

  test("wrangler serves it with its assets", { timeout: TIMEOUT }, async () => {
    await develop(exampleWorker(app()), async (url) => {
      const ask = (path: string, body?: object): Promise<Response> =>
        fetch(url + path, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      expect(await (await ask("/")).text()).toContain("<canvas");
      expect(await (await ask("/classify", { pixels: new Array(64).fill(8) })).json()).toMatchObject({ digit: expect.any(Number) });
      expect((await ask("/classify", { pixels: [] })).status).toBe(400);
      expect(await (await ask("/health")).json()).toMatchObject({ simd: "relaxed", version: manifest.version });
    });
  });
});
