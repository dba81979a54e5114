// Builds the package: assembly/ -> build/*.wasm -> src/wasm/generated (text, types, threads) -> dist/ and its bundles -> sizes.
// `--wasm` stops after src/wasm/generated. Steps whose inputs did not change are skipped.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { writeMethods } from "./api/methods.mjs";
import { buildBundles } from "./bundle.mjs";
import { scriptOf } from "./commands.mjs";
import { withSharedVariables } from "./files.mjs";
import { groupOfKernels, groupsOf, interfaceOf, writeGroups } from "./groups.mjs";
import { fingerprintIn, fingerprintOf, marked } from "./mark.mjs";
import { checkPacked } from "./pack/check.mjs";
import { deriveBaseline } from "./pack/derive.mjs";
import { withFunctionsInOrder } from "./pack/functions.mjs";
import { base64, packKernels } from "./pack/index.mjs";
import { withVariablesInOrder } from "./pack/variables.mjs";
import { printSizes } from "./sizes.mjs";
import { argumentTypes, signaturesIn, writeThreads } from "./threads.mjs";

const BUILDS = ["baseline", "relaxed"];
const UNPACK = "assembly/unpack/asconfig.json";
/** What the compiler writes. */
const COMPILED = "build/compiled";
const GENERATED = "src/wasm/generated";
/** Written last. */
const FINGERPRINT = `${GENERATED}/fingerprint.ts`;

/** All files of a folder. Packages are left out: one of them may be a link to this one, in which Node 24 finds files without an end. */
const filesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
const changedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = (files) => Math.max(...files.map(changedAt));
const oldest = (files) => Math.min(...files.map(changedAt));

const asc = (...args) =>
  new Promise((resolve, reject) => {
    const compiler = spawn(process.execPath, [scriptOf("asc"), ...args], { stdio: "inherit" });
    compiler.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`asc ${args.join(" ")} failed`))));
  });

async function buildKernels() {
  const scripts = ["scripts/mark.mjs", ...filesUnder("scripts/pack")];
  const sources = [...filesUnder("assembly"), "asconfig.json", "package-lock.json", ...scripts];
  if (oldest([...BUILDS, "unpack"].map((name) => `build/${name}.wasm`)) > newest(sources)) return;
  await Promise.all([...BUILDS.map((name) => asc("--config", "asconfig.json", "--target", name)), asc("--config", UNPACK)]);
  const inOrder = (name) => withVariablesInOrder(withFunctionsInOrder(readFileSync(`${COMPILED}/${name}.wasm`)));
  const [compiled, relaxed] = BUILDS.map(inOrder); // with a mark they are a build
  const modules = [deriveBaseline(relaxed, compiled), relaxed];
  const fingerprint = fingerprintOf(modules);
  BUILDS.forEach((name, i) => {
    writeFileSync(`build/${name}.wasm`, marked(modules[i], name, fingerprint));
  });
}

