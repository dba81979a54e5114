// Schedules beside the reference cases: functions, combinations, momentum, epochs that are given, and what is refused.
import { ArgError, optim, StateError, tensor } from "simdgrad";
import { describe, expect, it, test } from "vitest";

const { lrScheduler } = optim;
const weight = () => tensor([1], { requiresGrad: true });
const sgd = (lr = 0.1, momentum = 0.9) => new optim.SGD([weight()], { lr, momentum });

/** The rates at the start and after each step. */
function rates(optimizer: { lr: number }, schedule: { step(): void }, steps: number): number[] {
  const seen = [optimizer.lr];
  for (let step = 0; step < steps; step++) {
    schedule.step();
    seen.push(optimizer.lr);
  }
  return seen;
}

function expectRates(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  for (const [i, rate] of want.entries()) expect(Math.abs((got[i] as number) - rate), `rate ${i}`).toBeLessThan(1e-13);
}

describe("schedules by functions", () => {
  it("LambdaLR multiplies the base rate, MultiplicativeLR the last one", () => {
    const a = sgd();
    expectRates(rates(a, new lrScheduler.LambdaLR(a, (t) => 1 / (1 + t)), 3), [0.1, 0.1 / 2, 0.1 / 3, 0.1 / 4]);
    const b = sgd();
    expectRates(rates(b, new lrScheduler.MultiplicativeLR(b, (t) => 1 / (1 + t)), 3), [0.1, 0.1 / 2, 0.1 / 6, 0.1 / 24]);
  });

  it("take one function for each group", () => {
    const optimizer = new optim.SGD([{ params: [weight()] }, { params: [weight()] }], { lr: 1 });
    const schedule = new lrScheduler.LambdaLR(optimizer, [(t) => 0.5 ** t, () => 3]);
    schedule.step();
    expect(schedule.getLastLr()).toEqual([0.5, 3]);
    expect(() => new lrScheduler.LambdaLR(optimizer, [() => 1])).toThrow(ArgError);
    expect(() => new lrScheduler.MultiplicativeLR(optimizer, 0.5 as never)).toThrow("takes a function of the epoch");
  });
});

describe("warm-up", () => {
  it("is a line, followed by another schedule", () => {
    const optimizer = sgd(1);
    const warmUp = new lrScheduler.LinearLR(optimizer, { startFactor: 0.25, totalIters: 3 });
    const decay = new lrScheduler.CosineAnnealingLR(optimizer, 4);
    const schedule = new lrScheduler.SequentialLR(optimizer, [warmUp, decay], [3]);
    const wave = [0, 1, 2, 3, 4].map((t) => (1 + Math.cos((Math.PI * t) / 4)) / 2);
    expectRates(rates(optimizer, schedule, 7), [0.25, 0.5, 0.75, ...wave]);
    expect(schedule.lastEpoch).toBe(7);
  });

  it("may be one part of a sequence of sequences", () => {
    const optimizer = sgd(1);
    const constant = (factor: number) => new lrScheduler.ConstantLR(optimizer, { factor, totalIters: 99 });
    const inner = new lrScheduler.SequentialLR(optimizer, [constant(0.5), constant(0.25)], [2]);
    const outer = new lrScheduler.SequentialLR(optimizer, [inner, new lrScheduler.ChainedScheduler([constant(0.125)])], [4]);
    expectRates(rates(optimizer, outer, 5), [0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
  });
});

test("a chain multiplies what its schedules do", () => {
  const optimizer = sgd(1);
  const chain = [new lrScheduler.ConstantLR(optimizer, { factor: 0.5, totalIters: 2 }), new lrScheduler.ExponentialLR(optimizer, 0.9)];
  expectRates(rates(optimizer, new lrScheduler.ChainedScheduler(chain), 3), [0.5, 0.45, 0.81, 0.729]);
});

test("SWALR approaches its rate and stays there", () => {
  const optimizer = sgd(1);
  const schedule = new lrScheduler.SWALR(optimizer, 0.2, { annealEpochs: 4, annealStrategy: "linear" });
  expectRates(rates(optimizer, schedule, 6), [1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2]);
});

describe("momentum", () => {
  it("goes against the rate in a cycle", () => {
    const optimizer = sgd();
    const schedule = new lrScheduler.CyclicLR(optimizer, 0, 1, { stepSizeUp: 2, baseMomentum: 0.5, maxMomentum: 0.9 });
    const seen = Array.from({ length: 5 }, () => {
      const { lr, momentum } = (optimizer.groups[0] as (typeof optimizer.groups)[number]).options;
      schedule.step();
      return [lr, Math.round(momentum * 1e9) / 1e9];
    });
    expect(seen).toEqual([
      [0, 0.9],
      [0.5, 0.7],
      [1, 0.5],
      [0.5, 0.7],
      [0, 0.9],
    ]);
  });

  it("is the first of the betas where an optimizer has them", () => {
    const optimizer = new optim.AdamW([weight()], { betas: [0.8, 0.99] });
    const schedule = new lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 10, pctStart: 0.5, annealStrategy: "linear" });
    const betas = () => (optimizer.groups[0] as (typeof optimizer.groups)[number]).options.betas;
    expect(betas()).toEqual([0.95, 0.99]);
    for (let i = 0; i < 4; i++) schedule.step();
    expect(betas()[0]).toBeCloseTo(0.85, 12);
    expect(optimizer.lr).toBeCloseTo(1, 12);
  });

  it("must be there unless cycleMomentum is false", () => {
    const optimizer = new optim.Adagrad([weight()]);
    expect(() => new lrScheduler.CyclicLR(optimizer, 0, 1)).toThrow("neither momentum nor betas");
    new lrScheduler.OneCycleLR(optimizer, 1, { epochs: 2, stepsPerEpoch: 5, cycleMomentum: false });
  });
});

