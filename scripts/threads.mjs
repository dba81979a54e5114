// Writes the generated files of threads: the arguments of the kernels that are split, by the declarations in src/wasm/threads/cuts, and the
// worker's script as text. Both come before the compiler, which needs them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const GENERATED = "src/wasm/generated";
const EVALUATED = "build/threads.mjs";

/**
 * What a kernel takes, in order. `usize` are pointers, all else are numbers.
 * @typedef {{ name: string, type: string }[]} Parameters
 * @typedef {Map<string, Parameters>} Signatures
 * @typedef {{ cost: readonly [number, ...string[]], costPer?: string, writes?: readonly string[], scratch?: unknown }} Split
 */

/**
 * Reads the parameters of all kernels out of the declarations that asc writes.
 * @param {string} declarations
 * @returns {Signatures}
 */
export function signaturesIn(declarations) {
  const functions = declarations.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export function )?(\w+)\(/g);
  return new Map(
    [...functions].map(([, comment, kernel]) => [
      kernel,
      [...comment.matchAll(/@param (\w+) `(\w+)`/g)].map(([, name, type]) => ({ name, type })),
    ]),
  );
}

const isPointer = ({ type }) => type === "usize";
const namesOf = (parameters) => parameters.map(({ name }) => name);

/**
 * The names of each kernel's arguments as types, for the declarations of cuts.
 * @param {Signatures} signatures
 */
export function argumentTypes(signatures) {
  const union = (names) => names.map((name) => `"${name}"`).join(" | ") || "never";
  const lines = [...signatures].map(([kernel, parameters]) => {
    const [pointers, numbers] = [parameters.filter(isPointer), parameters.filter((parameter) => !isPointer(parameter))].map(namesOf);
    return `  ${kernel}: { pointers: ${union(pointers)}; numbers: ${union(numbers)} };`;
  });
  return `/** The pointers and the numbers among the arguments of each kernel. */\nexport interface KernelArguments {\n${lines.join("\n")}\n}\n`;
}

/**
 * Throws, naming them all, if a declaration does not suit its kernel, or a kernel does not fit into a program of control.ts.
 * @param {Readonly<Record<string, Split>>} splits
 * @param {Signatures} signatures
 * @param {number} mostArguments
 */
export function checkSplits(splits, signatures, mostArguments) {
  const wrong = [];
  for (const [kernel, parameters] of signatures) {
    if (parameters.length > mostArguments) {
      wrong.push(`${kernel} has ${parameters.length} arguments, a program holds ${mostArguments}; raise MOST_ARGUMENTS in control.ts`);
    }
  }
  for (const [kernel, { cost, costPer, writes = ["out"], scratch }] of Object.entries(splits)) {
    const parameters = signatures.get(kernel);
    if (!parameters) {
      wrong.push(`${kernel} is no kernel`);
      continue;
    }
    const pointers = namesOf(parameters.filter(isPointer));
    const numbers = namesOf(parameters.filter((parameter) => !isPointer(parameter)));
    const [, ...factors] = cost;
    for (const name of [...factors, ...(costPer ? [costPer] : [])]) {
      if (!numbers.includes(name)) wrong.push(`${kernel}: ${name} is not among its numbers ${numbers.join(", ")}`);
    }
    for (const name of writes)
      if (!pointers.includes(name)) wrong.push(`${kernel}: ${name} is not among its pointers ${pointers.join(", ")}`);
    if (pointers.includes("work") !== Boolean(scratch))
      wrong.push(`${kernel}: scratch is declared by kernels with a pointer work, and by no others`);
  }
  if (wrong.length > 0) throw new Error(`src/wasm/threads: ${wrong.join("; ")}`);
}

/**
 * The kernels that threads split, by the names of their arguments.
 * @param {Readonly<Record<string, Split>>} splits
 * @param {Signatures} signatures
 */
export function splitKernels(splits, signatures) {
  const kernelsOf = new Map();
  for (const kernel of Object.keys(splits)) {
    const names = namesOf(signatures.get(kernel)).join(" ");
    kernelsOf.set(names, [...(kernelsOf.get(names) ?? []), kernel]);
  }
  const lines = [...kernelsOf].map(([names, kernels]) => `  "${names}": "${kernels.join(" ")}",\n`);
  return `// Written by scripts/threads.mjs from src/wasm/threads/cuts.

/** Lists of arguments, and the kernels that have them and are split; both with spaces between names. */
export const splitKernels: Readonly<Record<string, string>> = {
${lines.join("")}};
`;
}

/** worker.ts and what it imports as one text. */
export function workerText() {
  const { outputFiles } = buildSync({
    entryPoints: ["src/wasm/threads/worker.ts"],
    ...{ bundle: true, minify: true, write: false, format: "iife", target: "es2022" },
  });
  const text = JSON.stringify(outputFiles[0].text.trim());
  return `// Written by scripts/threads.mjs: src/wasm/threads/worker.ts and what it imports.\nexport const workerText: string =\n  ${text};\n`;
}

/**
 * The declarations of cuts, and the most arguments of a kernel that fit into a program.
 * @returns {Promise<{ SPLITS: Readonly<Record<string, Split>>, MOST_ARGUMENTS: number }>}
 */
async function evaluateDeclarations() {
  const contents = 'export { SPLITS } from "./cuts/index.js"; export { MOST_ARGUMENTS } from "./control.js";';
  buildSync({
    stdin: { contents, resolveDir: "src/wasm/threads" },
    ...{ bundle: true, packages: "external", format: "esm", outfile: EVALUATED, logLevel: "error" },
  });
  return import(`${pathToFileURL(resolve(EVALUATED))}?${Date.now()}`);
}

/**
 * The generated files by their paths, checked.
 * @returns {Promise<Record<string, string>>}
 */
export async function threadFiles() {
  const signatures = signaturesIn(readFileSync(`${GENERATED}/kernels.ts`, "utf8"));
  const { SPLITS, MOST_ARGUMENTS } = await evaluateDeclarations();
  checkSplits(SPLITS, signatures, MOST_ARGUMENTS);
  return {
    [`${GENERATED}/splitKernels.ts`]: splitKernels(SPLITS, signatures),
    [`${GENERATED}/workerText.ts`]: workerText(),
  };
}

/** Writes the generated files that differ. */
export async function writeThreads() {
  mkdirSync(GENERATED, { recursive: true });
  for (const [path, content] of Object.entries(await threadFiles())) {
    if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
  }
}
