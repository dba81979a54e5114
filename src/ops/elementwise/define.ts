// How functions of one float32 tensor are defined, by the names of their kernels.
import { checkFinite } from "../../checks.js";
import { readOptions } from "../../options.js";
import { zerosLike } from "../../tensor/create.js";
import { defineOp, type Op, type OpDef } from "../../tensor/op.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { CoreKernels } from "../../wasm/generated/kernels.js";
import { k } from "../../wasm/kernels.js";
import { mul } from "./arithmetic.js";
import { kernelOf, like } from "./broadcast.js";
import { floatOp } from "./promotion.js";

type X = [x: Tensor];
type GX = [g: Tensor, x: Tensor];

/** What kernels take after the number of elements. */
export type Parameters = readonly number[];

/** What a user gives beyond the arguments of an operation without parameters does not reach the kernel. */
const parametersOf = (attr: unknown): Parameters => (Array.isArray(attr) ? (attr as unknown as Parameters) : []);

/** Calls the kernel of a function of one number. Spreading an empty list would cost a tenth of a small call. */
function runUnary(kernel: (...args: number[]) => void, x: Tensor, out: Tensor, attr: unknown): void {
  if (attr === undefined) kernel(x.ptr, out.ptr, out.size);
  else kernel(x.ptr, out.ptr, out.size, ...parametersOf(attr));
}

/** The kernels of the core. */
export function core(): CoreKernels {
  return k;
}

/** Returns the kernels of a group: others after a change of the memory, which replaces them. */
type Kernels<Name extends string> = () => { readonly [N in Name]: (...args: number[]) => void };

/**
 * A function with the kernel `name(x, out, n, ...attr)`. `reads` is what its rule reads: the input (0), the result, or neither. `more`
 * replaces parts of the definition.
 */
export function unaryOp<Name extends string, A = void>(
  name: Name,
  kernels: Kernels<Name>,
  reads: 0 | "out" | undefined,
  rule: (g: Tensor, saved: Tensor, attr: A) => Tensor,
  more?: Partial<OpDef<X, A>>,
): Op<X, A> {
  const kernel = kernelOf(kernels, name);
  return floatOp<A>({
    name,
    infer: ([x]) => like(name, x),
    forward: (out, [x], attr) => runUnary(kernel(), x, out, attr),
    saves: [reads === undefined ? [] : [reads]],
    backward: [(g, { inputs: [x], out, attr }) => rule(g, reads === 0 ? x : out, attr)],
    ...more,
  });
}

/**
 * The gradient of `unaryOp(name)`, with the kernel `nameGrad(g, x, out, n, ...attr)`. `second` gives the product of its first argument,
 * which is gg * g, and the second derivative; without it, this is 0.
 */
export function gradOp<Name extends string, A = void>(
  name: Name,
  kernels: Kernels<`${Name}Grad`>,
  second?: (g: Tensor, x: Tensor, attr: A) => Tensor,
): (g: Tensor, x: Tensor, attr: A) => Tensor {
  const gradName = `${name}Grad` as const;
  const kernel = kernelOf(kernels, gradName);
  const grad = defineOp<GX, A>({
    name: gradName,
    infer: ([g]) => g,
    forward: (out, [g, x], attr) => kernel()(g.ptr, x.ptr, out.ptr, out.size, ...parametersOf(attr)),
    saves: [[1], second ? [0, 1] : []],
    backward: [
      (gg, { inputs: [, x], attr }) => grad(gg, x, attr),
      (gg, { inputs: [g, x], attr }) => (second ? second(mul(gg, g), x, attr) : zerosLike(gg)),
    ],
  }) as unknown as (g: Tensor, x: Tensor, attr: A) => Tensor;
  return grad;
}

/** A function with a gradient of its own kernel: `unaryOp` with `gradOp` as its rule. */
export function withGrad<Name extends string, A = void>(
  name: Name,
  kernels: Kernels<Name | `${Name}Grad`>,
  reads: 0 | "out",
  second?: (g: Tensor, x: Tensor, attr: A) => Tensor,
): Op<X, A> {
  return unaryOp<Name, A>(name, kernels, reads, gradOp<Name, A>(name, kernels, second));
}

/** Options that are finite numbers. */
export function finiteOptions<Options extends Readonly<Record<keyof Options, number>>>(
  op: string,
  options: unknown,
  defaults: Options,
): Options {
  const read = readOptions(op, options, defaults);
  for (const name of Object.keys(read)) checkFinite(op, name, read[name as keyof Options]);
  return read;
}
