// The pages as a reader uses them: programs that an editor accepts, links that lead to a heading, an index that is complete.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const PAGES = ["README.md", ...readdirSync("docs").map((name) => join("docs", name))];
const textOf = new Map(PAGES.map((page) => [page, readFileSync(page, "utf8")]));

test("programs pass a strict compiler", async () => {
  const folder = "build/docs/strict";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const [page, text] of textOf) {
    for (const [, code = ""] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      writeFileSync(join(folder, `${page.replaceAll(/\W+/g, "-")}-${++count}.ts`), code);
    }
  }
  expect(count).toBeGreaterThan(40);
  writeFileSync(join(folder, "odd.ts"), 'import { tensor } from "simdgrad";\ntensor([1]).softmaxx(1);\n'); // to see that mistakes are found
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../../tsconfig.json", include: ["*.ts"] }));
  const { stdout } = await promisify(execFile)("node_modules/.bin/tsc", ["-p", folder, "--pretty", "false"]).catch((error) => error);
  const errors = String(stdout).trim().split("\n");
  expect(errors.filter((line) => line.includes("odd.ts"))).toHaveLength(1);
  expect(errors.filter((line) => !line.includes("odd.ts"))).toEqual([]);
});

/** The name by which a link finds a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

test("links to a part of a page lead to a heading", () => {
  const links = [...textOf].flatMap(([page, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, target = "", anchor = ""]) => ({
      page,
      target: target === "" ? page : join(dirname(page), target),
      anchor,
    })),
  );
  expect(links.length).toBeGreaterThan(20);
  const headings = (page: string): string[] =>
    [...(textOf.get(page) ?? "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  expect(links.filter(({ target, anchor }) => !headings(target).includes(anchor))).toEqual([]);
});

test("the index lists every page", () => {
  const index = textOf.get("docs/README.md") as string;
  const listed = new Set([...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => join("docs", name as string)));
  expect(PAGES.filter((page) => !/README\.md$/.test(page) && !listed.has(page))).toEqual([]);
});
