// What may follow a product or a convolution in the same call, and weights kept in another form: both change no bit.
import { describe, expect, test } from "vitest";
import { conv, ints, place, type Row } from "./conv.js";
import { Arena, builds, kernels, type RawKernels, randomValues } from "./harness.js";

const ACTIVATIONS = ["relu", "sigmoid", "tanh", "silu", "gelu", "geluTanh"];

const LEAKY_RELU = 8;

/** Epilogues: the activation, whether a residual is added, and the limits. */
const epilogues = [
  { activation: LEAKY_RELU, adds: false, low: -Infinity, high: Infinity },
  { activation: LEAKY_RELU, adds: true, low: -1, high: 2 },
  { activation: 0, adds: true, low: -Infinity, high: Infinity },
  { activation: 1, adds: true, low: -Infinity, high: 6 },
  { activation: 0, adds: false, low: -0.5, high: Infinity },
  { activation: 7, adds: true, low: -Infinity, high: Infinity },
];

/** What an epilogue does with `n` sums at `x`, by the kernels of the separate operations. */
function finish(k: RawKernels, arena: Arena, e: (typeof epilogues)[number], x: number, residual: number, n: number): void {
  if (e.adds) k.add?.(x, residual, x, 1, n, 0, 1, 0, 1);
  if (e.activation === LEAKY_RELU) k.leakyRelu?.(x, x, n, 0.25);
  else if (e.activation === 1) k.relu?.(x, x, n);
  else if (e.activation === 7) hardSwish(k, arena, x, n);
  k.clamp?.(x, x, n, e.low, e.high);
}

/** hardswish by the kernels of its steps. */
function hardSwish(k: RawKernels, arena: Arena, x: number, n: number): void {
  const [three, six, gate] = [arena.place(Float32Array.of(3)), arena.place(Float32Array.of(6)), arena.out(n)];
  k.add?.(x, three.ptr, gate.ptr, 1, n, 0, 1, 0, 0);
  k.clamp?.(gate.ptr, gate.ptr, n, 0, 6);
  k.mul?.(x, gate.ptr, x, 1, n, 0, 1, 0, 1);
  k.div?.(x, six.ptr, x, 1, n, 0, 1, 0, 0);
}

/** An epilogue as kernels read it, for a result at `out`. */
function record(arena: Arena, e: (typeof epilogues)[number], residual: number, out: number): number {
  const words = new Int32Array(5);
  words.set([e.activation, e.adds ? residual - out : 0]);
  new Float32Array(words.buffer).set([0.25, e.low, e.high], 2);
  return arena.place(words).ptr;
}

/** One size for each path: few rows, narrow, wide, edges, several blocks. */
const products = [
  { m: 1, n: 10, depth: 33 },
  { m: 3, n: 5, depth: 7 },
  { m: 7, n: 12, depth: 500 },
  { m: 70, n: 1030, depth: 400 },
  { m: 9, n: 520, depth: 0 },
];

