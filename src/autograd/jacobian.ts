// Products with Jacobian and Hessian matrices, and these matrices themselves.
import { stack } from "../ops/move/join.js";
import { reshape } from "../ops/move/shape.js";
import { zeros } from "../tensor/create.js";
import { checkWork, scope } from "../tensor/scope.js";
import type { Tensor } from "../tensor/tensor.js";
import { type ArgnumsOptions, arrange, readArgnums, type ScalarFunction, valueAndGrads } from "./functional.js";
import { checkVectors, fullGradients, isRecorded, resultOf, rowsOf, scalarOf, type Trace, trace } from "./trace.js";
import { mapTree, type Tree, tensorsOf } from "./tree.js";

type Fn = (...inputs: never[]) => unknown;

/** One input, or a list of inputs, as PyTorch takes them. */
const listOf = (inputs: unknown): readonly unknown[] => (Array.isArray(inputs) ? inputs : [inputs]);

const traceAll = (op: string, fn: Fn, inputs: readonly unknown[]): Trace => {
  checkWork(op, fn);
  return trace(op, fn, inputs, [...inputs.keys()]);
};

/**
 * The value of a function, and a function that multiplies vectors by its Jacobian matrix from the left, as `torch.func.vjp`.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of them -> a tensor, or tensors in arrays and objects. Result: the list
 * `[value, pull]`. `pull(cotangents)` takes tensors shaped and nested as the value, and gives a list with the gradient of
 * `sum(cotangents * value)` for each input; zeros where the value does not depend on it. It can be called any number of times, as long as the
 * scope around `vjp` is open, which owns what the gradients need. Gradients are recorded if `fn` uses tensors that require one.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or the cotangents are too few or too many; `ShapeError` for a cotangent
 * of another shape.
 * @example
 * const [y, pull] = vjp((t) => t.square(), tensor([1, 2]));
 * pull(tensor([1, 10]))[0].toArray(); // [2, 40]
 */
export function vjp<Out extends Tree>(
  fn: (...inputs: Tensor[]) => Out,
  ...inputs: Tensor[]
): [value: Out, pull: (cotangents: Out) => [Tensor, ...Tensor[]]];
export function vjp<In extends readonly unknown[], Out extends Tree>(
  fn: (...inputs: In) => Out,
  ...inputs: In
): [value: Out, pull: (cotangents: Out) => { [I in keyof In]: In[I] }];
export function vjp(fn: Fn, ...inputs: unknown[]): [unknown, (cotangents: unknown) => unknown] {
  const run = scope(() => {
    const traced = traceAll("vjp", fn, inputs);
    return { ...traced, value: resultOf(traced) };
  });
  const pull = (cotangents: unknown): unknown =>
    scope(() => {
      const given = checkVectors("vjp", "cotangents", cotangents, tensorsOf("vjp", run.outs));
      const createGraph = isRecorded(run, given);
      return arrange(run.inputs, fullGradients(run.outs, run.stands, given, createGraph, true));
    });
  return [run.value, pull];
}

/**
 * The value of a function, and the product of its Jacobian matrix with a vector: the directional derivative, as `torch.func.jvp`.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of them -> a tensor, or tensors in arrays and objects. inputs, tangents: a
 * tensor each, or lists with one item per input of `fn`; tangents are shaped and nested as the inputs. Result: the list `[value, product]`,
 * both shaped and nested as `fn` gives it. Computed by two gradients, so every operation of `fn` needs a second derivative.
 * The product is recorded if `fn` uses tensors that require a gradient.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or the tangents are too few or too many; `ShapeError` for a tangent of
 * another shape.
 * @example const [y, dy] = jvp((a, b) => a.mul(b), [tensor([1, 2]), tensor([3, 4])], [tensor([1, 0]), tensor([0, 1])]); // dy is [3, 2]
 */
export function jvp<Out extends Tree>(
  fn: (...inputs: Tensor[]) => Out,
  inputs: Tensor | readonly Tensor[],
  tangents: Tensor | readonly Tensor[],
): [value: Out, product: Out];
export function jvp<In extends readonly unknown[], Out extends Tree>(
  fn: (...inputs: In) => Out,
  inputs: In,
  tangents: In,
): [value: Out, product: Out];
export function jvp(fn: Fn, inputs: unknown, tangents: unknown): [unknown, unknown] {
  return scope(() => {
    const run = traceAll("jvp", fn, listOf(inputs));
    const { outs, stands } = run;
    const vectors = checkVectors("jvp", "tangents", listOf(tangents), stands);
    // The gradient is linear in the cotangents, at whatever point; its own gradient is the product.
    const cotangents = outs.map(({ shape }) => zeros(shape, { requiresGrad: true }));
    const pulled = fullGradients(outs, stands, cotangents, true);
    const products = fullGradients(pulled, cotangents, vectors, isRecorded(run, vectors));
    return [resultOf(run), arrange(run.result, products)];
  }) as [unknown, unknown];
}

/** The Jacobian matrix of one output for each tensor in the inputs. */
function matricesOf(y: Tensor, { stands, createGraph }: Trace): Tensor[] {
  const rows = rowsOf(y, stands, createGraph);
  return stands.map((x, i) => {
    const whole = [...y.shape, ...x.shape];
    return y.size === 0 ? zeros(whole) : reshape(stack(rows.map((row) => row[i] as Tensor)), whole);
  });
}

/** What the docstring of `jacobian` says, with the name of the operation for errors. */
function jacobianOf(op: string, fn: Fn, inputs: readonly unknown[], { which, isList }: ReturnType<typeof readArgnums>): unknown {
  return scope(() => {
    const run = trace(op, fn, inputs, which);
    return mapTree(run.result, (y) => {
      const parts = arrange(run.inputs, matricesOf(y as Tensor, run)) as unknown[];
      return isList ? parts : parts[0];
    });
  });
}

