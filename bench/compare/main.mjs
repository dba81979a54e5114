// Measures this library and its peers: npm start -- --help. Build the project in the root first.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { contestants, ONE_THREAD } from "./contestants.mjs";
import { HELP, readOptions, UsageError } from "./options.mjs";
import { columnsOf, Footnotes, headCells, rowCells } from "./report/cells.mjs";
import { headerLines, headerOf } from "./report/header.mjs";
import { markdown } from "./report/markdown.mjs";
import { terminalTable } from "./report/terminal.mjs";
import { changes, tally, verdictOf } from "./report/verdict.mjs";
import { Process } from "./run/process.mjs";
import { takeTurns } from "./run/turns.mjs";
import { rows } from "./works/index.mjs";

function select(only) {
  const wanted = only.toLowerCase();
  const selected = rows.filter(({ group, name }) => `${group}: ${name}`.toLowerCase().includes(wanted));
  if (selected.length === 0) throw new UsageError(`no row has "${only}" in its group or name`);
  return selected;
}

/** The contestants that must start, because others are compared with them or because the command line names them. */
const REQUIRED = ["relaxed", "machine", "before"];

/** Starts the contestants that the rows need and adds them to `processes`. Returns the reasons of those that cannot start. */
async function start(selected, processes, options) {
  const needed = new Set(["machine", ...selected.flatMap(({ lanes }) => Object.values(lanes).map(({ peer }) => peer))]);
  const absent = {};
  for (const [key, { label, command }] of Object.entries(contestants).filter(([key]) => needed.has(key))) {
    const line = command(options);
    if (!line) continue;
    const process = new Process(line, ONE_THREAD);
    processes.set(key, process);
    try {
      await process.open();
    } catch (error) {
      if (REQUIRED.includes(key)) throw new UsageError(`${label} does not start; is the project built? ${error.message}`);
      absent[key] = error.message;
      process.end();
      processes.delete(key);
    }
  }
  return absent;
}

/** Runs the rows in order and prints each when it is complete. */
async function measure(selected, processes, options) {
  const { rounds } = options;
  const header = await headerOf(processes, await start(selected, processes, options), rounds);
  const keys = columnsOf(processes);
  const table = terminalTable(selected);
  const notes = new Footnotes();
  const results = [];
  console.log([...headerLines(header), "", table.line(headCells(keys))].join("\n"));
  for (const row of selected) {
    if (results.at(-1)?.group !== row.group) console.log(table.group(row.group));
    const measured = await takeTurns(row.lanes, processes, rounds);
    const verdict = verdictOf(row.goal, measured);
    const cells = rowCells(row, measured, keys, notes, verdict);
    console.log(table.line(cells));
    results.push({ group: row.group, name: row.name, goal: row.goal?.text, verdict, cells, lanes: measured });
  }
  return { header, head: headCells(keys), results, footnotes: [...notes.lines, ...changes(results), tally(results)] };
}

async function write(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  console.log(`written to ${file}`);
}

async function run({ only, json, markdown: markdownFile, ...options }) {
  const processes = new Map();
  try {
    const { header, head, results, footnotes } = await measure(select(only), processes, options);
    console.log(["", ...footnotes].join("\n"));
    const plain = results.map(({ cells, ...rest }) => rest);
    if (json) await write(json, `${JSON.stringify({ ...header, results: plain }, null, 2)}\n`);
    if (markdownFile) await write(markdownFile, markdown({ header: headerLines(header), head, rows: results, footnotes }));
  } finally {
    for (const process of processes.values()) process.end();
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await run(options);
  else console.log(HELP);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\nnpm start -- --help lists the options`);
  process.exitCode = 2;
}
