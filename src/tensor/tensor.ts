/// <reference lib="esnext.disposable" preserve="true" />
// The tensor: a shape over a range of a storage, and its place in the graph of gradients.
import { ArgError, DTypeError, describe, GradError, otherCopy, ShapeError, StateError } from "../errors.js";
import { bytesPerElement, type DType, elements, type TypedArrays } from "./dtype.js";
import { formatTensor } from "./print.js";
import { currentScope, type Scope } from "./scope.js";
import { checkDim, formatSpec, type Shape, type Spec, sizeOf } from "./shape.js";
import { Storage } from "./storage.js";
import { type GradSource, Leaf, type Node, walked } from "./tape.js";
import { readValues } from "./values.js";

/** Nested arrays of numbers, as `toArray` gives and `tensor` takes. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** Called with every tensor that is made. */
const watchers = new Set<(tensor: Tensor) => void>();

/** In a function of its own, because the constructor must be small to be inlined. */
function announce(tensor: Tensor): void {
  for (const watch of watchers) watch(tensor);
}

/** From now on `watch` is called with every tensor that is made, views and gradients too, until the function that this returns is called. */
export function watchTensors(watch: (tensor: Tensor) => void): () => void {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/**
 * A dense, row-major array of numbers in the linear memory, possibly part of a gradient graph.
 * Make one with `tensor`, `zeros`, `randn` and the like; operations are methods as well as functions.
 * Errors: every operation throws `ArgError` for an argument that is not a tensor, and `StateError` for a tensor that was disposed or
 * belongs to another copy of the library.
 * @example tensor([[1, 2], [3, 4]]).matmul(ones([2, 1])).toArray(); // [[3], [7]]
 */
export class Tensor implements Spec {
  /** Sizes of the dimensions; `[]` for a scalar. */
  readonly shape: Shape;
  /** Type of the elements. */
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  /** @internal */
  readonly storage: Storage;
  /** @internal Address of the first element, in bytes. */
  readonly ptr: number;
  /** @internal Where the gradient flows to: the node of an operation, a leaf, or `undefined`. */
  node: GradSource | undefined = undefined;
  /** @internal Which result of the node this is. */
  slot = 0;
  /** @internal The scope that disposes of it. */
  owner: Scope | undefined = undefined;
  /** @internal The node of the result from which `detach()` made this tensor. */
  detachedFrom: Node | undefined = undefined;
  /** @internal Whether `keep` excluded it from the rules that dispose of tensors. */
  kept = false;
  #grad: Tensor | null = null;
  #disposed = false;
  #holdsNode = false;
  /** Whether this is a value that only the tape saved. */
  readonly #saved: boolean;

  /** Tensors are made by functions such as `tensor`, `zeros` and `randn`. */
  protected constructor(...made: never[]);
  /** @internal */
  protected constructor(...made: HandleArguments);
  protected constructor(storage: Storage, ptr: number, shape: Shape, dtype: DType, size: number = sizeOf(shape), saved = false) {
    if (saved) storage.retain();
    else storage.addTensor();
    this.storage = storage;
    this.ptr = ptr;
    this.shape = shape;
    this.dtype = dtype;
    this.size = size;
    this.#saved = saved;
    if (!saved && watchers.size > 0) announce(this);
  }

  /** Whether this tensor has a shape and a dtype but no elements, as those that are made inside `meta`. */
  get isMeta(): boolean {
    return false;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Whether `backward()` computes a gradient for this tensor, as a leaf or on the way to one. */
  get requiresGrad(): boolean {
    return this.node !== undefined;
  }

  set requiresGrad(wanted: boolean) {
    if (this.node && !this.isLeaf) {
      throw new GradError("requiresGrad: only leaves can be changed; use detach()");
    }
    if (wanted) checkFloat("requiresGrad", this);
    this.node = wanted ? (this.node ?? new Leaf(this)) : undefined;
  }

  /** Whether this tensor was made by the user and not by a recorded operation. */
  get isLeaf(): boolean {
    return this.node === undefined || this.node instanceof Leaf;
  }

  /** @internal Makes this a result of a recorded operation, which lives at least as long as this handle. */
  attach(node: Node, slot = 0): void {
    this.node = node;
    this.slot = slot;
    this.#holdsNode = true;
    node.retain();
  }

  /**
   * Gradient of the `backward()` calls so far, added up; only leaves that require one have it. A tensor that is set here belongs
   * to this one: no scope disposes of it, `zeroGrad` does.
   * Errors on setting: `ArgError` for a value that is not a tensor, or this tensor itself.
   */
  get grad(): Tensor | null {
    return this.#grad;
  }

  set grad(value: Tensor | null) {
    const before = this.#grad;
    if (before === value) return;
    if (value !== null) {
      checkAlive("grad", value);
      if (value === this) throw new ArgError(`grad: ${formatSpec(this)} cannot be its own gradient; set a clone() of it`);
      value.owner = undefined;
    }
    this.#grad = value;
    if (before && !before.disposed) walked.add(before); // the code that replaced it may still read it
  }

  /** Whether the memory was given back. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * Gives the memory back now. Values the tape saved stay until it is freed; a second call does nothing.
   * @example x.dispose();
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#grad?.dispose();
    this.#grad = null;
    if (this.#holdsNode) (this.node as Node).release();
    if (this.#saved) this.storage.release();
    else this.storage.dropTensor();
  }

  /** Does what `dispose` does, at the end of a block with `using x = ...`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * A copy of the elements in row-major order: Float32Array (also for float16 and bfloat16, whose values it holds), Int32Array, Int8Array,
   * Uint8Array for bool and uint8, Float64Array for int64.
   * Errors: `ArgError` for an int64 beyond 2^53, which a number does not hold exactly; `toBigInt64Array` reads it.
   * @example tensor([1, 2]).toTypedArray(); // Float32Array [1, 2]
   */
  toTypedArray(): TypedArrays[DType] {
    return this.#read("toTypedArray");
  }

  #read(op: string): TypedArrays[DType] {
    checkValues(op, this);
    return readValues(op, this.dtype, this.ptr, this.size);
  }

  /**
   * A copy of the elements of an int64 tensor in row-major order, of any size.
   * Errors: `DTypeError` for other dtypes.
   * @example tensor(BigInt64Array.of(2n ** 62n)).toBigInt64Array(); // BigInt64Array [4611686018427387904n]
   */
  toBigInt64Array(): BigInt64Array<ArrayBuffer> {
    checkValues("toBigInt64Array", this);
    if (this.dtype !== "int64") throw new DTypeError(`toBigInt64Array: needs int64, got ${formatSpec(this)}; use toTypedArray()`);
    const start = this.ptr / bytesPerElement.int64;
    return elements("int64").slice(start, start + this.size);
  }

  /**
   * The elements as nested arrays; a plain number for a scalar. bool gives true and false.
   * Errors: `ArgError` for an int64 beyond 2^53, which a number does not hold exactly.
   * @example tensor([[1, 2], [3, 4]]).toArray(); // [[1, 2], [3, 4]]
   */
  toArray(): NestedNumbers {
    const flat = this.#read("toArray");
    const value = (i: number) => (this.dtype === "bool" ? flat[i] !== 0 : (flat[i] as number));
    let at = 0;
    const nest = (dim: number): NestedNumbers =>
      dim === this.ndim ? value(at++) : Array.from({ length: this.shape[dim] as number }, () => nest(dim + 1));
    return nest(0);
  }

  /**
   * The only element as a number (bool: 0 or 1).
   * Errors: `ShapeError` unless there is exactly one element, `ArgError` for an int64 beyond 2^53.
   * @example tensor([1, 2]).sum().item(); // 3
   */
  item(): number {
    checkValues("item", this);
    if (this.size !== 1) {
      throw new ShapeError(`item: needs exactly one element, got ${formatSpec(this)}; reduce it first or use toArray()`);
    }
    return this.#read("item")[0] as number;
  }

  /**
   * The number of a tensor with one element, where JavaScript asks for one: `loss < 0.01`, `Number(loss)`, `Math.exp(loss)`; the text of
   * `toString` in `${x}`.
   * Errors: `ShapeError` for more elements, or none; `ArgError` for `x + y` and `x == y`, which JavaScript cannot do with tensors.
   * @example Number(tensor([2]).mul(3)); // 6
   */
  [Symbol.toPrimitive](hint: string): number | string {
    if (hint === "string") return this.toString();
    if (hint === "number" && this.size === 1) return this.item();
    const [op, Kind] = hint === "number" ? ["conversion to a number", ShapeError] : ["+", ArgError];
    throw new Kind(`${op}: ${formatSpec(this)} is not taken as a number here; use x.add(y), x.lt(y), x.eq(y), x.item() or \`\${x}\``);
  }

  /** What `JSON.stringify` writes: the values as `toArray` gives them, which `tensor` takes; NaN and infinities become null, as all of JSON's do. */
  toJSON(): NestedNumbers {
    return this.toArray();
  }

  /** Values (shortened when many), shape, dtype and gradient function. */
  toString(): string {
    return formatTensor(this);
  }

  /** What `console.log` shows in Node, Deno and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return formatTensor(this);
  }
}

/** Throws `StateError` for a tensor that was disposed of, or has no elements. */
export function checkValues(op: string, x: Tensor): void {
  checkAlive(op, x);
  if (x.isMeta) throw new StateError(`${op}: needs values, and ${formatSpec(x)} has none: it was made in meta()`);
}

/** Makes a tensor one without elements, whose address cannot be read. */
export function withoutValues<T extends Tensor>(x: T): T {
  return Object.defineProperties(x, { isMeta: { value: true }, ptr: { get: () => checkValues("meta", x) } });
}

/** The arguments of the constructor of `Tensor`; `saved` for a value that only the tape keeps. @internal */
type HandleArguments = [storage: Storage, ptr: number, shape: Shape, dtype: DType, size?: number, saved?: boolean];

/** The class `Tensor` with a callable constructor, for code inside the library; its public type has a private one. @internal */
export const Handle = Tensor as unknown as new (...made: HandleArguments) => Tensor;

/** A tensor over new memory, which is not cleared. The innermost scope owns it. */
export function empty(shape: Shape, dtype: DType): Tensor {
  const made = emptyUnscoped(shape, dtype);
  currentScope()?.add(made);
  return made;
}

/** A tensor over new memory, which is not cleared. No scope owns it: the caller has to dispose of it. */
export function emptyUnscoped(shape: Shape, dtype: DType): Tensor {
  const size = sizeOf(shape);
  const storage = Storage.of(size * bytesPerElement[dtype]);
  return new Handle(storage, storage.ptr, shape, dtype, size);
}

/** Another handle on the same elements, for the tape: it has the same place in the graph, but does not keep the graph alive. */
export function alias(of: Tensor): Tensor {
  return withPlaceOf(new Handle(of.storage, of.ptr, of.shape, of.dtype, of.size, true), of);
}

/** Another handle on the same elements, outside all scopes: it keeps the elements and their graph alive. */
export function shareHandle(of: Tensor): Tensor {
  const made = new Handle(of.storage, of.ptr, of.shape, of.dtype, of.size);
  if (of.node && !of.isLeaf) made.attach(of.node as Node, of.slot);
  else made.node = of.node;
  return made;
}

/** Gives a tensor the same place in the graph as another one. */
function withPlaceOf(made: Tensor, of: Tensor): Tensor {
  made.node = of.node;
  made.slot = of.slot;
  return made;
}

/** The error for a value in place of a tensor, with a hint. */
function notATensor(op: string, value: unknown, name: string | undefined): ArgError | StateError {
  const fields = typeof value === "object" && value !== null && ("storage" in value || ("shape" in value && "dtype" in value));
  if (fields) {
    if (typeof (value as Partial<Tensor>).toTypedArray === "function") return otherCopy(op, value.constructor?.name);
    return new ArgError(`${op}: got the fields of a tensor, as of a structured clone; send toTypedArray() and shape`);
  }
  const as = name === undefined ? "" : ` as ${name}`;
  return new ArgError(`${op}: expected a tensor${as}, got ${describe(value)}; make one with tensor(...)`);
}

/**
 * Throws unless `value` is a tensor of this library that still has its memory; `name` says which argument it is.
 * `ArgError` for what is no tensor, `StateError` for one of another copy of the library and one that was disposed.
 */
export function checkAlive(op: string, value: unknown, name?: string): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw notATensor(op, value, name);
  if (value.disposed) {
    throw new StateError(
      `${op}: ${formatSpec(value)} was disposed; return it from its scope, or keep(x) from scopes and the step after backward()`,
    );
  }
}

/** The dimension `dim` of x, counted from the front. Errors: those of `checkAlive` and `checkDim`. */
export function dimOf(op: string, x: Tensor, dim: number): number {
  checkAlive(op, x, "x");
  return checkDim(op, dim, x.ndim);
}

/** Throws unless every given tensor is float32. */
export function checkFloat(op: string, ...tensors: readonly Spec[]): void {
  for (const t of tensors) {
    if (t.dtype !== "float32") throw new DTypeError(`${op}: needs float32, got ${formatSpec(t)}; convert it with .float()`);
  }
}
