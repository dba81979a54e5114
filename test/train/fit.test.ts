// fit: what it computes, in which order it calls, when it stops, and what it leaves behind.
import { ArgError, manualSeed, nn, noGrad, ones, optim, StateError, type Tensor, tensor } from "simdgrad";
import { DataLoader, TensorDataset } from "simdgrad/data";
import { accuracy } from "simdgrad/metrics";
import { averaged, type Batches, type Callback, fit, type LabelledBatch, type Loss } from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { expectClose, live } from "../support.js";
import { numbers, Scale, sgd, sides } from "./toy.js";

const mse = new nn.MSELoss();
/** A callback that writes down what it hears. */
const recorder = (log: string[]): Callback => ({
  onTrainBegin: ({ epochs }) => void log.push(`begin of ${epochs}`),
  onEpochBegin: ({ epoch }) => void log.push(`epoch ${epoch}`),
  onStep: ({ epoch, step }) => void log.push(`step ${epoch}.${step}`),
  onEpochEnd: async ({ epoch }, record) => void log.push(`end ${epoch} ${record.epoch}`),
  onTrainEnd: ({ epoch }) => void log.push(`trained ${epoch}`),
});

describe("one step", () => {
  it("is forward, loss, zeroGrad, backward, step", async () => {
    const model = new Scale();
    // w = 1: loss = mean((x - y)^2) = (1 + 4) / 2, gradient = mean(2 (x - y) x) = (2 * 1 * 2 + 2 * 2 * 4) / 2 = 10
    const history = await fit(model, [numbers([2, 4], [1, 2])], { loss: mse, optimizer: sgd(model, 0.01) });
    expectClose(model.w, [1 - 0.1]);
    expect(history).toEqual([{ epoch: 1, seconds: expect.any(Number), values: { loss: 2.5 } }]);
  });

  it("takes a function as loss, and any optimizer with step and zeroGrad", async () => {
    const model = new Scale();
    const calls: string[] = [];
    await fit(model, [numbers([3], [0])], {
      loss: (output, target) => output.sub(target).sum(),
      optimizer: { zeroGrad: () => void calls.push("zeroGrad"), step: () => void calls.push(`step ${model.w.grad?.item()}`) },
    });
    expect(calls).toEqual(["zeroGrad", "step 3"]);
  });
});

describe("the history", () => {
  it("holds averages weighted by batch size, with validation beside them", async () => {
    const model = new Scale();
    const history = await fit(model, [numbers([1, 1, 1], [3, 3, 3]), numbers([1], [1])], {
      loss: mse,
      optimizer: sgd(model, 0),
      epochs: 2,
      validation: [numbers([2], [0])],
      metrics: { size: averaged((output) => output.size), all: (output) => output.size },
    });
    const values = { loss: (4 * 3 + 0) / 4, size: (3 * 3 + 1) / 4, all: 4, val_loss: 4, val_size: 1, val_all: 1 };
    expect(history.map(({ epoch, values: found }) => [epoch, found])).toEqual([
      [1, values],
      [2, values],
    ]);
    expect(history.every(({ seconds }) => seconds >= 0)).toBe(true);
  });

  it("of no epochs is empty", async () => {
    const model = new Scale().eval();
    expect(await fit(model, [], { loss: mse, optimizer: sgd(model, 1), epochs: 0 })).toEqual([]);
    expect(model.training).toBe(false);
  });

  it("shows a model that learns", async () => {
    manualSeed(1);
    const model = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 2));
    const history = await fit(model, sides(8, 32), {
      loss: new nn.CrossEntropyLoss(),
      optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }),
      epochs: 12,
      metrics: { accuracy },
    });
    expect(history.at(-1)?.values["accuracy"]).toBeGreaterThan(0.95);
    expect(history.at(-1)?.values["loss"]).toBeLessThan(0.5 * (history[0]?.values["loss"] as number));
  });
});

