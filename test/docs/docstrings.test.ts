// Every public name says what it does and all else that its signature calls for. The names are those of the built declarations.
import { describe, expect, test } from "vitest";
import { type Name, publicApi } from "../../scripts/api/model.mjs";

/** Whether a docstring has a part. */
const PARTS = {
  purpose: ({ doc }: Name) => /\w+.*\w/.test(doc.text),
  shapes: ({ doc }: Name) => /\bshapes?\b|\bscalars?\b|\[(?:[A-Za-z]|\.\.)[^\]]*\]/.test(doc.text),
  dtypes: ({ doc }: Name) => /\b(float32|int32|uint8|int8|bool|dtypes?)\b/.test(doc.text),
  gradient: ({ doc }: Name) => /\bgradients?\b|\bdifferentiable\b/i.test(doc.text),
  errors: ({ doc }: Name) => /\bErrors?\b|\b\w+Error\b/.test(doc.text),
  example: ({ doc }: Name) => doc.examples.some((code) => /\w/.test(code)),
} as const;

type Part = keyof typeof PARTS;

/** Options that a signature lists itself and its docstring does not name. Those of an interface are documented there. */
function unnamedOptions({ kind, signatures, doc }: Name, owner: Name | undefined): string[] {
  if (!["function", "method", "constructor"].includes(kind)) return [];
  const text = kind === "constructor" ? owner?.doc.text : doc.text;
  const parameters = signatures.map((signature) => signature.slice(0, signature.lastIndexOf("): ")));
  const options = parameters.flatMap((list) => [...list.matchAll(/[{;] ?(?:readonly )?(\w+)\??: /g)].map(([, option]) => option as string));
  return [...new Set(options)].filter((option) => !new RegExp(`\\b${option}\\b`).test(text ?? ""));
}

/** Methods that the library calls and users only write, and those that JavaScript calls. */
const isHook = ({ name, signatures: [signature = ""] }: Name): boolean =>
  ["forward", "extraRepr", "toString", "toJSON"].includes(name) || name.startsWith("[Symbol.") || signature.startsWith("protected ");

function callParts({ takesTensors, givesTensors }: Name): Part[] {
  const described: Part[] = takesTensors || givesTensors ? ["shapes", "dtypes"] : [];
  return ["purpose", ...described, ...((takesTensors && givesTensors ? ["gradient"] : []) as Part[]), "errors", "example"];
}

/** The parts that a name's docstring must have. */
function partsFor(name: Name, owner: Name | undefined): Part[] {
  if (name.kind === "constructor") return [];
  if (name.kind === "function") return callParts(name);
  if (name.kind === "class") {
    const layer: Part[] = name.bases.includes("Module") ? ["shapes", "dtypes"] : [];
    return name.bases.includes("SimdgradError") ? ["purpose", "example"] : ["purpose", ...layer, "errors", "example"];
  }
  if (name.kind !== "method" || owner?.kind !== "class" || isHook(name)) return ["purpose"];
  if (owner.name === "Tensor" && name.givesTensors) return callParts({ ...name, takesTensors: true });
  return ["purpose", ...((/\(\)/.test(name.signatures[0] as string) ? [] : ["errors"]) as Part[]), "example"];
}

interface Documented {
  readonly title: string;
  readonly missing: readonly string[];
}

const entries = publicApi();
const keysOf = (names: readonly Name[]): string[] => names.flatMap(({ kind, key }) => (kind === "namespace" ? [] : [key]));

/** The names of an entry that no earlier one has, also not in its namespaces. */
const fresh = entries.map(({ name: entry, names }, i) => {
  const known = new Set(entries.slice(0, i).flatMap((earlier) => keysOf(earlier.names)));
  const isElsewhere = ({ kind, target }: Name): boolean =>
    kind === "namespace" && entries.some(({ name, file }) => file === target && name !== entry);
  const own = names
    .filter((name) => !isElsewhere(name))
    .map((name) => ({ ...name, members: name.members.filter(({ key }) => key === "" || !known.has(key)) }));
  return { entry, names: own };
});

function documented(names: readonly Name[], prefix: string, owner?: Name): Documented[] {
  return names.flatMap((name) => [
    {
      title: `${prefix}${name.name} (${name.file})`,
      missing: [
        ...partsFor(name, owner).filter((part) => !PARTS[part](name)),
        ...unnamedOptions(name, owner).map((option) => `word on the option ${option}`),
      ],
    },
    ...documented(name.members, `${prefix}${name.name}.`, name.kind === "namespace" ? undefined : name),
  ]);
}

test("a part that is missing is found", () => {
  const op: Name = {
    ...{ name: "op", kind: "function", file: "", key: "", isType: false, members: [], bases: [] },
    ...{ signatures: ["function op(x: Tensor): Tensor"], takesTensors: true, givesTensors: true },
    doc: { text: "Twice x. x: float32, any shape -> same. Gradient: 2. Errors: `DTypeError`.", examples: ["op(x);"] },
  };
  const without = (text: string, examples = op.doc.examples) => documented([{ ...op, doc: { text, examples } }], "")[0]?.missing;
  expect(without(op.doc.text)).toEqual([]);
  expect(without("")).toEqual(["purpose", "shapes", "dtypes", "gradient", "errors"]);
  expect(without(op.doc.text, [])).toEqual(["example"]);
  expect(without("Twice x. float32 in [0, 1]. Gradient: 2. Errors: none.")).toEqual(["shapes"]);
  expect(without("Twice x. x: any shape -> same. Errors: none.")).toEqual(["dtypes", "gradient"]);
  const optional = { ...op, signatures: ["function op(x: Tensor, options?: { by?: number; }): Tensor"] };
  expect(documented([optional], "")[0]?.missing).toEqual(["word on the option by"]);
});

// simdgrad/methods has no names, only methods.
describe.each(fresh.filter(({ entry }) => entry !== "simdgrad/methods"))("$entry", ({ names }) => {
  test("every public name is documented", () => {
    const all = documented(names, "");
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter(({ missing }) => missing.length > 0).map(({ title, missing }) => `${title}: no ${missing.join(", ")}`)).toEqual([]);
  });
});
