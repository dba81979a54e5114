// The kernels that move elements without interpreting them: one for every size of an element.
import { type Kernels, k } from "../wasm/kernels.js";
import { type DType, dtypes, type ElementBits } from "./dtype.js";

interface ElementKernels {
  readonly copy: Kernels["copy8"];
  readonly gather: Kernels["gather8"];
  readonly where: Kernels["where8"];
}

const byBits: Readonly<Record<ElementBits, () => ElementKernels>> = {
  8: () => ({ copy: k.copy8, gather: k.gather8, where: k.where8 }),
  16: () => ({ copy: k.copy16, gather: k.gather16, where: k.where16 }),
  32: () => ({ copy: k.copy32, gather: k.gather32, where: k.where32 }),
  64: () => ({ copy: k.copy64, gather: k.gather64, where: k.where64 }),
};

/** The kernels for elements of a dtype. */
export function elementKernels(dtype: DType): ElementKernels {
  return byBits[dtypes[dtype].bits]();
}