describe("callbacks", () => {
  it("hear of everything, in order, one after the other", async () => {
    const model = new Scale();
    const log: string[] = [];
    const second: string[] = [];
    await fit(model, [numbers([1], [1]), numbers([2], [2])], {
      ...{ loss: mse, optimizer: sgd(model, 0), epochs: 2 },
      callbacks: [recorder(log), { onEpochEnd: () => void second.push(log.at(-1) as string) }],
    });
    expect(log).toEqual([
      "begin of 2",
      "epoch 1",
      "step 1.1",
      "step 1.2",
      "end 1 1",
      "epoch 2",
      "step 2.1",
      "step 2.2",
      "end 2 2",
      "trained 2",
    ]);
    expect(second).toEqual(["end 1 1", "end 2 2"]);
  });

  it("see where training stands", async () => {
    const model = new Scale();
    const losses: (number | undefined)[] = [];
    await fit(model, [numbers([1], [3]), numbers([1], [1])], {
      ...{ loss: mse, optimizer: sgd(model, 0) },
      callbacks: [
        {
          onStep(state) {
            expect([state.model, state.epochs, state.stepsPerEpoch]).toEqual([model, 1, 2]);
            losses.push(state.values["loss"]);
          },
        },
      ],
    });
    expect(losses).toEqual([4, 2]);
  });

  it("can stop after the current batch; the epoch is still recorded", async () => {
    const model = new Scale();
    const log: string[] = [];
    const history = await fit(model, [numbers([1], [1]), numbers([1], [1])], {
      ...{ loss: mse, optimizer: sgd(model, 0), epochs: 5 },
      callbacks: [recorder(log), { onStep: (state) => state.epoch === 2 && state.step === 1 && state.stop() }],
    });
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(log.slice(-3)).toEqual(["step 2.1", "end 2 2", "trained 2"]);
  });
});

