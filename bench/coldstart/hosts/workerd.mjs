// workerd: from the start of the process to the answer of a Worker.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "./bundle.mjs";

const EXECUTABLE = createRequire(import.meta.url)("workerd").default;
const WORKER = `
  import { product } from "program";
  const answer = async () => {
    try {
      return { first: await product() };
    } catch (error) {
      return { error: String(error) };
    }
  };
  export default { fetch: async () => Response.json(await answer()) };`;

const config = (files) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (compatibilityDate = "2026-01-01", compatibilityFlags = ["nodejs_compat"], modules = [${files
  .map((file) => `(name = "${file}", ${file.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${file}")`)
  .join(", ")}]);
`;

/** @returns {() => Promise<{ first?: number, error?: string, ms: number }>} */
export function inWorkerd(program, folder) {
  const own = join(folder, `${program.name}.worker`);
  mkdirSync(own, { recursive: true });
  const conditions = ["workerd", "worker", "browser"];
  bundle(program, WORKER, join(own, "worker.js"), { conditions, loader: { ".wasm": "copy" }, assetNames: "[name]", external: ["node:*"] });
  const files = readdirSync(own).filter((file) => /\.(js|wasm)$/.test(file));
  // The first module is the Worker itself.
  files.sort((a, b) => Number(b === "worker.js") - Number(a === "worker.js"));
  writeFileSync(join(own, "config.capnp"), config(files));

  return async () => {
    const start = performance.now();
    const child = spawn(EXECUTABLE, ["serve", "--control-fd=3", join(own, "config.capnp")], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    let words = "";
    child.stderr.on("data", (text) => {
      words += text;
    });
    try {
      const ended = once(child, "exit").then(() => ({ error: words.split("\n").find((line) => line.includes("Error")) ?? words }));
      const line = await Promise.race([once(createInterface(child.stdio[3]), "line"), ended]);
      if (line.error) return { error: line.error, ms: 0 };
      const response = await fetch(`http://127.0.0.1:${JSON.parse(line[0]).port}/`);
      return { ...(await response.json()), ms: performance.now() - start };
    } finally {
      child.kill("SIGKILL");
    }
  };
}