describe("given epochs", () => {
  it("are reached by the closed form, fractions by warm restarts", () => {
    const optimizer = sgd(1);
    const schedule = new lrScheduler.CosineAnnealingWarmRestarts(optimizer, 2, { tMult: 2 });
    schedule.step(4.5);
    expect(optimizer.lr).toBeCloseTo((1 + Math.cos((Math.PI * 2.5) / 4)) / 2, 12);
    schedule.step(6);
    expect(optimizer.lr).toBe(1);
    const steps = new lrScheduler.StepLR(optimizer, 2, { gamma: 0.5 });
    steps.step(5);
    expect([optimizer.lr, steps.lastEpoch]).toEqual([0.25, 5]);
  });
});

test("lastEpoch goes on with an optimizer that was in a schedule, and only with such", () => {
  const optimizer = sgd(1);
  const before = new lrScheduler.LinearLR(optimizer, { startFactor: 0.5, totalIters: 10 });
  for (let i = 0; i < 4; i++) before.step();
  const next = new lrScheduler.LinearLR(optimizer, { startFactor: 0.5, totalIters: 10, lastEpoch: 3 });
  before.step();
  const want = optimizer.lr;
  optimizer.lr = before.getLastLr()[0] as number;
  expect([next.lastEpoch, want]).toEqual([4, optimizer.lr]);
  expect(() => new lrScheduler.StepLR(sgd(), 2, { lastEpoch: 3 })).toThrow(StateError);
});

describe("ReduceLROnPlateau", () => {
  it("takes numbers and tensors, counts NaN as no improvement, and respects the lowest rates", () => {
    const optimizer = new optim.SGD([{ params: [weight()] }, { params: [weight()], lr: 0.2 }], { lr: 1 });
    const schedule = new lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.1, minLr: [0.5, 0.01] });
    schedule.step(tensor(1));
    for (const metric of [1, Number.NaN]) schedule.step(metric);
    expect(schedule.getLastLr()).toEqual([0.5, 0.01]);
    expect(schedule.lastEpoch).toBe(3);
    expect(() => schedule.step("1" as never)).toThrow(ArgError);
    expect(() => schedule.step(undefined as never)).toThrow("metric must be a number");
  });
});

describe("what does not fit is refused", () => {
  const bad: [string, () => unknown, string][] = [
    ["no optimizer", () => new lrScheduler.StepLR({} as never, 2), "StepLR: the first argument must be an optimizer"],
    ["a step of 0", () => new lrScheduler.StepLR(sgd(), 0), "stepSize must be a whole number of at least 1"],
    ["an unknown option", () => new lrScheduler.StepLR(sgd(), 1, { gama: 1 } as never), 'no option "gama"'],
    ["NaN", () => new lrScheduler.ExponentialLR(sgd(), Number.NaN), "gamma must be a finite number"],
    ["no list", () => new lrScheduler.MultiStepLR(sgd(), 3 as never), "milestones must be a list"],
    ["a factor above 1", () => new lrScheduler.ConstantLR(sgd(), { factor: 2 }), "factor must be a number within [0, 1]"],
    ["a start at 0", () => new lrScheduler.LinearLR(sgd(), { startFactor: 0 }), "startFactor must be a finite number above 0"],
    ["half a wave of no steps", () => new lrScheduler.CosineAnnealingLR(sgd(), 0), "tMax must be"],
    ["waves that shrink", () => new lrScheduler.CosineAnnealingWarmRestarts(sgd(), 3, { tMult: 0.5 }), "tMult must be"],
    ["a cycle without length", () => new lrScheduler.OneCycleLR(sgd(), 1), "epochs must be a whole number"],
    [
      "an unknown curve",
      () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 3, annealStrategy: "sin" as never }),
      'must be "cos" or "linear"',
    ],
    ["rates for other groups", () => new lrScheduler.OneCycleLR(sgd(), [1, 2], { totalSteps: 3 }), "maxLr has 2 numbers for 1 groups"],
    ["an unknown mode", () => new lrScheduler.CyclicLR(sgd(), 0, 1, { mode: "saw" as never }), "mode must be"],
    ["a factor of 1", () => new lrScheduler.ReduceLROnPlateau(sgd(), { factor: 1 }), "factor must be below 1"],
    ["no schedules", () => new lrScheduler.ChainedScheduler([]), "takes a list of schedules"],
    [
      "a plateau in a chain",
      () => new lrScheduler.ChainedScheduler([new lrScheduler.ReduceLROnPlateau(sgd()) as never]),
      "all but ReduceLROnPlateau",
    ],
    [
      "two optimizers",
      () => new lrScheduler.ChainedScheduler([new lrScheduler.StepLR(sgd(), 1), new lrScheduler.StepLR(sgd(), 1)]),
      "the same optimizer",
    ],
  ];
  test.each(bad)("%s", (_, make, message) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(message);
  });

  it("too many or too few milestones, epochs below 0, steps beyond the cycle", () => {
    const optimizer = sgd();
    const steps = new lrScheduler.StepLR(optimizer, 1);
    expect(() => new lrScheduler.SequentialLR(optimizer, [steps], [1])).toThrow("1 schedules need 0 milestones, got 1");
    expect(() => steps.step(-1)).toThrow(ArgError);
    const cycle = new lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 2 });
    for (let i = 0; i < 2; i++) cycle.step();
    const lr = optimizer.lr;
    expect(() => cycle.step()).toThrow(StateError);
    expect([optimizer.lr, cycle.lastEpoch]).toEqual([lr, 2]);
  });
});
