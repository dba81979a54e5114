// Convolution and pooling layers: what they hold, how they start, what they give and refuse.
import * as sg from "simdgrad";
import { ArgError, nn, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, test } from "vitest";

const largest = (x: Tensor): number => x.abs().max().item();

describe("convolution layers", () => {
  it.each([
    [() => new nn.Conv1d(6, 64, 5), [64, 6, 5], 30],
    [() => new nn.Conv1d(6, 64, 5, { groups: 2 }), [64, 3, 5], 15],
    [() => new nn.ConvTranspose1d(64, 6, 5), [64, 6, 5], 30],
    [() => new nn.ConvTranspose2d(64, 6, [3, 5], { groups: 2 }), [64, 3, 3, 5], 45],
    [() => new nn.Conv2d(4, 64, [3, 5]), [64, 4, 3, 5], 60],
  ])("start uniform within the root of 1 / fan: %#", (make, shape, fan) => {
    const { weight, bias } = make();
    expect(weight.shape).toEqual(shape);
    expect(largest(weight)).toBeLessThanOrEqual(1 / Math.sqrt(fan));
    expect(largest(weight)).toBeGreaterThan(0.97 / Math.sqrt(fan));
    expect(largest(bias as Tensor)).toBeLessThanOrEqual(1 / Math.sqrt(fan));
  });

  it.each<[nn.Module, string]>([
    [new nn.Conv1d(2, 4, 3, { padding: "same" }), 'Conv1d(2, 4, 3, padding="same")'],
    [new nn.Conv1d(2, 4, 3, { stride: 2, groups: 2, bias: false }), "Conv1d(2, 4, 3, stride=2, groups=2, bias=false)"],
    [new nn.ConvTranspose1d(2, 4, 3, { stride: 2, outputPadding: 1 }), "ConvTranspose1d(2, 4, 3, stride=2, outputPadding=1)"],
    [new nn.ConvTranspose2d(2, 4, 3, { padding: 1, dilation: 2 }), "ConvTranspose2d(2, 4, [3,3], padding=1, dilation=2)"],
    [new nn.MaxPool1d(2, { stride: 1 }), "MaxPool1d(2, stride=1)"],
    [new nn.AvgPool1d(3), "AvgPool1d(3)"],
    [new nn.AdaptiveAvgPool1d(4), "AdaptiveAvgPool1d(4)"],
  ])("text of %s", (layer, text) => expect(String(layer)).toBe(text));

  test("run the operations with their weight, bias and options", () => {
    scope(() => {
      const [sequence, image] = [sg.randn([2, 4, 9]), sg.randn([2, 4, 5, 6])];
      const one = new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2 });
      expect(one.call(sequence).toArray()).toEqual(sg.conv1d(sequence, one.weight, one.bias, one.options).toArray());
      const up = new nn.ConvTranspose1d(4, 6, 4, { stride: 2, padding: 1 });
      expect(up.call(sequence).toArray()).toEqual(sg.convTranspose1d(sequence, up.weight, up.bias, up.options).toArray());
      const wide = new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, bias: false });
      expect(wide.call(image).toArray()).toEqual(sg.convTranspose2d(image, wide.weight, null, wide.options).toArray());
      expect(wide.call(image).shape).toEqual([2, 6, 10, 12]);
    });
  });

  test("names in the state dict are PyTorch's", () => {
    const model = new nn.Sequential(
      new nn.Conv1d(1, 2, 3),
      new nn.ConvTranspose1d(2, 1, 3),
      new nn.ConvTranspose2d(1, 1, 2, { bias: false }),
    );
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "1.weight", "1.bias", "2.weight"]);
  });

  test("summary counts the multiplications of a transposed convolution by its input", () => {
    const model = new nn.Sequential(new nn.Conv1d(2, 4, 3), new nn.ConvTranspose1d(4, 2, 2, { stride: 2 }), new nn.LayerNorm([2, 6]));
    const { layers } = model.summary([1, 2, 5]);
    expect(layers.map(({ outputShape, multiplyAdds }) => [outputShape, multiplyAdds])).toEqual([
      [[1, 4, 3], 12 * 6],
      [[1, 2, 6], 12 * 4],
      [[1, 2, 6], 0],
    ]);
  });

  it.each<[() => unknown, RegExp]>([
    [() => new nn.Conv1d(3, 4, 3, { groups: 2 }), /^Conv1d: 3 channels and 4 filters must both divide into 2 groups/],
    [() => new nn.Conv1d(1, 1, 0), /^Conv1d: kernelSize must be a whole number of at least 1, got 0/],
    [() => new nn.Conv1d(1, 1, [3, 3] as never), /^Conv1d: kernelSize must be a whole number of at least 1, got \[3,3\]/],
    [() => new nn.Conv1d(1, 1, 3, { padding: "full" as "same" }), /^Conv1d: padding must be numbers, "same" or "valid", got "full"/],
    [() => new nn.ConvTranspose1d(0, 1, 3), /^ConvTranspose1d: inChannels must be a whole number of at least 1, got 0/],
    [
      () => new nn.ConvTranspose2d(1, 1, 3, { padding: "same" as never }),
      /^ConvTranspose2d: padding must be a whole number of at least 0, or two of them, got "same"/,
    ],
    [() => new nn.ConvTranspose2d(1, 1, 3, { outputPadding: -1 }), /^ConvTranspose2d: outputPadding .*got -1/],
    [() => new nn.MaxPool1d(0), /^MaxPool1d: kernelSize/],
    [() => new nn.AvgPool1d(1.5), /^AvgPool1d: kernelSize/],
  ])("refuse %s", (make, says) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(says);
  });
});

test("pooling layers of sequences", () => {
  const x = tensor([[[1, 5, 2, 4, 3]]]);
  expect(new nn.MaxPool1d(2).call(x).toArray()).toEqual([[[5, 4]]]);
  expect(new nn.AvgPool1d(3, { stride: 2, padding: 1, countIncludePad: false }).call(x).toArray()).toEqual([
    [[3, 11 / 3, 3.5].map(Math.fround)],
  ]);
  expect(new nn.AdaptiveAvgPool1d(1).call(x).toArray()).toEqual([[[3]]]);
  expect(new nn.MaxPool1d(3).call(zeros(0, 2, 6)).shape).toEqual([0, 2, 2]);
});
