// Random numbers: the generator against the published known answers and a plain version of it, then the distributions made of
// it against float64, and their moments over a long run.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const SHIFTS = [0, 4, 8, 12];
const COUNTS = [...Array.from({ length: 50 }, (_, n) => n), 255, 1001];
/** seedLo, seedHi, offsetLo, offsetHi: small, large, and where the low half of the counter wraps inside a run. */
const STREAMS = [
  [0, 0, 0, 0],
  [0xa4093822 | 0, 0x299f31d0, 0x243f6a88, 0x85a308d3 | 0],
  [1, -1, -2, 5],
  [-7, 12345, -1, -1],
] as const;

/** Philox4x32-10, block by block: four words for a counter of four words and a key of two. */
function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map((v) => BigInt(v >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((v) => BigInt(v >>> 0)) as [bigint, bigint];
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p = 0xd2511f53n * c0;
    const q = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(q >> 32n) ^ c1 ^ k0, q & low, (p >> 32n) ^ c3 ^ k1, p & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** The first n words of a stream. */
function words(n: number, [seedLo, seedHi, offLo, offHi]: readonly [number, number, number, number]): number[] {
  const start = (BigInt(offHi >>> 0) << 32n) | BigInt(offLo >>> 0);
  const all: number[] = [];
  for (let block = start; all.length < n; block++) {
    const at = block & 0xffffffffffffffffn;
    all.push(...philox([Number(at & 0xffffffffn), Number(at >> 32n), 0, 0], [seedLo, seedHi]));
  }
  return all.slice(0, n);
}

/** Box-Muller of one pair, in float64. */
function pair(a: number, b: number): [number, number] {
  const r = Math.sqrt(-2 * Math.log(((a >>> 1) + 0.5) / 2 ** 31));
  const angle = (b / 2 ** 32) * 2 * Math.PI;
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/** Mean, variance, third and fourth moment about the mean in units of the deviation. */
function moments(x: Float32Array) {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const central = (p: number) => x.reduce((a, b) => a + (b - mean) ** p, 0) / x.length;
  const variance = central(2);
  return { mean, variance, skew: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

describe("the plain generator", () => {
  /** From kat_vectors of the Random123 distribution. */
  const ANSWERS = [
    { counter: [0, 0, 0, 0], key: [0, 0], answer: "6627e8d5 e169c58d bc57ac4c 9b00dbd8" },
    { counter: [-1, -1, -1, -1], key: [-1, -1], answer: "408f276d 41c83b0e a20bc7c6 6d5451fd" },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      answer: "d16cfe09 94fdcceb 5001e420 24126ea1",
    },
  ];
  test.each(ANSWERS)("gives the published answer for $counter", ({ counter, key, answer }) => {
    const got = philox(counter, key).map((v) => v.toString(16).padStart(8, "0"));
    expect(got.join(" ")).toBe(answer);
  });
});

describe.each(builds)("%s random numbers", (build) => {
  const k = kernels(build);

  test("the kernel gives the published answer for zeros", () => {
    const out = new Arena().place(new Uint8Array(16));
    k.randomBits?.(out.ptr, 4, 0, 0, 0, 0);
    const got = new Uint32Array(out.values.buffer, out.ptr, 4);
    expect(Array.from(got)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  test.each(STREAMS)("words of stream %i %i %i %i, any count and place", (...stream) => {
    const all = Int32Array.from(words(1001, stream));
    for (const n of COUNTS) {
      const arena = new Arena();
      const out = arena.place(new Int32Array(n), SHIFTS[n % 4]);
      k.randomBits?.(out.ptr, n, ...stream);
      expect(out.values).toEqual(all.slice(0, n));
      expect(arena.damaged()).toBeUndefined();
    }
  });

  const RANGES = [
    [0, 1],
    [-3, 5],
    [1, 2],
    [-2, -1],
    [-1, 0],
    [7, 7],
    [1, 1.0000001192092896],
  ] as const;
  test.each(RANGES)("uniform from %f to %f", (lo, hi) => {
    const stream = STREAMS[1];
    const all = words(1001, stream).map((w) => lo + ((w >>> 8) / 2 ** 24) * (hi - lo));
    for (const n of COUNTS) {
      const arena = new Arena();
      const out = arena.out(n, SHIFTS[n % 4]);
      k.uniform?.(out.ptr, n, ...stream, lo, hi);
      out.values.forEach((v, i) => {
        const near = Math.abs(v - (all[i] as number)) <= 1.2e-7 * Math.max(Math.abs(lo), Math.abs(hi));
        const inside = lo === hi ? v === lo : v >= lo && v < hi;
        if (!near || !inside) expect.fail(`uniform ${i} of ${n}: ${v} near ${all[i]}`);
      });
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test.each([
    [0, 10],
    [-5, 3],
    [-(2 ** 31), 2 ** 32 - 1],
    [7, 1],
  ])("whole numbers from %i, %i of them", (low, span) => {
    for (const n of COUNTS) {
      const arena = new Arena();
      const out = arena.place(new Int32Array(n), SHIFTS[n % 4]);
      k.randomInts(out.ptr, n, ...STREAMS[2], low, span);
      const want = words(n, STREAMS[2]).map((word) => low + Math.floor((word * span) / 2 ** 32));
      expect(Array.from(out.values)).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("uniform never reaches its upper end", () => {
    const n = 1 << 20;
    const out = new Arena().out(n);
    k.uniform?.(out.ptr, n, 3, 4, 0, 0, 1, 1 + 2 ** -22);
    expect(new Set(out.values)).toEqual(new Set([1, 1 + 2 ** -23]));
  });

  test("normal numbers are Box and Muller's", () => {
    const stream = STREAMS[2];
    const all = words(1004, stream);
    const truth = all.map((w, i) => (i % 2 ? pair(all[i - 1] as number, w)[1] : pair(w, all[i + 1] as number)[0]));
    for (const n of COUNTS) {
      const arena = new Arena();
      const out = arena.out(n, SHIFTS[n % 4]);
      k.normal?.(out.ptr, n, ...stream, 10, 3);
      out.values.forEach((v, i) => {
        const want = 10 + 3 * (truth[i] as number);
        if (!(Math.abs(v - want) <= 3e-6)) expect.fail(`normal ${i} of ${n}: ${v} instead of ${want}`);
      });
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("moments over a million", () => {
    const n = 1 << 20;
    const out = new Arena().out(n);
    k.uniform?.(out.ptr, n, 11, 0, 0, 0, -1, 1);
    const flat = moments(out.values);
    expect(Math.abs(flat.mean)).toBeLessThan(2.5e-3);
    expect(Math.abs(flat.variance - 1 / 3)).toBeLessThan(1.5e-3);
    expect(Math.abs(flat.kurtosis - 1.8)).toBeLessThan(8e-3);
    k.normal?.(out.ptr, n, 12, 0, 0, 0, 0, 1);
    const bell = moments(out.values);
    expect(Math.abs(bell.mean)).toBeLessThan(4e-3);
    expect(Math.abs(bell.variance - 1)).toBeLessThan(6e-3);
    expect(Math.abs(bell.skew)).toBeLessThan(1e-2);
    expect(Math.abs(bell.kurtosis - 3)).toBeLessThan(2e-2);
    const beyond = (z: number) => out.values.filter((v) => Math.abs(v) > z).length / n;
    expect(Math.abs(beyond(1) - 0.317311)).toBeLessThan(2e-3);
    expect(Math.abs(beyond(3) - 0.0027)).toBeLessThan(2.5e-4);
    expect(beyond(5)).toBeLessThan(1e-5);
  });

  test.each([0, 0.1, 0.5, 0.9, 1])("dropout of %f", (p) => {
    const stream = STREAMS[3];
    const all = words(1001, stream).map((w) => Number((w >>> 8) / 2 ** 24 >= Math.fround(p)));
    for (const n of COUNTS) {
      const arena = new Arena();
      const x = arena.place(randomValues(n, n), SHIFTS[n % 4]);
      const out = arena.out(n, SHIFTS[(n + 1) % 4]);
      const mask = arena.place(new Uint8Array(n).fill(9), n % 16);
      const scale = Math.fround(1 / (1 - Math.fround(p)));
      const want = Float32Array.from(x.values, (v, i) => (all[i] ? v * scale : 0));
      k.dropout?.(x.ptr, out.ptr, mask.ptr, n, p, ...stream);
      expect(Array.from(mask.values)).toEqual(all.slice(0, n));
      expect(out.values).toEqual(want);
      k.dropoutGrad?.(x.ptr, mask.ptr, x.ptr, n, p);
      expect(x.values).toEqual(want);
      expect(arena.damaged()).toBeUndefined();
    }
  });

  test("dropout keeps NaN where it keeps, and drops it where it drops", () => {
    const arena = new Arena();
    const x = arena.place(new Float32Array(64).fill(Number.NaN));
    const [out, mask] = [arena.out(64), arena.place(new Uint8Array(64))];
    k.dropout?.(x.ptr, out.ptr, mask.ptr, 64, 0.5, 1, 2, 3, 4);
    expect(Array.from(out.values)).toEqual(Array.from(mask.values, (m) => (m ? Number.NaN : 0)));
  });
});

test("both builds give the same bytes", () => {
  const n = 5000;
  for (const run of [["uniform", -1, 3] as const, ["normal", 2, 5] as const]) {
    const [name, a, b] = run;
    const results = builds.map((build) => {
      const out = new Arena().out(n);
      kernels(build)[name]?.(out.ptr, n, 5, 6, 7, 8, a, b);
      return new Uint8Array(out.values.slice().buffer);
    });
    expect(results[1]).toEqual(results[0]);
  }
});
