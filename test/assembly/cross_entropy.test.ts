// Cross entropy with class indices and its gradient against float64 loops, over weights, smoothing and ignored rows.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const CLASSES = [...Array.from({ length: 35 }, (_, n) => n + 1), 255, 257, 1000];
const IGNORE = -100;
const OPTIONS = [
  { weighted: false, smoothing: 0 },
  { weighted: true, smoothing: 0 },
  { weighted: false, smoothing: 0.1 },
  { weighted: true, smoothing: 0.1 },
  { weighted: true, smoothing: 1 },
];

/** Rows of log-probabilities that sum to 1, in float64. */
function logProbabilities(rows: number, n: number): Float32Array {
  const x = randomValues(rows * n, n, -4, 4);
  return x.map((v, i) => {
    const row = x.subarray(i - (i % n), i - (i % n) + n);
    return v - Math.log(row.reduce((a, b) => a + Math.exp(b), 0));
  });
}

/** q_c of the target t, in float64. */
function target(t: number, n: number, weight: Float32Array | undefined, smoothing: number): number[] {
  const share = (c: number) => (c === t ? 1 - smoothing : 0) + smoothing / n;
  return Array.from({ length: n }, (_, c) => share(c) * (weight?.[c] ?? 1));
}

describe.each(builds)("%s cross entropy", (build) => {
  const k = kernels(build);
  const rows = 6;

  test.each(OPTIONS)("weights $weighted, smoothing $smoothing", ({ weighted, smoothing }) => {
    for (const n of CLASSES) {
      const shift = SHIFTS[n % 4] as number;
      const arena = new Arena();
      const logp = arena.place(logProbabilities(rows, n), shift);
      const targets = Array.from({ length: rows }, (_, r) => (r === 2 ? IGNORE : (r * 7) % n));
      const t = arena.place(Int32Array.from(targets), 4);
      const weight = weighted ? arena.place(randomValues(n, 3, 0, 2), 12 - shift) : undefined;
      const loss = arena.out(rows, shift);
      const rowWeight = arena.out(rows, 4);
      const g = arena.place(randomValues(rows, 9), 8);
      const out = arena.out(rows * n, 12 - shift);
      const options = [rows, n, IGNORE, smoothing];
      k.crossEntropy?.(logp.ptr, t.ptr, weight?.ptr ?? 0, loss.ptr, rowWeight.ptr, ...options);
      k.crossEntropyGrad?.(logp.ptr, t.ptr, weight?.ptr ?? 0, g.ptr, out.ptr, ...options);
      targets.forEach((c, r) => {
        const lp = logp.values.subarray(r * n, (r + 1) * n);
        const grad = out.values.subarray(r * n, (r + 1) * n);
        if (c === IGNORE) {
          expect([loss.values[r], rowWeight.values[r]]).toEqual([0, 0]);
          expect(grad.every((v) => v === 0)).toBe(true);
          return;
        }
        const q = target(c, n, weight?.values, smoothing);
        const want = -q.reduce((sum, v, j) => sum + v * (lp[j] as number), 0);
        expect(Math.abs((loss.values[r] as number) - want)).toBeLessThan(3e-7 * Math.max(1, Math.abs(want)));
        expect(rowWeight.values[r]).toBe(weight?.values[c] ?? 1);
        const total = q.reduce((a, b) => a + b, 0);
        const factor = g.values[r] as number;
        grad.forEach((got, j) => {
          const truth = factor * (Math.exp(lp[j] as number) * total - (q[j] as number));
          const fits = Math.abs(got - truth) <= 4e-7 * Math.abs(factor) * Math.max(total, q[j] as number);
          if (!fits) expect.fail(`gradient of ${n} classes at ${r}, ${j}: ${got} instead of ${truth}`);
        });
      });
      k.crossEntropyGrad?.(logp.ptr, t.ptr, weight?.ptr ?? 0, g.ptr, logp.ptr, ...options);
      expect(logp.values).toEqual(out.values);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("an impossible other class costs nothing, an impossible target costs everything", () => {
    const arena = new Arena();
    const logp = arena.place(new Float32Array([0, Number.NEGATIVE_INFINITY]));
    const [loss, rowWeight, g, out] = [arena.out(1), arena.out(1), arena.place(new Float32Array([1])), arena.out(2)];
    const run = (t: number) => {
      const place = arena.place(Int32Array.of(t));
      k.crossEntropy?.(logp.ptr, place.ptr, 0, loss.ptr, rowWeight.ptr, 1, 2, IGNORE, 0);
      k.crossEntropyGrad?.(logp.ptr, place.ptr, 0, g.ptr, out.ptr, 1, 2, IGNORE, 0);
      return [...loss.values, ...out.values];
    };
    expect(run(0)).toEqual([0, 0, 0]);
    expect(run(1)).toEqual([Number.POSITIVE_INFINITY, 1, -1]);
  });
});
