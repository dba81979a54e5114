// What an editor shows of the installed package: the documentation and the place of every member, and no member that is internal.
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as methods from "../../src/ops/methods.js";
import { ROOT } from "./app.js";
import { sharedApp, TIMEOUT } from "./contract.js";
import { Editor } from "./editor/languageServer.js";

const app = sharedApp();
let editor: Editor;

const HEAD = `import { type Call, Generator, nn, ones, optim, scope } from "simdgrad";
const x = ones([2, 3]);
const open = scope();
const generator = new Generator(1);
const layer = new nn.Linear(3, 2);
const chain = new nn.Sequential(layer);
const weight = layer.weight;
const optimizer = new optim.Adam(layer.parameters());
declare const call: Call;
`;

beforeAll(async () => {
  const compilerOptions = { target: "es2022", lib: ["es2022"], types: [], strict: true, module: "nodenext" };
  writeFileSync(join(app().folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["edited.ts"] }));
  writeFileSync(join(app().folder, "edited.ts"), HEAD);
  editor = await Editor.start(realpathSync(app().folder), "edited.ts");
}, TIMEOUT);
afterAll(() => editor?.[Symbol.asyncDispose]());

/** What is offered behind `value.`, without the names that are not members. */
async function membersOf(value: string): Promise<string[]> {
  editor.open(`${HEAD}${value}.`);
  return (await editor.completions(`\n${value}.`)).filter((name) => name !== "Symbol");
}

/** Members that the sources of a class mark as internal. */
function internalIn(file: string): string[] {
  const source = readFileSync(join(ROOT, "src", file), "utf8");
  const marked = source.matchAll(/^ {2}\/\*\*(?:(?!\*\/)[\s\S])*?@internal(?:(?!\*\/)[\s\S])*?\*\/\n {2}(?:readonly |\*)?(\w+)/gm);
  return [...marked].map(([, name]) => name as string).filter((name) => !["constructor", "protected"].includes(name));
}

describe.each([
  ["x", "tensor/tensor.ts"],
  ["weight", "tensor/tensor.ts"],
  ["open", "tensor/scope.ts"],
  ["generator", "tensor/random.ts"],
  ["call.op", "tensor/op.ts"],
  ["layer", "nn/module.ts"],
  ["chain", "nn/module.ts"],
  ["optimizer", undefined],
])("%s.", { timeout: TIMEOUT }, (value, file) => {
  test("what is internal is not offered", async () => {
    const offered = await membersOf(value);
    expect(offered.length).toBeGreaterThan(3);
    const internal = file === undefined ? [] : internalIn(file);
    if (file !== undefined) expect(internal.length).toBeGreaterThan(0);
    expect(offered.filter((name) => internal.includes(name) || name.startsWith("#"))).toEqual([]);
  });

  test("what is offered says what it is", async () => {
    const offered = await membersOf(value);
    editor.open(HEAD + offered.map((name) => `${value}.${name};\n`).join(""));
    const silent: string[] = [];
    for (const name of offered) {
      const words = (await editor.hover(`\n${value}.${name};`, -1)).replace(/```[\s\S]*?```/g, "");
      if (words.trim() === "") silent.push(name);
    }
    expect(silent).toEqual([]);
  });
});

test("the methods of a tensor are those of the list, and lead to where they are written", { timeout: TIMEOUT }, async () => {
  const names = Object.keys(methods);
  expect(await membersOf("x")).toEqual(expect.arrayContaining(names));
  editor.open(HEAD + names.map((name) => `x.${name};\n`).join(""));
  const lost: string[] = [];
  for (const name of names) {
    const places = await editor.definitions(`\nx.${name};`, -1);
    const found = places.some(({ file, line }) => {
      const text = readFileSync(file, "utf8").split("\n")[line - 1] ?? "";
      return /[\\/]simdgrad[\\/](dist|src)[\\/]ops[\\/]/.test(file) && new RegExp(`\\b${name}\\b`).test(text);
    });
    if (!found) lost.push(name);
  }
  expect(lost).toEqual([]);
});
