// Softmax, its logarithm and both gradients along a middle axis: what the kernels of rows give for each column, to rounding; in place,
// in parts, with infinities and NaN.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, type Placed, type RawKernels, randomValues } from "./harness.js";

const SHAPES: [outer: number, n: number, inner: number][] = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 18].map((inner): [number, number, number] => [2, 5, inner]),
  ...[0, 1, 2, 33, 700].map((n): [number, number, number] => [1, n, 6]),
  [0, 3, 4],
  [3, 4, 0],
  [3, 10, 33],
];
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Column (o, j) of [outer, n, inner]. */
const columnOf = (x: Float32Array, [, n, inner]: readonly number[], o: number, j: number): Float32Array =>
  Float32Array.from({ length: n as number }, (_, i) => x[(o * (n as number) + i) * (inner as number) + j] as number);

/** What the kernel for rows makes of one column (or two). */
function byRow(k: RawKernels, name: string, columns: Float32Array[], arena: Arena): Float32Array {
  const inputs = columns.map((column) => arena.place(column).ptr);
  const n = columns[0]?.length as number;
  const out = arena.out(n);
  k[name]?.(...inputs, out.ptr, 1, n);
  return out.values.slice();
}

function compare(k: RawKernels, name: string, shape: (typeof SHAPES)[number], inputs: Placed<Float32Array>[], arena: Arena): void {
  const [outer, n, inner] = shape;
  const out = arena.out(outer * n * inner, 12);
  k[`${name}Columns`]?.(...inputs.map(({ ptr }) => ptr), out.ptr, outer, n, inner, inner);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const want = byRow(
        k,
        name,
        inputs.map(({ values }) => columnOf(values, shape, o, j)),
        arena,
      );
      columnOf(out.values, shape, o, j).forEach((got, i) => {
        const y = want[i] as number;
        const near = Object.is(got, y) || Math.abs(got - y) <= 1e-6 * Math.max(1, Math.abs(y));
        if (!near) expect.fail(`${name} of [${shape}] at ${o}, ${i}, ${j}: ${got} instead of ${y}`);
      });
    }
  }
  // A part of the columns, and into each input.
  const part = arena.out(outer * n * inner, 4);
  const before = part.values.slice();
  const some = Math.max(inner - 2, 0);
  k[`${name}Columns`]?.(...inputs.map(({ ptr }) => ptr + 4 * Math.min(inner, 2)), part.ptr + 4 * Math.min(inner, 2), outer, n, inner, some);
  part.values.forEach((got, at) => {
    const skipped = at % inner < 2;
    if (!Object.is(got, skipped ? before[at] : out.values[at])) expect.fail(`${name} of a part of [${shape}] at ${at}: ${got}`);
  });
  for (const { ptr, values } of inputs) {
    const saved = values.slice();
    k[`${name}Columns`]?.(...inputs.map((input) => input.ptr), ptr, outer, n, inner, inner);
    expect(values).toEqual(out.values);
    values.set(saved);
  }
  expect(arena.damaged()).toBeUndefined();
}

describe.each(builds)("%s columns", (build) => {
  const k = kernels(build);

  test.each(["softmax", "logSoftmax"])("%s", (name) => {
    for (const shape of SHAPES) {
      const size = shape.reduce((a, b) => a * b);
      for (const [low, high] of [
        [-4, 4],
        [-70, 70],
        [9990, 10010],
        [-3e38, 3e38],
      ] as const) {
        const arena = new Arena();
        compare(k, name, shape, [arena.place(randomValues(size, size, low, high), 8)], arena);
      }
      const arena = new Arena();
      const odd = randomValues(size, 1).map((v, i) => (i % 11 === 3 ? nan : i % 7 === 2 ? -inf : i % 13 === 5 ? inf : v));
      compare(k, name, shape, [arena.place(odd)], arena);
      compare(k, name, shape, [arena.place(odd.map((v) => (v > -inf ? v : -inf)).fill(-inf, 0, size / 2))], arena);
    }
  });

  test.each([
    ["softmaxGrad", "softmax"],
    ["logSoftmaxGrad", "logSoftmax"],
  ])("%s", (name, forward) => {
    for (const shape of SHAPES) {
      const [outer, n, inner] = shape;
      const size = outer * n * inner;
      const arena = new Arena();
      const y = arena.place(randomValues(size, 5, -4, 4), 4);
      k[`${forward}Columns`]?.(y.ptr, y.ptr, outer, n, inner, inner);
      compare(k, name, shape, [arena.place(randomValues(size, 6), 8), y], arena);
    }
  });
});
