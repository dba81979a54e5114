// What the tests of threads let a host do. A task gives a plain report; what it ought to be is said in contract.ts.
import { init, memory, type ThreadOptions, threads } from "simdgrad";
import type { Simd } from "../smoke.js";
import { dies, killed } from "./lost.js";
import { train } from "./train.js";
import { twice } from "./twice.js";
import { type Seen, type Words, watchAtomics, watchWarnings } from "./watch.js";

const TASKS = { twice, killed, dies, train };

export type Task = keyof typeof TASKS;

/** A task and what it needs; it goes to the host as JSON. */
export interface Job {
  readonly task: Task;
  readonly simd: Simd;
  /** Pieces of work; each runs several times. */
  readonly workloads: number;
  /** Where the file of the library's worker lies, seen from the script; the library's own text unless given. */
  readonly workerUrl?: string;
  readonly words: Words;
}

/** What a task found, and how things stand when it is done. */
export type Report<T extends Task> = Awaited<ReturnType<(typeof TASKS)[T]>> & {
  readonly threads: number;
  readonly warnings: readonly string[];
  readonly seen: Seen;
  readonly liveTensors: number;
};

/** A report, or the error that ended the task as text. */
export type Answer = { readonly report: Report<Task> } | { readonly error: string };

const optionsOf = ({ workerUrl }: Job): ThreadOptions =>
  workerUrl === undefined ? {} : { workerUrl: new URL(workerUrl, import.meta.url) };

/** Does what a job says and never rejects. */
export async function perform(job: Job): Promise<Answer> {
  try {
    const seen = watchAtomics(job.words);
    const warnings = watchWarnings();
    await init({ simd: job.simd });
    const found = await TASKS[job.task](job, optionsOf(job), seen);
    return { report: { ...found, threads: threads(), warnings, seen, liveTensors: memory().liveTensors } };
  } catch (error) {
    return { error: String((error as Error).stack ?? error) };
  }
}