/** The declarations asc derives from the exports, as an interface for each group: there is no hand-kept list of kernels. */
function kernelTypes(groupOf) {
  const declared = readFileSync(`${COMPILED}/baseline.d.ts`, "utf8");
  const body = declared.slice(declared.indexOf("{") + 1, declared.indexOf("\n}\n"));
  const members = body.split(/(?=\n {2}\/\*\*)/).map((member) => member.replace(/export function /, "").replaceAll(/\n {4}/g, "\n  "));
  const membersOf = (group) => members.filter((member) => groupOf.get(member.match(/^ {2}(\w+)\(/m)?.[1]) === group);
  const names = groupsOf(groupOf).map((group) => [group, interfaceOf(group)]);
  const interfaces = names.map(([group, name]) => `export interface ${name} {${membersOf(group).join("")}\n}\n`);
  const all = `/** The kernels of all groups. */\nexport interface Kernels extends ${names.map(([, name]) => name).join(", ")} {}\n`;
  return ["// Written by scripts/build.mjs from the exports of assembly/.", ...interfaces, all, argumentTypes(signaturesIn(body))].join(
    "\n",
  );
}

/** Text of the kernels and of what unpacks it, in files of their own, so that a bundle has those of the groups it uses. */
function writeTexts(groupOf, modules) {
  mkdirSync(`${GENERATED}/text`);
  // The annotations keep the literals out of the declaration files.
  const groups = packKernels(modules, groupOf);
  checkPacked(readFileSync("build/unpack.wasm"), groups, modules);
  [...groups].forEach(([group, { relaxed, baseline }], number) => {
    const text = `{\n  number: ${number},\n  relaxed: "${base64(relaxed)}",\n  baseline: "${base64(baseline)}",\n}`;
    const lines = [
      "// Written by scripts/build.mjs.",
      'import type { GroupText } from "../../modules/unpack.js";\n',
      `export const text: GroupText = ${text};\n`,
    ];
    writeFileSync(`${GENERATED}/text/${group}.ts`, lines.join("\n"));
  });
  // In hexadecimal, which gzip makes shorter than base64: this module is not compressed otherwise.
  const unpacker = readFileSync("build/unpack.wasm", "hex");
  writeFileSync(`${GENERATED}/unpacker.ts`, `// Written by scripts/build.mjs.\nexport const unpacker: string =\n  "${unpacker}";\n`);
}

function embedKernels() {
  const sources = [...BUILDS, "unpack"].map((name) => `build/${name}.wasm`);
  const scripts = ["scripts/build.mjs", "scripts/groups.mjs", "scripts/threads.mjs", ...filesUnder("scripts/pack")];
  if (changedAt(FINGERPRINT) > newest([...sources, ...scripts])) return;
  rmSync(GENERATED, { recursive: true, force: true });
  mkdirSync(GENERATED, { recursive: true });
  const [baseline, relaxed] = sources.map((file) => readFileSync(file));
  const groupOf = groupOfKernels(WebAssembly.Module.exports(new WebAssembly.Module(baseline)).map(({ name }) => name));
  writeTexts(groupOf, { baseline, relaxed });
  writeGroups(groupsOf(groupOf));
  writeFileSync(`${GENERATED}/kernels.ts`, kernelTypes(groupOf));
  writeFileSync(FINGERPRINT, `// Written by scripts/build.mjs.\nexport const fingerprint: string = "${fingerprintIn(relaxed)}";\n`);
}

/** What is written by this script has no source that is worth a map. */
function dropMaps(folder) {
  for (const file of filesUnder(folder)) {
    if (file.endsWith(".map")) rmSync(file);
    else if (file.endsWith(".js")) writeFileSync(file, readFileSync(file, "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
  }
}

/** Marks definitions of operations as calls without an effect, so that bundlers leave out those that a program does not use. */
function markOperations(files) {
  for (const file of files.filter((path) => path.endsWith(".js"))) {
    const text = readFileSync(file, "utf8");
    const marked = text.replace(/^((?:export )?const \w+ = )(?=define(?:Op|View|Edit)\()/gm, "$1/* @__PURE__ */ ");
    if (marked !== text) writeFileSync(file, marked);
  }
}

async function buildPackage() {
  rmSync("dist", { recursive: true, force: true });
  execFileSync(process.execPath, [scriptOf("tsc"), "--project", "tsconfig.build.json"], { stdio: "inherit" });
  markOperations(filesUnder("dist"));
  writeMethods(filesUnder("dist"));
  for (const name of BUILDS) writeFileSync(`dist/wasm/modules/${name}.wasm`, withSharedVariables(readFileSync(`build/${name}.wasm`)));
  dropMaps("dist/wasm/generated");
  await buildBundles();
}

async function buildPrograms() {
  const entryPoints = ["examples", "bench"].flatMap(filesUnder).filter((file) => file.endsWith(".ts"));
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
