// Fourier transforms of rows: every length up to 130 and some long ones against the sum in float64, alone and among other rows.
import { afterEach, describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const LENGTHS = [...Array.from({ length: 130 }, (_, i) => i + 1), 343, 360, 480, 500, 509, 512, 625, 729, 1000, 1009, 1024];

/** Sums of [re, im] terms times e^(sign 2 pi i j k / n) for all k, in float64. */
function sums(re: ArrayLike<number>, im: ArrayLike<number>, sign: number): [re: Float64Array, im: Float64Array] {
  const n = re.length;
  const cos = Float64Array.from({ length: n }, (_, j) => Math.cos((2 * Math.PI * j) / n));
  const sin = Float64Array.from({ length: n }, (_, j) => sign * Math.sin((2 * Math.PI * j) / n));
  const out: [Float64Array, Float64Array] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const [c, s, a, b] = [cos[(j * k) % n], sin[(j * k) % n], re[j], im[j]] as [number, number, number, number];
      (out[0][k] as number) += a * c - b * s;
      (out[1][k] as number) += a * s + b * c;
    }
  }
  return out;
}

const every = (x: Float32Array, from: number, step: number): Float32Array => x.filter((_, i) => i % step === from);

/** The largest error, as a share of 3e-7 log2(n) of the size of the numbers. */
function share(got: ArrayLike<number>, want: ArrayLike<number>, n: number, size: number): number {
  return Math.max(...Array.from(got, (value, i) => Math.abs(value - (want[i] as number)))) / (3e-7 * size * Math.max(1, Math.log2(n)));
}

describe.each(builds)("%s", (build) => {
  const k = kernels(build);
  let arena = new Arena();
  afterEach(() => {
    expect(arena.damaged()).toBeUndefined();
    arena = new Arena();
  });

  test.each(LENGTHS)("length %i", (n) => {
    const root = Math.sqrt(n);
    const half = Math.floor(n / 2) + 1;
    const work = arena.out(Math.max(k.fftWorkspace(n), k.rfftWorkspace(n)) / 4, 0);
    const pairs = arena.place(randomValues(2 * n, n), 4);
    const real = arena.place(randomValues(n, n + 1), 8);
    const [re, im] = [every(pairs.values, 0, 2), every(pairs.values, 1, 2)];
    for (const [inverse, sign] of [
      [0, -1],
      [1, 1],
    ] as const) {
      const out = arena.out(2 * n, 12);
      k.fft(pairs.ptr, out.ptr, 1, n, inverse, 0.5, work.ptr);
      const [wantRe, wantIm] = sums(re, im, sign);
      expect(
        share(
          every(out.values, 0, 2).map((v) => 2 * v),
          wantRe,
          n,
          root,
        ),
      ).toBeLessThan(1);
      expect(
        share(
          every(out.values, 1, 2).map((v) => 2 * v),
          wantIm,
          n,
          root,
        ),
      ).toBeLessThan(1);
    }
    const spectrum = arena.out(2 * half, 4);
    k.rfft(real.ptr, spectrum.ptr, 1, n, 1, 1, work.ptr);
    const [wantRe, wantIm] = sums(real.values, new Float32Array(n), -1);
    expect(share(every(spectrum.values, 0, 2), wantRe.subarray(0, half), n, root)).toBeLessThan(1);
    expect(share(every(spectrum.values, 1, 2), wantIm.subarray(0, half), n, root)).toBeLessThan(1);
    const back = arena.out(n, 4);
    k.irfft(spectrum.ptr, back.ptr, 1, n, 1 / n, 1, work.ptr);
    expect(share(back.values, real.values, n, 1)).toBeLessThan(1);
  });

  test.each([7, 12, 64, 75])("each of several rows of %i as it is alone, also beside NaN", (n) => {
    const rows = 5;
    const work = arena.out(k.fftWorkspace(n) / 4, 0);
    const x = arena.place(randomValues(2 * n * rows, 3));
    x.values.fill(Number.NaN, 2 * n, 4 * n);
    const [all, one] = [arena.out(2 * n * rows, 0), arena.out(2 * n, 0)];
    k.fft(x.ptr, all.ptr, rows, n, 0, 1, work.ptr);
    for (const row of [0, 2, 4]) {
      k.fft(x.ptr + 8 * n * row, one.ptr, 1, n, 0, 1, work.ptr);
      expect(all.values.slice(2 * n * row, 2 * n * (row + 1))).toEqual(one.values);
    }
    expect(all.values.slice(2 * n, 4 * n).every(Number.isNaN)).toBe(true);
  });
});
