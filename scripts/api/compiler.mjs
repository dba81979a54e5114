// The compiler as a library. The package's own one is version 7, which has no stable API yet; this one comes with the linter of the
// published types.
import { createRequire } from "node:module";
import { resolve } from "node:path";

export const ts = createRequire(resolve("node_modules/@arethetypeswrong/core/package.json"))("typescript");

/** A program of declaration files, read as a strict user's project reads them. */
export const programOf = (files) =>
  ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });

/** A name's docstring: the text before its tags, and the code of its examples. */
export function docOf(symbol, checker) {
  const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === "example");
  return {
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    examples: tags.map(({ text }) => ts.displayPartsToString(text)),
  };
}

/** A docstring as a comment; nothing for a name without one. */
export function printDoc(symbol, checker, indent) {
  const { text, examples } = docOf(symbol, checker);
  if (text === "") return "";
  const lines = [text, ...examples.map((code) => `@example ${code}`)].flatMap((part) => part.split("\n"));
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
