// Convolutions in memory, their float64 truth, and what the tests of conv2d and of Winograd's tiles ask of them.
import { expect } from "vitest";
import { worst } from "./bound.js";
import { Arena, type Placed, type RawKernels, randomValues } from "./harness.js";

export interface Conv {
  N: number;
  C: number;
  H: number;
  W: number;
  F: number;
  KH: number;
  KW: number;
  OH: number;
  OW: number;
  SH: number;
  SW: number;
  PT: number;
  PL: number;
  DH: number;
  DW: number;
  G: number;
  fast: number;
}

/** A table row: sizes, then what differs from stride 1, no padding, dilation 1, one group. `pad` is top, bottom, left, right. */
export interface Row {
  x: [n: number, c: number, h: number, w: number];
  w: [f: number, kh: number, kw: number];
  stride?: [number, number];
  pad?: [number, number, number, number];
  dilation?: [number, number];
  groups?: number;
  fast?: boolean;
}

export function conv({ x, w, stride = [1, 1], pad = [0, 0, 0, 0], dilation = [1, 1], groups = 1, fast = false }: Row): Conv {
  const [N, C, H, W] = x;
  const [F, KH, KW] = w;
  const length = (size: number, axis: 0 | 1) => {
    const window = dilation[axis] * (w[axis + 1] as number) - dilation[axis] + 1;
    return Math.floor((size + (pad[2 * axis] as number) + (pad[2 * axis + 1] as number) - window) / stride[axis]) + 1;
  };
  return {
    ...{ N, C, H, W, F, KH, KW, OH: length(H, 0), OW: length(W, 1) },
    ...{ SH: stride[0], SW: stride[1], PT: pad[0], PL: pad[2], DH: dilation[0], DW: dilation[1], G: groups, fast: Number(fast) },
  };
}

export const ints = (s: Conv) => [s.N, s.C, s.H, s.W, s.F, s.KH, s.KW, s.OH, s.OW, s.SH, s.SW, s.PT, s.PL, s.DH, s.DW, s.G, s.fast];

/** Calls `visit` with the positions in x, w and out of every product of the convolution. */
export function products(s: Conv, visit: (x: number, w: number, out: number) => void): void {
  const [channels, filters] = [s.C / s.G, s.F / s.G];
  for (let n = 0; n < s.N; n++) {
    for (let f = 0; f < s.F; f++) {
      for (let p = 0; p < s.OH * s.OW; p++) {
        const [oh, ow] = [Math.floor(p / s.OW), p % s.OW];
        for (let c = 0; c < channels; c++) {
          for (let kh = 0; kh < s.KH; kh++) {
            for (let kw = 0; kw < s.KW; kw++) {
              const [ih, iw] = [oh * s.SH - s.PT + kh * s.DH, ow * s.SW - s.PL + kw * s.DW];
              if (ih < 0 || ih >= s.H || iw < 0 || iw >= s.W) continue;
              const channel = n * s.C + Math.floor(f / filters) * channels + c;
              const tap = ((f * channels + c) * s.KH + kh) * s.KW + kw;
              visit((channel * s.H + ih) * s.W + iw, tap, (n * s.F + f) * s.OH * s.OW + p);
            }
          }
        }
      }
    }
  }
}

/** Inputs, filters and results in memory, with scratch of the stated size full of NaN. */
export interface Case {
  readonly arena: Arena;
  readonly x: Placed<Float32Array>;
  readonly w: Placed<Float32Array>;
  readonly bias: Placed<Float32Array>;
  readonly g: Placed<Float32Array>;
  readonly out: Placed<Float32Array>;
  readonly dx: Placed<Float32Array>;
  readonly dw: Placed<Float32Array>;
  readonly work: Placed<Float32Array>;
}

export function place(k: RawKernels, s: Conv): Case {
  const arena = new Arena();
  const x = arena.place(randomValues(s.N * s.C * s.H * s.W, 1), 4);
  const w = arena.place(randomValues((s.F * s.C * s.KH * s.KW) / s.G, 2), 8);
  const bias = arena.place(randomValues(s.F, 3), 12);
  const g = arena.place(randomValues(s.N * s.F * s.OH * s.OW, 4), 12);
  const [out, dx, dw] = [arena.out(g.values.length, 4), arena.out(x.values.length, 8), arena.out(w.values.length, 12)];
  const work = arena.place(new Float32Array(k.conv2dWorkspace(...ints(s)) / 4).fill(Number.NaN), 4);
  return { arena, x, w, bias, g, out, dx, dw, work };
}

const add = (to: Float64Array, i: number, value: number) => {
  to[i] = (to[i] as number) + value;
};

