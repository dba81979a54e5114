// What threads are held to in every host that has them: the same bytes as one thread, also when a worker ends before its time.
import { describe, expect, test } from "vitest";
import { FINISHED, TICKET } from "../../../src/wasm/threads/control.js";
import type { App } from "../app.js";
import { TIMEOUT } from "../contract.js";
import type { Answer, Job, Report, Task } from "./tasks.js";
import { helped } from "./watch.js";

export interface ThreadHost {
  readonly name: string;
  /** Whether the library hears of a worker that others ended. In a page nobody tells it: it goes on as if the worker were late. */
  readonly tells: boolean;
  /** Pieces of random work for it; a thousand unless given. */
  readonly workloads?: number;
  ask(app: App, job: Job): Answer | Promise<Answer>;
}

/** A job of one kind, with whatever else it needs. */
export const jobOf = (task: Task, parts: Partial<Job> = {}): Job => ({
  ...{ task, simd: "auto", workloads: FEW, words: { ticket: TICKET, finished: FINISHED } },
  ...parts,
});

/** The report on a job; the host's error if it gave none. */
export async function reportOf<T extends Task>(given: Answer | Promise<Answer>): Promise<Report<T>> {
  const answer = await given;
  if ("error" in answer) throw new Error(answer.error);
  return answer.report as unknown as Report<T>;
}

const MANY = 1000;
/** Four of each kind. */
const FEW = 100;

/** Holds hosts to the contract. */
export function describeThreads(app: () => App, hosts: readonly ThreadHost[]): void {
  describe.each(hosts)("$name", ({ name, tells, workloads = MANY, ask }) => {
    const askFor = <T extends Task>(task: T, parts: Partial<Job> = {}): Promise<Report<T>> => reportOf<T>(ask(app(), jobOf(task, parts)));

    test.each(["baseline", "auto"] as const)(
      "random work gives the same bytes on two threads, %s kernels",
      { timeout: TIMEOUT },
      async (simd) => {
        const report = await askFor("twice", { simd, workloads });
        const { different, split, seen, seconds } = report;
        const times = seconds.map((n) => n.toFixed(1)).join(" and ");
        console.log(
          `${name}, ${simd}: ${workloads} workloads, ${split} of them split, ${helped(seen)} of ${seen.parts} parts on the worker; ${times} s on one thread and on two`,
        );
        expect(different).toEqual([]);
        expect(report).toMatchObject({ threads: 2, warnings: [], liveBetween: 0, liveTensors: 0 });
        // Most work is worth splitting and some is not; and the worker did take part.
        expect(split).toBeGreaterThan(0.6 * workloads);
        expect(split).toBeLessThan(0.9 * workloads);
        expect(helped(seen)).toBeGreaterThan(0);
        expect(seen.own).toBeGreaterThan(0);
      },
    );

    test("a worker that is killed while it waits is done without", { timeout: TIMEOUT }, async () => {
      const { helpedBefore, ...report } = await askFor("killed");
      expect(helpedBefore).toBeGreaterThan(0);
      expect(report).toMatchObject({ workers: 2, different: [], helpedWithout: 0, threadsWithout: tells ? 1 : 2, threadsAgain: 2 });
      expect(report.warnings).toEqual(tells ? ["simdgrad: goes on with one thread: a worker ended: it ended with code 1"] : []);
    });

    test("a worker that dies in the middle of a part: the caller runs the part, and says why it goes on alone", {
      timeout: TIMEOUT,
    }, async () => {
      const report = await askFor("dies", { workerUrl: "dying.js" });
      console.log(`${name}: a worker died, the call took ${(report.longestMs / 1000).toFixed(2)} s`);
      expect(report).toMatchObject({ threadsBefore: 2, threadsWithout: 1, threadsAgain: 2, wrong: 0, different: [], liveTensors: 0 });
      expect(report.warnings).toEqual(["simdgrad: goes on with one thread: a worker does not answer any more"]);
    });

    test("the worker may be the package's file", { timeout: TIMEOUT }, async () => {
      const report = await askFor("twice", { workerUrl: "worker.js" });
      expect(report).toMatchObject({ different: [], threads: 2, warnings: [] });
      expect(helped(report.seen)).toBeGreaterThan(0);
    });
  });
}
