// Batch normalization against float64 loops: channels of every length, one batch or running statistics, absent parameters.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const shapes: [n: number, c: number, s: number][] = [
  [4, 3, 1],
  [1, 4, 1],
  [7, 9, 1],
  [8, 1, 1],
  [300, 6, 1],
  [5, 3, 4],
  [2, 5, 9],
  [3, 2, 12],
  [1, 2, 15],
  [2, 3, 16],
  [1, 1, 17],
  [2, 2, 33],
  [3, 2, 256],
  [2, 3, 300],
  [1, 2, 1031],
];

const EPS = 1e-5;

/** Positions in x of the values of channel c. */
function* places([N, C, S]: readonly number[], c: number) {
  for (let n = 0; n < (N as number); n++) {
    for (let i = 0; i < (S as number); i++) yield (n * (C as number) + c) * (S as number) + i;
  }
}

/** float64 statistics of one channel. */
function statistics(shape: readonly number[], c: number, x: Float32Array) {
  const values = [...places(shape, c)].map((i) => x[i] as number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

function near(got: Float32Array, truth: ArrayLike<number>, tolerance: number, what: string): void {
  for (let i = 0; i < truth.length; i++) {
    const [value, expected] = [got[i] as number, truth[i] as number];
    if (!(Math.abs(value - expected) <= tolerance * Math.max(1, Math.abs(expected)))) {
      expect.fail(`${what}[${i}] is ${value}, expected ${expected}`);
    }
  }
}

describe.each(builds)("%s batch norm", (build) => {
  const k = kernels(build);

  for (const shape of shapes) {
    const [N, C, S] = shape;
    const shift = 4 * (S % 4);

    test(`statistics of [${shape}] far from zero`, () => {
      const arena = new Arena();
      const x = arena.place(randomValues(N * C * S, 1, 99, 103), shift);
      const [mean, rest, variance] = [arena.out(C, 8), arena.out(C, 4), arena.out(C, 12)];
      k.batchNormStats(x.ptr, mean.ptr, rest.ptr, variance.ptr, N, C, S, C);
      const truth = Array.from({ length: C }, (_, c) => statistics(shape, c, x.values));
      const [means, variances] = [truth.map((t) => t.mean), truth.map((t) => t.variance)];
      near(mean.values, means, 1.2e-7, "mean");
      near(variance.values, variances, 1e-6, "variance");
      expect(arena.damaged()).toBeUndefined();
    });

    for (const training of [0, 1]) {
      for (const affine of [true, false]) {
        test(`[${shape}] ${training ? "training" : "running statistics"}${affine ? ", affine" : ""}`, () => {
          const arena = new Arena();
          const x = arena.place(randomValues(N * C * S, 2), shift);
          const g = arena.place(randomValues(N * C * S, 3), 12 - shift);
          const w = arena.place(randomValues(C, 4), 4);
          const b = arena.place(randomValues(C, 5), 8);
          const mean = arena.place(randomValues(C, 6), 12);
          const rest = arena.place(randomValues(C, 8, -1e-7, 1e-7), 8);
          const variance = arena.place(randomValues(C, 7, 0.2, 3), 4);
          if (training) k.batchNormStats(x.ptr, mean.ptr, rest.ptr, variance.ptr, N, C, S, C);
          const [out, dx, dw, db] = [arena.out(N * C * S, 4), arena.out(N * C * S, 8), arena.out(C, 4), arena.out(C, 12)];
          const [wPtr, bPtr] = affine ? [w.ptr, b.ptr] : [0, 0];
          const [dwPtr, dbPtr] = affine ? [dw.ptr, db.ptr] : [0, 0];
          k.batchNorm(x.ptr, mean.ptr, rest.ptr, variance.ptr, wPtr, bPtr, out.ptr, N, C, S, EPS);
          k.batchNormGrad(g.ptr, x.ptr, mean.ptr, rest.ptr, variance.ptr, wPtr, dx.ptr, dwPtr, dbPtr, N, C, S, EPS, training, C);
          const [y, gradX] = [new Float64Array(N * C * S), new Float64Array(N * C * S)];
          const [gradW, gradB] = [new Float64Array(C), new Float64Array(C)];
          for (let c = 0; c < C; c++) {
            const all = [...places(shape, c)];
            const center = (mean.values[c] as number) + (rest.values[c] as number);
            const r = 1 / Math.sqrt((variance.values[c] as number) + EPS);
            const weight = affine ? (w.values[c] as number) : 1;
            const normal = (i: number) => ((x.values[i] as number) - center) * r;
            const upstream = (i: number) => g.values[i] as number;
            gradB[c] = all.reduce((sum, i) => sum + upstream(i), 0);
            gradW[c] = all.reduce((sum, i) => sum + upstream(i) * normal(i), 0);
            for (const i of all) {
              y[i] = normal(i) * weight + (affine ? (b.values[c] as number) : 0);
              const centered = training ? ((gradB[c] as number) + normal(i) * (gradW[c] as number)) / all.length : 0;
              gradX[i] = weight * r * (upstream(i) - centered);
            }
          }
          near(out.values, y, 2e-6, "y");
          // One value per channel has variance 0: r is 316, and so is what rounding can do.
          const scale = N * S === 1 ? 400 : 1;
          near(dx.values, gradX, 4e-6 * scale, "dx");
          if (affine) near(dw.values, gradW, 4e-6 * scale, "dw");
          if (affine) near(db.values, gradB, 4e-6, "db");
          expect(arena.damaged()).toBeUndefined();
        });
      }
    }
  }

  test.each([
    [64, 1, 784],
    [33, 6, 1],
    [5, 3, 7],
  ])("the spread stays beside a mean a million times as large: [%i, %i, %i]", (N, C, S) => {
    const arena = new Arena();
    const x = arena.place(Float32Array.from({ length: N * C * S }, (_, i) => 1e7 + (i % 5)));
    const [mean, rest, variance, out] = [arena.out(C), arena.out(C), arena.out(C), arena.out(N * C * S)];
    const normalize = () => {
      k.batchNormStats(x.ptr, mean.ptr, rest.ptr, variance.ptr, N, C, S, C);
      k.batchNorm(x.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 0, out.ptr, N, C, S, EPS);
    };
    normalize();
    for (let c = 0; c < C; c++) {
      const truth = statistics([N, C, S], c, x.values);
      near(Float32Array.of(variance.values[c] as number), [truth.variance], 1e-6, "variance");
      for (const i of places([N, C, S], c)) {
        const y = ((x.values[i] as number) - truth.mean) / Math.sqrt(truth.variance + EPS);
        near(Float32Array.of(out.values[i] as number), [y], 2e-6, "y");
      }
    }
    x.values.fill(1e6 + 0.3);
    normalize();
    expect([...variance.values, ...out.values].every((v) => v === 0)).toBe(true);
  });

  test("a mean without a rest is the mean itself", () => {
    const arena = new Arena();
    const x = arena.place(randomValues(24, 1));
    const [mean, zero, variance] = [randomValues(3, 2), new Float32Array(3), randomValues(3, 3, 1, 2)].map((v) => arena.place(v));
    const [y, z] = [arena.out(24), arena.out(24)];
    k.batchNorm(x.ptr, mean?.ptr, zero?.ptr, variance?.ptr, 0, 0, y.ptr, 2, 3, 4, EPS);
    k.batchNorm(x.ptr, mean?.ptr, 0, variance?.ptr, 0, 0, z.ptr, 2, 3, 4, EPS);
    expect(z.values).toEqual(y.values);
  });

  test("parts of the gradient may be left out", () => {
    const arena = new Arena();
    const [x, g] = [arena.place(randomValues(24, 1)), arena.place(randomValues(24, 2))];
    const [mean, rest, variance, dw, db] = [arena.out(3), arena.out(3), arena.out(3), arena.out(3), arena.out(3)];
    k.batchNormStats(x.ptr, mean.ptr, rest.ptr, variance.ptr, 2, 3, 4, 3);
    k.batchNormGrad(g.ptr, x.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 0, dw.ptr, 0, 2, 3, 4, EPS, 1, 3);
    expect(dw.values.every((value) => Math.abs(value) < 100)).toBe(true);
    k.batchNormGrad(g.ptr, x.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 0, 0, db.ptr, 2, 3, 4, EPS, 0, 3);
    const total = (c: number) => [...places([2, 3, 4], c)].reduce((sum, i) => sum + (g.values[i] as number), 0);
    near(db.values, [total(0), total(1), total(2)], 1e-6, "db");
    expect(arena.damaged()).toBeUndefined();
  });

  test.each([
    [3, 5, 1],
    [3, 5, 7],
  ])("NaN stays in its channel: [%i, %i, %i]", (N, C, S) => {
    const arena = new Arena();
    const x = arena.place(randomValues(N * C * S, 1));
    const [mean, rest, variance, out] = [arena.out(C), arena.out(C), arena.out(C), arena.out(N * C * S)];
    x.values[(C + 2) * S] = Number.NaN;
    k.batchNormStats(x.ptr, mean.ptr, rest.ptr, variance.ptr, N, C, S, C);
    k.batchNorm(x.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 0, out.ptr, N, C, S, EPS);
    const inChannel2 = Array.from(out.values, (_, i) => Math.floor(i / S) % C === 2);
    expect(Array.from(out.values, Number.isNaN)).toEqual(inChannel2);
  });

  test("an empty batch has no mean and writes nothing", () => {
    const arena = new Arena();
    const [mean, rest, variance, out, dw] = [arena.out(2), arena.out(2), arena.out(2), arena.out(0), arena.out(2)];
    k.batchNormStats(out.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 2, 3, 2);
    expect(Array.from(mean.values)).toEqual([Number.NaN, Number.NaN]);
    k.batchNorm(out.ptr, mean.ptr, rest.ptr, variance.ptr, 0, 0, out.ptr, 0, 2, 3, EPS);
    variance.values.fill(1);
    mean.values.fill(0);
    rest.values.fill(0);
    k.batchNormGrad(out.ptr, out.ptr, mean.ptr, rest.ptr, variance.ptr, 0, out.ptr, dw.ptr, 0, 0, 2, 3, EPS, 0, 2);
    expect(Array.from(dw.values)).toEqual([0, 0]);
    expect(arena.damaged()).toBeUndefined();
  });
});
