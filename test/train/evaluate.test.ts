// evaluate: averages over all data, without touching the model.
import { ArgError, cat, isGradEnabled, manualSeed, nn, optim, rand, randn, StateError, type Tensor, zeros } from "simdgrad";
import { DataLoader, TensorDataset } from "simdgrad/data";
import { accuracy, auroc, f1, mae, mse, precision, r2, recall, rmse } from "simdgrad/metrics";
import { averaged, type Batches, evaluate, fit } from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";
import { numbers, Scale } from "./toy.js";

const data = [numbers([1, 1, 1], [3, 3, 3]), numbers([2], [0])];

describe("evaluate", () => {
  it("averages the loss, and what is said to be an average, by batch size", async () => {
    const largest = (output: Tensor): number => output.amax().item();
    expect(await evaluate(new Scale(), data, { loss: new nn.MSELoss(), metrics: { largest: averaged(largest) } })).toEqual({
      loss: (4 * 3 + 4) / 4,
      largest: (1 * 3 + 2) / 4,
    });
  });

  it("computes other metrics once, from all samples", async () => {
    const calls: unknown[] = [];
    const watch = (output: Tensor, target: Tensor): number => calls.push([output.toArray(), target.toArray()]);
    expect(await evaluate(new Scale(), data, { metrics: { watch } })).toEqual({ watch: 1 });
    expect(calls).toEqual([
      [
        [1, 1, 1, 2],
        [3, 3, 3, 0],
      ],
    ]);
  });

  it("needs no loss", async () => {
    expect(await evaluate(new Scale(), data, { metrics: { one: () => 1 } })).toEqual({ one: 1 });
    expect(await evaluate(new Scale(), data)).toEqual({});
  });

  const empty = new DataLoader(new TensorDataset(zeros(3), zeros(3)), { batchSize: 4, dropLast: true });
  it.each<[string, Batches, string]>([
    [
      "an empty array",
      [],
      "evaluate: the data had no batches; the data is empty, or it has fewer samples than a batch and dropLast leaves that one out",
    ],
    ["a loader with dropLast and few samples", empty as Batches, "dropLast leaves that one out"],
    ["a generator at its end", (function* () {})(), "not a generator that is at its end"],
  ])("refuses %s", async (_, batches, message) => {
    const evaluating = evaluate(new Scale(), batches, { loss: new nn.MSELoss() });
    await expect(evaluating).rejects.toThrow(StateError);
    await expect(evaluating).rejects.toThrow(message);
  });

  it("gives the same for every metric and every batch size", async () => {
    manualSeed(3);
    const [x, y] = [rand([60, 2]), rand([60, 1])];
    const labels = y.gt(0.5).to("int32").reshape([60]);
    const model = new nn.Linear(2, 1);
    const classes = (score: (predicted: Tensor, truth: Tensor) => number) => (output: Tensor) =>
      score(output.gt(0).to("int32").reshape([60]), labels);
    const metrics = {
      ...{ mae, mse, rmse, r2 },
      f1: classes(f1),
      precision: classes(precision),
      recall: classes(recall),
      accuracy: classes(accuracy),
      auroc: (output: Tensor) => auroc(output.reshape([60]), labels),
    };
    const of = (batchSize: number): Promise<Record<string, number>> =>
      evaluate(model, new DataLoader(new TensorDataset(x, y), { batchSize }) as Batches, { loss: new nn.MSELoss(), metrics });
    const whole = await of(60);
    expect(Object.keys(whole)).toEqual(["loss", ...Object.keys(metrics)]);
    const output = model.call(x).detach();
    expect(whole["rmse"]).toBeCloseTo(rmse(output, y), 6);
    expect(whole["r2"]).toBeCloseTo(r2(output, y), 6);
    for (const batchSize of [1, 7, 20, 50]) {
      const cut = await of(batchSize);
      for (const name in whole) expect(cut[name], `${name} in batches of ${batchSize}`).toBeCloseTo(whole[name] as number, 5);
    }
  });

  describe("f1, auroc, r2 and the like, in batches of any size", () => {
    manualSeed(4);
    const inputs = randn([500, 3]);
    const noise = randn([500, 1]);
    const labels = inputs.sum({ dim: 1, keepdim: true }).add(noise).gt(0.7).int();
    const sizes = [500, 50, 10, 7];

    it.each(sizes)("a classifier of two classes, %d", async (batchSize) => {
      const model = new nn.Linear(3, 2);
      const truth = labels.reshape([500]);
      const loader = new DataLoader(new TensorDataset(inputs, truth), { batchSize });
      const before = live();
      const options = { loss: new nn.CrossEntropyLoss(), metrics: { accuracy, f1, auroc, precision, recall } };
      const got = await evaluate(model, loader, options);
      // Of what was gathered nothing is left; what earlier tests left behind may have been collected meanwhile.
      expect(live().liveTensors).toBeLessThanOrEqual(before.liveTensors);
      const logits = model.call(inputs).detach();
      const whole = Object.entries(options.metrics).map(([name, metric]) => [name, metric(logits, truth)] as const);
      for (const [name, value] of whole) {
        expect(got[name], name).toBeCloseTo(value, 12);
        expect(value).toBeGreaterThan(0);
      }
      // While it trains and when it validates, too; a learning rate of 0 leaves the model as it is.
      const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
      const [record] = await fit(model, loader, { ...options, optimizer, validation: loader });
      for (const [name, value] of whole) {
        expect(record?.values[name], name).toBeCloseTo(value, 12);
        expect(record?.values[`val_${name}`], name).toBeCloseTo(value, 12);
      }
    });

    it.each(sizes)("a regression of two columns, %d", async (batchSize) => {
      const model = new nn.Linear(3, 2);
      const targets = cat([noise, inputs.sum({ dim: 1, keepdim: true })], 1);
      const got = await evaluate(model, new DataLoader(new TensorDataset(inputs, targets), { batchSize }), { metrics: { r2, rmse, mae } });
      const output = model.call(inputs);
      for (const [name, metric] of Object.entries({ r2, rmse, mae })) expect(got[name], name).toBeCloseTo(metric(output, targets), 5);
    });
  });

  it("takes the number of a tensor of one element", async () => {
    const metrics = { mean: (output: Tensor) => output.mean(), each: averaged((output) => output.mean()) };
    const model = new Scale();
    const before = live();
    expect(await evaluate(model, data, { metrics })).toEqual({ mean: 1.25, each: 1.25 });
    expect(live()).toEqual(before);
  });

  const odd: [string, unknown, string][] = [
    [
      "a tensor of several elements",
      (output: Tensor) => output,
      'metric "odd" must give a number or a tensor of one element, got float32[4]',
    ],
    ["a promise", async () => 1, "got a promise"],
    ["a promise that fails", async () => Promise.reject(new Error("mine")), "got a promise"],
    ["nothing", () => undefined, "got undefined"],
  ];
  it.each(odd)("refuses a metric that gives %s", async (_, metric, message) => {
    const evaluating = evaluate(new Scale(), data, { metrics: { odd: metric as never } });
    await expect(evaluating).rejects.toThrow(ArgError);
    await expect(evaluating).rejects.toThrow(message);
  });

  it("refuses outputs that cannot be joined, and says what to write", async () => {
    const batches: Batches = [
      [zeros(2, 3), zeros(2, 3)],
      [zeros(2, 4), zeros(2, 4)],
    ];
    const size = (output: Tensor): number => output.size;
    await expect(evaluate(new Scale(), batches, { metrics: { size } })).rejects.toThrow(
      'evaluate: metric "size" is computed from all samples at once, and float32[2,4] cannot be joined to the batches before it along dimension 0; write averaged(size)',
    );
    expect(await evaluate(new Scale(), batches, { metrics: { size: averaged(size) } })).toEqual({ size: (6 * 6 + 8 * 8) / 14 });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "an unknown option",
      () => evaluate(new Scale(), data, { metric: {} } as never),
      'evaluate: there is no option "metric", only loss, metrics',
    ],
    ["a function as model", () => evaluate(((x: Tensor) => x) as never, data), "evaluate: model is no module"],
    [
      "a number as batches",
      () => evaluate(new Scale(), 3 as never),
      "evaluate: the second argument must be batches to iterate over, got 3",
    ],
    ["a number as loss", () => evaluate(new Scale(), data, { loss: 3 as never }), "evaluate: loss is no module"],
    ["a metric by name", () => evaluate(new Scale(), data, { metrics: { f1: "f1" } as never }), 'metric "f1" must be a function, got "f1"'],
    ["a loss that gives a number", () => evaluate(new Scale(), data, { loss: (() => 1) as never }), "the loss must give a tensor, got 1"],
  ])("refuses %s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(ArgError);
    await expect(call()).rejects.toThrow(message);
  });

  it("records nothing, and leaks nothing", async () => {
    const model = new Scale();
    const recorded: boolean[] = [];
    const before = live();
    await evaluate(model, data, {
      loss: new nn.MSELoss(),
      metrics: {
        watch: (output) => {
          recorded.push(output.requiresGrad);
          return 0;
        },
      },
    });
    expect([recorded, model.w.grad, isGradEnabled(), live()]).toEqual([[false], null, true, before]);
  });

  it("leaves every layer in the mode it was in", async () => {
    const model = new nn.Sequential(new nn.Dropout(), new nn.BatchNorm1d(1), new Scale());
    const norm = model.at(1) as nn.BatchNorm1d;
    norm.training = false;
    const modes = (): boolean[] => [...model.namedModules()].map(([, module]) => module.training);
    const before = modes();
    const during: boolean[][] = [];
    await evaluate(model, [[zeros(4, 1), zeros(4, 1)]], { metrics: { modes: () => during.push(modes()) } });
    expect(during).toEqual([[false, false, false, false]]);
    expect(modes()).toEqual(before);
    expect(norm.numBatchesTracked?.item()).toBe(0);
    const failing = evaluate(model, [[zeros(4, 1), zeros(4, 2)]], { loss: new nn.MSELoss() });
    await expect(failing).rejects.toThrow(/shapes must be equal/);
    expect(modes()).toEqual(before);
  });

  it("names itself when batches are odd", async () => {
    await expect(evaluate(new Scale(), [zeros(1)] as never, {})).rejects.toThrow(ArgError);
    await expect(evaluate(new Scale(), [zeros(1)] as never, {})).rejects.toThrow(/^evaluate: each batch must be/);
  });

  it("draws no dropout", async () => {
    const model = new nn.Sequential(new nn.Dropout(0.9));
    const [x, y] = numbers([1, 2, 3], [1, 2, 3]);
    expect(await evaluate(model, [[x, y]], { loss: new nn.MSELoss() })).toEqual({ loss: 0 });
  });
});
