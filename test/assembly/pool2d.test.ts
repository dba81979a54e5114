// Pooling and its gradients against plain loops over a table of windows.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

/** A table row: sizes, then what differs from a stride equal to the window, no padding, dilation 1. */
interface Row {
  x: [planes: number, h: number, w: number];
  window: [number, number];
  stride?: [number, number];
  pad?: [number, number];
  /** Padding below and to the right, if it is not that above and to the left. */
  after?: [number, number];
  dilation?: [number, number];
  ceil?: boolean;
}

const rows: Row[] = [
  { x: [2, 7, 9], window: [2, 2] },
  { x: [3, 8, 16], window: [2, 2] },
  { x: [1, 28, 28], window: [2, 2] },
  { x: [2, 7, 9], window: [3, 3], stride: [1, 1] },
  { x: [2, 7, 9], window: [2, 2], ceil: true },
  { x: [2, 7, 9], window: [3, 3], stride: [2, 2], pad: [1, 1] },
  { x: [1, 8, 23], window: [3, 3], stride: [2, 2], pad: [1, 1], ceil: true },
  { x: [1, 9, 31], window: [4, 5], stride: [3, 3], pad: [2, 2] },
  { x: [1, 6, 40], window: [2, 7], stride: [1, 4], pad: [0, 3] },
  { x: [2, 1, 9], window: [1, 2], ceil: true },
  { x: [1, 1, 1], window: [1, 1] },
  { x: [1, 5, 5], window: [5, 5] },
  { x: [1, 4, 4], window: [3, 3], stride: [3, 3], ceil: true, pad: [1, 1] },
  { x: [1, 3, 3], window: [4, 4], stride: [1, 1], pad: [2, 2] },
  { x: [0, 4, 4], window: [2, 2] },
  { x: [2, 9, 21], window: [2, 2], pad: [1, 1] },
  { x: [2, 6, 9], window: [2, 2], pad: [1, 1], ceil: true },
  { x: [1, 6, 11], window: [2, 2], stride: [3, 2] },
  { x: [1, 7, 13], window: [2, 2], stride: [1, 2] },
  { x: [1, 7, 40], window: [3, 2], stride: [3, 2] },
  { x: [1, 9, 19], window: [3, 3], stride: [1, 1], pad: [1, 1] },
];

const dilated: Row[] = [
  { x: [2, 7, 9], window: [2, 2], stride: [1, 1], dilation: [2, 2] },
  { x: [1, 12, 30], window: [3, 3], stride: [1, 2], pad: [1, 1], dilation: [2, 3] },
  { x: [1, 9, 20], window: [3, 2], stride: [2, 3], pad: [1, 1], dilation: [3, 4], ceil: true },
  { x: [1, 1, 1], window: [2, 2], stride: [1, 1], pad: [1, 1], dilation: [2, 2] },
  { x: [1, 9, 33], window: [2, 2], stride: [2, 2], dilation: [1, 3] },
  { x: [1, 9, 33], window: [2, 2], stride: [2, 2], dilation: [2, 1] },
  { x: [1, 7, 18], window: [3, 4], stride: [3, 1], pad: [0, 2], after: [2, 0], dilation: [2, 2], ceil: true },
];

/** Other padding before than after, also more than half of a window, so that windows lie in the padding entirely. */
const uneven: Row[] = [
  { x: [2, 7, 9], window: [3, 3], stride: [1, 1], pad: [0, 1], after: [2, 0] },
  { x: [1, 8, 23], window: [3, 2], stride: [2, 2], pad: [1, 0], after: [0, 1], ceil: true },
  { x: [1, 5, 12], window: [2, 3], stride: [1, 1], pad: [3, 4], after: [2, 5] },
  { x: [1, 5, 12], window: [2, 2], stride: [3, 2], pad: [2, 3], after: [0, 4], ceil: true },
  { x: [1, 3, 20], window: [2, 2], pad: [1, 0], after: [0, 3] },
];

/** The geometry in the kernel's names; ceil mode keeps only windows that start inside the plane or its left padding. */
function pool({ x, window, stride = window, pad = [0, 0], after = pad, dilation = [1, 1], ceil = false }: Row) {
  const [planes, H, W] = x;
  const outputs = (size: number, axis: 0 | 1) => {
    const room = size + pad[axis] + after[axis] - dilation[axis] * (window[axis] - 1) - 1;
    const n = (ceil ? Math.ceil : Math.floor)(room / stride[axis]) + 1;
    return ceil && (n - 1) * stride[axis] >= size + pad[axis] ? n - 1 : n;
  };
  const [OH, OW] = [outputs(H, 0), outputs(W, 1)];
  const [[KH, KW], [SH, SW], [PT, PL], [PB, PR], [DH, DW]] = [window, stride, pad, after, dilation];
  return { planes, H, W, OH, OW, KH, KW, SH, SW, PT, PL, PB, PR, DH, DW };
}

