// Every layer that simdgrad/nn exports, in training and evaluation: gradients of inputs and parameters, batches of no and of one sample,
// lengths of 0 and 1, rows that are masked entirely.
import * as sg from "simdgrad";
import { gradcheck, manualSeed, nn, noGrad, ones, randn, SimdgradError, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it } from "vitest";
import { everyLayer, type LayerRow, stream } from "./everyLayer.js";

/** The tensors of a result. */
const resultsOf = (value: unknown): Tensor[] => {
  if (value instanceof sg.Tensor) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(resultsOf) : [];
};

/** The float tensors of a call. */
function call({ run }: LayerRow, layer: nn.Module, inputs: readonly Tensor[]): Tensor[] {
  const result = run ? run(layer, ...inputs) : (layer as unknown as { call(...given: readonly Tensor[]): unknown }).call(...inputs);
  return resultsOf(result).filter(({ dtype }) => dtype === "float32");
}

const rows = Object.entries(everyLayer);

describe("the table", () => {
  it("has a row for every layer that is exported", () => {
    const layers = Object.entries(nn).flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof nn.Module ? [name] : [],
    );
    expect(Object.keys(everyLayer).sort()).toEqual(layers.sort());
    for (const [name, { make }] of rows) expect(make().constructor.name).toBe(name);
  });
});

describe.each(rows)("%s", (_, row) => {
  const whole = (n: number): Tensor[] => row.inputs(n).map((x) => x.detach());

  it.each(["train", "eval"] as const)("%s: gradients of inputs and parameters", (mode) => {
    scope(() => {
      manualSeed(3);
      const layer = row.make()[mode]();
      const given = whole(2);
      for (const x of given) if (x.dtype === "float32") x.requiresGrad = true;
      const again = (): Tensor[] => {
        stream.manualSeed(4);
        return call(row, layer, given);
      };
      expect(gradcheck(again, [...given.filter((x) => x.requiresGrad), ...layer.parameters()])).toBe(true);
    });
  });

  it.each(["train", "eval"] as const)("%s: a batch of one sample gives finite numbers, one of none nothing", (mode) => {
    scope(() => {
      manualSeed(3);
      const layer = row.make()[mode]();
      noGrad(() => {
        if (row.needsTwo && mode === "train") expect(() => call(row, layer, whole(1))).toThrow(SimdgradError);
        else for (const y of call(row, layer, whole(1))) expect(y.toTypedArray().every((v) => Number.isFinite(Number(v)))).toBe(true);
        if (row.empty === "error") expect(() => call(row, layer, whole(0))).toThrow(SimdgradError);
        else for (const y of call(row, layer, whole(0))) if (row.empty !== "numbers") expect(y.size).toBe(0);
      });
    });
  });
});

describe("sequences", () => {
  const layers: [string, () => nn.Module][] = [
    ["RNN", () => new nn.RNN(3, 5)],
    ["GRU", () => new nn.GRU(3, 5, { bidirectional: true })],
    ["LSTM", () => new nn.LSTM(3, 5, { numLayers: 2 })],
    ["TransformerEncoderLayer", () => new nn.TransformerEncoderLayer(3, 1, { dimFeedforward: 5, dropout: 0 })],
    ["MultiheadAttention", () => new nn.MultiheadAttention(3, 3)],
  ];
  const first = (layer: nn.Module, x: Tensor): Tensor => {
    const inputs = layer instanceof nn.MultiheadAttention ? [x, x, x] : [x];
    return resultsOf((layer as unknown as { call(...given: readonly Tensor[]): unknown }).call(...inputs))[0] as Tensor;
  };

  it.each(layers)("%s takes one step, and one sequence of it", (_, make) => {
    scope(() => {
      const layer = make();
      for (const n of [1, 3]) {
        const x = randn([1, n, 3], { requiresGrad: true });
        const y = first(layer, x);
        expect(y.shape.slice(0, 2)).toEqual([1, n]);
        y.sum().backward();
        expect(x.grad?.toTypedArray().every((v) => Number.isFinite(Number(v)))).toBe(true);
      }
    });
  });

  it.each(layers)("%s gives nothing for no steps, or refuses them as PyTorch", (_, make) => {
    scope(() => {
      const run = (): Tensor => noGrad(() => first(make(), randn([0, 2, 3])));
      if (/^(RNN|GRU|LSTM)$/.test(make().constructor.name)) expect(run).toThrow(SimdgradError);
      else expect([...run().shape]).toEqual([0, 2, 3]);
    });
  });

  it.each(["train", "eval"] as const)("rows that are masked entirely give zeros, and zero gradients: %s", (mode) => {
    scope(() => {
      manualSeed(1);
      const attention = new nn.MultiheadAttention(6, 3, { batchFirst: true, bias: false })[mode]();
      const x = randn([2, 3, 6], { requiresGrad: true });
      const keyPaddingMask = tensor([
        [false, false, true],
        [true, true, true],
      ]);
      const [y] = attention.call(x, x, x, { keyPaddingMask });
      expect(
        y
          .at(1)
          .toTypedArray()
          .every((v) => v === 0),
      ).toBe(true);
      y.mul(ones([2, 3, 6]).mul(2))
        .sum()
        .backward();
      const grad = x.grad as Tensor;
      expect(
        grad
          .at(1)
          .toTypedArray()
          .every((v) => v === 0),
      ).toBe(true);
      expect(grad.at(0).abs().sum().item()).toBeGreaterThan(0);
      expect(
        gradcheck(
          (z: Tensor) => attention.call(z, z, z, { keyPaddingMask })[0],
          [x.detach().clone()].map((z) => Object.assign(z, { requiresGrad: true })),
        ),
      ).toBe(true);
    });
  });
});
