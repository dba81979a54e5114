// Compares several threads with one on tasks of the other suites: `node build/bench/suites/threads.js [threads] [filter]`. It is a separate
// program, because it changes the number of threads repeatedly: both are measured alternately, so that both run on the same machine state.
import { argv } from "node:process";
import { scope, setThreads } from "simdgrad";
import type { Task } from "../suite.js";
import { conv } from "./conv.js";
import { elementwise } from "./elementwise.js";
import { gemm } from "./gemm.js";
import { small } from "./small.js";
import { training } from "./training.js";

const ROUNDS = 6;
const ROUND_MS = 150;
/** Warm-up time, after which every kernel is optimised and workers are awake. */
const WARMUP_MS = 100;

/** The best time of a call in milliseconds. Calls too short for the clock are timed together. */
function best(call: () => void): number {
  const started = performance.now();
  let calls = 0;
  for (; performance.now() - started < WARMUP_MS || calls < 3; calls++) call();
  const batch = Math.ceil((0.05 * calls) / (performance.now() - started));
  let least = Number.POSITIVE_INFINITY;
  for (const until = performance.now() + ROUND_MS; performance.now() < until; ) {
    const from = performance.now();
    for (let i = 0; i < batch; i++) call();
    least = Math.min(least, (performance.now() - from) / batch);
  }
  return least;
}

interface Compared {
  readonly one: number;
  readonly several: number;
}

async function compare(task: Task, threads: number): Promise<Compared> {
  const run = task.setup();
  const call = (): void => scope(() => run().dispose());
  let [one, several] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    await setThreads(1);
    one = Math.min(one, best(call));
    await setThreads(threads);
    several = Math.min(several, best(call));
  }
  await setThreads(1);
  return { one, several };
}

const threads = Number(argv[2] ?? 2);
const filter = (argv[3] ?? "").toLowerCase();

/** Groups, with the speedup that two threads should reach. */
const goals = [
  [gemm, 1.8],
  [conv, 1.7],
  [training, 1.6],
  [elementwise, 1],
  [small, 0.95],
] as const;

for (const [{ group, tasks }, goal] of goals) {
  const selected = tasks.filter(({ name }) => `${group}: ${name}`.toLowerCase().includes(filter));
  if (selected.length > 0) console.log(`\n${group} (goal with two threads: ${goal})`);
  for (const task of selected) {
    const { one, several } = await compare(task, threads);
    const times = [one, several].map((ms) => `${ms.toPrecision(3)} ms`.padStart(12)).join("");
    console.log(`${task.name.padEnd(52)}${times}${(one / several).toFixed(2).padStart(8)}x`);
  }
}
