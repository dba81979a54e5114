// Recurrent layers as one operation each; layers.ts has the same functions in plain operations, for second derivatives.
// T steps, B sequences, n rows of all steps, I features, H units, P the size of h, C columns of the gates.
import { ShapeError } from "../../errors.js";
import { defineOp, type Op, type Scratch } from "../../tensor/op.js";
import { formatShape, formatSpec, type Spec, sameShape } from "../../tensor/shape.js";
import { checkFloat, type Tensor } from "../../tensor/tensor.js";
import { rnnKernels } from "../../wasm/generated/groups/rnn.js";
import { k } from "../../wasm/kernels.js";
import { ints } from "../../wasm/memory.js";
import { matmulOp } from "../gemm/matmul.js";
import { packedWeight, records } from "../gemm/packed.js";
import { sum } from "../reduce/reduce.js";
import type { RecurrentLayer } from "./layers.js";
import * as layers from "./layers.js";

/** The kinds of `assembly/rnn/recurrent.ts`. */
const [RELU, TANH, GRU, LSTM] = [0, 1, 3, 4];

type Maybe = Tensor | undefined;
type Inputs = [x: Tensor, wih: Tensor, whh: Tensor, bih: Maybe, bhh: Maybe, whr: Maybe, h: Tensor, c: Maybe];

interface Attr {
  readonly kind: number;
  readonly batch: number;
  /** Rows of each step. */
  readonly sizes: readonly number[];
  readonly reverse: boolean;
  readonly packed?: boolean;
}

const address = (x: Maybe): number => x?.ptr ?? 0;
const spec = (...shape: number[]): Spec => ({ shape, dtype: "float32" });

/** With fewer rows, a product reads a matrix faster than its panels. */
const ROWS_TO_PACK = 3;

/** Where a kernel finds B, which is a weight [n, depth] or its transpose: an address, strides of rows and columns, and its panels or 0. */
type Factor = [ptr: number, brs: number, bcs: number, panels: number];

/**
 * The weight transposed (`forward`) or as it lies, for a product with `rows` rows that is done `times` times. If `keep`, its fastest form is
 * kept with it.
 */
function factorOf(weight: Maybe, forward: boolean, rows: number, times: number, keep: boolean, scratch: Scratch): Factor {
  if (!weight) return [0, 0, 0, 0];
  const { ptr, shape } = weight;
  const [r, c] = shape as [number, number];
  const [n, depth, brs, bcs] = forward ? [r, c, 1, c] : [c, r, c, 1];
  const bytes = k.packedBytes(n, depth);
  const pack = (to: number): void => k.packMatrix(n, depth, ptr, brs, bcs, to);
  if (rows >= ROWS_TO_PACK) {
    if (keep) return [ptr, brs, bcs, packedWeight(weight, `matrix ${n} x ${depth} by ${brs}`, bytes, pack)];
    if (times === 1) return [ptr, brs, bcs, 0];
    const panels = scratch(bytes);
    pack(panels);
    return [ptr, brs, bcs, panels];
  }
  const turned =
    keep && packedWeight(weight, `transposed ${n} x ${depth}`, bytes, (to) => k.copy32(ptr, to, 1, 1, c, r, 0, 0, 1, c, 0, 0, r, 1));
  return turned ? [turned, r, 1, 0] : [ptr, brs, bcs, 0];
}

/** The first arguments of both kernels, up to the places of steps and the lengths of sequences. */
function stepsOf({ kind, batch, sizes, reverse }: Attr, whh: Tensor, whr: Maybe, scratch: Scratch): KernelSizes {
  const [columns, size] = whh.shape as [number, number];
  const tables = scratch(4 * (sizes.length + batch));
  const words = ints();
  const at = tables / 4;
  const lengths = at + sizes.length;
  let total = 0;
  let left = batch;
  for (let t = 0; t <= sizes.length; t++) {
    const rows = sizes[t] ?? 0;
    while (left > rows) words[lengths + --left] = t;
    if (t < sizes.length) words[at + t] = total;
    total += rows;
  }
  return [kind, Number(reverse), sizes.length, batch, columns, whr ? (whr.shape[1] as number) : size, size, tables, lengths * 4];
}

type KernelSizes = [
  kind: number,
  reverse: number,
  steps: number,
  batch: number,
  columns: number,
  units: number,
  size: number,
  starts: number,
  lengths: number,
];

