// Numerical checks of gradients, for tests of one's own operations.
import { checkFinite, checkPositive, checkThat } from "../checks.js";
import { GradError } from "../errors.js";
import { detach } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import { tensor } from "../tensor/create.js";
import { checkWork, scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { checkReached, checkVectors, fullGradients, rowsOf, trace } from "./trace.js";
import { type Tree, tensorsOf } from "./tree.js";

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** Step of the difference; 1e-2 balances float32 rounding and curvature for values around 1. */
  eps?: number;
  /** Difference that is allowed besides the relative one; 2e-3 unless given. */
  atol?: number;
  /** Difference that is allowed as a share of the numerical gradient; 2e-2 unless given. */
  rtol?: number;
  /** Whether a wrong gradient is an error; `false` is the result otherwise. */
  raiseException?: boolean;
}

/** Options of `gradgradcheck`. */
export interface GradgradcheckOptions extends GradcheckOptions {
  /** Gradients of the results; values between -1 and 1 unless given. */
  gradOutputs?: Tensor | readonly Tensor[] | undefined;
}

const DEFAULTS: Required<GradcheckOptions> = { eps: 1e-2, atol: 2e-3, rtol: 2e-2, raiseException: true };

/** A function whose gradients are checked: tensors to tensors, also several or nested ones. */
export type CheckedFunction = (...inputs: Tensor[]) => Tree;

const isFloat = ({ dtype }: Tensor): boolean => dtype === "float32";

/** Checks the arguments of both. Returns the positions of the inputs to differentiate. */
function readInputs(op: string, fn: CheckedFunction, inputs: readonly Tensor[]): number[] {
  checkWork(op, fn);
  checkThat(op, Array.isArray(inputs), "inputs must be an array of tensors", inputs);
  for (const [i, input] of inputs.entries()) checkAlive(op, input, `input ${i}`);
  const positions = (wanted: (x: Tensor) => boolean): number[] => inputs.flatMap((x, i) => (wanted(x) ? [i] : []));
  const marked = positions((x) => x.requiresGrad);
  const which = marked.length > 0 ? marked : positions(isFloat);
  checkThat(op, which.length > 0, "needs an input of float32", inputs);
  return which;
}

const valuesOf = (tensors: readonly Tensor[]): number[] => tensors.flatMap((x) => [...x.toTypedArray()]);

/** Compares the gradients with differences. Returns what is wrong, or nothing. */
function problemOf(
  op: string,
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  which: readonly number[],
  options: Required<GradcheckOptions>,
): string | undefined {
  const { eps, atol, rtol } = options;
  const differs = (got: number, wanted: number): boolean => !(Math.abs(got - wanted) <= atol + rtol * Math.abs(wanted));
  const plain = inputs.map((x) => detach(x));
  const run = trace(op, fn, plain, which);
  const outs = run.outs.filter(isFloat);
  if (!outs.some((y) => y.requiresGrad)) checkReached(op, outs[0] ?? (run.outs[0] as Tensor));
  const at = (moved: readonly Tensor[]): number[] => noGrad(() => valuesOf(tensorsOf(op, fn(...moved)).filter(isFloat)));

  const first = valuesOf(outs);
  const second = at(plain);
  const changed = first.findIndex((value, i) => differs(second[i] as number, value) && !Object.is(second[i], value));
  if (changed >= 0) return `the function gives ${first[changed]}, and then ${second[changed]} for the same inputs`;

  const rows = outs.flatMap((y) => rowsOf(y, run.stands, false).map((row) => row.map((g) => g.toTypedArray())));
  for (const [column, input] of which.entries()) {
    const { shape } = plain[input] as Tensor;
    const values = (plain[input] as Tensor).toTypedArray();
    for (const [element, value] of values.entries()) {
      const step = Math.max(eps, Math.abs(value) * 2 ** -20); // the neighbours of large numbers are farther away
      const shifted = (to: number): number[] =>
        scope(() => {
          const copy = values.slice();
          copy[element] = to;
          const moved = tensor(copy, { shape });
          return at(plain.map((x, i) => (i === input ? moved : x)));
        });
      // In float32 the steps are rounded, so the true distance is taken.
      const [high, low] = [Math.fround(value + step), Math.fround(value - step)];
      const [above, below] = [shifted(high), shifted(low)];
      for (const [row, grads] of rows.entries()) {
        const numeric = ((above[row] as number) - (below[row] as number)) / (high - low);
        const got = (grads[column] as Float32Array)[element] as number;
        if (!differs(got, numeric)) continue;
        return `element ${element} of input ${input} has gradient ${got} for element ${row} of the results, differences give ${numeric}`;
      }
    }
  }
  return undefined;
}

