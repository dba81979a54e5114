// The epilogue of a linear map or a convolution: what the same kernel call does with the sums while they are in cache.
import { checkOneOf, checkThat, isGiven } from "../../checks.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, type Shape, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { clamp, gelu, leakyRelu, leakyReluOptions, relu, sigmoid, silu, tanh } from "../elementwise/activation.js";
import { add, div, mul } from "../elementwise/arithmetic.js";
import { type ActivationName, type Epilogue, records } from "./packed.js";

export type { ActivationName };

/** Each activation as a separate operation, in the order of the codes of `assembly/gemm/activation.ts`. */
const APPLY: Readonly<Record<ActivationName, (x: Tensor, negativeSlope: number | undefined) => Tensor>> = {
  relu,
  sigmoid,
  tanh,
  silu,
  gelu: (x) => gelu(x),
  geluTanh: (x) => gelu(x, { approximate: "tanh" }),
  hardswish: (x) => div(mul(x, clamp(add(x, 3), { min: 0, max: 6 })), 6),
  leakyRelu: (x, negativeSlope) => leakyRelu(x, { negativeSlope: negativeSlope as number }),
};

const NAMES: readonly (string | undefined)[] = /* @__PURE__ */ Object.keys(APPLY);

type Given = Readonly<Omit<Epilogue, "activation"> & { activation?: ActivationName | undefined; residual?: Tensor | null | undefined }>;

/** Options of `linear`, `conv1d` and `conv2d`, among others. */
export interface EpilogueOptions {
  /** Applied to the result in the same pass; where gradients are recorded it is an operation of its own, with the same values. */
  activation?: ActivationName;
  /** The slope of `"leakyRelu"` below 0; 0.01 unless given. */
  negativeSlope?: number;
  /** Limits [min, max] of the result after the activation, as of `clamp`; infinite ones do not limit. */
  bounds?: readonly [min: number, max: number];
  /** A tensor in the shape of the result, which is added before the activation. */
  residual?: Tensor | null;
  /**
   * Keeps the weight in the form that the kernels read fastest, beside the weight, until that changes: for many calls with one
   * weight. Takes as much memory again (for 3 x 3 filters 1.8 times, with `fast` 4 times); does nothing where gradients are recorded,
   * nor for convolutions of other windows than 3 x 3.
   */
  packed?: boolean;
}

/** The defaults of some options and of these. Frozen, so that calls without options share what is prepared for them. */
export function withDefaults<Options extends object>(options: Options): Readonly<Options> & Given {
  return Object.freeze({
    ...options,
    ...{ activation: undefined, negativeSlope: undefined, bounds: undefined, residual: undefined, packed: false },
  });
}

const isLimit = (bound: unknown): boolean => typeof bound === "number" && !Number.isNaN(bound);

/**
 * A result of this shape and what follows it: in the same call, or, where one of the inputs records gradients, as operations of their own.
 * `run` computes the result with what it gets.
 */
export function withEpilogue(
  op: string,
  given: Given,
  shape: Shape,
  inputs: readonly (Tensor | null | undefined)[],
  run: (now: Epilogue, residual?: Tensor) => Tensor,
): Tensor {
  const { activation, negativeSlope, bounds, packed = false, residual } = given;
  if (activation !== undefined) checkOneOf(op, "activation", activation, NAMES as string[]);
  if (negativeSlope !== undefined) {
    leakyReluOptions(op, { negativeSlope });
    checkOneOf(op, "activation beside negativeSlope", activation, ["leakyRelu"]);
  }
  const fits = bounds === undefined || (Array.isArray(bounds) && bounds.length === 2 && bounds.every(isLimit));
  checkThat(op, fits, "bounds must be two numbers [min, max]", bounds);
  if (isGiven(residual)) {
    checkAlive(op, residual, "residual");
    checkFloat(op, residual);
    checkForm(op, residual, sameShape(residual.shape, shape), `float32[${shape}] as the result is`, "the residual");
  }
  if (!records(residual, ...inputs))
    return run({ activation: NAMES.indexOf(activation) + 1, negativeSlope, bounds, packed }, residual ?? undefined);
  if (!activation && !bounds && !isGiven(residual)) return run({});
  return scope(() => {
    let y = run({});
    if (isGiven(residual)) y = add(y, residual);
    if (activation) y = APPLY[activation](y, negativeSlope);
    return bounds ? clamp(y, { min: bounds[0], max: bounds[1] }) : y;
  });
}
