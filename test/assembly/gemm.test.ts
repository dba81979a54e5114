// GEMM against float64 loops: every small shape in every layout, then strides, starts, blocks, special values and batches.
import { describe, expect, test } from "vitest";
import { worst } from "./bound.js";
import { Arena, builds, kernels, type Placed, randomValues } from "./harness.js";

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65];
const LAYOUTS = [
  { aT: false, bT: false },
  { aT: false, bT: true },
  { aT: true, bT: false },
  { aT: true, bT: true },
];

/** Where element (i, j) of a matrix is: `at + i * rs + j * cs`. */
interface Layout {
  rs: number;
  cs: number;
}

/** C = A * B in float64 with the sum of absolute products, which bounds what float32 may lose. */
function naive(m: number, n: number, k: number, a: Float32Array, b: Float32Array, la: Layout, lb: Layout) {
  const sums = new Float64Array(m * n);
  const sizes = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = a[i * la.rs + p * la.cs] as number;
      for (let j = 0; j < n; j++) {
        const product = x * (b[p * lb.rs + j * lb.cs] as number);
        sums[i * n + j] = (sums[i * n + j] as number) + product;
        sizes[i * n + j] = (sizes[i * n + j] as number) + Math.abs(product);
      }
    }
  }
  return { sums, sizes };
}

function transposed(rows: number, cols: number, x: Float32Array): Float32Array {
  return Float32Array.from({ length: rows * cols }, (_, i) => x[(i % rows) * cols + Math.floor(i / rows)] as number);
}

/** The scratch a product asks for, full of NaN: nothing may be read that was not written before. */
function scratch(arena: Arena, k: ReturnType<typeof kernels>, m: number, n: number, depth: number): Placed<Float32Array> {
  return arena.place(new Float32Array(k.gemmWorkspace(m, n, depth) / 4).fill(Number.NaN), 4);
}

