// One kernel call for all parameters of a group: the kernel reads their addresses from a table (assembly/optim/step.ts).
import { defineOp, type Op } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { fill } from "../tensor/values.js";
import { optimKernels } from "../wasm/generated/groups/optim.js";
import type { OptimKernels } from "../wasm/generated/kernels.js";
import { ints } from "../wasm/memory.js";

/** Words of a row of the table. */
const ROW = 6;

interface Call {
  /** Tensors of a row: the parameter, its gradient, its state. */
  readonly width: number;
  /** The arguments of the kernel after the number of elements. */
  readonly numbers: readonly number[];
}

/** Changes the parameters and their state in place. The tensors are those of one row after the other. */
export type Rule = Op<Tensor[], Call, Tensor[]>;

/** Writes the table and returns the number of elements. */
function writeTable(ptr: number, tensors: readonly Tensor[], width: number): number {
  const words = ints();
  let total = 0;
  for (let i = 0, at = ptr / 4; i < tensors.length; at += ROW) {
    const { size } = tensors[i] as Tensor;
    words[at] = size;
    total += size;
    for (let j = 1; j <= width; j++) words[at + j] = (tensors[i++] as Tensor).ptr;
  }
  return total;
}

const bytesOfTable = (tensors: readonly Tensor[], width: number): number => (4 * ROW * tensors.length) / width;

/** The operation that calls a kernel. */
export function step(kernel: Exclude<keyof OptimKernels, "gradNorm">): Rule {
  return defineOp<Tensor[], Call, Tensor[]>({
    name: `${kernel}Step`,
    several: true,
    infer: () => [],
    forward: (_, tensors, { width, numbers }, _kept, scratch) => {
      const table = scratch(bytesOfTable(tensors, width));
      const n = writeTable(table, tensors, width);
      (optimKernels[kernel] as (...args: number[]) => void)(table, 0, n, ...numbers);
      tensors.forEach((tensor, i) => {
        if (i % width !== 1) tensor.storage.version++; // all but the gradients
      });
    },
    backward: { inputs: "any", saves: [], rule: () => [] },
  });
}

/** Sum of |x| (kind 1), root of the sum of x^2 (2) or largest |x| (0) over all tensors, as a scalar. */
export const gradNorm: Op<Tensor[], number> = defineOp<Tensor[], number>({
  name: "gradNorm",
  infer: () => ({ shape: [], dtype: "float32" }),
  forward: (out, tensors, kind, _kept, scratch) => {
    const table = scratch(bytesOfTable(tensors, 1));
    writeTable(table, tensors, 1);
    const total = optimKernels.gradNorm(table, tensors.length, kind);
    fill(out, kind === 2 ? Math.sqrt(total) : total);
  },
  backward: { inputs: "any", saves: [], rule: () => [] },
});

/** Edits in place: `a p + b g` for each pair of p and g. */
const blendStep: Rule = /* @__PURE__ */ step("blend");

/** p = a p + b g for pairs of tensors of equal sizes, in one pass. */
export function blend(pairs: readonly (readonly [p: Tensor, g: Tensor])[], a: number, b: number): void {
  if (pairs.length > 0) blendStep(...pairs.flat(), { width: 2, numbers: [a, b] });
}
