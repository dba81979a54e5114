// The package as it ships, in Node, a page in Chromium and a Worker in workerd: the same network trains to the same bytes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, installApp, rooms } from "./app.js";
import type { Answer } from "./entries/answer.js";
import { runInChromium } from "./hosts/chromium.js";
import { runInNode } from "./hosts/node.js";
import { askWorkerd } from "./hosts/workerd.js";
import type { Outcome, Simd } from "./smoke.js";

// The hosts give up after a minute; the test must not do so first.
const TIMEOUT = 90_000;
/** What Cloudflare allows a Worker. workerd itself does not watch over it. */
const WORKER_BYTES = 128e6;

let app: App;
let reference: Outcome;

const hosts: [string, (simd: Simd) => Answer | Promise<Answer>][] = [
  ["Node, import", (simd) => runInNode(app, "esm", simd)],
  ["Node, require", (simd) => runInNode(app, "cjs", simd)],
  ["Chromium", (simd) => runInChromium(app, simd)],
  ["workerd", async (simd) => (await askWorkerd(app, "worker", `?simd=${simd}`)) as Answer],
];

function outcomeOf(answer: Answer): Outcome {
  if ("error" in answer) throw new Error(answer.error);
  return answer.outcome;
}

beforeAll(() => {
  app = installApp();
  reference = outcomeOf(runInNode(app, "esm", "baseline"));
}, TIMEOUT);

afterAll(() => app?.remove());

describe.each(hosts)("%s", (name, run) => {
  test("trains to the same bytes with the baseline kernels", { timeout: TIMEOUT }, async () => {
    const { hash, losses, runtime, memory } = outcomeOf(await run("baseline"));
    expect({ hash, losses, runtime }).toEqual({ hash: reference.hash, losses: reference.losses, runtime: reference.runtime });
    expect(runtime.simd).toBe("baseline");
    expect(memory.heapBytes).toBeLessThan(WORKER_BYTES);
  });

  test("trains with the kernels it chooses itself", { timeout: TIMEOUT }, async () => {
    const { hash, losses, runtime } = outcomeOf(await run("auto"));
    const [first, last] = [losses[0] as number, losses.at(-1) as number];
    console.log(`${name}: ${runtime.simd} kernels, loss ${first.toFixed(6)} -> ${last.toFixed(6)}, weights ${hash.slice(0, 16)}`);
    expect(last).toBeLessThan(first / 2);
  });
});

test("the losses of ten steps fall", () => {
  expect(reference.losses).toHaveLength(10);
  expect(reference.losses.at(-1)).toBeLessThan((reference.losses[0] as number) / 2);
});

test("a Worker may import every room at its global scope", { timeout: TIMEOUT }, async () => {
  const found = (await askWorkerd(app, "rooms")) as string[][];
  expect(found).toHaveLength(rooms.length);
  for (const names of found) expect(names.length).toBeGreaterThan(0);
});

test.each(["nodenext", "bundler"] as const)(
  "a strict project without DOM types compiles, %s resolution",
  { timeout: TIMEOUT },
  (resolution) => {
    expect(app.typeErrors("consumer", resolution)).toBe("");
  },
);

// The bundles are minified: the class of the error must keep its name there too.
describe("where compiling is forbidden, the error says what to do", () => {
  const errorOf = (answer: Answer): string => ("error" in answer ? answer.error : "none");

  test("a page whose Content-Security-Policy lacks 'wasm-unsafe-eval'", { timeout: TIMEOUT }, async () => {
    const error = errorOf(await runInChromium(app, "baseline", "script-src 'self'"));
    expect(error).toMatch(/^StateError: kernels: this runtime refuses to compile WebAssembly/);
    expect(error).toContain("a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy");
  });

  test("a Worker bundled without the condition workerd", { timeout: TIMEOUT }, async () => {
    const error = errorOf((await askWorkerd(app, "worker", "?simd=baseline", { inline: true })) as Answer);
    expect(error).toMatch(/^StateError: kernels: this runtime refuses to compile WebAssembly/);
    expect(error).toContain('a Worker a bundle made with the condition "workerd"');
  });
});
