// What the calls of the reference cases share.

import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";

/** The inputs of a case by name, and its arguments as they are in the file. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ from op to op
export type Call = (x: Readonly<Record<string, Tensor>>, args: any) => Tensor | Readonly<Record<string, Tensor>>;

type In = Readonly<Record<"x" | "a" | "b" | "c" | "weight" | "bias" | "index" | "mask" | "src" | "target" | "i", Tensor>>;
export const call =
  // biome-ignore lint/suspicious/noExplicitAny: as above
    (run: (x: In, args: any) => Tensor | Readonly<Record<string, Tensor>>): Call =>
    (x, args) =>
      run(x as In, args);

export const unary = (name: string): Call => call(({ x }) => (sg as unknown as Record<string, (x: Tensor) => Tensor>)[name]?.(x) as Tensor);
export const binary = (name: string): Call =>
  call(({ a, b }) => (sg as unknown as Record<string, (a: Tensor, b: Tensor) => Tensor>)[name]?.(a, b) as Tensor);

/** `{dim, keepdim}` as reductions take it. */
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
export const dims = ({ dim, keepdim }: any): sg.ReduceOptions => ({
  ...(dim === undefined ? {} : { dim }),
  ...(keepdim === undefined ? {} : { keepdim }),
});
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
export const windows = ({ stride, padding, output_padding, dilation, ceil_mode, count_include_pad, divisor_override, groups }: any) =>
  Object.fromEntries(
    Object.entries({
      stride,
      padding,
      outputPadding: output_padding,
      groups,
      dilation,
      ceilMode: ceil_mode,
      countIncludePad: count_include_pad,
      divisorOverride: divisor_override,
    }).filter(([, value]) => value !== undefined && value !== null),
  );

export const listed = (x: Readonly<Record<string, Tensor>>): Tensor[] =>
  Object.keys(x)
    .filter((name) => /^x\d+$/.test(name))
    .sort((p, q) => Number(p.slice(1)) - Number(q.slice(1)))
    .map((name) => x[name] as Tensor);

/** Calls under their labels. */
export const prefixed = (prefix: string, calls: Readonly<Record<string, Call>>): [string, Call][] =>
  Object.entries(calls).map(([name, run]) => [`${prefix}/${name}`, run]);
