// The tape: one node per recorded operation, pointing at the nodes its inputs came from.
import { GradError } from "../errors.js";
import type { AnyOpDef } from "./op.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Where gradients end: a tensor the user made and asked a gradient for. */
export class Leaf {
  /** Leaves come before every operation. */
  readonly id = 0;

  constructor(readonly tensor: Tensor) {}
}

/** Where a tensor's gradient goes next. */
export type GradSource = Leaf | Node;

let lastId = 0;

/** A value the tape keeps for a rule, with the edit count it had when it was saved. */
interface Saved {
  readonly tensor: Tensor;
  readonly version: number;
}

/**
 * One recorded operation. It lives while its result has a handle or a later node points at it; then what it saved
 * goes back to the pool, and so do the nodes that only it kept.
 */
export class Node {
  /** Grows with time, so descending order is an order in which gradients can flow. */
  readonly id: number = ++lastId;
  #refs = 0;
  #freed = false;
  #inputs: (Saved | undefined)[];
  #out: Saved | undefined;
  #kept: readonly Tensor[];

  /** Takes over the handles in `inputs`, `out` and `kept`; `undefined` where no rule reads the value. */
  constructor(
    readonly def: AnyOpDef,
    readonly attr: unknown,
    readonly edges: readonly (GradSource | undefined)[],
    readonly shapes: readonly Shape[],
    inputs: readonly (Tensor | undefined)[],
    out: Tensor | undefined,
    kept: readonly Tensor[],
  ) {
    for (const edge of edges) if (edge instanceof Node) edge.retain();
    this.#inputs = inputs.map(save);
    this.#out = save(out);
    this.#kept = kept;
  }

  /** The saved values. Throws when the tape was freed or a value was edited in place since. */
  saved(): { inputs: readonly (Tensor | undefined)[]; out: Tensor | undefined; kept: readonly Tensor[] } {
    if (this.#freed) {
      throw new GradError(
        `backward: the graph through ${this.def.name} was freed by an earlier backward(); pass { retainGraph: true } to the earlier one`,
      );
    }
    return { inputs: this.#inputs.map((s) => this.#open(s)), out: this.#open(this.#out), kept: this.#kept };
  }

  #open(saved: Saved | undefined): Tensor | undefined {
    if (saved && saved.tensor.storage.version !== saved.version) {
      throw new GradError(
        `backward: a value that ${this.def.name} saved for its gradient was edited in place since; edit a clone() of it instead`,
      );
    }
    return saved?.tensor;
  }

  retain(): void {
    this.#refs++;
  }

  /** Drops one holder; at none, frees this node and, without recursion, every node that only it kept. */
  release(): void {
    const dropped: Node[] = [this];
    for (let node = dropped.pop(); node; node = dropped.pop()) {
      if (--node.#refs > 0) continue;
      node.free();
      for (const edge of node.edges) if (edge instanceof Node) dropped.push(edge);
    }
  }

  /** Gives back what was saved; the node stays in the graph to say so. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    for (const saved of this.#inputs) saved?.tensor.dispose();
    this.#out?.tensor.dispose();
    for (const tensor of this.#kept) tensor.dispose();
    this.#inputs = [];
    this.#out = undefined;
    this.#kept = [];
  }
}

function save(tensor: Tensor | undefined): Saved | undefined {
  return tensor && { tensor, version: tensor.storage.version };
}

let recording = true;

/** Whether operations are recorded for gradients. */
export function isGradEnabled(): boolean {
  return recording;
}

function withRecording<T>(on: boolean, work: () => T): T {
  const before = recording;
  recording = on;
  try {
    return work();
  } finally {
    recording = before;
  }
}

/**
 * Runs `work` without recording: results need no gradient and nothing is kept for one.
 * `work` must be synchronous; its result is returned.
 * @example const predicted = noGrad(() => model.call(x).argmax(1));
 */
export function noGrad<T>(work: () => T): T {
  return withRecording(false, work);
}

/**
 * Runs `work` with recording on, inside a `noGrad` too.
 * @example noGrad(() => enableGrad(() => w.mul(2)).requiresGrad); // true when w requires a gradient
 */
export function enableGrad<T>(work: () => T): T {
  return withRecording(true, work);
}
