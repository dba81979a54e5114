// Modules made of modules.
import { ArgError, StateError } from "../errors.js";
import { alias, flatten } from "../ops/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

function checkModule(container: string, module: Module, i: number): Module {
  if (module instanceof Module) return module;
  const hint = Array.isArray(module) ? "write the modules one by one, e.g. with ..." : "make a class that extends nn.Module";
  throw new ArgError(`${container}: item ${i} is no module; ${hint}`);
}

/**
 * Modules one after the other; each takes what the one before gave. State-dict names begin with the position.
 * @example new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
 */
export class Sequential extends Module {
  readonly #layers: readonly Module[];

  constructor(...layers: readonly Module[]) {
    super();
    this.#layers = layers.map((layer, i) => checkModule("Sequential", layer, i));
  }

  override *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [i, layer] of this.#layers.entries()) yield [String(i), layer];
  }

  /** Number of modules. */
  get length(): number {
    return this.#layers.length;
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): Module | undefined {
    return this.#layers.at(index);
  }

  forward(x: Tensor): Tensor {
    return this.#layers.reduce<Tensor>((input, layer) => layer.call(input) as Tensor, x);
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#layers[Symbol.iterator]();
  }
}

/** A list of modules whose parameters are found; it has no forward of its own. @example new nn.ModuleList([a, b]).at(0); */
export class ModuleList extends Module {
  readonly #modules: Module[];

  constructor(modules: Iterable<Module> = []) {
    super();
    this.#modules = Array.from(modules, (module, i) => checkModule("ModuleList", module, i));
  }

  override *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [i, module] of this.#modules.entries()) yield [String(i), module];
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    this.#modules.push(checkModule("ModuleList", module, this.#modules.length));
    return this;
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): Module | undefined {
    return this.#modules.at(index);
  }

  forward(): never {
    throw new StateError("ModuleList: has no forward; call its modules one by one");
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#modules[Symbol.iterator]();
  }
}

/** Joins dimensions `startDim` to `endDim`, by default all but the batch. @example new nn.Flatten(); */
export class Flatten extends Module {
  constructor(
    readonly startDim: number = 1,
    readonly endDim: number = -1,
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
}

/** Gives its input back. @example new nn.Identity(); */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return alias(x);
  }
}
