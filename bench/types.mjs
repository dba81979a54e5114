// How long the compiler takes for a program that uses every public name: `node bench/types.mjs` after `npm run build`.
import { execFileSync } from "node:child_process";
import { scriptOf } from "../scripts/commands.mjs";

const RUNS = 5;

const compile = (...options) =>
  execFileSync(process.execPath, [scriptOf("tsc"), "--project", "test/types", ...options], { encoding: "utf8" });

const seconds = Array.from({ length: RUNS }, () => {
  const start = performance.now();
  compile();
  return (performance.now() - start) / 1000;
}).sort((a, b) => a - b);
console.log(compile("--extendedDiagnostics").trim());
console.log(`The whole API: ${seconds[RUNS >> 1].toFixed(2)} s in the middle of ${RUNS} runs, the fastest ${seconds[0].toFixed(2)} s`);
