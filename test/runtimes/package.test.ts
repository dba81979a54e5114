// The package as a file: what is in it, what the linters of packages say, what a bundler ships of it.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { buildSync } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, test } from "vitest";
import { FROM_DIST } from "../../scripts/bundle.mjs";
import { scriptOf } from "../../scripts/commands.mjs";
import { measureSizes } from "../../scripts/sizes.mjs";
import { manifest, ROOT } from "./app.js";
import { sharedApp, TIMEOUT } from "./contract.js";

const app = sharedApp();
const installed = (): string => join(app().folder, "node_modules/simdgrad");

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, "/"),
    );

test("publint is content", { timeout: TIMEOUT }, async () => {
  const { buffer } = Uint8Array.from(readFileSync(app().tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("are the types wrong? They are not", { timeout: TIMEOUT }, () => {
  // Files to be fetched, which nobody imports.
  const assets = Object.keys(manifest.exports).filter((path) => path.endsWith(".wasm") || path === "./worker.js");
  const args = [app().tarball, "--profile", "esm-only", "--no-color", "--no-emoji", "--exclude-entrypoints", ...assets];
  expect(execFileSync(process.execPath, [scriptOf("attw"), ...args], { encoding: "utf8", cwd: ROOT })).toContain('"simdgrad/train"');
});

test("it holds the built modules, their sources, and no more", () => {
  const files = filesUnder(installed());
  const odd = files.filter(
    (file) =>
      !/^(LICENSE|README\.md|package\.json)$/.test(file) &&
      !/^dist\/(simdgrad(\.iife)?\.min\.js(\.map)?|worker\.js)$/.test(file) &&
      !/^dist\/joined\/(shared-[\w-]+|index|\w+\/index)\.js(\.map)?$/.test(file) &&
      !/^dist\/wasm\/modules\/(baseline|relaxed)\.wasm$/.test(file) &&
      !(/^src\/.*\.ts$/.test(file) && existsSync(join(ROOT, file))) &&
      !(/^dist\/.*\.(js|js\.map|d\.ts)$/.test(file) && existsSync(join(ROOT, file.replace(/^dist(.*?)\.(js|js\.map|d\.ts)$/, "src$1.ts")))),
  );
  expect(odd).toEqual([]);
  expect(files).not.toContain("src/wasm/generated/text.ts");
});

test("every map leads to sources that are there, and every script that names a map has it", () => {
  const files = new Set(filesUnder(installed()));
  const read = (file: string): string => readFileSync(join(installed(), file), "utf8");
  const missing = [...files].flatMap((file) => {
    const named = file.endsWith(".js") ? [...read(file).matchAll(/^\/\/# sourceMappingURL=(.*)$/gm)].map(([, name]) => name as string) : [];
    const sources = file.endsWith(".map") ? (JSON.parse(read(file)) as { sources: string[] }).sources : [];
    // What is not of this package is named, not linked.
    const own = sources.filter((name) => !name.startsWith("npm:"));
    return [...named, ...own].map((name) => posix.join(dirname(file), name)).filter((path) => !files.has(path));
  });
  expect(missing).toEqual([]);
});

test("what is internal is not declared", () => {
  const declared = filesUnder(installed()).filter((file) => file.endsWith(".d.ts"));
  expect(declared.length).toBeGreaterThan(100);
  expect(declared.filter((file) => readFileSync(join(installed(), file), "utf8").includes("@internal"))).toEqual([]);
});

/** The modules and the files of `io` that are in the bundle of a program of scripts/programs. */
function shippedParts(program: string): { modules: string[]; io: string[] } {
  const entryPoints = [join(ROOT, "scripts/programs", `${program}.mjs`)];
  const { metafile } = buildSync({ ...FROM_DIST, entryPoints, write: false, metafile: true, format: "esm", absWorkingDir: ROOT });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  const parts = files.filter((file) => file.startsWith("dist/")).map((file) => file.slice("dist/".length).replace(/\.js$/, ""));
  return {
    modules: [...new Set(parts.map((part) => part.split("/")[0] as string))].sort(),
    io: parts.filter((part) => part.startsWith("io/")).sort(),
  };
}

test("a bundler leaves out what a program does not import", () => {
  expect(shippedParts("add").modules).toEqual(["autograd", "begin", "checks", "errors", "index", "ops", "options", "tensor", "wasm"]);
  const predict = shippedParts("predict");
  expect(predict.modules).toEqual(["autograd", "begin", "checks", "errors", "index", "io", "nn", "ops", "options", "tensor", "wasm"]);
  expect(predict.io).not.toContain("io/csv");
  expect(predict.io).not.toContain("io/idx");
});

test("docs/sizes.md tells the sizes, to a tenth; `npm run sizes` writes it anew", { timeout: TIMEOUT }, () => {
  const cells = readFileSync(join(ROOT, "docs/sizes.md"), "utf8").matchAll(/^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| (\d+) \|$/gm);
  const told = new Map([...cells].map(([, what, ...figures]) => [what, figures.map(Number)]));
  const sizes = measureSizes();
  expect([...told.keys()]).toEqual(sizes.map(({ what }) => what));
  for (const { what, raw, gzip, bound } of sizes) {
    const [toldRaw, toldGzip, toldBound] = told.get(what) as [number, number, number];
    expect(Math.abs(toldRaw / raw - 1), `raw size of ${what}`).toBeLessThan(0.1);
    expect(Math.abs(toldGzip / gzip - 1), `gzipped size of ${what}`).toBeLessThan(0.1);
    expect(toldBound, `bound of ${what}`).toBe(bound);
  }
});
