// The files of the repository that only people and its host read: they are well-formed, and what they name is there.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { npm } from "../../scripts/commands.mjs";

const read = (file: string): string => readFileSync(file, "utf8");
const { version, scripts } = JSON.parse(read("package.json")) as { version: string; scripts: Record<string, string> };

/** What a file of YAML holds. Warnings and keys that occur twice are errors. */
function yaml<T>(file: string): T {
  const document = parseDocument(read(file), { uniqueKeys: true });
  expect([...document.errors, ...document.warnings].map(String), file).toEqual([]);
  return document.toJS() as T;
}

const filesIn = (folder: string): string[] => readdirSync(folder).map((name) => `${folder}/${name}`);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly name?: string;
  readonly on?: object;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, { "runs-on"?: string; "timeout-minutes"?: number; steps: readonly Step[] }>>;
}

const WORKFLOWS = filesIn(".github/workflows");
const stepsOf = (file: string): Step[] => Object.values(yaml<Workflow>(file).jobs).flatMap(({ steps }) => steps);

/** The scripts of package.json that a text runs. */
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(/\bnpm (?:run (?:--\w+ )?([\w:-]+)|(test|start)\b)/g)].map(([, run, other]) => (run ?? other) as string);

describe.each(WORKFLOWS)("%s", (file) => {
  test("says when, where and for how long it runs, and with which rights", () => {
    const { name, on, permissions, jobs } = yaml<Workflow>(file);
    expect(name).toEqual(expect.any(String));
    expect(Object.keys(on ?? {}).length).toBeGreaterThan(0);
    expect(permissions).toMatchObject({ contents: "read" });
    for (const job of Object.values(jobs))
      expect(job).toMatchObject({ "runs-on": expect.any(String), "timeout-minutes": expect.any(Number) });
  });

  test("takes actions by their major version", () => {
    const actions = stepsOf(file).flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([]);
  });

  test("runs scripts that are there", () => {
    const runs = stepsOf(file).flatMap(({ run }) => run ?? []);
    expect(runs.join("\n")).toContain("bash .ci/run");
    expect(runs.flatMap(scriptsIn).filter((name) => !(name in scripts))).toEqual([]);
  });
});

test(".ci/run stops at the first failure, and runs scripts that are there", () => {
  expect(read(".ci/run")).toMatch(/^#!\/usr\/bin\/env bash\n(#.*\n)*set -euo pipefail\n/);
  const names = scriptsIn(read(".ci/run"));
  expect(names).toEqual(expect.arrayContaining(["build", "lint", "typecheck", "test:runtimes", "test"]));
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

test("the release fills in where the repository, its issues and its page are", () => {
  const command = stepsOf(".github/workflows/release.yml").find(({ run }) => run?.startsWith("npm pkg set"))?.run as string;
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-release-"));
  try {
    writeFileSync(join(folder, "package.json"), read("package.json"));
    const host = { GITHUB_SERVER_URL: "https://host.test", GITHUB_REPOSITORY: "owner/name" };
    // Without a shell, which is not the same one on every system.
    const words = command.replaceAll('"', "").replaceAll(/\$(\w+)/g, (_, name: keyof typeof host) => host[name]);
    npm(words.trim().split(" ").slice(1), { cwd: folder });
    expect(JSON.parse(read(join(folder, "package.json")))).toMatchObject({
      repository: { type: "git", url: "git+https://host.test/owner/name.git" },
      bugs: { url: "https://host.test/owner/name/issues" },
      homepage: "https://host.test/owner/name#readme",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { label?: string; value?: string; options?: readonly unknown[] };
}

const FORMS = filesIn(".github/ISSUE_TEMPLATE").filter((file) => !file.endsWith("/config.yml"));

test.each(FORMS)("%s is a form with labelled fields", (file) => {
  const { name, description, body } = yaml<{ name: string; description: string; body: readonly Field[] }>(file);
  expect([name, description]).toEqual([expect.any(String), expect.any(String)]);
  const fields = body.filter(({ type }) => type !== "markdown");
  expect(fields.length).toBeGreaterThan(0);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
  for (const { type, id, attributes } of fields) {
    expect(["input", "textarea", "dropdown", "checkboxes"]).toContain(type);
    expect(id).toMatch(/^[a-z]+$/);
    expect(attributes.label).toEqual(expect.any(String));
    if (type === "dropdown" || type === "checkboxes") expect(attributes.options?.length).toBeGreaterThan(0);
  }
});

test("blank issues are for nobody, as the forms cover all", () => {
  expect(yaml(".github/ISSUE_TEMPLATE/config.yml")).toEqual({ blank_issues_enabled: false });
  expect(FORMS).toHaveLength(3);
});

test("dependabot looks where there are packages", () => {
  const { version, updates } = yaml<{ version: number; updates: { "package-ecosystem": string; directory: string }[] }>(
    ".github/dependabot.yml",
  );
  expect(version).toBe(2);
  for (const { "package-ecosystem": kind, directory } of updates) {
    const wanted = kind === "npm" ? join(".", directory, "package-lock.json") : ".github/workflows";
    expect(existsSync(wanted), `${kind} in ${directory}`).toBe(true);
  }
});

const DOCUMENTS = readdirSync(".").filter((name) => name.endsWith(".md"));

describe.each([...DOCUMENTS, ".github/pull_request_template.md"])("%s", (document) => {
  test("links to files that are there", () => {
    const targets = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) =>
      join(dirname(document), target as string),
    );
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });

  test("names scripts that are there", () => {
    expect(scriptsIn(read(document)).filter((name) => !(name in scripts))).toEqual([]);
  });
});

test("CONTRIBUTING.md names folders of tests that are there, and all that have no folder of sources", () => {
  const named = [...read("CONTRIBUTING.md").matchAll(/`test\/([\w-]+)`/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !existsSync(`test/${name}`))).toEqual([]);
  const folders = readdirSync("test", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = folders
    .map(({ name }) => name)
    .filter((name) => !existsSync(`src/${name}`) && !["bad-calls", "fixtures", "setup"].includes(name));
  expect(own.filter((name) => !named.includes(name))).toEqual([]);
});

test("the changelog has this version on top, or what will be in it", () => {
  const [first] = [...read("CHANGELOG.md").matchAll(/^## \[(.+?)\]/gm)].map(([, name]) => name);
  expect([version, "Unreleased"]).toContain(first);
  if (first === "Unreleased") expect(read("CHANGELOG.md")).toContain(version);
});

test("the Node that .nvmrc names is one that the package and the release take", () => {
  const [major] = read(".nvmrc").trim().split(".");
  expect(Number(major)).toBeGreaterThanOrEqual(20);
  for (const file of WORKFLOWS) expect(read(file)).toContain(`container: node:${major}-bookworm`);
});
