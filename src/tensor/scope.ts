/// <reference lib="esnext.disposable" preserve="true" />
// Scopes: tensors that are made inside a scope and not returned are disposed of at its end. A scope is open only while its own
// synchronous code runs, so asynchronous code that runs in between does not add tensors to it.
import { ArgError, describe, kindOf, StateError } from "../errors.js";
import type { Tensor } from "./tensor.js";

let current: Scope | undefined;

/** Disposed tensors are removed from a scope's list when it has this length, and again each time its length has doubled. */
const SWEEP_AT = 1024;

/**
 * Tensors with one owner, which disposes of them at its end. `scope()` makes one. Code that waits cannot be inside a scope, since other
 * code runs meanwhile: it gives a scope its tensors with `track`, and runs pieces of synchronous work in it with `run`.
 * Errors: `StateError` from the methods of a scope that was closed.
 * @example using s = scope(); const x = s.track(ones(3)); const y = s.run(() => x.mul(2));
 */
export class Scope {
  #made: Tensor[] = [];
  #sweepAt = SWEEP_AT;
  #closed = false;
  #running = 0;

  /** @internal Called for every tensor made while this scope is the innermost. */
  add(tensor: Tensor): void {
    tensor.owner = this;
    if (this.#made.push(tensor) >= this.#sweepAt) this.#sweep();
  }

  #sweep(): void {
    this.#made = this.#made.filter((tensor) => tensor.owner === this && !tensor.disposed);
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#made.length);
  }

  #checkOpen(op: string): void {
    if (this.#closed) throw new StateError(`${op}: the scope was closed; open another one with scope()`);
  }

  /**
   * Makes the scope the owner of tensors (one, or several in arrays, maps, sets and plain objects), and returns them.
   * Errors: `StateError` if the scope was closed.
   * @example using s = scope(); const x = s.track(ones(3));
   */
  track<T>(value: T): T {
    this.#checkOpen("track");
    for (const tensor of tensorsIn(value)) if (tensor.owner !== this) this.add(tensor);
    return value;
  }

  /**
   * Runs synchronous work and owns every tensor it makes, those in its result too, until the scope ends.
   * Errors: `ArgError` if `work` returns a promise, `StateError` if the scope was closed.
   * @example using s = scope(); const y = s.run(() => model.call(x));
   */
  run<T>(work: () => T): T {
    this.#checkOpen("run");
    checkWork("run", work);
    this.#running++;
    try {
      return refusePromise("run", within(this, work));
    } finally {
      this.#running--;
    }
  }

  /**
   * Hands a tensor over to the scope that is open around, or to the caller. Returns the tensor. A tensor that this scope does not own stays
   * with its owner. Errors: none.
   * @example using s = scope(); const y = s.keep(s.run(() => x.mul(2)));
   */
  keep(tensor: Tensor): Tensor {
    if (tensor.owner !== this) return tensor;
    tensor.owner = undefined;
    if (current !== this) current?.add(tensor);
    return tensor;
  }

  /**
   * Ends the scope: disposes of its tensors. A second call does nothing. Errors: `StateError` inside its own `run`.
   * @example const s = scope(); s.track(ones(3)); s.dispose();
   */
  dispose(): void {
    if (this.#running > 0) throw new StateError("scope: cannot end while its own work runs");
    this.#closed = true;
    this.clear();
  }

  /** Does what `dispose` does, at the end of a block with `using s = scope()`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Returns the tensors of the scope, which have no owner from then on. */
  disown(): Tensor[] {
    const made = this.#made.filter((tensor) => tensor.owner === this);
    this.#made = [];
    for (const tensor of made) tensor.owner = undefined;
    return made;
  }

  /** @internal Disposes of its tensors, except those in `kept`, which `heir` owns from then on; without `heir` they have no owner. */
  clear(kept?: ReadonlySet<Tensor>, heir?: Scope): void {
    const made = this.#made;
    if (made.length === 0) return;
    this.#made = [];
    for (const tensor of made) {
      if (tensor.owner !== this) continue;
      tensor.owner = undefined;
      if (!kept?.has(tensor)) tensor.dispose();
      else if (!tensor.disposed) heir?.add(tensor);
    }
  }
}

/** The innermost open scope. */
export function currentScope(): Scope | undefined {
  return current;
}

/** Runs `work` with `scope` as the innermost scope, or with no scope. */
export function within<T>(scope: Scope | undefined, work: () => T): T {
  const before = current;
  current = scope;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** Runs `work` as if no scope were open: no scope owns the tensors it makes, such as the weights of a layer or a gradient. */
export function unscoped<T>(work: () => T): T {
  return within(undefined, work);
}

/** Recognises a tensor by its fields, because tensor.ts imports this file. `dispose` alone is not enough: other libraries have it too. */
const isTensor = (value: object): value is Tensor => "detachedFrom" in value && "storage" in value && "dispose" in value;
const isClassInstance = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
};

/** The values directly inside a value; `undefined` if it is not searched. Objects of other realms (frames, vm) are recognised too. */
function contentOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value)) return value;
  const kind = kindOf(value);
  if (kind === "Map" || kind === "Set") return (value as Map<unknown, unknown> | Set<unknown>).values();
  return kind === "Object" ? Object.values(value) : undefined;
}

