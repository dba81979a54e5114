// Reverse-mode differentiation: follows the tape from a result back to the tensors whose gradients are wanted.
import { checkBoolean } from "../checks.js";
import { describe, GradError, ShapeError } from "../errors.js";
import { accumulate_ } from "../ops/elementwise/accumulate.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { clone, placeOf, reshape } from "../ops/move/shape.js";
import { sumTo } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import { ones, zeros } from "../tensor/create.js";
import { bytesPerElement } from "../tensor/dtype.js";
import type { Rule } from "../tensor/op.js";
import { checkWork, currentScope, Scope, scoped, unscoped, within } from "../tensor/scope.js";
import { broadcastShapes, formatShape, formatSpec, type Shape, sameShape } from "../tensor/shape.js";
import { type GradSource, type Hook, Leaf, Node, nodesFrom, walked, withRecording } from "../tensor/tape.js";
import { checkAlive, checkFloat, shareHandle, Tensor } from "../tensor/tensor.js";

/** Options of every way to ask for gradients. */
export interface BackwardOptions {
  /** Gradient of the result; 1 for a scalar unless given. */
  gradient?: Tensor;
  /** Keeps the graph for another backward; otherwise its memory is given back. */
  retainGraph?: boolean;
  /** Records the gradients' own computation, so that they can be differentiated again. Implies `retainGraph`. */
  createGraph?: boolean;
  /** The leaves whose `.grad` is added to; all that the result depends on unless given. */
  inputs?: Tensor | readonly Tensor[];
}

/** @internal A result of a source. */
export type Place = Pick<Tensor, "node" | "slot">;

/** @internal What `result` depends on: leaves, and results of operations older than `oldest`. */
export function sourcesOf(result: Tensor, oldest = 0): Place[] {
  const inner = new Set<GradSource | undefined>(nodesFrom([result.node], oldest)).add(undefined);
  const reached: Place[] = [result];
  for (const node of inner)
    if (node instanceof Node) node.edges.forEach((edge, i) => void reached.push({ node: edge, slot: node.slots[i] ?? 0 }));
  return reached.filter(({ node }) => !inner.has(node));
}

/** Whether a tensor covers its whole storage. A small view that is kept for long would keep the whole storage. */
const isWhole = (x: Tensor): boolean => x.size * bytesPerElement[x.dtype] === x.storage.bytes;

/** Whether nothing else holds the elements, so that they may be edited in place. */
const isAlone = (x: Tensor): boolean => x.storage.refs === 1;

/** The gradients that are not complete yet: one sum for each result of each source. It owns all its handles. */
class Pending {
  readonly #sums = new Map<GradSource, (Tensor | undefined)[]>();

  /** `local` is the scope that owns the tensors that rules make; these are taken over instead of shared. */
  constructor(
    readonly createGraph: boolean,
    readonly local: Scope,
  ) {}

