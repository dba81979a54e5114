// Why a loss is not finite: where the first NaN or infinity is, and what to do about it.
import type { Module } from "../nn/module.js";
import { tensorsIn } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";

/** What one step had, when its loss turned out not to be finite. The gradients are those of the step before. */
export interface FailedStep {
  readonly model: Module;
  readonly input: unknown;
  readonly target: unknown;
  readonly output: unknown;
}

const LOWER = "lower the learning rate";
const OPERATIONS = "log, sqrt and divisions of 0";

/** The first value that is not finite and its position, as in `NaN at [0,2]`; `undefined` if there is none. */
function firstOdd(tensor: Tensor): string | undefined {
  const values = tensor.toTypedArray();
  let rest = values.findIndex((value) => !Number.isFinite(value));
  if (rest < 0) return undefined;
  const value = values[rest];
  const position: number[] = [];
  for (const size of [...tensor.shape].reverse()) {
    position.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `${value} at [${position.join(",")}]`;
}

/** The same for a tensor, or the tensors in a list or object. */
function oddIn(value: unknown): string | undefined {
  for (const tensor of tensorsIn(value)) {
    const odd = firstOdd(tensor);
    if (odd) return odd;
  }
  return undefined;
}

function largest(tensor: Tensor): number {
  let most = 0;
  for (const value of tensor.toTypedArray()) most = Math.max(most, Math.abs(value));
  return most;
}

/** What of a step is not finite, in the order in which one thing leads to the next, with the remedy. */
export function whyNotFinite({ model, input, target, output }: FailedStep): string {
  for (const [what, part] of Object.entries({ input, target })) {
    const odd = oddIn(part);
    if (odd) return `the ${what} of this batch is ${odd}; look for it in the data`;
  }
  const parameters = [...model.namedParameters()];
  for (const [path, { grad }] of parameters) {
    const odd = grad && firstOdd(grad);
    if (odd) return `the gradient of ${path} was ${odd} in the step before; look for ${OPERATIONS} in the model and the loss, or ${LOWER}`;
  }
  for (const [path, tensor] of [...parameters, ...model.namedBuffers()]) {
    const odd = firstOdd(tensor);
    if (odd) return `${path} is ${odd} since the step before; ${LOWER}`;
  }
  const sizes = parameters.map(([path, tensor]) => ({ path, size: largest(tensor) })).sort((a, b) => b.size - a.size);
  const [most = { path: "none", size: 0 }] = sizes;
  const remedy = `${LOWER} if that is large, else look for ${OPERATIONS} in the model and the loss`;
  const ofParameters = `the largest parameter is ${most.size.toPrecision(3)}, in ${most.path}; ${remedy}`;
  const outputs = tensorsIn(output);
  if (outputs.size === 0) return `input, target and parameters are finite; ${ofParameters}`;
  const odd = oddIn(output);
  if (odd) return `the output is ${odd}, made of finite input and parameters; ${ofParameters}`;
  return `the outputs are finite, the largest of them ${Math.max(...Array.from(outputs, largest)).toPrecision(3)}; ${remedy}`;
}