/**
 * The tensors of a value: the value itself, or those inside arrays, maps, sets and objects. The fields of a class instance are searched,
 * but not further instances inside it, because the objects of a program may refer to anything.
 */
export function tensorsIn(value: unknown): Set<Tensor> {
  const found = new Set<Tensor>();
  if (typeof value !== "object" || value === null) return found;
  if (isTensor(value)) return found.add(value);
  const seen = new Set<object>([value]);
  const open: { readonly value: object; readonly inInstance: boolean }[] = [{ value, inInstance: false }];
  for (let next = open.pop(); next; next = open.pop()) {
    const isInstance = !Array.isArray(next.value) && isClassInstance(next.value) && kindOf(next.value) === "Object";
    if (isInstance && next.inInstance) continue;
    for (const item of contentOf(next.value) ?? []) {
      if (typeof item !== "object" || item === null || seen.has(item)) continue;
      seen.add(item);
      if (isTensor(item)) found.add(item);
      else open.push({ value: item, inInstance: isInstance || next.inInstance });
    }
  }
  return found;
}

/** Throws `ArgError` unless `work` is a function. */
export function checkWork(op: string, work: unknown): void {
  if (typeof work !== "function") throw new ArgError(`${op}: takes a function to run, such as ${op}(() => ...), got ${describe(work)}`);
}

/** Throws `ArgError` for a promise: the tensors made for it would be freed before it resolves. */
export function refusePromise<T>(op: string, result: T): T {
  if (typeof (result as { then?: unknown } | undefined | null)?.then !== "function") return result;
  void Promise.resolve(result).catch(() => undefined); // the error below is the one to see
  throw new ArgError(`${op}: the function returned a promise; in async code: using s = scope(), s.track(tensor), s.run(() => ...)`);
}

/** Hands a tensor over to the surrounding scope, or to the caller. */
function handOver(tensor: Tensor): void {
  tensor.owner = undefined;
  current?.add(tensor);
}

/** Runs `work` in a new scope, which hands the tensors of the result over to the surrounding scope. */
export function scoped<T>(op: string, work: () => T): T {
  const opened = new Scope();
  try {
    const result = within(opened, work);
    if (typeof result !== "object" || result === null) return result;
    if (isTensor(result)) {
      if (result.owner === opened) handOver(result);
    } else opened.clear(tensorsIn(refusePromise(op, result)), current);
    return result;
  } finally {
    opened.clear(); // after an error, this disposes of everything
  }
}

/** Runs `work` and returns its result and all tensors it made, which the caller owns. If `work` throws, they are freed. */
export function collect<T>(work: () => T): { readonly result: T; readonly made: readonly Tensor[] } {
  const opened = new Scope();
  try {
    const result = within(opened, work);
    return { result, made: opened.disown() };
  } finally {
    opened.clear();
  }
}

/**
 * Runs `work` and disposes of every tensor it made, except those in its result: a tensor, or tensors in arrays, maps, sets, objects and
 * the fields of a class's instance. Without an argument: a `Scope` object for async code, which owns what it is given; end it with
 * `using` or `dispose()`.
 *
 * Errors: `ArgError` when `work` returns a promise.
 * @example const mean = scope(() => x.mul(2).add(1).mean());
 * @example using s = scope(); const x = s.track(ones(3)); const y = s.run(() => x.mul(2));
 */
export function scope(): Scope;
export function scope<T>(work: () => T): T;
export function scope<T>(work?: () => T): T | Scope {
  if (work === undefined) return new Scope();
  checkWork("scope", work);
  return scoped("scope", work);
}

/**
 * Takes tensors (one, or several in arrays, maps, sets and objects) out of every rule that would dispose of them: open scopes, and the end
 * of the step after `backward()`. They stay until `dispose()`. Returns them. With `instead`, the tensors they take the place of are
 * disposed of: the way to carry a state (of a recurrent network, a cache) from one call to the next. Errors: none.
 * @example losses.push(keep(loss));
 * @example let state = zeros([2, 3]); for (let step = 0; step < 9; step++) state = keep(state.add(x).tanh(), state);
 */
export function keep<T>(value: T, instead?: unknown): T {
  const kept = tensorsIn(value);
  for (const tensor of kept) {
    tensor.owner = undefined;
    tensor.kept = true;
  }
  for (const tensor of tensorsIn(instead)) if (!kept.has(tensor)) tensor.dispose();
  return value;
}
