// Operations as methods of Tensor: `relu(x)` is `x.relu()`.
import { checkNoMore } from "../checks.js";
import { Tensor } from "../tensor/tensor.js";

/** A function of a tensor and more, as a method. */
// biome-ignore lint/suspicious/noExplicitAny: the first parameter is the tensor itself, whatever its declared name
export type Method<F> = F extends (x: any, ...rest: infer Rest extends readonly any[]) => infer Result ? (...rest: Rest) => Result : never;

type Call = (x: Tensor, ...rest: readonly unknown[]) => unknown;

/**
 * An operation by itself as a method, which takes a tensor and at most one more: a list of arguments would cost as much as the rest of
 * a small call. What else is given, such as the `alpha` of PyTorch's `add` or the decimals of `round`, is an error.
 */
function methodOf(name: string, call: Call, inputs: number): Call {
  if (inputs === 1) {
    return function (this: Tensor, more?: unknown) {
      if (more !== undefined) checkNoMore(name, [more]);
      return call(this);
    };
  }
  return function (this: Tensor, other?: unknown, more?: unknown) {
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
        ? methodOf(name, call, (operation.def.backward as readonly unknown[]).length)
        : function (this: Tensor, ...rest: readonly unknown[]) {
            return call(this, ...rest);
          },
    );
  }
}