/** Sums of products in float64, and of their absolute values. */
export interface Truth {
  readonly sums: Float64Array;
  readonly sizes: Float64Array;
}

/** What the convolution without bias and both its gradients should be. */
export function truthOf(s: Conv, { x, w, g }: Case): Record<"out" | "dx" | "dw", Truth> {
  const empty = ({ values }: Placed<Float32Array>): Truth => ({
    sums: new Float64Array(values.length),
    sizes: new Float64Array(values.length),
  });
  const [out, dx, dw] = [empty(g), empty(x), empty(w)];
  const addTo = ({ sums, sizes }: Truth, i: number, product: number): void => {
    add(sums, i, product);
    add(sizes, i, Math.abs(product));
  };
  products(s, (ix, iw, io) => {
    const [xv, wv, gv] = [x.values[ix], w.values[iw], g.values[io]] as [number, number, number];
    addTo(out, io, xv * wv);
    addTo(dx, ix, gv * wv);
    addTo(dw, iw, gv * xv);
  });
  return { out, dx, dw };
}

/** What each result may lose by: its own products or, where tiles of 4 let all pixels of a tile meet, the largest sum of products. */
function sizesOf(s: Conv, { sizes }: Truth): Float64Array {
  return s.fast ? new Float64Array(sizes.length).fill(sizes.reduce((a, b) => Math.max(a, b), 0)) : sizes;
}

/** Runs the three kernels of one build and compares them with the truth; nothing else in memory may change. */
export function checkConv(k: RawKernels, s: Conv): void {
  const placed = place(k, s);
  const { arena, x, w, bias, g, out, dx, dw, work } = placed;
  k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
  k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s), s.C);
  k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s), s.C, s.F);
  const truth = truthOf(s, placed);
  const plane = s.OH * s.OW;
  const biased = truth.out.sums.map((sum, i) => sum + (bias.values[Math.floor(i / plane) % s.F] as number));
  const sizes = sizesOf(s, truth.out);
  expect(
    worst(
      out.values,
      biased,
      sizes.map((size) => size + 2),
    ),
    "out",
  ).toBeLessThanOrEqual(1);
  expect(worst(dx.values, truth.dx.sums, sizesOf(s, truth.dx)), "dx").toBeLessThanOrEqual(1);
  expect(worst(dw.values, truth.dw.sums, truth.dw.sizes), "dw").toBeLessThanOrEqual(1);
  k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
  expect(worst(out.values, truth.out.sums, sizes), "out without bias").toBeLessThanOrEqual(1);
  expect(arena.damaged()).toBeUndefined();
}

/** Each image of a batch, forward and backward, must be what it is alone, bit for bit. */
export function checkBatch(k: RawKernels, s: Conv): void {
  const { x, w, bias, g, out, dx, work } = place(k, s);
  k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
  k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s), s.C);
  const [outs, dxs] = [out.values.slice(), dx.values.slice()];
  const [image, result] = [dxs.length / s.N, outs.length / s.N];
  for (let n = 0; n < s.N; n++) {
    k.conv2d(x.ptr + 4 * n * image, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints({ ...s, N: 1 }), s.F, 0, 0);
    k.conv2dGradInput(g.ptr + 4 * n * result, w.ptr, dx.ptr, work.ptr, ...ints({ ...s, N: 1 }), s.C);
    expect(out.values.subarray(0, result)).toEqual(outs.subarray(n * result, (n + 1) * result));
    expect(dx.values.subarray(0, image)).toEqual(dxs.subarray(n * image, (n + 1) * image));
  }
}

/** Runs with one NaN in x and one in g: where NaN comes out, and where products carry it. */
export function nanReach(k: RawKernels, s: Conv): Record<"out" | "dx" | "dw", { got: number[]; direct: number[] }> {
  const { x, w, g, out, dx, dw, work } = place(k, s);
  const [inX, inG] = [s.W, s.OW];
  x.values[inX] = Number.NaN;
  k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
  k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s), s.C, s.F);
  g.values[inG] = Number.NaN;
  k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s), s.C);
  const touched = { out: new Set<number>(), dx: new Set<number>(), dw: new Set<number>() };
  products(s, (ix, iw, io) => {
    if (ix === inX) touched.out.add(io);
    if (ix === inX) touched.dw.add(iw);
    if (io === inG) touched.dx.add(ix);
  });
  const reach = (values: Float32Array, places: Set<number>) => ({
    got: [...values.keys()].filter((i) => Number.isNaN(values[i])),
    direct: [...places].sort((a, b) => a - b),
  });
  return { out: reach(out.values, touched.out), dx: reach(dx.values, touched.dx), dw: reach(dw.values, touched.dw) };
}
