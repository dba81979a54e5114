// Every public function and class says what it does, what goes wrong, and shows a line to run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "simdgrad";
import { nn } from "simdgrad";
import * as data from "simdgrad/data";
import * as io from "simdgrad/io";
import * as metrics from "simdgrad/metrics";
import * as files from "simdgrad/node";
import * as optim from "simdgrad/optim";
import * as plot from "simdgrad/plot";
import * as train from "simdgrad/train";
import { describe, expect, test } from "vitest";

const MODULES = [core, nn, nn.init, data, io, metrics, files, optim, plot, train];

/** What the entries of the package give out. */
const isPublic = new Set(
  MODULES.flatMap((module) => Object.entries<unknown>(module).flatMap(([name, value]) => (typeof value === "function" ? [name] : []))),
);

interface Declared {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** Exported functions, classes and constants of a file with the comment in front of each, "" where there is none. */
function declaredIn(file: string): Declared[] {
  const source = readFileSync(file, "utf8");
  const found = source.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(?:\/\/[^\n]*\n)*)?^export (?:abstract )?(?:async )?(function|class|const) (\w+)/gm,
  );
  return [...found].map(([, text = "", kind, name]): Declared => ({ name: name as string, kind: kind as string, text }));
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const documented = sources.flatMap((file) => {
  const declared = declaredIn(join("src", file)).filter(({ name }) => isPublic.has(name));
  // Of several declarations of one function, the first has the comment.
  return declared.filter(({ name }, i) => declared.findIndex((other) => other.name === name) === i);
});

describe("docstrings", () => {
  test("are found of all that the package exports", () => {
    const found = new Set(documented.map(({ name }) => name));
    expect([...isPublic].filter((name) => !found.has(name))).toEqual([]);
  });

  test("show a line to run", () => {
    expect(documented.filter(({ text }) => !/@example \S/.test(text.replaceAll(/\n \* ?/g, " "))).map(({ name }) => name)).toEqual([]);
  });

  test("of functions say which errors come", () => {
    const functions = documented.filter(({ kind }) => kind !== "class");
    expect(functions.filter(({ text }) => !/\berrors?\b/i.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
