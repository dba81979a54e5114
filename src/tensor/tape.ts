// The tape: one node per recorded operation, which refers to the nodes that made its inputs.
import { GradError } from "../errors.js";
import type { Argument, Operation, Results, Saved } from "./op.js";
import { checkWork, refusePromise, scoped } from "./scope.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** A function that sees the gradient of one result of a source, and may return another one in its place. */
export interface Hook {
  readonly slot: number;
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks on returns nothing
  readonly call: (g: Tensor) => Tensor | void | null;
}

/** A leaf of the graph, where gradients end: a tensor that the user made and that requires a gradient. */
export class Leaf {
  /** Leaves come before every operation. */
  readonly id = 0;
  declare hooks?: readonly Hook[] | undefined;

  constructor(readonly tensor: Tensor) {}
}

/** Where the gradient of a tensor flows to. */
export type GradSource = Leaf | Node;

/** The id of the latest node. */
export let lastId = 0;

/** A value that the tape saved. */
export interface SavedValue {
  /** Returns the value as a tensor. Throws `GradError` if it has changed since, unless it is `unread`. */
  open(op: string, unread: boolean): Tensor;
  /** Releases the value. */
  free(): void;
}

/** The values that a recorded operation saves. */
export interface SavedValues {
  /** By position; `undefined` where no rule reads the value. */
  readonly inputs: readonly (SavedValue | undefined)[];
  readonly outs: readonly (SavedValue | undefined)[];
  /** Side results of the forward. */
  readonly kept: readonly Tensor[];
  /** Inputs that only the composite reads, not kept alive. */
  readonly weak: readonly (SavedValue | undefined)[];
}

/** Marks an optional input that is missing. */
export const ABSENT: Shape = Object.freeze([]);

const NOTHING: readonly Tensor[] = [];

/**
 * One recorded operation. It lives while one of its results has a handle or a later node refers to it. Then the values it saved are
 * freed, and so are the nodes that only it referred to.
 */
export class Node {
  /** Increases with time, so descending order is an order in which gradients can flow. */
  readonly id: number = ++lastId;
  #refs = 0;
  #freed = false;
  #saved: SavedValues | undefined;
  /** Handles of the results, to be disposed of with the graph. They do not keep the node alive, nor does it keep their elements alive. */
  results: readonly Tensor[] = [];
  declare hooks?: readonly Hook[] | undefined;

  constructor(
    readonly op: Operation,
    readonly attr: unknown,
    /** Where the gradient of each input flows to; `undefined` for constants. */
    readonly edges: readonly (GradSource | undefined)[],
    /** Which result of its node each input is. */
    readonly slots: readonly number[],
    readonly shapes: readonly Shape[],
    /** Inputs made by `detach()`. */
    readonly detached: readonly Tensor[],
    saved: SavedValues | undefined,
  ) {
    for (const edge of edges) if (edge instanceof Node) edge.#refs++;
    this.#saved = saved;
  }

  /** Whether the saved values were freed, by `backward()` or because nothing refers to the node. */
  get freed(): boolean {
    return this.#freed;
  }

