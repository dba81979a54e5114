// Modules that contain other modules.
import { checkNoMore, checkWhole } from "../checks.js";
import { ArgError, describe, StateError } from "../errors.js";
import { alias, flatten } from "../ops/move/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { checkModule, Module } from "./module.js";

function checkItem(container: string, item: unknown, i: number): Module {
  checkModule(container, `item ${i}`, item, Array.isArray(item) ? "write the modules one by one, e.g. with ..." : undefined);
  return item;
}

/**
 * Modules one after the other; each takes what the one before gave. State-dict names begin with the position. A subclass may have modules
 * in fields of its own.
 * Errors: `ArgError` for what is no module, `StateError` for a module of another copy of the library.
 * @example new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
 */
export class Sequential extends Module {
  readonly #layers: readonly Module[];

  constructor(...layers: readonly Module[]) {
    super();
    this.#layers = layers.map((layer, i) => checkItem("Sequential", layer, i));
  }

  override *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [i, layer] of this.#layers.entries()) yield [String(i), layer];
    yield* super.namedChildren();
  }

  /** Number of modules. */
  get length(): number {
    return this.#layers.length;
  }

  /** The module at a position, undefined where there is none; negative ones count from the end. Errors: `ArgError` for no whole number. */
  at(index: number): Module | undefined {
    return this.#layers.at(checkWhole("Sequential", "index", index));
  }

  forward(x: Tensor): Tensor {
    return this.#layers.reduce<Tensor>((input, layer) => layer.call(input) as Tensor, x);
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#layers[Symbol.iterator]();
  }
}

/**
 * A list of modules that has no forward of its own. An array in a field does as well; this one can be a module's child.
 * Errors: as `Sequential`, and `ArgError` for what is no list.
 * @example new nn.ModuleList([a, b]).at(0);
 */
export class ModuleList extends Module {
  readonly #modules: Module[];

  constructor(modules: Iterable<Module> = []) {
    super();
    if (typeof modules?.[Symbol.iterator] !== "function" || (modules as unknown) instanceof Tensor) {
      throw new ArgError(`ModuleList: takes a list of modules, got ${describe(modules)}; write new ModuleList([a, b])`);
    }
    this.#modules = Array.from(modules, (module, i) => checkItem("ModuleList", module, i));
  }

  override *namedChildren(): Generator<[name: string, child: Module]> {
    for (const [i, module] of this.#modules.entries()) yield [String(i), module];
    yield* super.namedChildren();
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    this.#modules.push(checkItem("ModuleList", module, this.#modules.length));
    return this;
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at a position, undefined where there is none; negative ones count from the end. Errors: `ArgError` for no whole number. */
  at(index: number): Module | undefined {
    return this.#modules.at(checkWhole("ModuleList", "index", index));
  }

  forward(): never {
    throw new StateError("ModuleList: has no forward; call its modules one by one");
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#modules[Symbol.iterator]();
  }
}

/**
 * Modules by name, without a forward of their own. A plain object or a Map in a field does as well; this one can be a module's child.
 *
 * modules: an object, a Map, or pairs of name and module. State-dict names begin with the name.
 * Errors: `ArgError` for an empty name, one with a dot or one that is no text, and otherwise as `Sequential`.
 * @example
 * const heads = new nn.ModuleDict({ age: new nn.Linear(64, 1), kind: new nn.Linear(64, 10) });
 * heads.get("age")?.call(features);
 */
export class ModuleDict extends Module {
  readonly #modules = new Map<string, Module>();

  constructor(modules: Readonly<Record<string, Module>> | Iterable<readonly [name: string, module: Module]> = {}) {
    super();
    if (typeof modules !== "object" || modules === null || modules instanceof Module || modules instanceof Tensor) {
      throw new ArgError(`ModuleDict: takes modules by name, got ${describe(modules)}; write new ModuleDict({ name: module })`);
    }
    const entries = Symbol.iterator in modules ? (modules as Iterable<readonly [string, Module]>) : Object.entries(modules);
    for (const entry of entries) {
      if (!Array.isArray(entry)) throw new ArgError(`ModuleDict: takes pairs of name and module, got ${describe(entry)}`);
      const [name, module] = entry as readonly [string, Module];
      this.set(name, module);
    }
  }

  override *namedChildren(): Generator<[name: string, child: Module]> {
    yield* this.#modules;
    yield* super.namedChildren();
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size;
  }

  /** The module of a name. */
  get(name: string): Module | undefined {
    return this.#modules.get(name);
  }

  /** Whether there is a module of a name. */
  has(name: string): boolean {
    return this.#modules.has(name);
  }

  /** Adds a module, or puts it in the place of the one of that name. */
  set(name: string, module: Module): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new ArgError(`ModuleDict: a name must be text without dots, got ${describe(name)}`);
    }
    checkModule("ModuleDict", `"${name}"`, module);
    this.#modules.set(name, module);
    return this;
  }

  /** The names, in the order in which they came. */
  keys(): IterableIterator<string> {
    return this.#modules.keys();
  }

  forward(): never {
    throw new StateError("ModuleDict: has no forward; call its modules one by one");
  }

  [Symbol.iterator](): IterableIterator<[name: string, module: Module]> {
    return this.#modules[Symbol.iterator]();
  }
}

/** Joins dimensions `startDim` to `endDim`, by default all but the batch. @example new nn.Flatten(); */
export class Flatten extends Module {
  constructor(
    readonly startDim: number = 1,
    readonly endDim: number = -1,
    ...rest: readonly never[]
  ) {
    super();
    checkWhole("Flatten", "startDim", startDim);
    checkWhole("Flatten", "endDim", endDim);
    checkNoMore("Flatten", rest);
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
