// The base of all optimizers: groups of parameters with options, state per parameter, one kernel call per parameter and step.

import { checkGradient, forgetGradients } from "../autograd/engine.js";
import { checkFinite } from "../checks.js";
import { ArgError, describe, isPlainObject } from "../errors.js";
import { readOptions } from "../options.js";
import { StepWatch } from "../tensor/leaks.js";
import { releaseWalked, WalkedGraphs, walked, withRecording } from "../tensor/tape.js";
import { checkAlive, emptyUnscoped, Tensor } from "../tensor/tensor.js";
import { fill } from "../tensor/values.js";

/** Parameters with options of their own; options that are absent are the optimizer's. */
export type ParameterGroup<Options> = { params: Iterable<Tensor> } & PartialOptions<Options>;

/** Options as they are given: any of them may be absent or undefined, which means the default. */
export type PartialOptions<Options> = { [Name in keyof Options]?: Options[Name] | undefined };

/** What an optimizer takes: parameters, or groups of them. */
export type Parameters<Options> = Iterable<Tensor> | readonly ParameterGroup<Options>[];

/** Parameters of an optimizer with the options in force for them. */
export interface Group<Options> {
  /** The parameters. */
  readonly params: readonly Tensor[];
  /** Options in force; change them to change the steps, e.g. `opt.groups[0].options.lr = 1e-4`. */
  readonly options: Options;
}

/** The items of a list of parameters. */
function parameterList(name: string, parameters: unknown): unknown[] {
  if (
    parameters instanceof Tensor ||
    typeof (parameters as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function"
  )
    throw new ArgError(
      `${name}: takes a list of parameters, such as model.parameters(), or of groups { params }, got ${describe(parameters)}`,
    );
  return [...(parameters as Iterable<unknown>)];
}

/** The parameters in groups: one group for a plain list, else the given groups. */
function parameterGroups(name: string, parameters: unknown): { params: unknown[]; own: object }[] {
  const items = parameterList(name, parameters);
  const isGroup = (item: unknown): item is { params: unknown } => isPlainObject(item) && "params" in item;
  if (!items.some(isGroup)) return [{ params: items, own: {} }];
  return items.map((item, i) => {
    if (!isGroup(item)) throw new ArgError(`${name}: item ${i} is no group { params } as the others are, but ${describe(item)}`);
    const { params, ...own } = item;
    return { params: parameterList(name, params), own };
  });
}

/**
 * Base of all optimizers: subclasses say which state a parameter has and how one step changes it.
 * Errors: `ArgError` for unknown options, parameters that are not a list of float32 leaves, one that appears twice, or none at all;
 * `StateError` for disposed parameters and those of another copy of the library.
 * @example function warmUp(optimizer: optim.Adam, step: number): void { optimizer.lr = Math.min(1, step / 100) * 1e-3; }
 */
export abstract class Optimizer<Options extends { lr: number }, State> {
  /** The parameters in their groups, each with its options. */
  readonly groups: readonly Group<Options>[];
  readonly #states = new Map<Tensor, State>();
  readonly #watch = new StepWatch();
  /** Graphs that `backward()` went through before the last step. */
  readonly #walked = new WalkedGraphs();

  constructor(name: string, parameters: Parameters<Options>, defaults: Options, given: PartialOptions<Options>) {
    const common = readOptions(name, given, defaults);
    const seen = new Set<Tensor>();
    this.groups = parameterGroups(name, parameters).map(({ params, own }) => {
      const options = { ...readOptions(name, own, common) };
      this.check(name, options);
      for (const [i, p] of params.entries()) checkParameter(name, i, p, seen);
      return { params: params as Tensor[], options };
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

  /**
   * Learning rate of the first group; setting it sets that of all groups. Errors: `ArgError` unless it is a finite number of at least 0.
   */
  get lr(): number {
    return (this.groups[0] as Group<Options>).options.lr;
  }

  set lr(value: number) {
    checkFinite("optimizer", "lr", value, 0);
    for (const group of this.groups) group.options.lr = value;
  }

  /**
   * Forgets the gradients of all parameters and gives their memory back. Call it before each `backward()`.
   * @example optimizer.zeroGrad();
   */
  zeroGrad(): void {
    for (const { params } of this.groups) forgetGradients(params);
  }

  /**
   * Takes one step along the gradients; parameters without one, and frozen ones, stay as they are.
   * Errors: `StateError` for a disposed parameter or gradient, `ShapeError` and `DTypeError` for a gradient that was set and does not fit.
   * @example optimizer.zeroGrad(); loss.backward(); optimizer.step();
   */
  step(): void {
    withRecording(false, () => this.#update());
    // Results may be read until the end of the next step, because a loss is often printed after its step.
    releaseWalked(this.#walked.takeAll());
    for (const graph of walked.takeAll()) this.#walked.add(graph);
    this.#watch.step(() => this.groups.flatMap(({ params }) => params.map((p) => p.grad)));
  }

  #update(): void {
    for (const { params, options } of this.groups) {
      for (const p of params) {
        checkAlive("step", p);
        if (!p.grad || !p.requiresGrad) continue; // frozen parameters do not change, even if they still have a gradient
        checkGradient("step", p, p.grad);
        let state = this.#states.get(p);
        if (state === undefined) {
          state = this.init(p, options);
          this.#states.set(p, state);
        }
        this.update(p, p.grad, state, options);
      }
    }
  }

  /**
   * Gives back the memory of the state (moments, momentum).
   * @example optimizer.dispose();
   */
  dispose(): void {
    for (const state of this.#states.values()) for (const tensor of this.tensorsOf(state)) tensor?.dispose();
    this.#states.clear();
  }
}

/** Throws unless `p` is a float32 leaf that is not in the list already. It may be frozen now and require a gradient later. */
function checkParameter(name: string, i: number, p: unknown, seen: Set<Tensor>): void {
  if ("storage" in Object(p)) checkAlive(name, p); // gives a specific error for a tensor of another copy, or a clone
  if (!(p instanceof Tensor) || !p.isLeaf || p.dtype !== "float32")
    throw new ArgError(`${name}: parameter ${i} is not a float32 leaf, but ${describe(p)}; pass model.parameters()`);
  if (seen.has(p)) throw new ArgError(`${name}: parameter ${i} appears twice`);
  seen.add(p);
}

/** @internal Zeros in the shape of a parameter, owned by the optimizer. */
export function stateLike(parameter: Tensor): Tensor {
  const made = emptyUnscoped(parameter.shape, "float32");
  fill(made, 0);
  return made;
}
