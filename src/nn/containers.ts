// Modules that contain other modules.
import { checkNoMore, checkWhole } from "../checks.js";
import { ArgError, describe, StateError } from "../errors.js";
import { alias, flatten } from "../ops/move/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { checkModule, Module } from "./module.js";

/** Modules by position. */
abstract class Sequence extends Module {
  readonly #kind: string;
  readonly #modules: Module[] = [];

  constructor(kind: string, modules: Iterable<Module>) {
    super();
    this.#kind = kind;
    for (const module of modules) this.hold(module);
  }

  /** Adds a module at the end. */
  protected hold(module: unknown): void {
    const hint = Array.isArray(module) ? "write the modules one by one, e.g. with ..." : undefined;
    checkModule(this.#kind, `item ${this.length}`, module, hint);
    this.#modules.push(module);
  }

  /**
   * The modules by their positions, then those in fields.
   * @example for (const [name, layer] of new nn.Sequential(new nn.ReLU()).namedChildren()) console.log(name, String(layer));
   */
  override *namedChildren(): Generator<[name: string, child: Module]> {
    yield* Object.entries(this.#modules);
    yield* super.namedChildren();
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /**
   * The module at a position, undefined if there is none; negative ones count from the end. Errors: `ArgError` unless the index is an
   * integer.
   * @example new nn.Sequential(new nn.Linear(4, 2), new nn.ReLU()).at(-1);
   */
  at(index: number): Module | undefined {
    return this.#modules.at(checkWhole(this.#kind, "index", index));
  }

  /** The modules in order. */
  [Symbol.iterator](): Iterator<Module> {
    return this.#modules[Symbol.iterator]();
  }
}

/** The `forward` of containers that have none. */
function refuseCall(container: string): never {
  throw new StateError(`${container}: has no forward; call its modules one by one`);
}

/**
 * Modules one after the other; each takes what the one before gave. State-dict names begin with the position. A subclass may have modules
 * in fields of its own. Input, dtype and result: those of the first and the last module, so with `Linear(784, 10)` alone
 * [N, 784] -> [N, 10].
 * Errors: `ArgError` for an item that is not a module, `StateError` for a module of another copy of the library.
 * @example new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
 */
export class Sequential extends Sequence {
  constructor(...layers: readonly Module[]) {
    super("Sequential", layers);
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (const layer of this) y = layer.call(y) as Tensor;
    return y;
  }
}

/**
 * A list of modules without a forward of its own, so no input shapes or dtypes. An array in a field does as well; this one can be a
 * module's child.
 * Errors: `ArgError` unless it is given a list of modules, `StateError` for a module of another copy of the library and for a call.
 * @example new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 2)]).length; // 2
 */
export class ModuleList extends Sequence {
  constructor(modules: Iterable<Module> = []) {
    if (typeof modules?.[Symbol.iterator] !== "function" || (modules as unknown) instanceof Tensor) {
      throw new ArgError(`ModuleList: takes a list of modules, got ${describe(modules)}; write new ModuleList([a, b])`);
    }
    super("ModuleList", modules);
  }

  /**
   * Adds a module at the end. Returns the list.
   * Errors: `ArgError` for an item that is not a module, `StateError` for a module of another copy of the library.
   * @example new nn.ModuleList().append(new nn.ReLU()).length; // 1
   */
  append(module: Module): this {
    this.hold(module);
    return this;
  }

  /** Not there: throws `StateError`. Call the modules one by one. */
  forward(): never {
    refuseCall("ModuleList");
  }
}

/**
 * Modules by name, without a forward of their own, so no input shapes or dtypes. A plain object or a Map in a field does as well; this one
 * can be a module's child.
 *
 * modules: an object, a Map, or pairs of name and module. State-dict names begin with the name.
 * Errors: `ArgError` for an empty name, one with a dot or one that is not text, and for an item that is not a module; `StateError` for a
 * module of another copy of the library and for a call.
 * @example
 * const heads = new nn.ModuleDict({ age: new nn.Linear(64, 1), kind: new nn.Linear(64, 10) });
 * heads.get("age")?.call(randn([2, 64])).shape; // [2, 1]
 */
export class ModuleDict extends Module {
  readonly #modules = new Map<string, Module>();

  constructor(modules: Readonly<Record<string, Module>> | Iterable<readonly [name: string, module: Module]> = {}) {
    super();
    const refuse = (got: unknown): never => {
      throw new ArgError(`ModuleDict: takes modules by name, got ${describe(got)}; write new ModuleDict({ name: module })`);
    };
    if (typeof modules !== "object" || modules === null || modules instanceof Module || modules instanceof Tensor) refuse(modules);
    const entries = Symbol.iterator in modules ? (modules as Iterable<readonly [string, Module]>) : Object.entries(modules);
    for (const entry of entries) {
      const [name, module] = Array.isArray(entry) ? (entry as readonly [string, Module]) : refuse(entry);
      this.set(name, module);
    }
  }

  /**
   * The modules by their names, then those in fields.
   * @example [...new nn.ModuleDict({ age: new nn.ReLU() }).namedChildren()].length; // 1
   */
  override *namedChildren(): Generator<[name: string, child: Module]> {
    yield* this.#modules;
    yield* super.namedChildren();
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size;
  }

  /**
   * The module of a name, undefined if there is none. Errors: none.
   * @example new nn.ModuleDict({ age: new nn.ReLU() }).get("age");
   */
  get(name: string): Module | undefined {
    return this.#modules.get(name);
  }

  /**
   * Whether there is a module of a name. Errors: none.
   * @example new nn.ModuleDict({ age: new nn.ReLU() }).has("kind"); // false
   */
  has(name: string): boolean {
    return this.#modules.has(name);
  }

  /**
   * Adds a module, or replaces the one of that name. Returns the dictionary.
   * Errors: `ArgError` for an empty name, one with a dot or one that is not text, and for an item that is not a module.
   * @example new nn.ModuleDict().set("age", new nn.ReLU()).size; // 1
   */
  set(name: string, module: Module): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new ArgError(`ModuleDict: a name must be text without dots, got ${describe(name)}`);
    }
    checkModule("ModuleDict", `"${name}"`, module);
    this.#modules.set(name, module);
    return this;
  }

  /**
   * The names, in the order in which they were added.
   * @example [...new nn.ModuleDict({ age: new nn.ReLU() }).keys()]; // ["age"]
   */
  keys(): IterableIterator<string> {
    return this.#modules.keys();
  }

  /** Not there: throws `StateError`. Call the modules one by one. */
  forward(): never {
    refuseCall("ModuleDict");
  }

  /** Pairs of name and module, in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<[name: string, module: Module]> {
    return this.#modules[Symbol.iterator]();
  }
}

/**
 * Joins dimensions `startDim` to `endDim`, by default all but the batch. x: any dtype, [N, C, H, W] -> [N, C * H * W].
 * Gradient: g in the shape of x.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if `startDim` comes after `endDim`; both when it is called.
 * @example new nn.Flatten().call(ones([2, 3, 4])).shape; // [2, 12]
 */
export class Flatten extends Module {
  constructor(
    /** First dimension to join. */
    readonly startDim: number = 1,
    /** Last dimension to join. */
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

/**
 * Gives its input back. x: any dtype, any shape -> same. Gradient: g. Errors: `StateError` for a disposed x.
 * @example new nn.Identity().call(tensor([1, 2])); // [1, 2]
 */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return alias(x);
  }
}
