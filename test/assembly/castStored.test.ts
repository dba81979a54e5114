// Conversions of float16, bfloat16 and int64: every 16-bit pattern, the float32 next to every rounding boundary, every tail and alignment.
import { describe, expect, test } from "vitest";
import { PLACES } from "./elementwise.js";
import { Arena, builds, kernels, randomValues } from "./harness.js";

interface Half {
  readonly name: "f16" | "bf16";
  /** Bits of fraction, the exponent of the smallest normal number, and the largest finite number. */
  readonly fraction: number;
  readonly least: number;
  readonly max: number;
}
const HALVES: readonly Half[] = [
  { name: "f16", fraction: 10, least: -14, max: 65504 },
  { name: "bf16", fraction: 7, least: -126, max: 255 * 2 ** 120 },
];

/** The value of 16 bits, from the definition of such a format. */
function valueOfBits(bits: number, { fraction, least }: Half): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const digits = bits & (2 ** fraction - 1);
  if (exponent === 0) return sign * digits * 2 ** (least - fraction);
  if (exponent === 2 ** (15 - fraction) - 1) return digits ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (2 ** fraction + digits) * 2 ** (exponent - 1 + least - fraction);
}

/** The nearest number of such a format, halves to even. All steps are exact in float64. */
function nearest(x: number, { fraction, least, max }: Half): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), least);
  const step = 2 ** (exponent - fraction);
  const count = Math.abs(x) / step;
  const down = Math.floor(count);
  const rest = count - down;
  const rounded = (rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down) * step;
  return Math.sign(x) * (rounded > max ? Number.POSITIVE_INFINITY : rounded);
}

const ALL = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** The float32 with these bits. */
const floatsOf = (bits: Uint32Array): Float32Array => new Float32Array(bits.buffer);

/** Every number of a format, the middle between it and the next one, and the float32 on both sides of each. */
function boundaries(half: Half): Float32Array {
  const found: number[] = [];
  for (const bits of ALL.subarray(0, 0x7fff)) {
    const [value, next] = [valueOfBits(bits, half), valueOfBits(bits + 1, half)];
    if (!Number.isFinite(value)) break;
    found.push(value, Number.isFinite(next) ? (value + next) / 2 : value + (value - valueOfBits(bits - 1, half)) / 2);
  }
  const words = new Uint32Array(Float32Array.from(found).buffer);
  const around = Array.from(words).flatMap((word) => [word, word + 1, Math.max(0, word - 1)]);
  return floatsOf(Uint32Array.from(around.flatMap((word) => [word, word + 2 ** 31])));
}

/** Random bits, and NaN of every kind. */
const PATTERNS = floatsOf(
  Uint32Array.from([
    ...[0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffffffff, 0x7fffffff, 0xff800001, 1, 0x80000001, 0x7f7fffff],
    ...Array.from(randomValues(50_000, 3, 0, 2 ** 32), Math.floor),
  ]),
);

