// The warning of a growing leak in the other runtimes: engines write stack traces in ways of their own.
import { describe, expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "../contract.js";
import type { Command } from "../hosts/node.js";
import { bundle, complaints, copyPrograms, LEAKS, placesIn, WAYS } from "../leaks/contract.js";
import { node, program, version } from "./install.js";

const app = sharedApp();

describe.each<[string, Command]>([
  ...([22, 24, 26] as const).map((major): [string, Command] => [`Node ${version(`node${major}`)}`, [node(major)]]),
  [`deno ${version("deno")}`, [program("deno"), "run", "--no-prompt"]],
  [`bun ${version("bun")}`, [program("bun"), "run"]],
])("%s names the lines that leak", { timeout: TIMEOUT }, (_, command) => {
  test.each(["main.js", "fitted.js"] as const)("of %s, in modules", (name) => {
    expect(placesIn(complaints(copyPrograms(app()), [name], command))).toEqual(LEAKS[name]);
  });

  test.each(WAYS)("in one file of program and package, by esbuild %s", (_, settings) => {
    const folder = copyPrograms(app());
    expect(placesIn(complaints(folder, [bundle(folder, "main.js", settings)], command))).toEqual(LEAKS["main.js"]);
  });

  test("and no loops that stop growing", () => {
    expect(complaints(copyPrograms(app()), ["quiet.js"], command)).toBe("");
  });
});
