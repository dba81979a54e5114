// Samples of functions of numbers.
import * as sg from "simdgrad";
import { ArgError, DTypeError, type Tensor, zeros } from "simdgrad";
import { elementwise } from "./nd.js";
import { float, type Refusal, type Row } from "./row.js";

export type Rule = (...numbers: number[]) => number;

export type Range = [low: number, high: number];

export const SHAPES = [[7], [2, 3, 4], [33], [], [0, 3]];

export const named = (op: string) =>
  (sg as unknown as Record<string, (...args: unknown[]) => Tensor>)[op] as (...args: unknown[]) => Tensor;

export const integers = (size: number): Tensor => zeros([size], { dtype: "int32" });

export const constant = { differentiable: false } as const;

/** A function of one number: values and gradients over the shapes, and no integers. */
export function one(op: string, rule: Rule, range: Range = [-2, 2], options: object[] = [{}], ruleOf = (_: object): Rule => rule): Row {
  return {
    op,
    samples: options.flatMap((option) =>
      SHAPES.map((shape) => ({
        inputs: [float(shape, range)],
        call: (x: Tensor) => (Object.keys(option).length > 0 ? named(op)(x, option) : named(op)(x)),
        truth: elementwise(ruleOf(option)),
        note: JSON.stringify(option),
      })),
    ),
    refuses: [
      { call: () => named(op)(integers(2)), error: DTypeError, says: new RegExp(`${op}: needs float32, got int32\\[2\\]`) },
      { call: () => named(op)(undefined), error: ArgError, says: new RegExp(`${op}: expected a tensor`) },
    ],
  };
}

export const noTensor = (op: string): Refusal => ({
  call: () => named(op)(2, 3),
  error: ArgError,
  says: new RegExp(`${op}: needs a tensor`),
});

export const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
