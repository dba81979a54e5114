// Fourier transforms against a float64 DFT: every size to 200, large ones, primes.
import { fft, ifft, irfft, memory, rfft, scope, tensor, zeros } from "simdgrad";
import { expect, test } from "vitest";
import { usage } from "../../src/wasm/memory.js";
import { randomValues } from "../assembly/harness.js";

/** Real and imaginary parts of the transform of pairs, in float64. */
function dft(pairs: ArrayLike<number>, n: number): Float64Array {
  const turns = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const rises = Float64Array.from({ length: n }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const out = new Float64Array(2 * n);
  for (let j = 0; j < n; j++) {
    let [re, im] = [0, 0];
    for (let k = 0, at = 0; k < n; k++, at = (at + j) % n) {
      const [a, b, c, s] = [pairs[2 * k] as number, pairs[2 * k + 1] as number, turns[at] as number, rises[at] as number];
      re += a * c - b * s;
      im += a * s + b * c;
    }
    out[2 * j] = re;
    out[2 * j + 1] = im;
  }
  return out;
}

/** The root of the mean square error, relative to that of the truth, in units of the promise. */
function worst(got: ArrayLike<number>, truth: Float64Array, n: number): number {
  let [error, size] = [0, 0];
  truth.forEach((v, i) => {
    error += ((got[i] as number) - v) ** 2;
    size += v * v;
  });
  return Math.sqrt(error / size) / (3e-7 * Math.max(1, Math.log2(n)));
}

const SIZES = [
  ...Array.from({ length: 200 }, (_, i) => i + 1),
  243,
  256,
  257,
  360,
  509,
  512,
  625,
  1000,
  1021,
  1024,
  2187,
  2048,
  3125,
  4093,
];

test("fft and its inverse of every size", () => {
  for (const n of SIZES) {
    scope(() => {
      const x = randomValues(2 * n, n);
      const y = fft(tensor(x, { shape: [n, 2] }));
      if (!(worst(y.toTypedArray(), dft(x, n), n) <= 1)) expect.fail(`fft of ${n}: ${worst(y.toTypedArray(), dft(x, n), n)}`);
      const back = ifft(y).toTypedArray();
      if (!(worst(back, Float64Array.from(x), n) <= 2)) expect.fail(`ifft of ${n}: ${worst(back, Float64Array.from(x), n)}`);
    });
  }
});

test("rfft is the first half of fft, and irfft gives the numbers back", () => {
  for (const n of SIZES) {
    scope(() => {
      const x = randomValues(n, n);
      const truth = dft(
        Array.from(x).flatMap((v) => [v, 0]),
        n,
      );
      const y = rfft(tensor(x));
      expect([...y.shape]).toEqual([Math.floor(n / 2) + 1, 2]);
      if (!(worst(y.toTypedArray(), truth.slice(0, y.size), n) <= 1)) expect.fail(`rfft of ${n}`);
      const back = irfft(y, { n }).toTypedArray();
      if (!(worst(back, Float64Array.from(x), n) <= 2)) expect.fail(`irfft of ${n}`);
    });
  }
});

test("a row of many is the row alone, and no table stays counted", () => {
  const before = memory();
  scope(() => {
    for (const n of [8, 17, 30, 64]) {
      const x = randomValues(5 * n, n);
      const rows = rfft(tensor(x, { shape: [5, n] })).toTypedArray();
      const alone = rfft(tensor(x.slice(3 * n, 4 * n))).toTypedArray();
      expect(rows.slice(3 * alone.length, 4 * alone.length)).toEqual(alone);
    }
  });
  expect(memory()).toMatchObject({ liveTensors: before.liveTensors, liveBytes: before.liveBytes });
});

test("tables of many sizes and of large ones are freed", () => {
  const before = usage().usedBytes;
  for (let n = 300; n < 400; n++) scope(() => rfft(zeros(n)));
  for (const n of [2 ** 20, 2 ** 20 + 7, 2 ** 19, 30]) scope(() => rfft(zeros(n)));
  expect(usage().usedBytes - before).toBeLessThan(2 ** 25);
});

test("NaN stays in its row", () => {
  scope(() => {
    const y = rfft(
      tensor([
        [1, Number.NaN, 2, 0],
        [1, 2, 3, 4],
      ]),
    );
    expect(
      Array.from(y.toTypedArray())
        .map(Number.isNaN)
        .slice(0, 6)
        .filter((hidden, i) => !hidden && i % 2 === 0),
    ).toEqual([]);
    expect(y.at(1).toArray()).toEqual([
      [10, 0],
      [-2, 2],
      [-2, 0],
    ]);
  });
});
