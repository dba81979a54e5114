// Runs a function on stand-ins of its inputs, at which gradients stop.
import { checkThat } from "../checks.js";
import { ArgError, GradError } from "../errors.js";
import { detach, reshape } from "../ops/move/shape.js";
import { tensor, zerosLike } from "../tensor/create.js";
import { refusePromise } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import { enableGrad, isGradEnabled } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { gradientsOf, type Place, sourcesOf, startingGradient } from "./engine.js";
import { mapTree, tensorsOf } from "./tree.js";

/** A stand-in for an input that gradients stop at, still connected to the input's own history. */
function standIn(input: Tensor): Tensor {
  if (input.requiresGrad) return reshape(input, input.shape);
  const leaf = detach(input);
  leaf.requiresGrad = true;
  return leaf;
}

/** Whether one of the tensors depends on anything but the places. */
const dependsOnOthers = (tensors: readonly Tensor[], places: readonly Place[]): boolean => {
  const nodes = new Set(places.map(({ node }) => node));
  return tensors.some((x) => x.node && sourcesOf(x).some(({ node }) => !nodes.has(node)));
};

/** A run of a function. */
export interface Trace {
  /** What the function returned, and the tensors in it. */
  readonly result: unknown;
  readonly outs: readonly Tensor[];
  /** The stand-ins of all tensors in the inputs that are differentiated, and the inputs made of them. */
  readonly stands: readonly Tensor[];
  readonly inputs: readonly unknown[];
  /** Whether gradients are to be recorded, because they depend on tensors besides the stand-ins. */
  readonly createGraph: boolean;
}

/** Runs `fn`; the inputs at the positions `which` are differentiated: tensors, or arrays and objects of tensors. */
export function trace(op: string, fn: (...inputs: never[]) => unknown, inputs: readonly unknown[], which: readonly number[]): Trace {
  const recording = isGradEnabled();
  const stands: Tensor[] = [];
  return enableGrad(() => {
    const stand = (x: unknown): Tensor => {
      checkAlive(op, x);
      const made = standIn(x);
      stands.push(made);
      return made;
    };
    const given = [...inputs];
    for (const i of which) given[i] = mapTree(inputs[i], stand);
    if (stands.length === 0) throw new ArgError(`${op}: the function needs at least one tensor`);
    const result = refusePromise(op, fn(...(given as never[])));
    const outs = tensorsOf(op, result);
    const createGraph = recording && dependsOnOthers(outs, stands);
    return { result, outs, stands, inputs: which.map((i) => given[i]), createGraph };
  });
}

/** The result of a run, without the history that leads to the stand-ins alone. */
export const resultOf = ({ result, createGraph }: Trace): unknown => (createGraph ? result : mapTree(result, (y) => detach(y as Tensor)));

/** The only output of a run, which must be one number. */
export function scalarOf(op: string, { result, outs }: Trace): Tensor {
  const [value] = outs;
  checkThat(op, value === result, "the function must give one number", result);
  startingGradient(op, value as Tensor, undefined).dispose();
  return value as Tensor;
}

/** Gradients for the targets; zeros where there is no path. The graph is freed unless it is to be gone through again. */
export function fullGradients(
  outs: readonly Tensor[],
  targets: readonly Tensor[],
  gradients: readonly (Tensor | undefined)[],
  createGraph: boolean,
  retainGraph: boolean = createGraph,
): Tensor[] {
  return enableGrad(() => gradientsOf(outs, targets, gradients, { createGraph, retainGraph })).map(
    (g, i) => g ?? zerosLike(targets[i] as Tensor),
  );
}

/** The rows of a Jacobian matrix: the gradients of each element of `y`. */
export function rowsOf(y: Tensor, targets: readonly Tensor[], createGraph: boolean): Tensor[][] {
  const { shape, size } = y;
  return Array.from({ length: size }, (_, i) => {
    const one = new Float32Array(size);
    one[i] = 1;
    return fullGradients([y], targets, [tensor(one, { shape })], createGraph, true);
  });
}

/** Checks tangents or cotangents: as many tensors as `like` has, with their shapes. */
export function checkVectors(op: string, what: string, given: unknown, like: readonly Tensor[]): Tensor[] {
  const tensors = tensorsOf(op, given);
  if (tensors.length !== like.length) {
    throw new ArgError(`${op}: ${what} has ${tensors.length} tensors, but there are ${like.length}: ${like.map(formatSpec).join(", ")}`);
  }
  for (const [i, v] of tensors.entries()) startingGradient(op, like[i] as Tensor, v);
  return tensors;
}

/** Whether products with these vectors are to be recorded. */
export const isRecorded = ({ createGraph }: Trace, vectors: readonly Tensor[]): boolean =>
  isGradEnabled() && (createGraph || vectors.some((v) => v.requiresGrad));

/** Refuses a result that gradients cannot reach. */
export function checkReached(op: string, value: Tensor): void {
  if (!value.requiresGrad) throw new GradError(`${op}: the result does not depend on the inputs`);
}
