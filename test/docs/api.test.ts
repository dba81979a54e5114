// The public API is what api/*.txt says. A change of it is made on purpose, and shows there in the same commit.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FOLDER, reports } from "../../scripts/api/report.mjs";

const built = reports();

test("there is one file per entry point", () => {
  expect(readdirSync(FOLDER).sort()).toEqual([...built.keys()].sort());
});

test.each([...built])("%s lists what is built; if the change is meant, `npm run api` writes it anew", (file, text) => {
  expect(text.split("\n")).toEqual(readFileSync(join(FOLDER, file), "utf8").split("\n"));
});