/** Throws unless a tensor that is there has a shape. */
function check(op: string, name: string, x: Maybe, ...shape: number[]): void {
  if (!x) return;
  checkFloat(op, x);
  if (!sameShape(x.shape, shape)) throw new ShapeError(`${op}: ${name} must be ${formatShape(shape)}, got ${formatSpec(x)}`);
}

/** The gradient of a weight, from those of the sums that it makes of the rows of x. */
const weightGrad = (g: Tensor, x: Tensor): Tensor => matmulOp(g, x, { a: true, b: false });

type GradInputs = [dy: Maybe, dh: Maybe, dc: Maybe, whh: Tensor, whr: Maybe, gates: Tensor, before: Tensor, u: Maybe, v: Maybe];

/** The gradients of the sums of the gates, of the initial states and of what a projection gives. */
const gradients: Op<GradInputs, Attr, readonly Tensor[]> = defineOp<GradInputs, Attr, readonly Tensor[]>({
  name: "recurrentGrads",
  several: true,
  optional: [0, 1, 2, 4, 7, 8],
  infer: ([, , , whh, whr, gates, before], { kind, batch }) => {
    const size = whh.shape[1] as number;
    return [
      spec(...gates.shape),
      spec(batch, size),
      ...(kind === LSTM ? [spec(batch, (whh.shape[0] as number) / LSTM)] : kind === GRU ? [spec(...gates.shape)] : []),
      ...(whr ? [spec(...before.shape)] : []),
    ];
  },
  forward: ([dg, dh, more, dp], [dy, dhLast, dcLast, whh, whr, gates, before, u, v], attr, _, scratch) => {
    const isLstm = attr.kind === LSTM;
    const sizes = stepsOf(attr, whh, whr, scratch);
    const [steps, batch, columns, units] = sizes.slice(2) as [number, number, number, number];
    const [w, , , panels] = factorOf(whh, false, batch, steps, false, scratch);
    const [wp, , , wpPanels] = factorOf(whr, false, batch, steps, false, scratch);
    const saved = [gates.ptr, before.ptr, address(u), address(v), address(dy), address(dhLast), address(dcLast)] as const;
    const results = [address(dg), isLstm ? 0 : address(more), address(dh), isLstm ? address(more) : 0, address(dp)] as const;
    const work = scratch(rnnKernels.recurrentWorkspace(batch, columns, units));
    rnnKernels.recurrentGrad(...sizes, w, panels, wp, wpPanels, ...saved, ...results, work);
  },
  backward: [null, null, null, null, null, null, null, null, null],
});

