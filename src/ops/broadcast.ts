// Broadcasting of two inputs: which shape comes out, and how the binary kernels walk it.
import { ShapeError } from "../errors.js";
import { dtypes } from "../tensor/dtype.js";
import { broadcastShapes, formatSpec, type Shape, type Spec } from "../tensor/shape.js";
import { checkFloat, type Tensor } from "../tensor/tensor.js";

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

/** The kernel for float32 operands, or its twin for int32. */
export type Twins = (int: boolean) => BinaryKernel;

/** Result of a function of two float32 tensors: float32, shapes broadcast. */
export function floatBroadcast(op: string, a: Tensor, b: Tensor): Spec {
  if (a.dtype !== "float32" || b.dtype !== "float32") checkFloat(op, a, b);
  return { shape: broadcast(op, a, b), dtype: "float32" };
}

/**
 * Neighbouring dimensions of a result, joined where every input moves evenly through all of them: `size` positions, `steps` elements
 * apart in each input, 0 where it repeats.
 */
export interface Run {
  size: number;
  readonly steps: readonly number[];
}

/** The dimensions of a result of some inputs in as few runs as possible, innermost first. */
export function runsOf(shape: Shape, inputs: readonly Shape[]): Run[] {
  const runs: Run[] = [];
  const strides = inputs.map(() => 1);
  for (let i = 1; i <= shape.length; i++) {
    const size = shape.at(-i) as number;
    if (size === 1) continue;
    const steps = inputs.map((input, which) => {
      const own = input.at(-i) ?? 1;
      const step = own === 1 ? 0 : (strides[which] as number);
      strides[which] = (strides[which] as number) * own;
      return step;
    });
    const last = runs.at(-1);
    if (last && steps.every((step, which) => step === (last.steps[which] as number) * last.size)) last.size *= size;
    else runs.push({ size, steps });
  }
  return runs;
}

/** Elements from the start of each of `count` inputs to its place at the position `at` of some runs. */
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
 * Runs a kernel over a broadcast: rows and columns inside the kernel, further dimensions around it. The kernel takes the addresses of
 * the inputs and of the result, rows, cols, and the row and column stride of each input.
 */
export function runBroadcast(kernel: (...args: number[]) => void, out: Tensor, ...inputs: Tensor[]): void {
  if (out.size === 0) return;
  const still: Run = { size: 1, steps: inputs.map(() => 0) };
  const [cols = still, rows = still, ...outer] = runsOf(
    out.shape,
    inputs.map((x) => x.shape),
  );
  const strides = inputs.flatMap((_, i) => [rows.steps[i] as number, cols.steps[i] as number]);
  const block = rows.size * cols.size;
  for (let at = 0; at * block < out.size; at++) {
    const offsets = offsetsAt(outer, at, inputs.length);
    const addresses = inputs.map((x, i) => x.ptr + (offsets[i] as number) * dtypes[x.dtype].bytes);
    kernel(...addresses, out.ptr + at * block * dtypes[out.dtype].bytes, rows.size, cols.size, ...strides);
  }
}

/** `runBroadcast` of two inputs, at once where each has the result's shape or one element. */
export function runBinary(kernel: BinaryKernel, out: Tensor, a: Tensor, b: Tensor): void {
  const [all, aAll, bAll] = [out.size, a.size === out.size, b.size === out.size];
  if (aAll && bAll) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 1, 0, 1);
  else if (aAll && b.size === 1) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 1, 0, 0);
  else if (bAll && a.size === 1) kernel(a.ptr, b.ptr, out.ptr, 1, all, 0, 0, 0, 1);
  else runBroadcast(kernel, out, a, b);
}

/** `runBinary` of the kernel for the dtype of `a` and `b`, float32 or int32. */
export function runTwin(twins: Twins, out: Tensor, a: Tensor, b: Tensor): void {
  runBinary(twins(a.dtype === "int32"), out, a, b);
}

/** Result of an elementwise op: float32 in, the same shape out. */
export function like(op: string, x: Tensor): Spec {
  checkFloat(op, x);
  return { shape: x.shape, dtype: "float32" };
}
