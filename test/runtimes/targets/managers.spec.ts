// The package installed by pnpm and yarn, whose folders differ from npm's: it is found, finds its dependency and its kernels, and trains.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedApp, TIMEOUT } from "../contract.js";
import type { Answer } from "../entries/answer.js";
import { runInNode } from "../hosts/node.js";
import { installWith, managers, type Project } from "./managers.js";

const app = sharedApp();

/** All of an answer but the memory in use, which depends on when something is collected. */
function computed(answer: Answer): object {
  if ("error" in answer) throw new Error(answer.error);
  const { memory: _, ...rest } = answer.outcome;
  return rest;
}

describe.each(managers)("$name", (manager) => {
  let project: Project;
  beforeAll(() => {
    project = installWith(manager, app());
  }, TIMEOUT);
  afterAll(() => project?.[Symbol.dispose]());

  test("installs in its own way", () => {
    const places = ["node_modules/simdgrad", ".pnp.cjs"].filter((place) => existsSync(join(project.folder, place)));
    expect(places).toEqual([manager.installed]);
  });

  test.each(["esm", "cjs"] as const)("%s trains to the same bytes as with npm", { timeout: TIMEOUT }, (format) => {
    expect(computed(project.answer(format, "baseline"))).toEqual(computed(runInNode(app(), "esm", "baseline")));
  });
});
