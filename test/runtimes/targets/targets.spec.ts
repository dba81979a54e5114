// The package in every other runtime and bundler, from one lock file: the same work gives the same bytes.
import { join } from "node:path";
import { expect, test } from "vitest";
import { bestOfNode, describeHosts, type Host, sharedApp, TIMEOUT } from "../contract.js";
import { type Command, execute, runInNode } from "../hosts/node.js";
import { askWorkerdFolder } from "../hosts/workerd.js";
import { runRollup, runViteBuild, runViteServer, runWebpack } from "./bundlers.js";
import { deploy, runMiniflare, runWrangler } from "./cloudflare.js";
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
