// Recurrent layers against float64 loops, and their gradients against differences of these loops: sizes around vectors, tiles and panels, four
// alignments, lengths that differ, both directions, weights as they lie and as panels.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, type Placed, type RawKernels, randomValues } from "./harness.js";

const KINDS = { relu: 0, tanh: 1, gru: 3, lstm: 4 } as const;
type Kind = keyof typeof KINDS;

interface Sizes {
  readonly kind: Kind;
  /** Rows of each step. */
  readonly sizes: readonly number[];
  readonly reverse: boolean;
  /** Units, and the size of h. */
  readonly H: number;
  readonly P: number;
}

/** All that a layer reads. */
interface Inputs {
  gates: ArrayLike<number>;
  w: ArrayLike<number>;
  wp: ArrayLike<number>;
  bias: ArrayLike<number>;
  h: ArrayLike<number>;
  c: ArrayLike<number>;
  /** Added to the state's part of the sums, and to y: what gradients are taken of. */
  state?: ArrayLike<number>;
  shift?: ArrayLike<number>;
}

const columnsOf = ({ kind, H }: Sizes): number => H * (KINDS[kind] || 1);
const startsOf = (sizes: readonly number[]): number[] => sizes.map((_, t) => sizes.slice(0, t).reduce((a, b) => a + b, 0));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The layer in float64: y of all rows and the last states, one sequence after the other. */
function truth(given: Sizes, x: Inputs): { y: number[]; h: number[]; c: number[] } {
  const { kind, sizes, reverse, H, P } = given;
  const C = columnsOf(given);
  const starts = startsOf(sizes);
  const [y, lastH, lastC] = [[], [], []] as [number[], number[], number[]];
  for (let b = 0; b < (sizes[0] as number); b++) {
    let h = Array.from({ length: P }, (_, p) => x.h[b * P + p] as number);
    let c = Array.from({ length: H }, (_, i) => x.c[b * H + i] as number);
    const steps = sizes.flatMap((size, t) => (size > b ? t : []));
    for (const t of reverse ? steps.toReversed() : steps) {
      const row = (starts[t] as number) + b;
      const part = (j: number): number =>
        h.reduce((sum, v, p) => sum + v * (x.w[j * P + p] as number), (kind === "gru" ? x.bias[j] : 0) as number) +
        (x.state?.[row * C + j] ?? 0);
      const sum = (j: number): number => (x.gates[row * C + j] as number) + part(j);
      const before = h;
      const unit = (i: number): number => {
        if (kind === "relu") return Math.max(sum(i), 0);
        if (kind === "tanh") return Math.tanh(sum(i));
        if (kind === "lstm") return sigmoid(sum(3 * H + i)) * Math.tanh(c[i] as number);
        const n = Math.tanh((x.gates[row * C + 2 * H + i] as number) + sigmoid(sum(i)) * part(2 * H + i));
        return n + sigmoid(sum(H + i)) * ((before[i] as number) - n);
      };
      if (kind === "lstm") c = c.map((v, i) => sigmoid(sum(H + i)) * v + sigmoid(sum(i)) * Math.tanh(sum(2 * H + i)));
      const units = Array.from({ length: H }, (_, i) => unit(i));
      const projected =
        P === H ? units : Array.from({ length: P }, (_, p) => units.reduce((s, v, i) => s + v * (x.wp[p * H + i] as number), 0));
      h = projected.map((v, p) => v + (x.shift?.[row * P + p] ?? 0));
      for (const [p, v] of h.entries()) y[row * P + p] = v;
    }
    lastH.push(...h);
    lastC.push(...c);
  }
  return { y, h: lastH, c: lastC };
}

function expectNear(got: ArrayLike<number>, wanted: readonly number[], bound: number, what: string): void {
  expect(got.length, what).toBe(wanted.length);
  wanted.forEach((v, i) => {
    if (!(Math.abs((got[i] as number) - v) <= bound * Math.max(1, Math.abs(v)))) expect.fail(`${what}[${i}]: ${got[i]} instead of ${v}`);
  });
}

