// Numerical check of gradients, for tests of one's own operations.
import { checkFinite, checkPositive } from "../checks.js";
import { ArgError, describe, GradError } from "../errors.js";
import { readOptions } from "../options.js";
import { tensor } from "../tensor/create.js";
import { checkWork, scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { type ScalarFunction, valueAndGrad } from "./functional.js";

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** Step of the difference; 1e-2 balances float32 rounding and curvature for values around 1. */
  eps?: number;
  /** Difference that is allowed besides the relative one; 2e-3 unless given. */
  atol?: number;
  /** Difference that is allowed as a share of the numerical gradient; 2e-2 unless given. */
  rtol?: number;
}

const DEFAULTS: Required<GradcheckOptions> = { eps: 1e-2, atol: 2e-3, rtol: 2e-2 };

/**
 * Compares the gradients of `fn` with central differences `(f(x + eps) - f(x - eps)) / (2 eps)`, element by element. Not for points at
 * kinks. fn: tensors -> a scalar; inputs: float32, any shapes. Result: true.
 * Errors: `GradError` naming input, element and both numbers; `ArgError` and `DTypeError` if `fn` is not a function, `inputs` is not a list
 * of float32 tensors, or an option is unknown.
 * @example gradcheck((x) => x.tanh().sum(), [randn(5)]); // true
 */
export function gradcheck(fn: ScalarFunction, inputs: readonly Tensor[], options?: GradcheckOptions): true {
  const { eps, atol, rtol } = readOptions("gradcheck", options, DEFAULTS);
  checkPositive("gradcheck", "eps", eps);
  for (const [name, tolerance] of Object.entries({ atol, rtol })) checkFinite("gradcheck", name, tolerance, 0);
  checkWork("gradcheck", fn);
  if (!Array.isArray(inputs)) throw new ArgError(`gradcheck: inputs must be an array of tensors, got ${describe(inputs)}`);
  for (const [i, input] of inputs.entries()) {
    checkAlive("gradcheck", input, `input ${i}`);
    checkFloat("gradcheck", input);
  }
  return scope(() => {
    const { grads } = valueAndGrad(fn)(...inputs.map((input) => input.detach()));
    inputs.forEach((input, which) => {
      const values = input.toTypedArray() as Float32Array;
      const analytic = (grads[which] as Tensor).toTypedArray();
      const valueAt = (element: number, step: number): number =>
        scope(() => {
          const moved = values.slice();
          moved[element] = (moved[element] as number) + step;
          const shifted = tensor(moved, { shape: input.shape });
          return noGrad(() => fn(...inputs.map((other, i) => (i === which ? shifted : other.detach())))).item();
        });
      for (let element = 0; element < values.length; element++) {
        const numeric = (valueAt(element, eps) - valueAt(element, -eps)) / (2 * eps);
        const got = analytic[element] as number;
        if (!(Math.abs(got - numeric) <= atol + rtol * Math.abs(numeric))) {
          throw new GradError(`gradcheck: element ${element} of input ${which} has gradient ${got}, differences give ${numeric}`);
        }
      }
    });
    return true;
  });
}
