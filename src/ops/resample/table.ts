// Sparse maps along one dimension: each output is a weighted sum of a few inputs. Interpolation is made of them, and their transposes are its
// gradient and that of padding.
import { defineOp, type Op } from "../../tensor/op.js";
import { aroundDim, type Shape, sizeOf } from "../../tensor/shape.js";
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
function filtered(at: number, { n }: Axis, reach: number, filter: Filter): Tap[] {
  const taps: Tap[] = [];
  const first = Math.floor(at) + 1 - reach;
  for (let i = first; i < first + 2 * reach; i++) taps.push([clip(i, n), filter(at - i)]);
  return taps;
}

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
  const counts: number[] = [];
  for (const [i, { length }] of rows.entries()) counts[Math.floor(i / GROUP)] = Math.max(counts[Math.floor(i / GROUP)] ?? 0, length);
  const starts = scratch(4 * (counts.length + 1));
  const taps = scratch(4 * WORDS_PER_ENTRY * counts.reduce((sum, count) => sum + count, 0));
  const [whole, real] = [ints(), floats()];
  let at = taps / 4;
  whole[starts / 4] = 0;
  for (const [g, count] of counts.entries()) {
    for (let t = 0; t < count; t++, at += WORDS_PER_ENTRY) {
      for (let lane = 0; lane < GROUP; lane++) {
        const tap = rows[g * GROUP + lane]?.[t];
        whole[at + lane] = tap ? 4 * tap[0] : 0;
        real[at + GROUP + lane] = tap ? tap[1] || 0 : -0;
      }
    }
    whole[starts / 4 + g + 1] = (at - taps / 4) / WORDS_PER_ENTRY;
  }
  return [starts, taps];
}

/** An axis, and where it is. */
export interface Along extends Axis {
  readonly dim: number;
  /** Whether inputs are made of outputs, with the same weights. */
  readonly back: boolean;
}

const lengthOf = ({ back, n, m }: Along): number => (back ? n : m);

/** Whether each output is made of a pair. */
const isPaired = ({ rule, back, n, m }: Along): boolean => rule === "linear" && !back && n !== m;

/** The maps along some dimensions of a float32 tensor, one after the other, or their transposes. */
export const resample: Op<[x: Tensor], readonly Along[]> = defineOp<[x: Tensor], readonly Along[]>({
  name: "resample",
  infer: ([x], axes) => ({ shape: axes.reduce((shape: Shape, axis) => shape.with(axis.dim, lengthOf(axis)), x.shape), dtype: "float32" }),
  forward: (out, [x], axes, _, scratch) => {
    const first = Math.min(...axes.map(({ dim }) => dim));
    let part = x.shape.slice(first);
    const steps = axes.map((axis) => {
      const at = axis.dim - first;
      const [outer, from, inner] = aroundDim(part, at);
      part = part.with(at, lengthOf(axis));
      const taps = tapsOf(axis);
      return { outer, from, inner, to: lengthOf(axis), size: sizeOf(part), ...axis, table: axis.back ? transposed(taps, axis.n) : taps };
    });
    const parts = sizeOf(x.shape.slice(0, first));
    const [inner, outer] = steps;
    if (outer && steps.length === 2 && inner?.dim === x.ndim - 1 && outer.dim === x.ndim - 2 && steps.every(isPaired)) {
      const tables = [...writeTable(outer.table, scratch), ...writeTable(inner.table, scratch)] as const;
      const work = scratch(resampleKernels.resamplePlanesWorkspace(inner.to));
      resampleKernels.resamplePlanes(x.ptr, out.ptr, ...tables, parts, outer.from, inner.from, outer.to, inner.to, work);
      return;
    }
    const between = steps.slice(0, -1).map(({ size }) => size);
    // The elements that lie between the maps of two axes at a time are few enough for the second cache.
    const together = Math.min(parts, Math.max(1, Math.floor(2 ** 13 / Math.max(...between, 0))));
    const places = between.map((size) => scratch(4 * size * together));
    const tables = steps.map(({ table }) => writeTable(table, scratch));
    for (let at = 0; at < parts; at += together) {
      const count = Math.min(together, parts - at);
      let source = x.ptr + 4 * at * (x.size / parts);
      for (const [i, { outer, from, to, inner, back }] of steps.entries()) {
        const target = places[i] ?? out.ptr + 4 * at * (out.size / parts);
        resampleKernels.resample(source, target, ...(tables[i] as [number, number]), count * outer, from, to, inner, back ? 0 : -0);
        source = target;
      }
    }
  },
  backward: [(g, { attr }) => resample(g, attr.map((axis) => ({ ...axis, back: !axis.back })).reverse())],
});
