// Running products, recurrences, running extremes and products against float64 loops: all tails, four alignments, both directions.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

type Lane = number[];

const SHIFTS = [0, 4, 8, 12];
const SHAPES: [outer: number, n: number, inner: number][] = [
  ...Array.from({ length: 18 }, (_, n) => [2, n, 1] as [number, number, number]),
  ...[0, 2, 3, 4, 5, 8, 9, 17].flatMap((inner) => [0, 1, 6].map((n) => [3, n, inner] as [number, number, number])),
  [1, 1001, 1],
  [0, 3, 2],
];

/** Each lane of [outer, n, inner], replaced by what `rule` makes of those of all inputs. */
function lanes(
  [outer, n, inner]: readonly number[] | [number, number, number],
  inputs: ArrayLike<number>[],
  rule: (...of: Lane[]) => Lane,
): Lane {
  const [o_, n_, i_] = [outer as number, n as number, inner as number];
  const size = rule(...inputs.map(() => new Array<number>(n_).fill(1))).length;
  const result = new Array<number>(o_ * size * i_);
  for (let o = 0; o < o_; o++) {
    for (let j = 0; j < i_; j++) {
      const made = rule(...inputs.map((x) => Array.from({ length: n_ }, (_, i) => x[(o * n_ + i) * i_ + j] as number)));
      made.forEach((v, i) => {
        result[(o * size + i) * i_ + j] = v;
      });
    }
  }
  return result;
}

const scan = (lane: Lane, start: number, step: (before: number, v: number, i: number) => number): Lane => {
  let last = start;
  return lane.map((v, i) => {
    last = step(last, v, i);
    return last;
  });
};
const inOrder =
  (reverse: number, run: (...of: Lane[]) => Lane) =>
  (...of: Lane[]): Lane =>
    reverse ? run(...of.map((lane) => lane.toReversed())).toReversed() : run(...of);

/** The distance of values that were rounded once: products of long lanes differ by the order of their factors in float64. */
function expectRounded(got: ArrayLike<number>, want: readonly number[], what: string): void {
  expect(got.length).toBe(want.length);
  want.forEach((w, i) => {
    const y = got[i] as number;
    const fits = Object.is(y, Math.fround(w)) || Math.abs(y - w) <= 6.1e-8 * Math.abs(w) + 1e-44;
    if (!fits) expect.fail(`${what}[${i}]: ${y} instead of ${w}`);
  });
}

const factors = (size: number, seed: number): Float32Array =>
  randomValues(size, seed, -1.5, 1.5).map((v, i) => ((i + seed) % 11 === 3 ? 0 : v + Math.sign(v) * 0.5));
const wholes = (size: number, seed: number): Int32Array => Int32Array.from(randomValues(size, seed), (v) => v * 50_000);

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each([0, 1])("cumprod and cumprodI32, reverse: %i", (reverse) => {
    for (const [index, shape] of SHAPES.entries()) {
      const [outer, n, inner] = shape;
      const size = outer * n * inner;
      const arena = new Arena();
      const shift = SHIFTS[index % 4] as number;
      const x = arena.place(factors(size, index), shift);
      const out = arena.out(size, 12 - shift);
      k.cumprod(x.ptr, out.ptr, outer, n, inner, reverse, inner);
      expectRounded(
        out.values,
        lanes(
          shape,
          [x.values],
          inOrder(reverse, (lane) => scan(lane, 1, (a, v) => a * v)),
        ),
        `[${shape}]`,
      );
      const whole = arena.place(wholes(size, index), shift);
      const wholeOut = arena.place(new Int32Array(size), 4);
      k.cumprodI32(whole.ptr, wholeOut.ptr, outer, n, inner, reverse, inner);
      expect(Array.from(wholeOut.values)).toEqual(
        lanes(
          shape,
          [whole.values],
          inOrder(reverse, (lane) => scan(lane, 1, Math.imul)),
        ),
      );
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([0, 1])("recurrence, reverse: %i", (reverse) => {
    for (const [index, shape] of SHAPES.entries()) {
      const [outer, n, inner] = shape;
      const size = outer * n * inner;
      const arena = new Arena();
      const shift = SHIFTS[index % 4] as number;
      const a = arena.place(randomValues(size, index, 0, 1), shift);
      const b = arena.place(randomValues(size, index + 50, 0, 1), 12 - shift);
      const out = arena.out(size, 4);
      k.recurrence(a.ptr, b.ptr, out.ptr, outer, n, inner, reverse, inner);
      const run = (scale: Lane, term: Lane): Lane => scan(term, 0, (before, v, i) => v + (scale[i] as number) * before);
      expectRounded(out.values, lanes(shape, [a.values, b.values], inOrder(reverse, run)), `[${shape}]`);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([0, 1])("cummax, float: %i", (float) => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
    for (const [index, shape] of SHAPES.entries()) {
      const [outer, n, inner] = shape;
      const size = outer * n * inner;
      const arena = new Arena();
      const shift = SHIFTS[index % 4] as number;
      const values = randomValues(size, index).map((v, i) => (index % 2 === 1 && i % 9 === 8 ? (odd[i % 5] as number) : Math.round(v * 3)));
      const x = arena.place(float ? values : wholes(size, index), shift);
      const out = arena.place(new Int32Array(size).fill(-7), 12 - shift);
      k.cummax(x.ptr, out.ptr, outer, n, inner, float, inner);
      const run = (lane: Lane): Lane => {
        let best = 0;
        return lane.map((v, i) => {
          if (Number.isNaN(v) || v >= (lane[best] as number)) best = i;
          return best;
        });
      };
      expect(Array.from(out.values), `[${shape}]`).toEqual(lanes(shape, [x.values], run));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("prod and prodI32", () => {
    for (const [index, shape] of SHAPES.entries()) {
      const [outer, n, inner] = shape;
      const arena = new Arena();
      const shift = SHIFTS[index % 4] as number;
      const x = arena.place(factors(outer * n * inner, index), shift);
      const out = arena.out(outer * inner, 12 - shift);
      k.prod(x.ptr, out.ptr, outer, n, inner, inner);
      expectRounded(
        out.values,
        lanes(shape, [x.values], (lane) => [lane.reduce((p, v) => p * v, 1)]),
        `[${shape}]`,
      );
      const whole = arena.place(wholes(outer * n * inner, index), shift);
      const wholeOut = arena.place(new Int32Array(outer * inner), 4);
      k.prodI32(whole.ptr, wholeOut.ptr, outer, n, inner, inner);
      expect(Array.from(wholeOut.values)).toEqual(lanes(shape, [whole.values], (lane) => [lane.reduce(Math.imul, 1)]));
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