describe.each(builds)("%s gemm", (build) => {
  const k = kernels(build);

  test.each(SIZES)("%i rows, every width, depth and layout", (m) => {
    for (const n of SIZES) {
      for (const depth of SIZES) {
        const aValues = randomValues(m * depth, m + 1);
        const bValues = randomValues(depth * n, n + 100);
        const { sums, sizes } = naive(m, n, depth, aValues, bValues, { rs: depth, cs: 1 }, { rs: n, cs: 1 });
        const arena = new Arena();
        const a = [arena.place(aValues), arena.place(transposed(m, depth, aValues), 4)];
        const b = [arena.place(bValues, 8), arena.place(transposed(depth, n, bValues), 12)];
        const c = arena.out(m * n, 4);
        const work = scratch(arena, k, m, n, depth);
        for (const { aT, bT } of LAYOUTS) {
          c.values.fill(-12345.678);
          const [ars, acs] = aT ? [1, m] : [depth, 1];
          const [brs, bcs] = bT ? [1, depth] : [n, 1];
          k.gemm(m, n, depth, a[+aT]?.ptr, ars, acs, b[+bT]?.ptr, brs, bcs, c.ptr, n, 0, 0, 0, 0, work.ptr);
          const error = worst(c.values, sums, sizes);
          if (!(error <= 1)) expect.fail(`${m}x${n}x${depth} aT=${aT} bT=${bT}: error ${error}`);
        }
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  /** Rows with gaps; `accumulate` and the biases in every combination; m past MC, n past NC, k past KC. */
  const strided = [
    { m: 3, n: 5, depth: 7 },
    { m: 13, n: 21, depth: 600 },
    { m: 1, n: 37, depth: 300 },
    { m: 2, n: 530, depth: 9 },
    { m: 7, n: 1040, depth: 520 },
    { m: 37, n: 1, depth: 300 },
    { m: 250, n: 11, depth: 257 },
    { m: 9, n: 1025, depth: 20 },
    { m: 125, n: 70, depth: 513 },
    { m: 16, n: 512, depth: 40 },
    { m: 4, n: 3, depth: 0 },
  ];
  test.each(strided)("$m x $n x $depth with gaps, starts and biases", ({ m, n, depth }) => {
    for (const { aT, bT } of LAYOUTS) {
      const la = aT ? { rs: 1, cs: m + 3 } : { rs: depth + 1, cs: 1 };
      const lb = bT ? { rs: 1, cs: depth + 2 } : { rs: n + 5, cs: 1 };
      const ldc = n + 4;
      // No element behind the last one: a read past it meets the guard.
      const extent = (rows: number, cols: number, l: Layout) => (rows && cols ? (rows - 1) * l.rs + (cols - 1) * l.cs + 1 : 0);
      const arena = new Arena();
      const a = arena.place(randomValues(extent(m, depth, la), 1), 8);
      const b = arena.place(randomValues(extent(depth, n, lb), 2), 12);
      const before = randomValues(extent(m, n, { rs: ldc, cs: 1 }), 3);
      const c = arena.place(before, 4);
      const rowBias = arena.place(randomValues(m, 4), 12);
      const colBias = arena.place(randomValues(n, 5), 4);
      const work = scratch(arena, k, m, n, depth);
      const { sums, sizes } = naive(m, n, depth, a.values, b.values, la, lb);
      for (let terms = 0; terms < 8; terms++) {
        c.values.set(before);
        const [accumulate, row, col] = [terms & 1, terms & 2, terms & 4];
        const biases = [row ? rowBias.ptr : 0, col ? colBias.ptr : 0];
        k.gemm(m, n, depth, a.ptr, la.rs, la.cs, b.ptr, lb.rs, lb.cs, c.ptr, ldc, accumulate, ...biases, 0, work.ptr);
        const got = new Float32Array(m * n);
        const truth = sums.slice();
        const bound = sizes.slice();
        for (let i = 0; i < m * n; i++) {
          const [r, j] = [Math.floor(i / n), i % n];
          got[i] = c.values[r * ldc + j] as number;
          const start = [accumulate ? before[r * ldc + j] : 0, row ? rowBias.values[r] : 0, col ? colBias.values[j] : 0] as number[];
          for (const term of start) {
            truth[i] = (truth[i] as number) + term;
            bound[i] = (bound[i] as number) + Math.abs(term);
          }
        }
        expect(worst(got, truth, bound), `aT=${aT} bT=${bT} terms=${terms}`).toBeLessThanOrEqual(1);
        const gaps = c.values.filter((value, i) => i % ldc >= n && value !== before[i]);
        expect(gaps.length, "written between rows").toBe(0);
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([
    { ars: 0, acs: 1, brs: 13, bcs: 1 },
    { ars: 19, acs: 1, brs: 0, bcs: 1 },
    { ars: 1, acs: 0, brs: 1, bcs: 0 },
    { ars: 0, acs: 0, brs: 0, bcs: 0 },
    { ars: 38, acs: 2, brs: 39, bcs: 3 },
  ])("strides $ars, $acs, $brs, $bcs: 0 repeats a row, a column or one value", ({ ars, acs, brs, bcs }) => {
    const [n, depth] = [13, 19];
    for (const m of [1, 5]) {
      const arena = new Arena();
      const a = arena.place(randomValues(m * 38, 1));
      const b = arena.place(randomValues(depth * 39, 2));
      const c = arena.out(m * n);
      const work = scratch(arena, k, m, n, depth);
      k.gemm(m, n, depth, a.ptr, ars, acs, b.ptr, brs, bcs, c.ptr, n, 0, 0, 0, 0, work.ptr);
      const { sums, sizes } = naive(m, n, depth, a.values, b.values, { rs: ars, cs: acs }, { rs: brs, cs: bcs });
      expect(worst(c.values, sums, sizes)).toBeLessThanOrEqual(1);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("a row of a batch gives what it gives alone, bit for bit", () => {
    for (const n of [1, 3, 4, 10, 64, 512, 515]) {
      for (const depth of [1, 6, 64, 257, 600]) {
        for (const { aT, bT } of LAYOUTS) {
          for (const m of [2, 3, 5, 8, 9, 17, 40]) {
            const arena = new Arena();
            const a = arena.place(randomValues(m * depth, m));
            const b = arena.place(randomValues(n * depth, n));
            const [batch, alone] = [arena.out(m * n), arena.out(n)];
            const work = scratch(arena, k, m, n, depth);
            const [ars, acs] = aT ? [1, m] : [depth, 1];
            const [brs, bcs] = bT ? [1, depth] : [n, 1];
            k.gemm(m, n, depth, a.ptr, ars, acs, b.ptr, brs, bcs, batch.ptr, n, 0, 0, 0, 0, work.ptr);
            for (const r of [0, m >> 1, m - 1]) {
              k.gemm(1, n, depth, a.ptr + 4 * r * ars, ars, acs, b.ptr, brs, bcs, alone.ptr, n, 0, 0, 0, 0, work.ptr);
              const same = alone.values.every((value, j) => value === batch.values[r * n + j]);
              if (!same) expect.fail(`row ${r} of ${m}x${n}x${depth} aT=${aT} bT=${bT}`);
            }
          }
        }
      }
    }
  });

  test("NaN and infinity stay in their row or column, 0 * Inf is NaN", () => {
    for (const m of [1, 2, 3, 6, 9, 13]) {
      for (const n of [1, 3, 4, 7, 9, 20, 530]) {
        for (const { aT, bT } of LAYOUTS) {
          const depth = 11;
          const arena = new Arena();
          const a = arena.place(new Float32Array(m * depth).fill(1));
          const b = arena.place(new Float32Array(depth * n).fill(1));
          const c = arena.out(m * n);
          const work = scratch(arena, k, m, n, depth);
          const [ars, acs] = aT ? [1, m] : [depth, 1];
          const [brs, bcs] = bT ? [1, depth] : [n, 1];
          a.values[(m - 1) * ars + 5 * acs] = 0;
          b.values[5 * brs + (n - 1) * bcs] = Number.POSITIVE_INFINITY;
          k.gemm(m, n, depth, a.ptr, ars, acs, b.ptr, brs, bcs, c.ptr, n, 0, 0, 0, 0, work.ptr);
          for (let i = 0; i < m * n; i++) {
            const [lastRow, lastCol] = [i >= (m - 1) * n, i % n === n - 1];
            const expected = lastCol ? (lastRow ? Number.NaN : Number.POSITIVE_INFINITY) : lastRow ? 10 : 11;
            expect(c.values[i]).toBe(expected);
          }
        }
      }
    }
  });

  test.each([
    { aBatch: 35, bBatch: 77, cBatch: 55 },
    { aBatch: 0, bBatch: 77, cBatch: 60 },
    { aBatch: 35, bBatch: 0, cBatch: 55 },
  ])("batches $aBatch, $bBatch, $cBatch floats apart", ({ aBatch, bBatch, cBatch }) => {
    const [batch, m, n, depth] = [3, 5, 11, 7];
    const arena = new Arena();
    const a = arena.place(randomValues(aBatch * (batch - 1) + m * depth, 1));
    const b = arena.place(randomValues(bBatch * (batch - 1) + depth * n, 2));
    const c = arena.place(new Float32Array(cBatch * (batch - 1) + m * n).fill(1));
    const work = scratch(arena, k, m, n, depth);
    const all = [a.ptr, aBatch, depth, 1, b.ptr, bBatch, n, 1, c.ptr, cBatch, n];
    for (const accumulate of [0, 1]) {
      const start = accumulate ? c.values.slice() : new Float32Array(c.values.length);
      k.gemmBatch(batch, m, n, depth, ...all, accumulate, work.ptr);
      for (let t = 0; t < batch; t++) {
        const [aOf, bOf, cOf] = [a.values.subarray(t * aBatch), b.values.subarray(t * bBatch), c.values.subarray(t * cBatch)];
        const { sums, sizes } = naive(m, n, depth, aOf, bOf, { rs: depth, cs: 1 }, { rs: n, cs: 1 });
        for (let i = 0; i < m * n; i++) {
          sums[i] = (sums[i] as number) + (start[t * cBatch + i] as number);
          sizes[i] = (sizes[i] as number) + Math.abs(start[t * cBatch + i] as number);
        }
        expect(worst(cOf, sums, sizes)).toBeLessThanOrEqual(1);
      }
    }
    expect(arena.damaged()).toBeUndefined();
  });
});
