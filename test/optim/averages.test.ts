// Clipping of gradients, averages of weights, accumulation of gradients.
import { ArgError, manualSeed, nn, optim, randn, ShapeError, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose, live } from "../support.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Parameters with these gradients. */
function withGrads(...grads: (readonly number[] | null)[]): Tensor[] {
  return grads.map((grad) => {
    const p = zeros(grad?.length ?? 1, { requiresGrad: true });
    p.grad = grad && tensor([...grad]);
    return p;
  });
}

describe("clipGradNorm", () => {
  const grads = [[3, -4, 0.5], null, [], [12]] as const;
  const all = grads.flatMap((grad) => [...(grad ?? [])]);

  test.each([1, 2, inf, 3, 0.5, 0, -inf])("of type %d", (normType) => {
    const finite = Number.isFinite(normType);
    const sizes = all.map(Math.abs);
    const want =
      normType === 0
        ? all.length
        : finite
          ? sizes.reduce((sum, x) => sum + x ** normType, 0) ** (1 / normType)
          : normType > 0
            ? Math.max(...sizes)
            : Math.min(...sizes);
    const params = withGrads(...grads.map((grad) => (normType <= 0 && grad?.length === 0 ? null : grad)));
    // the norm of norms counts tensors, as in PyTorch
    const counted = normType === 0 ? params.filter((p) => p.grad).length : want;
    const norm = optim.clipGradNorm(params, 0.1, { normType });
    expect(Math.abs(norm.item() / counted - 1)).toBeLessThan(1e-6);
    const factor = Math.min(1, 0.1 / (counted + 1e-6));
    expectClose(params[0]?.grad as Tensor, [3 * factor, -4 * factor, 0.5 * factor], 1e-6);
    expect(params[1]?.grad).toBeNull();
  });

  it("leaves small gradients as they are, takes one tensor, and gives 0 for none", () => {
    const [p] = withGrads([0.1, -0.2]) as [Tensor];
    const before = p.grad?.toArray();
    expect(optim.clipGradNorm(p, 1).item()).toBeCloseTo(Math.hypot(0.1, 0.2));
    expect(p.grad?.toArray()).toEqual(before);
    expect(optim.clipGradNorm([p], inf).item()).toBeGreaterThan(0);
    expect(optim.clipGradNorm(withGrads(null), 1).item()).toBe(0);
    expect(optim.clipGradNorm([], 1, { normType: 3 }).item()).toBe(0);
  });

  it("makes NaN of all where the norm is NaN, unless that is an error, which changes nothing", () => {
    const params = withGrads([1, nan], [2]);
    expect(() => optim.clipGradNorm(params, 1, { errorIfNonfinite: true })).toThrow(StateError);
    expect(params[1]?.grad?.toArray()).toEqual([2]);
    expect(optim.clipGradNorm(params, 1).item()).toBeNaN();
    expect(params[1]?.grad?.toArray()).toEqual([nan]);
    const infinite = withGrads([inf, 1]);
    optim.clipGradNorm(infinite, 1);
    expect(infinite[0]?.grad?.toArray()).toEqual([nan, 0]);
  });

  it("refuses what does not fit", () => {
    const params = withGrads([1]);
    for (const maxNorm of [-1, nan, "1"]) expect(() => optim.clipGradNorm(params, maxNorm as never)).toThrow(ArgError);
    expect(() => optim.clipGradNorm(params, 1, { normType: nan })).toThrow(ArgError);
    expect(() => optim.clipGradNorm(3 as never, 1)).toThrow("clipGradNorm: takes a list of parameters");
    Object.assign(params[0] as Tensor, { grad: tensor([1, 2]) });
    expect(() => optim.clipGradNorm(params, 1)).toThrow(ShapeError);
  });
});

test("clipGradValue limits each element and keeps NaN", () => {
  const params = withGrads([3, -4, 0.5, nan, -inf], null);
  const before = live();
  optim.clipGradValue(params, 1);
  expect(live()).toEqual(before);
  expect(params[0]?.grad?.toArray()).toEqual([1, -1, 0.5, nan, -1]);
  expect(() => optim.clipGradValue(params, -1)).toThrow(ArgError);
});

