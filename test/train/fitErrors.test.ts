// fit: the arguments that it refuses, and errors while it runs.
import { ArgError, nn, optim, scope, type Tensor, tensor } from "simdgrad";
import { TensorDataset } from "simdgrad/data";
import { fit } from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";
import { numbers, Scale, sgd } from "./toy.js";

const mse = new nn.MSELoss();

describe("bad arguments", () => {
  const model = new Scale();
  const [data, optimizer, loss] = [[numbers([1], [1])], sgd(model, 0), mse];
  const dataset = new TensorDataset(tensor([1]), tensor([1]));
  it.each<[string, () => Promise<unknown>, string]>([
    ["no options", () => fit(model, data, undefined as never), "fit: optimizer must be an object with step() and zeroGrad()"],
    [
      "no loss",
      () => fit(model, data, { optimizer } as never),
      "fit: loss is no module; pass a loss module such as new nn.CrossEntropyLoss(), or a function of output and target (got undefined)",
    ],
    [
      "a class as loss",
      () => fit(model, data, { loss: nn.MSELoss as never, optimizer }),
      "fit: loss is the class MSELoss; make a module of it",
    ],
    ["a class as optimizer", () => fit(model, data, { loss, optimizer: optim.SGD as never }), "got the class SGD"],
    ["a function as optimizer", () => fit(model, data, { loss, optimizer: (() => 1) as never }), "got a function"],
    ["an optimizer by name", () => fit(model, data, { loss, optimizer: "adam" as never }), 'got "adam"'],
    [
      "an unknown option",
      () => fit(model, data, { loss, optimizer, epoch: 3 } as never),
      'fit: there is no option "epoch", only loss, optimizer',
    ],
    ["a data set", () => fit(model, dataset as never, { loss, optimizer }), "got a TensorDataset; wrap the data set in new DataLoader"],
    ["a number", () => fit(model, 3 as never, { loss, optimizer }), "pass a DataLoader or an array"],
    [
      "tensors",
      () => (fit as (...given: unknown[]) => Promise<unknown>)(model, tensor([1]), tensor([1]), { loss, optimizer }),
      "got a tensor float32[1]; for tensors x and y write new DataLoader(new TensorDataset(x, y), { batchSize: 32 })",
    ],
    [
      "tensors in a list",
      () => fit(model, [tensor([1]), tensor([1])] as never, { loss, optimizer }),
      "got a tensor float32[1]; for tensors x and y write new DataLoader(new TensorDataset(x, y)",
    ],
    [
      "a data set for validation",
      () => fit(model, data, { loss, optimizer, validation: dataset as never }),
      "fit: validation must be batches",
    ],
    [
      "a function as model",
      () => fit(((x: Tensor) => x) as never, data, { loss, optimizer }),
      "fit: model is no module; make a class that extends nn.Module (got a function)",
    ],
    ["one callback", () => fit(model, data, { loss, optimizer, callbacks: {} as never }), "fit: callbacks must be an array"],
    [
      "a callback that cannot be called",
      () => fit(model, data, { loss, optimizer, callbacks: [{ onStep: 3 as never }] }),
      "fit: onStep of a callback must be a function, got 3",
    ],
    [
      "a metric that is none",
      () => fit(model, data, { loss, optimizer, metrics: { f1: 1 as never } }),
      'fit: metric "f1" must be a function',
    ],
    [
      "epochs as text",
      () => fit(model, data, { loss, optimizer, epochs: "3" as never }),
      'fit: epochs must be a whole number of at least 0, got "3"',
    ],
    [
      "a signal that is none",
      () => fit(model, data, { loss, optimizer, signal: {} as never }),
      "fit: signal must be that of an AbortController",
    ],
    ["nanGuard as text", () => fit(model, data, { loss, optimizer, nanGuard: "no" as never }), "fit: nanGuard must be true or false"],
  ])("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(ArgError);
    await expect(call()).rejects.toThrow(message);
  });

  it("undefined options are not given", async () => {
    const given = { loss, optimizer, epochs: undefined, metrics: undefined, callbacks: undefined, validation: undefined };
    expect(await fit(model, data, { ...given, nanGuard: undefined, signal: undefined })).toHaveLength(1);
  });
});

describe("trouble", () => {
  it.each([-1, 1.5, Number.NaN])("%d epochs are refused", async (epochs) => {
    const model = new Scale();
    await expect(fit(model, [], { loss: mse, optimizer: sgd(model, 0), epochs })).rejects.toThrow(
      /^fit: epochs must be a whole number of at least 0/,
    );
  });

  it("an error in a step leaks nothing and leaves no scope open", async () => {
    const model = new Scale();
    const data = [numbers([1, 2], [1, 2]), numbers([1, 2], [1])];
    const before = live();
    await expect(fit(model, data, { loss: mse, optimizer: sgd(model, 0) })).rejects.toThrow(/shapes must be equal/);
    model.zeroGrad();
    expect(live()).toEqual(before);
    const free = tensor([1]);
    scope(() => undefined);
    expect(free.disposed).toBe(false);
  });
});
