// What all optimizers share: groups of parameters with options, state per parameter, one kernel pass per step.
import { ArgError, ShapeError } from "../errors.js";
import { StepWatch } from "../tensor/leaks.js";
import { formatSpec, sameShape } from "../tensor/shape.js";
import { releaseWalked, takeWalked, type Walked, withRecording } from "../tensor/tape.js";
import { checkAlive, checkFloat, emptyUnscoped, Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";

/** Parameters with options of their own; options that are absent are the optimizer's. */
export type ParameterGroup<Options> = { params: Iterable<Tensor> } & Partial<Options>;

/** What an optimizer takes: parameters, or groups of them. */
export type Parameters<Options> = Iterable<Tensor> | readonly ParameterGroup<Options>[];

interface Group<Options> {
  readonly params: readonly Tensor[];
  /** Options in force; change them to change the steps, e.g. `opt.groups[0].options.lr = 1e-4`. */
  readonly options: Options;
}

function isGroup<Options>(item: Tensor | ParameterGroup<Options>): item is ParameterGroup<Options> {
  return !(item instanceof Tensor) && "params" in item;
}

/** Base of all optimizers: subclasses say which state a parameter has and how one step changes it. */
export abstract class Optimizer<Options extends { lr: number }, State> {
  readonly groups: readonly Group<Options>[];
  readonly #states = new Map<Tensor, State>();
  readonly #watch = new StepWatch();
  /** Graphs whose `backward()` came before the last step. */
  #walked: readonly Walked[] = [];

  constructor(name: string, parameters: Parameters<Options>, defaults: Options, given: Partial<Options>) {
    const common = withDefaults(name, defaults, given);
    if (parameters instanceof Tensor) throw new ArgError(`${name}: takes a list of parameters, got one tensor; write [tensor]`);
    const items: (Tensor | ParameterGroup<Options>)[] = [...parameters];
    const groups = items.every(isGroup) ? (items as ParameterGroup<Options>[]) : [{ params: items } as unknown as ParameterGroup<Options>];
    const seen = new Set<Tensor>();
    this.groups = groups.map(({ params, ...own }) => {
      const list = [...params];
      for (const [i, p] of list.entries()) {
        if (!(p instanceof Tensor)) throw new ArgError(`${name}: parameter ${i} is not a tensor; pass model.parameters()`);
        if (!p.isLeaf || !p.requiresGrad) throw new ArgError(`${name}: parameter ${i} is not a leaf that requires a gradient`);
        if (seen.has(p)) throw new ArgError(`${name}: parameter ${i} appears twice`);
        seen.add(p);
      }
      const options = withDefaults(name, common, own as unknown as Partial<Options>);
      this.check(name, options);
      return { params: list, options };
    });
    if (seen.size === 0) throw new ArgError(`${name}: got no parameters`);
  }

  /** Checks options of a group; throws `ArgError`. */
  protected abstract check(name: string, options: Options): void;

  /** State of a parameter before its first step. */
  protected abstract init(parameter: Tensor, options: Options): State;

  /** Changes one parameter in place by its gradient. */
  protected abstract update(parameter: Tensor, grad: Tensor, state: State, options: Options): void;

  /** Tensors of a state, to be given back with the optimizer. */
  protected abstract tensorsOf(state: State): readonly (Tensor | undefined)[];

  /** Learning rate of the first group; setting it sets that of all groups. */
  get lr(): number {
    return (this.groups[0] as Group<Options>).options.lr;
  }

  set lr(value: number) {
    if (!(value >= 0)) throw new ArgError(`lr: must not be negative, got ${value}`);
    for (const group of this.groups) group.options.lr = value;
  }

  /** Forgets the gradients of all parameters and gives their memory back. Call it before each `backward()`. */
  zeroGrad(): void {
    for (const { params } of this.groups) {
      for (const p of params) {
        p.grad?.dispose();
        p.grad = null;
      }
    }
  }

  /** One step along the gradients; parameters without one stay as they are. Errors: `StateError` for a disposed parameter or gradient. */
  step(): void {
    withRecording(false, () => this.#update());
    // Results may be read until the end of the next step: a loss is printed after the step it belongs to.
    releaseWalked(this.#walked);
    this.#walked = takeWalked();
    this.#watch.step(() => this.groups.flatMap(({ params }) => params.map((p) => p.grad?.storage)));
  }

  #update(): void {
    for (const { params, options } of this.groups) {
      for (const p of params) {
        checkAlive("step", p);
        if (!p.grad) continue;
        checkGradient(p, p.grad);
        let state = this.#states.get(p);
        if (state === undefined) {
          state = this.init(p, options);
          this.#states.set(p, state);
        }
        this.update(p, p.grad, state, options);
      }
    }
  }

  /** Gives back the memory of the state (moments, momentum). */
  dispose(): void {
    for (const state of this.#states.values()) for (const tensor of this.tensorsOf(state)) tensor?.dispose();
    this.#states.clear();
  }
}

/** Options over their defaults. One that is spelled another way would do nothing, silently. */
function withDefaults<Options extends object>(name: string, defaults: Options, given: Partial<Options>): Options {
  if (typeof given !== "object" || given === null)
    throw new ArgError(`${name}: options go into an object, e.g. { lr: 0.1 }; got ${String(given)}`);
  for (const option of Object.keys(given)) {
    if (!(option in defaults)) throw new ArgError(`${name}: there is no option "${option}", only ${Object.keys(defaults).join(", ")}`);
  }
  return { ...defaults, ...given };
}

/** Users may set `.grad` themselves; a kernel would read past the end of one that is too small. */
function checkGradient(p: Tensor, grad: Tensor): void {
  checkAlive("step", grad);
  checkFloat("step", grad);
  if (!sameShape(p.shape, grad.shape)) throw new ShapeError(`step: .grad of ${formatSpec(p)} is ${formatSpec(grad)}; shapes must be equal`);
}

/** @internal Zeros in the shape of a parameter, owned by the optimizer. */
export function stateLike(parameter: Tensor): Tensor {
  const made = emptyUnscoped(parameter.shape, "float32");
  k.fill32(made.ptr, made.size, 0);
  return made;
}

/** @internal Throws `ArgError` unless the value is at least 0. */
export function checkNotNegative(name: string, option: string, value: number): void {
  if (!(value >= 0)) throw new ArgError(`${name}: ${option} must not be negative, got ${value}`);
}
