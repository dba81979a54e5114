// Gradients of functions: a function in, its derivative out.
import { ArgError, GradError } from "../errors.js";
import { detach, reshape } from "../ops/move/shape.js";
import { zerosLike } from "../tensor/create.js";
import { checkWork, scope } from "../tensor/scope.js";
import { enableGrad, isGradEnabled } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { gradientsOf, sourcesOf } from "./engine.js";

/** A function of tensors whose result is one number. */
export type ScalarFunction = (...inputs: Tensor[]) => Tensor;

/** A stand-in for an input that gradients stop at, still connected to the input's own history. */
function standIn(input: Tensor): Tensor {
  if (input.requiresGrad) return reshape(input, input.shape);
  const leaf = detach(input);
  leaf.requiresGrad = true;
  return leaf;
}

/**
 * A function that gives the value and the gradients of `fn`. `.grad` of other tensors is left alone.
 *
 * fn: tensors -> a scalar. Result: `{ value, grads }`, one gradient per input, zeros where `fn` does not depend on it.
 * If `fn` uses tensors that require a gradient, as inputs or otherwise, the gradients can be differentiated again; not so
 * under `noGrad`, which saves the time and memory of it.
 * Errors: `ArgError` if `fn` is not a function or there is no input, `GradError` if `fn` gives no scalar or nothing depends on the inputs.
 * @example const { value, grads: [dx] } = valueAndGrad((x) => x.pow(3).sum())(tensor([1, 2]));
 */
export function valueAndGrad(fn: ScalarFunction): (...inputs: Tensor[]) => { value: Tensor; grads: Tensor[] } {
  checkWork("grad", fn);
  return (...inputs) => {
    if (inputs.length === 0) throw new ArgError("grad: the function needs at least one tensor");
    for (const input of inputs) checkAlive("grad", input);
    const recording = isGradEnabled();
    return scope(() =>
      enableGrad(() => {
        const stands = inputs.map(standIn);
        const value = fn(...stands);
        checkAlive("grad", value);
        const createGraph = recording && sourcesOf(value).some((source) => !stands.includes(source));
        if (!value.requiresGrad) throw new GradError("grad: the result does not depend on the inputs");
        const grads = gradientsOf([value], stands, [], { createGraph });
        return { value: createGraph ? value : detach(value), grads: stands.map((stand, i) => grads[i] ?? zerosLike(stand)) };
      }),
    );
  };
}

/**
 * The derivative of a scalar function with respect to its first input. `grad(grad(f))` works.
 * fn: tensors of any shape, float32 -> a scalar. Result: a function of the same inputs that gives the gradient, in the first input's shape.
 * Errors: `ArgError` if `fn` is not a function or there is no input, `GradError` if `fn` gives no scalar or nothing depends on the inputs.
 * @example grad((t) => t.pow(3).sum())(tensor([1, 2])); // [3, 12]
 */
export function grad(fn: ScalarFunction): (...inputs: Tensor[]) => Tensor {
  const both = valueAndGrad(fn);
  return (...inputs) =>
    scope(() => {
      const { grads } = both(...inputs);
      return grads[0] as Tensor;
    });
}
