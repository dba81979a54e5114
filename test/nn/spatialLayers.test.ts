// Layers for sequences, images and volumes: gradients, state dicts, what they refuse, and what chance does to them.
import * as sg from "simdgrad";
import {
  ArgError,
  Generator,
  gradcheck,
  manualSeed,
  memory,
  nn,
  noGrad,
  randn,
  ShapeError,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose } from "../support.js";

const some = (...shape: number[]): Tensor => randn(shape, { generator: new Generator(shape.length + 7), requiresGrad: true });
/** Values that differ by more than the step of a difference. */
const apart = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, d) => product * d, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 1009) / 100 - 5),
    { shape, requiresGrad: true },
  );
};
const seeded = () => ({ generator: new Generator(4) });

/** How each layer is made, its inputs, and the names and shapes of its state dict as PyTorch has them. */
const layers: [name: string, make: () => nn.Module, inputs: () => Tensor[], state?: Record<string, number[]>][] = [
  [
    "Conv1d",
    () => new nn.Conv1d(2, 4, 3, { paddingMode: "reflect", padding: 2, groups: 2 }),
    () => [some(2, 2, 6)],
    { weight: [4, 1, 3], bias: [4] },
  ],
  [
    "Conv2d",
    () => new nn.Conv2d(2, 3, 2, { paddingMode: "circular", padding: "same" }),
    () => [some(1, 2, 3, 4)],
    { weight: [3, 2, 2, 2], bias: [3] },
  ],
  ["Conv2d, one image", () => new nn.Conv2d(1, 2, 3, { bias: false }), () => [some(1, 4, 4)], { weight: [2, 1, 3, 3] }],
  [
    "Conv3d",
    () => new nn.Conv3d(1, 2, 2, { paddingMode: "replicate", padding: 1, stride: 2 }),
    () => [some(1, 1, 2, 3, 2)],
    { weight: [2, 1, 2, 2, 2], bias: [2] },
  ],
  [
    "ConvTranspose1d",
    () => new nn.ConvTranspose1d(2, 4, 3, { stride: 2, groups: 2 }),
    () => [some(2, 2, 3)],
    { weight: [2, 2, 3], bias: [4] },
  ],
  ["ConvTranspose2d", () => new nn.ConvTranspose2d(2, 3, 2, { stride: 2 }), () => [some(2, 2, 2)], { weight: [2, 3, 2, 2], bias: [3] }],
  [
    "ConvTranspose3d",
    () => new nn.ConvTranspose3d(1, 2, 2, { stride: 2, dilation: 2, outputPadding: 1 }),
    () => [some(1, 1, 2, 1, 2)],
    { weight: [1, 2, 2, 2, 2], bias: [2] },
  ],
  [
    "SeparableConv2d",
    () => new nn.SeparableConv2d(2, 3, 3, { padding: 1, depthMultiplier: 2 }),
    () => [some(1, 2, 3, 3)],
    { "depthwise.weight": [4, 1, 3, 3], "pointwise.weight": [3, 4, 1, 1], "pointwise.bias": [3] },
  ],
  ["MaxPool3d", () => new nn.MaxPool3d(2), () => [apart(1, 2, 2, 4, 2)]],
  ["AvgPool3d", () => new nn.AvgPool3d(2, { padding: 1, countIncludePad: false }), () => [some(1, 2, 2, 2, 2)]],
  ["AdaptiveAvgPool3d", () => new nn.AdaptiveAvgPool3d([2, 1, null]), () => [some(1, 1, 3, 2, 2)]],
  ["AdaptiveMaxPool1d", () => new nn.AdaptiveMaxPool1d(2), () => [apart(1, 2, 5)]],
  ["AdaptiveMaxPool2d", () => new nn.AdaptiveMaxPool2d([2, 1]), () => [apart(1, 2, 3, 4)]],
  ["AdaptiveMaxPool3d", () => new nn.AdaptiveMaxPool3d(2), () => [apart(1, 1, 3, 2, 3)]],
  ["LPPool1d", () => new nn.LPPool1d(2, 2), () => [some(1, 2, 5)]],
  ["LPPool2d", () => new nn.LPPool2d(2, 2, { stride: 1 }), () => [some(1, 1, 3, 4)]],
  ["LPPool3d", () => new nn.LPPool3d(2, 2), () => [some(1, 1, 3, 2, 4)]],
  ["FractionalMaxPool2d", () => new nn.FractionalMaxPool2d(2, { outputSize: 2, ...seeded() }), () => [apart(1, 2, 4, 5)]],
  ["FractionalMaxPool3d", () => new nn.FractionalMaxPool3d(2, { outputRatio: 0.5, ...seeded() }), () => [apart(1, 2, 4, 5, 4)]],
  ["GlobalAvgPool", () => new nn.GlobalAvgPool(), () => [some(2, 3, 2, 2)]],
  ["GlobalMaxPool", () => new nn.GlobalMaxPool({ keepdim: true }), () => [apart(2, 3, 4)]],
  [
    "BatchNorm3d",
    () => new nn.BatchNorm3d(2),
    () => [some(2, 2, 1, 2, 2)],
    { weight: [2], bias: [2], running_mean: [2], running_var: [2], num_batches_tracked: [] },
  ],
  ["InstanceNorm1d", () => new nn.InstanceNorm1d(3), () => [some(3, 5)], {}],
  ["InstanceNorm2d", () => new nn.InstanceNorm2d(3, { affine: true }), () => [some(2, 3, 2, 2)], { weight: [3], bias: [3] }],
  [
    "InstanceNorm3d",
    () => new nn.InstanceNorm3d(1, { trackRunningStats: true }),
    () => [some(2, 1, 1, 2, 2)],
    { running_mean: [1], running_var: [1], num_batches_tracked: [] },
  ],
  ["GroupNorm", () => new nn.GroupNorm(3, 6), () => [some(2, 6, 2)], { weight: [6], bias: [6] }],
  ["GroupNorm, no weight", () => new nn.GroupNorm(1, 5, { affine: false }), () => [some(2, 5)], {}],
  ["RMSNorm", () => new nn.RMSNorm([2, 3]), () => [some(2, 2, 3)], { weight: [2, 3] }],
  ["LocalResponseNorm", () => new nn.LocalResponseNorm(3, { alpha: 0.5 }), () => [some(1, 5, 2)]],
  ["Dropout1d", () => new nn.Dropout1d(0.5, seeded()), () => [some(2, 4, 2)]],
  ["Dropout2d", () => new nn.Dropout2d(0.5, seeded()), () => [some(2, 4, 2, 1)]],
  ["Dropout3d", () => new nn.Dropout3d(0.5, seeded()), () => [some(4, 2, 1, 2)]],
  ["AlphaDropout", () => new nn.AlphaDropout(0.5, seeded()), () => [some(2, 5)]],
  ["FeatureAlphaDropout", () => new nn.FeatureAlphaDropout(0.5, seeded()), () => [some(3, 4, 2)]],
  ["DropPath", () => new nn.DropPath(0.5, seeded()), () => [some(6, 2)]],
  ["GaussianNoise", () => new nn.GaussianNoise(0.3, seeded()), () => [some(3, 4)]],
  ["Upsample", () => new nn.Upsample({ scaleFactor: 2, mode: "bicubic" }), () => [some(1, 1, 2, 3)]],
  ["UpsamplingNearest2d", () => new nn.UpsamplingNearest2d({ scaleFactor: 2 }), () => [some(1, 2, 2, 2)]],
  ["UpsamplingBilinear2d", () => new nn.UpsamplingBilinear2d({ size: [3, 4] }), () => [some(1, 1, 2, 2)]],
  ["PixelShuffle", () => new nn.PixelShuffle(2), () => [some(1, 4, 2, 2)]],
  ["PixelUnshuffle", () => new nn.PixelUnshuffle(2), () => [some(1, 1, 4, 2)]],
  ["ChannelShuffle", () => new nn.ChannelShuffle(2), () => [some(1, 4, 2)]],
  ["Unfold", () => new nn.Unfold(2, { padding: 1 }), () => [some(1, 2, 2, 3)]],
  ["Fold", () => new nn.Fold([3, 3], 2), () => [some(1, 4, 4)]],
  ["Unflatten", () => new nn.Unflatten(1, [2, -1]), () => [some(2, 6)]],
  ["CosineSimilarity", () => new nn.CosineSimilarity(), () => [some(2, 3), apart(1, 3)]],
  ["PairwiseDistance", () => new nn.PairwiseDistance({ p: 3 }), () => [some(2, 3), apart(1, 3)]],
  ["Bilinear", () => new nn.Bilinear(3, 2, 4), () => [some(2, 3), some(2, 2)], { weight: [4, 3, 2], bias: [4] }],
  ["ConstantPad1d", () => new nn.ConstantPad1d([1, -1], 2), () => [some(1, 2, 3)]],
  ["ZeroPad2d", () => new nn.ZeroPad2d(1), () => [some(1, 2, 2)]],
  ["ReflectionPad3d", () => new nn.ReflectionPad3d(1), () => [some(1, 2, 2, 3)]],
  ["ReplicationPad2d", () => new nn.ReplicationPad2d([1, 2, 0, 1]), () => [some(1, 1, 2, 2)]],
  ["CircularPad1d", () => new nn.CircularPad1d(2), () => [some(1, 2, 3)]],
];

