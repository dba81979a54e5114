// Cloudflare's own tools: Miniflare, and wrangler as far as it goes without an account. Both want Node 22 or later.
import { spawn } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type App, ROOT } from "../app.js";
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

/** The Worker of examples/worker as a project of its own, as docs/worker.md says: with the installed package and without tsconfig.json. */
export function exampleWorker(app: App): string {
  const folder = join(app.folder, "example");
  cpSync(join(ROOT, "examples/worker"), join(folder, "worker"), { recursive: true });
  rmSync(join(folder, "worker/tsconfig.json"));
  const settings = join(folder, "worker/wrangler.jsonc");
  writeFileSync(settings, readFileSync(settings, "utf8").replace(/^.*"tsconfig".*\n/m, ""));
  for (const name of ["model.ts", "ink.ts"]) cpSync(join(ROOT, "examples/browser", name), join(folder, "browser", name));
  return join(folder, "worker");
}

/** Runs `wrangler dev` in a folder while `use` asks the address it serves at. */
export async function develop(folder: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = spawn(node(24), [file("wrangler/bin/wrangler.js"), "dev", "--ip=127.0.0.1", "--port=0"], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "true", WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let words = "";
  server.stderr.on("data", (text) => {
    words += String(text);
  });
  try {
    for await (const line of createInterface(server.stdout)) {
      words += `${line}\n`;
      const [url] = line.match(/http:\/\/127\.0\.0\.1:\d+/) ?? [];
      if (url) return await use(url);
    }
    throw new Error(`wrangler ended before it said where it serves: ${words}`);
  } finally {
    process.kill(-(server.pid as number), "SIGKILL"); // and the workerd it started
  }
}

/** What wrangler uploads, run in workerd. */
export async function runWrangler(app: App, simd: Simd): Promise<Answer> {
  const folder = deploy(app.folder, "entries/worker.ts", "--name=smoke", "--compatibility-date=2026-01-01");
  return (await askWorkerdFolder(folder, "worker", `?simd=${simd}`)) as Answer;
}
