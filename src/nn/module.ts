// The base of all layers and models: fields are found by walking them, names are their paths.
import { SimdgradError, StateError } from "../errors.js";
import { copy_ } from "../ops/inplace.js";
import { forgetPacked } from "../ops/packed.js";
import { detach } from "../ops/shape.js";
import { scope } from "../tensor/scope.js";
import { formatShape, formatSpec, type Shape, sameShape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { Buffer, Parameter } from "./parameter.js";
import { type ModelSummary, summarize } from "./summary.js";

/** Tensors by name, as `stateDict` gives and `loadStateDict` takes. */
export type StateDict = Record<string, Tensor>;

/**
 * A part of a network. Subclasses hold parameters and other modules in fields (or arrays of modules) and say in
 * `forward` what they compute.
 * @example
 * class Net extends nn.Module {
 *   hidden = new nn.Linear(784, 128);
 *   head = new nn.Linear(128, 10);
 *   forward(x: Tensor) { return this.head.call(this.hidden.call(x).relu()); }
 * }
 */
export abstract class Module {
  #training = true;

  /**
   * Whether the module trains (dropout drops, batch norm uses the batch) or is evaluated. Set by `train` and `eval`. Training
   * gives back the packed form that layers keep of a weight that does not change.
   */
  get training(): boolean {
    return this.#training;
  }

  set training(mode: boolean) {
    this.#training = mode;
    if (mode) for (const [, tensor] of this.ownTensors()) forgetPacked(tensor);
  }

  /** The computation. Call it through `call`. */
  // biome-ignore lint/suspicious/noExplicitAny: what a module takes and gives is its own business
  abstract forward(...inputs: any[]): any;

  /**
   * Runs `forward` in a scope of its own: tensors it made and did not return are let go at once, except those the tape
   * needs, which `backward()` lets go. Errors carry the path of the layer they came from.
   * @example const logits = model.call(images);
   */
  call(...inputs: Parameters<this["forward"]>): ReturnType<this["forward"]> {
    try {
      return scope(() => this.forward(...inputs));
    } catch (error) {
      throw nameLayer(error, this, inputs);
    }
  }

  /** Fields by name; the items of arrays with the index in the name. */
  *#fields(): Generator<[name: string, value: unknown]> {
    for (const [name, value] of Object.entries(this)) {
      if (!Array.isArray(value)) yield [name, value];
      else for (const [i, item] of value.entries()) yield [`${name}.${i}`, item];
    }
  }

  /** Direct children with their names. Arrays of modules count with the index in the name. */
  *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [name, value] of this.#fields()) if (value instanceof Module) yield [name, value];
  }

  /** This module and all below it, with their paths; "" is this one. A shared module appears once. */
  *namedModules(prefix = "", seen: Set<Module> = new Set()): Generator<[path: string, module: Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(prefix ? `${prefix}.${name}` : name, seen);
  }

  /** @internal What this module itself owns, by state-dict name, parameters first. Names are those of the fields unless `stateNames` says otherwise. */
  *ownTensors(): Generator<[name: string, tensor: Parameter | Buffer]> {
    const renamed = (this.constructor as typeof Module).stateNames;
    for (const kind of [Parameter, Buffer]) {
      for (const [field, value] of this.#fields()) if (value instanceof kind) yield [renamed[field] ?? field, value];
    }
  }

  /** Names in the state dict for fields that are called otherwise there. */
  static readonly stateNames: Readonly<Record<string, string>> = {};

  /** Everything a state dict holds. What a shared module owns comes under each of its paths, as in PyTorch. */
  *#named(prefix = "", above: readonly Module[] = []): Generator<[path: string, tensor: Parameter | Buffer]> {
    for (const [name, tensor] of this.ownTensors()) yield [prefix + name, tensor];
    const path = [...above, this];
    for (const [name, child] of this.namedChildren()) if (!path.includes(child)) yield* child.#named(`${prefix}${name}.`, path);
  }

  /** Tensors of one kind with their paths; one that is shared appears once, under its first path. */
  *#distinct<Kind extends Parameter | Buffer>(kind: new (...args: never[]) => Kind): Generator<[path: string, tensor: Kind]> {
    const seen = new Set<Tensor>();
    for (const [path, tensor] of this.#named()) {
      if (!(tensor instanceof kind) || seen.has(tensor)) continue;
      seen.add(tensor);
      yield [path, tensor];
    }
  }

  /** All parameters with their paths; one that is shared appears once, under its first path. */
  namedParameters(): Generator<[path: string, parameter: Parameter]> {
    return this.#distinct(Parameter);
  }

  /** All parameters, for an optimizer. @example new optim.Adam(model.parameters()); */
  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  /** All buffers with their paths; one that is shared appears once, under its first path. */
  namedBuffers(): Generator<[path: string, buffer: Buffer]> {
    return this.#distinct(Buffer);
  }

  /** All buffers. */
  buffers(): Buffer[] {
    return [...this.namedBuffers()].map(([, buffer]) => buffer);
  }

  /** Switches this module and all below it to training. @example model.train(); */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  /** Switches this module and all below it to evaluation. @example model.eval(); */
  eval(): this {
    return this.train(false);
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
  }

  /** Whether parameters require gradients: `requiresGrad(false)` freezes them. @example model.requiresGrad(false); */
  requiresGrad(wanted = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = wanted;
    return this;
  }

  /** Number of elements of all parameters. */
  parameterCount(): number {
    return this.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  }

  /**
   * Parameters and buffers by path, with PyTorch's names. The tensors share memory with the module; `clone()` them to
   * keep a state.
   * @example saveSafetensors(model.stateDict());
   */
  stateDict(): StateDict {
    const state: StateDict = Object.create(null) as StateDict;
    for (const [path, tensor] of this.#named()) state[path] = detach(tensor);
    return state;
  }

  /**
   * Copies values in by path. All or nothing: with `strict` (default) every name must be there and none too many.
   * Errors: `StateError` listing all missing, unexpected and mis-shaped names; nothing is loaded then.
   * @example model.loadStateDict(loadSafetensors(bytes));
   */
  loadStateDict(state: StateDict, { strict = true }: { strict?: boolean } = {}): void {
    const own = new Map(this.#named());
    const given = new Map(Object.entries(state));
    const problems: string[] = [];
    if (strict) {
      const missing = [...own.keys()].filter((name) => !given.has(name));
      const unexpected = [...given.keys()].filter((name) => !own.has(name));
      if (missing.length > 0) problems.push(`missing: ${missing.join(", ")}`);
      if (unexpected.length > 0) problems.push(`unexpected: ${unexpected.join(", ")}`);
    }
    for (const [name, tensor] of own) {
      const value = given.get(name);
      if (!value) continue;
      if (!(value instanceof Tensor) || value.disposed) problems.push(`not a live tensor: ${name}`);
      else if (!sameShape(value.shape, tensor.shape))
        problems.push(`${name} is ${formatShape(value.shape)}, expected ${formatShape(tensor.shape)}`);
    }
    if (problems.length > 0) throw new StateError(`loadStateDict: nothing was loaded; ${problems.join("; ")}`);
    noGrad(() => {
      for (const [name, tensor] of own) {
        const value = given.get(name);
        if (value) copy_(tensor, value);
      }
    });
  }

  /**
   * Output shape, parameters and multiply-adds of each layer for an input of the given shape; prints as a table.
   * @example console.log(String(model.summary([1, 1, 28, 28])));
   */
  summary(inputShape: Shape): ModelSummary {
    return summarize(this, inputShape);
  }

  /**
   * @internal Multiplications with a weight that gave `output` for `input`. Linear and convolution layers use every row of the
   * weight once per element of the output; others say so.
   */
  multiplyAdds(_input: unknown, output: Tensor): number {
    for (const [, tensor] of this.ownTensors()) if (tensor.ndim >= 2) return (output.size * tensor.size) / (tensor.shape[0] as number);
    return 0;
  }

  /** Gives back the memory of all parameters and buffers. The module cannot be used afterwards. */
  dispose(): void {
    for (const [, tensor] of this.#named()) tensor.dispose();
  }

  /** What is shown of this layer's own settings, between the brackets of `toString`. */
  extraRepr(): string {
    return "";
  }

  /** The structure, one line per layer, in PyTorch's manner. */
  toString(): string {
    const children = [...this.namedChildren()];
    const name = this.constructor.name;
    if (children.length === 0) return `${name}(${this.extraRepr()})`;
    const lines = children.map(([key, child]) => `  (${key}): ${child.toString().replaceAll("\n", "\n  ")}`);
    return `${name}(\n${lines.join("\n")}\n)`;
  }

  /** What `console.log` shows in Node, Deno and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The layer in which each error arose. */
const failing = new WeakMap<Error, Module>();

/** Says in which layer an error arose: the innermost one describes itself, the outer ones give the path to it. */
function nameLayer(error: unknown, module: Module, inputs: readonly unknown[]): unknown {
  if (!(error instanceof SimdgradError)) return error;
  const inner = failing.get(error);
  if (!inner) {
    failing.set(error, module);
    const shapes = inputs
      .filter((input) => input instanceof Tensor)
      .map(formatSpec)
      .join(", ");
    error.message += `\n  in ${module.constructor.name}(${module.extraRepr()}) called with ${shapes || "no tensor"}`;
    return error;
  }
  const path = [...module.namedModules()].find(([, child]) => child === inner)?.[0];
  if (path) error.message = `${error.message.replace(/\n {2}at [^\n]*$/, "")}\n  at ${module.constructor.name}.${path}`;
  return error;
}
