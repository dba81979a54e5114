import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// V8 before version 12 (Node 20) compiles relaxed SIMD only behind a flag; newer ones no longer know the flag's need.
const relaxedFlag = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

export default defineConfig({
  resolve: { alias: { "#wasm": fileURLToPath(new URL("./src/wasm/modules/inline.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    execArgv: ["--expose-gc", ...relaxedFlag],
    testTimeout: 60_000,
  },
});