type Pool = ReturnType<typeof pool>;

const ints = (s: Pool) => [s.planes, s.H, s.W, s.OH, s.OW, s.KH, s.KW, s.SH, s.SW, s.PT, s.PL];

/** The places in a plane that output (oh, ow) looks at, in order. */
function placesOf(s: Pool, oh: number, ow: number): number[] {
  const places: number[] = [];
  for (let kh = 0; kh < s.KH; kh++) {
    for (let kw = 0; kw < s.KW; kw++) {
      const [h, w] = [oh * s.SH - s.PT + kh * s.DH, ow * s.SW - s.PL + kw * s.DW];
      if (h >= 0 && h < s.H && w >= 0 && w < s.W) places.push(h * s.W + w);
    }
  }
  return places;
}

/** Calls `visit` for every output with its place and the places in x of its window. */
function windows(s: Pool, visit: (out: number, places: number[], oh: number, ow: number) => void): void {
  for (let plane = 0; plane < s.planes; plane++) {
    for (let o = 0; o < s.OH * s.OW; o++) {
      const [oh, ow] = [Math.floor(o / s.OW), o % s.OW];
      const places = placesOf(s, oh, ow).map((p) => plane * s.H * s.W + p);
      visit(plane * s.OH * s.OW + o, places, oh, ow);
    }
  }
}

function near(got: Float32Array, truth: Float64Array, what: string): void {
  for (let i = 0; i < truth.length; i++) {
    const [value, expected] = [got[i] as number, truth[i] as number];
    if (!(Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected)))) {
      expect.fail(`${what}[${i}] is ${value}, expected ${expected}`);
    }
  }
}

const named = <T>(table: T[]) => table.map((row) => ({ row, name: JSON.stringify(row) }));

/** Values with many ties, so that the first maximum is not the only one. */
const coarse = (n: number) => randomValues(n, 1, -3, 3).map(Math.round);

const divisors = [
  { countIncludePad: 0, divisor: 0 },
  { countIncludePad: 1, divisor: 0 },
  { countIncludePad: 0, divisor: 3 },
];

