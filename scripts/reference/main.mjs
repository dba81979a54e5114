// `npm run docs`: builds the API reference of all entry points into build/reference, as a site with a search (html/) and as Markdown
// (markdown/). A warning of TypeDoc or a link that leads nowhere is an error.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDeclarations } from "./declarations.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = "build/reference";

/** Installs TypeDoc on first use, and again when the lock file has changed. */
function install() {
  const lock = readFileSync(join(HERE, "package-lock.json"), "utf8");
  const installed = join(HERE, "node_modules/.installed-lock.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === lock) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: HERE, stdio: "inherit" });
  writeFileSync(installed, lock);
}

/** Links between Markdown files, and to headings in them, that lead nowhere. */
function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  const anchors = new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slugOf(heading));
      const marks = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
      return [resolve(folder, file), new Set([...headings, ...marks])];
    }),
  );
  return files.flatMap((file) =>
    [
      ...readFileSync(join(folder, file), "utf8")
        .replaceAll(/^```[\s\S]*?^```$/gm, "")
        .matchAll(/(?<!\\)\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g),
    ]
      .filter(([, path, anchor]) => {
        const target = path === "" ? resolve(folder, file) : resolve(folder, dirname(file), path);
        return !existsSync(target) || (anchor !== "" && !anchors.get(target)?.has(anchor.replace(/-\d+$/, "")));
      })
      .map(([link]) => `${file}: ${link}`),
  );
}

/** Public names, and members of them, that have no place in the reference. */
function missingNames(names, page, path) {
  return names.flatMap(({ name, kind, members }) => {
    if (kind === "constructor") return [];
    const child = page?.getChildByName([name.replace(/^\[Symbol\.(\w+)\]$/, "[$1]")]);
    if (!child) return [`${path}: ${name}`];
    return missingNames(members, child.isReference() ? child.getTargetReflectionDeep() : typeOf(child), `${path}: ${name}`);
  });
}

/** The members of a type alias of an object type are those of the type. */
const typeOf = (reflection) => (reflection.type?.type === "reflection" ? reflection.type.declaration : reflection);

const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(/\s+/g, "-");

install();
const entries = writeDeclarations(`${OUT}/types`);
writeFileSync(
  `${OUT}/types/tsconfig.json`,
  JSON.stringify({
    extends: "../../../tsconfig.json",
    compilerOptions: { paths: {}, allowJs: false, skipLibCheck: true },
    include: [],
    files: entries.map(({ file }) => file),
  }),
);

const { Application } = await import("typedoc");
const { ORDER } = await import("./categories.mjs");
const app = await Application.bootstrapWithPlugins({
  entryPoints: entries.map(({ file }) => file),
  tsconfig: `${OUT}/types/tsconfig.json`,
  plugin: ["typedoc-plugin-markdown"],
  name: "simdgrad",
  readme: join(HERE, "index.md"),
  mergeReadme: true,
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  categorizeByGroup: false,
  categoryOrder: [...ORDER, "*", "Other"],
  sortEntryPoints: false,
  navigation: { includeCategories: true, includeGroups: false },
  hideGenerator: true,
  sanitizeComments: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandParameters: true,
  expandObjects: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  indexFormat: "table",
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: false },
  outputs: [
    { name: "html", path: `${OUT}/html` },
    { name: "markdown", path: `${OUT}/markdown` },
  ],
});
for (const folder of ["html", "markdown"]) rmSync(`${OUT}/${folder}`, { recursive: true, force: true });
const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);
await app.generateOutputs(project);
const broken = brokenLinks(`${OUT}/markdown`);
for (const link of broken) console.error(`a link leads nowhere: ${link}`);
const missing = entries.flatMap(({ name, names }) => missingNames(names, project.getChildByName([name]), name));
for (const name of missing) console.error(`a public name is missing: ${name}`);
if (app.logger.hasErrors() || app.logger.hasWarnings() || broken.length + missing.length > 0) {
  console.error(`the API reference has ${app.logger.errorCount + app.logger.warningCount + broken.length + missing.length} problems`);
  process.exit(1);
}
console.log(`${OUT}/html/index.html and ${OUT}/markdown/README.md`);
