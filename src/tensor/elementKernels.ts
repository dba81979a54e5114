// The kernels that move elements without a look at what they mean: one each for every width of an element.
import { type Kernels, k } from "../wasm/kernels.js";
import { type DType, dtypes, type ElementBits } from "./dtype.js";

type CopyName = `copy${ElementBits}`;
type GatherName = `gather${ElementBits}`;
type WhereName = `where${ElementBits}`;

interface ElementKernels {
  readonly copy: Kernels["copy8"];
  readonly gather: Kernels["gather8"];
  readonly where: Kernels["where8"];
}

/** Reads `k` when it is asked, because threads put other kernels there. */
const kernelsOf = (copy: CopyName, gather: GatherName, where: WhereName): ElementKernels => ({
  get copy() {
    return k[copy];
  },
  get gather() {
    return k[gather];
  },
  get where() {
    return k[where];
  },
});

const byBits: Readonly<Record<ElementBits, ElementKernels>> = {
  8: kernelsOf("copy8", "gather8", "where8"),
  16: kernelsOf("copy16", "gather16", "where16"),
  32: kernelsOf("copy32", "gather32", "where32"),
  64: kernelsOf("copy64", "gather64", "where64"),
};

/** The kernels for elements of a dtype. */
export function elementKernels(dtype: DType): ElementKernels {
  return byBits[dtypes[dtype].bits];
}