describe.each(layers)("%s", (_, make, inputs, state = {}) => {
  test.each([true, false])("gradients, training %s", (training) => {
    const right = gradcheck((...tensors) => {
      manualSeed(3); // the same weights each time
      const layer = make().train(training);
      return layer.call(...(tensors as never[])) as Tensor;
    }, inputs());
    expect(right).toBe(true);
  });

  test("the state dict has PyTorch's names, and leaves with a call nothing behind", () => {
    const layer = make();
    expect(Object.fromEntries(Object.entries(layer.stateDict()).map(([name, t]) => [name, [...t.shape]]))).toEqual(state);
    expect(String(layer)).toContain(layer.constructor.name);
    scope(() => {
      const x = inputs();
      noGrad(() => (layer.call(...(x as never[])) as Tensor).dispose());
      const { liveTensors } = memory();
      noGrad(() => (layer.call(...(x as never[])) as Tensor).dispose());
      expect(memory().liveTensors).toBe(liveTensors);
    });
  });

  test("a scalar is a ShapeError where the layer takes none", () => {
    if (/^AlphaDropout|Noise|Similarity|Distance|Unflatten/.test(make().constructor.name)) return;
    expect(() => make().call(...(inputs().map(() => zeros([])) as never[]))).toThrow(ShapeError);
  });
});

