// Builds of the package in few files: for Node and its kin, which look up and read modules one by one, and for script tags.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildSync } from "esbuild";

const manifestOf = (folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

/**
 * The settings of what is bundled from the built package; without the paths of tsconfig.json, which lead to the sources.
 * @type {{ bundle: true, minify: true, target: string, tsconfigRaw: string, logLevel: "error" }}
 */
export const FROM_DIST = { bundle: true, minify: true, target: "es2022", tsconfigRaw: "{}", logLevel: "error" };

/** Where the files for Node are, and for which entries: those of the condition `node`. */
const JOINED = "dist/joined";

function buildJoined({ exports }) {
  const entries = Object.values(exports).flatMap(({ node }) => node ?? []);
  buildSync({
    ...FROM_DIST,
    entryPoints: entries.map((path) => path.replace(`./${JOINED}/`, "dist/")),
    outdir: JOINED,
    outbase: "dist",
    chunkNames: "shared-[hash]",
    format: "esm",
    platform: "node",
    splitting: true,
    // Stack traces name functions and lines; the text of the kernels is not there twice.
    minify: false,
    external: [resolve("dist/wasm/generated/text.js")],
  });
}

function buildForPages(own) {
  const loader = manifestOf("node_modules/@assemblyscript/loader");
  const banner = { js: `/*! ${own.name} ${own.version}, ${own.license}; with ${loader.name} ${loader.version}, ${loader.license} */` };
  for (const [outfile, format] of [
    ["dist/simdgrad.min.js", "esm"],
    ["dist/simdgrad.iife.min.js", "iife"],
  ]) {
    // Names of classes are in printed models and in errors.
    buildSync({ ...FROM_DIST, entryPoints: ["dist/bundle.js"], outfile, format, globalName: "simdgrad", keepNames: true, banner });
  }
}

/** The worker of `setThreads(n, { workerUrl })` as one file, for pages whose policy allows no other workers. */
function buildWorker() {
  buildSync({ ...FROM_DIST, entryPoints: ["dist/wasm/threads/worker.js"], outfile: "dist/worker.js", format: "iife" });
}

export function buildBundles() {
  const own = manifestOf(".");
  buildJoined(own);
  buildWorker();
  buildForPages(own);
}
