// Strided sums, weighted sums by a table, sums at places of tensors and draws, against loops over every index.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33];

/** Small whole numbers: their sums are exact. */
const whole = (n: number, seed: number) => randomValues(n, seed, -9, 9).map(Math.round);
const indices = (n: number, seed: number, lo: number, hi: number) => Int32Array.from(randomValues(n, seed, lo, hi), Math.floor);

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each([
    ["rows", 1, 1],
    ["every second of x", 2, 1],
    ["into every third", 1, 3],
    ["windows that overlap", 1, 1],
    ["one place for all", 1, 0],
  ] as const)("addStrided: %s", (layout, xs3, os3) => {
    for (const [i, d3] of SIZES.entries()) {
      const [d0, d1, d2] = [2, 1 + (i % 2), 1 + (i % 3)];
      const row = xs3 * d3 + 1;
      const step = layout === "windows that overlap" ? 1 : os3 * d3 + 2;
      const xs = [d1 * d2 * row, d2 * row, row, xs3] as const;
      const os = [d1 * d2 * step, d2 * step, step, os3] as const;
      const arena = new Arena();
      const x = arena.place(whole(d0 * d1 * d2 * row + 1, 1), SHIFTS[i % 4]);
      const out = arena.place(whole(d0 * d1 * d2 * step + Math.max(os3 * d3, 1), 2), SHIFTS[(i + 1) % 4]);
      const want = out.values.slice();
      for (let a = 0; a < d0; a++)
        for (let b = 0; b < d1; b++)
          for (let c = 0; c < d2; c++)
            for (let d = 0; d < d3; d++) {
              const to = a * os[0] + b * os[1] + c * os[2] + d * os[3];
              want[to] = (want[to] as number) + (x.values[a * xs[0] + b * xs[1] + c * xs[2] + d * xs[3]] as number);
            }
      k.addStrided(x.ptr, out.ptr, d0, d1, d2, d3, ...xs, ...os);
      expect(out.values, `d3 ${d3}`).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  /** Writes rows of pairs as the kernel reads them; NaN in x behind pairs that are not there must not matter. */
  function table(arena: Arena, rows: readonly (readonly [number, number])[][]) {
    const groups = Math.ceil(rows.length / 4);
    const starts = [0];
    const entries: number[][] = [];
    for (let g = 0; g < groups; g++) {
      const part = rows.slice(4 * g, 4 * g + 4);
      const count = Math.max(...part.map((row) => row.length));
      for (let t = 0; t < count; t++) {
        const pairs = [0, 1, 2, 3].map((lane) => part[lane]?.[t] ?? ([0, -0] as const));
        entries.push([...pairs.map(([index]) => index), ...pairs.map(([, weight]) => weight)]);
      }
      starts.push(entries.length);
    }
    const taps = arena.place(new Int32Array(8 * entries.length), 4);
    const weights = new Float32Array(taps.values.buffer, taps.ptr, taps.values.length);
    for (const [e, entry] of entries.entries()) {
      for (let lane = 0; lane < 4; lane++) {
        taps.values[8 * e + lane] = 4 * (entry[lane] as number);
        weights[8 * e + 4 + lane] = entry[4 + lane] as number;
      }
    }
    return { starts: arena.place(Int32Array.from(starts), 8), taps };
  }

  test("resample: every tail of outputs and of columns", () => {
    for (const n of SIZES) {
      for (const inner of [1, 2, 3, 4, 5, 8, 16, 17, 35]) {
        const [outer, nx] = [2, 6];
        const rows = Array.from({ length: n }, (_, j) =>
          Array.from({ length: j % 4 }, (__, t) => [1 + ((j * 7 + t * 3) % (nx - 1)), (t - 1) / 2] as const),
        );
        const arena = new Arena();
        const x = arena.place(whole(outer * nx * inner, n), SHIFTS[n % 4]);
        for (let o = 0; o < outer; o++) x.values.fill(Number.NaN, o * nx * inner, (o * nx + 1) * inner); // input 0 is in no row
        const out = arena.out(outer * n * inner, SHIFTS[(n + inner) % 4]);
        const { starts, taps } = table(arena, rows);
        const want = Float32Array.from(out.values, (_, e) => {
          const [o, j, i] = [Math.floor(e / (n * inner)), Math.floor(e / inner) % n, e % inner];
          return (rows[j] as (readonly [number, number])[]).reduce(
            (sum, [index, w]) => sum + w * (x.values[(o * nx + index) * inner + i] as number),
            0,
          );
        });
        k.resample(x.ptr, out.ptr, starts.ptr, taps.ptr, outer, nx, n, inner, 0);
        expect(
          [...out.values].map((v) => v + 0),
          `n ${n}, inner ${inner}`,
        ).toEqual([...want].map((v) => v + 0));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("resamplePlanes: every tail of columns, rows that grow, shrink and repeat", () => {
    for (const [i, mx] of SIZES.slice(1).entries()) {
      for (const [ny, nx, my] of [
        [3, 5, 7],
        [7, 2, 3],
        [1, 9, 4],
        [4, 40, 5],
      ] as const) {
        const pairs = (n: number, m: number) =>
          Array.from({ length: m }, (_, j) => {
            const first = Math.min(Math.floor((j * n) / m), n - 1);
            return [[first, ((j * 3) % 5) - 2] as const, [Math.min(first + 1, n - 1), j % 3] as const];
          });
        const arena = new Arena();
        const x = arena.place(whole(2 * ny * nx, mx), SHIFTS[i % 4]);
        const out = arena.out(2 * my * mx, SHIFTS[(i + my) % 4]);
        const [rows, columns] = [pairs(ny, my), pairs(nx, mx)];
        const [a, b] = [table(arena, rows), table(arena, columns)];
        const work = arena.place(new Int32Array(k.resamplePlanesWorkspace(mx) / 4));
        const want = Float32Array.from(out.values, (_, e) => {
          const [p, j, c] = [Math.floor(e / (my * mx)), Math.floor(e / mx) % my, e % mx];
          let sum = 0;
          for (const [row, u] of rows[j] as (readonly [number, number])[])
            for (const [column, w] of columns[c] as (readonly [number, number])[])
              sum += u * w * (x.values[(p * ny + row) * nx + column] as number);
          return sum;
        });
        k.resamplePlanes(x.ptr, out.ptr, a.starts.ptr, a.taps.ptr, b.starts.ptr, b.taps.ptr, 2, ny, nx, my, mx, work.ptr);
        expect(
          [...out.values].map((v) => v + 0),
          `${ny} x ${nx} to ${my} x ${mx}`,
        ).toEqual([...want].map((v) => v + 0));
        expect(arena.damaged()).toBeUndefined();
      }
    }
  });

  test("resample: a single zero keeps its sign if sums start from -0", () => {
    for (const inner of [1, 3]) {
      const arena = new Arena();
      const x = arena.place(new Float32Array(2 * inner).fill(-0));
      const out = arena.out(inner);
      const { starts, taps } = table(arena, [[[1, 1]]]);
      k.resample(x.ptr, out.ptr, starts.ptr, taps.ptr, 1, 2, 1, inner, -0);
      expect([...out.values]).toEqual(new Array(inner).fill(-0));
    }
  });

  test("sample and its gradients", () => {
    for (const [i, P] of SIZES.entries()) {
      const [N, C, S, K] = [2, 3, 5, 1 + (i % 4)];
      const arena = new Arena();
      const x = arena.place(whole(N * C * S, 1), SHIFTS[i % 4]);
      const index = arena.place(indices(N * K * P, 2 + i, -1, S), SHIFTS[(i + 1) % 4]);
      const w = arena.place(whole(N * K * P, 3), SHIFTS[(i + 2) % 4]);
      const g = arena.place(whole(N * C * P, 4), SHIFTS[(i + 3) % 4]);
      const [out, dx, dw] = [arena.out(N * C * P, 4), arena.place(new Float32Array(N * C * S)), arena.out(N * K * P, 8)];
      const want = { out: new Float32Array(N * C * P), dx: new Float32Array(N * C * S), dw: new Float32Array(N * K * P) };
      for (let n = 0; n < N; n++)
        for (let c = 0; c < C; c++)
          for (let p = 0; p < P; p++)
            for (let t = 0; t < K; t++) {
              const at = (n * K + t) * P + p;
              const place = index.values[at] as number;
              if (place < 0) continue;
              const [to, from] = [(n * C + c) * P + p, (n * C + c) * S + place];
              want.out[to] = (want.out[to] as number) + (w.values[at] as number) * (x.values[from] as number);
              want.dx[from] = (want.dx[from] as number) + (w.values[at] as number) * (g.values[to] as number);
              want.dw[at] = (want.dw[at] as number) + (g.values[to] as number) * (x.values[from] as number);
            }
      const sizes = [N, C, S, K, P];
      k.sample(x.ptr, index.ptr, w.ptr, out.ptr, ...sizes);
      k.sampleGradX(g.ptr, index.ptr, w.ptr, dx.ptr, ...sizes);
      k.sampleGradW(g.ptr, x.ptr, index.ptr, dw.ptr, ...sizes);
      for (const [name, got] of Object.entries({ out, dx, dw })) {
        expect(
          [...got.values].map((v) => v + 0),
          `${name}, P ${P}`,
        ).toEqual([...want[name as "out"]].map((v) => v + 0));
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("multinomial: the smallest and the largest word, and every position once without replacement", () => {
    for (const n of [1, 2, 3, 8, 17]) {
      const arena = new Arena();
      const weights = Float32Array.from({ length: 2 * n }, (_, i) => (i % n === 0 && n > 1 ? 0 : 1 + (i % 3)));
      const most = n > 1 ? n - 1 : 1;
      const sums = arena.place(new Float64Array(n));
      const ends = arena.place(Int32Array.of(0, -1, 0, -1), 4);
      k.multinomial(arena.place(weights.slice(), 4).ptr, sums.ptr, ends.ptr, 2, n, 2, 1);
      expect([...ends.values]).toEqual([n - most, n - 1, n - most, n - 1]);
      const out = arena.place(Int32Array.from(randomValues(2 * most, n, -(2 ** 31), 2 ** 31)), 8);
      k.multinomial(arena.place(weights.slice(), 12).ptr, sums.ptr, out.ptr, 2, n, most, 0);
      const all = Array.from({ length: most }, (_, i) => n - most + i);
      for (const row of [0, 1]) expect([...out.values.slice(row * most, (row + 1) * most)].sort((a, b) => a - b)).toEqual(all);
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
