// Bundles of the package: few files for Node, Deno and Bun, where every module costs time, and single files for script tags.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync, transformSync } from "esbuild";
import { rolldown } from "rolldown";

const manifestOf = (folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

/**
 * The settings for bundles of the built package, without the paths of tsconfig.json, which point to the sources.
 * @type {{ bundle: true, minify: true, target: string, tsconfigRaw: string, logLevel: "error" }}
 */
export const FROM_DIST = { bundle: true, minify: true, target: "es2022", tsconfigRaw: "{}", logLevel: "error" };

/** The folder of the files for Node, and their entries: those of the condition `node`. */
const JOINED = "dist/joined";
/** The modules that `import "simdgrad"` needs at once and that the other entries share. The thread code is a separate file, loaded later. */
const CORE =
  /\/dist\/((begin|index|errors|runtime|unbundled)\.js|(autograd|inspect|methods|nn|ops|optim|tensor|wasm)\/(?!generated\/(splits|workerText)|threads\/(?!index|loadLazily|warn|control)))|@assemblyscript\/loader/;

/** Uses the source maps that the compiler wrote beside the modules, and keeps those modules that package.json lets bundlers drop. */
const withMaps = {
  name: "with-maps",
  load(path) {
    if (!existsSync(`${path}.map`)) return undefined;
    return { code: readFileSync(path, "utf8"), map: readFileSync(`${path}.map`, "utf8"), moduleSideEffects: true };
  },
};

/** Longest line of a script: Node prints the line that threw an error, which must not be a whole file. */
const LINE_LENGTH = 120;

/** Wraps the lines of a script and updates its source map. A file without a map has only exports of other files and stays as it is. */
function breakLines(path) {
  const map = `${path}.map`;
  if (!existsSync(map)) return;
  const inline = `//# sourceMappingURL=data:application/json;base64,${readFileSync(map, "base64")}`;
  const wrapped = transformSync(readFileSync(path, "utf8").replace(/^\/\/# sourceMappingURL=.*\s*$/m, inline), {
    lineLimit: LINE_LENGTH,
    minifyWhitespace: true,
    sourcemap: "external",
    sourcesContent: false,
    sourcefile: path,
  });
  writeFileSync(path, `${wrapped.code}//# sourceMappingURL=${basename(map)}\n`);
  writeFileSync(map, wrapped.map);
  nameSources(map);
}

async function buildJoined({ exports }) {
  const entries = Object.values(exports).flatMap(({ node }) => node ?? []);
  const nameOf = (path) => path.slice(`./${JOINED}/`.length, -".js".length);
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((path) => [nameOf(path), path.replace(JOINED, "dist")])),
    platform: "node",
    treeshake: { moduleSideEffects: true }, // nothing is left out
    plugins: [withMaps],
  });
  const { output } = await bundle.write({
    dir: JOINED,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "shared-[hash].js",
    // A program waits until all files are read, so they are minified. Functions and classes keep their names for stack traces and printed models.
    minify: { compress: false, mangle: { toplevel: false }, codegen: { removeWhitespace: true } },
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: { groups: [{ name: "core", test: CORE }] },
  });
  for (const { fileName, type } of output) if (type === "chunk") breakLines(join(JOINED, fileName));
}

function buildForPages(own) {
  const loader = manifestOf("node_modules/@assemblyscript/loader");
  const banner = { js: `/*! ${own.name} ${own.version}, ${own.license}; with ${loader.name} ${loader.version}, ${loader.license} */` };
  for (const [outfile, format] of [
    ["dist/simdgrad.min.js", "esm"],
    ["dist/simdgrad.iife.min.js", "iife"],
  ]) {
    // The names of classes appear in printed models and in errors. The maps refer to src/, which the package contains.
    const maps = { sourcemap: "linked", sourcesContent: false };
    buildSync({
      ...FROM_DIST,
      ...maps,
      entryPoints: ["dist/bundle.js"],
      outfile,
      format,
      globalName: "simdgrad",
      keepNames: true,
      banner,
      ignoreAnnotations: true,
    });
    nameSources(`${outfile}.map`);
  }
}

/** Replaces paths of files outside the package by their package names in a source map. */
function nameSources(map) {
  const content = JSON.parse(readFileSync(map, "utf8"));
  content.sources = content.sources.map((path) => path.replace(/^.*node_modules\//, "npm:"));
  writeFileSync(map, JSON.stringify(content));
}

/** Writes the worker of `setThreads(n, { workerUrl })` as one file, for pages whose policy forbids other workers. */
function buildWorker() {
  buildSync({ ...FROM_DIST, entryPoints: ["dist/wasm/threads/worker.js"], outfile: "dist/worker.js", format: "iife" });
}

export async function buildBundles() {
  const own = manifestOf(".");
  await buildJoined(own);
  buildWorker();
  buildForPages(own);
}
