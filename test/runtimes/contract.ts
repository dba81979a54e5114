// What every host is held to: the same bytes with the baseline kernels, and training that works with those it chooses itself.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, installApp, manifest } from "./app.js";
import type { Answer } from "./entries/answer.js";
import { runInNode } from "./hosts/node.js";
import type { Outcome, Simd } from "./smoke.js";

// The hosts give up after a minute; the test must not do so first.
export const TIMEOUT = 90_000;
/** What Cloudflare allows a Worker. workerd itself does not watch over it. */
const WORKER_BYTES = 128e6;

export interface Host {
  readonly name: string;
  /** The kernels it chooses itself. */
  readonly best: "baseline" | "relaxed";
  run(app: App, simd: Simd): Answer | Promise<Answer>;
}

/** The kernels that a Node of this version chooses: before 22 it has no relaxed SIMD. */
export const bestOfNode = (version: string): "baseline" | "relaxed" => (Number.parseInt(version, 10) < 22 ? "baseline" : "relaxed");

function outcomeOf(answer: Answer): Outcome {
  if ("error" in answer) throw new Error(answer.error);
  return answer.outcome;
}

/** What the error says where compiling is forbidden. The class keeps its name in a minified bundle. */
export const REFUSED = /^StateError: kernels: this runtime refuses to compile WebAssembly/;
export const WHAT_A_PAGE_NEEDS = "a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy";

/** The project all tests of a file share; made before the first of them. */
export function sharedApp(): () => App {
  let app: App | undefined;
  beforeAll(() => {
    app = installApp();
  }, TIMEOUT);
  afterAll(() => app?.remove());
  return () => app as App;
}

/** Holds hosts to the contract; the Node that runs the tests gives the reference. */
export function describeHosts(app: () => App, hosts: readonly Host[]): void {
  let reference: Outcome;
  beforeAll(() => {
    reference = outcomeOf(runInNode(app(), "esm", "baseline"));
    app().continueFrom(reference.half);
  }, TIMEOUT);

  test("the reference learns", () => {
    expect(reference.losses).toHaveLength(10);
    expect(reference.losses.at(-1)).toBeLessThan((reference.losses[0] as number) / 2);
    expect(reference.runtime.version).toBe(manifest.version);
  });

  describe.each(hosts)("$name", ({ name, best, run }) => {
    test("trains to the same bytes with the baseline kernels, and continues the training of another runtime", {
      timeout: TIMEOUT,
    }, async () => {
      const { memory, ...outcome } = outcomeOf(await run(app(), "baseline"));
      // `resumed` too: the checkpoint that Node wrote after 10 steps becomes here what it became in Node.
      const { memory: _, ...expected } = reference;
      const { runtime } = outcome;
      expect(outcome).toEqual(expected);
      expect(runtime.simd).toBe("baseline");
      expect(memory.heapBytes).toBeLessThan(WORKER_BYTES);
    });

    test(`chooses the ${best} kernels and trains as well`, { timeout: TIMEOUT }, async () => {
      const { hash, losses, runtime } = outcomeOf(await run(app(), "auto"));
      console.log(`${name}: ${runtime.simd} kernels, last loss ${(losses.at(-1) as number).toFixed(6)}, bytes ${hash.slice(0, 16)}`);
      expect(runtime.simd).toBe(best);
      // Rounding differs from the baseline build, learning does not.
      losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(reference.losses[i] as number, 3);
      });
    });
  });
}