  #savedOrThrow(): SavedValues | undefined {
    if (this.#freed) {
      throw new GradError(
        `backward: the graph through ${this.op.name} was freed by an earlier backward(), which needs { retainGraph: true }`,
      );
    }
    return this.#saved;
  }

  /** The values that the rules read. Throws `GradError` if the graph was freed, or if a saved value was edited in place since. */
  open(): Saved<readonly Argument[], unknown, Results> {
    const saved = this.#savedOrThrow();
    const { op, attr, shapes } = this;
    const inputs = shapes.map((shape, i) => saved?.inputs[i]?.open(op.name, false) ?? (shape === ABSENT ? undefined : op.unsaved(i)));
    const outs = this.results.map((_, slot) => saved?.outs[slot]?.open(op.name, false) ?? op.unsaved(-1));
    return { inputs, out: op.single ? (outs[0] as Tensor) : outs, kept: saved?.kept ?? NOTHING, attr, shapes };
  }

  /** All inputs and side results, for the composite. Throws as `open`, and also if a value that is read was disposed of. */
  openAll(): { readonly inputs: (Tensor | undefined)[]; readonly kept: readonly Tensor[] } {
    const saved = this.#savedOrThrow();
    const { name, def } = this.op;
    const open = (i: number): Tensor | undefined => (saved?.inputs[i] ?? saved?.weak[i])?.open(name, def.unread?.includes(i) === true);
    return { inputs: this.shapes.map((_, i) => open(i)), kept: saved?.kept ?? NOTHING };
  }

  retain(): void {
    this.#refs++;
  }

  /** Removes one holder. If none is left, frees this node and, without recursion, every node that only it referred to. */
  release(): void {
    if (--this.#refs > 0) return;
    const dropped: Node[] = [this];
    for (let node = dropped.pop(); node; node = dropped.pop()) {
      node.free();
      for (const edge of node.edges) if (edge instanceof Node && --edge.#refs === 0) dropped.push(edge);
    }
  }

  /** Frees the saved values. The node remains in the graph, so that a later `backward()` gets an error. */
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

// ---- freeing the graphs that backward() went through ----

/** A graph that `backward()` went through, given by its last node, or a gradient that was replaced. */
type Walked = Node | Tensor;

export interface Reference<T> {
  deref(): T | undefined;
}

/** A weak reference, or a strong one where the engine has no weak references. */
export const refer: <T extends object>(target: T) => Reference<T> =
  typeof WeakRef === "function" ? (target) => new WeakRef(target) : (target) => ({ deref: () => target });

const listsOf = new WeakMap<Walked, Walked[]>();

/**
 * The graphs that `backward()` went through and that are to be freed. They are not kept alive: each graph refers to the list that contains
 * it, and the list is reached by a weak reference, so the garbage collector can take graphs that the program dropped. There is not one
 * weak reference per graph, because a new weak reference keeps its target alive until the current synchronous code ends, which may be a
 * whole training.
 */
export class WalkedGraphs {
  readonly #lists: Reference<Walked[]>[] = [];

  add(graph: Walked): void {
    let list = this.#lists.at(-1)?.deref();
    // A list has at most 16 graphs, because the garbage collector frees the graphs of a list only together.
    if (list === undefined || list.length >= 16) {
      list = [];
      this.#lists.push(refer(list));
      if (this.#lists.length > 64) this.#lists.shift(); // older lists are dropped
    }
    list.push(graph);
    listsOf.set(graph, list);
  }

  /** Returns and removes the graphs that were added since the last call and still exist. */
  takeAll(): Walked[] {
    const taken = this.#lists.flatMap((list) => list.deref()?.splice(0) ?? []);
    this.#lists.splice(0, this.#lists.length - 1);
    return taken;
  }
}

/** The graphs that `backward()` went through since the last step of any optimizer, and gradients that were replaced. */
export const walked = new WalkedGraphs();

/**
 * The operations reachable from sources, those among them included, except those older than `oldest`. The latest comes first, so
 * gradients can flow in this order.
 */
export function nodesFrom(roots: readonly (GradSource | undefined)[], oldest = 0): Node[] {
  const seen = new Set<Node>();
  const open = [...roots];
  for (let source = open.pop(); source; source = open.pop()) {
    if (!(source instanceof Node) || source.id < oldest || seen.has(source)) continue;
    seen.add(source);
    for (const edge of source.edges) if (edge) open.push(edge);
  }
  return [...seen].sort((a, b) => b.id - a.id);
}

/** The nodes that these roots reach and from which a freed node can be reached, oldest first: no `backward()` can go through them again. */
function spentFrom(roots: readonly Node[]): Set<Node> {
  const spent = new Set<Node>();
  for (const node of nodesFrom(roots).reverse()) {
    if (node.freed || node.edges.some((edge) => edge instanceof Node && spent.has(edge))) spent.add(node);
  }
  return spent;
}

/**
 * Disposes of the results of these graphs, except those given to `keep`, and of tensors that `detach()` made from results and that are
 * inputs of the graphs. Of a graph that was retained for another `backward()`, only the nodes that are freed by now, and those that lead
 * to them, are disposed of.
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

/** Runs `work` with recording on or off. The surrounding scope owns the tensors that it makes. */
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
