// Attention whose kernels never hold the whole matrix of scores, forward and backward. attend.ts is the same in plain operations.
import { defineOp, type Op } from "../../tensor/op.js";
import { type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { attentionKernels } from "../../wasm/generated/groups/attention.js";
import { ints } from "../../wasm/memory.js";
import { type Attend, attend } from "./attend.js";

type Attr = Pick<Attend, "causal" | "scale">;
type Inputs = [q: Tensor, k: Tensor, v: Tensor, bias: Tensor | undefined];

/** Fewer queries do not pay for packing the keys. */
const LEAST_QUERIES = 6;

/** Bytes from one element of x to the next along the last `rank` dimensions, 0 where it is repeated. */
function stridesOf({ shape, size }: Tensor, rank: number): number[] {
  let left = size;
  const strides = shape.map((n) => {
    left /= n;
    return n > 1 ? 4 * left : 0;
  });
  return [...new Array<number>(rank - shape.length).fill(0), ...strides];
}

/** The bias of the kernels: its address, the address of a list with its place for each head, and bytes from row to row and column to column. */
function biasOf(
  bias: Tensor | undefined,
  q: Shape,
  scratch: (bytes: number) => number,
): [ptr: number, offsets: number, row: number, column: number] {
  if (!bias) return [0, 0, 0, 0];
  const lead = q.slice(0, -2);
  const heads = sizeOf(lead);
  const strides = stridesOf(bias, q.length);
  const [row, column] = strides.slice(-2) as [number, number];
  const offsets = scratch(4 * heads);
  const list = ints();
  for (let head = 0; head < heads; head++) {
    let [left, offset] = [head, 0];
    for (let dim = lead.length - 1; dim >= 0; dim--) {
      const n = lead[dim] as number;
      offset += (left % n) * (strides[dim] as number);
      left = Math.floor(left / n);
    }
    list[offsets / 4 + head] = offset;
  }
  return [bias.ptr, offsets, row, column];
}

type Sizes = [kinds: number, group: number, queries: number, keys: number, width: number, features: number];

/** The numbers that both kernels take. */
function sizesOf(q: Tensor, k: Tensor, v: Tensor): Sizes {
  const kinds = sizeOf(k.shape.slice(0, -2));
  const [queries, width] = q.shape.slice(-2) as [number, number];
  const [keys, features] = v.shape.slice(-2) as [number, number];
  return [kinds, sizeOf(q.shape.slice(0, -2)) / kinds, queries, keys, width, features];
}

/** Keeps the maximum of each row and 1 / (the sum of its exponentials). */
const attentionOp: Op<Inputs, Attr> = defineOp<Inputs, Attr>({
  name: "attention",
  optional: [3],
  infer: ([q, , v]) => ({ shape: q.shape.with(-1, v.shape.at(-1) as number), dtype: "float32" }),
  keeps: ([q]) => [{ shape: q.shape.with(-1, 2), dtype: "float32" }],
  forward: (out, [q, k, v, bias], { causal, scale }, [rest], scratch) => {
    const sizes = sizesOf(q, k, v);
    const [kinds, group, queries, keys, width, features] = sizes;
    const [ptr, offsets, row, column] = biasOf(bias, q.shape, scratch);
    const work = scratch(attentionKernels.attentionWorkspace(keys, width, features));
    const results = [out.ptr, (rest as Tensor).ptr] as const;
    const rows = [kinds, group, queries, queries, keys, width, features] as const;
    attentionKernels.attention(q.ptr, q.ptr, k.ptr, v.ptr, ptr, offsets, ...results, ...rows, causal ?? keys, row, column, scale, work);
  },
  backward: {
    inputs: [true, true, true, false],
    saves: [0, 1, 2, 3, "out"],
    rule: (g, { inputs: [q, k, v, bias], out, kept: [rest], attr }) => {
      const [dq, dk, dv] = gradients(g, q, k, v, bias, out, rest as Tensor, attr) as [Tensor, Tensor, Tensor];
      return [dq, dk, dv, undefined];
    },
  },
  composite: ([q, k, v, bias], { causal, scale }) => attend(q, k, v, { bias, causal, scale, dropoutP: 0 }).out,
});

type GradInputs = [g: Tensor, ...Inputs, out: Tensor, rest: Tensor];

/** The gradients of queries, keys and values. The weights are computed again. */
const gradients: Op<GradInputs, Attr, readonly Tensor[]> = defineOp<GradInputs, Attr, readonly Tensor[]>({
  name: "attentionGrad",
  several: true,
  optional: [4],
  infer: ([, ...inputs]) => inputs.slice(0, 3).map((x) => ({ shape: (x as Tensor).shape, dtype: "float32" })),
  forward: (outs, [g, q, k, v, bias, out, rest], { causal, scale }, _, scratch) => {
    const sizes = sizesOf(q, k, v);
    const [, , queries, keys, width, features] = sizes;
    const [ptr, offsets, row, column] = biasOf(bias, q.shape, scratch);
    const work = scratch(attentionKernels.attentionGradWorkspace(queries, keys, width, features));
    const places = [out.ptr, rest.ptr, ...outs.map((d) => d.ptr)] as [number, number, number, number, number];
    attentionKernels.attentionGrad(g.ptr, q.ptr, k.ptr, v.ptr, ptr, offsets, ...places, ...sizes, causal ?? keys, row, column, scale, work);
  },
  backward: [null, null, null, null, null, null, null],
});

/** Whether the heads of queries are those of keys, or each of these serves as many. */
function areGrouped(q: Shape, k: Shape, v: Shape): boolean {
  const outer = q.slice(0, -3);
  if (q.length !== k.length || !sameShape(k.slice(0, -2), v.slice(0, -2)) || !sameShape(outer, k.slice(0, -3))) return false;
  return q.length < 3 || (q.at(-3) as number) % (k.at(-3) as number) === 0;
}

/** `attend` without its weights. It takes memory in proportion to the lengths, unless weights are dropped or the bias needs a gradient. */
export function attention(q: Tensor, k: Tensor, v: Tensor, how: Attend): Tensor {
  const { bias, causal, scale, dropoutP } = how;
  const isFused =
    dropoutP === 0 &&
    !bias?.requiresGrad &&
    q.size * k.size * v.size > 0 &&
    (q.shape.at(-2) as number) >= LEAST_QUERIES &&
    areGrouped(q.shape, k.shape, v.shape);
  return isFused ? attentionOp(q, k, v, bias, { causal, scale }) : attend(q, k, v, how).out;
}
