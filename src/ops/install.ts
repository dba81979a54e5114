// Gives Tensor a method for every operation of methods.ts: no method is written by hand.
import { IndexError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import * as methods from "./methods.js";
import type { ValuesAndIndices } from "./reduce.js";

type Methods = typeof methods;
/** A function of a tensor and more, as a method. Overloads keep only their last form, so those are written out below. */
// biome-ignore lint/suspicious/noExplicitAny: the first parameter is the tensor itself, whatever its declared name
type Method<F> = F extends (x: any, ...rest: infer Rest extends readonly any[]) => infer Result ? (...rest: Rest) => Result : never;
type AsMethods = { [Name in Exclude<keyof Methods, "max" | "min">]: Method<Methods[Name]> };

declare module "../tensor/tensor.js" {
  interface Tensor extends AsMethods {
    max(): Tensor;
    max(dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
    min(): Tensor;
    min(dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
    /**
     * The rows, `x.at(0)`, `x.at(1)` and so on, which share memory with this tensor; those of a vector are scalars.
     * Errors: `IndexError` for a scalar.
     * @example for (const row of matrix) console.log(row.sum().item());
     */
    [Symbol.iterator](): Generator<Tensor, void, undefined>;
  }
}

for (const [name, operation] of Object.entries(methods)) {
  const call = operation as (x: Tensor, ...rest: readonly unknown[]) => unknown;
  // Operations by themselves take a tensor and at most one more; a list of arguments would cost as much as the rest of a small call.
  const value =
    "def" in operation
      ? function (this: Tensor, other?: unknown) {
          return call(this, other);
        }
      : function (this: Tensor, ...rest: readonly unknown[]) {
          return call(this, ...rest);
        };
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

Tensor.prototype[Symbol.iterator] = function* (this: Tensor): Generator<Tensor, void, undefined> {
  if (this.ndim === 0) throw new IndexError("iteration: a scalar has no rows; use item()");
  for (let i = 0; i < (this.shape[0] as number); i++) yield methods.at(this, i);
};
