// Matrix products, products with transposed operands as in training, the kernel without its operation, and int8 products.
import { inputsOf } from "../../inputs.mjs";
import { internals, simdgrad } from "./library.mjs";
import { gradientOf, make } from "./make.mjs";

/** a^T b is the gradient of w in `a w`. */
function transposedA({ m, n }, a, b) {
  const w = simdgrad.zeros([m, n], { requiresGrad: true });
  return gradientOf(w, a.matmul(w), b);
}

/** A small product without checks, allocation of the result, and tape. */
function kernelAlone({ m, k, n }, a, b) {
  const { kernels, workspace } = internals;
  const out = simdgrad.zeros([m, n]);
  const work = workspace(kernels.gemmWorkspace(m, n, k));
  return {
    run() {
      kernels.gemm(m, n, k, a.ptr, k, 1, b.ptr, n, 1, out.ptr, n, 0, 0, 0, 0, work);
      return out;
    },
    free() {},
  };
}

export function matmul(work) {
  const { a, b } = inputsOf(work, make);
  if (work.kernelAlone) return kernelAlone(work, a, b);
  if (work.aT) return transposedA(work, a, b);
  return { run: work.bT ? () => simdgrad.linear(a, b) : () => a.matmul(b) };
}

/** Both operands are quantized before; the weight, stored [n, k], has a scale per output and keeps its packed form. */
export function int8(work) {
  const { a, b } = inputsOf(work, make);
  const { quantize, quantizedLinear } = internals;
  const x = quantize(a);
  const weight = quantize(b, { axis: 0 });
  return { run: () => quantizedLinear(x, weight) };
}
