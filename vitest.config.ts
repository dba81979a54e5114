import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

// V8 before version 12 (Node 20) compiles relaxed SIMD only behind a flag.
const relaxedFlag = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

/** Tests that run once: kernel tests take both builds themselves, the others look at files or start programs. */
const ONCE = [
  "test/assembly/**",
  "test/runtimes/**",
  "test/docs/**",
  "test/project/**",
  "test/examples/**",
  "test/types/**",
  "test/architecture.test.ts",
  "test/io/**",
  "test/models/training.test.ts",
  "test/plot/**",
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^#text\/(\w+)$/, replacement: source("wasm/generated/text/$1.ts") },
      { find: "#texts", replacement: source("wasm/generated/texts.ts") },
      { find: "#threads", replacement: source("wasm/threads/loadEagerly.ts") },
      { find: "#wasm", replacement: source("wasm/modules/inline.ts") },
      { find: /^simdgrad\/(\w+)$/, replacement: source("$1/index.ts") },
      { find: /^simdgrad$/, replacement: source("index.ts") },
    ],
  },
  test: {
    pool: "forks",
    execArgv: ["--expose-gc", ...relaxedFlag],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./scripts/test-reporter.mjs"],
    projects: [
      { extends: true, test: { name: "once", include: ONCE.map((path) => (path.endsWith(".ts") ? path : `${path}/*.test.ts`)) } },
      ...(["baseline", "relaxed"] as const).map((build) => ({
        extends: true as const,
        test: { name: build, include: ["test/**/*.test.ts"], exclude: ONCE, setupFiles: [`test/setup/${build}.ts`] },
      })),
    ],
  },
});
