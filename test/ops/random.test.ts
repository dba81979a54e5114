// Random tensors: distributions, seeds, and what the options do.
import {
  ArgError,
  bernoulli,
  DTypeError,
  Generator,
  manualSeed,
  memory,
  multinomial,
  normal,
  ones,
  type RandomOptions,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randnLike,
  ShapeError,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { beforeEach, describe, expect, test } from "vitest";

const N = 20_000;
beforeEach(() => manualSeed(7));

/** Whether the mean of n values with this deviation lies within four standard errors. */
function expectMean(x: Tensor, mean: number, deviation: number): void {
  const values = Array.from(x.toTypedArray());
  const found = values.reduce((sum, v) => sum + v, 0) / values.length;
  expect(Math.abs(found - mean)).toBeLessThan((4 * deviation) / Math.sqrt(values.length));
}

describe("distributions", () => {
  test("bernoulli", () => expectMean(bernoulli(zeros(N).add(0.3)), 0.3, Math.sqrt(0.21)));

  test("normal, of numbers and of tensors that broadcast", () => {
    expectMean(normal(3, 2, [N]), 3, 2);
    const columns = normal(tensor([0, 10]), ones(N, 1));
    expect(columns.shape).toEqual([N, 2]);
    expectMean(columns.select(1, 0), 0, 1);
    expectMean(columns.select(1, 1), 10, 1);
    expectMean(columns.select(1, 1).sub(10).square(), 1, Math.SQRT2);
    expectMean(normal(5, ones(N)), 5, 1);
  });

  test("uniform_ and normal_", () => {
    const u = zeros(N).uniform_(-1, 3);
    expectMean(u, 1, 4 / Math.sqrt(12));
    expect(u.amin().item()).toBeGreaterThanOrEqual(-1);
    expect(u.amax().item()).toBeLessThan(3);
    expectMean(zeros(N).normal_(2, 0.5), 2, 0.5);
    expectMean(zeros(N).normal_(2, 0.5).sub(2).square(), 0.25, 0.25 * Math.SQRT2);
  });

  test("multinomial with replacement, on rows of their own", () => {
    const drawn = multinomial(
      tensor([
        [1, 3, 0, 6],
        [2, 0, 2, 0],
      ]),
      N,
      { replacement: true },
    );
    expect([drawn.dtype, drawn.shape]).toEqual(["int32", [2, N]]);
    for (const [row, probabilities] of [
      [0.1, 0.3, 0, 0.6],
      [0.5, 0, 0.5, 0],
    ].entries()) {
      for (const [i, p] of probabilities.entries()) expectMean(drawn.at(row).eq(i).float(), p, Math.sqrt(p * (1 - p)) + 1e-9);
    }
  });

  test("multinomial without replacement: the first is drawn by weight, the second by what is left", () => {
    const drawn = multinomial(zeros(N, 3).add(tensor([1, 1, 2])), 2);
    expect(drawn.select(1, 0).eq(drawn.select(1, 1)).float().sum().item()).toBe(0);
    expectMean(drawn.select(1, 0).eq(2).float(), 0.5, 0.5);
    // P(second = 2) = 2 * 1/4 * 2/3
    expectMean(drawn.select(1, 1).eq(2).float(), 1 / 3, Math.sqrt(2 / 9));
  });

  test("integers", () => {
    const x = randint(-2, 3, [N]);
    expect([...new Set(x.toTypedArray())].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expectMean(x.float(), 0, Math.SQRT2);
    expectMean(randint(4, [N], { dtype: "float32" }), 1.5, Math.sqrt(1.25));
  });
});

describe("seeds, shapes and options", () => {
  const makers: Readonly<Record<string, (generator: Generator) => Tensor>> = {
    randLike: (generator) => randLike(zeros(2, 3), { generator }),
    randnLike: (generator) => randnLike(zeros(2, 3), { generator }),
    randint: (generator) => randint(0, 1000, [2, 3], { generator }),
    randintLike: (generator) => randintLike(zeros(2, 3), 1000, { generator }),
    bernoulli: (generator) => bernoulli(zeros(2, 3).add(0.5), { generator }),
    normal: (generator) => normal(0, 1, [2, 3], { generator }),
    "normal of tensors": (generator) => normal(zeros(2, 3), 1, { generator }),
    multinomial: (generator) => multinomial(ones(2, 50), 3, { generator }),
    uniform_: (generator) => zeros(2, 3).uniform_(0, 1, { generator }),
    normal_: (generator) => zeros(2, 3).normal_(0, 1, { generator }),
  };

  test.each(Object.entries(makers))("%s: a generator repeats, and goes on", (_, make) => {
    const generator = new Generator(3);
    const first = make(generator).toArray();
    expect(make(generator).toArray()).not.toEqual(first);
    expect(make(new Generator(3)).toArray()).toEqual(first);
    expect(make(new Generator(3)).shape).toEqual([2, 3]);
  });

  test("the numbers are those of rand and randn", () => {
    const [a, b, c, d] = [1, 1, 1, 1].map((seed) => new Generator(seed)) as [Generator, Generator, Generator, Generator];
    expect(randLike(zeros(5), { generator: a }).toArray()).toEqual(rand(5, { generator: b }).toArray());
    expect(randnLike(zeros(5), { generator: c }).toArray()).toEqual(randn(5, { generator: d }).toArray());
  });

  test("dtypes and gradients", () => {
    expect(randintLike(zeros([2], { dtype: "uint8" }), 200).dtype).toBe("uint8");
    expect(randintLike(zeros([2], { dtype: "uint8" }), 3, 5, { dtype: "int32" }).dtype).toBe("int32");
    expect(randint(5, [2], { dtype: "float32", requiresGrad: true }).requiresGrad).toBe(true);
    expect(normal(0, 1, [2], { requiresGrad: true }).isLeaf).toBe(true);
    expect(randnLike(zeros([2], { dtype: "int32" }), { dtype: "float32", requiresGrad: true }).requiresGrad).toBe(true);
    expect(normal(ones([2], { requiresGrad: true }), 1).requiresGrad).toBe(false);
    expect(bernoulli(ones([2], { requiresGrad: true })).requiresGrad).toBe(false);
  });

  test.each<[string, () => unknown, new (m: string) => Error, RegExp]>([
    ["randint bounds", () => randint(3, 3, [2]), ArgError, /high must be a whole number from 4/],
    [
      "randint past the dtype",
      () => randint(0, 300, [2], { dtype: "uint8" }),
      ArgError,
      /high must be a whole number from 1 to 256, got 300/,
    ],
    ["randint option", () => randint(3, [2], { seed: 1 } as RandomOptions), ArgError, /no option "seed"/],
    ["randint gradient of integers", () => randint(3, [2], { requiresGrad: true }), DTypeError, /float32/],
    ["randLike of integers", () => randLike(zeros([2], { dtype: "int32" })), ArgError, /dtype must be "float32", got "int32"/],
    ["normal, negative std", () => normal(0, -1, [2]), ArgError, /std must be/],
    ["normal, negative std of a tensor", () => normal(0, tensor([1, -1])), ArgError, /std must be from 0/],
    ["normal, shapes", () => normal(zeros(2), ones(3)), ShapeError, /normal/],
    ["normal, no shape", () => normal(0, 1, undefined as unknown as number[]), ArgError, /shape/],
    ["normal, another dtype", () => normal(0, 1, [2], { dtype: "int32" }), ArgError, /float32/],
    ["a generator that is none", () => bernoulli(ones(2), { generator: 3 as unknown as Generator }), ArgError, /must be a Generator/],
  ])("%s is refused, and nothing stays", (_, call, error, says) => {
    const { liveTensors } = memory();
    expect(() => scope(call)).toThrow(error);
    expect(() => scope(call)).toThrow(says);
    expect(memory().liveTensors).toBe(liveTensors);
  });
});
