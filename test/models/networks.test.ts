// Each ready network: its shapes, its names, its size, and gradients for all of its parameters.
import { memory, meta, type nn, rand, randn, scope, type Tensor, tensor } from "simdgrad";
import * as models from "simdgrad/models";
import { describe, expect, test } from "vitest";

const tokens = (rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });

interface Row {
  readonly name: string;
  readonly make: () => nn.Module;
  readonly inputs: () => readonly unknown[];
  readonly shape: readonly number[];
  /** Some of the names of the state dict, as the files of others have them. */
  readonly names: readonly string[];
  /** Parameters that a call does not reach. */
  readonly unused?: readonly string[];
}

const IDS = (): readonly unknown[] => [
  tokens([
    [1, 2, 3],
    [4, 5, 0],
  ]),
];
const GRAY = (): readonly unknown[] => [randn([2, 1, 28, 28])];

const rows: readonly Row[] = [
  {
    name: "MLP",
    make: () => new models.MLP(6, [5, 4, 3], { dropout: 0.5, activation: "gelu" }),
    inputs: () => [randn([2, 6])],
    shape: [2, 3],
    names: ["0.weight", "3.weight", "6.bias"],
  },
  { name: "LeNet", make: () => new models.LeNet(), inputs: GRAY, shape: [2, 10], names: ["conv1.weight", "fc3.bias"] },
  {
    name: "LeNet for images of 32 x 32 in colour",
    make: () => new models.LeNet({ imageSize: 32, inChannels: 3, numClasses: 4 }),
    inputs: () => [randn([2, 3, 32, 32])],
    shape: [2, 4],
    names: ["conv2.weight"],
  },
  {
    name: "resnet18",
    make: () => models.resnet18({ numClasses: 4 }),
    inputs: () => [randn([2, 3, 40, 33])],
    shape: [2, 4],
    names: ["layer1.1.conv2.weight", "layer2.0.downsample.0.weight", "layer4.1.bn2.running_var", "fc.bias"],
  },
  {
    name: "ResNet of bottlenecks",
    make: () => new models.ResNet("bottleneck", [1, 1, 1, 1], { numClasses: 4 }),
    inputs: () => [randn([2, 3, 40, 33])],
    shape: [2, 4],
    names: ["layer1.0.downsample.1.weight", "layer3.0.conv3.weight"],
  },
  {
    name: "resnet20",
    make: () => models.resnet20(),
    inputs: () => [randn([2, 3, 32, 32])],
    shape: [2, 10],
    names: ["conv1.weight", "layer2.0.conv1.weight", "layer3.2.bn2.bias", "linear.weight"],
  },
  {
    name: "MobileNetV2",
    make: () => new models.MobileNetV2({ numClasses: 3, widthMult: 0.25 }),
    inputs: () => [randn([2, 3, 64, 64])],
    shape: [2, 3],
    names: ["features.0.0.weight", "features.1.conv.0.0.weight", "features.18.1.running_mean", "classifier.1.weight"],
  },
  {
    name: "UNet",
    make: () => new models.UNet({ inChannels: 3, outChannels: 2, channels: [8, 16, 8] }),
    inputs: () => [randn([2, 3, 12, 16])],
    shape: [2, 2, 12, 16],
    names: ["down.0.conv1.weight", "up.1.weight", "merge.0.norm2.bias", "last.weight"],
  },
  {
    name: "UNet with time",
    make: () => new models.UNet({ channels: [8, 16], timeFeatures: 6 }),
    inputs: () => [randn([2, 1, 8, 8]), tensor([3, 700], { dtype: "int32" })],
    shape: [2, 1, 8, 8],
    names: ["time.0.weight", "down.0.time.weight"],
  },
  {
    name: "LSTMClassifier",
    make: () => new models.LSTMClassifier(9, 2, { embeddingDim: 5, hiddenSize: 6, bidirectional: true, numLayers: 2, dropout: 0.1 }),
    inputs: () => [
      tokens([
        [1, 2, 3],
        [4, 5, 0],
      ]),
      [3, 2],
    ],
    shape: [2, 2],
    names: ["embedding.weight", "lstm.weight_hh_l1_reverse", "fc.weight"],
  },
  {
    name: "LSTMLanguageModel",
    make: () => new models.LSTMLanguageModel(9, { hiddenSize: 6, embeddingDim: 4 }),
    inputs: IDS,
    shape: [2, 3, 9],
    names: ["encoder.weight", "rnn.weight_ih_l1", "decoder.bias"],
  },
  {
    name: "TCN",
    make: () => new models.TCN(2, [4, 4, 3], { kernelSize: 3 }),
    inputs: () => [randn([2, 2, 11])],
    shape: [2, 3, 11],
    names: ["network.0.conv1.parametrizations.weight.original0", "network.0.downsample.weight", "network.2.conv2.bias"],
  },
  {
    name: "Autoencoder",
    make: () => new models.Autoencoder(6, [5, 2]),
    inputs: () => [randn([2, 6])],
    shape: [2, 6],
    names: ["encoder.0.weight", "decoder.2.weight"],
  },
  {
    name: "DCGANGenerator",
    make: () => new models.DCGANGenerator(5, { features: 4, imageSize: 64, channels: 3 }),
    inputs: () => [randn([2, 5])],
    shape: [2, 3, 64, 64],
    names: ["main.0.weight", "main.1.running_var", "main.12.weight"],
  },
  {
    name: "DCGANDiscriminator",
    make: () => new models.DCGANDiscriminator({ features: 4 }),
    inputs: GRAY,
    shape: [2],
    names: ["main.0.weight", "main.3.bias", "main.5.weight"],
  },
  {
    name: "GPT",
    make: () => new models.GPT(9, { blockSize: 4, numLayers: 2, numHeads: 2, embedDim: 6, dropout: 0.1 }),
    inputs: IDS,
    shape: [2, 3, 9],
    names: ["transformer.wte.weight", "transformer.h.1.attn.c_attn.bias", "transformer.h.0.mlp.c_proj.weight", "transformer.ln_f.weight"],
  },
  {
    name: "Llama",
    make: () => new models.Llama(9, { dim: 8, hiddenDim: 10, numLayers: 2, numHeads: 4, numKvHeads: 2, tied: false }),
    inputs: IDS,
    shape: [2, 3, 9],
    names: ["tok_embeddings.weight", "layers.1.attention.wk.weight", "layers.0.feed_forward.w3.weight", "norm.weight", "output.weight"],
  },
  {
    name: "ViT",
    make: () => new models.ViT({ imageSize: 8, patchSize: 4, inChannels: 1, numLayers: 2, numHeads: 2, hiddenDim: 6, numClasses: 3 }),
    inputs: () => [randn([2, 1, 8, 8])],
    shape: [2, 3],
    names: [
      "class_token",
      "encoder.layers.encoder_layer_1.self_attention.in_proj_weight",
      "encoder.layers.encoder_layer_0.mlp.3.bias",
      "heads.head.weight",
    ],
  },
  {
    name: "Seq2SeqTransformer",
    make: () =>
      new models.Seq2SeqTransformer(9, 7, { embedDim: 6, numHeads: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 8 }),
    inputs: () => [
      tokens([
        [1, 2, 3],
        [4, 5, 0],
      ]),
      tokens([
        [1, 2],
        [3, 4],
      ]),
    ],
    shape: [2, 2, 7],
    names: ["transformer.decoder.layers.0.multihead_attn.in_proj_weight", "src_tok_emb.embedding.weight", "generator.bias"],
  },
];

