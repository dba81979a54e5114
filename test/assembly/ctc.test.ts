// The kernels of CTC and of binary cross-entropy against float64: every number of labels, alignments, lengths and layouts.
import { describe, expect, test } from "vitest";
import { PLACES } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const logAdd = (...values: number[]): number => {
  const most = Math.max(...values);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(values.reduce((s, v) => s + Math.exp(v - most), 0));
};

/** Loss and gradient of one sample, logp [frames][classes], by the recursions of Graves et al., 2006. */
function truth(logp: readonly number[][], labels: readonly number[], blank: number): { loss: number; grad: number[][] } {
  const states = [blank, ...labels.flatMap((label) => [label, blank])];
  const free = (s: number): boolean => s > 1 && states[s] !== blank && states[s] !== states[s - 2];
  const ways = (from: number[], s: number, step: 1 | -1): number[] => [
    from[s] ?? -Infinity,
    from[s - step] ?? -Infinity,
    (step === 1 ? free(s) : free(s + 2)) ? (from[s - 2 * step] ?? -Infinity) : -Infinity,
  ];
  const run = (frames: readonly number[][], step: 1 | -1): number[][] => {
    const first = states.map((_, s) => ((step === 1 ? s : states.length - 1 - s) < 2 ? 0 : -Infinity));
    const all: number[][] = [];
    for (const frame of frames) {
      const last = all.at(-1);
      all.push(states.map((c, s) => (frame[c] as number) + (last ? logAdd(...ways(last, s, step)) : (first[s] as number))));
    }
    return all;
  };
  const alpha = run(logp, 1);
  const beta = run([...logp].reverse(), -1).reverse();
  const end = alpha.at(-1);
  const total = end ? logAdd(...end.slice(-2)) : labels.length === 0 ? 0 : -Infinity;
  const grad = logp.map((frame, t) =>
    frame.map((lp, c) => {
      const through = states.map((k, s) => (k === c ? (alpha[t]?.[s] as number) + (beta[t]?.[s] as number) - lp - total : -Infinity));
      return Math.exp(lp) - Math.exp(logAdd(...through));
    }),
  );
  return { loss: -total, grad };
}

/** Log-probabilities [T, N, C] in float32. */
function logProbabilities(T: number, N: number, C: number, spread: number): Float32Array {
  const x = randomValues(T * N * C, 7 * T + C, -spread, spread);
  return x.map((v, i) => v - logAdd(...x.subarray(i - (i % C), i - (i % C) + C)));
}

describe.each(builds)("%s ctc", (build) => {
  const k = kernels(build);

  test.each([
    [1, 1, 1],
    [7, 3, 2],
    [12, 2, 5],
    [40, 4, 9],
    [30, 2, 40],
  ])("%d frames, %d samples, %d classes", (T, N, C) => {
    for (let S = 0; S < 9 && (C > 1 || S === 0); S++) {
      const arena = new Arena();
      const shift = (S & 3) * 4;
      const blank = S % C;
      const logp = arena.place(logProbabilities(T, N, C, S % 2 ? 1 : 8), shift);
      const frames = Array.from({ length: N }, (_, n) => Math.max(T - 2 * n, 0));
      const counts = Array.from({ length: N }, (_, n) => Math.max(S - n, 0));
      const lists = counts.map((count, n) =>
        Array.from({ length: count }, (_, i) => (blank + 1 + (((i * (n + 1)) >> 1) % Math.max(C - 1, 1))) % C),
      );
      const begins = counts.map((_, n) => counts.slice(0, n).reduce((all, count) => all + count, 0));
      const info = Int32Array.from(counts.flatMap((count, n) => [frames[n] as number, count, begins[n] as number]));
      const labels = arena.place(Int32Array.from(lists.flat()), 12 - shift);
      const place = arena.place(info, 4);
      const bytes = 8 * (T + 8) * (2 * S + 8);
      const work = arena.place(new Float64Array(bytes / 8).fill(Number.NaN));
      const loss = arena.out(N, shift);
      const g = arena.place(randomValues(N, 3), 8);
      const out = arena.out(T * N * C, 12 - shift);
      const sizes = [N, T, N, C, blank, 0, bytes, work.ptr];
      k.ctc(logp.ptr, labels.ptr, place.ptr, loss.ptr, 0, 0, ...sizes);
      k.ctc(logp.ptr, labels.ptr, place.ptr, 0, g.ptr, out.ptr, ...sizes);
      lists.forEach((list, n) => {
        const row = (t: number): number[] => [...logp.values.subarray((t * N + n) * C, (t * N + n + 1) * C)];
        const want = truth(
          Array.from({ length: frames[n] as number }, (_, t) => row(t)),
          list,
          blank,
        );
        if (want.loss === Infinity) expect(loss.values[n]).toBe(Infinity);
        else expect(Math.abs((loss.values[n] as number) - want.loss)).toBeLessThan(4e-7 * Math.max(1, want.loss));
        for (let t = 0; t < T; t++) {
          for (let c = 0; c < C; c++) {
            const got = out.values[(t * N + n) * C + c] as number;
            const truly = t < (frames[n] as number) ? (g.values[n] as number) * (want.grad[t]?.[c] as number) : 0;
            if (Number.isNaN(truly) ? !Number.isNaN(got) : !(Math.abs(got - truly) < 2e-6))
              expect.fail(`${S} labels, sample ${n}, frame ${t}, class ${c}: ${got}, not ${truly}`);
          }
        }
      });
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("binary cross-entropy: every tail, no logarithm below -100", () => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const [p, q] = [1, 2].map((seed) => arena.place(randomValues(n, seed, -150, 0), shift)) as [
        { ptr: number; values: Float32Array },
        { ptr: number; values: Float32Array },
      ];
      const t = arena.place(randomValues(n, 3, 0, 1), 12 - shift);
      const out = arena.out(n, 8);
      k.binaryCrossEntropy(p.ptr, q.ptr, t.ptr, out.ptr, n);
      out.values.forEach((got, i) => {
        const target = t.values[i] as number;
        const want = -target * Math.max(p.values[i] as number, -100) - (1 - target) * Math.max(q.values[i] as number, -100);
        expect(Math.abs(got - want)).toBeLessThan(2e-5);
      });
      k.binaryCrossEntropy(p.ptr, q.ptr, t.ptr, p.ptr, n);
      expect(p.values).toEqual(out.values);
      expect(arena.damaged()).toBeUndefined();
    }
    const arena = new Arena();
    const [p, q, t, out] = [
      arena.place(Float32Array.of(Number.NaN, -Infinity, 0)),
      arena.place(Float32Array.of(0, 0, -Infinity)),
      arena.place(Float32Array.of(1, 1, 1)),
      arena.out(3),
    ];
    k.binaryCrossEntropy(p.ptr, q.ptr, t.ptr, out.ptr, 3);
    expect([...out.values]).toEqual([Number.NaN, 100, -0]);
  });
});
