// Broadcasting: the shape of the result, and the calls of kernels for it.
import { ShapeError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { broadcastShapes, formatSpec, type Shape, type Spec } from "../../tensor/shape.js";
import { checkFloat, type Tensor } from "../../tensor/tensor.js";

/** `out[r, c] = op(a[r * aRow + c * aCol], b[r * bRow + c * bCol])`; strides in elements. */
export type BinaryKernel = (
  a: number,
  b: number,
  out: number,
  rows: number,
  cols: number,
  aRow: number,
  aCol: number,
  bRow: number,
  bCol: number,
) => void;

/** The shape two tensors broadcast to; `ShapeError` with both shapes when there is none. */
export function broadcast(op: string, a: Spec, b: Spec): Shape {
  const shape = broadcastShapes(a.shape, b.shape);
  if (!shape) {
    throw new ShapeError(`${op}: a is ${formatSpec(a)} and b is ${formatSpec(b)}; sizes must match or be 1, aligned from the right`);
  }
  return shape;
}

/**
 * Returns a kernel by its name, which it looks up only when the kernels have changed: a lookup by a name that differs from call to call costs
 * as much as a small kernel.
 */
export function kernelOf<Kernels, Name extends keyof Kernels>(kernels: () => Kernels, name: Name): () => Kernels[Name] {
  let from: unknown;
  let kernel: Kernels[Name];
  return () => {
    const now = kernels();
    if (now !== from) {
      kernel = now[name];
      from = now;
    }
    return kernel;
  };
}

/** Returns the kernels of an operation: `name` for float32, `nameI32` for int32. */
export type Twins<Name extends string> = () => { readonly [N in Name | `${Name}I32`]: BinaryKernel };

/** The spec of the result of a function of two float32 tensors: float32, shapes broadcast. */
export function floatBroadcast(op: string, a: Tensor, b: Tensor): Spec {
  if (a.dtype !== "float32" || b.dtype !== "float32") checkFloat(op, a, b);
  return { shape: broadcast(op, a, b), dtype: "float32" };
}

/**
 * Neighbouring dimensions of a result, joined to one if every input has a constant stride over all of them: `size` positions, which are
 * `steps` elements apart in each input, 0 where it repeats.
 */
export interface Run {
  size: number;
  readonly steps: readonly number[];
}

/** Whether a run can be joined with the dimension around it, in which the inputs have the strides `steps`. */
function continuesInto(run: Run, steps: readonly number[]): boolean {
  for (let which = 0; which < steps.length; which++) {
    if (steps[which] !== (run.steps[which] as number) * run.size) return false;
  }
  return true;
}

/** The dimensions of a result, joined to as few runs as possible for these inputs, innermost first. */
export function runsOf(shape: Shape, inputs: readonly Shape[]): Run[] {
  const runs: Run[] = [];
  const strides = new Array<number>(inputs.length).fill(1);
  let last: Run | undefined;
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i] as number;
    if (size === 1) continue;
    const steps = new Array<number>(inputs.length).fill(0);
    for (let which = 0; which < inputs.length; which++) {
      const input = inputs[which] as Shape;
      const own = input[input.length - i] ?? 1;
      if (own === 1) continue;
      steps[which] = strides[which] as number;
      strides[which] = (strides[which] as number) * own;
    }
    if (last && continuesInto(last, steps)) last.size *= size;
    else {
      last = { size, steps };
      runs.push(last);
    }
  }
  return runs;
}

/** The offset in elements in each of `count` inputs for the position `at` of some runs. */
export function offsetsAt(runs: readonly Run[], at: number, count: number): number[] {
  const offsets = new Array<number>(count).fill(0);
  let left = at;
  for (const { size, steps } of runs) {
    const i = left % size;
    left = (left - i) / size;
    for (let which = 0; which < count; which++) offsets[which] = (offsets[which] as number) + i * (steps[which] as number);
  }
  return offsets;
}

/**
 * Runs a kernel over a broadcast. One call of the kernel covers the two innermost runs, rows and columns; this function loops over the
 * others. The kernel takes the addresses of the inputs and of the result, rows, cols, and the row and column stride of each input.
 */
export function runBroadcast(kernel: (...args: number[]) => void, out: Tensor, ...inputs: Tensor[]): void {
  if (out.size === 0) return;
  const count = inputs.length;
  const runs = runsOf(
    out.shape,
    inputs.map((x) => x.shape),
  );
  const [cols, rows] = runs;
  const size = (rows?.size ?? 1) * (cols?.size ?? 1);
  const args: number[] = inputs.map((x) => x.ptr);
  args.push(out.ptr, rows?.size ?? 1, cols?.size ?? 1);
  for (let i = 0; i < count; i++) args.push(rows?.steps[i] ?? 0, cols?.steps[i] ?? 0);
  const outer = runs.slice(2);
  for (let at = 0; at * size < out.size; at++) {
    const offsets = offsetsAt(outer, at, count);
    for (let i = 0; i < count; i++) {
      const x = inputs[i] as Tensor;
      args[i] = x.ptr + (offsets[i] as number) * dtypes[x.dtype].bytes;
    }
    args[count] = out.ptr + at * size * dtypes[out.dtype].bytes;
    kernel(...args);
  }
}

/** Whether `x` has the last sizes of `shape`, and is repeated along the dimensions before them. */
function isRow({ shape: own, ndim }: Tensor, shape: Shape): boolean {
  let i = 1;
  while (i <= ndim && own[ndim - i] === shape[shape.length - i]) i++;
  while (i <= ndim && own[ndim - i] === 1) i++;
  return i > ndim;
}

/** Whether `x` has the first sizes of `shape`, and is repeated along the dimensions after them. */
function isColumn({ shape: own, ndim }: Tensor, shape: Shape): boolean {
  if (ndim !== shape.length) return false;
  let i = 0;
  while (i < ndim && own[i] === shape[i]) i++;
  while (i < ndim && own[i] === 1) i++;
  return i === ndim;
}

/** `runBroadcast` for two inputs, with shortcuts for the most frequent cases: equal shapes, a scalar, a row or a column. */
export function runBinary(kernel: BinaryKernel, out: Tensor, a: Tensor, b: Tensor): void {
  const [all, aAll, bAll] = [out.size, a.size === out.size, b.size === out.size];
  if (aAll && bAll) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 1, 0, 1);
  else if (aAll && b.size === 1) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 1, 0, 0);
  else if (bAll && a.size === 1) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 0, 0, 1);
  else if (aAll && isRow(b, out.shape)) kernel(a.ptr, b.ptr, out.ptr, all / b.size, b.size, b.size, 1, 0, 1);
  else if (aAll && isColumn(b, out.shape)) kernel(a.ptr, b.ptr, out.ptr, b.size, all / b.size, all / b.size, 1, 1, 0);
  else runBroadcast(kernel, out, a, b);
}

/** A `forward` that calls `runBinary` with the kernel for the dtype of `a` and `b`, float32 or int32. */
export function runTwin<Name extends string>(
  name: Name,
  kernels: Twins<Name>,
): (out: Tensor, inputs: readonly [a: Tensor, b: Tensor]) => void {
  const [float, whole] = [kernelOf(kernels, name), kernelOf(kernels, `${name}I32`)];
  return (out, [a, b]) => runBinary(a.dtype === "int32" ? whole() : float(), out, a, b);
}

/** Checks that x is float32; returns the spec of the result of an elementwise op: float32 with the same shape. */
export function like(op: string, x: Tensor): Spec {
  checkFloat(op, x);
  return { shape: x.shape, dtype: "float32" };
}
