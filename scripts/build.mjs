// Builds the package: assembly/ -> build/*.wasm -> src/wasm/generated (base64 and types) -> dist/ -> sizes.
// `--wasm` stops after the kernels. Steps whose inputs did not change are skipped.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printSizes } from "./sizes.mjs";

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

function buildKernels() {
  const sources = [...filesUnder("assembly"), "asconfig.json", "package-lock.json"];
  if (oldest(BUILDS.map((name) => `build/${name}.wasm`)) > newest(sources)) return;
  for (const name of BUILDS) run("asc", "--config", "asconfig.json", "--target", name);
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
  const outputs = [`${folder}/base64.ts`, `${folder}/kernels.ts`];
  if (oldest(outputs) > newest(BUILDS.map((name) => `build/${name}.wasm`))) return;
  mkdirSync(folder, { recursive: true });
  const base64 = BUILDS.map((name) => {
    const bytes = readFileSync(`build/${name}.wasm`);
    // The annotation keeps the literal out of the declaration file.
    return `export const ${name}: string =\n  "${bytes.toString("base64")}";\n`;
  });
  writeFileSync(outputs[0], `// Written by scripts/build.mjs from build/*.wasm.\n${base64.join("")}`);
  writeFileSync(outputs[1], kernelTypes());
}

function buildPackage() {
  rmSync("dist", { recursive: true, force: true });
  run("tsc", "--project", "tsconfig.build.json");
  for (const name of BUILDS) copyFileSync(`build/${name}.wasm`, `dist/wasm/modules/${name}.wasm`);
}

function buildExamples() {
  const entries = filesUnder("examples").filter((file) => file.endsWith(".ts"));
  run("esbuild", ...entries, "--outdir=build/examples", "--outbase=examples", "--format=esm", "--log-level=warning");
}

buildKernels();
embedKernels();
if (!process.argv.includes("--wasm")) {
  buildPackage();
  buildExamples();
  printSizes();
}
