// Writes the generated files of threads: the table of the kernels that are split, made of the declarations in src/wasm/threads/cuts, and
// the worker's script as text. Both come before the compiler, which needs them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const GENERATED = "src/wasm/generated";
const EVALUATED = "build/threads.mjs";
const MODULE = "build/baseline.wasm";

/**
 * What a kernel takes, in order. `usize` are pointers, all else are numbers.
 * @typedef {{ name: string, type: string }[]} Parameters
 * @typedef {Map<string, Parameters>} Signatures
 * @typedef {number | string} Formula
 * @typedef {Readonly<Record<string, Formula>>} Formulas
 * @typedef {{ total: string, unit: Formula, advance: Formulas, counts: Formulas, rounds: number, steps: Formulas, least: string | undefined }} Cut
 * @typedef {{ cost: readonly [number, ...string[]], costPer?: string, writes?: readonly string[], updates?: Formula, scratch?: Formula, cuts: readonly Cut[] }} Split
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

/** All kernels, in the order of the module. */
export const kernelsInOrder = () => WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(MODULE))).map(({ name }) => name);

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
  for (const [kernel, split] of Object.entries(splits)) {
    const parameters = signatures.get(kernel);
    if (!parameters) {
      wrong.push(`${kernel} is no kernel`);
      continue;
    }
    const all = namesOf(parameters);
    const pointers = namesOf(parameters.filter(isPointer));
    const numbers = all.filter((name) => !pointers.includes(name));
    const { cost, costPer, writes = ["out"], updates = 0, scratch, cuts } = split;
    const [, ...factors] = cost;
    const formulas = [updates, scratch ?? 0, ...cuts.flatMap(formulasOf)];
    const numbersUsed = [...factors, ...(costPer ? [costPer] : []), ...cuts.flatMap(numbersOf), ...formulas.flatMap(namesIn)];
    const pointersUsed = [...writes, ...cuts.flatMap(({ advance }) => Object.keys(advance))];
    for (const name of numbersUsed) {
      if (!numbers.includes(name)) wrong.push(`${kernel}: ${name} is not among its numbers ${numbers.join(", ")}`);
    }
    for (const name of pointersUsed) {
      if (!pointers.includes(name)) wrong.push(`${kernel}: ${name} is not among its pointers ${pointers.join(", ")}`);
    }
    for (const callee of formulas.flatMap(calleesIn)) if (!signatures.has(callee)) wrong.push(`${kernel}: ${callee} is no kernel`);
    if (pointers.includes("work") !== (scratch !== undefined))
      wrong.push(`${kernel}: scratch is declared by kernels with a pointer work, and by no others`);
    if (all.length > LETTERS)
      wrong.push(`${kernel} is split and has ${all.length} arguments; a letter stands for each, so ${LETTERS} are allowed`);
  }
  if (wrong.length > 0) throw new Error(`src/wasm/threads: ${[...new Set(wrong)].join("; ")}`);
}

/** The most arguments of a kernel that is split. */
const LETTERS = 26;

/** @param {Cut} cut */
const formulasOf = ({ unit, advance, counts, steps }) => [unit, ...Object.values({ ...advance, ...counts, ...steps })];
/** @param {Cut} cut */
const numbersOf = ({ total, counts, steps }) => [total, ...Object.keys(counts), ...Object.keys(steps)];

/** A word of a formula: an argument, a kernel that is called, or an operator. */
const WORD = /[A-Za-z]\w*\(?/g;
const OPERATORS = { min: "<", max: ">" };
const wordsIn = (formula) => String(formula).match(WORD) ?? [];
const calleesIn = (formula) => wordsIn(formula).flatMap((word) => (word.endsWith("(") ? word.slice(0, -1) : []));
const namesIn = (formula) => wordsIn(formula).filter((word) => !word.endsWith("(") && !OPERATORS[word]);

/**
 * The table of the kernels that threads split, which src/wasm/threads/splits.ts reads.
 * @param {Readonly<Record<string, Split>>} splits
 * @param {Signatures} signatures
 * @param {readonly string[]} kernels in the order of the module, in which neighbours are alike, which gzip likes
 */
export function splitTable(splits, signatures, kernels) {
  let before;
  const lines = kernels.map((kernel) => {
    if (!splits[kernel]) return "";
    const line = lineOf(splits[kernel], namesOf(signatures.get(kernel)));
    const known = line === before;
    before = line;
    return splits[kernel].cost[0] + (known ? "" : line);
  });
  return `// Written by scripts/threads.mjs from src/wasm/threads/cuts.

/**
 * How kernels are split, in the order of the module, a line for each; an empty one if a kernel is not split. A line has the cost, which is a
 * constant times some numbers, and its divisor, pointers that are written, updates, scratch pointer and its bytes, then the cuts. One that has
 * the constant only goes on as the last line did that has more. A cut has the number of units, pointers, unit (1), least (0), rounds (4), counts
 * (the units) and steps; what is in parentheses is left out.
 */
export const splits: string = ${JSON.stringify(lines.join("\n"))};
`;
}

const LEAST = [undefined, "two", "two each"];

/** A line of the table behind its constant. @param {Split} split @param {string[]} names */
function lineOf({ cost: [, ...factors], costPer, updates = 0, writes = ["out"], scratch, cuts }, names) {
  const letter = (name) => String.fromCharCode(97 + names.indexOf(name));
  const letters = (list) => list.map(letter).join("");
  const formula = (value) =>
    String(value)
      .replace(WORD, (word) => (word.endsWith("(") ? word : (OPERATORS[word] ?? letter(word))))
      .replace(/[ ,]|\*(?!\d)/g, "");
  const product = (value) => (value === 1 ? "" : formula(value).replace(/^1(?=[a-z])/, ""));
  const places = (values) => Object.entries(values).flatMap(([name, value]) => (value === 0 ? [] : letter(name) + product(value)));
  const cutTexts = cuts.map(({ total, unit, rounds, least, counts, advance, steps }) => {
    const counted = Object.keys(counts).join() === total && counts[total] === 1 ? "" : places(counts);
    const fields = [letter(total), places(advance), product(unit), least ? LEAST.indexOf(least) : "", rounds === 4 ? "" : rounds];
    return [...fields, counted, places(steps)].join(" ").trimEnd();
  });
  const scratchText = scratch === undefined ? "" : letter("work") + formula(scratch);
  const costText = letters(factors) + (costPer ? `/${letter(costPer)}` : "");
  return [costText, letters(writes), formula(updates), scratchText, ...cutTexts].join(";");
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
    [`${GENERATED}/splits.ts`]: splitTable(SPLITS, signatures, kernelsInOrder()),
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