describe.each(rows)("$name", ({ make, inputs, shape, names, unused = [] }) => {
  test("gives the shape that it says, in training and in evaluation, and a gradient to every parameter", () => {
    const model = make();
    const before = memory().liveTensors;
    scope(() => {
      const out = model.call(...inputs()) as Tensor;
      expect(out.shape).toEqual(shape);
      out.square().sum().backward();
      const without = [...model.namedParameters()].filter(([, { grad }]) => !grad).map(([name]) => name);
      expect(without).toEqual(unused);
      model.zeroGrad();
      model.eval();
      const [first, second] = [0, 0].map(() => (model.call(...inputs()) as Tensor).shape);
      expect(first).toEqual(second);
    });
    expect(memory().liveTensors).toBe(before);
  });

  test("has the names of its files, and takes its own state", () => {
    const [model, other] = [make(), make()];
    const state = model.stateDict();
    expect(Object.keys(state)).toEqual(expect.arrayContaining([...names]));
    expect(other.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
  });
});

test("BERT leaves padding out of everything", () => {
  const model = new models.BERT(9, { hiddenSize: 6, numLayers: 2, numHeads: 2, dropout: 0 });
  expect(Object.keys(model.stateDict())).toEqual(
    expect.arrayContaining(["embeddings.LayerNorm.weight", "encoder.layer.1.attention.self.key.bias", "pooler.dense.weight"]),
  );
  const attentionMask = tokens([[1, 1, 0]]);
  const [first, second] = [0, 7].map((token) => model.call(tokens([[1, 2, token]]), { attentionMask }));
  expect(first?.[0].narrow(1, 0, 2).toArray()).toEqual(second?.[0].narrow(1, 0, 2).toArray());
  first?.[1].sum().backward();
  expect([...model.namedParameters()].filter(([, { grad }]) => !grad).map(([name]) => name)).toEqual([]);
  expect(() => model.call(tokens([[1, 2]]), { attentionMask })).toThrow("BERT: attentionMask must be [1, 2], got int32[1,3]");
});

test("VAE: the codes of evaluation are the means, and the loss is that of the formula", () => {
  const model = new models.VAE(4, { hiddenSize: 5, latentSize: 2 }).eval();
  const x = rand([3, 4]);
  const [reconstruction, mu, logvar] = model.call(x);
  const [p, m, v, t] = [reconstruction, mu, logvar, x].map((value) => Array.from(value.toTypedArray(), Number)) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const entropy = p.reduce((sum, q, i) => sum - (t[i] as number) * Math.log(q) - (1 - (t[i] as number)) * Math.log(1 - q), 0);
  const divergence = m.reduce((sum, a, i) => sum - 0.5 * (1 + (v[i] as number) - a * a - Math.exp(v[i] as number)), 0);
  expect(models.vaeLoss([reconstruction, mu, logvar], x).item()).toBeCloseTo(entropy + divergence, 3);
  expect(model.decode(mu).toArray()).toEqual(reconstruction.toArray());
  model.train();
  models.vaeLoss(model.call(x), x).backward();
  expect(model.parameters().every(({ grad }) => grad)).toBe(true);
});

// Numbers of parameters as torchvision and the files of Hugging Face have them.
test.each([
  ["resnet18", 11_689_512, () => models.resnet18()],
  ["resnet50", 25_557_032, () => models.resnet50()],
  ["MobileNetV2", 3_504_872, () => new models.MobileNetV2()],
  ["ViT-B/16", 86_567_656, () => new models.ViT()],
  ["GPT-2", 124_439_808, () => new models.GPT(50257)],
  ["BERT base", 109_482_240, () => new models.BERT(30522)],
])("%s has %i parameters", (_, count, make) => {
  meta(() => {
    expect(make().parameterCount()).toBe(count);
  });
});

test.each([
  ["MLP: sizes must be a list of at least one size, got []", () => new models.MLP(3, [])],
  ["UNet: channels must be a list of multiples of 8, got [8,12]", () => new models.UNet({ channels: [8, 12] })],
  ["GPT: embedDim 6 must be a multiple of numHeads 4", () => new models.GPT(5, { embedDim: 6, numHeads: 4 })],
  ["ViT: imageSize 30 must be a multiple of patchSize 16", () => new models.ViT({ imageSize: 30 })],
  ["DCGANGenerator", () => new models.DCGANGenerator(5, { imageSize: 30 as 28 })],
  ["TCN: channels must be a list of at least one number", () => new models.TCN(1, [])],
  [
    "GPT: reads at most 4 tokens, got 5",
    () => new models.GPT(5, { numLayers: 1, numHeads: 1, embedDim: 4, blockSize: 4 }).call(tokens([[1, 2, 3, 4, 1]])),
  ],
  ["UNet: x must be [N, C, H, W] with H and W multiples of 2", () => new models.UNet({ channels: [8, 8] }).call(randn([1, 1, 5, 4]))],
  ["UNet: the time must be absent", () => new models.UNet({ channels: [8] }).call(randn([1, 1, 4, 4]), tensor([1]))],
])("refuses: %s", (message, work) => {
  expect(work).toThrow(message);
});
