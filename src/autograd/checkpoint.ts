// Checkpoints: a part of a graph that is computed a second time in backward() instead of being stored.
import { GradError } from "../errors.js";
import { detach } from "../ops/move/shape.js";
import { zeros } from "../tensor/create.js";
import { edited } from "../tensor/dispatch.js";
import { type AnyOpDef, Operation } from "../tensor/op.js";
import { withGenerators } from "../tensor/random.js";
import { checkWork, currentScope, refusePromise, scope } from "../tensor/scope.js";
import { formatSpec, type Shape, sameShape } from "../tensor/shape.js";
import { isGradEnabled, lastId, Node, withRecording } from "../tensor/tape.js";
import { alias, Handle, Tensor } from "../tensor/tensor.js";
import { gradientsOf, type Place, shareInScope, sourcesOf } from "./engine.js";
import { leavesOf, mapTree } from "./tree.js";

/** What the rule needs besides the saved inputs. */
interface Segment {
  /** Runs the function again. Returns its results that have a gradient. */
  readonly replay: (inputs: readonly Tensor[]) => readonly Tensor[];
  /** What the results depend on. */
  readonly sources: readonly Place[];
  /** The results of the first run. */
  readonly first: readonly Tensor[];
  /** Tensors that are read again, and their versions at the first run. */
  readonly versions: readonly (readonly [x: Tensor, version: number])[];
}

interface Given {
  readonly kept: readonly Tensor[];
  readonly attr: Segment;
  readonly shapes: readonly Shape[];
}

const CHECKPOINT = new Operation("compute", {
  name: "checkpoint",
  several: true,
  infer: () => [],
  forward: () => undefined,
  backward: {
    inputs: "any",
    saves: [],
    rule(grads: readonly (Tensor | undefined)[], { kept, attr: { replay, sources, first, versions }, shapes }: Given) {
      const createGraph = isGradEnabled();
      if (versions.some(([x, version]) => x.storage.version !== version && !x.disposed)) {
        throw edited("a tensor that checkpoint reads again");
      }
      const from = lastId;
      const again = withRecording(true, () => replay(kept));
      if (again.length !== first.length || !again.every((y, i) => sameShape(y.shape, (first[i] as Tensor).shape))) {
        const [before, now] = [first, again].map((list) => list.map(formatSpec).join(", ") || "nothing");
        throw new GradError(`backward: the function of checkpoint gave ${before} with a gradient first, and ${now} when run again`);
      }
      return gradientsOf(again, sources, grads, { createGraph }, from + 1).map((g, i) => g ?? zeros(shapes[i] as Shape));
    },
  },
} as unknown as AnyOpDef);

/** The tensor at a place. */
const tensorAt = ({ node, slot }: Place): Tensor => (node instanceof Node ? node.results[slot] : node?.tensor) as Tensor;

const isSame = (a: Place, b: Place): boolean => a.node === b.node && a.slot === b.slot;

const hasGradient = (y: unknown): y is Tensor => y instanceof Tensor && y.requiresGrad;

/** The results that have a gradient. */
const withGradient = (result: unknown): Tensor[] => leavesOf(result).filter(hasGradient);

/**
 * Runs a function without keeping what its gradient needs; `backward()` runs it a second time for that, as
 * `torch.utils.checkpoint.checkpoint`. So the memory of a deep network grows with the number of its checkpoints, not of its operations.
 *
 * fn: any inputs -> a tensor, or tensors in arrays and plain objects. inputs: what `fn` is called with. Result: that of `fn`, with the
 * same shapes, dtypes and values, and the same gradients, those of tensors that `fn` uses from outside (parameters) and second ones included.
 * Random numbers are the same in the second run, whichever generators they come from. What else `fn` changes, such as running statistics, is
 * changed twice. The call is a scope, as that of a module. Under `noGrad`, or if nothing requires a gradient, `fn` runs once.
 * Errors: `ArgError` if `fn` is not a function or returns a promise; in `backward()` `GradError` if an input or a parameter was edited in
 * place since, or the second run gives results of other shapes, and those of `fn`.
 * @example checkpoint((t) => model.call(t), x).sum().backward();
 */
export function checkpoint<In extends readonly unknown[], Out>(fn: (...inputs: In) => Out, ...inputs: In): Out {
  checkWork("checkpoint", fn);
  const given = mapTree(inputs, (x) => x) as In; // arrays in it may change until backward()
  const tensors = leavesOf(given).filter((x) => x instanceof Tensor);
  const before = tensors.map(({ storage }) => storage.version);
  const from = lastId;
  return scope(() => {
    const states: Parameters<typeof withGenerators>[0] = new Map();
    const run = (from: In): Out => withGenerators(states, () => refusePromise("checkpoint", fn(...from)));
    const result = run(inputs);
    const found = isGradEnabled() ? withGradient(result).flatMap((y) => sourcesOf(y, from + 1)) : [];
    const sources = found.filter((place, i) => found.findIndex((other) => isSame(other, place)) === i);
    if (sources.length === 0) return result;

    const replay = (kept: readonly Tensor[]): readonly Tensor[] => {
      let at = 0;
      const handle = (x: unknown): unknown => {
        if (!(x instanceof Tensor)) return x;
        const saved = kept[at++] as Tensor;
        // The nodes of other inputs may be freed by now.
        return sources.some((source) => isSame(source, saved)) ? shareInScope(saved) : detach(saved);
      };
      return withGradient(run(mapTree(given, handle) as In));
    };

    const kept = tensors.map(alias);
    const origins = sources.map(tensorAt);
    const first: Tensor[] = [];
    const segment: Segment = {
      replay,
      sources,
      first,
      versions: [...kept.map((x, i) => [x, before[i] as number] as const), ...origins.map((x) => [x, x.storage.version] as const)],
    };
    const edges = sources.map(({ node }) => node);
    const slots = sources.map(({ slot }) => slot);
    const shapes = origins.map(({ shape }) => shape);
    const node = new Node(CHECKPOINT, segment, edges, slots, shapes, [], { inputs: [], outs: [], kept, weak: [] });
    node.results = first;
    return mapTree(result, (y) => {
      if (!hasGradient(y)) return y;
      const made = new Handle(y.storage, y.ptr, y.shape, y.dtype, y.size);
      made.attach(node, first.push(made) - 1);
      currentScope()?.add(made);
      return made;
    }) as Out;
  });
}
