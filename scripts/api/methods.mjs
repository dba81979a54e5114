// Writes the methods of `Tensor` out in the declarations of the package. In the sources a mapped type makes them of the operations;
// editors show no docstring over a member of such a type (that of TypeScript 7), or no parameter names (all).
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { printDoc, programOf, ts } from "./compiler.mjs";

/** Files of dist/ with an interface `Tensor` that gets its methods from another type. */
const isAugmentation = (text) => /interface Tensor extends /.test(text);

/** Types are named by their module, also those that the file has under a namespace. */
function imported(type, file) {
  const namespaces = file.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const bound = importClause?.namedBindings;
    return bound && ts.isNamespaceImport(bound) ? [[bound.name.text, moduleSpecifier.text]] : [];
  });
  const modules = new Map(namespaces);
  return type
    .replaceAll(/import\("([^"]*)"\)/g, (_, path) => {
      const way = relative(dirname(file.fileName), path);
      return `import("${way.startsWith(".") ? way : `./${way}`}.js")`;
    })
    .replaceAll(/(?<![\w.")])(\w+)\.(?=[A-Z])/g, (written, name) => (modules.has(name) ? `import("${modules.get(name)}").` : written));
}

/** The parameters of an operation but for the first, the tensor, and its result. */
function signatureText(checker, method, operation, place) {
  const file = place.getSourceFile();
  if (!ts.isFunctionDeclaration(operation)) {
    // A constant, whose parameters are a tuple: the mapped type has them by name.
    const [signature] = checker.getTypeOfSymbolAtLocation(method, place).getCallSignatures();
    return imported(checker.signatureToString(signature, place, ts.TypeFormatFlags.NoTruncation), file);
  }
  const typeOf = (type) => imported(checker.typeToString(type, place, ts.TypeFormatFlags.NoTruncation), file);
  const signature = checker.getSignatureFromDeclaration(operation);
  const parameters = signature.parameters.slice(1).map((symbol) => {
    const { dotDotDotToken, questionToken } = symbol.valueDeclaration;
    const type = typeOf(checker.getTypeOfSymbolAtLocation(symbol, place));
    const optional = questionToken !== undefined;
    return `${dotDotDotToken ? "..." : ""}${symbol.name}${optional ? "?" : ""}: ${optional ? type.replace(/ \| undefined$/, "") : type}`;
  });
  return `(${parameters.join(", ")}): ${typeOf(signature.getReturnType())}`;
}

/** The operations by name: a method has the name of its operation. */
function operationsOf(checker, file) {
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file));
  return new Map(exported.map((symbol) => [symbol.name, checker.getAliasedSymbol(symbol)]));
}

/** The members of the type that an interface extends, each with its docstring, as declarations. */
function writtenOut(checker, operations, clause) {
  return clause.types
    .flatMap((node) => checker.getPropertiesOfType(checker.getTypeAtLocation(node)))
    .map((symbol) => {
      const source = operations.get(symbol.name);
      if (!source) throw new Error(`${symbol.name} is a method of Tensor, but ops/index.ts has no operation of that name`);
      const [operation, overload] = source.declarations;
      if (overload) throw new Error(`the mapped type keeps one overload of ${symbol.name}; write all of them into the interface`);
      return `${printDoc(source, checker, "        ")}        ${symbol.name}${signatureText(checker, symbol, operation, clause)};\n`;
    })
    .join("");
}

/** The file without the types that only the mapped type needs, and without the imports that nothing needs then. */
function withoutUnused(name, text) {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const isExported = (node) => Boolean(ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export);
  const isHelper = (node) => (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) && !isExported(node);
  const kept = file.statements.filter((node) => !isHelper(node));
  const [imports, others] = [kept.filter(ts.isImportDeclaration), kept.filter((node) => !ts.isImportDeclaration(node))];
  const body = others.map((node) => node.getFullText()).join("");
  const code = body.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const isUsed = ({ importClause }) => {
    const bound = importClause?.namedBindings;
    if (!bound) return true;
    if (ts.isNamespaceImport(bound)) return new RegExp(`(?<![\\w/."])${bound.name.text}\\.`).test(code);
    return bound.elements.some(({ name: { text: own } }) => new RegExp(`\\b${own}\\b`).test(code));
  };
  return `${imports
    .filter(isUsed)
    .map((node) => node.getText())
    .join("\n")}${body}\n`;
}

/** Rewrites dist/. */
export function writeMethods(files) {
  const names = files.filter((file) => file.endsWith(".d.ts") && isAugmentation(readFileSync(file, "utf8"))).map((file) => resolve(file));
  const list = resolve("dist/ops/index.d.ts");
  const program = programOf([...names, list, resolve("dist/index.d.ts")]);
  const checker = program.getTypeChecker();
  const operations = operationsOf(checker, program.getSourceFile(list));
  for (const name of names) {
    const file = program.getSourceFile(name);
    let text = file.text;
    const edits = file.statements
      .filter(ts.isModuleDeclaration)
      .flatMap(({ body }) => body.statements)
      .filter((node) => ts.isInterfaceDeclaration(node) && node.name.text === "Tensor" && node.heritageClauses);
    for (const { heritageClauses, members } of edits.reverse()) {
      const [clause] = heritageClauses;
      text = `${text.slice(0, clause.pos)} {\n${writtenOut(checker, operations, clause)}${text.slice(members.pos).replace(/^\s*\n/, "")}`;
    }
    writeFileSync(name, withoutUnused(name, text));
  }
}
