import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// V8 before version 12 (Node 20) compiles relaxed SIMD only behind a flag; newer ones no longer know the flag's need.
const relaxedFlag = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: "#wasm", replacement: source("wasm/modules/inline.ts") },
      { find: /^simdgrad\/(\w+)$/, replacement: source("$1/index.ts") },
      { find: /^simdgrad$/, replacement: source("index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    execArgv: ["--expose-gc", ...relaxedFlag],
    testTimeout: 60_000,
  },
});