  #slots(source: GradSource): (Tensor | undefined)[] {
    const slots = this.#sums.get(source) ?? [];
    this.#sums.set(source, slots);
    return slots;
  }

  add(source: GradSource, slot: number, g: Tensor): void {
    const slots = this.#slots(source);
    const sum = slots[slot];
    if (!sum) slots[slot] = this.#ownHandle(g);
    else if (!this.createGraph && isAlone(sum)) accumulate_(sum, g);
    else {
      slots[slot] = unscoped(() => add(sum, g));
      sum.dispose();
    }
  }

  /** Returns a sum that may be edited in place, if there is one. */
  editableSum(source: GradSource, slot: number): Tensor | undefined {
    const slots = this.#slots(source);
    const sum = slots[slot];
    if (!sum || isAlone(sum)) return sum;
    const own = unscoped(() => clone(sum));
    sum.dispose();
    slots[slot] = own;
    return own;
  }

  #ownHandle(g: Tensor): Tensor {
    if (g.owner !== this.local) return shareHandle(g);
    g.owner = undefined;
    return g;
  }

  /** Removes and returns the finished sums of a source, by result; the caller owns them. */
  takeSums(source: GradSource): (Tensor | undefined)[] | undefined {
    const slots = this.#sums.get(source);
    this.#sums.delete(source);
    return slots;
  }

  /** The sources whose sums were not taken yet. */
  rest(): GradSource[] {
    return [...this.#sums.keys()];
  }

  dispose(): void {
    for (const slots of this.#sums.values()) for (const sum of slots) sum?.dispose();
    this.#sums.clear();
  }
}

/** Refuses a gradient that is not one of `x`. */
export function checkGradient(op: string, x: Tensor, gradient: Tensor): void {
  checkAlive(op, gradient);
  checkFloat(op, gradient);
  if (!sameShape(gradient.shape, x.shape)) {
    throw new ShapeError(`${op}: the gradient of ${formatSpec(x)} is ${formatSpec(gradient)}; shapes must be equal`);
  }
}

/** Checks the gradient that a rule returned, and sums it over broadcast dimensions. Rules may be those of the user. */
function checkedGradient(node: Node, i: number, raw: unknown): Tensor {
  const { name } = node.op;
  const shape = node.shapes[i] as Shape;
  if (raw instanceof Tensor) {
    if (sameShape(raw.shape, shape) && raw.dtype === "float32" && !raw.disposed) return raw;
    checkAlive(`backward of ${name}`, raw);
    checkFloat(`backward of ${name}`, raw);
    const joined = broadcastShapes(shape, raw.shape);
    if (joined && sameShape(joined, raw.shape)) return sumTo(raw, shape);
  }
  throw new GradError(
    `backward: the rule of ${name} for input ${i} gave ${describe(raw)}, expected float32${formatShape(shape)}, or the shape it was broadcast to`,
  );
}

type Grads = readonly (Tensor | undefined)[];

/** Applies the rules of one node; each only if its input leads to a wanted gradient. */
function applyRules(node: Node, grads: Grads, wanted: (source: GradSource | undefined) => boolean, pending: Pending): void {
  const { op, edges } = node;
  const { def, joint } = op;
  const needed = edges.map(wanted);
  const slotOf = (i: number): number => node.slots[i] ?? 0;
  const [g] = grads as [Tensor];
  let found: unknown;
  if (pending.createGraph && def.composite) found = throughComposite(node, grads, needed);
  else {
    const sum = def.addGrad && !pending.createGraph && pending.editableSum(edges[0] as GradSource, slotOf(0));
    if (sum) {
      def.addGrad?.(sum, g, node.attr);
      return;
    }
    const saved = node.open();
    if (joint) found = joint.rule(op.single ? g : (grads as never), saved, needed);
    else {
      const rules = def.backward as readonly Rule<never, unknown>[];
      found = needed.map((need, i) => (need ? rules[i]?.(g, saved as never) : undefined));
    }
  }
  if (!Array.isArray(found) || found.length !== edges.length)
    throw new GradError(`backward: the rule of ${op.name} must give an array of ${edges.length}, one gradient for each input`);
  for (let i = 0; i < edges.length; i++) if (needed[i]) pending.add(edges[i] as GradSource, slotOf(i), checkedGradient(node, i, found[i]));
}

/** The gradients of a fused operation, computed through its composite, so that they can be differentiated again. */
function throughComposite(node: Node, grads: Grads, needed: readonly boolean[]): (Tensor | undefined)[] {
  const { def } = node.op;
  const { inputs, kept } = node.openAll();
  const cutAt = (input: Tensor, i: number): Tensor => {
    if (needed[i]) return def.unread?.includes(i) ? placeOf(input) : reshape(input, input.shape);
    // An input without a rule has no second derivative either, even if it has a graph.
    return node.op.hasGradient(i) ? input : withRecording(false, () => reshape(input, input.shape));
  };
  const cut = inputs.map((input, i) => input && cutAt(input, i));
  const composite = def.composite as (inputs: unknown, attr: unknown, kept: unknown) => Tensor | readonly Tensor[];
  const results = composite(cut, node.attr, kept);
  const targets = cut.filter((_, i) => needed[i]) as Tensor[];
  const found = gradientsOf([results].flat(), targets, grads, { createGraph: true });
  let at = 0;
  return needed.map((need, i) => (need ? (found[at++] ?? zeros(node.shapes[i] as Shape)) : undefined));
}

/** The gradient of a result: the given one, once it is checked, or 1. */
export function startingGradient(op: string, result: Tensor, gradient: Tensor | undefined): Tensor {
  if (!gradient) {
    if (result.size !== 1) {
      throw new GradError(`${op}: needs a scalar, got ${formatSpec(result)}; reduce it with sum() or mean(), or pass { gradient }`);
    }
    return ones(result.shape);
  }
  checkGradient(op, result, gradient);
  return gradient;
}

/** The source whose gradient is complete and is being used, for those who look on. */
export let running: GradSource | undefined;

/** Another handle on a tensor, which the scope owns. */
export function shareInScope(x: Tensor, scope: Scope | undefined = currentScope()): Tensor {
  const made = shareHandle(x);
  scope?.add(made);
  return made;
}

/** Calls a hook in a scope, with a handle of its own. Returns a handle on the gradient to go on with, which the caller owns. */
const throughHook = (call: Hook["call"], g: Tensor): Tensor =>
  scoped("registerHook", () => {
    const own = shareInScope(g);
    return shareHandle(startingGradient("registerHook", g, call(own) ?? own));
  });

/**
 * Propagates gradients from results, which start with `gradients`, through the graph, on the paths to wanted sources, and through
 * operations no older than `oldest`. `deliver` receives those of wanted sources, which are freed unless it shares them.
 */
function propagate(
  op: string,
  results: readonly Tensor[],
  gradients: Grads,
  { createGraph, retainGraph }: Required<Pick<BackwardOptions, "createGraph" | "retainGraph">>,
  oldest: number,
  isWanted: (source: GradSource) => boolean,
  deliver: (source: GradSource, slot: number, g: Tensor) => void,
): void {
  const local = new Scope();
  const pending = new Pending(createGraph, local);
  const leads = new Set<GradSource>();
  const onPath = (source: GradSource | undefined): boolean => source !== undefined && (isWanted(source) || leads.has(source));
  const finishSource = (source: GradSource): void => {
    const grads = pending.takeSums(source);
    if (!grads) return;
    const outer = running;
    running = source;
    try {
      for (const { slot, call } of source.hooks ?? []) {
        const g = grads[slot];
        if (!g) continue;
        grads[slot] = throughHook(call, g);
        g.dispose();
      }
      if (leads.has(source)) {
        within(local, () => applyRules(source as Node, grads, onPath, pending));
        local.clear();
        if (!retainGraph) (source as Node).free();
      }
      if (isWanted(source)) for (let slot = 0; slot < grads.length; slot++) if (grads[slot]) deliver(source, slot, grads[slot] as Tensor);
    } finally {
      running = outer;
      for (const g of grads) g?.dispose();
    }
  };
  let order: Node[] = [];
  try {
    withRecording(createGraph, () => {
      within(local, () => {
        for (const [i, result] of results.entries()) {
          if (result.node && (results.length === 1 || gradients[i]))
            pending.add(result.node, result.slot, startingGradient(op, result, gradients[i]));
        }
      });
      order = nodesFrom(pending.rest(), oldest);
      for (const node of [...order].reverse()) if (node.edges.some(onPath)) leads.add(node);
      order.forEach(finishSource);
      pending.rest().forEach(finishSource);
    });
  } catch (error) {
    // Part of the graph is freed, so no backward() can go through the rest: its memory is freed too.
    if (!retainGraph) for (const node of order) node.free();
    throw error;
  } finally {
    pending.dispose();
    local.clear();
  }
}

/**
 * @internal The gradients of `results`, which start with `gradients`, for each of the targets; `undefined` where there is no path. Operations older
 * than `oldest` are not gone through, and all targets are unless it is given.
 */
export function gradientsOf(
  results: readonly Tensor[],
  targets: readonly Place[],
  gradients: Grads = [],
  { createGraph = false, retainGraph = createGraph }: BackwardOptions = {},
  oldest?: number,
): (Tensor | undefined)[] {
  const found = new Map<GradSource, Tensor[]>(targets.flatMap(({ node }) => (node ? [[node, []]] : [])));
  const home = currentScope();
  const from = oldest ?? Math.min(...[...found.keys()].map(({ id }) => id));
  propagate(
    "grad",
    results,
    gradients,
    { createGraph, retainGraph },
    from,
    (source) => found.has(source),
    (source, slot, g) => {
      (found.get(source) as Tensor[])[slot] = shareInScope(g, home);
    },
  );
  return targets.map(({ node, slot }) => node && found.get(node)?.[slot]);
}

const DEFAULTS = {
  gradient: undefined as Tensor | undefined,
  retainGraph: undefined as boolean | undefined,
  createGraph: false,
  inputs: undefined as BackwardOptions["inputs"],
};

/** Adds the gradients of `result` to `.grad` of every leaf it depends on. */
export function backward(result: Tensor, options?: BackwardOptions): void {
  const { gradient, createGraph, retainGraph = createGraph, inputs } = readOptions("backward", options, DEFAULTS);
  checkBoolean("backward", "retainGraph", retainGraph);
  const leaves = inputs && new Set([inputs].flat().map((x) => !x?.disposed && x?.node));
  if (leaves && !(leaves.size > 0 && [...leaves].every((node) => node instanceof Leaf))) {
    throw new GradError(`backward: inputs must be leaves that require a gradient, got ${describe(inputs)}`);
  }
  checkAlive("backward", result);
  const root = result.node;
  if (!root) {
    throw new GradError(
      `backward: ${formatSpec(result)} has no path to a tensor with requiresGrad; was it made under noGrad, detached, or from indices?`,
    );
  }
  try {
    propagate(
      "backward",
      [result],
      [gradient],
      { createGraph, retainGraph },
      0,
      (source) => (leaves ? leaves.has(source) : source instanceof Leaf),
      (source, _, g) => deliverTo((source as Leaf).tensor, g, createGraph),
    );
  } finally {
    if (root instanceof Node) walked.add(root);
  }
}

/** Sets `.grad` of leaves to null and gives the memory back. */
export function forgetGradients(leaves: Iterable<Tensor>): void {
  for (const leaf of leaves) {
    leaf.grad?.dispose();
    leaf.grad = null;
  }
}

/** Registers a hook for the gradient of a tensor. */
export function registerHook(x: Tensor, call: Hook["call"]): { remove(): void } {
  checkAlive("registerHook", x);
  checkWork("registerHook", call);
  const { node, slot } = x;
  if (!node) throw new GradError(`registerHook: ${formatSpec(x)} has no gradient`);
  const hook = { slot, call };
  node.hooks = [...(node.hooks ?? []), hook];
  return {
    remove() {
      node.hooks = node.hooks?.filter((other) => other !== hook);
    },
  };
}

/** Adds a gradient to `.grad` of a leaf. The user may have set what is there; it is edited in place, unless the sum must be recorded. */
function deliverTo(leaf: Tensor, g: Tensor, createGraph: boolean): void {
  if (leaf.disposed) return;
  const before = leaf.grad;
  // Two leaves must not share one gradient: it is edited in place when the next one is added.
  if (!before) leaf.grad = isAlone(g) && isWhole(g) ? shareHandle(g) : unscoped(() => clone(g));
  else {
    checkGradient("backward", leaf, before);
    if (createGraph) leaf.grad = unscoped(() => add(before, g));
    else accumulate_(before, g);
  }
}
