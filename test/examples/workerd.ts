// The Worker of examples/worker in workerd, bundled as wrangler does it; a folder of this machine stands in for its assets.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const EXECUTABLE = (createRequire(import.meta.url)("workerd") as { default: string }).default;
const EXAMPLE = "examples/worker";
const TIMEOUT = 120_000;

/** A bundle in a folder of its own. */
export interface Bundle extends Disposable {
  readonly folder: string;
  /** Bytes of script and kernels, gzipped one by one as Cloudflare counts them. */
  readonly gzipped: number;
}

/** What is made of the Worker at deployment. `dist/` must be built. */
export function bundleWorker(): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "digits-worker-"));
  buildSync({
    entryPoints: [`${EXAMPLE}/src/index.ts`],
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    tsconfig: `${EXAMPLE}/tsconfig.json`,
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
  return {
    folder,
    gzipped: readdirSync(folder).reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function configOf(folder: string, simd: string, assets: string): string {
  const [, date] = readFileSync(`${EXAMPLE}/wrangler.jsonc`, "utf8").match(/"compatibility_date": "([\d-]+)"/) ?? [];
  const kernels = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  const modules = [
    `(name = "index.js", esModule = embed "index.js")`,
    ...kernels.map((name) => `(name = "${name}", wasm = embed "${name}")`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "assets", disk = (path = "${resolve(assets)}"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  compatibilityDate = "${date}",
  modules = [${modules.join(", ")}],
  bindings = [(name = "ASSETS", service = "assets"), (name = "SIMD", text = "${simd}")]
);
`;
}

/** The port workerd was given; an error with its words when it ends before. */
async function listening(child: ChildProcess): Promise<number> {
  let words = "";
  child.stderr?.on("data", (text) => {
    words += String(text);
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`workerd did not start: ${words}`)));
  const [line] = (await Promise.race([once(createInterface(child.stdio[3] as Readable), "line"), ended])) as [string];
  return (JSON.parse(line) as { port: number }).port;
}

/** A Worker that is running. */
export interface Running extends Disposable {
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts the Worker with kernels and a folder of assets of choice. */
export async function serveWorker({ folder }: Bundle, simd: "auto" | "baseline", assets = `${EXAMPLE}/public`): Promise<Running> {
  const config = join(folder, `${simd}.capnp`);
  writeFileSync(config, configOf(folder, simd, assets));
  const stdio = ["ignore", "ignore", "pipe", "pipe"] as const;
  const child = spawn(EXECUTABLE, ["serve", "--control-fd=3", config], { stdio: [...stdio], timeout: TIMEOUT, killSignal: "SIGKILL" });
  const port = await listening(child);
  return {
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(TIMEOUT), ...init }),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