/** One kind of layer as an operation, and as what layers call. */
function fused(name: string, kind: number, composite: RecurrentLayer): RecurrentLayer {
  const isLstm = kind === LSTM;
  const isGru = kind === GRU;
  const op: Op<Inputs, Attr, readonly Tensor[]> = defineOp<Inputs, Attr, readonly Tensor[]>({
    name,
    several: true,
    optional: [3, 4, 5, 7],
    infer: ([x, wih, whh, bih, bhh, whr, h, c], { batch, sizes }) => {
      const n = sizes.reduce((total, size) => total + size, 0);
      const features = x.shape.at(-1) as number;
      const size = h.shape.at(-1) as number;
      const units = whr ? (whr.shape.at(-1) as number) : size;
      const columns = units * (kind || 1);
      check(name, "x", x, n, features);
      check(name, "the weight of x", wih, columns, features);
      check(name, "the weight of h", whh, columns, size);
      check(name, "the bias of x", bih, columns);
      check(name, "the bias of h", bhh, columns);
      check(name, "the projection", whr, size, units);
      check(name, "h", h, batch, size);
      check(name, "c", c, batch, units);
      return [spec(n, size), spec(batch, size), ...(isLstm ? [spec(batch, units)] : [])];
    },
    // The states before each step; the gates; c before and tanh c, or the state's part of n; what is projected.
    keeps: (inputs) => {
      if (!records(...inputs)) return [];
      const [x, , whh, , , whr, h] = inputs;
      const n = x.shape[0] as number;
      const before = spec(n, h.shape[1] as number);
      if (!isLstm && !isGru) return [before];
      const [columns, size] = whh.shape as [number, number];
      const rows = spec(n, whr ? (whr.shape[1] as number) : size);
      return [before, spec(n, columns), rows, ...(isLstm ? [rows] : []), ...(whr ? [rows] : [])];
    },
    forward: ([y, last, lastC], [x, wih, whh, bih, bhh, whr, h, c], attr, [before, gates, u, v, m], scratch) => {
      const [n, depth] = x.shape as [number, number];
      const sizes = stepsOf(attr, whh, whr, scratch);
      const [steps, batch, columns, units] = sizes.slice(2) as [number, number, number, number];
      const keep = attr.packed === true;
      let bias = address(bih);
      if (!isGru && bih && bhh) {
        bias = scratch(4 * columns);
        k.add(bih.ptr, bhh.ptr, bias, 1, columns, 0, 1, 0, 1);
      }
      const to = gates ? gates.ptr : isLstm || isGru ? scratch(4 * n * columns) : address(y);
      const work = scratch(Math.max(k.gemmWorkspace(n, columns, depth), rnnKernels.recurrentWorkspace(batch, columns, units)));
      const [from, brs, bcs, panels] = factorOf(wih, true, n, 1, keep, scratch);
      if (panels) k.gemmPacked(n, columns, depth, x.ptr, depth, 1, panels, to, bias, 0, work);
      else k.gemm(n, columns, depth, x.ptr, depth, 1, from, brs, bcs, to, columns, 0, 0, bias, 0, work);
      const [w, step, , wPanels] = factorOf(whh, true, batch, steps, keep, scratch);
      const [wp, , , wpPanels] = factorOf(whr, true, batch, steps, batch >= ROWS_TO_PACK && keep, scratch);
      const states = [address(y), h.ptr, address(c), address(last), address(lastC)] as const;
      const kept = [address(before), address(u), address(v), address(m)] as const;
      rnnKernels.recurrent(...sizes, w, step, wPanels, isGru ? address(bhh) : 0, wp, wpPanels, to, ...states, ...kept, work);
    },
    backward: {
      inputs: [true, true, true, true, true, true, true, true],
      // All inputs: the composite needs them.
      saves: [0, 1, 2, 3, 4, 5, 6, 7, ...(isLstm || isGru ? [] : ["out:0" as const])],
      rule: ([dy, dhLast, dcLast], { inputs: [x, wih, whh, , , whr], out, kept, attr }, wanted) => {
        const [before, gates = out[0] as Tensor, u, v, m] = kept;
        const grads = gradients(dy, dhLast, dcLast, whh, whr, gates, before as Tensor, u, v, attr);
        const [dg, dh, more, dp] = grads as [Tensor, Tensor, Tensor, Tensor];
        const ds = isGru ? more : dg;
        const db = wanted[3] || (wanted[4] && !isGru) ? sum(dg, 0) : undefined;
        return [
          wanted[0] ? matmulOp(dg, wih, { a: false, b: false }) : undefined,
          wanted[1] ? weightGrad(dg, x) : undefined,
          wanted[2] ? weightGrad(ds, before as Tensor) : undefined,
          db,
          wanted[4] && isGru ? sum(ds, 0) : db,
          wanted[5] ? weightGrad(dp, m as Tensor) : undefined,
          dh,
          isLstm ? more : undefined,
        ];
      },
    },
    composite: ([x, wih, whh, bih, bhh, whr, h, c], { sizes, reverse }) => {
      const weights = [wih, whh, bih ?? null, bhh ?? null, whr ?? null] as const;
      const { y, last } = composite(x, sizes, c ? [h, c] : [h], weights, { reverse, packed: false });
      return [y, ...last];
    },
  });
  return (x, sizes, [h, c], weights, { reverse, packed }) => {
    const [wih, whh, bih, bhh, whr] = weights;
    const attr: Attr = {
      kind,
      batch: (h as Tensor).shape[0] as number,
      sizes,
      reverse,
      packed: packed && !records(x, h, c, ...weights),
    };
    const [y, ...last] = op(x, wih, whh, bih ?? undefined, bhh ?? undefined, whr ?? undefined, h as Tensor, c, attr) as [
      Tensor,
      ...Tensor[],
    ];
    return { y, last };
  };
}

/** The layers of `layers.ts`, each as one operation. */
export const tanhLayer: RecurrentLayer = /* @__PURE__ */ fused("rnnTanh", TANH, layers.tanhLayer);
export const reluLayer: RecurrentLayer = /* @__PURE__ */ fused("rnnRelu", RELU, layers.reluLayer);
export const gruLayer: RecurrentLayer = /* @__PURE__ */ fused("gru", GRU, layers.gruLayer);
export const lstmLayer: RecurrentLayer = /* @__PURE__ */ fused("lstm", LSTM, layers.lstmLayer);