describe.each(builds)("%s pool2d", (build) => {
  const k = kernels(build);

  test.each(named([...rows, ...dilated, ...uneven]))("max $name", ({ row }) => {
    const s = pool(row);
    for (const special of [[], [Number.NaN], [Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]) {
      const arena = new Arena();
      const x = arena.place(coarse(s.planes * s.H * s.W), 4);
      if (special.length > 0) for (let i = 0; i < x.values.length; i += 3) x.values[i] = special[i % special.length] as number;
      const size = s.planes * s.OH * s.OW;
      const [out, gathered, dx] = [arena.out(size, 8), arena.out(size), arena.out(x.values.length, 4)];
      const idx = arena.place(new Int32Array(size).fill(-77), 12);
      const g = arena.place(randomValues(size, 2), 4);
      k.maxPool2d(x.ptr, out.ptr, idx.ptr, ...ints(s), s.DH, s.DW);
      k.maxPool2dGrad(g.ptr, idx.ptr, dx.ptr, s.planes, s.H * s.W, s.OH * s.OW);
      k.maxPoolGather(x.ptr, idx.ptr, gathered.ptr, s.planes, s.H * s.W, s.OH * s.OW);
      const gradient = new Float64Array(x.values.length);
      windows(s, (o, places) => {
        let best = places[0];
        for (const p of places) {
          const [value, top] = [x.values[p] as number, x.values[best as number] as number];
          if (!Number.isNaN(top) && (value > top || Number.isNaN(value))) best = p;
        }
        const plane = Math.floor(o / (s.OH * s.OW)) * s.H * s.W;
        expect(idx.values[o]).toBe(best === undefined ? -1 : best - plane);
        expect(out.values[o]).toBe(best === undefined ? Number.NEGATIVE_INFINITY : x.values[best]);
        expect(gathered.values[o]).toBe(best === undefined ? 0 : x.values[best]);
        if (best !== undefined) gradient[best] = (gradient[best] as number) + (g.values[o] as number);
      });
      near(dx.values, gradient, "dx");
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each(named([...rows, ...dilated, ...uneven]))("average $name", ({ row }) => {
    const s = pool(row);
    for (const { countIncludePad, divisor } of divisors) {
      const arena = new Arena();
      const x = arena.place(randomValues(s.planes * s.H * s.W, 1), 4);
      const size = s.planes * s.OH * s.OW;
      const [out, dx] = [arena.out(size, 8), arena.out(x.values.length, 12)];
      const g = arena.place(randomValues(size, 2), 4);
      const rest = [s.PB, s.PR, s.DH, s.DW, countIncludePad, divisor];
      k.avgPool2d(x.ptr, out.ptr, ...ints(s), ...rest);
      k.avgPool2dGrad(g.ptr, dx.ptr, ...ints(s), ...rest);
      const truth = new Float64Array(size);
      const gradient = new Float64Array(x.values.length);
      windows(s, (o, places, oh, ow) => {
        const taps = (at: number, count: number, dilation: number, end: number) =>
          Array.from({ length: count }, (_, tap) => at + tap * dilation).filter((place) => place < end).length;
        const high = taps(oh * s.SH - s.PT, s.KH, s.DH, s.H + s.PB);
        const wide = taps(ow * s.SW - s.PL, s.KW, s.DW, s.W + s.PR);
        const n = divisor || (countIncludePad ? high * wide : places.length);
        truth[o] = places.length ? places.reduce((sum, p) => sum + (x.values[p] as number), 0) / n : 0;
        for (const p of places) gradient[p] = (gradient[p] as number) + (g.values[o] as number) / n;
      });
      near(out.values, truth, "out");
      near(dx.values, gradient, "dx");
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([
    { x: [2, 7, 9], out: [1, 1] },
    { x: [2, 7, 9], out: [3, 3] },
    { x: [2, 7, 9], out: [5, 1] },
    { x: [3, 1, 10], out: [1, 4] },
    { x: [1, 3, 4], out: [5, 7] },
    { x: [1, 56, 57], out: [1, 1] },
    { x: [0, 3, 4], out: [2, 2] },
  ])("adaptive average $x -> $out", ({ x: [planes, H, W], out: [OH, OW] }) => {
    const [n, h, w, oh, ow] = [planes, H, W, OH, OW] as [number, number, number, number, number];
    const arena = new Arena();
    const x = arena.place(randomValues(n * h * w, 1), 4);
    const g = arena.place(randomValues(n * oh * ow, 2), 12);
    const [out, dx] = [arena.out(n * oh * ow, 8), arena.out(n * h * w, 4)];
    k.adaptiveAvgPool2d(x.ptr, out.ptr, n, h, w, oh, ow);
    k.adaptiveAvgPool2dGrad(g.ptr, dx.ptr, n, h, w, oh, ow);
    const truth = new Float64Array(n * oh * ow);
    const gradient = new Float64Array(n * h * w);
    for (let o = 0; o < truth.length; o++) {
      const [plane, i, j] = [Math.floor(o / (oh * ow)), Math.floor((o % (oh * ow)) / ow), o % ow];
      const [top, bottom] = [Math.floor((i * h) / oh), Math.ceil(((i + 1) * h) / oh)];
      const [left, right] = [Math.floor((j * w) / ow), Math.ceil(((j + 1) * w) / ow)];
      const size = (bottom - top) * (right - left);
      for (let r = top; r < bottom; r++) {
        for (let c = left; c < right; c++) {
          const p = (plane * h + r) * w + c;
          truth[o] = (truth[o] as number) + (x.values[p] as number) / size;
          gradient[p] = (gradient[p] as number) + (g.values[o] as number) / size;
        }
      }
    }
    near(out.values, truth, "out");
    near(dx.values, gradient, "dx");
    expect(arena.damaged()).toBeUndefined();
  });

  test.each([
    { x: [2, 7, 9], out: [1, 1] },
    { x: [2, 7, 9], out: [3, 4] },
    { x: [3, 1, 10], out: [1, 4] },
    { x: [1, 3, 4], out: [5, 7] },
    { x: [0, 3, 4], out: [2, 2] },
  ])("adaptive maximum $x -> $out: the first of equals, and NaN", ({ x: [planes, H, W], out: [OH, OW] }) => {
    const [n, h, w, oh, ow] = [planes, H, W, OH, OW] as [number, number, number, number, number];
    for (const nan of [false, true]) {
      const arena = new Arena();
      const values = randomValues(n * h * w, 1).map(Math.round); // many equals
      if (nan && values.length > 0) values[values.length - 1] = Number.NaN;
      const x = arena.place(values, 4);
      const out = arena.out(n * oh * ow, 8);
      const idx = arena.place(new Int32Array(n * oh * ow).fill(-7), 12);
      k.adaptiveMaxPool2d(x.ptr, out.ptr, idx.ptr, n, h, w, oh, ow);
      for (let o = 0; o < n * oh * ow; o++) {
        const [plane, i, j] = [Math.floor(o / (oh * ow)), Math.floor((o % (oh * ow)) / ow), o % ow];
        let [best, place] = [Number.NEGATIVE_INFINITY, -1];
        for (let r = Math.floor((i * h) / oh); r < Math.ceil(((i + 1) * h) / oh); r++) {
          for (let c = Math.floor((j * w) / ow); c < Math.ceil(((j + 1) * w) / ow); c++) {
            const v = values[(plane * h + r) * w + c] as number;
            if (v > best || (Number.isNaN(v) && !Number.isNaN(best))) [best, place] = [v, r * w + c];
          }
        }
        expect([out.values[o], idx.values[o]]).toEqual([best, place]);
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
