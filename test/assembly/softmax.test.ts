// Softmax, its logarithm and both gradients against float64 rows; then the rows where infinities and NaN meet.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const SMALL = Array.from({ length: 36 }, (_, n) => n);
const LARGE = [63, 64, 65, 255, 256, 257, 258, 511, 515, 3000];
const WIDTHS = [...SMALL, ...LARGE];
/** Small rows at every alignment, large ones at one. */
const PLACES = [...SMALL.flatMap((n) => SHIFTS.map((shift) => ({ n, shift }))), ...LARGE.map((n) => ({ n, shift: (n % 16) & 12 }))];
const ROWS = 3;

const sum = (x: number[]) => x.reduce((a, b) => a + b, 0);

function softmax(x: number[]): number[] {
  const max = Math.max(...x);
  const e = x.map((v) => Math.exp(v - max));
  const total = sum(e);
  return e.map((v) => v / total);
}

function logSoftmax(x: number[]): number[] {
  const max = Math.max(...x);
  const log = Math.log(sum(x.map((v) => Math.exp(v - max))));
  return x.map((v) => v - max - log);
}

/**
 * Forward kernels: the row's truth, and how far a result y may be from it. Softmax pays for the rounding of x - max, which is
 * about log y, and may flush below 1e-30.
 */
const FORWARD = [
  { name: "softmax", truth: softmax, slack: (y: number) => y * (5e-7 + 7e-8 * Math.abs(Math.log(y))) + 1e-30 },
  { name: "logSoftmax", truth: logSoftmax, slack: (y: number) => 2e-7 * (1 + Math.abs(y)) },
];

const DOMAINS = [
  { of: "ordinary values", make: (n: number) => randomValues(n, n, -4, 4) },
  { of: "wide values", make: (n: number) => randomValues(n, n, -70, 70) },
  { of: "values far from 0", make: (n: number) => randomValues(n, n, 9990, 10010) },
  { of: "huge values", make: (n: number) => randomValues(n, n, -3e38, 3e38) },
  { of: "equal values", make: (n: number) => new Float32Array(n).fill(-3.5) },
];

const GRADIENTS = [
  {
    name: "softmaxGrad",
    output: softmax,
    truth: (g: number[], y: number[]) => {
      const dot = sum(g.map((v, i) => v * (y[i] as number)));
      return y.map((v, i) => v * ((g[i] as number) - dot));
    },
    slack: (gSize: number, y: number) => 5e-7 * y * (1 + gSize),
  },
  {
    name: "logSoftmaxGrad",
    output: logSoftmax,
    truth: (g: number[], y: number[]) => {
      const total = sum(g);
      return y.map((v, i) => (g[i] as number) - Math.exp(v) * total);
    },
    slack: (gSize: number, y: number) => 5e-7 * (4 + Math.exp(y) * gSize),
  },
];

const rowOf = (x: Float32Array, r: number, n: number) => Array.from(x.subarray(r * n, (r + 1) * n));

