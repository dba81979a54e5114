// What may follow a product or a convolution in the same call, and weights kept in another form: both change no bit.
import { describe, expect, test } from "vitest";
import { conv, ints, place, type Row } from "./conv.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const ACTIVATIONS = ["relu", "sigmoid", "tanh", "silu", "gelu", "geluTanh"];

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
    expect(arena.damaged()).toBeUndefined();
  });
});
