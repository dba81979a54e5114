// Layer normalization against float64 rows: every tail and alignment, absent parameters, rows far from zero, many rows.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, type Placed, type RawKernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const SMALL = Array.from({ length: 37 }, (_, n) => n);
const LARGE = [63, 64, 65, 127, 128, 129, 255, 256, 257, 515, 1031];
/** Small rows at every alignment, large ones at one. */
const PLACES = [...SMALL.flatMap((n) => SHIFTS.map((shift) => ({ n, shift }))), ...LARGE.map((n) => ({ n, shift: (n % 16) & 12 }))];
const EPS = 1e-5;

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

interface Case {
  readonly rows: number;
  readonly n: number;
  readonly x: Float32Array;
  readonly g: Float32Array;
  /** null: absent. */
  readonly w: Float32Array | null;
  readonly b: Float32Array | null;
}

/** float64 results of every kernel. The gradients take the mean and rstd that the kernel kept. */
function truthOf({ rows, n, x, g, w, b }: Case, kept?: { mean: ArrayLike<number>; rest: ArrayLike<number>; rstd: ArrayLike<number> }) {
  const [y, dx, dw] = [new Float64Array(rows * n), new Float64Array(rows * n), new Float64Array(n)];
  const [means, rstds] = [new Float64Array(rows), new Float64Array(rows)];
  for (let r = 0; r < rows; r++) {
    const row = Array.from(x.subarray(r * n, (r + 1) * n));
    const center = kept ? (kept.mean[r] as number) + (kept.rest[r] as number) : mean(row);
    const scale = kept ? (kept.rstd[r] as number) : 1 / Math.sqrt(mean(row.map((v) => (v - center) ** 2)) + EPS);
    const normal = row.map((v) => (v - center) * scale);
    const upstream = row.map((_, i) => (g[r * n + i] as number) * (w?.[i] ?? 1));
    const level = mean(upstream);
    const slope = mean(upstream.map((v, i) => v * (normal[i] as number)));
    means[r] = center;
    rstds[r] = scale;
    normal.forEach((v, i) => {
      y[r * n + i] = v * (w?.[i] ?? 1) + (b?.[i] ?? 0);
      dx[r * n + i] = scale * ((upstream[i] as number) - level - v * slope);
      dw[i] = (dw[i] as number) + (g[r * n + i] as number) * v;
    });
  }
  return { y, dx, dw, means, rstds };
}

/** Runs all three kernels, every array at an alignment of its own. */
function run(k: RawKernels, arena: Arena, { rows, n, x, g, w, b }: Case, shift = 0) {
  const place = (values: Float32Array | null, by: number): Placed<Float32Array> | undefined =>
    values ? arena.place(values, (shift + by) & 12) : undefined;
  const [xs, gs, ws, bs] = [place(x, 0), place(g, 4), place(w, 8), place(b, 12)];
  const out = (size: number, by: number) => arena.out(size, (shift + by) & 12);
  const [y, dx, dw, means, rests, rstds] = [out(rows * n, 12), out(rows * n, 4), out(n, 8), out(rows, 4), out(rows, 8), out(rows, 12)];
  const [xPtr, gPtr, wPtr] = [xs?.ptr, gs?.ptr, ws?.ptr ?? 0];
  k.layerNorm(xPtr, wPtr, bs?.ptr ?? 0, y.ptr, means.ptr, rests.ptr, rstds.ptr, rows, n, EPS, 1);
  k.layerNormGrad(gPtr, xPtr, means.ptr, rests.ptr, rstds.ptr, wPtr, dx.ptr, rows, n, 1);
  k.layerNormGradWeight(gPtr, xPtr, means.ptr, rests.ptr, rstds.ptr, dw.ptr, rows, n, n);
  const [m, l, r] = [means.values.slice(), rests.values.slice(), rstds.values.slice()];
  return { y: y.values.slice(), dx: dx.values.slice(), dw: dw.values.slice(), means: m, rests: l, rstds: r };
}

/** Within `tolerance` of the largest value, or of 1. */
function near(got: Float32Array, truth: ArrayLike<number>, tolerance: number, what: string): void {
  const largest = Math.max(1, ...Array.from(truth, (v) => Math.abs(v) || 0));
  for (let i = 0; i < truth.length; i++) {
    const [value, expected] = [got[i] as number, truth[i] as number];
    const same = Object.is(value, expected) || Math.abs(value - expected) <= tolerance * largest;
    if (!same) expect.fail(`${what}[${i}] is ${value}, expected ${expected}`);
  }
}

function check(k: RawKernels, c: Case, shift = 0, tolerance = 1e-6): void {
  const arena = new Arena();
  const got = run(k, arena, c, shift);
  const exact = truthOf(c);
  near(got.means, exact.means, 1.2e-7, "mean");
  near(got.rstds, exact.rstds, tolerance, "rstd");
  const truth = truthOf(c, { mean: got.means, rest: got.rests, rstd: got.rstds });
  near(got.y, truth.y, 5e-7, "y");
  near(got.y, exact.y, tolerance, "y from its own statistics");
  near(got.dx, truth.dx, 1e-6, "dx");
  near(got.dw, truth.dw, 1e-6, "dw");
  expect(arena.damaged()).toBeUndefined();
}

