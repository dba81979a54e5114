// Broadcasting of two inputs: which shape comes out, and how the binary kernels walk it.
import { DTypeError, ShapeError } from "../errors.js";
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

/** Result of arithmetic: float32 in, float32 out, shapes broadcast. */
export function floatBroadcast(op: string, a: Tensor, b: Tensor): Spec {
  checkFloat(op, a, b);
  return { shape: broadcast(op, a, b), dtype: "float32" };
}

/** Result of a comparison: both float32 or both int32, bool out, shapes broadcast. */
export function comparison(op: string, a: Tensor, b: Tensor): Spec {
  if (a.dtype !== b.dtype || (a.dtype !== "float32" && a.dtype !== "int32")) {
    throw new DTypeError(
      `${op}: compares float32 with float32 or int32 with int32, got ${formatSpec(a)} and ${formatSpec(b)}; convert with .to(...)`,
    );
  }
  return { shape: broadcast(op, a, b), dtype: "bool" };
}

/** Neighbouring dimensions in which each input either moves or stays put. */
interface Run {
  size: number;
  readonly aMoves: boolean;
  readonly bMoves: boolean;
}

/** Joins the dimensions of a result into as few runs as possible, innermost first. */
function runsOf(shape: Shape, a: Shape, b: Shape): Run[] {
  const runs: Run[] = [];
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i] as number;
    if (size === 1) continue;
    const aMoves = (a[a.length - i] ?? 1) !== 1;
    const bMoves = (b[b.length - i] ?? 1) !== 1;
    const last = runs.at(-1);
    if (last && last.aMoves === aMoves && last.bMoves === bMoves) last.size *= size;
    else runs.push({ size, aMoves, bMoves });
  }
  return runs;
}

/** Runs a binary kernel over a broadcast: rows and columns inside the kernel, further dimensions around it. */
export function runBinary(kernel: BinaryKernel, out: Tensor, a: Tensor, b: Tensor): void {
  if (out.size === 0) return;
  if (a.size === out.size && b.size === out.size) {
    kernel(a.ptr, b.ptr, out.ptr, 1, out.size, 0, 1, 0, 1);
    return;
  }
  if (a.size === out.size && b.size === 1) {
    kernel(a.ptr, b.ptr, out.ptr, 1, out.size, 0, 1, 0, 0);
    return;
  }
  if (b.size === out.size && a.size === 1) {
    kernel(a.ptr, b.ptr, out.ptr, 1, out.size, 0, 0, 0, 1);
    return;
  }
  const [inner, rows, ...outer] = runsOf(out.shape, a.shape, b.shape);
  const outBytes = out.dtype === "bool" ? 1 : 4;
  const cols = inner?.size ?? 1;
  const aCol = inner?.aMoves ? 1 : 0;
  const bCol = inner?.bMoves ? 1 : 0;
  const aRow = rows?.aMoves ? (aCol ? cols : 1) : 0;
  const bRow = rows?.bMoves ? (bCol ? cols : 1) : 0;
  const height = rows?.size ?? 1;
  const aBlock = (aCol ? cols : 1) * (rows?.aMoves ? height : 1) * 4;
  const bBlock = (bCol ? cols : 1) * (rows?.bMoves ? height : 1) * 4;

  const walk = (level: number, aPtr: number, bPtr: number, outPtr: number, aStep: number, bStep: number, outStep: number): void => {
    if (level < 0) {
      kernel(aPtr, bPtr, outPtr, height, cols, aRow, aCol, bRow, bCol);
      return;
    }
    const run = outer[level] as Run;
    const aNext = run.aMoves ? aStep / run.size : aStep;
    const bNext = run.bMoves ? bStep / run.size : bStep;
    const outNext = outStep / run.size;
    for (let i = 0; i < run.size; i++) {
      walk(
        level - 1,
        aPtr + (run.aMoves ? i * aNext : 0),
        bPtr + (run.bMoves ? i * bNext : 0),
        outPtr + i * outNext,
        aNext,
        bNext,
        outNext,
      );
    }
  };
  const moving = (which: "aMoves" | "bMoves", block: number) =>
    outer.reduce((total, run) => (run[which] ? total * run.size : total), block);
  walk(outer.length - 1, a.ptr, b.ptr, out.ptr, moving("aMoves", aBlock), moving("bMoves", bBlock), out.size * outBytes);
}

/** Result of an elementwise op: float32 in, the same shape out. */
export function like(op: string, x: Tensor): Spec {
  checkFloat(op, x);
  return { shape: x.shape, dtype: "float32" };
}
