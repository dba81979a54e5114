// fit and evaluate with models of several inputs and several results.
import { ArgError, cat, manualSeed, nn, optim, randn, StateError, type Tensor, tensor, zeros } from "simdgrad";
import { DataLoader, TensorDataset } from "simdgrad/data";
import { averaged, evaluate, fit, type TrainingBatch } from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";

/** Sum and difference of two linear layers, each of its own input. */
class TwoInputs extends nn.Module {
  left = new nn.Linear(2, 4);
  right = new nn.Linear(3, 4);
  heads = new nn.ModuleDict({ sum: new nn.Linear(8, 1), side: new nn.Linear(8, 2) });

  forward(a: Tensor, b: Tensor): { sum: Tensor; side: Tensor } {
    const hidden = cat([this.left.call(a).tanh(), this.right.call(b).tanh()], 1);
    return { sum: this.heads.get("sum")?.call(hidden) as Tensor, side: this.heads.get("side")?.call(hidden) as Tensor };
  }
}

interface Targets {
  sum: Tensor;
  side: Tensor;
}

const loss = (output: Targets, target: Targets): Tensor =>
  nn.functional.mseLoss(output.sum, target.sum).add(nn.functional.crossEntropy(output.side, target.side));
const right = averaged((output: Targets, { side }: Targets) => output.side.argmax(1).eq(side).float().mean());

function data(): TensorDataset<readonly [Tensor, Tensor, Tensor, Tensor]> {
  const [a, b] = [randn([64, 2]), randn([64, 3])];
  const sum = a.sum({ dim: 1, keepdim: true }).add(b.sum({ dim: 1, keepdim: true }));
  return new TensorDataset(a, b, sum, sum.flatten().gt(0).int());
}

describe("a network of two inputs and two results", () => {
  it("learns from batches that a loader names, and leaks nothing", async () => {
    manualSeed(3);
    const model = new TwoInputs();
    const set = data();
    const loader = new DataLoader(set, {
      batchSize: 16,
      shuffle: true,
      seed: 1,
      transform: ([a, b, sum, side]) => ({ inputs: [a, b] as const, targets: { sum, side } }),
    });
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.03 });
    const options = { loss, optimizer, metrics: { right } };
    await fit(model, loader, options);
    const before = live();
    const history = await fit(model, loader, { ...options, epochs: 40, validation: loader });
    expect(live().liveTensors).toBeLessThanOrEqual(before.liveTensors); // finalizers may have freed some
    const last = history.at(-1)?.values as Record<string, number>;
    expect(last["loss"]).toBeLessThan(0.2);
    expect(last["right"]).toBeGreaterThan(0.95);
    const found = await evaluate(model, loader, { loss, metrics: { right } });
    expect(found["loss"]).toBeCloseTo(last["val_loss"] as number, 5); // the loader shuffles
    expect(found["right"]).toBeCloseTo(last["val_right"] as number, 5);
  });

  it("computes the same from [inputs, targets] and from { inputs, targets }", async () => {
    const [a, b] = [randn([4, 2]), randn([4, 3])];
    const targets = { sum: zeros(4, 1), side: zeros([4], { dtype: "int32" }) };
    const forms: TrainingBatch<Targets>[] = [[[a, b], targets], { inputs: [a, b], targets }];
    const values: number[] = [];
    for (const batch of forms) {
      manualSeed(7);
      const model = new TwoInputs();
      const history = await fit(model, [batch, batch], { loss, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }) });
      values.push(history[0]?.values["loss"] as number);
    }
    expect(values[0]).toBe(values[1]);
    expect(values[0]).toBeGreaterThan(0);
  });

  it("weighs batches by the elements of all targets", async () => {
    const model = new (class extends nn.Module {
      forward = (x: Tensor): readonly [Tensor, Tensor] => [x, x];
    })();
    const batch = (xs: number[]): TrainingBatch<readonly [Tensor, Tensor]> => [tensor(xs), [tensor(xs), tensor(xs)]];
    const both = averaged((_: readonly Tensor[], [first]: readonly [Tensor, Tensor]) => first.mean());
    const result = await evaluate(model, [batch([1, 1, 1]), batch([5])], { metrics: { both } });
    expect(result).toEqual({ both: 2 });
  });
});

describe("an object as the only input", () => {
  it("is passed as it is", async () => {
    const model = new (class extends nn.Module {
      w = new nn.Parameter(tensor([2]));
      forward = ({ x, shift }: { x: Tensor; shift: Tensor }): Tensor => x.mul(this.w).add(shift);
    })();
    const batches = [{ inputs: { x: tensor([1, 2]), shift: tensor([1, 1]) }, targets: tensor([3, 5]) }];
    expect(await evaluate(model, batches, { loss: new nn.MSELoss() })).toEqual({ loss: 0 });
  });
});

describe("refused are", () => {
  const model = new TwoInputs();
  const inputs = [zeros(2, 2), zeros(2, 3)];
  const targets = { sum: zeros(2, 1), side: zeros([2], { dtype: "int32" }) };
  const optimizer = new optim.SGD(model.parameters(), { lr: 0 });

  it.each<[string, unknown]>([
    ["batches without targets", { inputs }],
    ["other names", { input: inputs, target: targets }],
    ["inputs without a tensor", { inputs: [1, 2], targets }],
    ["empty lists", [[], []]],
  ])("%s", async (_, batch) => {
    const failing = fit(model, [batch] as never, { loss: loss as never, optimizer });
    await expect(failing).rejects.toThrow(ArgError);
    await expect(failing).rejects.toThrow(/^fit: each batch must be .* or \{ inputs, targets \}, got/);
  });

  it("disposed tensors in a list", async () => {
    const gone = zeros(2, 3);
    gone.dispose();
    await expect(evaluate(model, [{ inputs: [zeros(2, 2), gone], targets }], { loss })).rejects.toThrow(StateError);
  });

  it("metrics of all samples at once, for several results", async () => {
    const all = (output: Targets): number => output.sum.size;
    await expect(evaluate(model, [{ inputs, targets }], { metrics: { all } })).rejects.toThrow(/cannot be joined.*write averaged\(all\)/);
  });

  it("NaN in one of several inputs, with its place", async () => {
    const odd = tensor([0, 0, 0, 0, Number.NaN, 0], { shape: [2, 3] });
    await expect(fit(model, [{ inputs: [inputs[0] as Tensor, odd], targets }], { loss, optimizer })).rejects.toThrow(
      /the input of this batch is NaN at \[1,1\]/,
    );
  });
});
