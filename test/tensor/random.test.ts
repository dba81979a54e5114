// Random tensors: repeatable by seed, independent by generator, and distributed as promised.
import {
  ArgError,
  dropout,
  Generator,
  getRngState,
  manualSeed,
  ones,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  setRngState,
  type Tensor,
} from "simdgrad";
import { describe, expect, it } from "vitest";

/** What one state gives, whatever the runtime and the build. */
const GOLDEN = {
  rand: [0.42251574993133545, 0.5342865586280823, 0.793956458568573, 0.584352433681488, 0.7383835911750793, 0.31293785572052],
  randint: [-16, 6, 58, 16, 47, -38],
  permutation: [0, 5, 4, 2, 3, 1],
  dropout: [0, 2, 2, 2, 2, 0, 2, 0, 2, 2, 2, 2],
  randn: [-1.2823103666305542, -0.28060126304626465, -0.586107075214386, -0.3434118628501892, -0.30002570152282715, 0.7187266945838928],
  /** Of the bytes of 6000 normal numbers. */
  checksum: 508461683,
};

const moments = (x: Tensor): { mean: number; variance: number } => {
  const values = Array.from(x.toTypedArray());
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length };
};

describe("streams", () => {
  const draws: [string, (generator: Generator) => Tensor][] = [
    ["rand", (generator) => rand(2, 5, { generator })],
    ["randn", (generator) => randn([10], { generator })],
    ["randint", (generator) => randint(-5, 5, [10], { generator })],
    ["randperm", (generator) => randperm(10, { generator })],
  ];

  it.each(draws)("%s repeats with the seed, and goes on without", (_, draw) => {
    const [a, b, other] = [new Generator(42), new Generator(42), new Generator(43)];
    const first = draw(a).toArray();
    expect(draw(b).toArray()).toEqual(first);
    expect(draw(other).toArray()).not.toEqual(first);
    expect(draw(a).toArray()).not.toEqual(first);
    expect(draw(a.manualSeed(42)).toArray()).toEqual(first);
  });

  it("the default one starts over with manualSeed", () => {
    manualSeed(7);
    const first = [rand(3).toArray(), randn(3).toArray(), randint(0, 9, [3]).toArray(), randperm(3).toArray()];
    manualSeed(7);
    expect([rand(3).toArray(), randn(3).toArray(), randint(0, 9, [3]).toArray(), randperm(3).toArray()]).toEqual(first);
  });

  it("one of its own leaves the default one alone", () => {
    manualSeed(7);
    const undisturbed = rand(4).toArray();
    manualSeed(7);
    rand(100, { generator: new Generator(1) });
    expect(rand(4).toArray()).toEqual(undisturbed);
  });

  it("a number depends on its position, not on how the numbers are asked for", () => {
    const whole = Array.from(rand(12, { generator: new Generator(5) }).toTypedArray());
    const generator = new Generator(5);
    expect([4, 8].flatMap((n) => Array.from(rand(n, { generator }).toTypedArray()))).toEqual(whole);
  });

  it("getState and setState continue a stream, through JSON", () => {
    const generator = new Generator(2 ** 40 + 3);
    rand(5, { generator });
    const kept = JSON.parse(JSON.stringify(generator.getState()));
    expect(kept).toEqual({ seedLow: 3, seedHigh: 256, counter: 2 });
    const next = rand(5, { generator }).toArray();
    expect(generator.getState().counter).toBe(4);
    expect(rand(5, { generator: new Generator().setState(kept) }).toArray()).toEqual(next);
  });

  it("getRngState and setRngState do so for the default generator", () => {
    manualSeed(3);
    randn(3);
    const kept = getRngState();
    const next = (): unknown[] => [rand(3).toArray(), randperm(5).toArray(), dropout(ones(8)).toArray()];
    const first = next();
    expect(next()).not.toEqual(first);
    setRngState(kept);
    expect(next()).toEqual(first);
  });

  it("a state gives the same numbers on every runtime and in both builds", () => {
    const generator = new Generator();
    const from = <T>(draw: () => T): T => {
      generator.setState({ seedLow: 42, seedHigh: -7, counter: 2 ** 33 + 5 });
      return draw();
    };
    expect([...from(() => rand(6, { generator })).toTypedArray()]).toEqual(GOLDEN.rand);
    expect([...from(() => randint(-100, 100, [6], { generator })).toTypedArray()]).toEqual(GOLDEN.randint);
    expect([...from(() => generator.permutation(6))]).toEqual(GOLDEN.permutation);
    expect([...from(() => dropout(ones(12), { generator })).toTypedArray()]).toEqual(GOLDEN.dropout);
    expect([...from(() => randn(6, { generator })).toTypedArray()]).toEqual(GOLDEN.randn);
    const bits = new Int32Array(from(() => randn(6000, { generator })).toTypedArray().buffer);
    expect(bits.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0)).toBe(GOLDEN.checksum);
  });

  it("states that are none are refused, and change nothing", () => {
    const generator = new Generator(5);
    const before = generator.getState();
    const good = { seedLow: 1, seedHigh: 2, counter: 3 };
    const wrong = [
      null,
      3,
      {},
      [1, 2, 3],
      { ...good, counter: -1 },
      { ...good, counter: 0.5 },
      { ...good, seedLow: "1" },
      { ...good, counter: 2 ** 53 },
    ];
    for (const state of wrong) {
      expect(() => generator.setState(state as never)).toThrow(ArgError);
      expect(() => setRngState(state as never)).toThrow(/setState: (seedLow|seedHigh|counter) must be a whole number/);
    }
    expect(generator.getState()).toEqual(before);
  });

  it("large seeds differ in their upper half, negative ones in sign", () => {
    const first = (seed: number): number => rand(1, { generator: new Generator(seed) }).item();
    expect(new Set([1, 2 ** 32 + 1, 2 ** 33 + 1, -1, Number.MAX_SAFE_INTEGER].map(first)).size).toBe(5);
  });
});

