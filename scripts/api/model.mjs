// Reads the public API from the declaration files in dist/: every entry point, its names, their members, signatures and docstrings.
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { docOf, programOf, ts } from "./compiler.mjs";

/**
 * @typedef {object} Doc
 * @property {string} text What the docstring says before its tags.
 * @property {string[]} examples The code of each `@example`.
 *
 * @typedef {object} Name
 * @property {string} name The name as users write it, without what it is a member of.
 * @property {"function" | "method" | "constructor" | "class" | "interface" | "type" | "value" | "field" | "namespace"} kind
 * @property {boolean} isType Whether it exists for the compiler alone.
 * @property {string[]} signatures One line per overload.
 * @property {Doc} doc
 * @property {Name[]} members
 * @property {string} file The source file that declares it, from the root of the package.
 * @property {string} key The same for one declaration under several names or entry points.
 * @property {boolean} takesTensors Whether an argument is a tensor or holds one.
 * @property {boolean} givesTensors Whether the result is a tensor or holds one.
 * @property {string} [target] Of a namespace: the file whose exports it holds.
 * @property {string[]} bases Names of the classes this class extends, nearest first.
 */

/** The entry points that have declarations of their own; `simdgrad/bundle` joins them. */
const ENTRIES = Object.entries(JSON.parse(readFileSync("package.json", "utf8")).exports)
  .filter(([name, target]) => typeof target === "object" && name !== "./bundle")
  .map(([name, target]) => ({ name: name.replace(/^\./, "simdgrad"), file: resolve(target.types) }));

const FULL = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;

/** The public API as it stands in dist/, which must be built. @returns {{ name: string, file: string, text: string, names: Name[] }[]} */
export function publicApi() {
  const program = programOf(ENTRIES.map(({ file }) => file));
  const reader = new Reader(program.getTypeChecker());
  const entries = ENTRIES.map(({ name, file }) => ({ name, file, symbols: reader.exportsOf(program.getSourceFile(file)) }));
  for (const { symbols } of entries) reader.collect(symbols);
  return entries.map(({ name, file, symbols }) => ({
    name,
    file,
    text: headOf(sourceOfFile(file)),
    names: symbols.map((symbol) => reader.read(symbol)),
  }));
}

/** A function with properties is a namespace too, for the compiler. */
const isNamespace = ({ flags }) => Boolean(flags & ts.SymbolFlags.ValueModule) && !(flags & ts.SymbolFlags.Function);

/** Whether an export gives the type of a class but not the class. */
const isTypeOnly = ({ declarations: [declaration] }) =>
  ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly);

/** The file of src/ that a declaration was made of. */
const sourceOfFile = (path) => relative("dist", path).replace(/^(.*)\.d\.ts$/, "src/$1.ts");
const sourceOf = (declaration) => sourceOfFile(declaration.getSourceFile().fileName);

/** What a file says about itself in its first comment. */
const headOf = (file) =>
  readFileSync(file, "utf8")
    .match(/^(?:\/\/ .*\n)+/)?.[0]
    .replaceAll(/^\/\/ /gm, "")
    .trim() ?? "";

const isForeign = (declaration) => declaration.getSourceFile().fileName.includes("/node_modules/");

class Reader {
  #checker;
  #printer = ts.createPrinter({ removeComments: true });
  /** What is exported somewhere: its members are read there and not in those that inherit them. */
  #exported = new Set();

  constructor(checker) {
    this.#checker = checker;
  }

  exportsOf(file) {
    return this.#sorted(this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(file)));
  }

