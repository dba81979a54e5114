// The epilogue of a linear map or a convolution: what the same kernel call does with the sums while they are in cache.
import { checkOneOf, isGiven } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import type { Scratch } from "../../tensor/op.js";
import { formatShape, formatSpec, type Shape, sameShape } from "../../tensor/shape.js";
import { isGradEnabled } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { floats, ints } from "../../wasm/memory.js";
import { clamp, gelu, leakyRelu, leakyReluOptions, relu, sigmoid, silu, tanh } from "../elementwise/activation.js";
import { add, div, mul } from "../elementwise/arithmetic.js";

/** An activation by name; `"gelu"` is the exact one. */
export type ActivationName = "relu" | "sigmoid" | "tanh" | "silu" | "gelu" | "hardswish" | "leakyRelu";

interface Activation {
  /** That of `assembly/gemm/activation.ts`. */
  readonly code: number;
  readonly apply: (x: Tensor, negativeSlope: number) => Tensor;
}

const LEAKY_RELU = 8;

const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  relu: { code: 1, apply: relu },
  sigmoid: { code: 2, apply: sigmoid },
  tanh: { code: 3, apply: tanh },
  silu: { code: 4, apply: silu },
  gelu: { code: 5, apply: (x) => gelu(x) },
  hardswish: { code: 7, apply: (x) => div(mul(x, clamp(add(x, 3), { min: 0, max: 6 })), 6) },
  leakyRelu: { code: LEAKY_RELU, apply: (x, negativeSlope) => leakyRelu(x, { negativeSlope }) },
};

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** What follows the sum, and whether the weight is packed, by the names of the options. */
export interface Epilogue {
  readonly activation: ActivationName | undefined;
  readonly negativeSlope: number | undefined;
  readonly bounds: readonly [min: number, max: number] | undefined;
  readonly packed: boolean;
}

type Given = Readonly<Epilogue & { residual: Tensor | null | undefined }>;

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

/** The defaults of these options. */
export const EPILOGUE: Given = {
  activation: undefined,
  negativeSlope: undefined,
  bounds: undefined,
  residual: undefined,
  packed: false,
};

const NONE: Epilogue = { activation: undefined, negativeSlope: undefined, bounds: undefined, packed: false };

/** Divides an epilogue: `now` and the residual are for the call; where gradients are recorded, what follows is `later`. */
export function schedule(
  { residual, activation, negativeSlope, bounds, packed }: Given,
  ...inputs: (Tensor | null | undefined)[]
): { now: Epilogue; later?: Given; residual?: Tensor | undefined } {
  const records = isGradEnabled() && [residual, ...inputs].some((input) => input?.node);
  if (!records) return { now: { activation, negativeSlope, bounds, packed }, residual: residual ?? undefined };
  const follows = residual || activation || bounds;
  return follows ? { now: NONE, later: { ...NONE, activation, negativeSlope, bounds, residual } } : { now: NONE };
}

const isLimit = (bound: unknown): boolean => typeof bound === "number" && !Number.isNaN(bound);

/** Checks an epilogue of a result of this shape. */
export function checkEpilogue(op: string, { activation, negativeSlope, bounds, residual }: Given, shape: Shape): void {
  if (activation !== undefined) checkOneOf(op, "activation", activation, NAMES);
  if (negativeSlope !== undefined) {
    leakyReluOptions(op, { negativeSlope });
    checkOneOf(op, "activation beside negativeSlope", activation, ["leakyRelu"]);
  }
  if (bounds !== undefined && !(Array.isArray(bounds) && bounds.length === 2 && bounds.every(isLimit)))
    throw new ArgError(`${op}: bounds must be two numbers [min, max], got ${describe(bounds)}`);
  if (!isGiven(residual)) return;
  checkAlive(op, residual, "residual");
  checkFloat(op, residual);
  if (!sameShape(residual.shape, shape))
    throw new ShapeError(`${op}: the residual must have the shape ${formatShape(shape)} of the result, got ${formatSpec(residual)}`);
}

/** What a kernel gets: the code of the activation, or the address of all of the epilogue. */
export function epilogueArgument(
  { activation, negativeSlope = 0.01, bounds }: Epilogue,
  residual: Tensor | undefined,
  out: Tensor,
  scratch: Scratch,
): number {
  const code = activation ? ACTIVATIONS[activation].code : 0;
  if (!residual && !bounds && code !== LEAKY_RELU) return code;
  const address = scratch(20);
  ints().set([code, residual ? residual.ptr - out.ptr : 0], address / 4);
  floats().set([negativeSlope, ...(bounds ?? [-Infinity, Infinity])], address / 4 + 2);
  return address;
}

/** Applies the epilogue as separate operations. */
export function finished(x: Tensor, { activation, negativeSlope = 0.01, bounds, residual }: Given): Tensor {
  const sum = isGiven(residual) ? add(x, residual) : x;
  const y = activation ? ACTIVATIONS[activation].apply(sum, negativeSlope) : sum;
  return bounds ? clamp(y, { min: bounds[0], max: bounds[1] }) : y;
}