const same = (got: ArrayLike<number>, wanted: (i: number) => number): void => {
  const odd: unknown[] = [];
  for (let i = 0; i < got.length; i++) if (!Object.is(got[i], wanted(i))) odd.push([i, got[i], wanted(i)]);
  expect(odd.slice(0, 5)).toEqual([]);
};

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each(HALVES)("$name", (half) => {
    const widen = half.name === "f16" ? k.f16ToF32 : k.bf16ToF32;
    const narrow = half.name === "f16" ? k.f32ToF16 : k.f32ToBf16;

    test("every pattern has its value, and comes back", () => {
      const arena = new Arena();
      const x = arena.place(ALL, 2);
      const out = arena.out(ALL.length);
      const back = arena.place(new Uint16Array(ALL.length), 6);
      widen(x.ptr, out.ptr, ALL.length);
      same(out.values, (i) => valueOfBits(i, half));
      narrow(out.ptr, back.ptr, ALL.length);
      const quiet = 1 << (half.fraction - 1);
      same(back.values, (i) => {
        if (!Number.isNaN(valueOfBits(i, half))) return i;
        return Number.isNaN(valueOfBits(back.values[i] as number, half)) && (back.values[i] as number) & quiet
          ? (back.values[i] as number)
          : -1;
      });
      expect(arena.damaged()).toBeUndefined();
    });

    test("NaN keeps its sign and is quiet", () => {
      const arena = new Arena();
      const nans = arena.place(new Int32Array(floatsOf(Uint32Array.of(0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fc00000)).buffer));
      const out = arena.place(new Uint16Array(5));
      narrow(nans.ptr, out.ptr, 5);
      for (const [i, bits] of out.values.entries()) {
        expect([valueOfBits(bits, half), bits >> 15, (bits >> (half.fraction - 1)) & 1]).toEqual([Number.NaN, [0, 1, 0, 1, 0][i], 1]);
      }
    });

    test.each([
      ["next to every boundary", boundaries(half)],
      ["of random bits", PATTERNS],
    ])("float32 %s is rounded to the nearest", (_, values) => {
      const arena = new Arena();
      const x = arena.place(values, 4);
      const out = arena.place(new Uint16Array(values.length), 2);
      narrow(x.ptr, out.ptr, values.length);
      const got = Array.from(out.values, (bits) => valueOfBits(bits, half));
      same(got, (i) => nearest(values[i] as number, half));
      expect(arena.damaged()).toBeUndefined();
    });

    test("at every place", () => {
      for (const { n, shift } of PLACES) {
        const arena = new Arena();
        const values = randomValues(n, n, -3, 3);
        const x = arena.place(values, shift);
        const bits = arena.place(new Uint16Array(n).fill(7), (12 - shift) / 2);
        const back = arena.out(n, shift);
        narrow(x.ptr, bits.ptr, n);
        widen(bits.ptr, back.ptr, n);
        same(back.values, (i) => nearest(values[i] as number, half));
        expect(arena.damaged()).toBeUndefined();
      }
    });
  });

  const WIDE = [0n, 1n, -1n, 2n ** 31n - 1n, -(2n ** 31n), 2n ** 31n, -(2n ** 31n) - 1n, 2n ** 24n + 1n, -(2n ** 24n) - 1n].concat(
    // Those that a detour by float64 rounds wrongly, and the ends of the range.
    [2n ** 54n + 2n ** 30n + 1n, -(2n ** 54n) - 2n ** 30n - 1n, 2n ** 60n + 2n ** 36n - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n],
  );

  /** The nearest float32 of a big integer, halves to even. */
  function nearestFloat(x: bigint): number {
    const size = x < 0n ? -x : x;
    const drop = BigInt(Math.max(0, size.toString(2).length - 24));
    const [count, rest, half] = [size >> drop, size & ((1n << drop) - 1n), drop > 0n ? 1n << (drop - 1n) : 0n];
    const up = drop > 0n && (rest > half || (rest === half && count % 2n === 1n)) ? 1n : 0n;
    return Number((count + up) << drop) * (x < 0n ? -1 : 1);
  }

  test("i64ToF32 rounds once", () => {
    const random = Array.from({ length: 4000 }, (_, i) => {
      const [high = 0, low = 0] = randomValues(2, i, 0, 2 ** 32);
      return BigInt.asIntN(64, (BigInt(Math.floor(high)) << 32n) | BigInt(Math.floor(low))) >> BigInt(i % 60);
    });
    const values = BigInt64Array.from([...WIDE, ...random]);
    for (const n of [0, 1, 2, 3, 4, 5, 7, 8, values.length]) {
      const arena = new Arena();
      const x = arena.place(values.slice(0, n), 8);
      const out = arena.out(n, 4);
      k.i64ToF32(x.ptr, out.ptr, n);
      same(out.values, (i) => nearestFloat(values[i] as bigint));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("f32ToI64 rounds toward zero and clamps", () => {
    const values = Float32Array.from([
      0,
      -0,
      0.9,
      -0.9,
      1.5,
      -2.5,
      2 ** 31,
      -(2 ** 40),
      2 ** 62,
      2 ** 63,
      -(2 ** 63),
      1e30,
      -1e30,
      Infinity,
      -Infinity,
      Number.NaN,
      1e-40,
      16777217,
    ]);
    const truth = (x: number): bigint => {
      if (Number.isNaN(x)) return 0n;
      if (x >= 2 ** 63) return 2n ** 63n - 1n;
      return x <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(x));
    };
    for (let n = 0; n <= values.length; n++) {
      const arena = new Arena();
      const x = arena.place(values.slice(0, n), 4);
      const out = arena.place(new BigInt64Array(n).fill(7n), 8);
      k.f32ToI64(x.ptr, out.ptr, n);
      expect(Array.from(out.values)).toEqual(Array.from(values.slice(0, n), truth));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("i32ToI64 and back, at every place", () => {
    for (const { n, shift } of PLACES) {
      const values = Int32Array.from(randomValues(n, n, -(2 ** 31), 2 ** 31));
      const arena = new Arena();
      const x = arena.place(values, shift);
      const wide = arena.place(new BigInt64Array(n).fill(7n), 8 * (shift / 4));
      const back = arena.place(new Int32Array(n).fill(7), 12 - shift);
      k.i32ToI64(x.ptr, wide.ptr, n);
      expect(Array.from(wide.values)).toEqual(Array.from(values, BigInt));
      expect(k.i64ToI32(wide.ptr, back.ptr, n)).toBe(-1);
      expect(back.values).toEqual(values);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("i64ToI32 gives the first position that does not fit", () => {
    for (let n = 1; n < 14; n++) {
      for (let at = 0; at < n; at++) {
        for (const odd of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 32n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n - 1n]) {
          const values = new BigInt64Array(n).map((_, i) => (i < at ? ([-1n, 2n ** 31n - 1n, -(2n ** 31n)][i % 3] as bigint) : odd));
          const arena = new Arena();
          const x = arena.place(values);
          const out = arena.place(new Int32Array(n));
          expect(k.i64ToI32(x.ptr, out.ptr, n)).toBe(at);
          expect(arena.damaged()).toBeUndefined();
        }
      }
    }
  });
});
