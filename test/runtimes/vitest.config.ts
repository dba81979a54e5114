// `npm run test:runtimes`: all runtimes and bundlers, with those that `npm test` leaves out.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import everything from "../../vitest.config.js";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  ...(everything.resolve && { resolve: everything.resolve }),
  test: {
    include: ["test/runtimes/**/*.{test,spec}.ts"],
    globalSetup: "test/runtimes/targets/install.ts",
    pool: "forks",
    testTimeout: 90_000,
    reporters: ["default", "./scripts/test-reporter.mjs"],
  },
});
