// Names of parameters, resolved to positions once for each list of names and not in every call.
import type { Args } from "./cuts/cut.js";

export class Signature {
  /** Position of each parameter. */
  readonly positions: ReadonlyMap<string, number>;
  /** The prototype of named arguments: a getter for each parameter, which reads it from the list `$` of the object. */
  readonly #getters = {};

  private constructor(names: string) {
    this.positions = new Map(names.split(" ").map((name, i) => [name, i]));
    for (const [name, i] of this.positions) {
      Object.defineProperty(this.#getters, name, {
        get(this: { readonly $: readonly number[] }) {
          return this.$[i];
        },
      });
    }
  }

  static readonly #known = new Map<string, Signature>();

  /** Returns the signature with these names, which are separated by spaces. */
  static of(names: string): Signature {
    let found = Signature.#known.get(names);
    if (!found) {
      found = new Signature(names);
      Signature.#known.set(names, found);
    }
    return found;
  }

  /** Returns the arguments of a call by name. */
  read(args: readonly number[]): Args {
    const named = Object.create(this.#getters);
    named.$ = args;
    return named;
  }
}
