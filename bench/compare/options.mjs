// The command line.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

export const HELP = `Measures simdgrad and its peers in turn, one thread each.

  npm ci --ignore-scripts && npm start -- [options]

  --only TEXT       only rows with TEXT in "group: name", e.g. matmul, "3x3 64" or training
  --rounds N        turns of each contestant in each row (default: 15)
  --before DIR      another checkout of this library with its dist/ built: its two builds take turns with these,
                    as the columns "before" and "baseline before"
  --json FILE       also write everything that was measured to FILE
  --markdown FILE   also write the table to FILE
  --help            this text
`;

/** A mistake on the command line, to be shown without a stack. */
export class UsageError extends Error {}

const text = { type: "string" };
const OPTIONS = { only: text, rounds: text, before: text, json: text, markdown: text, help: { type: "boolean" } };

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** Reads the arguments; `undefined` when help was asked for. Errors: `UsageError`. @param {string[]} args */
export function readOptions(args) {
  const { only = "", rounds = "15", before, json, markdown, help } = parse(args);
  if (help) return undefined;
  if (!/^[1-9]\d*$/.test(rounds)) throw new UsageError(`--rounds is a whole number of at least 1, not "${rounds}"`);
  if (before !== undefined && !existsSync(join(before, "dist", "index.js"))) {
    throw new UsageError(`--before is a checkout with its dist/ built, and "${before}" has no dist/index.js: run npm run build there`);
  }
  return { only, rounds: Number(rounds), before, json, markdown };
}