/** The panels of B [k, n], or 0. */
function panels(k: RawKernels, arena: Arena, b: number, n: number, depth: number, brs: number, bcs: number): number {
  const to = arena.out(k.packedBytes(n, depth) / 4).ptr;
  k.packMatrix(n, depth, b, brs, bcs, to);
  return to;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);

function check(k: RawKernels, given: Sizes, packed: boolean, shift: number): void {
  const { kind, sizes, reverse, H, P } = given;
  const C = columnsOf(given);
  const [T, batch, n] = [sizes.length, sizes[0] as number, sizes.reduce((a, b) => a + b, 0)];
  const arena = new Arena();
  let seed = 1;
  const place = (size: number, scale = 1): Placed<Float32Array> => arena.place(randomValues(size, seed++, -scale, scale), shift);
  const x = { gates: place(n * C), w: place(C * P, 0.6), wp: place(P * H, 0.6), bias: place(C), h: place(batch * P), c: place(batch * H) };
  const values: Inputs = Object.fromEntries(Object.entries(x).map(([name, { values: v }]) => [name, v.slice()])) as never;
  const [isGru, isLstm] = [kind === "gru", kind === "lstm"];
  const wp = P === H ? 0 : x.wp.ptr;
  const starts = arena.place(Int32Array.from(startsOf(sizes)));
  const lengths = arena.place(Int32Array.from({ length: batch }, (_, b) => sizes.filter((size) => size > b).length));
  const work = arena.out(k.recurrentWorkspace(batch, C, H) / 4).ptr;
  const shape = [KINDS[kind], Number(reverse), T, batch, C, H, P, starts.ptr, lengths.ptr];
  const of = (ptr: number, down: boolean, rows: number, cols: number): number => {
    if (!packed || ptr === 0) return 0;
    return down ? panels(k, arena, ptr, rows, cols, 1, cols) : panels(k, arena, ptr, cols, rows, cols, 1);
  };
  const [y, h, c] = [arena.out(n * P, shift), arena.out(batch * P, shift), arena.out(batch * H, shift)];
  const [before, u, v, m] = [arena.out(n * P, shift), arena.out(n * H, shift), arena.out(n * H, shift), arena.out(n * H, shift)];
  const forward = (...kept: number[]): void => {
    x.gates.values.set(values.gates as Float32Array);
    const gates = isGru || isLstm ? x.gates.ptr : y.ptr;
    if (gates === y.ptr) y.values.set(values.gates as Float32Array);
    const weights = [x.w.ptr, 1, of(x.w.ptr, true, C, P), isGru ? x.bias.ptr : 0, wp, of(wp, true, P, H)];
    k["recurrent"]?.(...shape, ...weights, gates, y.ptr, x.h.ptr, x.c.ptr, h.ptr, isLstm ? c.ptr : 0, ...kept, work);
  };
  const wanted = truth(given, values);
  forward(0, 0, 0, 0);
  const plain = y.values.slice();
  forward(before.ptr, isGru || isLstm ? u.ptr : 0, isLstm ? v.ptr : 0, wp && m.ptr);
  expect(y.values).toEqual(plain);
  expectNear(y.values, wanted.y, 4e-6, "y");
  expectNear(h.values, wanted.h, 4e-6, "h");
  if (isLstm) expectNear(c.values, wanted.c, 4e-6, "c");

  const [dy, dhLast, dcLast] = [place(n * P), place(batch * P), place(batch * H)];
  const [dg, ds, dp] = [arena.out(n * C, shift), arena.out(n * C, shift), arena.out(n * P, shift)];
  const [dh, dc] = [arena.out(batch * P, shift), arena.out(batch * H, shift)];
  const backward = (...from: number[]): void => {
    const weights = [x.w.ptr, of(x.w.ptr, false, C, P), wp, of(wp, false, P, H)];
    const kept = [isGru || isLstm ? x.gates.ptr : y.ptr, before.ptr, u.ptr, v.ptr];
    const to = [dg.ptr, isGru ? ds.ptr : 0, dh.ptr, isLstm ? dc.ptr : 0, wp && dp.ptr];
    k["recurrentGrad"]?.(...shape, ...weights, ...kept, ...from, ...to, work);
  };
  const loss = (of_: Inputs): number => {
    const r = truth(given, of_);
    return dot(dy.values, r.y) + dot(dhLast.values, r.h) + (isLstm ? dot(dcLast.values, r.c) : 0);
  };
  const STEP = 1e-5;
  const differences = (name: keyof Inputs, size: number): number[] =>
    Array.from({ length: size }, (_, i) => {
      const moved = (by: number): number => {
        const changed = Float64Array.from(values[name] ?? new Float64Array(size));
        (changed[i] as number) += by;
        return loss({ ...values, [name]: changed });
      };
      return (moved(STEP) - moved(-STEP)) / (2 * STEP);
    });
  backward(dy.ptr, dhLast.ptr, dcLast.ptr);
  expectNear(dg.values, differences("gates", n * C), 1e-5, "dg");
  if (isGru) expectNear(ds.values, differences("state", n * C), 1e-5, "ds");
  expectNear(dh.values, differences("h", batch * P), 1e-5, "dh");
  if (isLstm) expectNear(dc.values, differences("c", batch * H), 1e-5, "dc");
  if (wp) expectNear(dp.values, differences("shift", n * P), 1e-5, "dp");
  // Missing gradients are zeros.
  for (const { values: g } of [dy, dhLast, dcLast]) g.fill(0);
  backward(dy.ptr, dhLast.ptr, dcLast.ptr);
  const zero = dg.values.slice();
  backward(0, 0, 0);
  expect(dg.values).toEqual(zero);
  expect(arena.damaged()).toBeUndefined();
}

