/// <reference lib="esnext.disposable" preserve="true" />
// Scopes: tensors made inside and not returned are disposed at the end.
import { ArgError } from "../errors.js";
import type { Tensor } from "./tensor.js";

let current: Scope | undefined;

/** A stretch of work that disposes of its tensors at the end; `using s = scope()` also serves async code. */
export class Scope {
  readonly #parent: Scope | undefined = current;
  readonly #made: Tensor[] = [];
  #open = true;

  /** @internal */
  constructor() {
    current = this;
  }

  /** @internal Called for every tensor made while this scope is the innermost. */
  track(tensor: Tensor): void {
    this.#made.push(tensor);
  }

  /** Hands a tensor over to the surrounding scope (or to the caller, outside any), and returns it. */
  keep(tensor: Tensor): Tensor {
    const at = this.#made.lastIndexOf(tensor);
    if (at >= 0) {
      this.#made.splice(at, 1);
      this.#parent?.track(tensor);
    }
    return tensor;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Ends the scope; `kept` tensors move to the surrounding one. */
  close(kept?: ReadonlySet<Tensor>): void {
    if (!this.#open) return;
    this.#open = false;
    for (let s: Scope | undefined = current; s; s = s.#parent) {
      if (s === this) {
        current = this.#parent;
        break;
      }
    }
    for (const tensor of this.#made) {
      if (kept?.has(tensor)) this.#parent?.track(tensor);
      else tensor.dispose();
    }
  }
}

/** The innermost open scope. */
export function currentScope(): Scope | undefined {
  return current;
}

/** Runs `work` as if no scope were open: what it makes belongs to whoever holds it (a layer's weights, a gradient). */
export function unscoped<T>(work: () => T): T {
  const saved = current;
  current = undefined;
  try {
    return work();
  } finally {
    current = saved;
  }
}

function isTensor(value: object): value is Tensor {
  return "storage" in value && "dispose" in value;
}

/** Finds the tensors of a result: itself, or inside arrays, maps and plain objects. */
export function tensorsIn(value: unknown, found: Set<Tensor> = new Set()): Set<Tensor> {
  if (typeof value !== "object" || value === null) return found;
  if (isTensor(value)) found.add(value);
  else if (Array.isArray(value)) for (const item of value) tensorsIn(item, found);
  else if (value instanceof Map) for (const item of value.values()) tensorsIn(item, found);
  else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const item of Object.values(value)) tensorsIn(item, found);
    }
  }
  return found;
}

/** What `work` gave, and every tensor it made: they are in no scope, whoever asked owns them. When `work` throws, they are disposed of. */
export function collect<T>(work: () => T): { readonly result: T; readonly made: readonly Tensor[] } {
  return unscoped(() => {
    const opened = new Scope();
    const made: Tensor[] = [];
    try {
      const result = work();
      opened.close({ has: (tensor: Tensor) => made.push(tensor) > 0 } as ReadonlySet<Tensor>);
      return { result, made };
    } finally {
      opened.close();
    }
  });
}

/**
 * Runs `work` and disposes of every tensor it made, except those in its result (a tensor, or tensors in arrays, maps
 * and plain objects). Without an argument: a scope object to end with `using` or `[Symbol.dispose]()`, for async code.
 *
 * Errors: `ArgError` when `work` returns a promise; its tensors would be gone before it resolves.
 * @example const mean = scope(() => x.mul(2).add(1).mean());
 * @example { using s = scope(); const y = s.keep(x.mul(2)); }
 */
export function scope(): Scope;
export function scope<T>(work: () => T): T;
export function scope<T>(work?: () => T): T | Scope {
  const opened = new Scope();
  if (!work) return opened;
  let result: T;
  try {
    result = work();
  } catch (error) {
    opened.close();
    throw error;
  }
  if (result instanceof Promise) {
    opened.close();
    result.catch(() => undefined); // the error below is the one to see
    throw new ArgError("scope: the function returned a promise; for async work write `using s = scope()` and await inside it");
  }
  opened.close(tensorsIn(result, new Set()));
  return result;
}
