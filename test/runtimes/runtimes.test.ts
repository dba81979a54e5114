// The package as it ships, in Node, pages in Chromium and a Worker in workerd: the same work gives the same bytes.
// Older and newer Nodes, Deno, Bun, other browsers and the bundlers are in targets/, run by `npm run test:runtimes`.
import { describe, expect, test } from "vitest";
import { entryPoints } from "./app.js";
import { bestOfNode, describeHosts, REFUSED, sharedApp, TIMEOUT, WHAT_A_PAGE_NEEDS } from "./contract.js";
import type { Answer } from "./entries/answer.js";
import { chromium } from "./hosts/chromium.js";
import { runInNode } from "./hosts/node.js";
import { pagesIn, refusalOf } from "./hosts/pages.js";
import { askWorkerd, BUNDLED } from "./hosts/workerd.js";

const app = sharedApp();
const here = bestOfNode(process.versions.node);

describeHosts(app, [
  { name: "Node, import", best: here, run: (app, simd) => runInNode(app, "esm", simd) },
  { name: "Node, require", best: here, run: (app, simd) => runInNode(app, "cjs", simd) },
  ...pagesIn(chromium, "relaxed"),
  { name: "workerd", best: "relaxed", run: async (app, simd) => (await askWorkerd(app, "worker", `?simd=${simd}`)) as Answer },
  {
    name: "workerd, bundled for the edge of Next.js",
    best: "relaxed",
    run: async (app, simd) => (await askWorkerd(app, "worker", `?simd=${simd}`, { ...BUNDLED, conditions: ["edge-light"] })) as Answer,
  },
]);

test("a Worker may import every entry at its global scope", { timeout: TIMEOUT }, async () => {
  const found = (await askWorkerd(app(), "entryPoints")) as string[][];
  expect(found).toHaveLength(entryPoints.length);
  // simdgrad/methods has no names.
  expect(found.filter((names) => names.length === 0)).toHaveLength(1);
});

test.each(["nodenext", "bundler"] as const)(
  "a strict project without DOM types compiles, %s resolution",
  { timeout: TIMEOUT },
  (resolution) => {
    expect(app().typeErrors("consumer", resolution)).toBe("");
  },
);

describe("where compiling is forbidden, the error says what to do", () => {
  test("a page whose Content-Security-Policy lacks 'wasm-unsafe-eval'", { timeout: TIMEOUT }, async () => {
    const error = await refusalOf(app(), chromium);
    expect(error).toMatch(REFUSED);
    expect(error).toContain(WHAT_A_PAGE_NEEDS);
  });

  test("a Worker bundled without the condition workerd", { timeout: TIMEOUT }, async () => {
    const answer = (await askWorkerd(app(), "worker", "?simd=baseline", {})) as Answer;
    const error = "error" in answer ? answer.error : "none";
    expect(error).toMatch(REFUSED);
    expect(error).toContain('a Worker a bundle made with the condition "workerd"');
  });
});
