// Samples of functions that arrange elements.
import type { Tensor } from "simdgrad";
import { at, type Nd, nd } from "./nd.js";
import { float, given, type Refusal, type Sample } from "./row.js";

export const none: Partial<Sample> = { differentiable: false };

/** A sample on one input: the shape of the result, and where each of its elements comes from; a number is the element itself. */
export const from = (
  shape: readonly number[],
  call: (x: Tensor) => Tensor,
  result: readonly number[],
  source: (...i: number[]) => readonly number[] | number,
): Sample => ({
  inputs: [float(shape)],
  call,
  truth: (x: Nd) =>
    nd(result, (...i) => {
      const place = source(...i);
      return typeof place === "number" ? place : at(x, place);
    }),
});

export const refusal = (error: Refusal["error"], says: RegExp, call: () => unknown): Refusal => ({ error, says, call });

export const mod = (i: number, n: number): number => ((i % n) + n) % n;

/** Integers, masks and bytes take the same way as floats: one sample on elements of 1 byte and one on 4. */
export const whole = (call: (x: Tensor) => Tensor, truth: (x: Nd) => Nd): Sample[] =>
  (["int32", "uint8"] as const).map((dtype) => ({ inputs: [given([2, 3], [1, 2, 3, 4, 5, 6], dtype)], call, truth, dtype, ...none }));
