// Cloudflare's own tools: Miniflare, and wrangler as far as it goes without an account. Both want Node 22 or later.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import { execute } from "../hosts/node.js";
import { askWorkerdFolder, BUNDLED } from "../hosts/workerd.js";
import type { Simd } from "../smoke.js";
import { file, node } from "./install.js";

const MINIFLARE = fileURLToPath(new URL("miniflare.mjs", import.meta.url));

export function runMiniflare(app: App, simd: Simd): Answer {
  const folder = app.bundle("worker", BUNDLED);
  return JSON.parse(execute([node(24)], MINIFLARE, [folder, "worker", `?simd=${simd}`], app.folder)) as Answer;
}

/** What `wrangler deploy` would upload from a folder; `args` stand for a settings file. Gives the folder it is in. */
export function deploy(folder: string, ...args: string[]): string {
  const out = join(folder, "upload");
  execute([node(24), file("wrangler/bin/wrangler.js")], "deploy", [...args, "--dry-run", "--outdir", out], folder);
  return out;
}

/** What wrangler uploads, run in workerd. */
export async function runWrangler(app: App, simd: Simd): Promise<Answer> {
  const folder = deploy(app.folder, "entries/worker.ts", "--name=smoke", "--compatibility-date=2026-01-01");
  return (await askWorkerdFolder(folder, "worker", `?simd=${simd}`)) as Answer;
}
