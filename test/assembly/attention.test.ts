// Attention in blocks against its formula in float64: tails of every size, alignments, and what lies around the arrays.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
/** Queries, keys, features of keys and of values, and how far a query sees; the number of keys for all. */
const SHAPES = [
  [1, 1, 1, 1, 1],
  [2, 3, 4, 5, 3],
  [5, 4, 3, 8, 0],
  [6, 8, 8, 7, 8],
  [7, 9, 16, 16, -2],
  [25, 17, 5, 9, 0],
  [26, 100, 8, 8, 80],
  [97, 98, 4, 3, 0],
  [98, 97, 72, 1, 97],
  [3, 1030, 2, 2, 1025],
] as const;
const [KINDS, GROUP] = [2, 2];
const SCALE = 0.4;

/** Sums of f over 0 to n. */
const sum = (n: number, f: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total;
};

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each(SHAPES)("%i queries, %i keys, %i and %i features, seen ahead %i", (T, S, D, E, causal) => {
    const arena = new Arena();
    const heads = KINDS * GROUP;
    const place = (n: number, seed: number) => arena.place(randomValues(n, seed, -2, 2), SHIFTS[(seed + T) % 4]);
    const [q, keys, v, g] = [place(heads * T * D, 1), place(KINDS * S * D, 2), place(KINDS * S * E, 3), place(heads * T * E, 4)];
    const bias = place(heads * S, 5);
    bias.values.forEach((_, i) => {
      if (i % 5 === 3) bias.values[i] = Number.NEGATIVE_INFINITY;
    });
    const offsets = arena.place(Int32Array.from({ length: heads }, (_, head) => 4 * head * S));
    const [out, rest] = [arena.out(heads * T * E, 4), arena.out(2 * heads * T, 8)];
    const [dq, dk, dv] = [arena.out(heads * T * D, 12), arena.out(KINDS * S * D, 4), arena.out(KINDS * S * E)];
    const work = arena.place(
      new Float32Array(Math.max(k.attentionWorkspace(S, D, E), k.attentionGradWorkspace(T, S, D, E)) / 4).fill(Number.NaN),
    );
    const numbers = [KINDS, GROUP, T, S, D, E, causal, 0, 4, SCALE, work.ptr];
    const [kinds, group, ...others] = numbers;
    k.attention(q.ptr, q.ptr, keys.ptr, v.ptr, bias.ptr, offsets.ptr, out.ptr, rest.ptr, kinds, group, T, ...others);
    work.values.fill(Number.NaN);
    const inputs = [g.ptr, q.ptr, keys.ptr, v.ptr, bias.ptr, offsets.ptr, out.ptr, rest.ptr];
    k.attentionGrad(...inputs, dq.ptr, dk.ptr, dv.ptr, ...numbers);

    const want = {
      out: new Float64Array(heads * T * E),
      dq: new Float64Array(heads * T * D),
      dk: new Float64Array(KINDS * S * D),
      dv: new Float64Array(KINDS * S * E),
    };
    const at = (x: { values: Float32Array }, i: number): number => x.values[i] as number;
    const put = (x: Float64Array, i: number, more: number): void => {
      x[i] = (x[i] as number) + more;
    };
    for (let head = 0; head < heads; head++) {
      const kind = Math.floor(head / GROUP);
      for (let t = 0; t < T; t++) {
        const row = head * T + t;
        const scores = Array.from({ length: S }, (_, s) =>
          s > t + causal
            ? Number.NEGATIVE_INFINITY
            : SCALE * sum(D, (d) => at(q, row * D + d) * at(keys, (kind * S + s) * D + d)) + at(bias, head * S + s),
        );
        const most = Math.max(...scores);
        const powers = scores.map((score) => (score === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score - most)));
        const total = powers.reduce((a, b) => a + b, 0) || 1;
        const slopes = scores.map((_, s) => sum(E, (e) => at(g, row * E + e) * at(v, (kind * S + s) * E + e)));
        const dot = sum(S, (s) => ((powers[s] as number) / total) * (slopes[s] as number));
        for (let s = 0; s < S; s++) {
          const p = (powers[s] as number) / total;
          const slope = SCALE * p * ((slopes[s] as number) - dot);
          for (let e = 0; e < E; e++) {
            put(want.out, row * E + e, p * at(v, (kind * S + s) * E + e));
            put(want.dv, (kind * S + s) * E + e, p * at(g, row * E + e));
          }
          for (let d = 0; d < D; d++) {
            put(want.dq, row * D + d, slope * at(keys, (kind * S + s) * D + d));
            put(want.dk, (kind * S + s) * D + d, slope * at(q, row * D + d));
          }
        }
      }
    }
    for (const [name, got] of Object.entries({ out, dq, dk, dv })) {
      const truth = want[name as "out"];
      const largest = truth.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
      const worst = truth.reduce((a, b, i) => Math.max(a, Math.abs(b - at(got, i))), 0);
      expect(worst / largest, name).toBeLessThan(2e-6);
      expect(got.values.every(Number.isFinite), name).toBe(true);
    }
    expect(arena.damaged()).toBeUndefined();
  });
});
