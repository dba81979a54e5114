// Names a leak that grows step after step, once: which lines made the tensors that nobody frees.
import { here, userFrame } from "./stack.js";
import { liveCount } from "./storage.js";
import { type Tensor, watchTensors } from "./tensor.js";

/** Steps in a row that must each leave more tensors than the one before; warm-up, caches and histories end sooner. */
const PATIENCE = 500;
/** Lines that a warning lists. */
const MOST_LINES = 5;

/** What was made during one step, and where. */
interface Trace {
  readonly made: Map<Tensor, string>;
  /** Steps since: what the graph of one step needs goes at the end of the next one. */
  age: number;
}

let tracing: Trace | undefined;
let told = false;

function beginTrace(): void {
  const made: Trace["made"] = new Map();
  tracing = { made, age: 0 };
  watchTensors((tensor) => made.set(tensor, here()));
}

/** The lines that made what is still held, except gradients, which the next step clears. */
function leftovers({ made }: Trace, gradients: ReadonlySet<Tensor | null>): string[] {
  const held = [...made].filter(([tensor]) => !tensor.disposed && !gradients.has(tensor));
  return [...new Set(held.map(([, stack]) => userFrame(stack)))];
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
  step(gradients: () => Iterable<Tensor | null>): void {
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

  #follow(trace: Trace, live: number, gradients: () => Iterable<Tensor | null>): void {
    watchTensors(undefined);
    if (++trace.age < 2) return;
    const lines = leftovers(trace, new Set(gradients()));
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