function check(
  op: string,
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  which: readonly number[],
  options: Required<GradcheckOptions>,
): boolean {
  checkPositive(op, "eps", options.eps);
  checkFinite(op, "atol", options.atol, 0);
  checkFinite(op, "rtol", options.rtol, 0);
  const problem = scope(() => problemOf(op, fn, inputs, which, options));
  if (problem && options.raiseException) throw new GradError(`${op}: ${problem}`);
  return !problem;
}

/**
 * Compares the gradients of `fn` with central differences `(f(x + eps) - f(x - eps)) / (2 eps)`, for each element of the inputs and of the
 * results. Not for points at kinks. fn: tensors -> a tensor of any shape, or tensors in arrays and objects; inputs: the tensors to call it
 * with. Those that require a gradient are checked, or all of float32 if none does. Result: true; false for a wrong gradient if
 * `raiseException` is false.
 * Errors: `GradError` naming input, element and both numbers, or if no result depends on the inputs, or if the function gives
 * other values when it is called again; `ArgError` if `fn` is not a function, `inputs` is not a list of tensors with one of float32, or an option is
 * unknown.
 * @example gradcheck((x) => x.tanh(), [randn(5)]); // true
 */
export function gradcheck(fn: CheckedFunction, inputs: readonly Tensor[], options?: GradcheckOptions): boolean {
  const which = readInputs("gradcheck", fn, inputs);
  return check("gradcheck", fn, inputs, which, readOptions("gradcheck", options, DEFAULTS));
}

/**
 * Compares the second derivatives of `fn` with differences of its gradients: `gradcheck` of the gradient of `sum(gradOutputs * fn(inputs))`
 * as a function of the inputs and of `gradOutputs`. The differences are those of the gradients as plain `backward()` computes them.
 * fn, inputs, result: as those of `gradcheck`, with the same dtypes and shapes.
 * Errors: those of `gradcheck`, and `ArgError` and `ShapeError` for `gradOutputs` that do not fit the results.
 * @example gradgradcheck((x) => x.tanh(), [randn(5)]); // true
 */
export function gradgradcheck(fn: CheckedFunction, inputs: readonly Tensor[], options?: GradgradcheckOptions): boolean {
  const op = "gradgradcheck";
  const { gradOutputs, ...rest } = readOptions(op, options, { ...DEFAULTS, gradOutputs: undefined as GradgradcheckOptions["gradOutputs"] });
  const which = readInputs(op, fn, inputs);
  return scope(() => {
    const outs = noGrad(() => tensorsOf(op, fn(...inputs)).filter(isFloat));
    const given = gradOutputs
      ? checkVectors(op, "gradOutputs", gradOutputs, outs)
      : outs.map(({ shape, size }) =>
          tensor(
            Float32Array.from({ length: size }, (_, i) => Math.cos(1 + i)),
            { shape },
          ),
        );
    const slopes = (...all: Tensor[]): Tensor[] => {
      const run = trace(op, fn, all.slice(0, inputs.length), which);
      return fullGradients(run.outs.filter(isFloat), run.stands, all.slice(inputs.length), run.createGraph);
    };
    const all = [...inputs, ...given];
    return check(op, slopes, all, [...which, ...given.map((_, i) => inputs.length + i)], rest);
  });
}
