// Operations as methods of Tensor: `relu(x)` is `x.relu()`.
import { checkNoMore } from "../checks.js";
import { Tensor } from "../tensor/tensor.js";

/** A function of a tensor and more, as a method. */
// biome-ignore lint/suspicious/noExplicitAny: the first parameter is the tensor itself, whatever its declared name
type Method<F> = F extends (x: any, ...rest: infer Rest extends readonly any[]) => infer Result ? (...rest: Rest) => Result : never;

/**
 * Some functions of a module as methods. An editor finds the text and the place of a function only through the module that declares it, and
 * only if the names are a parameter of the type.
 */
export type Methods<Module, Names extends keyof Module> = { [Name in Names]: Method<Module[Name]> };

type Call = (x: Tensor, ...rest: readonly unknown[]) => unknown;

/**
 * An operation by itself as a method, which takes a tensor and at most one more, or two and options: a list of arguments would cost as
 * much as the rest of a small call. What else is given is an error.
 */
function methodOf(name: string, call: Call, inputs: number, options: boolean): Call {
  if (inputs === 1) {
    return function (this: Tensor, more?: unknown) {
      if (more !== undefined) checkNoMore(name, [more]);
      return call(this);
    };
  }
  return function (this: Tensor, other?: unknown, more?: unknown) {
    if (options) return call(this, other, more);
    if (more !== undefined) checkNoMore(name, [more]);
    return call(this, other);
  };
}

/** Puts a method on Tensor. */
export function defineMethod(name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

/** Gives Tensor a method for each operation of a module. */
export function giveMethods(operations: object): void {
  for (const [name, operation] of Object.entries(operations)) {
    const call = operation as Call;
    defineMethod(
      name,
      "def" in operation
        ? methodOf(name, call, (operation.def.backward as readonly unknown[]).length, "options" in operation)
        : function (this: Tensor, ...rest: readonly unknown[]) {
            return call(this, ...rest);
          },
    );
  }
}
