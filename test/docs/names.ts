// Tables of names in the documentation: what they say is checked by the compiler and by running it.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { transform } from "esbuild";
import * as core from "simdgrad";
import * as data from "simdgrad/data";
import * as io from "simdgrad/io";
import * as metrics from "simdgrad/metrics";
import * as models from "simdgrad/models";
import * as files from "simdgrad/node";
import * as plot from "simdgrad/plot";
import * as quantize from "simdgrad/quantize";
import * as train from "simdgrad/train";

/** A row of a table whose second column is headed "simdgrad". */
export interface Row {
  /** Page and line. */
  readonly place: string;
  readonly theirs: string;
  /** Lines of code that work. */
  readonly works: readonly string[];
  /** Names that do not exist: those of a cell that begins with "not there". */
  readonly absent: readonly string[];
}

const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The rows of a page's tables of names. */
export function rowsOf(page: string): Row[] {
  let ours = false;
  return readFileSync(page, "utf8")
    .split("\n")
    .flatMap((line, i) => {
      const cells = line.split("|").map((cell) => cell.trim());
      if (!line.startsWith("|")) ours = false;
      else if (cells[2] === "simdgrad") ours = true;
      else if (ours && !/^-+$/.test(cells[1] as string)) {
        const [, theirs = "", here = ""] = cells;
        const missing = here.startsWith("not there");
        return [{ place: `${page}:${i + 1}`, theirs, works: missing ? [] : codeIn(here), absent: missing ? codeIn(here) : [] }];
      }
      return [];
    });
}

const ENTRIES = {
  simdgrad: core,
  "simdgrad/data": data,
  "simdgrad/io": io,
  "simdgrad/metrics": metrics,
  "simdgrad/models": models,
  "simdgrad/node": files,
  "simdgrad/plot": plot,
  "simdgrad/quantize": quantize,
  "simdgrad/train": train,
};

const GIVEN_NAMES = "x, y, v, w, mask, index, logits, labels, sequences, images, model, optimizer, dataset, loader";
/** What the code in the tables may use besides the exports; from-pytorch.md says what it is. */
const GIVEN = `function given() {
  const [x, y, v, w] = [randn([2, 3], { requiresGrad: true }), randn([2, 3]), randn([3]), randn([3, 4])];
  const [mask, index] = [x.gt(0), tensor([0, 1], { dtype: "int32" })];
  const [logits, labels] = [randn([2, 5]), tensor([0, 4], { dtype: "int32" })];
  const [sequences, images] = [randn([2, 3, 8]), randn([2, 3, 8, 8])];
  const model = new nn.Sequential(new nn.Linear(3, 5), new nn.Tanh());
  const optimizer = new optim.Adam(model.parameters());
  const dataset = new TensorDataset(y, labels);
  const loader = new DataLoader(dataset, { batchSize: 2 });
  return { ${GIVEN_NAMES} };
}`;
/** A piece of code with inputs of its own, on one line. */
const alone = (code: string): string => `async () => { const { ${GIVEN_NAMES} } = given(); ${code}; }`;

/** Where TypeScript says that there is no such name, property, option or export. */
const NO_SUCH_NAME = new Set(["TS2304", "TS2305", "TS2339", "TS2353", "TS2551", "TS2552", "TS2561", "TS2724"]);

/**
 * Says under which spelling an owner has a name, however it is written: an addition may be spelt in another way than a table has it.
 * It becomes part of the program that runs the tables.
 */
function spelling(owner: object | null, name: string): string {
  if (owner === null) return "";
  const found = Object.getOwnPropertyNames(owner).find((other) => other.toLowerCase() === name.toLowerCase());
  return found ? `exists now as ${found}` : spelling(Object.getPrototypeOf(owner), name);
}

/** Code that looks for a name that should not be there: of `nn.LSTM` in `nn`, of `fft` among all exports. */
function lookFor(code: string): string {
  const [, owner = "EXPORTS", name] = /^(?:([\w.]+)\.)?(\w+)$/.exec(code) ?? [];
  return name ? `return spelling(${owner}, "${name}");` : ""; // options are the compiler's business
}

/** What is wrong with a name that should not be there, by what the compiler says of it. */
function mistakeOfAbsent(error: string | undefined): string | undefined {
  if (error === undefined) return "exists now";
  return NO_SUCH_NAME.has(error.split(":")[0] as string) ? undefined : `is refused, but not for its name: ${error}`;
}

const run = promisify(execFile);

/** What is wrong with the rows, a line for each mistake. */
export async function mistakesIn(rows: readonly Row[]): Promise<string[]> {
  const folder = "build/docs/names";
  mkdirSync(folder, { recursive: true });
  const imports = Object.entries(ENTRIES).map(([from, entry]) => `import { ${Object.keys(entry).join(", ")} } from "${from}";`);
  const head = [...imports, ...GIVEN.split("\n")];
  const checks = rows.flatMap((row) => [
    ...row.works.map((code) => ({ row, code, absent: false })),
    ...row.absent.map((code) => ({ row, code, absent: true })),
  ]);

  // One line for each check, so that the compiler's line numbers lead back to it.
  const typed = [...head, ...checks.map(({ code, absent }) => `${alone(absent ? `void (${code})` : code)};`)];
  writeFileSync(`${folder}/typed.ts`, `${typed.join("\n")}\n`);
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: "../../../tsconfig.json", compilerOptions, include: ["typed.ts"] }));
  const output = await run("node_modules/.bin/tsc", ["-p", folder, "--pretty", "false"]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
  const errors = new Map<number, string>();
  for (const [, file, line, text = ""] of output.matchAll(/^(\S+)\((\d+),\d+\): error (.*)$/gm)) {
    if (!file?.endsWith("names/typed.ts") || Number(line) <= head.length) throw new Error(`the check's own code: ${file}:${line} ${text}`);
    errors.set(Number(line) - head.length - 1, text);
  }

  // What works runs, too, in one process for all.
  const names = Object.values(ENTRIES).flatMap((entry) => Object.keys(entry));
  const program = `${head.join("\n")}
    const EXPORTS = { ${names.join(", ")} };
    ${spelling}
    const problems = [];
    for (const check of [${checks.map(({ code, absent }) => alone(absent ? lookFor(code) : code)).join(",\n")}]) {
      problems.push(await check().catch(String));
    }
    process.stdout.write('\\n' + JSON.stringify(problems));`;
  writeFileSync(`${folder}/run.mjs`, (await transform(program, { loader: "ts", format: "esm", target: "es2022" })).code);
  const { stdout } = await run(process.execPath, [`${folder}/run.mjs`]); // the last line is ours
  const problems = JSON.parse(stdout.slice(stdout.lastIndexOf("\n"))) as (string | null)[];

  return checks.flatMap(({ row, code, absent }, i) => {
    const error = errors.get(i);
    const typeMistake = absent ? mistakeOfAbsent(error) : error;
    return [typeMistake, problems[i]].filter(Boolean).map((mistake) => `${row.place}: ${code}: ${mistake}`);
  });
}
