// The base of all optimizers: groups of parameters with options, and the state of each parameter.

import { checkGradient, forgetGradients } from "../autograd/engine.js";
import { checkFinite, checkThat } from "../checks.js";
import { ArgError, describe, isPlainObject } from "../errors.js";
import { readOptions } from "../options.js";
import { StepWatch } from "../tensor/leaks.js";
import { keep } from "../tensor/scope.js";
import { sameShape } from "../tensor/shape.js";
import { enableGrad, releaseWalked, WalkedGraphs, walked, withRecording } from "../tensor/tape.js";
import { checkAlive, emptyUnscoped, Tensor } from "../tensor/tensor.js";
import { fill } from "../tensor/values.js";
import { addressOf } from "./rule.js";
import { type LoadedSlot, type OptimizerState, readSlot, readState, writeSlot, writeState } from "./stateDict.js";

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
  /** Numbers that are saved with the group: `initialLr` of schedules, counters of some optimizers. */
  readonly values: Record<string, number | boolean>;
}

/** A parameter and its state. */
export interface Slot {
  /** The parameter. */
  readonly param: Tensor;
  /** Steps so far. */
  step: number;
  /** A running product that some optimizers have (`mu_product` of NAdam). */
  product: number;
  /** State tensors by the position of their key; none before the first step. */
  tensors: (Tensor | undefined)[];
  /** More numbers, of `LBFGS`. */
  extra: object | undefined;
  /** @internal Address of the gradient of the step that is being taken. */
  gradient: number;
}

/** Options that may be negative. */
const SIGNED = /^(dampening|r|weightLrPower)$/;

/** Throws unless betas are two numbers within [0, 1). */
function checkBetas(name: string, betas: unknown): void {
  const isShare = (beta: unknown): boolean => typeof beta === "number" && beta >= 0 && beta < 1;
  const fits = Array.isArray(betas) && betas.length === 2 && betas.every(isShare);
  checkThat(name, fits, "betas must be two numbers within [0, 1), such as [0.9, 0.999]", betas);
}

/** What the state of an optimizer is called. */
export interface Traits {
  /** Name of the class, for errors. */
  readonly name: string;
  /** Names of the state tensors in the state dict. */
  readonly keys: readonly string[];
  /** Whether the state dict has no `step`. */
  readonly uncounted?: boolean;
  /** Name of the running product, if there is one. */
  readonly productKey?: string;
  /** Numbers of a group beside its options. */
  readonly valueKeys?: readonly string[];
}

