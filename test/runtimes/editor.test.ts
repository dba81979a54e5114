// What an editor shows of the installed package: the documentation and the place of every member, and no member that is internal.
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as methods from "../../src/ops/methods.js";
import { ROOT } from "./app.js";
import { sharedApp, TIMEOUT } from "./contract.js";
import { Editor } from "./editor.js";

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

beforeAll(() => {
  editor = new Editor(realpathSync(app().folder), "edited.ts");
});

function membersOf(value: string): string[] {
  editor.write(`${HEAD}${value}.`);
  return editor.membersAt(`\n${value}.`);
}

/** Where a member stands in a file that has each of them on a line of its own. The number keeps `ge` from being found in `gelu`. */
const place = (value: string, name: string, i: number): string => `\n/* ${i} */ ${value}.${name}`;

function writeOut(value: string, names: readonly string[]): void {
  editor.write(HEAD + names.map((name, i) => `${place(value, name, i)};`).join(""));
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
])("%s.", { timeout: TIMEOUT }, (value, file) => {
  test("nothing internal is offered", () => {
    const internal = internalIn(file);
    expect(internal.length).toBeGreaterThan(0);
    const offered = membersOf(value);
    expect(offered.length).toBeGreaterThan(3);
    expect(offered.filter((name) => internal.includes(name))).toEqual([]);
  });
});

describe.each(["x", "weight", "open", "generator", "call", "call.op", "layer", "chain", "optimizer"])(
  "%s.",
  { timeout: TIMEOUT },
  (value) => {
    test("what is offered says what it is", () => {
      const offered = membersOf(value);
      expect(offered.length).toBeGreaterThan(2);
      writeOut(value, offered);
      expect(offered.filter((name, i) => editor.documentationAt(place(value, name, i)) === "")).toEqual([]);
    });
  },
);

test("the methods of a tensor are those of the list, and lead to where they are written", { timeout: TIMEOUT }, () => {
  const names = Object.keys(methods);
  expect(membersOf("x")).toEqual(expect.arrayContaining(names));
  writeOut("x", names);
  const lost = names.filter((name, i) => {
    const places = editor.definitionsAt(place("x", name, i));
    return !places.some(({ file, line }) => /\/simdgrad\/dist\/(ops|methods)\//.test(file) && new RegExp(`\\b${name}\\b`).test(line));
  });
  expect(lost).toEqual([]);
});
