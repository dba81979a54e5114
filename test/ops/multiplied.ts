// Samples of functions of vectors and matrices.
import { ones, type Tensor } from "simdgrad";
import { einsumTruth } from "./einsumTruth.js";
import type { Nd } from "./nd.js";
import { float, type Input, type Refusal, type Sample } from "./row.js";

type Of = Sample["call"];

export type Truth = Sample["truth"];

export const sample = (inputs: readonly Input[], call: Of, truth: Truth, note?: string): Sample => ({
  inputs,
  call,
  truth,
  ...(note ? { note } : {}),
});

export const many = (shapes: readonly (readonly (readonly number[])[])[], call: Of, truth: Truth): Sample[] =>
  shapes.map((list) =>
    sample(
      list.map((shape) => float(shape)),
      call,
      truth,
    ),
  );

export const refusal = (call: () => unknown, error: Refusal["error"], says: RegExp): Refusal => ({ call, error, says });

export const INT = (...shape: number[]): Tensor => ones(shape, { dtype: "int32" });

export const by =
  (equation: string): Truth =>
  (...x: Nd[]) =>
    einsumTruth(equation, ...x);
