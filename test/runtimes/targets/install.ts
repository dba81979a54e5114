// Installs the runtimes and bundlers of this folder on first use, and again when their lock file has changed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = join(FOLDER, "node_modules/.installed-lock.json");

/** What vitest calls before the tests. */
export default function install(): void {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the Nodes of test/runtimes/targets are for Linux on x64");
  const lock = readFileSync(join(FOLDER, "package-lock.json"), "utf8");
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === lock) return;
  console.log("installing the runtimes and bundlers of test/runtimes/targets, 1.4 GB");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: FOLDER, stdio: "inherit" });
  writeFileSync(INSTALLED, lock);
}

/** A file of an installed package. */
export const file = (path: string): string => join(FOLDER, "node_modules", path);

/** The program a package installs. */
export const program = (name: string): string => file(`.bin/${name}`);

/** The Node of a major version. */
export const node = (major: 20 | 22 | 24 | 26): string => file(`node${major}/bin/node`);

/** The version of an installed package. */
export const version = (name: string): string =>
  (JSON.parse(readFileSync(file(`${name}/package.json`), "utf8")) as { version: string }).version.replace(/^v/, "");