describe("distributions", () => {
  it("rand is uniform in [0, 1)", () => {
    const x = rand(40_000, { generator: new Generator(1) });
    const { mean, variance } = moments(x);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
    expect(x.amin().item()).toBeGreaterThanOrEqual(0);
    expect(x.amax().item()).toBeLessThan(1);
  });

  it("randn is normal: mean 0, variance 1, 68 % within one", () => {
    const x = randn(40_001, { generator: new Generator(2) });
    const { mean, variance } = moments(x);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    const within = Array.from(x.toTypedArray()).filter((v) => Math.abs(v) < 1).length / x.size;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.01);
  });

  it("randint takes every whole number of its range equally often", () => {
    const counts = new Map<number, number>();
    for (const v of randint(-2, 3, [10_000], { generator: new Generator(3) }).toTypedArray()) counts.set(v, (counts.get(v) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(randint(-(2 ** 31), 2 ** 31, [3]).dtype).toBe("int32");
  });

  it("randperm holds every number once, and every order of three comes about equally often", () => {
    const generator = new Generator(4);
    expect(Array.from(randperm(1000, { generator }).toTypedArray()).sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    const orders = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const order = generator.permutation(3).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 500)).toBeLessThan(100);
    expect(randperm(0).shape).toEqual([0]);
  });

  it("results may require a gradient", () => {
    expect(randn(2, { requiresGrad: true }).requiresGrad).toBe(true);
    expect(rand(2).requiresGrad).toBe(false);
  });
});

describe("refusals", () => {
  const refused: [string, () => unknown, new (message: string) => Error, RegExp][] = [
    [
      "a fractional seed",
      () => manualSeed(0.5),
      ArgError,
      /manualSeed: seed must be a whole number from -9007199254740991 to 9007199254740991, got 0\.5/,
    ],
    ["a seed beyond exact numbers", () => new Generator(2 ** 53), ArgError, /got 9007199254740992/],
    ["an empty range", () => randint(3, 3, [1]), ArgError, /randint: high must be a whole number from 4 to 2147483648, got 3/],
    ["a range beyond int32", () => randint(0, 2 ** 31 + 1, [1]), ArgError, /randint: high must be a whole number from 1 to 2147483648/],
    ["whole numbers from rand", () => rand(2, { dtype: "int32" }), ArgError, /rand: dtype must be "float32", got "int32"/],
    ["a negative size", () => randn(-1), ShapeError, /randn: sizes must not be negative/],
    ["an order of a negative number", () => randperm(-1), ShapeError, /sizes must not be negative/],
  ];

  it.each(refused)("%s", (_, call, error, says) => {
    expect(call).toThrow(error);
    expect(call).toThrow(says);
  });
});
