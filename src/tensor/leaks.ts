// Warns once about a leak that grows with every optimizer step, and names the lines that made the leaked tensors.
import { here, userFrame } from "./stack.js";
import { liveCount } from "./storage.js";
import { type Tensor, watchTensors } from "./tensor.js";

/** Consecutive steps that must each leave more tensors than the step before; growth from warm-up, caches and histories ends sooner. */
const PATIENCE = 500;

/** The tensors made during one step, and the stack traces of their creation. */
interface Trace {
  readonly made: Map<Tensor, string>;
  readonly end: () => void;
  /** Steps since then: the tensors of a step's graph are freed only at the end of the next step. */
  age: number;
}

let tracing: Trace | undefined;
let warned = false;

function beginTrace(): void {
  const made: Trace["made"] = new Map();
  tracing = { made, age: 0, end: watchTensors((tensor) => made.set(tensor, here())) };
}

/** The lines that made the tensors that are still alive, except gradients, which the next step clears. */
function leftovers({ made }: Trace, gradients: ReadonlySet<Tensor | null>): string[] {
  const held = [...made].filter(([tensor]) => !tensor.disposed && !gradients.has(tensor));
  return [...new Set(held.map(([, stack]) => userFrame(stack)))];
}

/** Watches the steps of one optimizer. Each optimizer has its own, because the number of tensors varies between steps of different ones. */
export class StepWatch {
  #before = 0;
  #growing = 0;
  #ownTrace: Trace | undefined;

  /**
   * Called after every step. If each of many consecutive steps has left more tensors than the one before, traces one step and warns
   * with the lines that made the tensors it left.
   */
  step(gradients: () => Iterable<Tensor | null>): void {
    if (warned) return;
    const live = liveCount();
    this.#growing = live > this.#before ? this.#growing + 1 : 0;
    if (this.#ownTrace) this.#finishTrace(this.#ownTrace, live, gradients);
    else if (this.#growing >= PATIENCE && !tracing) {
      beginTrace();
      this.#ownTrace = tracing;
    }
    this.#before = live;
  }

  #finishTrace(trace: Trace, live: number, gradients: () => Iterable<Tensor | null>): void {
    trace.end();
    if (++trace.age < 2) return;
    const lines = leftovers(trace, new Set(gradients()));
    tracing = undefined;
    this.#ownTrace = undefined;
    if (lines.length > 0 && this.#growing > 0) {
      warned = true;
      const list = lines.slice(0, 5).map((line) => `\n  ${line}`);
      console.warn(
        `simdgrad: each of the last ${PATIENCE} training steps left ${live - this.#before} more tensors in memory; dispose of them, or wrap the step in scope(() => ...). Made by:${list.join("")}`,
      );
    }
    this.#growing = 0;
  }
}
