// Names a leak that grows step after step, once: which lines made the tensors that nobody frees.
import { here, userFrame } from "./stack.js";
import { liveCount, type Storage, watchStorages } from "./storage.js";

/** Steps in a row that must each leave more tensors than the one before; warm-up, caches and histories end sooner. */
const PATIENCE = 500;
/** Lines that a warning lists. */
const MOST_LINES = 5;

/** What was made during one step, and where. */
interface Trace {
  readonly made: Map<Storage, { readonly stack: string; readonly generation: number }>;
  /** Steps since: what the graph of one step needs goes at the end of the next one. */
  age: number;
}

let tracing: Trace | undefined;
let told = false;

function beginTrace(): void {
  const made: Trace["made"] = new Map();
  tracing = { made, age: 0 };
  watchStorages((storage) => made.set(storage, { stack: here(), generation: storage.generation }));
}

/** The lines that made what is still held, except gradients, which the next step clears. */
function leftovers({ made }: Trace, gradients: ReadonlySet<Storage>): string[] {
  const held = [...made].filter(
    ([storage, { generation }]) => storage.refs > 0 && storage.generation === generation && !gradients.has(storage),
  );
  return [...new Set(held.map(([, { stack }]) => userFrame(stack)))];
}

/** Watches the steps of one optimizer; each has its own, because between steps of two optimizers the number of tensors goes up and down. */
export class StepWatch {
  #before = 0;
  #growing = 0;
  #mine: Trace | undefined;

  /**
   * Called after every step. When each of many steps in a row has left more tensors than the one before, traces one step and warns
   * with where its leftovers were made.
   */
  step(gradients: () => Iterable<Storage | undefined>): void {
    if (told) return;
    const live = liveCount();
    this.#growing = live > this.#before ? this.#growing + 1 : 0;
    if (this.#mine) this.#follow(this.#mine, live, gradients);
    else if (this.#growing >= PATIENCE && !tracing) {
      beginTrace();
      this.#mine = tracing;
    }
    this.#before = live;
  }

  #follow(trace: Trace, live: number, gradients: () => Iterable<Storage | undefined>): void {
    watchStorages(undefined);
    if (++trace.age < 2) return;
    const lines = leftovers(trace, new Set([...gradients()].filter((storage) => storage !== undefined)));
    tracing = undefined;
    this.#mine = undefined;
    if (lines.length > 0 && this.#growing > 0) {
      told = true;
      const list = lines.slice(0, MOST_LINES).map((line) => `\n  ${line}`);
      console.warn(
        `simdgrad: every one of the last ${PATIENCE} training steps left ${live - this.#before} more tensors in memory; dispose of them, or wrap the step in scope(() => ...). Made by:${list.join("")}`,
      );
    }
    this.#growing = 0;
  }
}
