// Builds the package: assembly/ -> build/*.wasm -> src/wasm/generated (text, types, threads) -> dist/ and its bundles -> sizes.
// `--wasm` stops after src/wasm/generated. Steps whose inputs did not change are skipped.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { buildBundles } from "./bundle.mjs";
import { scriptOf } from "./commands.mjs";
import { encodeDelta } from "./delta.mjs";
import { fingerprintIn, fingerprintOf, marked } from "./mark.mjs";
import { base64, packText } from "./pack.mjs";
import { printSizes } from "./sizes.mjs";
import { argumentTypes, signaturesIn, writeThreads } from "./threads.mjs";

const BUILDS = ["baseline", "relaxed"];
const UNPACK = "assembly/unpack/asconfig.json";

const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const changedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = (files) => Math.max(...files.map(changedAt));
const oldest = (files) => Math.min(...files.map(changedAt));

const asc = (...args) =>
  new Promise((resolve, reject) => {
    const compiler = spawn(process.execPath, [scriptOf("asc"), ...args], { stdio: "inherit" });
    compiler.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`asc ${args.join(" ")} failed`))));
  });

async function buildKernels() {
  const sources = [...filesUnder("assembly"), "asconfig.json", "package-lock.json", "scripts/mark.mjs"];
  if (oldest([...BUILDS, "unpack"].map((name) => `build/${name}.wasm`)) > newest(sources)) return;
  await Promise.all([...BUILDS.map((name) => asc("--config", "asconfig.json", "--target", name)), asc("--config", UNPACK)]);
  const modules = BUILDS.map((name) => readFileSync(`build/${name}.wasm`));
  const fingerprint = fingerprintOf(modules);
  BUILDS.forEach((name, i) => {
    writeFileSync(`build/${name}.wasm`, marked(modules[i], name, fingerprint));
  });
}

/** The declarations asc derives from the exports, as interfaces: there is no hand-kept list of kernels. */
function kernelTypes() {
  const declared = readFileSync("build/baseline.d.ts", "utf8");
  const body = declared.slice(declared.indexOf("{") + 1, declared.indexOf("\n}\n"));
  const members = body.replaceAll(/export function /g, "").replaceAll(/\n {4}/g, "\n  ");
  return `// Written by scripts/build.mjs from the exports of assembly/.\nexport interface Kernels {${members}\n}\n\n${argumentTypes(signaturesIn(body))}`;
}

function embedKernels() {
  const folder = "src/wasm/generated";
  const outputs = ["text", "kernels", "fingerprint"].map((name) => `${folder}/${name}.ts`);
  const sources = [...BUILDS, "unpack"].map((name) => `build/${name}.wasm`);
  const scripts = ["build", "delta", "pack", "threads", "zopfli"].map((name) => `scripts/${name}.mjs`);
  if (oldest(outputs) > newest([...sources, ...scripts])) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [baseline, relaxed, unpack] = sources.map((file) => readFileSync(file));
  const delta = encodeDelta(relaxed, baseline);
  // The annotations keep the literals out of the declaration file.
  const lines = [
    "// Written by scripts/build.mjs from build/*.wasm.",
    'import type { Packed } from "../modules/unpack.js";\n',
    `export const unpacker: string =\n  "${base64(unpack)}";`,
    `export const relaxed: Packed = {\n  size: ${relaxed.length},\n  text: "${packText(relaxed)}",\n};`,
    `export const baselineDelta: Packed = {\n  size: ${delta.length},\n  text: "${packText(delta)}",\n};`,
    `export const baselineSize: number = ${baseline.length};\n`,
  ];
  writeFileSync(outputs[0], lines.join("\n"));
  writeFileSync(outputs[1], kernelTypes());
  writeFileSync(outputs[2], `// Written by scripts/build.mjs.\nexport const fingerprint: string = "${fingerprintIn(relaxed)}";\n`);
}

/** What is written by this script has no source that is worth a map. */
function dropMaps(folder) {
  for (const file of filesUnder(folder)) {
    if (file.endsWith(".map")) rmSync(file);
    else if (file.endsWith(".js")) writeFileSync(file, readFileSync(file, "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
  }
}

async function buildPackage() {
  rmSync("dist", { recursive: true, force: true });
  execFileSync(process.execPath, [scriptOf("tsc"), "--project", "tsconfig.build.json"], { stdio: "inherit" });
  for (const name of BUILDS) copyFileSync(`build/${name}.wasm`, `dist/wasm/modules/${name}.wasm`);
  dropMaps("dist/wasm/generated");
  await buildBundles();
}

async function buildPrograms() {
  const entryPoints = ["examples", "bench"].flatMap(filesUnder).filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
  await build({ entryPoints, outdir: "build", outbase: ".", format: "esm", logLevel: "warning" });
}

await buildKernels();
embedKernels();
await writeThreads();
if (!process.argv.includes("--wasm")) {
  await buildPackage();
  await buildPrograms();
  printSizes();
}