/** @internal The items of a list of parameters. */
export function parameterList(name: string, parameters: unknown): unknown[] {
  const isList = typeof (parameters as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === "function";
  const wanted = "takes a list of parameters, such as model.parameters(), or of groups { params }";
  checkThat(name, isList && !(parameters instanceof Tensor), wanted, parameters);
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
export abstract class Optimizer<Options extends { lr: number } = { lr: number }> {
  /** The parameters in their groups, each with its options. */
  readonly groups: readonly Group<Options>[] = [];
  /** @internal The parameters of each group with their state. */
  readonly slots: Slot[][] = [];
  /** @internal */
  readonly traits: Traits;
  readonly #defaults: Options;
  readonly #common: Options;
  readonly #seen = new Set<Tensor>();
  readonly #watch = new StepWatch();
  /** The parameters of each group in the last step, and which state they used; absent if their state was replaced since. */
  #active: { readonly slots: readonly Slot[]; readonly uses: string }[] = [];
  /** Whether `stateDict()` gave the state away, so that a graph may have saved it. Only then its changes are counted. */
  #isShared = false;
  /** Graphs that `backward()` went through before the last step. */
  readonly #walked = new WalkedGraphs();

  constructor(traits: Traits, parameters: Parameters<Options>, defaults: Options, given: PartialOptions<Options> | undefined) {
    this.traits = traits;
    const { name } = traits;
    this.#defaults = defaults;
    this.#common = readOptions(name, given, defaults);
    for (const { params, own } of parameterGroups(name, parameters)) this.#add(params, own);
    if (this.#seen.size === 0) throw new ArgError(`${name}: got no parameters`);
  }

  #add(params: unknown[], own: object): void {
    const { name } = this.traits;
    const options = { ...readOptions(name, own, this.#common) };
    this.checkAll(name, options);
    const seen = new Set(this.#seen);
    for (const [i, p] of params.entries()) checkParameter(name, i, p, seen);
    this.checkParams(name, params as Tensor[]);
    for (const p of params) this.#seen.add(p as Tensor);
    (this.groups as Group<Options>[]).push({ params: params as Tensor[], options, values: {} });
    this.slots.push((params as Tensor[]).map((param) => ({ param, gradient: 0, step: 0, product: 1, tensors: [], extra: undefined })));
  }

  /** @internal Checks options of a group; throws `ArgError`. */
  check(_name: string, _options: Options): void {}

  /** @internal Checks all options of a group: numbers must be finite and, but for a few, not negative. */
  checkAll(name: string, options: Options): void {
    for (const [option, value] of Object.entries(options)) {
      if (typeof this.#defaults[option as keyof Options] === "number")
        checkFinite(name, option, value, SIGNED.test(option) ? undefined : 0);
    }
    if ("betas" in options) checkBetas(name, options.betas);
    this.check(name, options);
  }

  /** @internal Which of the state tensors these options need. */
  uses(_options: Options): readonly boolean[] {
    return [true, true, true];
  }

  /** @internal The state of a parameter as it is saved, if there is one. */
  saveSlot(slot: Slot): Record<string, unknown> | undefined {
    return writeSlot(this.traits, slot);
  }

  /** @internal Checks the saved state of a parameter. */
  loadSlot(
    slot: Slot,
    saved: Readonly<Record<string, unknown>>,
    options: Options,
    problem: (key: string, what: string) => void,
  ): LoadedSlot {
    return readSlot(this.traits, slot, saved, this.uses(options), problem);
  }

  /** Checks what an optimizer asks of its parameters beyond the usual; throws `ArgError`. */
  protected checkParams(_name: string, _params: readonly Tensor[]): void {}

  /** A state tensor before the first step. */
  protected init(_key: number, param: Tensor, _options: Options): Tensor {
    return filled(param, 0);
  }

  /**
   * Changes the parameters of a group that have gradients. The list is another one than in the step before only if its parameters or their
   * state tensors are others.
   */
  protected abstract advance(slots: readonly Slot[], group: Group<Options>): void;

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
   * Adds parameters with options of their own, e.g. those of a layer that thaws during training; its other options are the optimizer's.
   * Errors: those of the constructor; nothing is added then.
   * @example optimizer.addParamGroup({ params: new nn.Linear(2, 2).parameters(), lr: 1e-4 });
   */
  addParamGroup(group: ParameterGroup<Options>): void {
    for (const { params, own } of parameterGroups(this.traits.name, [group])) this.#add(params, own);
  }

  /**
   * Forgets the gradients of all parameters and gives their memory back. Call it before each `backward()`.
   * @example optimizer.zeroGrad();
   */
  zeroGrad(): void {
    for (const { params } of this.groups) forgetGradients(params);
  }

  /**
   * Takes one step along the gradients; parameters without one, and frozen ones, stay as they are. All gradients are checked first.
   * `closure`, if given, is called before, with recording on: it computes the loss and its gradients. Result: that of the closure.
   * Errors: `StateError` for a disposed parameter or gradient, `ShapeError` and `DTypeError` for a gradient that was set and does not fit.
   * @example optimizer.zeroGrad(); loss.backward(); optimizer.step();
   */
  step(): void;
  step<T>(closure: () => T): T;
  step<T>(closure?: () => T): T | undefined {
    const loss = closure && enableGrad(closure);
    withRecording(false, () => this.update());
    this.endStep();
    return loss;
  }

  /** @internal Lets go of what the step before left. Results may be read until the end of the next step: a loss is often printed late. */
  endStep(): void {
    releaseWalked(this.#walked.takeAll());
    for (const graph of walked.takeAll()) this.#walked.add(graph);
    this.#watch.step(() => this.groups.flatMap(({ params }) => params.map((p) => p.grad)));
  }

  /** Steps all groups. */
  protected update(): void {
    const found = this.slots.map((slots, i) => activeOf(slots, this.#active[i]?.slots)); // all are checked before one is changed
    this.groups.forEach((group, i) => {
      let slots = found[i] as readonly Slot[];
      const uses = this.uses(group.options);
      if (slots !== this.#active[i]?.slots || String(uses) !== this.#active[i]?.uses) {
        slots = [...slots];
        for (const slot of slots) this.#prepare(slot, uses, group.options);
        this.#active[i] = { slots, uses: String(uses) };
      }
      if (this.#isShared) for (const { tensors } of slots) for (const tensor of tensors) if (tensor) tensor.storage.version++;
      if (slots.length > 0) this.advance(slots, group);
    });
  }

  /** Makes state tensors that are missing. */
  #prepare(slot: Slot, uses: readonly boolean[], options: Options): void {
    for (let key = 0; key < this.traits.keys.length; key++) {
      if (!uses[key] || slot.tensors[key] !== undefined) continue;
      slot.tensors[key] = this.init(key, slot.param, options);
      if (key === 0) slot.step = 0; // momentum that is turned on later starts anew
    }
  }

  /**
   * The state of all parameters that have one, by their index, and the options of the groups: what PyTorch's `state_dict()` gives, with its
   * names. Tensors share their memory with the optimizer, so `clone()` what a later step must not change. Errors: none.
   * @example const { state, param_groups } = optimizer.stateDict();
   */
  stateDict(): OptimizerState {
    this.#isShared = true;
    return writeState(this as unknown as Optimizer);
  }

  /**
   * Takes over the state and options of another optimizer of the same kind and groups, so that training goes on bit for bit as there. The
   * values are copied. state: as `stateDict()` gives it, or PyTorch's.
   * Errors: `StateError` that lists all that does not fit; nothing is changed then.
   * @example optimizer.loadStateDict(optimizer.stateDict());
   */
  loadStateDict(state: OptimizerState): void {
    readState(this.traits.name, this as unknown as Optimizer, state);
  }

  /**
   * Gives back the memory of the state (moments, momentum).
   * @example optimizer.dispose();
   */
  dispose(): void {
    this.#active = [];
    for (const slot of this.slots.flat()) {
      keep(undefined, [slot.tensors, slot.extra]); // disposes of what is not kept
      Object.assign(slot, { tensors: [], step: 0, product: 1, extra: undefined });
    }
  }
}

/** Those with gradients, as the list `before` if they are the same. A loop without calls and lists, because there may be thousands. */
function activeOf(slots: readonly Slot[], before: readonly Slot[] = []): readonly Slot[] {
  let others: Slot[] | undefined;
  let count = 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot;
    if (!hasGradient(slot)) continue;
    if (slot !== before[count]) others ??= before.slice(0, count);
    others?.push(slot);
    count++;
  }
  return others ?? (count === before.length ? before : before.slice(0, count));
}

/** Whether a parameter takes part in a step. Frozen ones do not, even if they still have a gradient. */
function hasGradient(slot: Slot): boolean {
  const { param } = slot;
  if (param.disposed) checkAlive("step", param);
  const { grad } = param;
  if (grad === null || param.node === undefined) return false;
  // the usual case without the calls of the check
  if (grad.disposed || grad.dtype !== "float32" || !sameShape(grad.shape, param.shape)) checkGradient("step", param, grad);
  if (param.isMeta) addressOf(param); // refuses it outside meta, whatever its gradient is
  slot.gradient = addressOf(grad);
  return true;
}

/** Throws unless `p` is a float32 leaf that is not in the list already. It may be frozen now and require a gradient later. */
function checkParameter(name: string, i: number, p: unknown, seen: Set<Tensor>): void {
  if ("storage" in Object(p)) checkAlive(name, p); // gives a specific error for a tensor of another copy, or a clone
  if (!(p instanceof Tensor) || !p.isLeaf || p.dtype !== "float32")
    throw new ArgError(`${name}: parameter ${i} is not a float32 leaf, but ${describe(p)}; pass model.parameters()`);
  if (seen.has(p)) throw new ArgError(`${name}: parameter ${i} appears twice`);
  seen.add(p);
}

/** @internal A tensor in the shape of a parameter, owned by the optimizer. */
export function filled(param: Tensor, value: number): Tensor {
  const made = emptyUnscoped(param.shape, "float32");
  fill(made, value);
  return made;
}
