// Workers that end before their time: one that is killed while it waits, and one that dies in the middle of a part.
import { randn, scope, setThreads, type ThreadOptions, threads } from "simdgrad";
import { hashOf } from "./hash.js";
import { pause } from "./pause.js";
import type { Job } from "./tasks.js";
import { helped, type Seen, watchWorkers } from "./watch.js";
import { differing, hashes } from "./workloads.js";

/** A worker sleeps long before. */
const ASLEEP_MS = 100;
/** Chromium lets a worker that sleeps live for two more seconds, and it could be woken in them. */
const DEAD_MS = 4000;

/** Kills the worker while it waits, goes on, and starts another one. */
export async function killed({ workloads }: Job, _: ThreadOptions, seen: Readonly<Seen>) {
  const workers = watchWorkers();
  const truth = hashes(workloads);
  await setThreads(2);
  const different = differing(truth);
  const helpedBefore = helped(seen);
  await pause(ASLEEP_MS);
  for (const worker of workers) await worker.terminate();
  await pause(DEAD_MS);

  const threadsWithout = threads();
  const until = helped(seen);
  different.push(...differing(truth));
  const helpedWithout = helped(seen) - until;

  await setThreads(1);
  const threadsAgain = await setThreads(2);
  different.push(...differing(truth));
  return { workers: workers.length, different, helpedBefore, threadsWithout, helpedWithout, threadsAgain };
}

/** Longer than the library has patience with a worker, even on a busy machine. */
const PATIENCE_MS = 30_000;

/** Works with a worker that takes a part and dies, until the library goes on without it, and then with one of the library's own. */
export async function dies({ workloads }: Job, options: ThreadOptions) {
  const truth = hashes(workloads);
  const [a, b] = [randn([300, 300]), randn([300, 300])];
  const product = (): number => scope(() => hashOf([a.matmul(b).toTypedArray()]));
  const right = product();
  const threadsBefore = await setThreads(2, options);
  let wrong = 0;
  let longestMs = 0;
  for (const started = performance.now(); threads() > 1 && performance.now() - started < PATIENCE_MS; ) {
    const called = performance.now();
    if (product() !== right) wrong++;
    longestMs = Math.max(longestMs, performance.now() - called);
  }
  const threadsWithout = threads();
  if (product() !== right) wrong++;
  const different = differing(truth);
  const threadsAgain = await setThreads(2);
  if (product() !== right) wrong++;
  different.push(...differing(truth));
  a.dispose();
  b.dispose();
  return { threadsBefore, threadsWithout, threadsAgain, wrong, different, longestMs };
}
