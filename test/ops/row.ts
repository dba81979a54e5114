// A row says how one op is tested: inputs, the call, the float64 truth, and what it must refuse.
import { type DType, type Tensor, tensor } from "simdgrad";
import { randomValues } from "../assembly/harness.js";
import type { Nd } from "./nd.js";

/** A float32 input: a shape, and where its values lie. */
export interface Input {
  readonly shape: readonly number[];
  /** Range of random values, -2 to 2 unless given. */
  readonly range?: readonly [low: number, high: number];
  /** Values instead of random ones. */
  readonly values?: readonly number[];
  /** No gradient is asked for. */
  readonly constant?: boolean;
  /** Whole numbers and masks are constants. */
  readonly dtype?: DType;
}

/** One way to call an op. */
export interface Sample {
  /** What is special about it, for the test's title. */
  readonly note?: string;
  readonly inputs: readonly Input[];
  // biome-ignore lint/suspicious/noExplicitAny: each call takes as many tensors as its sample has inputs
  readonly call: (...inputs: any[]) => Tensor;
  // biome-ignore lint/suspicious/noExplicitAny: each truth takes as many arrays as its sample has inputs
  readonly truth: (...inputs: any[]) => Nd;
  /** False where the result has no gradient at all. */
  readonly differentiable?: boolean;
  /** Dtype of the result, float32 unless given. */
  readonly dtype?: string;
}

/** A call that must be refused. */
export interface Refusal {
  readonly call: () => unknown;
  /** Class of the error. */
  readonly error: new (
    message: string,
  ) => Error;
  /** What the message says. */
  readonly says: RegExp;
}

/** One op, or several that differ in name only. */
export interface Row {
  readonly op: string;
  readonly samples: readonly Sample[];
  readonly refuses?: readonly Refusal[];
}

export const float = (shape: readonly number[], range?: readonly [number, number]): Input => (range ? { shape, range } : { shape });
export const given = (shape: readonly number[], values: readonly number[], dtype: Input["dtype"] = "float32"): Input => ({
  shape,
  values,
  dtype,
});

/** Values that differ by more than the step of a difference, in no order: which of them is largest stays so. */
export const spaced = (shape: readonly number[]): Input =>
  given(
    shape,
    Array.from({ length: shape.reduce((size, d) => size * d, 1) }, (_, i) => ((i * 7919) % 1009) / 200 - 2),
  );

let seed = 1;

/** The values of an input: always the same for the same order of calls. */
export function valuesOf({ shape, range = [-2, 2], values }: Input): Float64Array {
  const size = shape.reduce((product, d) => product * d, 1);
  return Float64Array.from(values ?? randomValues(size, seed++, range[0], range[1]));
}

/** The input as a tensor and as float64. */
export function materialize(input: Input): { tensor: Tensor; truth: Nd } {
  const data = valuesOf(input);
  const { shape, dtype = "float32", constant = dtype !== "float32" } = input;
  return { tensor: tensor(data, { shape, dtype, requiresGrad: !constant }), truth: { shape, data } };
}
