// One kernel call for all parameters of a group: the kernel reads their addresses from a table (assembly/optim/step.ts).
import { dispatch } from "../tensor/dispatch.js";
import { defineOp, type Op, type Operation, operationNamed } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { fill } from "../tensor/values.js";
import { optimKernels } from "../wasm/generated/groups/optim.js";
import type { OptimKernels } from "../wasm/generated/kernels.js";
import { ints } from "../wasm/memory.js";

/** Words of a row of the table. */
const ROW = 6;

interface Call {
  /** Addresses of the state tensors, as many for each parameter. */
  readonly states: readonly number[];
  /** The arguments of the kernel after the number of elements. */
  readonly numbers: readonly number[];
}

/** The operation that calls a kernel. It changes parameters and their state in place; its inputs are each parameter and its gradient. */
export type Rule = Op<Tensor[], Call, Tensor[]>;

/** Writes the table, a row for each `per` tensors, and returns the number of elements. */
function writeTable(ptr: number, tensors: readonly Tensor[], per: 1 | 2, states: readonly number[]): number {
  const words = ints();
  const count = (states.length * per) / tensors.length;
  let total = 0;
  for (let i = 0, next = 0, at = ptr / 4; i < tensors.length; i += per, at += ROW) {
    const p = tensors[i] as Tensor;
    words[at] = p.size;
    words[at + 1] = p.ptr;
    if (per === 2) words[at + 2] = (tensors[i + 1] as Tensor).ptr;
    for (let j = 0; j < count; j++) words[at + 3 + j] = states[next++] as number;
    total += p.size;
  }
  return total;
}

const bytesOfTable = (rows: number): number => 4 * ROW * rows;

/** Defines the operation that calls a kernel. */
export function step(kernel: Exclude<keyof OptimKernels, "gradNorm">): Rule {
  return defineOp<Tensor[], Call, Tensor[]>({
    name: `${kernel}Step`,
    several: true,
    infer: () => [],
    forward: (_, tensors, { states, numbers }, _kept, scratch) => {
      const table = scratch(bytesOfTable(tensors.length / 2));
      const n = writeTable(table, tensors, 2, states);
      (optimKernels[kernel] as (...args: number[]) => void)(table, 0, n, ...numbers);
      for (let i = 0; i < tensors.length; i += 2) (tensors[i] as Tensor).storage.version++;
    },
    backward: { inputs: "any", saves: [], rule: () => [] },
  });
}

/** Calls a rule: with a list, because there may be thousands of tensors. */
export function run(rule: Rule, tensors: Tensor[], states: readonly number[], numbers: readonly number[]): void {
  dispatch(operationNamed(rule.def.name) as Operation, tensors, { states, numbers });
}

/** Sum of |x| (kind 1), root of the sum of x^2 (2) or largest |x| (0) over all tensors, as a scalar. */
export const gradNorm: Op<Tensor[], number> = defineOp<Tensor[], number>({
  name: "gradNorm",
  infer: () => ({ shape: [], dtype: "float32" }),
  forward: (out, tensors, kind, _kept, scratch) => {
    const table = scratch(bytesOfTable(tensors.length));
    writeTable(table, tensors, 1, []);
    const total = optimKernels.gradNorm(table, tensors.length, kind);
    fill(out, kind === 2 ? Math.sqrt(total) : total);
  },
  backward: { inputs: "any", saves: [], rule: () => [] },
});

/** Edits in place: `a p + b g` for each pair of p and g. */
const blendStep: Rule = /* @__PURE__ */ step("blend");

/** p = a p + b g for pairs of tensors of equal sizes, in one pass. */
export function blend(pairs: readonly (readonly [p: Tensor, g: Tensor])[], a: number, b: number): void {
  if (pairs.length > 0) run(blendStep, pairs.flat(), [], [a, b]);
}
