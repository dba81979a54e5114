// Threads of the package in the other runtimes that have them.
import { sharedApp } from "../contract.js";
import { describeThreads, type ThreadHost } from "../threads/contract.js";
import { askScript } from "../threads/hosts.js";
import { node, program, version } from "./install.js";

const nodes = ([20, 22, 24, 26] as const).map(
  (major): ThreadHost => ({
    name: `Node ${version(`node${major}`)}`,
    tells: true,
    ask: (app, job) => askScript(app, job, [node(major)]),
  }),
);

// Deno wants no permission for threads, and that to read for a worker's file.
const others: readonly ThreadHost[] = [
  {
    name: `deno ${version("deno")}`,
    tells: true,
    ask: (app, job) =>
      askScript(app, job, [program("deno"), "run", "--no-prompt", ...(job.workerUrl === undefined ? [] : ["--allow-read"])]),
  },
  { name: `bun ${version("bun")}`, tells: true, ask: (app, job) => askScript(app, job, [program("bun"), "run"]) },
];

describeThreads(sharedApp(), [...nodes, ...others]);