describe("AveragedModel", () => {
  const model = () => new nn.Sequential(new nn.Linear(1, 1, { bias: false }), new nn.BatchNorm1d(1, { affine: false }));
  const set = (m: nn.Sequential, weight: number, mean: number): void => {
    m.loadStateDict({ ...m.stateDict(), "0.weight": tensor([[weight]]), "1.running_mean": tensor([mean]) });
  };
  const own = (m: nn.Sequential): number[] => [
    m.stateDict()["0.weight"]?.item() as number,
    m.stateDict()["1.running_mean"]?.item() as number,
  ];
  const saved = (average: optim.AveragedModel): number[] =>
    ["n_averaged", "module.0.weight", "module.1.running_mean"].map((key) => average.stateDict()[key]?.item() as number);

  test.each<[optim.AveragedOptions, number[]]>([
    [{}, [3, (1 + 4 + 10) / 3, 30]],
    [{ useBuffers: true }, [3, 5, 20]],
    [{ decay: 0.75 }, [3, 0.75 * (0.75 * 1 + 0.25 * 4) + 0.25 * 10, 30]],
    [{ decay: 0.5, useBuffers: true }, [3, 0.5 * 2.5 + 5, 0.5 * 15 + 15]],
  ])("with %j", (options, want) => {
    const m = model();
    const average = new optim.AveragedModel(m, options);
    [
      [1, 10],
      [4, 20],
      [10, 30],
    ].forEach(([weight, mean]) => {
      set(m, weight as number, mean as number);
      average.update();
    });
    for (const [i, x] of saved(average).entries()) expect(x).toBeCloseTo(want[i] as number, 5);
    expect([own(m), average.numAveraged]).toEqual([[10, 30], 3]);
  });

  it("goes into the model and out again, also after errors and promises", async () => {
    const m = model();
    set(m, 2, 0);
    const average = new optim.AveragedModel(m);
    average.update();
    set(m, 4, 0);
    average.update();
    expect(average.evaluate(() => own(m)[0])).toBe(3);
    expect(own(m)[0]).toBe(4);
    expect(await average.evaluate(async () => own(m)[0])).toBe(3);
    expect(own(m)[0]).toBe(4);
    expect(() =>
      average.evaluate(() => {
        throw new RangeError("no");
      }),
    ).toThrow(RangeError);
    expect([own(m)[0], average.isSwapped]).toEqual([4, false]);
    average.swap();
    expect([own(m)[0], saved(average)[1], average.isSwapped]).toEqual([3, 3, true]);
    expect(() => average.update()).toThrow(StateError);
    expect(() => average.evaluate(() => 0)).toThrow(StateError);
    average.swap();
    expect(own(m)[0]).toBe(4);
  });

  it("goes on after its state was loaded, and refuses another one as a whole", () => {
    const m = model();
    const average = new optim.AveragedModel(m);
    set(m, 2, 0);
    average.update();
    average.update();
    const state = average.stateDict();
    const next = new optim.AveragedModel(m);
    next.loadStateDict(state);
    set(m, 5, 0);
    next.update();
    expect(saved(next).slice(0, 2)).toEqual([3, 3]);
    const { n_averaged: _, ...rest } = state;
    const wrong: [Record<string, Tensor>, string][] = [
      [rest, "n_averaged is undefined"],
      [{ ...state, "module.0.weight": tensor([1]) }, "module.0.weight must be float32[1,1]"],
      [{ ...state, more: tensor(1) }, "more is not known"],
    ];
    for (const [given, message] of wrong) expect(() => next.loadStateDict(given)).toThrow(message);
    expect(saved(next).slice(0, 2)).toEqual([3, 3]);
    expect(() => new optim.AveragedModel(3 as never)).toThrow(ArgError);
    expect(() => new optim.AveragedModel(m, { decay: 2 })).toThrow(ArgError);
  });

  it("leaks nothing", () => {
    const m = model();
    const before = live();
    const average = new optim.AveragedModel(m, { decay: 0.9 });
    const count = live().liveTensors;
    average.update();
    average.evaluate(() => 0);
    expect(live().liveTensors).toBe(count);
    average.dispose();
    expect(live()).toEqual(before);
  });
});

test("updateBn computes the statistics anew and leaves modes and momenta", () => {
  manualSeed(3);
  const norm = new nn.BatchNorm1d(2, { momentum: 0.3 });
  const frozen = new nn.Dropout(0.5).eval();
  const model = new nn.Sequential(norm, frozen);
  model.eval();
  frozen.train();
  const batches = [randn([4, 2]), randn([4, 2]), randn([4, 2])];
  optim.updateBn(
    batches.map((batch) => [batch, batch]),
    model,
  );
  const means = batches.map((batch) => batch.mean(0).toArray() as number[]);
  expectClose(
    norm.runningMean as Tensor,
    [0, 1].map((c) => means.reduce((sum, mean) => sum + (mean[c] as number) / 3, 0)),
    1e-6,
  );
  expect([norm.momentum, norm.training, frozen.training, model.training, norm.numBatchesTracked?.item()]).toEqual([
    0.3,
    false,
    true,
    false,
    3,
  ]);
  expect(() => optim.updateBn(batches, {} as never)).toThrow(ArgError);
});

test("gradients accumulate over batches until zeroGrad", () => {
  manualSeed(4);
  const [x, y] = [randn([8, 3]), randn([8, 1])];
  const train = (parts: number): unknown => {
    manualSeed(5);
    const model = new nn.Linear(3, 1);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      for (let part = 0; part < parts; part++) {
        scope(() => {
          const [from, to] = [(8 / parts) * part, (8 / parts) * (part + 1)];
          nn.functional
            .mseLoss(model.call(x.slice([from, to])), y.slice([from, to]))
            .div(parts)
            .backward();
        });
      }
      optimizer.step();
    }
    return model.weight.toArray();
  };
  expectClose(train(4) as never, train(1) as never, 1e-6);
});
