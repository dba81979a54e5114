// Runs lines in a process that has not loaded any kernels.
import { spawnSync } from "node:child_process";

/** What the lines printed. They find `init`, `runtime` and others imported, and the baseline kernels in `bytes`. */
export function run(lines: string): { stdout: string; stderr: string } {
  const script = `
    import { readFileSync } from "node:fs";
    import { init, runtime, setThreads, tensor, threads, ones } from "./dist/index.js";
    const bytes = Uint8Array.from(readFileSync("dist/wasm/modules/baseline.wasm"));
    const sum = () => tensor([1, 2]).add(1).toArray().join(" ");
    ${lines}
  `;
  // Node 20 has relaxed SIMD behind a flag, which these tests run with.
  const flags = process.execArgv.filter((flag) => flag.includes("relaxed-simd"));
  const args = [...flags, "--input-type=module", "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
  return { stdout: stdout.trim(), stderr: stderr.trim() };
}