describe("padding modes of convolutions", () => {
  it.each(["reflect", "replicate", "circular"] as const)("%s pads as `pad` does", (paddingMode) => {
    const x = some(2, 2, 5, 6);
    const layer = new nn.Conv2d(2, 3, 3, {
      padding: [
        [1, 2],
        [0, 3],
      ],
      paddingMode,
    });
    const around = sg.pad(x, [0, 3, 1, 2], { mode: paddingMode });
    expectClose(layer.call(x), sg.conv2d(around, layer.weight, layer.bias).toArray() as number[][][][]);
    expect(String(layer)).toContain(`paddingMode="${paddingMode}"`);
  });

  it("refuses more than there is, and other names", () => {
    expect(() => new nn.Conv1d(1, 1, 3, { padding: 3, paddingMode: "reflect" }).call(zeros(1, 1, 3))).toThrow(
      'Conv1d: mode "reflect" cannot pad dim 2 of float32[1,1,3] by 3 and 3',
    );
    expect(() => new nn.Conv1d(1, 1, 3, { paddingMode: "mirror" as never })).toThrow(/paddingMode must be "zeros", "reflect"/);
    expect(() => new nn.ConvTranspose1d(1, 1, 3, { paddingMode: "reflect" } as never)).toThrow(ArgError);
  });
});

describe("sizes that a call asks for", () => {
  it("a transposed convolution gives one of the sizes that the stride leads back from", () => {
    const layer = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    expect(layer.call(zeros(1, 1, 3, 3), { outputSize: [6, 5] }).shape).toEqual([1, 1, 6, 5]);
    expect(() => layer.call(zeros(1, 1, 3, 3), { outputSize: 7 })).toThrow(/outputSize must be from 5x5 to 6x6/);
    expect(() => layer.call(zeros(1, 1, 3, 3), { size: 7 } as never)).toThrow(ArgError);
  });

  it.each([
    [new nn.MaxPool1d(2, { returnIndices: true }), new nn.MaxUnpool1d(2), [2, 2, 5]],
    [new nn.MaxPool2d(2, { returnIndices: true }), new nn.MaxUnpool2d(2), [2, 2, 5, 4]],
    [new nn.MaxPool3d(2, { returnIndices: true }), new nn.MaxUnpool3d(2), [2, 2, 5, 4, 3]],
  ] as const)("%s and %s", (pool, unpool, shape) => {
    const x = apart(...shape).detach();
    const { values, indices } = pool.call(x);
    const back = unpool.call(values, indices, { outputSize: shape as never });
    expect(back.shape).toEqual(shape);
    expect(pool.call(back.sub(100).mul(back.ne(0).float())).values.shape).toEqual(values.shape);
    expect(back.sum().item()).toBeCloseTo(values.sum().item(), 3);
    expect(back.mul(x).sum().item()).toBeCloseTo(values.square().sum().item(), 2);
  });

  it("adaptive pooling gives indices too", () => {
    const { values, indices } = new nn.AdaptiveMaxPool2d(1, { returnIndices: true }).call(
      tensor([
        [
          [
            [1, 3],
            [2, 0],
          ],
        ],
      ]),
    );
    expect([values.toArray(), indices.toArray()]).toEqual([[[[[3]]]], [[[[1]]]]]);
  });
});

