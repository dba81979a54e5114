// Threads of the package as it ships, in Node and in pages; and what a host says that has none. More hosts are in targets/.
import { describe, expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "./contract.js";
import { STRICT } from "./hosts/site.js";
import { describeThreads, jobOf, reportOf } from "./threads/contract.js";
import { askPage, askScript, askWorker } from "./threads/hosts.js";
import { helped } from "./threads/watch.js";

const app = sharedApp();

describeThreads(app, [
  { name: "Node", tells: true, ask: (app, job) => askScript(app, job) },
  { name: "Chromium, a page's main thread", tells: false, ask: (app, job) => askPage(app, job) },
  { name: "Chromium, a worker of a page", tells: false, ask: (app, job) => askPage(app, job, { inWorker: true }) },
]);

const OWN_WORKERS = `${STRICT}; worker-src 'self'`;

describe("where there are no threads, one goes on and the console says why", () => {
  const HEADERS =
    "memory cannot be shared; a page must be served with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  const POLICY =
    "a worker did not start: it could not be loaded; a page whose Content-Security-Policy forbids blob: workers needs { workerUrl }";
  const NO_WORKERS = "this runtime cannot start workers";
  const DEPLOYED = "kernels that came compiled, as on Cloudflare Workers, have a memory that cannot be shared";

  test.each([
    ["a page without the two headers", HEADERS, { headers: {} }],
    ["a worker of a page without the two headers", HEADERS, { headers: {}, inWorker: true }],
    ["a page that forbids workers from blob:", POLICY, { policy: OWN_WORKERS }],
    ["a worker of a page that forbids workers from blob:", POLICY, { policy: OWN_WORKERS, inWorker: true }],
  ])("%s", { timeout: TIMEOUT }, async (_, why, options) => {
    const report = await reportOf<"twice">(askPage(app(), jobOf("twice"), options));
    expect(report).toMatchObject({ threads: 1, different: [], split: 0, liveTensors: 0 });
    expect(report.warnings).toEqual([`simdgrad: runs on one thread: ${why}`]);
  });

  test.each([
    ["workerd", NO_WORKERS, []],
    ["workerd with Node's modules", DEPLOYED, ["nodejs_compat"]],
  ])("%s", { timeout: TIMEOUT }, async (_, why, flags) => {
    const report = await reportOf<"twice">(askWorker(app(), jobOf("twice"), flags));
    expect(report).toMatchObject({ threads: 1, different: [], split: 0, liveTensors: 0 });
    expect(report.warnings).toEqual([`simdgrad: runs on one thread: ${why}`]);
  });
});

test.each([false, true])(
  "a page that forbids workers from blob: takes the package's file; in a worker: %s",
  { timeout: TIMEOUT },
  async (inWorker) => {
    const job = jobOf("twice", { workerUrl: "/worker.js" });
    const report = await reportOf<"twice">(askPage(app(), job, { policy: OWN_WORKERS, inWorker }));
    expect(report).toMatchObject({ threads: 2, different: [], warnings: [] });
    expect(helped(report.seen)).toBeGreaterThan(0);
  },
);

test("a page that trains on two threads still answers: fit gives its thread away, and no wait blocks it", {
  timeout: TIMEOUT,
}, async () => {
  const report = await reportOf<"train">(askPage(app(), jobOf("train")));
  const { seconds, steps, stretches, longestGapMs, losses, seen } = report;
  const ticks = stretches.reduce((sum, n) => sum + n);
  console.log(
    `a page: ${steps} steps in ${seconds.toFixed(1)} s, ${ticks} ticks of a 10 ms timer (${stretches.join(" ")}), longest gap ${longestGapMs.toFixed(0)} ms, ${helped(seen)} of ${seen.parts} parts on the worker`,
  );
  expect(report).toMatchObject({ threads: 2, warnings: [] });
  expect(Math.min(...stretches)).toBeGreaterThan(0);
  expect(seen.sleeps).toBe(0);
  expect(helped(seen)).toBeGreaterThan(0);
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
});
