// Node: the scripts as files, the package found in node_modules.
import { execFileSync } from "node:child_process";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import type { Simd } from "../smoke.js";

const TIMEOUT = 60_000;

/** Runs the script in a process of its own; `cjs` takes the package by `require`. */
export function runInNode(app: App, format: "esm" | "cjs", simd: Simd): Answer {
  const script = app.script("script", format);
  return JSON.parse(execFileSync(process.execPath, [script, simd], { encoding: "utf8", timeout: TIMEOUT, stdio: "pipe" })) as Answer;
}
