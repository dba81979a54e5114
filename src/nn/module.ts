// The base class of layers and models. Its parts are found in its fields, and their names are the paths of the fields.

import { forgetGradients } from "../autograd/engine.js";
import { checkBoolean } from "../checks.js";
import { ArgError, describe, isPlainObject, SimdgradError, StateError } from "../errors.js";
import { dropPacked } from "../ops/gemm/packed.js";
import { detach } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import { scope } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import { fieldsOf } from "./fields.js";
import type { BackwardHook, ForwardHook, ForwardPreHook, HookHandle } from "./hooks.js";
import { Buffer, Parameter } from "./parameter.js";
import { loadState, type Named } from "./state.js";
import type { StoredDType } from "./stored.js";
import { type ModelSummary, type SummaryInput, summarize } from "./summary.js";
import { callTool } from "./tool.js";

/** Tensors by name, as `stateDict` gives and `loadStateDict` takes. */
export type StateDict = Record<string, Tensor>;

/** Names of a state dict that did not find their counterpart. */
export interface StateMismatch {
  /** Names of the module that the state does not have. */
  readonly missing: readonly string[];
  /** Names of the state that the module does not have. */
  readonly unexpected: readonly string[];
}

/**
 * A part of a network. Subclasses hold parameters and other modules in fields and say in `forward` what they compute.
 *
 * What a module owns is found in its public fields, also inside arrays, plain objects, Maps and Sets, however deep; its name is the path
 * there, such as `blocks.0.weight`. Fields that are `#private` cannot be seen from outside: modules and parameters in them are not trained,
 * saved, loaded or switched. TypeScript's `private` is fine. Objects of classes other than Module are not searched.
 * To copy a module, make a second one and call `copy.loadStateDict(model.stateDict())`; `structuredClone` copies no module.
 * Errors: `StateError` for a field that holds a module or tensor of another copy of the library, when the fields are searched.
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
    if (mode) for (const [, tensor] of this.ownTensors()) dropPacked(tensor);
  }

  /** The computation, which subclasses write. Call it through `call`. */
  // biome-ignore lint/suspicious/noExplicitAny: each module decides the types of its inputs and outputs
  abstract forward(...inputs: any[]): any;

  /**
   * Runs `forward` in a scope of its own: tensors that it made and did not return are freed at the end, except those that the tape
   * needs, which `backward()` frees.
   * Errors: those of `forward`, with the path of the layer they came from.
   * @example model.call(x).shape; // [2, 2]
   */
  call(...inputs: Parameters<this["forward"]>): ReturnType<this["forward"]> {
    try {
      return scope(() => this.forward(...inputs));
    } catch (error) {
      throw nameLayer(error, this, inputs);
    }
  }

  /**
   * Direct children with their names: fields, and modules inside arrays, plain objects, Maps and Sets by their paths.
   * @example for (const [name, child] of model.namedChildren()) console.log(name, String(child));
   */
  *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [name, value] of fieldsOf(this)) {
      if (value instanceof Module) yield [name, value];
      else if (isForeign(value)) checkModule(this.constructor.name, name, value);
    }
  }

  /**
   * This module and all below it, with their paths; "" is this one. A shared module appears once.
   * @example for (const [path, module] of model.namedModules()) console.log(path, module.training);
   */
  namedModules(): Generator<[path: string, module: Module]> {
    return this.#modulesFrom("", new Set());
  }

  *#modulesFrom(path: string, seen: Set<Module>): Generator<[path: string, module: Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [path, this];
    for (const [name, child] of this.namedChildren()) yield* child.#modulesFrom(path ? `${path}.${name}` : name, seen);
  }

  /**
   * Direct children without their names. Errors: those of `namedChildren`.
   * @example model.children().length; // 3
   */
  children(): Module[] {
    return Array.from(this.namedChildren(), ([, child]) => child);
  }

  /**
   * This module and all below it, without their paths; a shared module once. Errors: those of `namedChildren`.
   * @example model.modules().filter((module) => module instanceof nn.Linear).length; // 2
   */
  modules(): Module[] {
    return Array.from(this.namedModules(), ([, module]) => module);
  }

  /**
   * Calls a function with every module below this one, children first, and at last with this one. Returns the module.
   * Errors: `ArgError` for what is no function; those of the function.
   * @example model.apply((module) => { if (module instanceof nn.Linear && module.bias) nn.init.zeros(module.bias); });
   */
  apply(fn: (module: Module) => void): this {
    if (typeof fn !== "function") throw new ArgError(`apply: takes a function of a module, got ${describe(fn)}`);
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** @internal The module's own tensors by state-dict name, parameters first. Names are those of fields, or those in `stateNames`. */
  *ownTensors(): Generator<[name: string, tensor: Parameter | Buffer]> {
    const renamed = (this.constructor as typeof Module).stateNames;
    for (const kind of [Parameter, Buffer]) {
      for (const [field, value] of fieldsOf(this)) {
        if (value instanceof kind) yield [renamed[field] ?? field, value];
        else if (isForeignTensor(value)) checkAlive(`${this.constructor.name}.${field}`, value);
      }
    }
  }

  /** Names in the state dict for fields that are called otherwise there. */
  static readonly stateNames: Readonly<Record<string, string>> = {};

  /** Names in the state dict that may be absent when one is loaded; what they stand for stays as it is. */
  static readonly optionalNames: readonly string[] = [];

  /** All entries of the state dict, and whether a state may lack them. The tensors of a shared module appear under each of its paths, as in PyTorch. */
  *#named(prefix = "", above: readonly Module[] = []): Generator<Named<Parameter | Buffer>> {
    const { optionalNames } = this.constructor as typeof Module;
    for (const [name, tensor] of this.ownTensors()) yield [prefix + name, tensor, optionalNames.includes(name)];
    const path = [...above, this];
    for (const [name, child] of this.namedChildren()) if (!path.includes(child)) yield* child.#named(`${prefix}${name}.`, path);
  }

  /** All parameters or all buffers with their paths; a shared one appears once, under its first path. */
  *#distinct<Kind extends Parameter | Buffer>(kind: new (...args: never[]) => Kind): Generator<[path: string, tensor: Kind]> {
    const seen = new Set<Tensor>();
    for (const [path, tensor] of this.#named()) {
      if (!(tensor instanceof kind) || seen.has(tensor)) continue;
      seen.add(tensor);
      yield [path, tensor];
    }
  }

  /**
   * All parameters with their paths; one that is shared appears once, under its first path.
   * @example for (const [path, parameter] of model.namedParameters()) console.log(path, parameter.shape);
   */
  namedParameters(): Generator<[path: string, parameter: Parameter]> {
    return this.#distinct(Parameter);
  }

  /**
   * All parameters, for an optimizer.
   * @example new optim.Adam(model.parameters());
   */
  parameters(): Parameter[] {
    return Array.from(this.namedParameters(), ([, parameter]) => parameter);
  }

  /**
   * All buffers with their paths; one that is shared appears once, under its first path.
   * @example for (const [path, buffer] of model.namedBuffers()) console.log(path, buffer.shape);
   */
  namedBuffers(): Generator<[path: string, buffer: Buffer]> {
    return this.#distinct(Buffer);
  }

  /**
   * All buffers.
   * @example new nn.BatchNorm1d(4).buffers().length; // 3
   */
  buffers(): Buffer[] {
    return Array.from(this.namedBuffers(), ([, buffer]) => buffer);
  }

  /**
   * Switches this module and all below it to training. Returns the module. Errors: `ArgError` unless the mode is a boolean.
   * @example model.train();
   */
  train(mode = true): this {
    checkBoolean("train", "mode", mode);
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  /**
   * Switches this module and all below it to evaluation. Returns the module. A layer switched by itself stays so in `fit`.
   * @example model.eval();
   */
  eval(): this {
    return this.train(false);
  }

  /**
   * Clears the gradients of all parameters.
   * @example model.zeroGrad();
   */
  zeroGrad(): void {
    forgetGradients(this.parameters());
  }

  /**
   * Sets whether parameters require gradients: `requiresGrad(false)` freezes them, and optimizers leave them as they are. Returns the
   * module.
   * Errors: `ArgError` unless it is given a boolean.
   * @example model.requiresGrad(false);
   */
  requiresGrad(wanted = true): this {
    checkBoolean("requiresGrad", "wanted", wanted);
    for (const parameter of this.parameters()) parameter.requiresGrad = wanted;
    return this;
  }

  /**
   * Number of elements of all parameters.
   * @example new nn.Linear(784, 10).parameterCount(); // 7850
   */
  parameterCount(): number {
    return this.parameters().reduce((sum, { size }) => sum + size, 0);
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
   * Copies values in by path. All or nothing: with `strict` (default) every name must be there and none too many; without, what has a
   * counterpart is loaded. The count of batches of a batch normalisation may be absent, as in files of old versions of PyTorch.
   *
   * state: tensors by name, as an object or a Map. Result: the names that were `missing` and `unexpected`; none with `strict`.
   * Errors: `StateError` listing all missing, unexpected and mis-shaped names and all values that are not live tensors of this library;
   * `ArgError` for a value that is not a state. Nothing is loaded then.
   * @example model.loadStateDict(loadSafetensors(bytes));
   * @example const { missing } = model.loadStateDict({}, { strict: false });
   */
  loadStateDict(state: StateDict | ReadonlyMap<string, Tensor>, options: { strict?: boolean | undefined } = {}): StateMismatch {
    const { strict } = readOptions<{ strict?: boolean | undefined }>("loadStateDict", options, { strict: true });
    return loadState([...this.#named()], state, strict);
  }

  /**
   * Stores the parameters in another float type, as the function `castModule`, which bundles have to call.
   * Errors: those of `castModule`; `StateError` in a bundle.
   * @example model.to("float16").call(x).dtype; // "float32"
   */
  to(dtype: StoredDType): this {
    return callTool("castModule", this, dtype) as this;
  }

  /**
   * Hook before each `forward`, as the function `registerForwardPreHook`, which bundles have to call.
   * Errors: those of the function; `StateError` in a bundle.
   * @example model.registerForwardPreHook((_module, [x]) => x.mul(2)).remove();
   */
  registerForwardPreHook(hook: ForwardPreHook): HookHandle {
    return callTool("registerForwardPreHook", this, hook) as HookHandle;
  }

  /**
   * Hook after each `forward`, as the function `registerForwardHook`, which bundles have to call.
   * Errors: those of the function; `StateError` in a bundle.
   * @example model.registerForwardHook((_module, _inputs, y) => console.log(y.shape)).remove();
   */
  registerForwardHook(hook: ForwardHook): HookHandle {
    return callTool("registerForwardHook", this, hook) as HookHandle;
  }

  /**
   * Hook for gradients of inputs and outputs, as the function `registerFullBackwardHook`, which bundles have to call.
   * Errors: those of the function; `StateError` in a bundle.
   * @example model.registerFullBackwardHook((_module, _gradInputs, [gradOutput]) => console.log(gradOutput?.shape)).remove();
   */
  registerFullBackwardHook(hook: BackwardHook): HookHandle {
    return callTool("registerFullBackwardHook", this, hook) as HookHandle;
  }

  /**
   * Output shape, parameters and multiply-adds of each layer; prints as a table.
   *
   * inputs: one per input of `forward`: a shape (of float32 zeros), `{ shape, dtype }` (of zeros of that dtype) or a tensor. A row has the
   * parameters of the layer itself; a model that has layers and parameters beside them gets a row of its own for those.
   * Errors: `ArgError` for an input that is none of these, `DTypeError` for an unknown dtype; those of the layers for inputs that do not fit.
   * @example console.log(String(new nn.Linear(784, 10).summary([1, 784])));
   * @example console.log(String(model.summary({ shape: [1, 3], dtype: "float32" })));
   */
  summary(...inputs: readonly SummaryInput[]): ModelSummary {
    return summarize(this, inputs);
  }

  /**
   * @internal Multiplications with a weight that gave `output` for `input`. Linear and convolution layers use every row of the
   * weight once per element of the output; others say so. Of several tensors the weight is that with the longest rows.
   */
  multiplyAdds(_input: unknown, output: Tensor): number {
    const rows = Array.from(this.ownTensors(), ([, { ndim, size, shape }]) => (ndim >= 2 ? size / (shape[0] as number) : 0));
    return output.size * Math.max(0, ...rows);
  }

  /**
   * Gives back the memory of all parameters and buffers. The module cannot be used afterwards.
   * @example new nn.Linear(784, 10).dispose();
   */
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

/** Whether something is a module of another copy of the library. */
const isForeign = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !(value instanceof Module) && "namedModules" in value && "loadStateDict" in value;

/** Whether something is a tensor of another copy of the library. */
const isForeignTensor = (value: object): boolean => !(value instanceof Tensor) && "storage" in value && "ptr" in value;

/** @internal Throws unless `value` is a module: `StateError` for one of another copy of the library, `ArgError` for all else. */
export function checkModule(
  op: string,
  what: string,
  value: unknown,
  hint = "make a class that extends nn.Module",
): asserts value is Module {
  if (value instanceof Module) return;
  if (isForeign(value)) throw new StateError(`${op}: ${what} is a module of another copy of simdgrad; import it from one place`);
  if (typeof value === "function" && value.prototype instanceof Module)
    throw new ArgError(`${op}: ${what} is the class ${value.name}; make a module of it with new ${value.name}(...)`);
  if (isPlainObject(value) && Object.values(value).some((field) => isPlainObject(field) && "storage" in field))
    hint = "structuredClone copies only the fields of a module; make a new one, and copy with loadStateDict(model.stateDict())";
  throw new ArgError(`${op}: ${what} is no module; ${hint} (got ${describe(value)})`);
}

/** The layer in which each error arose. */
const failing = new WeakMap<Error, Module>();

/** Adds to an error the layer in which it arose: the innermost layer describes itself, the outer ones add the path to it. */
function nameLayer(error: unknown, module: Module, inputs: readonly unknown[]): unknown {
  if (!(error instanceof SimdgradError)) return error;
  const inner = failing.get(error);
  if (!inner) {
    failing.set(error, module);
    const shapes = inputs.filter((input) => input instanceof Tensor).map(formatSpec);
    error.message += `\n  in ${module.constructor.name}(${module.extraRepr()}) called with ${shapes.join(", ") || "no tensor"}`;
    return error;
  }
  const path = [...module.namedModules()].find(([, child]) => child === inner)?.[0];
  if (path) error.message = `${error.message.replace(/\n {2}at [^\n]*$/, "")}\n  at ${module.constructor.name}.${path}`;
  return error;
}
