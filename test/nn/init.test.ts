// Initial weights: bounds and spreads by formula, repeatable by seed, and PyTorch's defaults for the layers.
import { ArgError, Generator, manualSeed, nn, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

const { init } = nn;
const values = (x: Tensor): number[] => Array.from(x.toTypedArray());
const std = (x: Tensor): number => Math.sqrt(values(x).reduce((sum, v) => sum + v * v, 0) / x.size);

/** All values within the bound, some close to either end of it. */
function expectUniform(x: Tensor, bound: number): void {
  const [low, high] = [Math.min(...values(x)), Math.max(...values(x))];
  expect(low).toBeGreaterThanOrEqual(Math.fround(-bound));
  expect(high).toBeLessThanOrEqual(Math.fround(bound));
  expect(low).toBeLessThan(-0.9 * bound);
  expect(high).toBeGreaterThan(0.9 * bound);
  expect(Math.abs(std(x) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.15);
}

describe("layers start as in PyTorch", () => {
  it("Linear: weight and bias within 1 / sqrt(in)", () => {
    manualSeed(1);
    const { weight, bias } = new nn.Linear(64, 200);
    expectUniform(weight, 1 / 8);
    expectUniform(bias as Tensor, 1 / 8);
  });

  it("Conv2d: within 1 / sqrt(in / groups * kernel)", () => {
    manualSeed(1);
    const { weight, bias } = new nn.Conv2d(8, 200, [2, 3], { groups: 2 });
    expect(weight.shape).toEqual([200, 4, 2, 3]);
    expectUniform(weight, 1 / Math.sqrt(24));
    expectUniform(bias as Tensor, 1 / Math.sqrt(24));
  });

  it("BatchNorm: ones and zeros", () => {
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = new nn.BatchNorm2d(2);
    expect([weight, bias, runningMean, runningVar].map((t) => t?.toArray())).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
    expect(numBatchesTracked?.item()).toBe(0);
  });

  it("the seed decides", () => {
    const made = (seed: number): unknown => {
      manualSeed(seed);
      return new nn.Linear(3, 3).weight.toArray();
    };
    expect(made(5)).toEqual(made(5));
    expect(made(5)).not.toEqual(made(6));
  });
});

describe("formulas", () => {
  // fanIn = 50 * 4 = 200, fanOut = 100 * 4 = 400
  const weight = (): Tensor => zeros(100, 50, 2, 2);
  const generator = (): Generator => new Generator(11);

  it("fans count the field of a kernel", () => {
    expect(init.calculateFans(weight())).toEqual({ fanIn: 200, fanOut: 400 });
    expect(init.calculateFans(zeros(3, 7))).toEqual({ fanIn: 7, fanOut: 3 });
    expect(() => init.calculateFans(zeros(3))).toThrow(ShapeError);
  });

  it.each([
    ["linear", 1],
    ["conv2d", 1],
    ["sigmoid", 1],
    ["tanh", 5 / 3],
    ["relu", Math.SQRT2],
    ["selu", 0.75],
  ] as const)("the gain of %s", (name, gain) => expect(init.calculateGain(name)).toBe(gain));

  it("the gain of leakyRelu follows the slope", () => {
    expect(init.calculateGain("leakyRelu", 1)).toBe(1);
    expect(init.calculateGain("leakyRelu")).toBe(Math.sqrt(2 / 1.0001));
    expect(() => init.calculateGain("step" as never)).toThrow(ArgError);
  });

  const uniform: [string, (x: Tensor) => Tensor, number][] = [
    ["xavierUniform", (x) => init.xavierUniform(x, { generator: generator() }), Math.sqrt(6 / 600)],
    ["xavierUniform with a gain", (x) => init.xavierUniform(x, { gain: 2, generator: generator() }), 2 * Math.sqrt(6 / 600)],
    ["kaimingUniform", (x) => init.kaimingUniform(x, { nonlinearity: "relu", generator: generator() }), Math.sqrt(6 / 200)],
    [
      "kaimingUniform, fanOut",
      (x) => init.kaimingUniform(x, { mode: "fanOut", nonlinearity: "linear", generator: generator() }),
      Math.sqrt(3 / 400),
    ],
    ["uniform", (x) => init.uniform(x, -0.3, 0.3, { generator: generator() }), 0.3],
  ];
  it.each(uniform)("%s", (_, fill, bound) => expectUniform(fill(weight()), bound));

  const normal: [string, (x: Tensor) => Tensor, number][] = [
    ["xavierNormal", (x) => init.xavierNormal(x, { generator: generator() }), Math.sqrt(2 / 600)],
    ["kaimingNormal", (x) => init.kaimingNormal(x, { a: 1, generator: generator() }), Math.sqrt(1 / 200)],
    [
      "kaimingNormal, fanOut",
      (x) => init.kaimingNormal(x, { mode: "fanOut", nonlinearity: "relu", generator: generator() }),
      Math.sqrt(2 / 400),
    ],
    ["normal", (x) => init.normal(x, 0, 0.02, { generator: generator() }), 0.02],
  ];
  it.each(normal)("%s", (_, fill, expected) => expect(Math.abs(std(fill(weight())) / expected - 1)).toBeLessThan(0.03));

  it("constants", () => {
    const x = nn.Parameter.zeros([2]);
    expect([init.constant(x, 0.5).toArray(), init.ones(x).toArray(), init.zeros(x).toArray()]).toEqual([
      [0.5, 0.5],
      [1, 1],
      [0, 0],
    ]);
    expect(init.zeros(x)).toBe(x);
  });

  it.each([
    ["bounds the wrong way round", () => init.uniform(zeros(1), 1, 0), ArgError],
    ["a negative spread", () => init.normal(zeros(1), 0, -1), ArgError],
    ["another mode", () => init.kaimingNormal(weight(), { mode: "both" as "fanIn" }), ArgError],
    ["whole numbers", () => init.ones(tensor([1], { dtype: "int32" })), Error],
  ])("refuse %s", (_, call, error) => expect(call).toThrow(error));
});
