// What the tests of writes by index share.
import * as sg from "simdgrad";
import { GradError, noGrad, type Tensor, tensor, zeros } from "simdgrad";
import { type Nd, nd, sizeOf } from "./nd.js";
import { given, type Input, type Refusal, type Row, type Sample } from "./row.js";

export const constant = { differentiable: false } as const;

export const index = (...values: number[]) => given([values.length], values, "int32");

export const i32 = (values: sg.NestedNumbers): Tensor => tensor(values, { dtype: "int32" });

export const mask = (shape: readonly number[], ...values: number[]) => given(shape, values, "bool");

export const ALL = ["float32", "int32", "bool", "uint8", "int8"] as const;

/** Values that every dtype holds. */
export const bitsOf = (shape: readonly number[], dtype: Input["dtype"], add = 0): Input => ({
  ...given(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => (((i + add) * 7) % 3) & 1),
    dtype,
  ),
  constant: true,
});

/** The positions of an array in row-major order. */
export function positions(shape: readonly number[]): number[][] {
  const found: number[][] = [];
  nd(shape, (...p) => found.push(p.slice()));
  return found;
}

export const flatAt = (shape: readonly number[], p: readonly number[]): number =>
  p.reduce((sum, i, d) => sum * (shape[d] as number) + i, 0);

export type Combine = (before: number, value: number) => number;

export const over: Combine = (_, value) => value;

export const plus: Combine = (before, value) => before + value;

/** A copy of `x` where `to` says, for every position of the index, which place it writes with which value. */
export function written(x: Nd, places: readonly (readonly [place: readonly number[], value: number])[], combine: Combine = over): Nd {
  const data = x.data.slice();
  for (const [place, value] of places) {
    const i = flatAt(x.shape, place);
    data[i] = combine(data[i] as number, value);
  }
  return { shape: x.shape, data };
}

// biome-ignore lint/suspicious/noExplicitAny: the functions take tensors, numbers and options in different orders
type Write = (x: Tensor, ...rest: any[]) => Tensor;

/** An edit in place as a function: of a copy, and without the gradients that it would lose. It must return what it edits. */
export const onCopy =
  (edit: Write): Write =>
  (x, ...rest) => {
    const copy = x.detach().clone();
    const result = noGrad(() => edit(copy, ...rest));
    if (result !== copy) throw new Error("the edit returned something else than its tensor");
    return copy;
  };

const functionNamed = (name: string): Write => (sg as unknown as Record<string, Write>)[name] as Write;

/** The rows of a write into a copy, and of the same write in place: the same samples, without gradients. */
export function both(
  op: string,
  samples: (write: Write) => readonly Sample[],
  refuses: (write: Write) => readonly Refusal[],
  edit = `${op}_`,
): Row[] {
  const inPlace = functionNamed(edit);
  return [
    { op, samples: samples(functionNamed(op)), refuses: refuses(functionNamed(op)) },
    { op: edit, samples: samples(onCopy(inPlace)).map((sample) => ({ ...sample, ...constant })), refuses: refuses(inPlace) },
  ];
}

/** What an edit refuses while operations are recorded. */
export const losesGradient = (edit: (x: Tensor) => unknown): Refusal => ({
  call: () => edit(zeros([3], { requiresGrad: true }).mul(1)),
  error: GradError,
  says: /_?: float32\[3\] requires a gradient; .* noGrad/,
});