describe("InstanceNorm", () => {
  it("moves the running statistics by the average over images, and uses them in evaluation", () => {
    const norm = new nn.InstanceNorm1d(1, { trackRunningStats: true, momentum: 0.5 });
    norm.call(tensor([[[1, 3]], [[10, 20]]]));
    expectClose(norm.runningMean as Tensor, [(2 + 15) / 4]);
    expectClose(norm.runningVar as Tensor, [0.5 + (2 + 50) / 4]);
    norm.eval();
    const y = norm.call(tensor([[[4.25, 4.25]]]));
    expectClose(y, [[[0, 0]]]);
  });

  it("is the same in evaluation without them, and refuses another number of channels", () => {
    const norm = new nn.InstanceNorm2d(3);
    const x = some(2, 3, 2, 2);
    const training = norm.call(x).toArray();
    expect(norm.eval().call(x).toArray()).toEqual(training);
    expect(() => norm.call(zeros(2, 4, 2, 2))).toThrow("InstanceNorm2d: x must be [N, 3, ...], got float32[2,4,2,2]");
  });
});

describe("values that are no numbers", () => {
  const isNan = (x: Tensor): number[] => Array.from(x.toTypedArray() as Float32Array, (v) => Number(Number.isNaN(v)));

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("%f spoils its own group, channel or row only", (value) => {
    const x = tensor([1, 2, 3, value, 5, 7, 6, 8], { shape: [1, 4, 2] });
    expect(isNan(sg.groupNorm(x, 2))).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(isNan(sg.instanceNorm(x))).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    // An infinite mean square makes zeros of the numbers beside it, as in PyTorch.
    expect(isNan(sg.rmsNorm(x, 2))).toEqual([0, 0, Number(Number.isNaN(value)), 1, 0, 0, 0, 0]);
    expect(isNan(sg.localResponseNorm(x, 1))).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it("pooling of volumes keeps NaN, infinities and -0", () => {
    const volume = (...values: number[]): Tensor => tensor(values, { shape: [1, 1, 2, 1, 2] });
    expect(
      sg
        .maxPool3d(volume(1, 2, Number.NaN, 3), [2, 1, 1])
        .flatten()
        .toArray(),
    ).toEqual([Number.NaN, 3]);
    expect(
      sg
        .maxPool3d(volume(-0, Number.NEGATIVE_INFINITY, -1, Number.NEGATIVE_INFINITY), [2, 1, 1])
        .flatten()
        .toArray(),
    ).toEqual([-0, Number.NEGATIVE_INFINITY]);
    expect(
      sg
        .avgPool3d(volume(1, Number.POSITIVE_INFINITY, 3, 2), [2, 1, 1])
        .flatten()
        .toArray(),
    ).toEqual([2, Number.POSITIVE_INFINITY]);
    expect(
      sg
        .adaptiveMaxPool3d(volume(1, Number.NaN, 3, 2), [1, 1, 2])
        .flatten()
        .toArray(),
    ).toEqual([3, Number.NaN]);
  });
});

describe("initial weights", () => {
  it.each<[string, () => nn.Module & { weight: Tensor }, number]>([
    ["Conv3d", () => new nn.Conv3d(4, 8, [1, 2, 2], { groups: 2 }), 1 / Math.sqrt(2 * 4)],
    ["ConvTranspose3d", () => new nn.ConvTranspose3d(4, 8, [1, 2, 2]), 1 / Math.sqrt(8 * 4)],
    ["Bilinear", () => new nn.Bilinear(9, 4, 6), 1 / 3],
  ])("of %s are uniform within PyTorch's bound", (_, make, bound) => {
    manualSeed(1);
    const values = Array.from({ length: 20 }, () => [...(make().weight.toTypedArray() as Float32Array)]).flat();
    const largest = Math.max(...values.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.98 * bound);
  });
});

describe("chance", () => {
  const kinds: [string, (p: number, generator: Generator) => nn.Module, number[]][] = [
    ["Dropout1d", (p, generator) => new nn.Dropout1d(p, { generator }), [200, 100, 2]],
    ["Dropout2d", (p, generator) => new nn.Dropout2d(p, { generator }), [200, 100, 1, 2]],
    ["Dropout3d", (p, generator) => new nn.Dropout3d(p, { generator }), [200, 100, 1, 1, 2]],
    ["DropPath", (p, generator) => new nn.DropPath(p, { generator }), [20_000, 2]],
    ["FeatureAlphaDropout", (p, generator) => new nn.FeatureAlphaDropout(p, { generator }), [200, 100, 2]],
    ["AlphaDropout", (p, generator) => new nn.AlphaDropout(p, { generator }), [20_000]],
  ];

  it.each(kinds)("%s drops a share, the same with a seed, another one at the next call; nothing in evaluation", (_, make, shape) => {
    const ones = sg.ones(shape);
    const dropped = (layer: nn.Module): Uint8Array => (layer.call(ones) as Tensor).lt(0.5).toTypedArray() as Uint8Array;
    const layer = make(0.3, new Generator(1));
    const [first, next] = [dropped(layer), dropped(layer)];
    expect(Math.abs(first.reduce((s, v) => s + v, 0) / first.length - 0.3)).toBeLessThan(0.02);
    expect(next).not.toEqual(first);
    expect(dropped(make(0.3, new Generator(1)))).toEqual(first);
    expect((layer.eval().call(ones) as Tensor).toArray()).toEqual(ones.toArray());
    expect(() => make(1.5, new Generator(1))).toThrow(/p must be a number within \[0, 1\], got 1.5/);
  });

  it("alpha dropout keeps mean 0 and variance 1", () => {
    const x = randn([100_000], { generator: new Generator(2) });
    const y = new nn.AlphaDropout(0.4, { generator: new Generator(3) }).call(x);
    expect(Math.abs(y.mean().item())).toBeLessThan(0.02);
    expect(Math.abs(y.std().item() - 1)).toBeLessThan(0.02);
  });

  it("noise has the standard deviation asked for", () => {
    const y = new nn.GaussianNoise(0.5, { generator: new Generator(2) }).call(zeros(50_000));
    expect(Math.abs(y.std().item() - 0.5)).toBeLessThan(0.01);
    expect(() => new nn.GaussianNoise(-1)).toThrow(ArgError);
  });
});

describe("constructors refuse", () => {
  it.each<[() => unknown, RegExp]>([
    [() => new nn.Conv3d(1, 1, [3, 3] as never), /Conv3d: kernelSize must be .* or three of them/],
    [() => new nn.Conv3d(1, 1, 3, { paddding: 1 } as never), /Conv3d: there is no option "paddding"/],
    [() => new nn.MaxPool3d(0), /MaxPool3d: kernelSize/],
    [() => new nn.MaxPool2d(2, { returnIndices: 1 as never }), /returnIndices must be true or false/],
    [() => new nn.AdaptiveMaxPool2d([1, 2, 3] as never), /AdaptiveMaxPool2d: outputSize/],
    [() => new nn.LPPool2d(0, 2), /LPPool2d: normType must be a finite number above 0/],
    [() => new nn.MaxUnpool2d(-1), /MaxUnpool2d: kernelSize/],
    [() => new nn.GroupNorm(4, 6), /GroupNorm: 6 channels do not divide into 4 groups/],
    [() => new nn.RMSNorm([]), /RMSNorm: normalizedShape/],
    [() => new nn.LocalResponseNorm(0), /LocalResponseNorm: size/],
    [() => new nn.InstanceNorm1d(0), /InstanceNorm1d: numFeatures/],
    [() => new nn.InstanceNorm1d(2, { afine: true } as never), /InstanceNorm1d: there is no option "afine"/],
    [() => new nn.DropPath(undefined as never), /DropPath: p must be a number within/],
    [() => new nn.ReflectionPad2d([1, 2] as never), /ReflectionPad2d: padding must be a whole number, or 4 of them/],
    [() => new nn.Upsample({ scale: 2 } as never), /Upsample: there is no option "scale"/],
    [() => new nn.UpsamplingNearest2d({ mode: "bilinear" } as never), /UpsamplingNearest2d: there is no option "mode"/],
    [() => new nn.PixelShuffle(0), /PixelShuffle: upscaleFactor/],
    [() => new nn.Fold([4, 4], 0), /Fold: kernelSize/],
    [() => new nn.Unflatten(1.5, [2]), /Unflatten: dim/],
    [() => new nn.Bilinear(2, 0, 1), /Bilinear: in2Features/],
    [() => new nn.SeparableConv2d(2, 2, 3, { groups: 2 } as never), /SeparableConv2d: there is no option "groups"/],
    [() => new nn.GlobalAvgPool({ keepdim: 1 as never }), /keepdim must be true or false/],
  ])("%s", (make, says) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(says);
  });
});