/**
 * The Jacobian matrix of a function, one backward per element of its result.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of them -> a tensor, or tensors in arrays and objects. Result: a function of
 * the same inputs. For an input of shape [...I] and a result of shape [...O], it gives a tensor of shape [...O, ...I]; zeros where the
 * result does not depend on the input. With several inputs it gives a list with one for each, and with several results such lists, nested as the
 * results. `argnums` names the inputs that are differentiated, as in `grad`; others may be anything. Gradients are recorded if `fn` uses
 * tensors that require one, so it can be nested.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or `argnums` names one that is not there.
 * @example jacobian((t) => t.square())(tensor([1, 2])); // [[2, 0], [0, 4]]
 */
export function jacobian<F extends (...inputs: Tensor[]) => Tensor>(
  fn: F,
): (...inputs: Parameters<F>) => Parameters<F>["length"] extends 1 ? Tensor : Tensor[];
export function jacobian(fn: (...inputs: Tensor[]) => Tensor, options: { argnums: number }): (...inputs: Tensor[]) => Tensor;
export function jacobian(fn: (...inputs: Tensor[]) => Tensor, options: { argnums: readonly number[] }): (...inputs: Tensor[]) => Tensor[];
// biome-ignore lint/suspicious/noExplicitAny: the nesting of the result is that of the results with the inputs inside
export function jacobian<In extends readonly unknown[]>(fn: (...inputs: In) => Tree, options?: ArgnumsOptions): (...inputs: In) => any;
// biome-ignore lint/suspicious/noExplicitAny: the overloads say what it gives
export function jacobian(fn: Fn, options?: ArgnumsOptions): (...inputs: never[]) => any {
  checkWork("jacobian", fn);
  return (...inputs) => jacobianOf("jacobian", fn, inputs, readArgnums("jacobian", options, inputs.length));
}

/**
 * The matrix of second derivatives of a scalar function: the Jacobian matrix of its gradient.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of them -> a scalar. Result: a function of the same inputs. For one
 * input of shape [...I], it gives a tensor of shape [...I, ...I]; for several a list of lists, the one at [i][j] of shape [...Ii, ...Ij]. `argnums` names the
 * inputs that are differentiated, as in `grad`. Gradients are recorded if `fn` uses tensors that require one.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or `argnums` names one that is not there; `GradError` if `fn` gives no
 * scalar.
 * @example hessian((t) => t.pow(3).sum())(tensor([1, 2])); // [[6, 0], [0, 12]]
 */
export function hessian<F extends ScalarFunction>(
  fn: F,
): (...inputs: Parameters<F>) => Parameters<F>["length"] extends 1 ? Tensor : Tensor[][];
export function hessian(fn: ScalarFunction, options: { argnums: number }): (...inputs: Tensor[]) => Tensor;
export function hessian(fn: ScalarFunction, options: { argnums: readonly number[] }): (...inputs: Tensor[]) => Tensor[][];
// biome-ignore lint/suspicious/noExplicitAny: the nesting of the result is that of the inputs, twice
export function hessian<In extends readonly unknown[]>(fn: (...inputs: In) => Tensor, options?: ArgnumsOptions): (...inputs: In) => any;
// biome-ignore lint/suspicious/noExplicitAny: the overloads say what it gives
export function hessian(fn: Fn, options?: ArgnumsOptions): (...inputs: never[]) => any {
  checkWork("hessian", fn);
  return (...inputs) => {
    const read = readArgnums("hessian", options, inputs.length);
    const slopes = (...given: unknown[]): unknown => {
      const { grads } = valueAndGrads("hessian", fn, given, read.which, false);
      return read.isList ? grads : grads[0];
    };
    return jacobianOf("hessian", slopes, inputs, read);
  };
}

/**
 * The value of a scalar function, and the product of its matrix of second derivatives with a vector, without the matrix, as
 * `torch.autograd.functional.hvp`.
 *
 * fn: float32 tensors of any shape, or arrays and plain objects of them -> a scalar. inputs, vectors: a tensor each, or lists with one item
 * per input of `fn`; vectors are shaped and nested as the inputs. Result: the list `[value, product]`; the product is shaped and nested as
 * the inputs. It is recorded if `fn` uses tensors that require a gradient.
 * Errors: `ArgError` if `fn` is not a function, there is no input, or the vectors are too few or too many; `ShapeError` for a vector of another
 * shape; `GradError` if `fn` gives no scalar.
 * @example hvp((t) => t.pow(3).sum(), tensor([1, 2]), tensor([1, 10]))[1]; // [6, 120]
 */
export function hvp(fn: ScalarFunction, inputs: Tensor, vectors: Tensor): [value: Tensor, product: Tensor];
export function hvp(fn: ScalarFunction, inputs: readonly Tensor[], vectors: readonly Tensor[]): [value: Tensor, product: Tensor[]];
export function hvp<In extends readonly unknown[]>(
  fn: (...inputs: In) => Tensor,
  inputs: In,
  vectors: NoInfer<In>,
): [value: Tensor, product: In];
export function hvp(fn: Fn, inputs: unknown, vectors: unknown): [unknown, unknown] {
  return scope(() => {
    const run = traceAll("hvp", fn, listOf(inputs));
    const given = checkVectors("hvp", "vectors", listOf(vectors), run.stands);
    const grads = fullGradients([scalarOf("hvp", run)], run.stands, [], true);
    // The matrix is symmetric, so the gradient of grads * vectors is the product.
    const products = arrange(run.inputs, fullGradients(grads, run.stands, given, isRecorded(run, given))) as unknown[];
    return [resultOf(run), Array.isArray(inputs) ? products : products[0]];
  }) as [unknown, unknown];
}
