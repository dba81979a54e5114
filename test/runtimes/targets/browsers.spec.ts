// The package in the other browsers: Firefox, and WebKit as Debian ships it and with what it has switched off.
import { describe, expect, test } from "vitest";
import { describeHosts, REFUSED, sharedApp, TIMEOUT, WHAT_A_PAGE_NEEDS } from "../contract.js";
import { describeCollectors, inPage } from "../finalizer/contract.js";
import { firefox } from "../hosts/firefox.js";
import { pagesIn, refusalOf } from "../hosts/pages.js";
import { webkit, webkitSwitched } from "../hosts/webkit.js";
import { describeThreads, jobOf, reportOf } from "../threads/contract.js";
import { askPage } from "../threads/hosts.js";
import { helped } from "../threads/watch.js";

const app = sharedApp();

describeHosts(app, [
  ...pagesIn(firefox, "relaxed"),
  ...pagesIn(webkit, "baseline"),
  // The relaxed SIMD that it has lacks an instruction the kernels use.
  ...pagesIn(webkitSwitched, "baseline").slice(0, 1),
]);

test.each([firefox, webkit])(
  "$name: where a page's policy forbids compiling, the error says what to do",
  {
    timeout: TIMEOUT,
  },
  async (browser) => {
    const error = await refusalOf(app(), browser);
    expect(error).toMatch(REFUSED);
    expect(error).toContain(WHAT_A_PAGE_NEEDS);
  },
);

// Not in WebKit: its collector runs beside the page and is done some turns later, too late for a page that allocates in every turn.
describeCollectors(app, [{ name: firefox.name, peak: inPage(firefox) }]);

describeThreads(app, [
  { name: "Firefox, a page's main thread", tells: false, workloads: 300, ask: (app, job) => askPage(app, job, { browser: firefox }) },
]);

describe("threads", { timeout: TIMEOUT }, () => {
  test.each([
    { browser: firefox, inWorker: true },
    { browser: webkitSwitched, inWorker: false },
    { browser: webkitSwitched, inWorker: true },
  ])("$browser.name: the same bytes on two, in a worker of a page: $inWorker", async ({ browser, inWorker }) => {
    const report = await reportOf<"twice">(askPage(app(), jobOf("twice"), { browser, inWorker }));
    expect(report).toMatchObject({ threads: 2, different: [], warnings: [], liveTensors: 0 });
    expect(helped(report.seen)).toBeGreaterThan(0);
  });

  test.each([
    { browser: firefox, options: { headers: {} }, why: "memory cannot be shared; a page must be served with Cross-Origin-Opener-Policy" },
    { browser: webkit, options: {}, why: "this runtime has no SharedArrayBuffer" },
  ])("$browser.name: where there are none, one goes on and the console says why", async ({ browser, options, why }) => {
    const report = await reportOf<"twice">(askPage(app(), jobOf("twice"), { browser, ...options }));
    expect(report).toMatchObject({ threads: 1, different: [], split: 0, liveTensors: 0 });
    expect(report.warnings).toEqual([expect.stringContaining(`simdgrad: runs on one thread: ${why}`)]);
  });
});
