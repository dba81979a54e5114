// evaluate: averages over all data, without touching the model.
import { ArgError, isGradEnabled, nn, type Tensor, zeros } from "simdgrad";
import { evaluate } from "simdgrad/train";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";
import { numbers, Scale } from "./toy.js";

const data = [numbers([1, 1, 1], [3, 3, 3]), numbers([2], [0])];

describe("evaluate", () => {
  it("averages loss and metrics by batch size", async () => {
    const metrics = { largest: (output: Tensor) => output.amax().item() };
    expect(await evaluate(new Scale(), data, { loss: new nn.MSELoss(), metrics })).toEqual({
      loss: (4 * 3 + 4) / 4,
      largest: (1 * 3 + 2) / 4,
    });
  });

  it("needs no loss, and no data", async () => {
    expect(await evaluate(new Scale(), data, { metrics: { one: () => 1 } })).toEqual({ one: 1 });
    expect(await evaluate(new Scale(), [], { loss: new nn.MSELoss() })).toEqual({});
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
    expect([recorded, model.w.grad, isGradEnabled(), live()]).toEqual([[false, false], null, true, before]);
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
