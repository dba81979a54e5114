// The tape: one node per recorded operation, pointing at the nodes its inputs came from.
import { GradError } from "../errors.js";
import type { Argument, Operation, Results, Saved } from "./op.js";
import { checkWork, refusePromise, scoped } from "./scope.js";
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

/** A value as the tape keeps it. */
export interface SavedValue {
  /** The value as a tensor. Throws `GradError` when it is not what it was, unless it is not read. */
  open(op: string, unread: boolean): Tensor;
  /** Lets go of it. */
  free(): void;
}

/** What a recorded operation keeps; nothing where no rule reads anything. */
export interface SavedValues {
  /** By position; `undefined` where no rule reads the value. */
  readonly inputs: readonly (SavedValue | undefined)[];
  readonly outs: readonly (SavedValue | undefined)[];
  /** Side results of the forward. */
  readonly kept: readonly Tensor[];
  /** Inputs that only the composite reads, not kept alive. */
  readonly weak: readonly (SavedValue | undefined)[];
}

/** The shape of an optional input that is not there. */
export const ABSENT: Shape = Object.freeze([]);

const NOTHING: readonly Tensor[] = [];

/**
 * One recorded operation. It lives while one of its results has a handle or a later node points at it; then what it saved
 * goes back to the pool, and so do the nodes that only it kept.
 */
export class Node {
  /** Grows with time, so descending order is an order in which gradients can flow. */
  readonly id: number = ++lastId;
  #refs = 0;
  #freed = false;
  #saved: SavedValues | undefined;
  /** Handles of the results, to be let go with the graph. They do not keep the node, and the node does not keep their elements. */
  results: readonly Tensor[] = [];

  constructor(
    readonly op: Operation,
    readonly attr: unknown,
    /** Where the gradient of each input goes; `undefined` for constants. */
    readonly edges: readonly (GradSource | undefined)[],
    /** Which result of its source each input is. */
    readonly slots: readonly number[],
    readonly shapes: readonly Shape[],
    /** Inputs made by `detach()`. */
    readonly detached: readonly Tensor[],
    saved: SavedValues | undefined,
  ) {
    for (const edge of edges) if (edge instanceof Node) edge.#refs++;
    this.#saved = saved;
  }

  /** Whether `backward()` has walked through here and let go of what was saved. */
  get freed(): boolean {
    return this.#freed;
  }

