// Gradients of functions: a function in, its derivative out.
import { checkThat, checkWhole } from "../checks.js";
import { readOptions } from "../options.js";
import { checkWork, scope } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkReached, fullGradients, resultOf, scalarOf, trace } from "./trace.js";
import { mapTree } from "./tree.js";

/** A function of tensors whose result is one number. */
export type ScalarFunction = (...inputs: Tensor[]) => Tensor;

/** Which inputs of a function are differentiated. */
export interface ArgnumsOptions {
  /** The position of an input, or a list of positions. Negative ones count from the end. */
  argnums?: number | readonly number[];
}

/** The positions that `argnums` names, and whether it is a list; `undefined` stands for all inputs. */
export function readArgnums(op: string, options: unknown, count: number, otherwise?: number): { which: number[]; isList: boolean } {
  const { argnums } = readOptions(op, options, { argnums: otherwise as ArgnumsOptions["argnums"] });
  if (argnums === undefined || count === 0) return { which: Array.from({ length: count }, (_, i) => i), isList: count > 1 };
  const isList = Array.isArray(argnums);
  const which = [argnums].flat().map((i) => (checkWhole(op, "argnums", i, -count, count - 1) as number) + (i < 0 ? count : 0));
  checkThat(op, which.length > 0 && new Set(which).size === which.length, "argnums must name inputs, each once", argnums);
  return { which, isList };
}

/** The tensors of a list in the places of those of a tree. */
export function arrange(tree: unknown, tensors: readonly Tensor[]): unknown {
  let at = 0;
  return mapTree(tree, () => tensors[at++]);
}

/** The value of a scalar function, and its gradients arranged as the inputs; zeros for a constant, or an error if it is `refused`. */
export function valueAndGrads(
  op: string,
  fn: (...inputs: never[]) => unknown,
  inputs: readonly unknown[],
  which: readonly number[],
  refused = true,
) {
  const run = trace(op, fn, inputs, which);
  const value = scalarOf(op, run);
  if (refused) checkReached(op, value);
  const grads = fullGradients([value], run.stands, [], run.createGraph);
  return { value: resultOf(run) as Tensor, grads: arrange(run.inputs, grads) as Tensor[] };
}

/**
 * A function that gives the value and the gradients of `fn`. `.grad` of other tensors is left alone.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of such tensors -> a scalar. Result: `{ value, grads }`, one gradient per
 * input, shaped and nested as the input, zeros where `fn` does not depend on it. With `argnums`, only the inputs that it names are
 * differentiated and are in `grads`; others may be anything.
 * If `fn` uses tensors that require a gradient, as inputs or otherwise, the gradients can be differentiated again; not so
 * under `noGrad`, which saves the time and memory of it.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or `argnums` names one that is not there; `GradError` if `fn` gives no
 * scalar or nothing depends on the inputs.
 * @example const { value, grads: [dx] } = valueAndGrad((x) => x.pow(3).sum())(tensor([1, 2]));
 */
export function valueAndGrad(fn: ScalarFunction, options?: ArgnumsOptions): (...inputs: Tensor[]) => { value: Tensor; grads: Tensor[] };
export function valueAndGrad<In extends readonly unknown[]>(
  fn: (...inputs: In) => Tensor,
): (...inputs: In) => { value: Tensor; grads: { [I in keyof In]: In[I] } };
export function valueAndGrad<In extends readonly unknown[], const N extends readonly number[]>(
  fn: (...inputs: In) => Tensor,
  options: { argnums: N },
): (...inputs: In) => { value: Tensor; grads: { [I in keyof N]: In[N[I]] } };
// biome-ignore lint/suspicious/noExplicitAny: the overloads say what it gives
export function valueAndGrad(fn: (...inputs: never[]) => Tensor, options?: ArgnumsOptions): (...inputs: never[]) => any {
  checkWork("grad", fn);
  return (...inputs) => scope(() => valueAndGrads("grad", fn, inputs, readArgnums("valueAndGrad", options, inputs.length).which));
}

/**
 * The derivative of a scalar function with respect to its first input, or those that `argnums` names. `grad(grad(f))` works.
 * fn: tensors of any shape, float32, or arrays and plain objects of them -> a scalar. Result: a function of the same inputs that gives the
 * gradient, shaped and nested as the input; a list of gradients if `argnums` is a list. Inputs that are not differentiated may be anything.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or `argnums` names one that is not there; `GradError` if `fn` gives no
 * scalar or nothing depends on the inputs.
 * @example grad((t) => t.pow(3).sum())(tensor([1, 2])); // [3, 12]
 * @example grad((a, b) => a.mul(b).sum(), { argnums: 1 })(tensor([1, 2]), tensor([3, 4])); // [1, 2]
 * @example
 * const slope = grad((line: { a: Tensor; b: Tensor }, at: number) => line.a.mul(at).add(line.b));
 * slope({ a: tensor(2), b: tensor(1) }, 5).a.item(); // 5
 */
export function grad(fn: ScalarFunction, options?: { argnums?: number }): (...inputs: Tensor[]) => Tensor;
export function grad(fn: ScalarFunction, options: { argnums: readonly number[] }): (...inputs: Tensor[]) => Tensor[];
export function grad<In extends readonly unknown[]>(fn: (...inputs: In) => Tensor): (...inputs: In) => In[0];
export function grad<In extends readonly unknown[], const N extends number>(
  fn: (...inputs: In) => Tensor,
  options: { argnums: N },
): (...inputs: In) => In[N];
export function grad<In extends readonly unknown[], const N extends readonly number[]>(
  fn: (...inputs: In) => Tensor,
  options: { argnums: N },
): (...inputs: In) => { [I in keyof N]: In[N[I]] };
// biome-ignore lint/suspicious/noExplicitAny: the overloads say what it gives
export function grad(fn: (...inputs: never[]) => Tensor, options?: ArgnumsOptions): (...inputs: never[]) => any {
  checkWork("grad", fn);
  return (...inputs) =>
    scope(() => {
      const { which, isList } = readArgnums("grad", options, inputs.length, 0);
      const { grads } = valueAndGrads("grad", fn, inputs, which);
      return isList ? grads : grads[0];
    });
}
