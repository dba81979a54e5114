// What an editor with the package's own compiler shows over a tensor's methods, and where it leads from them.
// test/runtimes/editor.test.ts asks an earlier compiler, about the package as it is installed.
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicApi } from "../../scripts/api/model.mjs";
import { LanguageServer } from "./languageServer.js";

const FOLDER = "build/docs/editor";
const HEAD = 'import { ones } from "simdgrad";\nimport "simdgrad/nn";\nconst x = ones([2, 3]);\n';
const FIRST_LINE = HEAD.split("\n").length - 1;

const tensor = publicApi()
  .flatMap(({ names }) => names)
  .find(({ name, kind }) => name === "Tensor" && kind === "class");
/** Methods and fields by name; those of symbols have no name to point at. */
const members = (tensor?.members ?? []).filter(({ name, kind }) => kind !== "constructor" && !name.startsWith("["));

let server: LanguageServer;
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  const compilerOptions = { target: "es2022", lib: ["es2023", "esnext.disposable"], module: "nodenext", types: [], strict: true };
  writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["edited.ts"] }));
  server = await LanguageServer.open(`${FOLDER}/edited.ts`, HEAD + members.map(({ name }) => `x.${name};\n`).join(""));
});
afterAll(() => server.close());

test("members are found", () => {
  expect(members.length).toBeGreaterThan(90);
});

/** Words, without the marks that an editor writes around code and links. */
const words = (text: string): string => text.replaceAll(/\W+/g, " ").trim();

test.each(members.map((member, i) => [member.name, i, member] as const))("x.%s", async (name, i, { doc, file, signatures }) => {
  const position = { line: FIRST_LINE + i, character: 3 };
  // Of several overloads, the first one's docstring is shown.
  const shown = words(signatures.length === 1 ? doc.text : (doc.text.split("\n")[0] as string));
  expect(shown).not.toBe("");
  expect(words(await server.hoverAt(position))).toContain(shown);
  const declared = file.replace(/^src\/(.*)\.ts$/, "/dist/$1.d.ts");
  const found = await server.definitionsAt(position);
  expect(found.filter((one) => one.file.endsWith(declared) && new RegExp(`\\b${name}\\b`).test(one.line))).not.toEqual([]);
});
