// Node and its kin: the scripts as files, the package found in node_modules.
import { execFileSync } from "node:child_process";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import type { Simd } from "../smoke.js";

const TIMEOUT = 60_000;

/** A program and the arguments before the script's path. */
export type Command = readonly [program: string, ...before: string[]];

/** Runs a script in a process of its own, in its project's folder; gives what it printed. */
export function execute([program, ...before]: Command, script: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", DENO_NO_UPDATE_CHECK: "1" };
  return execFileSync(program, [...before, script, ...args], { cwd, env, encoding: "utf8", timeout: TIMEOUT, stdio: "pipe" });
}

/** Runs entries/script.ts; `cjs` takes the package by `require`. */
export function runInNode(app: App, format: "esm" | "cjs", simd: Simd, command: Command = [process.execPath]): Answer {
  return JSON.parse(execute(command, app.script("script", format), [simd], app.folder)) as Answer;
}