describe("an async onStep", () => {
  it("is waited for", async () => {
    const model = new Scale();
    const log: string[] = [];
    await fit(model, [numbers([1], [1]), numbers([2], [2])], {
      ...{ loss: mse, optimizer: sgd(model, 0) },
      callbacks: [
        {
          async onStep({ step }) {
            log.push(`begin ${step}`);
            await new Promise((resolve) => setTimeout(resolve, 2));
            log.push(`end ${step}`);
          },
        },
      ],
    });
    expect(log).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  it("ends training when it fails", async () => {
    const model = new Scale();
    const onStep = async (): Promise<void> => {
      throw new Error("disk full");
    };
    const before = live();
    const training = fit(model, [numbers([1], [1])], { loss: mse, optimizer: sgd(model, 0), callbacks: [{ onStep }] });
    await expect(training).rejects.toThrow("disk full");
    model.zeroGrad();
    expect(live()).toEqual({ ...before, liveTensors: before.liveTensors + 2, liveBytes: before.liveBytes + 8 }); // the batch
  });

  it("leaves tensors alone that other code makes meanwhile", async () => {
    const model = new Scale();
    const made: Tensor[] = [];
    const timer = setInterval(() => made.push(tensor([1])), 1);
    const onStep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    await fit(model, [numbers([1], [1]), numbers([2], [2])], { loss: mse, optimizer: sgd(model, 0), callbacks: [{ onStep }] });
    clearInterval(timer);
    expect(made.length).toBeGreaterThan(0);
    expect(made.some((t) => t.disposed)).toBe(false);
  });
});

describe("the event loop", () => {
  it("has its turns, also when an epoch is shorter than the time between two of them", async () => {
    const model = new Scale();
    const started = performance.now();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const untilTicks: Callback = {
      onStep(state) {
        if (ticks >= 3 || performance.now() - started > 10_000) state.stop();
      },
    };
    await fit(model, [numbers([1], [1])], { loss: mse, optimizer: sgd(model, 0.01), epochs: 1e9, callbacks: [untilTicks] });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(3);
  });
});

describe("an AbortSignal", () => {
  it("ends training after the current batch", async () => {
    const model = new Scale();
    const controller = new AbortController();
    const log: string[] = [];
    const history = await fit(model, [numbers([1], [1]), numbers([1], [1])], {
      ...{ loss: mse, optimizer: sgd(model, 0), epochs: 5, signal: controller.signal },
      callbacks: [recorder(log), { onStep: () => controller.abort() }],
    });
    expect([history.length, log]).toEqual([1, ["begin of 5", "epoch 1", "step 1.1", "end 1 1", "trained 1"]]);
  });

  it("that was there before means no training at all", async () => {
    const model = new Scale();
    const options = { loss: mse, optimizer: sgd(model, 1), signal: AbortSignal.abort() };
    expect(await fit(model, [numbers([1], [5])], options)).toEqual([]);
    expect(model.w.toArray()).toEqual([1]);
  });
});

describe("the guard against NaN", () => {
  const spoiled = [numbers([1], [1]), numbers([1], [Number.NaN])];

  it("stops before the step, with where and what to try", async () => {
    const model = new Scale();
    const before = live();
    const training = fit(model, spoiled, { loss: mse, optimizer: sgd(model, 0.1), epochs: 3 });
    await expect(training).rejects.toThrow(StateError);
    await expect(training).rejects.toThrow(
      /^fit: the loss became NaN in epoch 1, step 2: the target of this batch is NaN at \[0\]; look for it in the data \(nanGuard: false goes on\)$/,
    );
    expect(model.w.toArray()).toEqual([1]);
    model.zeroGrad();
    expect(live()).toEqual(before);
  });

  const batch = (): LabelledBatch => [ones([2, 3]), ones([2, 1])];
  const made = (): nn.Sequential => new nn.Sequential(new nn.Linear(3, 2), new nn.BatchNorm1d(2), new nn.Linear(2, 1));
  const parameter = (model: nn.Module, path: string): nn.Parameter =>
    [...model.namedParameters()].find(([name]) => name === path)?.[1] as nn.Parameter;
  const message = async (training: Promise<unknown>): Promise<string> => {
    const error = await training.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StateError);
    return (error as Error).message;
  };

  it("names the place in the input", async () => {
    const model = made();
    const spoilt: LabelledBatch = [
      tensor([
        [1, 2, 3],
        [1, 2, Number.POSITIVE_INFINITY],
      ]),
      ones([2, 1]),
    ]; // prettier-ignore
    expect(await message(fit(model, [spoilt], { loss: mse, optimizer: sgd(model, 0.1) }))).toContain(
      "the input of this batch is Infinity at [1,2]; look for it in the data",
    );
  });

  it("names the parameter that a step made infinite", async () => {
    const model = made();
    const spoil = {
      zeroGrad: () => model.zeroGrad(),
      step: () => void noGrad(() => parameter(model, "2.weight").fill_(Number.POSITIVE_INFINITY)),
    };
    expect(await message(fit(model, [batch(), batch()], { loss: mse, optimizer: spoil }))).toMatch(
      /in epoch 1, step 2: 2\.weight is Infinity at \[0,0\] since the step before; lower the learning rate/,
    );
  });

  it("names the gradient that was not finite before the parameter it spoilt", async () => {
    const model = new nn.Linear(1, 1, { bias: false });
    // The root of 0 has no finite derivative, and its gradient is not that of the loss, which is finite.
    const root = (x: Tensor): Tensor => x.mul(0).sqrt().sum();
    const text = await message(
      fit(
        model,
        [numbers([1], [1]), numbers([1], [1])].map(([x, y]) => [x.reshape([1, 1]), y]),
        {
          ...{ loss: root, optimizer: sgd(model, 0.1) },
        },
      ),
    );
    expect(text).toMatch(/step 2: the gradient of weight was NaN at \[0,0\] in the step before; look for log, sqrt and divisions of 0/);
  });

  it("names the running statistics, the output, and the size of what the loss got", async () => {
    const options = (model: nn.Module, loss: Loss = mse) => ({ loss, optimizer: sgd(model, 0) });
    const frozen = made();
    const norm = frozen.at(1) as nn.BatchNorm1d;
    norm.eval();
    norm.runningVar?.fill_(Number.NaN);
    expect(await message(fit(frozen, [batch()], options(frozen)))).toContain("1.running_var is NaN at [0] since the step before");
    class Log extends nn.Module {
      w = new nn.Parameter(tensor([1]));
      forward = (x: Tensor): Tensor => x.mul(this.w).log();
    }
    const log = new Log();
    expect(await message(fit(log, [numbers([1, 0], [1, 1])], options(log)))).toContain(
      "the output is -Infinity at [1], made of finite input and parameters; the largest parameter is 1.00, in w; lower the learning rate if that is large, else look for log",
    );
    const grown = new nn.Sequential(new nn.Linear(1, 1), new Scale());
    noGrad(() => parameter(grown, "1.w").fill_(-3e38));
    noGrad(() => parameter(grown, "0.weight").fill_(1e38));
    expect(await message(fit(grown, [[ones([1, 1]), ones([1, 1])]], options(grown)))).toContain(
      "the largest parameter is 3.00e+38, in 1.w",
    );
    const large = new Scale();
    expect(await message(fit(large, [numbers([1e30], [1])], options(large)))).toContain(
      "the outputs are finite, the largest of them 1.00e+30",
    );
    const none = new (class extends nn.Module {
      w = new nn.Parameter(tensor([1]));
      forward = (): null => null;
    })();
    const ofNone = { loss: () => none.w.div(0).sum(), optimizer: sgd(none, 0) };
    expect(await message(fit(none, [numbers([1], [1])], ofNone))).toContain("input, target and parameters are finite");
  });

  it("can be switched off", async () => {
    const model = new Scale();
    const [record] = await fit(model, spoiled, { loss: mse, optimizer: sgd(model, 0.1), nanGuard: false });
    expect(record?.values["loss"]).toBeNaN();
  });
});

describe("modes", () => {
  it("are training during steps and evaluation during validation, and training afterwards", async () => {
    class Watch extends Scale {
      seen: boolean[] = [];
      override forward(x: Tensor): Tensor {
        this.seen.push(this.training);
        return super.forward(x);
      }
    }
    const model = new Watch().eval();
    const data = [numbers([1], [1])];
    await fit(model, data, { loss: mse, optimizer: sgd(model, 0), epochs: 2, validation: data });
    expect([model.seen, model.training]).toEqual([[true, false, true, false], true]);
  });

  it("of layers that are in evaluation inside a model in training stay", async () => {
    const model = new nn.Sequential(new nn.BatchNorm1d(1), new nn.BatchNorm1d(1));
    const [frozen, other] = [model.at(0), model.at(1)] as nn.BatchNorm1d[] as [nn.BatchNorm1d, nn.BatchNorm1d];
    frozen.eval();
    const data: LabelledBatch[] = [[tensor([[5], [9]]), tensor([[1], [2]])]];
    await fit(model, data, { loss: mse, optimizer: sgd(model, 0), epochs: 2, validation: data });
    expect([frozen.training, other.training]).toEqual([false, true]);
    expect([frozen.numBatchesTracked?.item(), other.numBatchesTracked?.item()]).toEqual([0, 2]);
    expect(frozen.runningMean?.toArray()).toEqual([0]);
  });
});

describe("batches", () => {
  const options = (model: nn.Module): { loss: nn.Module; optimizer: optim.SGD } => ({ loss: mse, optimizer: sgd(model, 0) });

  it("in an array are left alone, whatever the number of epochs", async () => {
    const model = new Scale();
    const data = [numbers([1], [1]), numbers([2], [2])];
    await fit(model, data, { ...options(model), epochs: 3 });
    expect(data.flat().some((t) => t.disposed)).toBe(false);
  });

  it("from a generator are the generator's: it may dispose of each, or keep all", async () => {
    const model = new Scale();
    const seen: LabelledBatch[] = [];
    function* disposing(): Generator<LabelledBatch> {
      for (let i = 0; i < 3; i++) {
        const batch = numbers([i], [i]);
        yield batch;
        expect(batch.some((t) => t.disposed)).toBe(false);
        for (const t of batch) t.dispose();
      }
    }
    const before = live();
    await fit(model, disposing(), options(model));
    model.zeroGrad();
    expect(live()).toEqual(before);
    function* keeping(): Generator<LabelledBatch> {
      for (let i = 0; i < 3; i++) {
        seen.push(numbers([i], [i]));
        yield seen[i] as LabelledBatch;
      }
    }
    await fit(model, keeping(), options(model));
    expect(seen.flat().some((t) => t.disposed)).toBe(false);
  });

  it("may be cut from a tensor that lives across the batches", async () => {
    const model = new Scale();
    const batches = {
      *[Symbol.iterator](): Generator<LabelledBatch> {
        const x = tensor([1, 2, 3, 4]);
        const y = x.mul(3);
        for (let i = 0; i < 4; i += 2) yield [x.slice([i, i + 2]), y.slice([i, i + 2])];
      },
    };
    expect(await fit(model, batches, { ...options(model), epochs: 2 })).toHaveLength(2);
  });

  it.each<[string, Batches, string]>([
    ["none at all", [], "fit: epoch 1 had no batches; the data is empty, or it has fewer samples than a batch and dropLast"],
    [
      "fewer samples than a batch, and dropLast",
      new DataLoader(new TensorDataset(tensor([1, 2]), tensor([1, 2])), { batchSize: 4, dropLast: true }) as Batches,
      "fit: epoch 1 had no batches; the data is empty, or it has fewer samples than a batch and dropLast",
    ],
  ])("are needed: %s is an error", async (_, batches, message) => {
    const model = new Scale();
    await expect(fit(model, batches, options(model))).rejects.toThrow(StateError);
    await expect(fit(model, batches, options(model))).rejects.toThrow(message);
  });

  it("for validation last for every epoch", async () => {
    const model = new Scale();
    function* once(): Generator<LabelledBatch> {
      yield numbers([1], [1]);
    }
    const training = fit(model, [numbers([1], [1])], { ...options(model), epochs: 2, validation: once() });
    await expect(training).rejects.toThrow("evaluate: the data had no batches; pass what can be gone through again");
  });

  it("from a generator last for one epoch", async () => {
    const model = new Scale();
    function* once(): Generator<LabelledBatch> {
      yield numbers([1], [1]);
    }
    await expect(fit(model, once(), { ...options(model), epochs: 2 })).rejects.toThrow(
      "fit: epoch 2 had no batches; pass what can be gone through again, such as an array or a DataLoader, not a generator that is at its end",
    );
  });

  it("may come later: async iterables, without a length", async () => {
    const model = new Scale();
    const steps: unknown[] = [];
    async function* later(): AsyncGenerator<LabelledBatch> {
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const batch = numbers([i], [0]);
        yield batch;
        for (const t of batch) t.dispose();
      }
    }
    const before = live();
    const [record] = await fit(model, later(), {
      ...options(model),
      callbacks: [{ onStep: ({ step, stepsPerEpoch }) => void steps.push([step, stepsPerEpoch]) }],
    });
    expect(steps).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
    expect(record?.values["loss"]).toBe((0 + 1 + 4) / 3);
    model.zeroGrad();
    expect(live()).toEqual(before);
  });

  it("come from a DataLoader", async () => {
    const model = new Scale();
    const data = new TensorDataset(tensor([1, 2, 3, 4]), tensor([0, 0, 0, 0]));
    const loader = new DataLoader(data, { batchSize: 2, shuffle: true, seed: 3 });
    const history = await fit(model, loader, { ...options(model), epochs: 2 });
    expect(history.map(({ values }) => values["loss"])).toEqual([7.5, 7.5]);
  });

  it("come from a DataLoader whose data set has to wait", async () => {
    const model = new Scale();
    const loader = new DataLoader(
      { length: 4, get: async (i: number): Promise<[Tensor, Tensor]> => [tensor(i), tensor(0)] },
      { batchSize: 2 },
    );
    const waiting = { [Symbol.asyncIterator]: () => loader[Symbol.asyncIterator](), length: loader.length };
    const [record] = await fit(model, waiting, options(model));
    expect(record?.values["loss"]).toBe((0 + 1 + 4 + 9) / 4);
  });

  it("are closed when training ends early", async () => {
    const closed: string[] = [];
    function* guarded(name: string): Generator<LabelledBatch> {
      try {
        for (;;) yield numbers([1], [1]);
      } finally {
        closed.push(name);
      }
    }
    const model = new Scale();
    await fit(model, guarded("stopped"), { ...options(model), callbacks: [{ onStep: ({ stop }) => stop() }] });
    const failing = fit(model, guarded("failed"), {
      ...options(model),
      loss: () => {
        throw new Error("mine");
      },
    });
    await expect(failing).rejects.toThrow("mine");
    expect(closed).toEqual(["stopped", "failed"]);
  });

  const odd: [string, unknown][] = [
    ["a lone tensor", [tensor([1])]],
    ["no tensors", [[[1], [2]]]],
    ["an input without a target", [[tensor([1])]]],
  ];
  it.each(odd)("of %s are refused", async (_, batches) => {
    const model = new Scale();
    await expect(fit(model, batches as never, options(model))).rejects.toThrow(ArgError);
    await expect(fit(model, batches as never, options(model))).rejects.toThrow(
      /^fit: each batch must be an array of input and target tensors/,
    );
  });
});

describe("a last batch of one", () => {
  it("under batch normalisation is an error that names dropLast", async () => {
    const model = new nn.BatchNorm1d(1);
    const loader = new DataLoader(new TensorDataset(tensor([[1], [2], [3]]), tensor([[1], [2], [3]])), { batchSize: 2 });
    const training = fit(model, loader, { loss: mse, optimizer: sgd(model, 0) });
    await expect(training).rejects.toThrow(/dropLast: true/);
  });
});
