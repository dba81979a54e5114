// Reverse-mode differentiation: walks the tape from a result back to where gradients are wanted.
import { GradError, ShapeError } from "../errors.js";
import { add } from "../ops/arithmetic.js";
import { sumTo } from "../ops/reduce.js";
import { clone, reshape } from "../ops/shape.js";
import { ones } from "../tensor/create.js";
import { currentScope, Scope, unscoped } from "../tensor/scope.js";
import { formatSpec, sameShape } from "../tensor/shape.js";
import { enableGrad, type GradSource, Leaf, Node, noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, share, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";

/** A rule of any op; what each op's own rules may read is typed where they are written. */
type AnyRule = (g: Tensor, saved: object) => Tensor;

/** Options of every way to ask for gradients. */
export interface BackwardOptions {
  /** Gradient of the result; 1 for a scalar unless given. */
  gradient?: Tensor;
  /** Keeps the graph for another backward; otherwise its memory is given back. */
  retainGraph?: boolean;
  /** Records the gradients' own computation, so that they can be differentiated again. Implies `retainGraph`. */
  createGraph?: boolean;
}

/** Operations reachable from `root`, latest first: each comes before everything its gradient flows to. */
function nodesFrom(root: GradSource): Node[] {
  const seen = new Set<Node>();
  const stack: GradSource[] = [root];
  for (let source = stack.pop(); source; source = stack.pop()) {
    if (!(source instanceof Node) || seen.has(source)) continue;
    seen.add(source);
    for (const edge of source.edges) if (edge) stack.push(edge);
  }
  return [...seen].sort((a, b) => b.id - a.id);
}

/** Leaves that can be reached from `root`. */
function leavesFrom(root: GradSource, order: readonly Node[]): Set<Leaf> {
  const leaves = new Set(order.flatMap((node) => node.edges.filter((edge) => edge instanceof Leaf)));
  return root instanceof Leaf ? leaves.add(root) : leaves;
}

/** The tensors whose gradients `result` leads to. */
export function sourcesOf({ node }: Tensor): Tensor[] {
  return node ? [...leavesFrom(node, nodesFrom(node))].map((leaf) => leaf.tensor) : [];
}

/** Gradients on their way, one sum per source. Every handle in here is its own. */
class Pending {
  readonly #sums = new Map<GradSource, Tensor>();

  constructor(readonly createGraph: boolean) {}

  add(source: GradSource, g: Tensor): void {
    const sum = this.#sums.get(source);
    if (!sum) {
      this.#sums.set(source, share(g));
    } else if (!this.createGraph && sum.storage.refs === 1) {
      k.axpy(g.ptr, sum.ptr, sum.size, 1);
    } else {
      this.#sums.set(
        source,
        unscoped(() => add(sum, g)),
      );
      sum.dispose();
    }
  }

  /** Lends the finished sum of a source to `work`, if there is one, and lets it go afterwards. */
  settle(source: GradSource, work: (g: Tensor) => void): void {
    const sum = this.#sums.get(source);
    if (!sum) return;
    this.#sums.delete(source);
    try {
      work(sum);
    } finally {
      sum.dispose();
    }
  }

  dispose(): void {
    for (const sum of this.#sums.values()) sum.dispose();
    this.#sums.clear();
  }
}

/** Asks the rules of one node, each only if its input leads to a wanted gradient. */
function askRules(node: Node, g: Tensor, wanted: (source: GradSource) => boolean, pending: Pending): void {
  const saved = node.saved();
  const needed = node.edges.map((edge) => edge !== undefined && wanted(edge));
  const local = new Scope();
  try {
    const fused = pending.createGraph && node.def.composite ? throughComposite(node, g, needed) : undefined;
    node.edges.forEach((edge, i) => {
      if (!edge || !needed[i]) return;
      const rule = node.def.backward[i] as unknown as AnyRule;
      const raw = fused ? (fused[i] as Tensor) : rule(g, { ...saved, attr: node.attr, shapes: node.shapes });
      pending.add(edge, sumTo(raw, node.shapes[i] as readonly number[]));
    });
  } finally {
    local.close();
  }
}

/** Gradients of a fused op by way of its plain operations, which can be differentiated again. */
function throughComposite(node: Node, g: Tensor, needed: readonly boolean[]): (Tensor | undefined)[] {
  const { inputs } = node.saved();
  const cut = inputs.map((input, i) => (input && needed[i] ? reshape(input, input.shape) : input));
  const result = (node.def.composite as (inputs: unknown, attr: unknown) => Tensor)(cut, node.attr);
  const targets = cut.filter((_, i) => needed[i]) as Tensor[];
  const found = gradientsOf(result, targets, { gradient: g, createGraph: true });
  let at = 0;
  return needed.map((need) => (need ? found[at++] : undefined));
}

function startingGradient(op: string, result: Tensor, gradient: Tensor | undefined): Tensor {
  if (!gradient) {
    if (result.size !== 1) {
      throw new GradError(
        `${op}: only a scalar has a gradient of its own, got ${formatSpec(result)}; reduce it with sum() or mean(), or pass { gradient }`,
      );
    }
    return ones(result.shape);
  }
  checkAlive(op, gradient);
  checkFloat(op, gradient);
  if (!sameShape(gradient.shape, result.shape)) {
    throw new ShapeError(`${op}: the gradient is ${formatSpec(gradient)}, but the result it belongs to is ${formatSpec(result)}`);
  }
  return gradient;
}

/** Walks the graph; `deliver` is lent the finished gradient of each wanted source, and shares it to keep it. */
function walk(
  op: string,
  result: Tensor,
  { gradient, createGraph = false, retainGraph = createGraph }: BackwardOptions,
  wantedSources: ReadonlySet<GradSource> | "leaves",
  deliver: (source: GradSource, g: Tensor) => void,
): void {
  checkAlive(op, result);
  const root = result.node;
  if (!root) {
    throw new GradError(
      `${op}: ${formatSpec(result)} has no path to a tensor with requiresGrad; was it made under noGrad, detached, or from indices?`,
    );
  }
  const order = nodesFrom(root);
  const isWanted = (source: GradSource): boolean => (wantedSources === "leaves" ? source instanceof Leaf : wantedSources.has(source));
  const leads = new Set<GradSource>();
  const onPath = (source: GradSource): boolean => isWanted(source) || leads.has(source);
  for (const node of [...order].reverse()) if (node.edges.some((edge) => edge && onPath(edge))) leads.add(node);

  const pending = new Pending(createGraph);
  const outer = new Scope();
  try {
    pending.add(root, startingGradient(op, result, gradient));
    for (const node of order) {
      pending.settle(node, (g) => {
        if (leads.has(node)) askRules(node, g, onPath, pending);
        if (!retainGraph) node.free();
        if (isWanted(node)) deliver(node, g);
      });
    }
    for (const leaf of leavesFrom(root, order)) pending.settle(leaf, (g) => deliver(leaf, g));
  } finally {
    pending.dispose();
    outer.close();
  }
}

const recordIf = (createGraph: boolean | undefined, work: () => void): void => (createGraph ? enableGrad(work) : noGrad(work));

/** Gradients of `result` for the given tensors, in their order; `undefined` where there is no path. */
export function gradientsOf(result: Tensor, targets: readonly Tensor[], options: BackwardOptions = {}): (Tensor | undefined)[] {
  const found = new Map<GradSource, Tensor>();
  const sources = new Set(targets.flatMap((target) => target.node ?? []));
  const home = currentScope();
  const keep = (source: GradSource, g: Tensor): void => {
    const kept = share(g);
    home?.track(kept);
    found.set(source, kept);
  };
  recordIf(options.createGraph, () => walk("grad", result, options, sources, keep));
  return targets.map((target) => target.node && found.get(target.node));
}

/** Adds the gradients of `result` to `.grad` of every leaf it depends on. */
export function backward(result: Tensor, options: BackwardOptions = {}): void {
  recordIf(options.createGraph, () =>
    walk("backward", result, options, "leaves", (source, g) => accumulate((source as Leaf).tensor, g, options.createGraph)),
  );
}

function accumulate(leaf: Tensor, g: Tensor, createGraph = false): void {
  if (leaf.disposed) return;
  if (leaf.grad) addTo(leaf, leaf.grad, g, createGraph);
  // Two leaves must not share one gradient: it is edited in place when the next one is added.
  else leaf.grad = g.storage.refs === 1 ? share(g) : unscoped(() => clone(g));
}

/** Adds to a gradient that is there already: in place, unless the sum is to have a history. Users may have put it there. */
function addTo(leaf: Tensor, before: Tensor, g: Tensor, createGraph: boolean): void {
  checkAlive("backward", before);
  checkFloat("backward", before);
  if (!sameShape(before.shape, g.shape)) {
    throw new ShapeError(
      `backward: .grad of ${formatSpec(leaf)} is ${formatSpec(before)}; set it to null or to a tensor of the same shape`,
    );
  }
  if (createGraph) {
    leaf.grad = unscoped(() => add(before, g));
  } else {
    k.axpy(g.ptr, before.ptr, g.size, 1);
    before.storage.version++;
  }
}
