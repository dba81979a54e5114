// The examples of all docstrings as one program: each is a function that has the values of prelude.ts, and in it every statement
// with a value in a comment behind it compares the two.
import { ts } from "../../scripts/api/compiler.mjs";
import { type Name, publicApi } from "../../scripts/api/model.mjs";

export interface Example {
  readonly title: string;
  readonly code: string;
}

const entries = publicApi();

function examplesOf(names: readonly Name[], prefix: string): Example[] {
  return names.flatMap((name) => [
    ...name.doc.examples.map((code, i) => ({ title: `${prefix}${name.name}${i === 0 ? "" : `, ${i + 1}`}`, code })),
    ...examplesOf(name.members, `${prefix}${name.name}.`),
  ]);
}

/** Every example once, under the first name that has it. */
export function allExamples(): Example[] {
  const all = entries.flatMap(({ name, names }) => examplesOf(names, `${name}: `));
  return all.filter(({ code }, i) => all.findIndex((other) => other.code === code) === i);
}

/** How a comment begins that is a value, the name of an error, or dtype and shape of a tensor. */
const VALUE = /^(?:-?\d|\[|\{|"|true$|false$|null$|undefined$|\w+Array \[|\w+Error$|(?:float32|int32|uint8|int8|bool)\[)/;

interface Statement {
  readonly end: number;
  readonly expression?: { getText(): string; getStart(): number; readonly end: number };
}

/** The code with each valued statement turned into a call of `check`. */
export function checkedCode(code: string): string {
  const file = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  for (const statement of file.statements as Iterable<Statement>) {
    const [comment] = (ts.getTrailingCommentRanges(code, statement.end) ?? []) as { pos: number; end: number }[];
    if (!comment) continue;
    const text = code.slice(comment.pos + 2, comment.end).trim();
    if (!VALUE.test(text)) continue;
    const { expression } = statement;
    if (!ts.isExpressionStatement(statement) || !expression) throw new Error(`"${text}" is no value of a statement: ${code}`);
    const [from, to] = [expression.getStart(), expression.end];
    edits.push({ from, to, text: `await check(async () => (${expression.getText()}), ${JSON.stringify(text)})` });
  }
  return edits.reduceRight((changed, { from, to, text }) => changed.slice(0, from) + text + changed.slice(to), code);
}

/** Imports of everything public. Layers and optimizers are `nn.Linear` and `optim.Adam`, as users write them. */
function imports(): string[] {
  return entries
    .filter(({ name }) => name !== "simdgrad/nn" && name !== "simdgrad/optim")
    .map(({ name, names }) => {
      const list = names.map((one) => (one.isType ? `type ${one.name}` : one.name));
      return `import { ${list.join(", ")} } from "${name}";`;
    });
}

const functionOf = ({ title, code }: Example, prelude: readonly string[]): string =>
  [`  ${JSON.stringify(title)}: async () => {`, `const { ${prelude.join(", ")} } = given();`, `{\n${checkedCode(code)}\n}`, "},"].join(
    "\n",
  );

/** A program that runs the examples named in its arguments and writes what became of each to the file named before them. */
export function exampleProgram(examples: readonly Example[], prelude: readonly string[]): string {
  return [
    'import { writeFileSync } from "node:fs";',
    ...imports(),
    'import { check } from "../../../test/docs/check.js";',
    'import { given } from "../../../test/docs/prelude.js";',
    "const examples: Record<string, () => Promise<unknown>> = {",
    ...examples.map((example) => functionOf(example, prelude)),
    "};",
    "const [, , file = '', ...titles] = process.argv;",
    "const results: Record<string, string> = {};",
    "for (const title of titles) {",
    "  try { await examples[title]!(); results[title] = 'ok'; }",
    "  catch (error) { results[title] = String(error); }",
    "}",
    "writeFileSync(file, JSON.stringify(results));",
    "process.exit();",
  ].join("\n");
}
