// A vitest reporter that writes totals as the last line of the output: `12 passed, 0 failed, 1 skipped`. If the tests of runtimes ran, the
// line before lists the runtimes that were not tested.
import { readFileSync } from "node:fs";

const RUNTIMES = "test/runtimes/";
const TARGETS = `${RUNTIMES}targets/`;

/** Browsers that it starts, too; their versions are the machine's. */
const BROWSERS = ["Firefox", "WebKitGTK"];

/** The line with the runtimes that only `npm run test:runtimes` tests. */
function skippedRuntimes(testModules) {
  const ran = (folder) => testModules.some(({ moduleId }) => moduleId.includes(folder));
  if (!ran(RUNTIMES) || ran(TARGETS)) return "";
  const { dependencies } = JSON.parse(readFileSync(`${TARGETS}package.json`, "utf8"));
  const names = Object.entries(dependencies).map(([name, version]) => `${name} ${version.replace(/^npm:.*@/, "")}`);
  return `\nLeft out, run by "npm run test:runtimes": ${[...BROWSERS, ...names].join(", ")}\n`;
}

/** The number of modules and suites with an error outside their tests: a syntax error, or a hook that threw. */
function brokenSuites(testModule) {
  return [testModule, ...testModule.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
}

export default class TotalsReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const testModule of testModules) {
      totals.failed += brokenSuites(testModule);
      for (const test of testModule.children.allTests()) totals[test.result().state]++;
    }
    // Tests that did not run, because a hook before them threw or the run was stopped, count as skipped.
    const line = `${skippedRuntimes(testModules)}\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped + totals.pending} skipped\n`;
    process.once("exit", () => process.stdout.write(line));
  }
}
