// Strided copies, which all operations use to move elements between layouts. Strides count elements.
import { dtypes } from "../../tensor/dtype.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Kernels, k } from "../../wasm/kernels.js";

/** Dimensions that one kernel call covers. */
const KERNEL_DIMS = 4;

/** One loop: the number of iterations, and the strides of input and output. */
type Loop = readonly [size: number, xStep: number, outStep: number];

/** The loops of a copy, outermost first. Loops of size 1 are dropped, and neighbouring loops are joined if both have matching strides. */
function joinLoops(shape: readonly number[], xStrides: readonly number[], outStrides: readonly number[]): Loop[] {
  const loops: Loop[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const [x, out] = [xStrides[i] as number, outStrides[i] as number];
    const [n, xStep, outStep] = loops.at(-1) ?? [];
    const joins = xStep === x * size && outStep === out * size;
    loops.splice(joins ? -1 : loops.length, 1, [joins ? (n as number) * size : size, x, out]);
  });
  return forTranspose(loops);
}

/**
 * If the innermost loop writes contiguous elements but does not read them so, moves the loop that reads contiguous elements next to it:
 * the kernel transposes such a pair in blocks.
 */
function forTranspose(loops: Loop[]): Loop[] {
  const [, xStep, outStep] = loops.at(-1) ?? [];
  const reader = loops.findIndex((loop) => loop[1] === 1);
  if (outStep === 1 && xStep !== 1 && reader >= 0) loops.splice(-1, 0, ...loops.splice(reader, 1));
  return loops;
}

/** What a kernel takes after the addresses: the sizes, the strides of the input, those of the output. */
type Numbers = Parameters<Kernels["copy8"]> extends [number, number, ...infer Rest] ? Rest : never;

/**
 * `out[outStart + sum i*outStrides] = x[xStart + sum i*xStrides]` over all positions of `shape`; or what another kernel with the arguments
 * of a copy makes of these elements.
 */
export function stridedCopy(
  x: Tensor,
  xStart: number,
  xStrides: readonly number[],
  out: Tensor,
  outStart: number,
  outStrides: readonly number[],
  shape: readonly number[],
  copy: Kernels["copy8"] = elementKernels(x.dtype).copy,
): void {
  if (shape.includes(0)) return;
  const { bytes } = dtypes[x.dtype];
  const loops = joinLoops(shape, xStrides, outStrides);
  while (loops.length < KERNEL_DIMS) loops.unshift([1, 0, 0]);
  const outer = loops.slice(0, -KERNEL_DIMS);
  const inner = loops.slice(-KERNEL_DIMS);
  const numbers = [0, 1, 2].flatMap((part) => inner.map((loop) => loop[part])) as Numbers;
  const copyFrom = (level: number, from: number, to: number): void => {
    const [size, xStep, outStep] = outer[level] ?? [];
    if (size === undefined) copy(from, to, ...numbers);
    else for (let i = 0; i < size; i++) copyFrom(level + 1, from + i * (xStep as number) * bytes, to + i * (outStep as number) * bytes);
  };
  copyFrom(0, x.ptr + xStart * bytes, out.ptr + outStart * bytes);
}

/** Copies all bytes of `x` to `out`, which has the same number of bytes. */
export function copyAll(x: Tensor, out: Tensor): void {
  k.copy8(x.ptr, out.ptr, 1, 1, 1, out.size * dtypes[out.dtype].bytes, 0, 0, 0, 1, 0, 0, 0, 1);
}
