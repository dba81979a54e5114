// workerd, the runtime of Cloudflare Workers: one Worker, asked over HTTP. It has Node compatibility only where its flag is given.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { BuildOptions } from "esbuild";
import type { App } from "../app.js";

const EXECUTABLE = (createRequire(import.meta.url)("workerd") as { default: string }).default;
const TIMEOUT = 60_000;

/** How a Worker is bundled: as wrangler does it, kernels as files of their own. */
export const BUNDLED: BuildOptions = { conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, assetNames: "[name]" };

/** Port 0: the system picks one, workerd says which on the control channel. */
function writeConfig(folder: string, entry: string, flags: readonly string[]): string {
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  const modules = [
    `(name = "${entry}.js", esModule = embed "${entry}.js")`,
    ...wasm.flatMap((name) => [name, `${name}?module`].map((specifier) => `(name = "${specifier}", wasm = embed "${name}")`)),
  ];
  const config = join(folder, "config.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ${JSON.stringify(flags)},
  modules = [${modules.join(", ")}]
);
`,
  );
  return config;
}

/** The port workerd listens on; an error with its words when it ends before. */
async function listening(child: ChildProcess): Promise<number> {
  let words = "";
  child.stderr?.on("data", (text) => {
    words += String(text);
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`workerd did not start: ${words}`)));
  const [line] = (await Promise.race([once(createInterface(child.stdio[3] as Readable), "line"), ended])) as [string];
  return (JSON.parse(line) as { port: number }).port;
}

/** Starts the Worker in `folder` with compatibility flags, asks it one thing and ends it. */
export async function askWorkerdFolder(folder: string, entry: string, query = "", flags: readonly string[] = []): Promise<unknown> {
  const args = ["serve", "--control-fd=3", writeConfig(folder, entry, flags)];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "pipe", "pipe"], timeout: TIMEOUT, killSignal: "SIGKILL" });
  try {
    const response = await fetch(`http://127.0.0.1:${await listening(child)}/${query}`, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new Error(`the Worker answered ${response.status}: ${await response.text()}`);
    return await response.json();
  } finally {
    child.kill("SIGKILL");
  }
}

/** Bundles an entry and asks it. */
export function askWorkerd(app: App, entry: string, query = "", options: BuildOptions = BUNDLED): Promise<unknown> {
  return askWorkerdFolder(app.bundle(entry, options), entry, query);
}
