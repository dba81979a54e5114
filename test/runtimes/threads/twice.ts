// The same work on one thread and on two: every byte of the results must be the same.
import { memory, setThreads, type ThreadOptions } from "simdgrad";
import { pause } from "./pause.js";
import type { Job } from "./tasks.js";
import type { Seen } from "./watch.js";
import { hashes, nameOf, runWorkload } from "./workloads.js";

/** Workloads between two turns of the event loop. */
const TURN_EVERY = 50;
/** Longer than a worker looks for work before it sleeps, so that it has to be woken again. */
const TURN_MS = 2;

export async function twice({ workloads }: Job, options: ThreadOptions, seen: Readonly<Seen>) {
  const began = performance.now();
  const truth = hashes(workloads);
  const alone = performance.now();
  const { liveTensors: liveBetween } = memory();
  await setThreads(2, options);
  const different: string[] = [];
  let split = 0;
  for (let seed = 0; seed < workloads; seed++) {
    if (seed % TURN_EVERY === 0) await pause(TURN_MS);
    const { forks } = seen;
    if (runWorkload(seed) !== truth[seed]) different.push(nameOf(seed));
    if (seen.forks > forks) split++;
  }
  const seconds = [alone - began, performance.now() - alone].map((ms) => ms / 1000);
  return { seconds, workloads, split, different, liveBetween };
}
