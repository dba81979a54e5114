// A user's project in a folder of its own: the package as `npm pack` ships it, its dependencies, and the entry points of these tests.
// Nothing above the folder is seen, so the real exports and conditions of package.json are what is tested.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";
import { npm, scriptOf } from "../../scripts/commands.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACK_TIMEOUT = 60_000;

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** The specifiers of all entries of the package that run in any runtime. */
export const entryPoints: readonly string[] = Object.entries(manifest.exports)
  .filter(([path, target]) => typeof target !== "string" && path !== "./node")
  .map(([path]) => path.replace(".", "simdgrad"));

/** The project and what it is built into. */
export interface App {
  readonly folder: string;
  /** The file that `npm publish` would send. */
  readonly tarball: string;
  /** Compiles an entry file by file, its imports left to Node to resolve; gives the script's path. */
  script(entry: string, format: "esm" | "cjs"): string;
  /** Bundles entries with everything they import, minified as people ship it; gives the folder they are in. */
  bundle(entry: string | readonly string[], options?: BuildOptions): string;
  /** A new folder of the project, with copies of files of this repository. */
  copy(...files: string[]): string;
  /** Sets the checkpoint that runs continue from now on. */
  continueFrom(half: string): void;
  /** What the compiler says of an entry in a strict project without DOM types; "" when it is content. */
  typeErrors(entry: string, moduleResolution: "nodenext" | "bundler"): string;
  remove(): void;
}

/** Settings of a project that checks declaration files too and knows nothing but ECMAScript. */
const strictProject = (entry: string, moduleResolution: "nodenext" | "bundler"): object => ({
  compilerOptions: {
    ...{ target: "es2022", lib: ["es2022"], types: [], noEmit: true, skipLibCheck: false },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ moduleResolution, module: moduleResolution === "bundler" ? "esnext" : "nodenext" },
  },
  files: [`entries/${entry}.ts`],
});

function installPackage(folder: string): string {
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(npm(pack, { cwd: ROOT, timeout: PACK_TIMEOUT })) as [{ filename: string }];
  const target = "node_modules/simdgrad";
  mkdirSync(join(folder, target), { recursive: true });
  // Paths without a drive, whose colon some versions of tar take for a host's.
  const unpack = ["-xzf", packed.filename, "-C", target, "--strip-components=1"];
  execFileSync("tar", unpack, { cwd: folder, timeout: PACK_TIMEOUT, stdio: "pipe" });
  for (const name of Object.keys(manifest.dependencies)) {
    cpSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  }
  return join(folder, packed.filename);
}

/** A Worker that imports every entry and answers with the names it exports. */
function entryPointsEntry(): string {
  const imports = entryPoints.map((entry, i) => `import * as entry${i} from "${entry}";\n`);
  const found = entryPoints.map((_, i) => `Object.keys(entry${i})`);
  return `${imports.join("")}export default { fetch: () => Response.json([${found}]) };\n`;
}

/** Makes the project. `dist/` must be built. */
export function installApp(): App {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-app-"));
  const tarball = installPackage(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of ["smoke.ts", "half.ts", "resuming.ts", "entries", "shims", "threads"])
    cpSync(join(HERE, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "entries/entryPoints.ts"), entryPointsEntry());
  let built = 0;

  return {
    folder,
    tarball,
    script(entry, format) {
      const outdir = join(folder, format);
      buildSync({
        absWorkingDir: folder,
        entryPoints: ["smoke.ts", "half.ts", "resuming.ts", "entries/answer.ts", `entries/${entry}.ts`],
        outdir,
        format,
      });
      writeFileSync(join(outdir, "package.json"), JSON.stringify({ type: format === "esm" ? "module" : "commonjs" }));
      return join(outdir, "entries", `${entry}.js`);
    },
    continueFrom(half) {
      writeFileSync(join(folder, "half.ts"), `export const half = ${JSON.stringify(half)};\n`);
    },
    typeErrors(entry, moduleResolution) {
      const project = join(folder, `tsconfig.${moduleResolution}.json`);
      writeFileSync(project, JSON.stringify(strictProject(entry, moduleResolution)));
      const { stdout } = spawnSync(process.execPath, [scriptOf("tsc"), "--project", project], {
        encoding: "utf8",
        timeout: PACK_TIMEOUT,
      });
      return stdout;
    },
    copy(...files) {
      const target = join(folder, `copy${built++}`);
      for (const file of files) cpSync(join(ROOT, file), join(target, basename(file)));
      return target;
    },
    bundle(entry, options = {}) {
      const outdir = join(folder, `bundle${built++}`);
      buildSync({
        absWorkingDir: folder,
        entryPoints: [entry].flat().map((name) => `entries/${name}.ts`),
        outdir,
        bundle: true,
        minify: true,
        format: "esm",
        target: "es2022",
        ...options,
      });
      return outdir;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
