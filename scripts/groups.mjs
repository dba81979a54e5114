// Groups of kernels: the core, which every program has, and others, which come with the operations that call them. A group is a folder of
// assembly/, so a new folder is a new group.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CORE } from "./pack/index.mjs";

/** Folders whose kernels the methods of tensors call. */
const CORE_FOLDERS = ["elementwise", "gemm", "move", "reduce"];
/** Folders that export no kernels. */
const WITHOUT_KERNELS = ["lib", "unpack"];

const GENERATED = "src/wasm/generated";
const FOLDER = `${GENERATED}/groups`;

const functionsIn = (file) => [...readFileSync(file, "utf8").matchAll(/^export function (\w+)/gm)].map(([, name]) => name);

/** The folder in which each function of assembly/ is exported. */
function foldersOfFunctions() {
  const folders = new Map();
  for (const entry of readdirSync("assembly", { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isDirectory() || WITHOUT_KERNELS.includes(name)) continue;
    for (const file of readdirSync(join("assembly", name))) {
      for (const exported of functionsIn(join("assembly", name, file))) {
        // Functions that folders share among themselves may have one name; kernels may not.
        folders.set(exported, folders.has(exported) && folders.get(exported) !== name ? undefined : name);
      }
    }
  }
  return folders;
}

/**
 * The group of each kernel.
 * @param {string[]} kernels
 */
export function groupOfKernels(kernels) {
  const folders = foldersOfFunctions();
  const unclear = kernels.filter((kernel) => !folders.get(kernel));
  if (unclear.length > 0) throw new Error(`scripts/groups.mjs: no folder, or several, export ${unclear.join(", ")}`);
  const groupOf = (kernel) => (CORE_FOLDERS.includes(folders.get(kernel)) ? CORE : folders.get(kernel));
  return new Map(kernels.map((kernel) => [kernel, groupOf(kernel)]));
}

/** The groups, the core first. */
export const groupsOf = (groupOf) => [CORE, ...[...new Set(groupOf.values())].filter((group) => group !== CORE).sort()];

const capital = (name) => name[0].toUpperCase() + name.slice(1);
export const interfaceOf = (group) => `${capital(group)}Kernels`;

/** Writes a module for each group but the core: operations import the kernels they call from there. */
export function writeGroups(groups) {
  mkdirSync(FOLDER, { recursive: true });
  for (const group of groups) {
    if (group === CORE) continue;
    const name = `${group}Kernels`;
    writeFileSync(
      join(FOLDER, `${group}.ts`),
      `// Written by scripts/groups.mjs.
import { text } from "#text/${group}";
import { addGroup } from "../../kernels.js";
import type { ${interfaceOf(group)} } from "../kernels.js";

/** The kernels of assembly/${group}. */
export let ${name}: ${interfaceOf(group)} = addGroup(text, (kernels) => {
  ${name} = kernels;
});
`,
    );
  }
  const texts = groups.map((group) => `import "./text/${group}.js";\n`).join("");
  writeFileSync(
    join(GENERATED, "texts.ts"),
    `// Written by scripts/groups.mjs. A bundler puts modules in the order of their imports, and leaves out those without a use. This module
// comes first of all, so the texts lie in front of the code: gzip looks back 32 KB, and text between code would keep it from finding
// what repeats itself. The unpacker is text too.
${texts}import "./unpacker.js";
import "../modules/unpack.js";
`,
  );
}