  /** Notes what an entry point exports, also inside its namespaces. */
  collect(symbols) {
    for (const symbol of symbols) {
      const target = this.#target(symbol);
      if (this.#exported.has(target)) continue;
      this.#exported.add(target);
      if (isNamespace(target)) this.collect(this.#checker.getExportsOfModule(target));
    }
  }

  /** @returns {Name} */
  read(symbol) {
    const target = this.#target(symbol);
    const declaration = target.declarations[0];
    const base = {
      name: symbol.name,
      doc: docOf(target, this.#checker),
      file: sourceOf(declaration),
      key: `${declaration.getSourceFile().fileName}:${target.name}`,
      isType: isTypeOnly(symbol) || !(target.flags & ts.SymbolFlags.Value),
      members: [],
      takesTensors: false,
      givesTensors: false,
      bases: [],
    };
    if (isNamespace(target)) {
      const members = this.#sorted(this.#checker.getExportsOfModule(target)).map((member) => this.read(member));
      base.doc.text = headOf(base.file);
      return {
        ...base,
        kind: "namespace",
        target: declaration.getSourceFile().fileName,
        signatures: [`namespace ${symbol.name}`],
        members,
      };
    }
    if (target.flags & ts.SymbolFlags.Class) return { ...base, ...this.#class(symbol.name, target, base.isType) };
    if (target.flags & ts.SymbolFlags.Interface) {
      const type = this.#checker.getDeclaredTypeOfSymbol(target);
      const members = this.#members(target, type, declaration);
      return { ...base, kind: "interface", signatures: [`interface ${this.#head(symbol.name, declaration)}`], members };
    }
    if (target.flags & ts.SymbolFlags.TypeAlias) {
      const literal = ts.isTypeLiteralNode(declaration.type);
      const type = this.#checker.getDeclaredTypeOfSymbol(target);
      const members = literal ? this.#members(target, type, declaration) : [];
      const meaning = literal ? "" : ` = ${this.#print(declaration.type)}`;
      return { ...base, kind: "type", signatures: [`type ${this.#head(symbol.name, declaration)}${meaning}`], members };
    }
    const type = this.#checker.getTypeOfSymbol(target);
    const calls = type.getCallSignatures();
    if (calls.length === 0) {
      return { ...base, kind: "value", signatures: [`const ${symbol.name}: ${this.#type(type, declaration)}`] };
    }
    return { ...base, kind: "function", ...this.#calls(`function ${symbol.name}`, calls, declaration) };
  }

  #class(name, symbol, isType) {
    const declaration = symbol.valueDeclaration;
    const made = this.#checker.getTypeOfSymbol(symbol);
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const abstract = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Abstract ? "abstract " : "";
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    const constructors = made
      .getConstructSignatures()
      .filter((call) => !call.declaration || !(isForeign(call.declaration) || ts.getCombinedModifierFlags(call.declaration) & hidden));
    const statics = isType ? [] : this.#checker.getPropertiesOfType(made).filter((member) => member.name !== "prototype");
    const making = {
      ...this.#calls(`new ${name}`, constructors, declaration),
      name: "constructor",
      kind: "constructor",
      file: sourceOf(declaration),
      key: "",
      isType: false,
      doc: { text: "", examples: [] },
      members: [],
      bases: [],
    };
    return {
      kind: "class",
      signatures: [`${isType ? "type-only " : ""}${abstract}class ${this.#head(name, declaration)}`],
      members: [
        ...(constructors.length > 0 && !isType ? [making] : []),
        ...this.#readMembers(symbol, statics, declaration, "static "),
        ...this.#members(symbol, type, declaration),
      ],
      takesTensors: making.takesTensors,
      bases: this.#basesOf(type),
    };
  }

  #basesOf(type) {
    const [base] = this.#checker.getBaseTypes(type).filter((found) => found.symbol?.flags & ts.SymbolFlags.Class);
    return base ? [base.symbol.name, ...this.#basesOf(base.target ?? base)] : [];
  }

  /** The name with type parameters and what is extended. */
  #head(name, declaration) {
    const parameters = declaration.typeParameters?.map((parameter) => this.#print(parameter)).join(", ");
    const heritage = (declaration.heritageClauses ?? []).map((clause) => this.#print(clause).trim());
    return [parameters ? `${name}<${parameters}>` : name, ...heritage].join(" ");
  }

  #members(owner, type, declaration) {
    return this.#readMembers(owner, this.#checker.getPropertiesOfType(type), declaration, "");
  }

  #readMembers(owner, members, declaration, prefix) {
    const own = members.filter((member) => {
      const [first] = member.declarations ?? [];
      if (first === undefined || isForeign(first) || (first.name && ts.isPrivateIdentifier(first.name))) return false;
      return !(ts.getCombinedModifierFlags(first) & ts.ModifierFlags.Private) && !this.#isInherited(owner, member);
    });
    return this.#sorted(own).map((member) => this.#member(member, declaration, prefix));
  }

  /** Whether a member is as it is in a base that is public itself. */
  #isInherited(owner, member) {
    const bases = (type) =>
      (type.isClassOrInterface() ? this.#checker.getBaseTypes(type) : []).flatMap((base) => [base, ...bases(base.target ?? base)]);
    return bases(this.#checker.getDeclaredTypeOfSymbol(owner)).some(({ symbol }) => {
      if (!symbol || !this.#exported.has(symbol)) return false;
      const types = [this.#checker.getDeclaredTypeOfSymbol(symbol), this.#checker.getTypeOfSymbol(symbol)];
      const inherited = types.flatMap((type) => this.#checker.getPropertiesOfType(type));
      return inherited.some(({ declarations }) => declarations?.[0] === member.declarations[0]);
    });
  }

  #member(symbol, owner, prefix) {
    const declaration = symbol.declarations[0];
    const flags = ts.getCombinedModifierFlags(declaration);
    const words = [
      prefix.trim(),
      flags & ts.ModifierFlags.Protected ? "protected" : "",
      flags & ts.ModifierFlags.Abstract ? "abstract" : "",
      this.#isReadonly(symbol, flags) ? "readonly" : "",
    ].filter((word) => word !== "");
    const name = this.#memberName(symbol);
    const optional = symbol.flags & ts.SymbolFlags.Optional ? "?" : "";
    const type = this.#checker.getTypeOfSymbolAtLocation(symbol, owner);
    const base = { name, doc: docOf(symbol, this.#checker), members: [], bases: [], file: sourceOf(declaration), key: "" };
    const calls = this.#checker.getNonNullableType(type).getCallSignatures();
    if (calls.length > 0) {
      return {
        ...base,
        kind: "method",
        ...this.#calls([...words.filter((word) => word !== "readonly"), `${name}${optional}`].join(" "), calls, owner),
      };
    }
    // What a generic base declares is written with this class's types.
    const isOwn = declaration.parent === owner || ts.isTypeLiteralNode(declaration.parent);
    const written = declaration.type && isOwn ? this.#print(declaration.type) : this.#type(type, owner);
    const signatures = [[...words, `${name}${optional}: ${written}`].join(" ")];
    return { ...base, kind: "field", signatures, takesTensors: false, givesTensors: this.#holdsTensor(type) };
  }

  #isReadonly(symbol, flags) {
    if (flags & ts.ModifierFlags.Readonly) return true;
    return Boolean(symbol.flags & ts.SymbolFlags.GetAccessor) && !(symbol.flags & ts.SymbolFlags.SetAccessor);
  }

  #memberName(symbol) {
    const known = /^__@(\w+)@/.exec(symbol.name);
    return known ? `[Symbol.${known[1]}]` : symbol.name;
  }

  #calls(head, calls, declaration) {
    const text = (call) => this.#written(call) ?? this.#checker.signatureToString(call, declaration, ts.TypeFormatFlags.NoTruncation);
    const parameters = calls.flatMap((call) =>
      call.parameters.map((parameter) => this.#checker.getTypeOfSymbolAtLocation(parameter, declaration)),
    );
    return {
      signatures: calls.map((call) => `${head}${text(call)}`),
      takesTensors: parameters.some((type) => this.#holdsTensor(type)),
      givesTensors: calls.some((call) => this.#holdsTensor(call.getReturnType())),
    };
  }

  /** A signature as its declaration writes it; nothing for one that the compiler worked out. */
  #written({ declaration }) {
    if (!declaration || ts.isFunctionTypeNode(declaration) || ts.isCallSignatureDeclaration(declaration)) return undefined;
    const { typeParameters, parameters, type } = declaration;
    const list = (nodes) => nodes.map((node) => this.#print(node)).join(", ");
    const head = typeParameters ? `<${list(typeParameters)}>` : "";
    return `${head}(${list(parameters)})${type ? `: ${this.#print(type)}` : ""}`;
  }

  /** Whether a type is a tensor, or a union, list or plain object with one. */
  #holdsTensor(type, depth = 0) {
    if (depth > 3) return false;
    if (type.isUnionOrIntersection()) return type.types.some((part) => this.#holdsTensor(part, depth + 1));
    if (["Tensor", "Parameter", "Buffer"].includes(type.symbol?.name)) return true;
    if (this.#checker.getTypeArguments(type)?.some((part) => this.#holdsTensor(part, depth + 1))) return true;
    const [declaration] = type.symbol?.declarations ?? [];
    if (!declaration || isForeign(declaration) || !(ts.isInterfaceDeclaration(declaration) || ts.isTypeLiteralNode(declaration)))
      return false;
    const fields = this.#checker.getPropertiesOfType(type);
    return fields.some((field) => this.#holdsTensor(this.#checker.getTypeOfSymbolAtLocation(field, declaration), depth + 1));
  }

  #type(type, declaration) {
    return this.#checker.typeToString(type, declaration, FULL);
  }

  #print(node) {
    return this.#printer
      .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
      .replaceAll(/\s+/g, " ")
      .replaceAll(/\[ | \]/g, (edge) => edge.trim());
  }

  #target(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #sorted(symbols) {
    const order = (name) => name.replace(/^__@/, "~");
    return [...symbols].sort((a, b) => (order(a.name) < order(b.name) ? -1 : 1));
  }
}
