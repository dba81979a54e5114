// Limits for gradients.
import { checkGradient } from "../autograd/engine.js";
import { checkFinite, checkNumber, checkThat } from "../checks.js";
import { StateError } from "../errors.js";
import { clamp } from "../ops/elementwise/activation.js";
import { copy_ } from "../ops/move/inplace.js";
import { stack } from "../ops/move/join.js";
import { vectorNorm } from "../ops/reduce/more.js";
import { readOptions } from "../options.js";
import { scope } from "../tensor/scope.js";
import { noGrad, withRecording } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { parameterList } from "./optimizer.js";
import { blend, gradNorm } from "./rule.js";

/** The gradients that are there. */
function gradientsOf(name: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = ("storage" in Object(parameters) ? [parameters] : parameterList(name, parameters)) as Tensor[];
  return list.flatMap((p) => {
    if (!p.grad) return [];
    checkGradient(name, p, p.grad);
    return [p.grad];
  });
}

/** Norms that the kernel computes. */
const KINDS = [Number.POSITIVE_INFINITY, 1, 2];

/** Options of `clipGradNorm`. */
export interface ClipOptions {
  /** The p of the norm; `Infinity` takes the largest element. 2 unless given. */
  normType?: number | undefined;
  /** Whether a norm that is NaN or infinite is an error; false unless given. */
  errorIfNonfinite?: boolean | undefined;
}

/**
 * Scales the gradients of all parameters together so that their norm is at most `maxNorm`: `g *= min(1, maxNorm / (norm + 1e-6))`.
 * Call it between `backward()` and `step()`. Parameters without a gradient are skipped.
 * Result: the norm before, as a float32 scalar; 0 without gradients. A norm of NaN makes all gradients NaN, as in PyTorch.
 * Errors: `ArgError` for a negative maxNorm or options that do not fit; `StateError` for a norm that is not finite, with `errorIfNonfinite`.
 * Source: Pascanu et al., 2013; PyTorch's `clip_grad_norm_`.
 * @example optim.clipGradNorm(model.parameters(), 1);
 */
export function clipGradNorm(parameters: Tensor | Iterable<Tensor>, maxNorm: number, options?: ClipOptions): Tensor {
  const name = "clipGradNorm";
  const { normType, errorIfNonfinite } = readOptions(name, options, { normType: 2, errorIfNonfinite: false });
  checkThat(name, checkNumber(name, "maxNorm", maxNorm) >= 0, "maxNorm must be at least 0", maxNorm);
  checkThat(name, !Number.isNaN(checkNumber(name, "normType", normType)), "normType must be a number", normType);
  const grads = gradientsOf(name, parameters);
  return withRecording(false, () => {
    const kind = grads.length === 0 ? 2 : KINDS.indexOf(normType);
    const norm =
      kind >= 0 ? gradNorm(...grads, kind) : scope(() => vectorNorm(stack(grads.map((grad) => vectorNorm(grad, normType))), normType));
    const value = norm.item();
    if (errorIfNonfinite && !Number.isFinite(value)) {
      norm.dispose();
      throw new StateError(`${name}: the norm of the gradients is ${value}; nothing was changed`);
    }
    const factor = maxNorm / (value + 1e-6);
    if (!(factor >= 1))
      blend(
        grads.map((grad) => [grad, grad]),
        factor,
        0,
      );
    return norm;
  });
}

/**
 * Limits every element of the gradients to [-clipValue, clipValue]. NaN stays. Gradients are float32, of any shape. Parameters without a gradient are skipped.
 * Errors: `ArgError` for a clipValue that is no finite number of at least 0.
 * Source: PyTorch's `clip_grad_value_`.
 * @example optim.clipGradValue(model.parameters(), 0.5);
 */
export function clipGradValue(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  const max = checkFinite("clipGradValue", "clipValue", clipValue, 0);
  const grads = gradientsOf("clipGradValue", parameters);
  noGrad(() => {
    for (const grad of grads) scope(() => void copy_(grad, clamp(grad, { min: -max, max })));
  });
}
