// Modules that contain other modules.
import { checkNoMore, checkThat, checkWhole } from "../checks.js";
import { ArgError, IndexError, isPlainObject, StateError } from "../errors.js";
import { alias, flatten } from "../ops/move/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { checkModule, Module } from "./module.js";

/** Throws `ArgError` unless this is a name that state dicts can have, and not yet that of `other`. */
export function checkName(kind: string, name: unknown, other?: Module): void {
  checkThat(kind, typeof name === "string" && /^[^.]+$/.test(name), "a name must be text without dots", name);
  if (other) throw new ArgError(`${kind}: there are two modules named "${name}"`);
}

/** Modules by position; some or all may have names. */
abstract class Sequence extends Module {
  readonly #kind: string;
  /** Modules with their names; `undefined` where the position is the name. */
  readonly #items: [module: Module, name: string | undefined][] = [];

  constructor(kind: string, modules: Iterable<Module>) {
    super();
    this.#kind = kind;
    for (const module of modules) this.append(module);
  }

  /** Adds a module at a position. */
  #add(at: number, module: unknown, name?: string): this {
    const hint = Array.isArray(module) ? "write the modules one by one, e.g. with ..." : undefined;
    checkModule(this.#kind, name === undefined ? `item ${at}` : `"${name}"`, module, hint);
    if (name !== undefined) checkName(this.#kind, name, this.get(name));
    this.#items.splice(at, 0, [module, name]);
    return this;
  }

  /** Positions and names by module. */
  #entries(): [name: string, module: Module][] {
    return this.#items.map(([module, name], i) => [name ?? String(i), module]);
  }

  /**
   * Adds a module at the end, under a name if one is given. Returns the container.
   * Errors: `ArgError` for an item that is not a module and a name that is taken, `StateError` for a module of another copy of the library.
   * @example new nn.ModuleList().append(new nn.ReLU()).length; // 1
   */
  append(module: Module, name?: string): this {
    return this.#add(this.length, module, name);
  }

