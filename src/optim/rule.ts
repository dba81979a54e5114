// One kernel call for all parameters of a group: the kernel reads their addresses from a table (assembly/optim/step.ts).
import { dispatch, isIntercepted } from "../tensor/dispatch.js";
import { defineOp, type Op, type Operation, operationNamed, type Scratch } from "../tensor/op.js";
import { checkValues, type Tensor } from "../tensor/tensor.js";
import { fill } from "../tensor/values.js";
import { optimKernels } from "../wasm/generated/groups/optim.js";
import type { OptimKernels } from "../wasm/generated/kernels.js";
import { ints, returnScratch, takeScratch } from "../wasm/memory.js";

/** Words of a row of a table: elements, addresses of the parameter, of its gradient, of three tensors of state. */
export const ROW = 6;

/** What a kernel reads: a row for each parameter, and the number of all elements. */
export interface Table {
  readonly words: Int32Array;
  readonly total: number;
}

interface Call {
  /** Addresses of the state tensors, three for each parameter, or none at all. */
  readonly states: readonly number[];
  /** The arguments of the kernel after the number of elements. */
  readonly numbers: readonly number[];
  /** The table, if there is one already; its tensors are no inputs then. */
  readonly table?: Table;
}

/** The operation that calls a kernel. It changes parameters and their state in place; its inputs are each parameter and its gradient. */
export type Rule = Op<Tensor[], Call, Tensor[]>;

/** The address of a tensor's elements; 0 for one of `meta`, which has none and only takes steps that an interceptor receives. */
export function addressOf(x: Tensor): number {
  if (!x.isMeta) return x.ptr;
  if (!isIntercepted()) checkValues("step", x);
  return 0;
}

/** The table of tensors, a row for each `per`, and of the addresses of their state. */
function tableOf(per: 1 | 2, tensors: readonly Tensor[], states: readonly number[]): Table {
  const words = new Int32Array((ROW * tensors.length) / per);
  let total = 0;
  for (let i = 0, next = 0, at = 0; i < tensors.length; i += per, at += ROW) {
    const p = tensors[i] as Tensor;
    words[at] = p.size;
    words[at + 1] = p.ptr;
    if (per === 2) words[at + 2] = (tensors[i + 1] as Tensor).ptr;
    for (let j = 3; j < ROW; j++) words[at + j] = states[next++] ?? 0;
    total += p.size;
  }
  return { words, total };
}

/** Copies a table to where a kernel can read it. */
function lend({ words }: Table, scratch: Scratch): number {
  const ptr = scratch(words.byteLength);
  ints().set(words, ptr / 4);
  return ptr;
}

/** Defines the operation that calls a kernel. */
export function step(kernel: Exclude<keyof OptimKernels, "gradNorm">): Rule {
  return defineOp<Tensor[], Call, Tensor[]>({
    name: `${kernel}Step`,
    several: true,
    infer: () => [],
    forward: (_, tensors, { states, numbers, table = tableOf(2, tensors, states) }, _kept, scratch) => {
      (optimKernels[kernel] as (...args: number[]) => void)(lend(table, scratch), 0, table.total, ...numbers);
      for (let i = 0; i < tensors.length; i += 2) (tensors[i] as Tensor).storage.version++;
    },
    backward: { inputs: "any", saves: [], rule: () => [] },
  });
}

/** Calls a rule: with a list, because there may be thousands of tensors. */
export function run(rule: Rule, tensors: Tensor[], states: readonly number[], numbers: readonly number[]): void {
  dispatch(operationNamed(rule.def.name) as Operation, tensors, { states, numbers });
}

/** Calls the kernel of a rule for a table, as `run` does where no interceptor looks on. Counts no edit of the parameters. */
export function runTable(rule: Rule, table: Table, numbers: readonly number[]): void {
  const block = takeScratch(table.words.byteLength);
  try {
    rule.def.forward([], [], { states: [], numbers, table }, [], () => block.ptr);
  } finally {
    returnScratch(block);
  }
}

/** Sum of |x| (kind 1), root of the sum of x^2 (2) or largest |x| (0) over all tensors, as a scalar. */
export const gradNorm: Op<Tensor[], number> = defineOp<Tensor[], number>({
  name: "gradNorm",
  infer: () => ({ shape: [], dtype: "float32" }),
  forward: (out, tensors, kind, _kept, scratch) => {
    const total = optimKernels.gradNorm(lend(tableOf(1, tensors, []), scratch), tensors.length, kind);
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