const make = (rows: number, n: number, affine: "both" | "weight" | "none", low = -2, high = 2): Case => ({
  ...{ rows, n, x: randomValues(rows * n, n + 1, low, high), g: randomValues(rows * n, n + 2) },
  ...{ w: affine === "none" ? null : randomValues(n, n + 3), b: affine === "both" ? randomValues(n, n + 4) : null },
});

describe.each(builds)("%s layer norm", (build) => {
  const k = kernels(build);

  test.each(["both", "weight", "none"] as const)("every tail and alignment, parameters: %s", (affine) => {
    for (const { n, shift } of PLACES) check(k, make(3, n, affine), shift);
  });

  test.each([0, 1, 31, 32, 33, 63, 64, 65, 129, 1100, 2100])("%i rows", (rows) => {
    for (const n of [1, 5, 16, 23]) check(k, make(rows, n, "both"));
  });

  test("without the mean: every tail and alignment", () => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const { x, g, w } = make(3, n, "weight") as Case & { w: Float32Array };
      const [xs, gs, ws] = [arena.place(x, shift & 12), arena.place(g, (shift + 4) & 12), arena.place(w, (shift + 8) & 12)];
      const [y, dx, stats] = [arena.out(3 * n, 12), arena.out(3 * n, 4), [0, 1, 2].map(() => arena.out(3, 8))];
      const [m, l, r] = stats.map(({ ptr }) => ptr);
      k.layerNorm(xs.ptr, ws.ptr, 0, y.ptr, m, l, r, 3, n, EPS, 0);
      k.layerNormGrad(gs.ptr, xs.ptr, m, l, r, ws.ptr, dx.ptr, 3, n, 0);
      const [values, gradient] = [new Float64Array(3 * n), new Float64Array(3 * n)];
      for (let row = 0; row < 3; row++) {
        const of = (i: number): number => x[row * n + i] as number;
        const upstream = (i: number): number => (g[row * n + i] as number) * (w[i] as number);
        const mean = (rule: (i: number) => number): number => Array.from({ length: n }, (_, i) => rule(i)).reduce((s, v) => s + v, 0) / n;
        const scale = 1 / Math.sqrt(mean((i) => of(i) ** 2) + EPS);
        const slope = mean((i) => upstream(i) * of(i) * scale);
        for (let i = 0; i < n; i++) {
          values[row * n + i] = of(i) * scale * (w[i] as number);
          gradient[row * n + i] = scale * (upstream(i) - of(i) * scale * slope);
        }
      }
      near(y.values, values, 1e-6, "y");
      near(dx.values, gradient, 1e-6, "dx");
      expect([...(stats[0] as Placed<Float32Array>).values]).toEqual([0, 0, 0]);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("rows far from zero", () => {
    for (const n of [7, 64, 300]) check(k, make(4, n, "both", 998, 1002), 4);
  });

  test("rows whose spread is a few units of their last place", () => {
    for (const n of [4, 16, 300]) {
      const c = make(2, n, "both");
      for (const [from, step] of [
        [1e7, 1],
        [10000, 1 / 1024],
      ] as const) {
        check(k, { ...c, x: c.x.map((_, i) => from + ((i * 7) % n) * step) });
      }
    }
  });

  test("rows of one large value are 0", () => {
    for (const n of [1, 3, 300]) {
      const got = run(k, new Arena(), { ...make(2, n, "none"), x: new Float32Array(2 * n).fill(123456.789) });
      expect([...got.y]).toEqual(new Array(2 * n).fill(0));
    }
  });

  test("a row of equal values is 0 before the bias", () => {
    const b = randomValues(21, 9);
    const got = run(k, new Arena(), { ...make(2, 21, "weight"), x: new Float32Array(42).fill(-3.5), b });
    expect([...got.y]).toEqual([...b, ...b]);
    near(got.rstds, [1 / Math.sqrt(EPS), 1 / Math.sqrt(EPS)], 1e-7, "rstd");
  });

  test("a row gives alone what it gives in a batch, at any alignment", () => {
    for (const n of [3, 16, 37, 300]) {
      const batch = make(5, n, "both");
      const all = run(k, new Arena(), batch);
      for (let r = 0; r < 5; r++) {
        const of = (values: Float32Array): Float32Array => values.slice(r * n, (r + 1) * n);
        const alone = run(k, new Arena(), { ...batch, rows: 1, x: of(batch.x), g: of(batch.g) }, SHIFTS[r % 4]);
        expect([alone.y, alone.dx]).toEqual([of(all.y), of(all.dx)]);
        expect([alone.means[0], alone.rstds[0]]).toEqual([all.means[r], all.rstds[r]]);
      }
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%f makes its row NaN and no other", (value) => {
    const c = make(3, 10, "both");
    c.x[13] = value;
    const { y, dx, dw } = run(k, new Arena(), c);
    const inRow = Array.from(y, (_, i) => Math.floor(i / 10) === 1);
    expect([Array.from(y, Number.isNaN), Array.from(dx, Number.isNaN)]).toEqual([inRow, inRow]);
    expect(dw.every(Number.isNaN)).toBe(true);
  });
});