  /**
   * Adds a module before the one at a position, which may be negative or the length. Returns the container. Positions behind it, and with
   * them the names in the state dict, move on by one.
   * Errors: `ArgError` for an item that is not a module, `IndexError` for a position outside.
   * @example new nn.Sequential(new nn.ReLU()).insert(0, new nn.Linear(4, 2)).length; // 2
   */
  insert(index: number, module: Module): this {
    const at = checkWhole(this.#kind, "index", index) < 0 ? index + this.length : index;
    if (at < 0 || at > this.length) throw new IndexError(`${this.#kind}: position ${index} is outside [0, ${this.length}]`);
    return this.#add(at, module);
  }

  /**
   * The modules by their positions or names, then those in fields.
   * @example for (const [name, layer] of new nn.Sequential(new nn.ReLU()).namedChildren()) console.log(name, String(layer));
   */
  override *namedChildren(): Generator<[name: string, child: Module]> {
    yield* this.#entries();
    yield* super.namedChildren();
  }

  /** Number of modules. */
  get length(): number {
    return this.#items.length;
  }

  /**
   * The module at a position, undefined if there is none; negative ones count from the end. Errors: `ArgError` unless the index is an
   * integer.
   * @example new nn.Sequential(new nn.Linear(4, 2), new nn.ReLU()).at(-1);
   */
  at(index: number): Module | undefined {
    return this.#items.at(checkWhole(this.#kind, "index", index))?.[0];
  }

  /**
   * The module of a name, undefined if there is none; a position is the name of a module that was given none. Errors: none.
   * @example new nn.Sequential({ hidden: new nn.Linear(4, 2) }).get("hidden");
   */
  get(name: string): Module | undefined {
    return new Map(this.#entries()).get(name);
  }

  /** @internal Appends the modules from `start` to before `end`, as of arrays, to another container. */
  protected copyTo<Other extends Sequence>(other: Other, start = 0, end?: number): Other {
    checkWhole(this.#kind, "start", start);
    if (end !== undefined) checkWhole(this.#kind, "end", end);
    for (const [module, name] of this.#items.slice(start, end)) other.append(module, name);
    return other;
  }

  /** The modules in order. */
  [Symbol.iterator](): Iterator<Module> {
    return this.#items.map(([module]) => module)[Symbol.iterator]();
  }
}

/** The `forward` of containers that have none: what to do instead. */
export function refuseCall(container: string, instead = "call its modules"): never {
  throw new StateError(`${container}: has no forward; ${instead} one by one`);
}

/** Throws `ArgError` unless what a container is made of is a list; `example` shows one. */
export function checkList(kind: string, given: unknown, example: string): void {
  const isList = typeof (given as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === "function" && !(given instanceof Tensor);
  checkThat(kind, isList, `takes a list, such as new ${kind}(${example})`, given);
}

/** Modules by name. */
export type NamedModules = Readonly<Record<string, Module>> | ReadonlyMap<string, Module>;

/**
 * Modules one after the other; each takes what the one before gave, the first one all inputs. They are given one by one, or by name, in an
 * object or a Map. State-dict names begin with the position or the name. (Objects of JavaScript put names that are numbers first.)
 * A subclass may have modules in fields of its own. Input, dtype and result: those of the first and the last module, so with
 * `Linear(784, 10)` alone [N, 784] -> [N, 10].
 * Errors: `ArgError` for an item that is not a module and for names that are empty, taken or have a dot, `StateError` for a module of another
 * copy of the library.
 * @example new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
 * @example new nn.Sequential({ hidden: new nn.Linear(784, 128), act: new nn.ReLU() }).get("hidden");
 */
export class Sequential extends Sequence {
  constructor(...layers: readonly Module[] | readonly [layers: NamedModules]) {
    const [given] = layers;
    const isRecord = isPlainObject(given) && Object.values(given).some((value) => value instanceof Module);
    const named = given instanceof Map ? given : isRecord ? Object.entries(given) : undefined;
    super("Sequential", named ? [] : (layers as readonly Module[]));
    for (const [name, layer] of named ?? []) this.append(layer as Module, name as string);
  }

  forward(x: Tensor, ...more: Tensor[]): Tensor {
    let given = [x, ...more];
    for (const layer of this) given = [layer.call(...given) as Tensor];
    return given[0] as Tensor;
  }

  /**
   * The modules from `start` to before `end` in a container of their own, which shares them; negative positions count from the end.
   * Errors: none.
   * @example new nn.Sequential(new nn.Linear(4, 2), new nn.ReLU(), new nn.Linear(2, 1)).slice(0, -1).length; // 2
   */
  slice(start?: number, end?: number): Sequential {
    return this.copyTo(new Sequential(), start, end);
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
    checkList("ModuleList", modules, "[a, b]");
    super("ModuleList", modules);
  }

  /**
   * The modules from `start` to before `end` in a list of their own, which shares them; negative positions count from the end.
   * Errors: none.
   * @example new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 2)]).slice(1).length; // 1
   */
  slice(start?: number, end?: number): ModuleList {
    return this.copyTo(new ModuleList(), start, end);
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

  constructor(modules: NamedModules | Iterable<readonly [name: string, module: Module]> = {}) {
    super();
    const check = (fits: boolean, got: unknown): void =>
      checkThat("ModuleDict", fits, "takes modules by name, such as new ModuleDict({ name: module })", got);
    check(typeof modules === "object" && modules !== null && !(modules instanceof Module || modules instanceof Tensor), modules);
    for (const entry of Symbol.iterator in modules ? (modules as Iterable<unknown>) : Object.entries(modules)) {
      check(Array.isArray(entry), entry);
      this.set(...(entry as [string, Module]));
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
    checkName("ModuleDict", name);
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
