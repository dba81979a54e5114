// Other package managers than npm: each installs the packed package into a project of its own, without a network.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm } from "../../../scripts/commands.mjs";
import { type App, manifest, ROOT } from "../app.js";
import type { Answer } from "../entries/answer.js";
import { type Command, execute } from "../hosts/node.js";
import type { Simd } from "../smoke.js";
import { file, node, version } from "./install.js";

const TIMEOUT = 60_000;

export interface Manager {
  readonly name: string;
  /** The command line that installs what package.json names. */
  readonly install: Command;
  /** What it needs beside package.json: names of files and what is in them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where it writes down or puts what it installed. */
  readonly installed: "node_modules/simdgrad" | ".pnp.cjs";
  /** What runs a script of the project; the script's path comes behind it. */
  readonly run: Command;
}

/** The folder in a project for all that a manager would keep in the user's home. */
const CACHE = ".cache";
const NODE = node(24);
const BERRY = file("@yarnpkg/cli-dist/bin/yarn.js");

const berry = (linker: "node-modules" | "pnp"): Manager => ({
  name: `yarn ${version("@yarnpkg/cli-dist")}, ${linker}`,
  install: [NODE, BERRY, "install"],
  settings: {
    // Without a lock file of its own a folder would belong to whatever project is above it.
    "yarn.lock": "",
    ".yarnrc.yml": `nodeLinker: ${linker}\nenableNetwork: false\nenableTelemetry: false\nenableImmutableInstalls: false\nglobalFolder: ./${CACHE}\n`,
  },
  installed: linker === "pnp" ? ".pnp.cjs" : "node_modules/simdgrad",
  run: [NODE, BERRY, "node"],
});

export const managers: readonly Manager[] = [
  {
    name: `pnpm ${version("pnpm")}`,
    install: [NODE, file("pnpm/bin/pnpm.mjs"), "install", "--offline", "--no-frozen-lockfile", `--store-dir=${CACHE}`],
    // It does not read what package.json says of dependencies of dependencies.
    settings: { "pnpm-workspace.yaml": `overrides: ${JSON.stringify(packedDependencies())}\n` },
    installed: "node_modules/simdgrad",
    run: [NODE],
  },
  {
    name: `yarn ${version("yarn")}`,
    install: [NODE, file("yarn/bin/yarn.js"), "install", "--offline", "--non-interactive", `--cache-folder=${CACHE}`],
    settings: {},
    installed: "node_modules/simdgrad",
    run: [NODE],
  },
  berry("node-modules"),
  berry("pnp"),
];

/** The dependencies of the package as tarballs in the project. */
function packedDependencies(): Record<string, string> {
  return Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, `file:./${tarballOf(name)}`]));
}

/** The name that `npm pack` gives a package's file. */
function tarballOf(name: string): string {
  return `${name.replace("@", "").replace("/", "-")}-${manifest.dependencies[name]}.tgz`;
}

/** A project with the package in it. */
export interface Project extends Disposable {
  readonly folder: string;
  /** Runs the small network in it. */
  answer(format: "esm" | "cjs", simd: Simd): Answer;
}

/** Lets a manager install the package into a new folder, away from all others: Node looks for packages in the folders above, too. */
export function installWith({ install, settings, run }: Manager, app: App): Project {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-project-"));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  cpSync(app.tarball, join(folder, "simdgrad.tgz"));
  for (const name of Object.keys(manifest.dependencies)) {
    npm(["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: join(ROOT, "node_modules", name) });
  }
  const overrides = packedDependencies();
  put("package.json", JSON.stringify({ private: true, dependencies: { simdgrad: "file:./simdgrad.tgz" }, resolutions: overrides }));
  for (const [name, text] of Object.entries(settings)) put(name, text);
  const [program, ...args] = install;
  execFileSync(program, args, { cwd: folder, timeout: TIMEOUT, stdio: "pipe", env: { ...process.env, CI: "true", NO_COLOR: "1" } });

  return {
    folder,
    answer(format, simd) {
      const ending = format === "esm" ? ".mjs" : ".cjs";
      const built = app.bundle("script", { packages: "external", format, outExtension: { ".js": ending } });
      cpSync(join(built, `script${ending}`), join(folder, `script${ending}`));
      return JSON.parse(execute(run, `script${ending}`, [simd], folder)) as Answer;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
