// Strided copies, which all operations use to move elements between layouts. Strides count elements.
import { dtypes } from "../../tensor/dtype.js";
import { elementKernels } from "../../tensor/elementKernels.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Kernels, k } from "../../wasm/kernels.js";

/** Dimensions that one kernel call covers. */
const KERNEL_DIMS = 4;

/** One loop: the number of iterations, and the strides of input and output. */
interface Loop {
  size: number;
  xStep: number;
  outStep: number;
}

/** The loops of a copy, outermost first. Loops of size 1 are dropped, and neighbouring loops are joined if both have matching strides. */
function joinLoops(shape: readonly number[], xStrides: readonly number[], outStrides: readonly number[]): Loop[] {
  const loops: Loop[] = [];
  for (let i = 0; i < shape.length; i++) {
    const inner = { size: shape[i] as number, xStep: xStrides[i] as number, outStep: outStrides[i] as number };
    if (inner.size === 1) continue;
    const outer = loops.at(-1);
    if (outer && outer.xStep === inner.xStep * inner.size && outer.outStep === inner.outStep * inner.size) {
      loops[loops.length - 1] = { ...inner, size: outer.size * inner.size };
    } else loops.push(inner);
  }
  return forTranspose(loops);
}

/**
 * If the innermost loop writes contiguous elements but does not read them so, moves the loop that reads contiguous elements next to it:
 * the kernel transposes such a pair in blocks.
 */
function forTranspose(loops: Loop[]): Loop[] {
  const inner = loops.at(-1);
  const reader = loops.findIndex((loop) => loop.xStep === 1);
  if (inner?.outStep !== 1 || inner.xStep === 1 || reader < 0) return loops;
  const [neighbours] = loops.splice(reader, 1);
  loops.splice(-1, 0, neighbours as Loop);
  return loops;
}

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
  while (loops.length < KERNEL_DIMS) loops.unshift({ size: 1, xStep: 0, outStep: 0 });
  const outer = loops.slice(0, -KERNEL_DIMS);
  const [d0, d1, d2, d3] = loops.slice(-KERNEL_DIMS) as [Loop, Loop, Loop, Loop];
  const { size: n0, xStep: x0, outStep: o0 } = d0;
  const { size: n1, xStep: x1, outStep: o1 } = d1;
  const { size: n2, xStep: x2, outStep: o2 } = d2;
  const { size: n3, xStep: x3, outStep: o3 } = d3;
  const copyFrom = (level: number, from: number, to: number): void => {
    const loop = outer[level];
    if (loop) {
      for (let i = 0; i < loop.size; i++) copyFrom(level + 1, from + i * loop.xStep * bytes, to + i * loop.outStep * bytes);
      return;
    }
    copy(from, to, n0, n1, n2, n3, x0, x1, x2, x3, o0, o1, o2, o3);
  };
  copyFrom(0, x.ptr + xStart * bytes, out.ptr + outStart * bytes);
}

/** Copies all bytes of `x` to `out`, which has the same number of bytes. */
export function copyAll(x: Tensor, out: Tensor): void {
  k.copy8(x.ptr, out.ptr, 1, 1, 1, out.size * dtypes[out.dtype].bytes, 0, 0, 0, 1, 0, 0, 0, 1);
}