const CASES: readonly (readonly [sizes: readonly number[], H: number])[] = [
  [[1], 1],
  [[2, 2], 3],
  [[3, 3], 4],
  [[4, 2, 1], 5],
  [[3, 3, 1], 9],
  [[1, 1, 1], 17],
  [[7, 1], 12],
  [[0, 0], 4],
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each(Object.keys(KINDS) as Kind[])("%s", (kind) => {
    for (const [index, [sizes, H]] of CASES.entries()) {
      for (const reverse of [false, true]) check(k, { kind, sizes, reverse, H, P: H }, index % 2 === Number(reverse), (index % 4) * 4);
    }
  });

  test("lstm with a projection", () => {
    for (const packed of [false, true]) check(k, { kind: "lstm", sizes: [4, 3, 1], reverse: packed, H: 6, P: 5 }, packed, 4);
    check(k, { kind: "lstm", sizes: [2, 1], reverse: false, H: 3, P: 1 }, false, 8);
  });

  test("a transposed weight of the state gives the same bytes", () => {
    const arena = new Arena();
    const [H, batch, T] = [10, 2, 2];
    const [w, turned] = [randomValues(4 * H * H, 1), new Float32Array(4 * H * H)];
    for (let i = 0; i < 4 * H; i++) for (let j = 0; j < H; j++) turned[j * 4 * H + i] = w[i * H + j] as number;
    const gates = randomValues(T * batch * 4 * H, 2);
    const [at, lengths] = [arena.place(Int32Array.of(0, batch)).ptr, arena.place(Int32Array.of(T, T)).ptr];
    const states = [arena.place(randomValues(batch * H, 3)).ptr, arena.place(randomValues(batch * H, 4)).ptr];
    const work = arena.out(k.recurrentWorkspace(batch, 4 * H, H) / 4).ptr;
    const results = [w, turned].map((weight, i) => {
      const [g, y, h, c] = [arena.place(gates), arena.out(T * batch * H), arena.out(batch * H), arena.out(batch * H)];
      const from = [arena.place(weight).ptr, i ? 4 * H : 1, 0, 0, 0, 0, g.ptr, y.ptr];
      k["recurrent"]?.(4, 0, T, batch, 4 * H, H, H, at, lengths, ...from, ...states, h.ptr, c.ptr, 0, 0, 0, 0, work);
      return [y, h, c].map(({ values }) => values.slice());
    });
    expect(results[1]).toEqual(results[0]);
    expect(arena.damaged()).toBeUndefined();
  });
});
