// The int8 product against whole numbers in float64, which are exact: every tail, extremes, zero points, scales, both builds.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SIZES = [1, 2, 3, 4, 5, 6, 7, 9, 13, 49, 55];
const WIDTHS = [1, 3, 4, 5, 7, 8, 9, 17];
const DEPTHS = [0, 1, 2, 3, 4, 5, 8, 31, 64];

/** What A and B are made of; products of 7 bits may go another way than those of 8. */
const RANGES = [
  { a: [-128, 127], b: [-128, 127] },
  { a: [-128, 127], b: [-64, 63] },
  { a: [0, 127], b: [-128, 127] },
] as const;

const whole = (n: number, seed: number, [lo, hi]: readonly [number, number]): Int8Array =>
  Int8Array.from(randomValues(n, seed, lo, hi + 1), Math.floor);
/** Only the ends of a range, where sums are largest. */
const ends = (n: number, seed: number, [lo, hi]: readonly [number, number]): Int8Array =>
  Int8Array.from(randomValues(n, seed, -1, 1), (x) => (x < 0 ? lo : hi));

interface Sizes {
  m: number;
  n: number;
  depth: number;
}

/** A product with gaps between rows of A and C; B as it lies or transposed. */
function run(build: (typeof builds)[number], { m, n, depth }: Sizes, aValues: Int8Array, bValues: Int8Array, zero: number, bT: boolean) {
  const k = kernels(build);
  const [lda, ldc] = [depth + 3, n + 2];
  const arena = new Arena();
  const a = arena.place(new Int8Array(Math.max(0, (m - 1) * lda + depth)).fill(99), 5);
  for (let i = 0; i < m; i++) a.values.set(aValues.subarray(i * depth, (i + 1) * depth), i * lda);
  const b = arena.place(bT ? Int8Array.from(bValues, (_, i) => bValues[(i % depth) * n + Math.floor(i / depth)] as number) : bValues, 3);
  const [aScale, bScale] = [arena.place(randomValues(m, 1, 0.01, 1)), arena.place(randomValues(n, 2, 0.01, 1), 4)];
  const bias = arena.place(randomValues(n, 3), 8);
  const packed = arena.place(new Int8Array(k.packedInt8Bytes(n, depth)).fill(-77), 16);
  const work = arena.place(new Int8Array(k.gemmInt8Workspace(m, depth)).fill(-77), 8);
  const size = Math.max(0, (m - 1) * ldc + n);
  const sums = arena.place(new Int32Array(size).fill(-1), 4);
  const scaled = arena.out(size, 12);
  const plain = arena.out(size);
  k.packInt8(n, depth, b.ptr, ...(bT ? [1, depth] : [n, 1]), packed.ptr);
  k.gemmInt8(m, n, depth, a.ptr, lda, zero, packed.ptr, 0, 0, 0, 0, 0, sums.ptr, ldc, work.ptr);
  const scales = [aScale.ptr, 1, bScale.ptr, 1];
  k.gemmInt8(m, n, depth, a.ptr, lda, zero, packed.ptr, ...scales, bias.ptr, scaled.ptr, ldc, work.ptr);
  k.gemmInt8(m, n, depth, a.ptr, lda, zero, packed.ptr, aScale.ptr, 0, bScale.ptr, 0, 0, plain.ptr, ldc, work.ptr);
  return { arena, aScale: aScale.values, bScale: bScale.values, bias: bias.values, ldc, sums, scaled, plain };
}

function check(build: (typeof builds)[number], sizes: Sizes, a: Int8Array, b: Int8Array, zero: number, bT: boolean): void {
  const { m, n, depth } = sizes;
  const got = run(build, sizes, a, b, zero, bT);
  const f = Math.fround;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < depth; p++) sum += ((a[i * depth + p] as number) - zero) * (b[p * n + j] as number);
      const [sa, sb, bias] = [got.aScale[i], got.bScale[j], got.bias[j]] as number[] as [number, number, number];
      const at = i * got.ldc + j;
      const found = [got.sums.values[at], got.scaled.values[at], got.plain.values[at]];
      const truth = [sum + 0, f(f(f(f(sum) * sa) * sb) + bias), f(f(f(sum) * (got.aScale[0] as number)) * (got.bScale[0] as number))];
      if (found.some((value, which) => value !== truth[which])) {
        expect.fail(`${m}x${n}x${depth} bT=${bT} zero=${zero} [${i}, ${j}]: ${found} instead of ${truth}`);
      }
    }
    const gap = i * got.ldc + n;
    if (i < m - 1) expect([got.sums.values[gap], got.scaled.values[gap]]).toEqual([-1, Math.fround(-12345.678)]);
  }
  expect(got.arena.damaged()).toBeUndefined();
}

describe.each(builds)("%s", (build) => {
  test.each(SIZES)("%i rows, every width and depth", (m) => {
    for (const n of WIDTHS) {
      for (const depth of DEPTHS) {
        for (const { a, b } of RANGES) {
          check(build, { m, n, depth }, whole(m * depth, m, a), whole(depth * n, n + 50, b), 0, true);
          check(build, { m, n, depth }, ends(m * depth, m, a), ends(depth * n, n, b), 5, false);
        }
      }
    }
  });

  test.each([-128, -1, 127])("zero point %i", (zero) => {
    for (const depth of [1, 37, 300]) {
      for (const { a, b } of RANGES) {
        check(build, { m: 8, n: 11, depth }, whole(8 * depth, 1, a), whole(depth * 11, 2, b), zero, false);
      }
    }
  });

  test("nothing in a dimension", () => {
    check(build, { m: 0, n: 3, depth: 4 }, new Int8Array(0), whole(12, 1, [-9, 9]), 0, false);
    check(build, { m: 2, n: 0, depth: 4 }, whole(8, 1, [-9, 9]), new Int8Array(0), 0, false);
  });

  test("the largest sums there are", () => {
    const [sizes, n] = [{ m: 2, n: 3, depth: 65536 }, 2 * 65536];
    for (const [x, y, zero] of [
      [-128, -128, 127],
      [127, -128, -128],
      [-128, 127, 127],
      [127, 63, -128],
    ] as const) {
      check(build, sizes, new Int8Array(n).fill(x), new Int8Array(3 * 65536).fill(y), zero, false);
    }
  });
});
