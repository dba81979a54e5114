// Writes the declarations that TypeDoc reads: those of dist/, in which an operation that is a constant of a callable type becomes a
// function, docstrings get a heading, and the first comment of each entry point becomes the text of its page.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ts } from "../api/compiler.mjs";
import { publicApi } from "../api/model.mjs";
import { categoryOf } from "./categories.mjs";

/** Parts of a docstring that the reference sets apart. */
const PARTS = /(^|[^\w`])(Gradient|Errors|Source|Result|Options|Ownership)((?: of the values| on setting| and semantics)?):\s+/g;

/** A docstring as Markdown: its parts are paragraphs that begin with their name. */
function formatted(comment) {
  const lines = comment
    .slice(3, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  const tags = lines.findIndex((line) => /^\s*@(?!internal|inline)/.test(line));
  const [text, rest] = tags < 0 ? [lines, []] : [lines.slice(0, tags), lines.slice(tags)];
  const body = text
    .join("\n")
    .trim()
    .replace(PARTS, (_, before, part, more) => `${before.trim()}\n\n**${part}${more}:** `);
  return [...body.trim().split("\n"), "", ...rest].join("\n").trim();
}

const asComment = (text, indent) =>
  `/**\n${text
    .split("\n")
    .map((line) => `${indent} * ${line}`.trimEnd())
    .join("\n")}\n${indent} */`;

/** `import("/.../dist/x")` as it is found from a file of the copy. */
const relocated = (signature, to) =>
  signature.replaceAll(/import\("([^"]*)"\)/g, (_, path) => `import("${path.replace(resolve("dist"), to)}.js")`);

function functionsByFile(api) {
  const found = new Map();
  const visit = (names) => {
    for (const name of names) {
      if (name.kind === "namespace") visit(name.members);
      else if (name.kind === "function") found.set(name.key, name);
    }
  };
  for (const { names } of api) visit(names);
  return found;
}

/** One file of the copy. */
function rewritten(path, source, { functions, to, category }) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const edits = [];
  const replace = (from, end, text) => edits.push({ from, end, text });
  const comments = (node, heading) => {
    const [comment] = (ts.getLeadingCommentRanges(source, node.pos) ?? []).filter(({ pos }) => source.startsWith("/**", pos)).slice(-1);
    if (!comment) return;
    const text = formatted(source.slice(comment.pos, comment.end));
    const line = source.slice(source.lastIndexOf("\n", comment.pos) + 1, comment.pos);
    replace(comment.pos, comment.end, asComment(heading ? `${text}\n@category ${heading}` : text, line));
  };
  const visit = (node, heading) => {
    comments(node, heading);
    if (ts.isVariableStatement(node)) {
      const [{ name }] = node.declarationList.declarations;
      const known = functions.get(`${path}:${name.text}`);
      const text = known?.signatures.map((signature) => `export declare ${relocated(signature, to)};`).join("\n");
      if (known) replace(node.getStart(), node.end, text);
    }
    if (ts.isModuleDeclaration(node)) {
      for (const inner of node.body.statements) visit(inner);
    }
    const isTensor = (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name?.text === "Tensor";
    const isHidden = (member) => ts.isConstructorDeclaration(member) && ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Protected;
    for (const member of node.members ?? []) if (isHidden(member)) replace(member.pos, member.end, "");
    for (const member of (node.members ?? []).filter((one) => !isHidden(one)))
      comments(member, isTensor ? memberCategory(member, functions, category) : undefined);
  };
  for (const statement of file.statements) visit(statement, category);
  edits.sort((a, b) => a.from - b.from || a.end - b.end);
  return edits.reduceRight((text, { from, end, text: by }) => text.slice(0, from) + by + text.slice(end), source);
}

/** A method of `Tensor` stands under the heading of the operation that it is. */
function memberCategory(member, functions, category) {
  const name = member.name?.getText() ?? "";
  const operation = [...functions.values()].find((one) => one.name === name && one.file.startsWith("src/ops/"));
  if (operation) return categoryOf(operation.file);
  return name === "[Symbol.iterator]" ? "Slices and indices" : category;
}

/** The comment that becomes the text of a module's or namespace's page. */
const headOf = ({ name, text }) =>
  `/**\n * ${text.replace(/^simdgrad[^:]*: /, "").replace(/^./, (first) => first.toUpperCase())}\n * @module ${name}\n */\n`;

/** Writes the copy to a folder, and gives its entry points with their public names. */
export function writeDeclarations(folder) {
  const api = publicApi();
  const to = resolve(folder);
  rmSync(folder, { recursive: true, force: true });
  const functions = functionsByFile(api);
  /** Files that declare something public. */
  const listed = new Set(api.flatMap(({ names }) => names.flatMap(({ file, members }) => [file, ...members.map((member) => member.file)])));
  const namespaces = api
    .flatMap(({ names }) => names.filter(({ kind }) => kind === "namespace"))
    .map(({ name, target, doc }) => ({ name, file: target, text: doc.text }));
  for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".d.ts"))) {
    const path = resolve("dist", name);
    const source = `src/${name.replace(/\.d\.ts$/, ".ts")}`;
    const entry = api.find(({ file }) => file === path);
    const category = entry === undefined && listed.has(source) ? categoryOf(source) : undefined;
    const text = rewritten(path, readFileSync(path, "utf8"), { functions, to, category });
    const page = entry ?? namespaces.find(({ file }) => file === path);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), page ? `${headOf(page)}${text}` : text);
  }
  return api.map(({ name, names, file }) => ({ name, names, file: file.replace(resolve("dist"), to) }));
}
