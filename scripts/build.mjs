// Builds the package: assembly/ -> build/*.wasm -> src/wasm/generated (text and types) -> dist/ and its bundles -> sizes.
// `--wasm` stops after the kernels. Steps whose inputs did not change are skipped.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundles } from "./bundle.mjs";
import { encodeDelta } from "./delta.mjs";
import { printSizes } from "./sizes.mjs";
import { encodeTexts } from "./text.mjs";

const BUILDS = ["baseline", "relaxed"];
const bin = (name) => join("node_modules", ".bin", name);
const run = (name, ...args) => execFileSync(bin(name), args, { stdio: "inherit" });

const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const changedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = (files) => Math.max(...files.map(changedAt));
const oldest = (files) => Math.min(...files.map(changedAt));

async function buildKernels() {
  const sources = [...filesUnder("assembly"), "asconfig.json", "package-lock.json"];
  if (oldest(BUILDS.map((name) => `build/${name}.wasm`)) > newest(sources)) return;
  const compile = (name) =>
    new Promise((resolve, reject) => {
      const asc = spawn(bin("asc"), ["--config", "asconfig.json", "--target", name], { stdio: "inherit" });
      asc.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`asc failed for ${name}`))));
    });
  await Promise.all(BUILDS.map(compile));
}

/** The declarations asc derives from the exports, as one interface: there is no hand-kept list of kernels. */
function kernelTypes() {
  const declared = readFileSync("build/baseline.d.ts", "utf8");
  const body = declared.slice(declared.indexOf("{") + 1, declared.indexOf("\n}\n"));
  const members = body.replaceAll(/export function /g, "").replaceAll(/\n {4}/g, "\n  ");
  return `// Written by scripts/build.mjs from the exports of assembly/.\nexport interface Kernels {${members}\n}\n`;
}

function embedKernels() {
  const folder = "src/wasm/generated";
  const outputs = [`${folder}/text.ts`, `${folder}/kernels.ts`];
  const sources = [...BUILDS.map((name) => `build/${name}.wasm`), "scripts/build.mjs", "scripts/delta.mjs", "scripts/text.mjs"];
  if (oldest(outputs) > newest(sources)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [baseline, relaxed] = BUILDS.map((name) => readFileSync(`build/${name}.wasm`));
  const { alphabet, texts } = encodeTexts([relaxed, encodeDelta(relaxed, baseline)]);
  // The annotations keep the literals out of the declaration file.
  const lines = [
    "// Written by scripts/build.mjs from build/*.wasm.",
    'import type { Alphabet } from "../modules/text.js";\n',
    `export const alphabet: Alphabet = ${JSON.stringify(alphabet)};`,
    `export const relaxed: string =\n  "${texts[0]}";`,
    `export const baselineDelta: string =\n  "${texts[1]}";`,
    `export const baselineSize: number = ${baseline.length};\n`,
  ];
  writeFileSync(outputs[0], lines.join("\n"));
  writeFileSync(outputs[1], kernelTypes());
}

/** What is written by this script has no source that is worth a map. */
function dropMaps(folder) {
  for (const file of filesUnder(folder)) {
    if (file.endsWith(".map")) rmSync(file);
    else if (file.endsWith(".js")) writeFileSync(file, readFileSync(file, "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
  }
}

function buildPackage() {
  rmSync("dist", { recursive: true, force: true });
  run("tsc", "--project", "tsconfig.build.json");
  for (const name of BUILDS) copyFileSync(`build/${name}.wasm`, `dist/wasm/modules/${name}.wasm`);
  dropMaps("dist/wasm/generated");
  buildBundles();
}

function buildPrograms() {
  const entries = ["examples", "bench"].flatMap(filesUnder).filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
  run("esbuild", ...entries, "--outdir=build", "--outbase=.", "--format=esm", "--log-level=warning");
}

await buildKernels();
embedKernels();
if (!process.argv.includes("--wasm")) {
  buildPackage();
  buildPrograms();
  printSizes();
}
