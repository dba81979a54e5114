// Where the package takes its kernels from in Node: the .wasm file beside it, or, where that is not to be had, its text.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "./contract.js";
import { execute } from "./hosts/node.js";

const app = sharedApp();

/** Says how many files of kernels were read, and computes. */
const PROGRAM = `
  import fs from "node:fs";
  import { init, runtime, setThreads, tensor } from "simdgrad";
  const { readFileSync } = fs;
  let read = 0;
  fs.readFileSync = (path, ...rest) => {
    const content = readFileSync(path, ...rest);
    if (String(path).endsWith(".wasm")) read++;
    return content;
  };
  const simd = process.argv[2];
  if (simd === "ahead") init({ simd: "baseline" }).then(compute);
  else compute();
  async function compute() {
    const sum = tensor([1, 2]).add(1).toArray();
    const threads = await setThreads(2);
    console.log(JSON.stringify({ sum, read, threads, same: tensor([1, 2]).add(1).toArray() }));
    await setThreads(1);
  }
`;
const computed = (read: number): object => ({ sum: [2, 3], read, threads: 2, same: [2, 3] });

/** A project of its own, with a copy of the package that a test may change. */
function project(name: string): string {
  const folder = join(app().folder, name);
  mkdirSync(folder);
  cpSync(join(app().folder, "node_modules"), join(folder, "node_modules"), { recursive: true });
  writeFileSync(join(folder, "program.mjs"), PROGRAM);
  return folder;
}

const run = (folder: string, ...args: string[]): object =>
  JSON.parse(execute([process.execPath], join(folder, "program.mjs"), args, folder)) as object;

const fileIn = (folder: string, build: string): string => join(folder, "node_modules/simdgrad/dist/wasm/modules", `${build}.wasm`);
const BUILDS = ["baseline", "relaxed"];

test("the file", { timeout: TIMEOUT }, () => {
  const folder = project("file");
  // Once for the kernels, once for those of a shared memory.
  expect(run(folder)).toEqual(computed(2));
  expect(run(folder, "ahead")).toEqual(computed(2));
});

test("the text, where there is no file", { timeout: TIMEOUT }, () => {
  const folder = project("without");
  for (const build of BUILDS) rmSync(fileIn(folder, build));
  expect(run(folder)).toEqual(computed(0));
  expect(run(folder, "ahead")).toEqual(computed(0));
});

test("the text, where the file is not this version's: here its last byte is missing", { timeout: TIMEOUT }, () => {
  const folder = project("other");
  for (const build of BUILDS) writeFileSync(fileIn(folder, build), readFileSync(fileIn(folder, build)).subarray(0, -1));
  expect(run(folder)).toEqual(computed(2)); // read, and left alone
});

test("the text, in a program that was bundled for Node, as a module or not", { timeout: TIMEOUT }, () => {
  for (const format of ["esm", "cjs"] as const) {
    const folder = app().bundle("script", { platform: "node", format, outExtension: { ".js": format === "esm" ? ".mjs" : ".cjs" } });
    const answer = execute([process.execPath], join(folder, `script.${format === "esm" ? "mjs" : "cjs"}`), ["baseline"], folder);
    expect(JSON.parse(answer)).toMatchObject({ outcome: { runtime: { simd: "baseline" } } });
  }
});
