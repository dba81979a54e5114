// Sparse maps along one dimension: each output is a weighted sum of a few inputs. Interpolation is made of them, and their transposes are its
// gradient and that of padding.
import { defineOp, type Op } from "../../tensor/op.js";
import { aroundDim } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { resampleKernels } from "../../wasm/generated/groups/resample.js";
import { floats, ints } from "../../wasm/memory.js";

/** An input and its weight. */
type Tap = readonly [index: number, weight: number];

/** How outputs are made of inputs along one dimension. */
export interface Axis {
  readonly rule: keyof typeof RULES;
  /** Number of inputs and of outputs. */
  readonly n: number;
  readonly m: number;
  /** Of interpolation: inputs per output. Of padding: outputs in front. */
  readonly scale: number;
  /** Whether the first and the last input are those of the output. */
  readonly corners: boolean;
}

const clip = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);

/** Where output `i` lies among the inputs. */
const place = ({ scale, corners }: Axis, i: number): number => (corners ? i * scale : (i + 0.5) * scale - 0.5);

type Filter = (distance: number) => number;

const hat: Filter = (x) => Math.max(1 - Math.abs(x), 0);

/** Keys' cubic with its parameter a; Keys, "Cubic convolution interpolation", 1981. */
const cubic =
  (a: number): Filter =>
  (x) => {
    const d = Math.abs(x);
    if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
  };

/** The inputs at a distance below `reach`, those outside replaced by the outer ones. */
const filtered = (at: number, { n }: Axis, reach: number, filter: Filter): Tap[] =>
  Array.from({ length: 2 * reach }, (_, j) => {
    const i = Math.floor(at) + 1 - reach + j;
    return [clip(i, n), filter(at - i)];
  });

/** A filter that widens with the scale, so that every input counts; its weights add up to 1. */
function smoothed({ n, scale }: Axis, i: number, reach: number, filter: Filter): Tap[] {
  const wide = Math.max(scale, 1);
  const center = scale * (i + 0.5);
  const first = Math.max(Math.trunc(center - reach * wide + 0.5), 0);
  const end = Math.min(Math.trunc(center + reach * wide + 0.5), n);
  const weights = Array.from({ length: end - first }, (_, j) => filter((j + first - center + 0.5) / wide));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w, j) => [first + j, w / total]);
}

const RULES = {
  // Rounded to float32 before the floor, as PyTorch does.
  nearest: ({ n, scale }: Axis, i: number): Tap[] => [[Math.min(Math.floor(Math.fround(i * scale)), n - 1), 1]],
  "nearest-exact": ({ n, scale }: Axis, i: number): Tap[] => [[Math.min(Math.floor(Math.fround((i + 0.5) * scale)), n - 1), 1]],
  linear: (axis: Axis, i: number): Tap[] => (axis.n === axis.m ? [[i, 1]] : filtered(Math.max(place(axis, i), 0), axis, 1, hat)),
  cubic: (axis: Axis, i: number): Tap[] => filtered(place(axis, i), axis, 2, cubic(-0.75)),
  area: ({ n, m }: Axis, i: number): Tap[] => {
    const first = Math.floor((i * n) / m);
    const count = Math.ceil(((i + 1) * n) / m) - first;
    return Array.from({ length: count }, (_, j) => [first + j, 1 / count]);
  },
  "smooth linear": (axis: Axis, i: number): Tap[] => smoothed(axis, i, 1, hat),
  "smooth cubic": (axis: Axis, i: number): Tap[] => smoothed(axis, i, 2, cubic(-0.5)),
  reflect: ({ n, scale }: Axis, i: number): Tap[] => {
    const at = Math.abs(i - scale);
    return [[at < n ? at : 2 * (n - 1) - at, 1]];
  },
  replicate: ({ n, scale }: Axis, i: number): Tap[] => [[clip(i - scale, n), 1]],
  circular: ({ n, scale }: Axis, i: number): Tap[] => [[(i - scale + n) % n, 1]],
};

/** The inputs of each output. */
export function tapsOf(axis: Axis): Tap[][] {
  return Array.from({ length: axis.m }, (_, i) => RULES[axis.rule](axis, i));
}

/** The outputs of each input. */
function transposed(taps: readonly Tap[][], n: number): Tap[][] {
  const rows = Array.from({ length: n }, (): Tap[] => []);
  for (const [i, row] of taps.entries()) for (const [index, weight] of row) rows[index]?.push([i, weight]);
  return rows;
}

const GROUP = 4;
const WORDS_PER_ENTRY = 8;

/** Writes the table of the kernel (assembly/resample/resample.ts) to scratch memory. */
function writeTable(rows: readonly Tap[][], scratch: (bytes: number) => number): [starts: number, taps: number] {
  const counts = Array.from({ length: Math.ceil(rows.length / GROUP) }, (_, g) =>
    Math.max(...rows.slice(g * GROUP, (g + 1) * GROUP).map((row) => row.length)),
  );
  const starts = scratch(4 * (counts.length + 1));
  const taps = scratch(4 * WORDS_PER_ENTRY * counts.reduce((sum, count) => sum + count, 0));
  const [whole, real] = [ints(), floats()];
  let entry = 0;
  whole[starts / 4] = 0;
  for (const [g, count] of counts.entries()) {
    for (let t = 0; t < count; t++, entry++) {
      for (let lane = 0; lane < GROUP; lane++) {
        const [index, weight] = rows[g * GROUP + lane]?.[t] ?? [0, -0];
        const at = taps / 4 + entry * WORDS_PER_ENTRY + lane;
        whole[at] = 4 * index;
        real[at + GROUP] = rows[g * GROUP + lane]?.[t] ? weight || 0 : -0;
      }
    }
    whole[starts / 4 + g + 1] = entry;
  }
  return [starts, taps];
}

interface Along extends Axis {
  readonly dim: number;
  /** Whether inputs are made of outputs, with the same weights. */
  readonly back: boolean;
}

/** The map along one dimension of a float32 tensor, or its transpose. */
export const resample: Op<[x: Tensor], Along> = defineOp<[x: Tensor], Along>({
  name: "resample",
  infer: ([x], { dim, back, n, m }) => ({ shape: x.shape.map((size, i) => (i === dim ? (back ? n : m) : size)), dtype: "float32" }),
  forward: (out, [x], { dim, back, ...axis }, _, scratch) => {
    const taps = tapsOf(axis);
    const table = writeTable(back ? transposed(taps, axis.n) : taps, scratch);
    const [outer, from, inner] = aroundDim(x.shape, dim);
    resampleKernels.resample(x.ptr, out.ptr, ...table, outer, from, out.shape[dim] as number, inner, back ? 0 : -0);
  },
  backward: [(g, { attr }) => resample(g, { ...attr, back: !attr.back })],
});
