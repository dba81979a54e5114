// Programs that scripts and tests start in the same way on Linux, macOS and Windows.
import { execFileSync, execSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Programs of packages as scripts for Node: what is in node_modules/.bin needs a shell on Windows. */
const SCRIPTS = {
  asc: "assemblyscript/bin/asc.js",
  attw: "@arethetypeswrong/cli/dist/index.js",
  tsc: "typescript/bin/tsc",
};

/** The path of a program, to be run with `process.execPath`. @param {keyof typeof SCRIPTS} name */
export const scriptOf = (name) => fileURLToPath(new URL(`../node_modules/${SCRIPTS[name]}`, import.meta.url));

/**
 * Runs npm and gives what it prints. On Windows it is a batch file, which only a shell starts.
 * @param {readonly string[]} args
 * @param {{ cwd?: string, timeout?: number, stdio?: import("node:child_process").StdioOptions }} [options]
 */
export function npm(args, options = {}) {
  const settings = { encoding: /** @type {const} */ ("utf8"), stdio: /** @type {const} */ ("pipe"), ...options };
  if (process.platform !== "win32") return execFileSync("npm", args, settings);
  return execSync(["npm", ...args].map((word) => `"${word}"`).join(" "), settings);
}
