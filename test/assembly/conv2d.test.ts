// Convolution and its gradients against float64 loops, over a table of windows.
import { describe, expect, test } from "vitest";
import { worst } from "./bound.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";

interface Conv {
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
interface Row {
  x: [n: number, c: number, h: number, w: number];
  w: [f: number, kh: number, kw: number];
  stride?: [number, number];
  pad?: [number, number, number, number];
  dilation?: [number, number];
  groups?: number;
  fast?: boolean;
}

const rows: Row[] = [
  { x: [2, 3, 7, 6], w: [4, 3, 3] },
  { x: [1, 1, 1, 1], w: [1, 1, 1] },
  { x: [2, 5, 4, 5], w: [7, 1, 1] },
  { x: [2, 5, 4, 5], w: [7, 1, 1], stride: [2, 1] },
  { x: [1, 2, 3, 3], w: [3, 1, 1], pad: [1, 1, 1, 1] },
  { x: [1, 2, 3, 3], w: [3, 1, 1], pad: [0, 1, 0, 0] },
  { x: [2, 4, 6, 6], w: [6, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
  { x: [3, 2, 14, 14], w: [5, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 3, 9, 11], w: [2, 5, 5], pad: [2, 2, 2, 2] },
  { x: [1, 2, 9, 9], w: [3, 3, 3], dilation: [2, 2] },
  { x: [1, 2, 8, 9], w: [3, 3, 3], pad: [2, 2, 3, 3], dilation: [2, 3] },
  { x: [3, 2, 5, 6], w: [3, 2, 3], pad: [1, 1, 2, 2], dilation: [2, 1] },
  { x: [1, 1, 5, 5], w: [9, 5, 5] },
  { x: [2, 6, 7, 7], w: [4, 4, 4], stride: [3, 3], pad: [2, 2, 2, 2], groups: 2 },
  { x: [1, 4, 8, 8], w: [4, 3, 3], stride: [1, 2], groups: 4 },
  { x: [2, 3, 6, 7], w: [6, 3, 3], stride: [2, 1], pad: [1, 1, 1, 1], groups: 3 },
  { x: [2, 3, 20, 21], w: [3, 3, 3], pad: [1, 1, 1, 1], groups: 3 },
  { x: [2, 2, 9, 37], w: [2, 3, 5], stride: [2, 2], pad: [1, 2, 0, 3], groups: 2 },
  { x: [1, 2, 9, 40], w: [2, 3, 3], stride: [1, 3], groups: 2 },
  { x: [1, 2, 3, 4], w: [2, 3, 3], pad: [5, 4, 1, 1], groups: 2 },
  { x: [1, 2, 3, 4], w: [2, 3, 3], pad: [1, 1, 5, 4], groups: 2 },
  { x: [1, 2, 9, 7], w: [2, 3, 2], pad: [1, 1, 2, 2], dilation: [2, 3], groups: 2 },
  { x: [1, 2, 5, 5], w: [2, 2, 2], pad: [9, 9, 9, 9], dilation: [9, 9], groups: 2 },
  { x: [1, 2, 6, 5], w: [3, 3, 4], pad: [1, 1, 1, 2] },
  { x: [1, 2, 6, 5], w: [3, 4, 2], pad: [1, 2, 0, 1] },
  { x: [1, 3, 30, 29], w: [4, 7, 7], stride: [2, 2], pad: [3, 3, 3, 3] },
  { x: [1, 2, 20, 31], w: [3, 2, 2], stride: [3, 4] },
  { x: [1, 2, 2, 2], w: [2, 5, 5], pad: [2, 2, 2, 2] },
  { x: [1, 2, 2, 3], w: [2, 3, 3], pad: [4, 4, 5, 5] },
  { x: [1, 1, 3, 3], w: [2, 2, 2], pad: [6, 6, 6, 6], stride: [3, 3] },
  { x: [1, 1, 2, 2], w: [1, 3, 3], pad: [3, 3, 3, 3], dilation: [3, 3] },
  { x: [1, 40, 5, 5], w: [3, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 30, 6, 6], w: [8, 3, 3] },
  { x: [1, 2, 40, 26], w: [3, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 1, 3, 600], w: [2, 3, 3], pad: [1, 1, 1, 1] },
  { x: [2, 3, 1, 37], w: [5, 1, 9], pad: [0, 0, 4, 4] },
  { x: [2, 70, 1, 1], w: [9, 1, 1] },
  { x: [0, 3, 4, 4], w: [2, 3, 3] },
];

function conv({ x, w, stride = [1, 1], pad = [0, 0, 0, 0], dilation = [1, 1], groups = 1, fast = false }: Row): Conv {
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

const ints = (s: Conv) => [s.N, s.C, s.H, s.W, s.F, s.KH, s.KW, s.OH, s.OW, s.SH, s.SW, s.PT, s.PL, s.DH, s.DW, s.G, s.fast];

/** Calls `visit` with the positions in x, w and out of every product of the convolution. */
function products(s: Conv, visit: (x: number, w: number, out: number) => void): void {
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

const add = (to: Float64Array, i: number, value: number) => {
  to[i] = (to[i] as number) + value;
};

describe.each(builds)("%s conv2d", (build) => {
  const k = kernels(build);

  /** Inputs, filters and results in memory, with scratch of the stated size full of NaN. */
  function place(s: Conv) {
    const arena = new Arena();
    const x = arena.place(randomValues(s.N * s.C * s.H * s.W, 1), 4);
    const w = arena.place(randomValues((s.F * s.C * s.KH * s.KW) / s.G, 2), 8);
    const bias = arena.place(randomValues(s.F, 3), 12);
    const g = arena.place(randomValues(s.N * s.F * s.OH * s.OW, 4), 12);
    const [out, dx, dw] = [arena.out(g.values.length, 4), arena.out(x.values.length, 8), arena.out(w.values.length, 12)];
    const bytes = k.conv2dWorkspace(...ints(s));
    const work = arena.place(new Float32Array(bytes / 4).fill(Number.NaN), 4);
    return { arena, x, w, bias, g, out, dx, dw, work };
  }

  test.each(rows.map((row) => ({ row, name: JSON.stringify(row) })))("$name", ({ row }) => {
    const s = conv(row);
    const { arena, x, w, bias, g, out, dx, dw, work } = place(s);
    k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s));
    k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s));
    k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s));
    const truth = [out, dx, dw].map((result) => new Float64Array(result.values.length));
    const sizes = [out, dx, dw].map((result) => new Float64Array(result.values.length));
    const [outTruth, dxTruth, dwTruth] = truth as [Float64Array, Float64Array, Float64Array];
    const [outSizes, dxSizes, dwSizes] = sizes as [Float64Array, Float64Array, Float64Array];
    products(s, (ix, iw, io) => {
      const [xv, wv, gv] = [x.values[ix], w.values[iw], g.values[io]] as [number, number, number];
      add(outTruth, io, xv * wv);
      add(outSizes, io, Math.abs(xv * wv));
      add(dxTruth, ix, gv * wv);
      add(dxSizes, ix, Math.abs(gv * wv));
      add(dwTruth, iw, gv * xv);
      add(dwSizes, iw, Math.abs(gv * xv));
    });
    const plane = s.OH * s.OW;
    const biased = outTruth.map((sum, i) => sum + (bias.values[Math.floor(i / plane) % s.F] as number));
    expect(
      worst(
        out.values,
        biased,
        outSizes.map((size) => size + 2),
      ),
      "out",
    ).toBeLessThanOrEqual(1);
    expect(worst(dx.values, dxTruth, dxSizes), "dx").toBeLessThanOrEqual(1);
    expect(worst(dw.values, dwTruth, dwSizes), "dw").toBeLessThanOrEqual(1);
    k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s));
    expect(worst(out.values, outTruth, outSizes), "out without bias").toBeLessThanOrEqual(1);
    expect(arena.damaged()).toBeUndefined();
  });

  test("an image of a batch gives what it gives alone, bit for bit", () => {
    const s = conv({ x: [5, 6, 9, 9], w: [7, 3, 3], pad: [1, 1, 1, 1] });
    const { x, w, bias, out, work } = place(s);
    k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s));
    const batch = out.values.slice();
    const image = x.values.length / s.N;
    const result = batch.length / s.N;
    for (let n = 0; n < s.N; n++) {
      k.conv2d(x.ptr + 4 * n * image, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints({ ...s, N: 1 }));
      expect(out.values.subarray(0, result)).toEqual(batch.subarray(n * result, (n + 1) * result));
    }
  });

  test.each<Row>([
    { x: [1, 2, 7, 7], w: [3, 3, 3], pad: [1, 1, 1, 1] },
    { x: [1, 3, 6, 5], w: [3, 3, 3], pad: [1, 1, 1, 1], groups: 3 },
    { x: [1, 2, 9, 11], w: [2, 3, 3], pad: [1, 1, 1, 1], stride: [2, 2], groups: 2 },
    { x: [1, 2, 8, 9], w: [3, 3, 3], stride: [2, 2] },
    { x: [1, 2, 5, 5], w: [3, 1, 1] },
  ])("NaN reaches what a product carries it to and nothing else: %j", (row) => {
    const s = conv(row);
    const { x, w, g, out, dx, dw, work } = place(s);
    const [inX, inG] = [s.W, s.OW];
    x.values[inX] = Number.NaN;
    k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s));
    k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s));
    g.values[inG] = Number.NaN;
    k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s));
    const [touchedOut, touchedDx, touchedDw] = [new Set<number>(), new Set<number>(), new Set<number>()];
    products(s, (ix, iw, io) => {
      if (ix === inX) touchedOut.add(io);
      if (ix === inX) touchedDw.add(iw);
      if (io === inG) touchedDx.add(ix);
    });
    const nans = (values: Float32Array) => [...values.keys()].filter((i) => Number.isNaN(values[i]));
    const inOrder = (places: Set<number>) => [...places].sort((a, b) => a - b);
    expect(nans(out.values)).toEqual(inOrder(touchedOut));
    expect(nans(dx.values)).toEqual(inOrder(touchedDx));
    expect(nans(dw.values)).toEqual(inOrder(touchedDw));
  });

  test("an infinite weight makes padding NaN, as 0 * Inf does", () => {
    const s = conv({ x: [1, 1, 3, 3], w: [1, 3, 3], pad: [1, 1, 1, 1] });
    const { x, w, out, work } = place(s);
    x.values.fill(1);
    w.values.fill(1)[0] = Number.POSITIVE_INFINITY;
    k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s));
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(Array.from(out.values)).toEqual([nan, nan, nan, nan, inf, inf, nan, inf, inf]);
  });
});