const convolutions: Row[] = [
  { x: [2, 8, 9, 7], w: [9, 3, 3], pad: [1, 1, 1, 1] },
  { x: [2, 8, 13, 12], w: [9, 3, 3], pad: [1, 1, 1, 1], fast: true },
  { x: [1, 264, 6, 6], w: [256, 3, 3], pad: [1, 1, 1, 1] },
  { x: [2, 4, 8, 8], w: [6, 5, 5], stride: [2, 2], groups: 2 },
  { x: [2, 5, 6, 7], w: [11, 1, 1] },
  { x: [2, 6, 9, 9], w: [6, 3, 3], groups: 6 },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each(products)("a product of $m x $n x $depth with each activation", ({ m, n, depth }) => {
    const arena = new Arena();
    const a = arena.place(randomValues(m * depth, 1));
    const b = arena.place(randomValues(n * depth, 2), 4);
    const bias = arena.place(randomValues(n, 3), 8);
    const [apart, together] = [arena.out(m * n, 4), arena.out(m * n)];
    const work = arena.place(new Float32Array(k.gemmWorkspace(m, n, depth) / 4).fill(Number.NaN), 4);
    const run = (c: number, activation: number) =>
      k.gemm(m, n, depth, a.ptr, depth, 1, b.ptr, 1, depth, c, n, 0, 0, bias.ptr, activation, work.ptr);
    ACTIVATIONS.forEach((name, i) => {
      run(apart.ptr, 0);
      k[name]?.(apart.ptr, apart.ptr, m * n);
      run(together.ptr, i + 1);
      expect(together.values, name).toEqual(apart.values);
    });
    expect(arena.damaged()).toBeUndefined();
  });

  test.each(products)("a product of $m x $n x $depth with each epilogue", ({ m, n, depth }) => {
    const arena = new Arena();
    const a = arena.place(randomValues(m * depth, 1));
    const b = arena.place(randomValues(n * depth, 2), 4);
    const bias = arena.place(randomValues(n, 3), 8);
    const residual = arena.place(randomValues(m * n, 4), 12);
    const [apart, together] = [arena.out(m * n, 4), arena.out(m * n)];
    const work = arena.place(new Float32Array(k.gemmWorkspace(m, n, depth) / 4).fill(Number.NaN), 4);
    const run = (c: number, activation: number) =>
      k.gemm(m, n, depth, a.ptr, depth, 1, b.ptr, 1, depth, c, n, 0, 0, bias.ptr, activation, work.ptr);
    for (const e of epilogues) {
      run(apart.ptr, 0);
      finish(k, arena, e, apart.ptr, residual.ptr, m * n);
      run(together.ptr, record(arena, e, residual.ptr, together.ptr));
      expect(together.values, JSON.stringify(e)).toEqual(apart.values);
    }
    expect(arena.damaged()).toBeUndefined();
  });

  test.each(products.filter(({ depth }) => depth > 0))("a product of $m x $n x $depth with a packed matrix", ({ m, n, depth }) => {
    for (const transposed of [false, true]) {
      const [brs, bcs] = transposed ? [1, depth] : [n, 1];
      const arena = new Arena();
      const a = arena.place(randomValues(m * depth, 1), 12);
      const b = arena.place(randomValues(n * depth, 2), 4);
      const bias = arena.place(randomValues(n, 3), 8);
      const kept = arena.place(new Float32Array(k.packedBytes(n, depth) / 4).fill(Number.NaN));
      const [plain, packed] = [arena.out(m * n, 4), arena.out(m * n)];
      const work = arena.place(new Float32Array(k.gemmWorkspace(m, n, depth) / 4).fill(Number.NaN), 4);
      k.packMatrix(n, depth, b.ptr, brs, bcs, kept.ptr);
      for (const from of [0, bias.ptr]) {
        k.gemm(m, n, depth, a.ptr, depth, 1, b.ptr, brs, bcs, plain.ptr, n, 0, 0, from, 1, work.ptr);
        k.gemmPacked(m, n, depth, a.ptr, depth, 1, kept.ptr, packed.ptr, from, 1, work.ptr);
        expect(packed.values).toEqual(plain.values);
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each(convolutions.map((row) => ({ row, name: JSON.stringify(row) })))("a convolution $name", ({ row }) => {
    const s = conv(row);
    const { arena, x, w, bias, out, work } = place(k, s);
    const bytes = k.keptFilterBytes(...ints(s));
    expect(bytes > 0).toBe(s.KH === 3 && s.G === 1);
    const kept = arena.place(new Float32Array(bytes / 4).fill(Number.NaN), 4);
    if (bytes) k.keepFilters(w.ptr, kept.ptr, work.ptr, ...ints(s));
    k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
    k.relu(out.ptr, out.ptr, out.values.length);
    const apart = out.values.slice();
    for (const filters of bytes ? [0, kept.ptr] : [0]) {
      out.values.fill(-1);
      k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, 1, filters);
      expect(out.values).toEqual(apart);
    }
    const residual = arena.place(randomValues(out.values.length, 5), 8);
    for (const e of epilogues) {
      k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
      finish(k, arena, e, out.ptr, residual.ptr, out.values.length);
      apart.set(out.values);
      out.values.fill(-1);
      k.conv2d(x.ptr, w.ptr, bias.ptr, out.ptr, work.ptr, ...ints(s), s.F, record(arena, e, residual.ptr, out.ptr), 0);
      expect(out.values, JSON.stringify(e)).toEqual(apart);
    }
    expect(arena.damaged()).toBeUndefined();
  });
});
