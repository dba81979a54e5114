// Bundlers by their command lines, with no configuration that has to do with this package.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import type { App } from "../app.js";
import type { Answer } from "../entries/answer.js";
import { execute } from "../hosts/node.js";
import { askFolder, askPage, writePage } from "../hosts/pages.js";
import { STRICT } from "../hosts/site.js";
import type { Simd } from "../smoke.js";
import { file, node, program } from "./install.js";

const bundled = (path: string): string => `<script type="module" src="/${path}"></script>`;

/** The entry page.ts as a script in the project, and its path from the project's folder. */
const entryOf = (app: App): string => relative(app.folder, app.script("page", "esm"));

/** Prints what a page downloads. */
function report(name: string, script: string): void {
  const bytes = readFileSync(script);
  console.log(`${name} ships ${(bytes.length / 1024).toFixed(1)} KB, ${(gzipSync(bytes).length / 1024).toFixed(1)} KB gzipped`);
}

export function runWebpack(app: App, simd: Simd): Promise<Answer> {
  const folder = app.copy();
  execute([node(24), file("webpack/bin/webpack.js")], `./${entryOf(app)}`, ["--mode=production", "--output-path", folder], app.folder);
  report("webpack", join(folder, "main.js"));
  return askFolder(writePage(folder, bundled("main.js")), simd, STRICT);
}

export function runRollup(app: App, simd: Simd): Promise<Answer> {
  const folder = app.copy();
  const plugin = file("@rollup/plugin-node-resolve/dist/cjs/index.js");
  execute([program("rollup")], entryOf(app), ["--format=es", "--file", join(folder, "main.js"), "--plugin", plugin], app.folder);
  report("Rollup, not minified,", join(folder, "main.js"));
  return askFolder(writePage(folder, bundled("main.js")), simd, STRICT);
}

export function runViteBuild(app: App, simd: Simd): Promise<Answer> {
  writePage(app.folder, bundled(entryOf(app)));
  const folder = app.copy();
  execute([program("vite"), "build"], app.folder, ["--outDir", folder, "--emptyOutDir", "--logLevel=warn"], app.folder);
  return askFolder(folder, simd, STRICT);
}

/** The development server: it serves the project's scripts one by one and the package as it optimizes it. */
export async function runViteServer(app: App, simd: Simd): Promise<Answer> {
  writePage(app.folder, bundled(entryOf(app)));
  const server = spawn(process.execPath, [program("vite"), app.folder, "--host=127.0.0.1"], {
    cwd: dirname(app.folder),
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    for await (const line of createInterface(server.stdout)) {
      const [url] = line.match(/http:\/\/127\.0\.0\.1:\d+\//) ?? [];
      if (url) return await askPage(url, simd);
    }
    throw new Error("vite ended before it said where it serves");
  } finally {
    server.kill();
    await once(server, "exit");
  }
}