  #values(): SavedValues | undefined {
    if (this.#freed) {
      throw new GradError(
        `backward: the graph through ${this.op.name} was freed by an earlier backward(); pass { retainGraph: true } to the earlier one`,
      );
    }
    return this.#saved;
  }

  /** What the rules read. Throws when the graph was freed, or a saved value was edited in place since. */
  open(): Saved<readonly Argument[], unknown, Results> {
    const saved = this.#values();
    const { op, attr, shapes } = this;
    const inputs = shapes.map((shape, i) => saved?.inputs[i]?.open(op.name, false) ?? (shape === ABSENT ? undefined : op.unsaved(i)));
    const outs = this.results.map((_, slot) => saved?.outs[slot]?.open(op.name, false) ?? op.unsaved(-1));
    return { inputs, out: op.single ? (outs[0] as Tensor) : outs, kept: saved?.kept ?? NOTHING, attr, shapes };
  }

  /** All inputs and side results, for the composite. Throws as `open`, and when one that is read was let go. */
  openAll(): { readonly inputs: (Tensor | undefined)[]; readonly kept: readonly Tensor[] } {
    const saved = this.#values();
    const { name, def } = this.op;
    const open = (i: number): Tensor | undefined => (saved?.inputs[i] ?? saved?.weak[i])?.open(name, def.unread?.includes(i) === true);
    return { inputs: this.shapes.map((_, i) => open(i)), kept: saved?.kept ?? NOTHING };
  }

  retain(): void {
    this.#refs++;
  }

  /** Drops one holder; at none, frees this node and, without recursion, every node that only it kept. */
  release(): void {
    if (--this.#refs > 0) return;
    const dropped: Node[] = [this];
    for (let node = dropped.pop(); node; node = dropped.pop()) {
      node.free();
      for (const edge of node.edges) if (edge instanceof Node && --edge.#refs === 0) dropped.push(edge);
    }
  }

  /** Gives back what was saved; the node stays in the graph to say so. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    const saved = this.#saved;
    if (!saved) return;
    this.#saved = undefined;
    for (const value of saved.inputs) value?.free();
    for (const value of saved.outs) value?.free();
    for (const tensor of saved.kept) tensor.dispose();
  }
}

// ---- letting go of what backward() walked ----

/** A graph that was walked, by its last node, or a gradient that was replaced. */
type Walked = Node | Tensor;

interface Reference<T> {
  deref(): T | undefined;
}

/** Where there are no weak references, the lists are held. */
const refer: <T extends object>(target: T) => Reference<T> =
  typeof WeakRef === "function" ? (target) => new WeakRef(target) : (target) => ({ deref: () => target });

/** Graphs of one list are collected together. */
const MOST_TOGETHER = 16;
/** Older lists are left to themselves. */
const MOST_LISTS = 64;

const listsOf = new WeakMap<Walked, Walked[]>();

/**
 * What was walked and is to be let go. It is not held: each graph holds the list it is in, and the list is found by a weak reference, so
 * what the program has dropped is the collector's. A weak reference for each graph would do for that too, but such a reference keeps what it
 * refers to until the synchronous code that made it ends, which may be a whole training.
 */
export class WalkedGraphs {
  readonly #lists: Reference<Walked[]>[] = [];

  add(graph: Walked): void {
    let list = this.#lists.at(-1)?.deref();
    if (list === undefined || list.length >= MOST_TOGETHER) {
      list = [];
      this.#lists.push(refer(list));
      if (this.#lists.length > MOST_LISTS) this.#lists.shift();
    }
    list.push(graph);
    listsOf.set(graph, list);
  }

  /** What was added since this was called last and is still there. */
  take(): Walked[] {
    const taken = this.#lists.flatMap((list) => list.deref()?.splice(0) ?? []);
    this.#lists.splice(0, this.#lists.length - 1);
    return taken;
  }
}

/** What `backward()` has walked since the last step of any optimizer, and gradients that were replaced. */
export const walked = new WalkedGraphs();

/** The nodes below these, oldest first, from which a freed one can be reached: no `backward()` can go through them again. */
function spentFrom(roots: readonly Node[]): Set<Node> {
  const open = [...roots];
  const seen = new Set<Node>(open);
  for (let node = open.pop(); node; node = open.pop()) {
    for (const edge of node.edges) {
      if (!(edge instanceof Node) || seen.has(edge)) continue;
      seen.add(edge);
      open.push(edge);
    }
  }
  const spent = new Set<Node>();
  for (const node of [...seen].sort((a, b) => a.id - b.id)) {
    if (node.freed || node.edges.some((edge) => edge instanceof Node && spent.has(edge))) spent.add(node);
  }
  return spent;
}

/**
 * Disposes of the results of walked graphs, unless `keep` took them out, and of what `detach()` made of such results for them. Of a
 * graph that was kept for another walk, that is what such a walk has freed since, and what leads to it.
 */
export function releaseWalked(graphs: readonly Walked[]): void {
  const roots: Node[] = [];
  for (const graph of graphs) {
    if (graph instanceof Node) roots.push(graph);
    else if (!graph.kept) graph.dispose();
  }
  for (const node of spentFrom(roots)) {
    for (const tensor of node.results) if (!tensor.kept) tensor.dispose();
    for (const tensor of node.detached) if (!tensor.kept && tensor.detachedFrom?.freed) tensor.dispose();
  }
}

// ---- whether operations are recorded ----

let recording = true;

/** Whether operations are recorded for gradients. Errors: none. @example noGrad(() => isGradEnabled()); // false */
export function isGradEnabled(): boolean {
  return recording;
}

/** Runs `work` with recording on or off; what it makes belongs to the scope around. */
export function withRecording<T>(on: boolean, work: () => T): T {
  const before = recording;
  recording = on;
  try {
    return work();
  } finally {
    recording = before;
  }
}

/**
 * Runs `work` without recording, in a scope of its own: its result needs no gradient, and everything else it made is let go.
 * Result: that of `work`; the tensors in it (in arrays, maps, sets, objects) are handed over.
 * Errors: `ArgError` when `work` is no function, or returns a promise: what comes after its first `await` would be recorded.
 * @example const predicted = noGrad(() => model.call(x).argmax(1));
 */
export function noGrad<T>(work: () => T): T {
  checkWork("noGrad", work);
  return withRecording(false, () => scoped("noGrad", work));
}

/**
 * Runs `work` with recording on, inside a `noGrad` too. It is no scope.
 * Errors: `ArgError` when `work` is no function or returns a promise.
 * @example noGrad(() => enableGrad(() => w.mul(2)).requiresGrad); // true when w requires a gradient
 */
export function enableGrad<T>(work: () => T): T {
  checkWork("enableGrad", work);
  return withRecording(true, () => refusePromise("enableGrad", work()));
}
