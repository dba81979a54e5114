// A vitest reporter whose totals are the very last line of the output: `12 passed, 0 failed, 1 skipped`.

/** Modules and suites that broke outside their tests: a syntax error, a hook that threw. */
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
    // Tests that never ran, because a hook before them threw or the run was stopped, were not passed either.
    const line = `\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped + totals.pending} skipped\n`;
    process.once("exit", () => process.stdout.write(line));
  }
}
