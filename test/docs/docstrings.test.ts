// Every public function and class of tensors, operations and layers says what it does, what goes wrong, and shows a line to run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "simdgrad";
import { nn } from "simdgrad";
import { describe, expect, test } from "vitest";

const ROOMS = ["src/ops", "src/nn"];
const FILES = ["src/tensor/create.ts", "src/tensor/random.ts"];

/** What the entries of the package give out. */
const isPublic = new Set([core, nn, nn.init].flatMap((module) => Object.keys(module)));

interface Declared {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** Exported functions, classes and constants of a file with the comment in front of each, "" where there is none. */
function declaredIn(file: string): Declared[] {
  const source = readFileSync(file, "utf8");
  const found = source.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(?:\/\/[^\n]*\n)*)?^export (?:abstract )?(function|class|const) (\w+)/gm,
  );
  return [...found].map(([, text = "", kind, name]): Declared => ({ name: name as string, kind: kind as string, text }));
}

const files = [...ROOMS.flatMap((room) => readdirSync(room).map((file) => join(room, file))), ...FILES];
const documented = files.flatMap((file) => {
  const declared = declaredIn(file).filter(({ name }) => isPublic.has(name));
  // Of several declarations of one function, the first has the comment.
  return declared.filter(({ name }, i) => declared.findIndex((other) => other.name === name) === i);
});

describe("docstrings", () => {
  test("there are as many as the package has exports of these rooms", () => {
    expect(documented.length).toBeGreaterThan(170);
  });

  test("show a line to run", () => {
    expect(documented.filter(({ text }) => !/@example \S/.test(text.replaceAll(/\n \* ?/g, " "))).map(({ name }) => name)).toEqual([]);
  });

  test("of functions say which errors come", () => {
    const functions = documented.filter(({ kind }) => kind !== "class");
    expect(functions.filter(({ text }) => !/\berrors?\b/i.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
