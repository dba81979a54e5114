// What the documentation shows is true: every program in it runs, every excerpt is in the file it names, every link leads somewhere.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const documents = ["README.md", ...readdirSync("docs").map((name) => join("docs", name))];

interface Snippet {
  readonly title: string;
  readonly code: string;
  /** The file an excerpt is from; without one the snippet is a program. */
  readonly file: string | undefined;
}

const snippets: Snippet[] = documents.flatMap((document) =>
  [...readFileSync(document, "utf8").matchAll(/^```(?:ts|\w+(?= file=))(?: file=(\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, file, code = ""], i) => ({
      title: `${document}, snippet ${i + 1}`,
      code,
      file,
    }),
  ),
);

describe("programs run", () => {
  const folder = "build/docs";
  test.each(snippets.filter(({ file }) => file === undefined).map((s) => [s.title, s] as const))("%s", async (title, { code }) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${title.replaceAll(/\W+/g, "-")}.mjs`);
    writeFileSync(path, (await transform(code, { loader: "ts", format: "esm", target: "es2022" })).code);
    const { stdout, stderr } = await run(process.execPath, [path], { timeout: 60_000 });
    expect(stderr).toBe("");
    for (const [, printed = ""] of code.matchAll(/console\.log\(.*\); \/\/ "?([^"\n]+)"?$/gm)) expect(stdout).toContain(printed);
  });
});

describe("excerpts are there", () => {
  test.each(snippets.filter(({ file }) => file !== undefined).map((s) => [`${s.title}: ${s.file}`, s] as const))(
    "%s",
    (_, { code, file }) => {
      expect(readFileSync(file as string, "utf8")).toContain(code.trim());
    },
  );
});

/** A document without its programs. */
const proseOf = (document: string): string => readFileSync(document, "utf8").replaceAll(/^```.*?^```/gms, "");

test("links lead to files", () => {
  const broken = documents.flatMap((document) =>
    [...proseOf(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = ""]) => join(dirname(document), target))
      .filter((path) => !existsSync(path)),
  );
  expect(broken).toEqual([]);
});

test("the README opens with the two commands and an example", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(readme.indexOf("npm ci && npm start")).toBeGreaterThan(0);
  expect(readme.indexOf("npm ci && npm start")).toBeLessThan(readme.indexOf("```ts"));
  expect(snippets[0]?.code.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(16);
});
