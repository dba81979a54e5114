// Builds of the package in few files: for Node and its kin, which look up and read modules one by one, and for script tags.
import { readFileSync, writeFileSync } from "node:fs";
import { buildSync, transformSync } from "esbuild";
import { rolldown } from "rolldown";

const manifestOf = (folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

/**
 * The settings of what is bundled from the built package; without the paths of tsconfig.json, which lead to the sources.
 * @type {{ bundle: true, minify: true, target: string, tsconfigRaw: string, logLevel: "error" }}
 */
export const FROM_DIST = { bundle: true, minify: true, target: "es2022", tsconfigRaw: "{}", logLevel: "error" };

/** Where the files for Node are, and for which entries: those of the condition `node`. */
const JOINED = "dist/joined";
/** What `import "simdgrad"` needs at once; the other rooms share it, and what runs threads is loaded with them. */
const CORE =
  /\/dist\/((index|errors|runtime)\.js|(autograd|nn|ops|optim|tensor|wasm)\/(?!threads\/(?!index|warn|control)))|@assemblyscript\/loader/;

/** Comments are in the sources and the declarations. */
const withoutComments = {
  name: "without-comments",
  renderChunk: (code) => transformSync(code, { target: "es2022", legalComments: "none" }).code,
};

async function buildJoined({ exports }) {
  const entries = Object.values(exports).flatMap(({ node }) => node ?? []);
  const nameOf = (path) => path.slice(`./${JOINED}/`.length, -".js".length);
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((path) => [nameOf(path), path.replace(JOINED, "dist")])),
    platform: "node",
    plugins: [withoutComments],
  });
  await bundle.write({
    dir: JOINED,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "shared-[hash].js",
    // Stack traces name functions and lines.
    minify: false,
    codeSplitting: { groups: [{ name: "core", test: CORE }] },
  });
}

function buildForPages(own) {
  const loader = manifestOf("node_modules/@assemblyscript/loader");
  const banner = { js: `/*! ${own.name} ${own.version}, ${own.license}; with ${loader.name} ${loader.version}, ${loader.license} */` };
  for (const [outfile, format] of [
    ["dist/simdgrad.min.js", "esm"],
    ["dist/simdgrad.iife.min.js", "iife"],
  ]) {
    // Names of classes are in printed models and in errors. The maps lead to src/, which the package holds.
    const maps = { sourcemap: "linked", sourcesContent: false };
    buildSync({ ...FROM_DIST, ...maps, entryPoints: ["dist/bundle.js"], outfile, format, globalName: "simdgrad", keepNames: true, banner });
    nameSources(`${outfile}.map`);
  }
}

/** Of what is not in the package a map says the name, and no path. */
function nameSources(map) {
  const content = JSON.parse(readFileSync(map, "utf8"));
  content.sources = content.sources.map((path) => path.replace(/^.*node_modules\//, "npm:"));
  writeFileSync(map, JSON.stringify(content));
}

/** The worker of `setThreads(n, { workerUrl })` as one file, for pages whose policy allows no other workers. */
function buildWorker() {
  buildSync({ ...FROM_DIST, entryPoints: ["dist/wasm/threads/worker.js"], outfile: "dist/worker.js", format: "iife" });
}

export async function buildBundles() {
  const own = manifestOf(".");
  await buildJoined(own);
  buildWorker();
  buildForPages(own);
}