describe.each(builds)("%s softmax", (build) => {
  const k = kernels(build);

  for (const { name, truth, slack } of FORWARD) {
    test.each(DOMAINS)(`${name} of $of`, ({ make }) => {
      for (const { n, shift } of PLACES) {
        const arena = new Arena();
        const x = arena.place(make(ROWS * n), shift);
        const out = arena.out(ROWS * n, 12 - shift);
        const inPlace = arena.place(x.values, 4);
        k[name]?.(x.ptr, out.ptr, ROWS, n);
        k[name]?.(inPlace.ptr, inPlace.ptr, ROWS, n);
        expect(inPlace.values).toEqual(out.values);
        for (let r = 0; r < ROWS; r++) {
          const want = truth(rowOf(x.values, r, n));
          rowOf(out.values, r, n).forEach((got, j) => {
            const y = want[j] as number;
            const fits = Math.abs(got - y) <= slack(y) || got === Math.fround(y);
            if (!fits) expect.fail(`${name} of ${n} at ${j}: ${got} instead of ${y}`);
          });
        }
        expect(arena.damaged()).toBeUndefined();
      }
    });
  }

  test.each(GRADIENTS)("$name", ({ name, output, truth, slack }) => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const gs = randomValues(ROWS * n, n + 1);
      const xs = randomValues(ROWS * n, n, -5, 5);
      const y = arena.place(new Float32Array([0, 1, 2].flatMap((r) => output(rowOf(xs, r, n)))), shift);
      const g = arena.place(gs, 12 - shift);
      const out = arena.out(ROWS * n, 8);
      k[name]?.(g.ptr, y.ptr, out.ptr, ROWS, n);
      k[name]?.(g.ptr, y.ptr, g.ptr, ROWS, n);
      expect(g.values).toEqual(out.values);
      for (let r = 0; r < ROWS; r++) {
        const gRow = rowOf(gs, r, n);
        const yRow = rowOf(y.values, r, n);
        const want = truth(gRow, yRow);
        const gSize = sum(gRow.map(Math.abs));
        rowOf(out.values, r, n).forEach((got, j) => {
          const fits = Math.abs(got - (want[j] as number)) <= slack(gSize, yRow[j] as number);
          if (!fits) expect.fail(`${name} of ${n} at ${j}: ${got} instead of ${want[j]}`);
        });
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });

  const inf = Number.POSITIVE_INFINITY;
  const nan = Number.NaN;
  /** A few odd values at the start of a row of zeros: what becomes of them, and of the zeros behind. */
  const ODD = [
    { odd: [-inf], zeros: "numbers", soft: [0], log: [-inf] },
    { odd: [-inf, -inf, -1e30], zeros: "numbers", soft: [0, 0, 0], log: [-inf, -inf, -1e30] },
    { odd: [inf], zeros: "NaN", soft: [nan], log: [nan] },
    { odd: [nan], zeros: "NaN", soft: [nan], log: [nan] },
    { odd: [nan, inf, -inf], zeros: "NaN", soft: [nan, nan, nan], log: [nan, nan, nan] },
    { odd: [3e38, nan, -3e38], zeros: "NaN", soft: [nan, nan, nan], log: [nan, nan, nan] },
  ];
  test.each(ODD)("$odd in a row", ({ odd, zeros, soft, log }) => {
    for (const n of WIDTHS.filter((w) => w > odd.length)) {
      for (const start of [0, n - odd.length, Math.floor((n - odd.length) / 2)]) {
        const arena = new Arena();
        const values = new Float32Array(n);
        values.set(odd, start);
        const x = arena.place(values, 4);
        const out = arena.out(n, 4);
        const filler = n - odd.length;
        for (const [name, head, rest] of [
          ["softmax", soft, 1 / filler],
          ["logSoftmax", log, -Math.log(filler)],
        ] as const) {
          k[name]?.(x.ptr, out.ptr, 1, n);
          out.values.forEach((got, i) => {
            const want = (i >= start && i < start + odd.length ? head[i - start] : zeros === "NaN" ? nan : rest) as number;
            const fits = Object.is(got, Math.fround(want)) || Math.abs(got - want) <= 4e-7 * Math.abs(want);
            if (!fits) expect.fail(`${name} of ${n}, ${odd} at ${start}, element ${i}: ${got} instead of ${want}`);
          });
        }
      }
    }
  });

  test("a row of -Infinity alone is NaN, and its neighbours are not", () => {
    const arena = new Arena();
    const x = arena.place(new Float32Array([0, 0, -inf, -inf, 1, 1]));
    const out = arena.out(6);
    k.softmax?.(x.ptr, out.ptr, 3, 2);
    expect(Array.from(out.values)).toEqual([0.5, 0.5, nan, nan, 0.5, 0.5]);
    k.logSoftmax?.(x.ptr, out.ptr, 3, 2);
    expect(Array.from(out.values).map(Number.isNaN)).toEqual([false, false, true, true, false, false]);
  });
});
