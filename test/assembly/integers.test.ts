// Arithmetic on int32 against BigInt: every layout and tail, the ends of the range, both signs; running sums of both types.
import { describe, expect, test } from "vitest";
import { PLACES } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";
import { extent, LAYOUTS, pairs } from "./layouts.js";

const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;
const VALUES = [0, 1, -1, 2, -2, 3, -3, 7, -7, 10, MOST, LEAST, MOST - 1, LEAST + 1, 65536, 0x12345678];
const ints = (n: number, from: number): Int32Array => Int32Array.from({ length: n }, (_, i) => VALUES[(from + 5 * i) % 16] as number);
const divisors = (n: number, from: number): Int32Array => ints(n, from).map((v) => v || 5);

const wrapped = (exact: bigint): number => Number(BigInt.asIntN(32, exact));
const quotient = (a: number, b: number): bigint => {
  const [x, y] = [BigInt(a), BigInt(b)];
  const q = x / y;
  return q * y !== x && x < 0n !== y < 0n ? q - 1n : q;
};

/** a^b modulo 2^32; negative powers of what is neither 1 nor -1 are 0. */
function power(a: number, b: number): number {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 === 0 ? 1 : -1) : 0;
  let [y, base, left] = [1n, BigInt.asUintN(32, BigInt(a)), BigInt(b)];
  for (; left > 0n; left >>= 1n, base = BigInt.asUintN(32, base * base)) if (left & 1n) y = BigInt.asUintN(32, y * base);
  return wrapped(y);
}

const OPS: { name: string; truth: (a: number, b: number) => number; right?: typeof ints }[] = [
  { name: "addI32", truth: (a, b) => wrapped(BigInt(a) + BigInt(b)) },
  { name: "subI32", truth: (a, b) => wrapped(BigInt(a) - BigInt(b)) },
  { name: "mulI32", truth: (a, b) => wrapped(BigInt(a) * BigInt(b)) },
  { name: "maximumI32", truth: Math.max },
  { name: "minimumI32", truth: Math.min },
  { name: "floorDivideI32", truth: (a, b) => wrapped(quotient(a, b)), right: divisors },
  { name: "remainderI32", truth: (a, b) => wrapped(BigInt(a) - quotient(a, b) * BigInt(b)), right: divisors },
  { name: "fmodI32", truth: (a, b) => Number(BigInt(a) % BigInt(b)), right: divisors },
  { name: "powI32", truth: power },
  { name: "andI32", truth: (a, b) => a & b },
  { name: "orI32", truth: (a, b) => a | b },
  { name: "xorI32", truth: (a, b) => a ^ b },
  { name: "leftShiftI32", truth: (a, b) => (b >= 0 && b < 32 ? wrapped(BigInt(a) << BigInt(b)) : 0) },
  { name: "rightShiftI32", truth: (a, b) => (b >= 0 && b < 32 ? Number(BigInt(a) >> BigInt(b)) : a < 0 ? -1 : 0) },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  test.each(OPS)("$name", ({ name, truth, right = ints }) => {
    LAYOUTS.forEach((at, i) => {
      const arena = new Arena();
      const a = arena.place(ints(extent(at.rows, at.cols, at.aRow, at.aCol), i), (i & 3) * 4);
      const b = arena.place(right(extent(at.rows, at.cols, at.bRow, at.bCol), 3 * i + 1), ((i >> 1) & 3) * 4);
      const out = arena.place(new Int32Array(at.rows * at.cols).fill(77), ((i >> 2) & 3) * 4);
      k[name]?.(a.ptr, b.ptr, out.ptr, at.rows, at.cols, at.aRow, at.aCol, at.bRow, at.bCol);
      pairs(a.values, b.values, at).forEach(([x, y], j) => {
        if (out.values[j] !== truth(x, y)) expect.fail(`${at.of}: ${name}(${x}, ${y}) gives ${out.values[j]}, not ${truth(x, y)}`);
      });
      expect(arena.damaged()).toBeUndefined();
    });
    // Every value with every other, into the left side.
    const arena = new Arena();
    const a = arena.place(Int32Array.from(VALUES.flatMap((v) => VALUES.map(() => v))));
    const b = arena.place(
      right === ints ? Int32Array.from(VALUES.flatMap(() => VALUES)) : Int32Array.from(VALUES.flatMap(() => VALUES.map((v) => v || 1))),
    );
    const want = a.values.map((v, i) => truth(v, b.values[i] as number));
    k[name]?.(a.ptr, b.ptr, a.ptr, 1, want.length, 0, 1, 0, 1);
    expect(a.values).toEqual(want);
  });

  test.each([
    { name: "negI32", truth: (v: number) => wrapped(-BigInt(v)) },
    { name: "absI32", truth: (v: number) => (v === LEAST ? LEAST : Math.abs(v)) },
  ])("$name", ({ name, truth }) => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const x = arena.place(ints(n, n), shift);
      const out = arena.place(new Int32Array(n).fill(77), 12 - shift);
      k[name]?.(x.ptr, out.ptr, n);
      expect(Array.from(out.values)).toEqual(Array.from(x.values, (v) => truth(v) + 0));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  const SHAPES = [...[0, 1, 2, 3, 4, 5, 8, 17].map((inner) => [3, 6, inner]), ...[0, 1, 2, 7, 1000].map((n) => [2, n, 1]), [0, 3, 2]] as [
    number,
    number,
    number,
  ][];

  test.each([0, 1])("cumsum and cumsumI32, reverse: %i", (reverse) => {
    for (const [outer, n, inner] of SHAPES) {
      const size = outer * n * inner;
      const sums = (values: ArrayLike<number>, rounded: (v: number) => number): number[] => {
        const result = Array.from(values);
        for (let o = 0; o < outer; o++) {
          for (let j = 0; j < inner; j++) {
            let sum = 0;
            for (let i = 0; i < n; i++) {
              const at = (o * n + (reverse ? n - 1 - i : i)) * inner + j;
              sum += values[at] as number;
              result[at] = rounded(sum);
            }
          }
        }
        return result;
      };
      const arena = new Arena();
      const x = arena.place(randomValues(size, size), 4);
      const out = arena.out(size, 8);
      k.cumsum(x.ptr, out.ptr, outer, n, inner, reverse, inner);
      expect(Array.from(out.values)).toEqual(sums(x.values, Math.fround));
      const whole = arena.place(ints(size, 3), 8);
      const wholeOut = arena.place(new Int32Array(size), 4);
      k.cumsumI32(whole.ptr, wholeOut.ptr, outer, n, inner, reverse, inner);
      expect(Array.from(wholeOut.values)).toEqual(sums(whole.values, (v) => wrapped(BigInt(v))));
      k.cumsum(x.ptr, x.ptr, outer, n, inner, reverse, inner);
      expect(x.values).toEqual(out.values);
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
