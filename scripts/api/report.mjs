// `npm run api`: writes api/*.txt, one file per entry point with every public name and its signature. A change of the public API
// shows in the diff of these files, and test/docs/api.test.ts fails until they are written anew.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { publicApi } from "./model.mjs";

export const FOLDER = "api";

/** The compiler names a type that is not imported by its file. */
const plain = (signature) => signature.replaceAll(/import\("[^"]*"\)\./g, "");

const linesOf = ({ signatures, members }, indent) => [
  ...signatures.map((signature) => indent + plain(signature)),
  ...members.flatMap((member) => linesOf(member, `${indent}  `)),
];

/** A name that another entry point gives too is written out only there. */
function entryLines(entry, names, homes, indent = "") {
  return names.flatMap((name) => {
    if (name.kind === "namespace") {
      const home = homes.get(name.key);
      if (home !== undefined && home !== entry) return [`${indent}namespace ${name.name} = ${home}`];
      return [`${indent}namespace ${name.name}`, ...entryLines(entry, name.members, homes, `${indent}  `)];
    }
    const home = homes.get(name.key);
    return home === undefined || home === entry ? linesOf(name, indent) : [`${indent}${name.name} = ${home}.${name.name}`];
  });
}

/** The text of each file. @returns {Map<string, string>} */
export function reports(api = publicApi()) {
  /** Where each declaration is written out: in the entry point that lists it first, not counting namespaces. */
  const homes = new Map();
  for (const { name: entry, file, names } of api) {
    homes.set(`module:${file}`, entry);
    for (const { kind, key } of names) if (kind !== "namespace" && !homes.has(key)) homes.set(key, entry);
  }
  for (const { names } of api) {
    for (const { kind, key, target } of names)
      if (kind === "namespace" && homes.has(`module:${target}`)) homes.set(key, homes.get(`module:${target}`));
  }
  return new Map(
    api.map(({ name, names }) => [
      `${name === "simdgrad" ? "index" : name.slice("simdgrad/".length)}.txt`,
      `# ${name}: the public API. Written by \`npm run api\`.\n\n${entryLines(name, names, homes).join("\n")}\n`,
    ]),
  );
}

if (import.meta.url === pathToFileURL(argv[1]).href) {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) rmSync(`${FOLDER}/${file}`);
  for (const [file, text] of reports()) writeFileSync(`${FOLDER}/${file}`, text);
}
