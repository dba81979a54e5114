// Measures what the library does on this machine: `npm run bench -- --help`.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { init, manualSeed, SimdgradError } from "simdgrad";
import { environment, header } from "./environment.js";
import { measure } from "./measure.js";
import { HELP, type Options, readOptions, UsageError } from "./options.js";
import { type Result, resultsOf, tableHead, tableRow } from "./report.js";
import { select } from "./select.js";

async function run({ json, filter, time, simd }: Options): Promise<void> {
  const selected = select(filter);
  if (selected.length === 0) throw new UsageError(`no task has "${filter}" in its group or name`);
  await init({ simd });
  manualSeed(1);
  const about = environment();
  console.log(header(about, simd));

  const results: Result[] = [];
  for (const suite of selected) {
    console.log(tableHead(suite));
    for (const task of suite.tasks) {
      // Lets the garbage collector's callbacks for the last task run before the next task.
      await nextTurn();
      const measured = measure(task, time);
      console.log(tableRow(suite, task, measured));
      results.push(...resultsOf(suite, task, measured));
    }
  }

  if (json === undefined) return;
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
  console.log(`\nwritten to ${json}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await run(options);
  else console.log(HELP);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof SimdgradError)) throw error;
  console.error(error instanceof UsageError ? `${error.message}\n\nnpm run bench -- --help lists the options` : String(error));
  process.exitCode = 2;
}
