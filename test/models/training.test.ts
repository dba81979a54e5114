// Each kind of network learns from real data in a few steps: handwritten digits, and text. bench and docs have whole trainings.
import { readFileSync } from "node:fs";
import { avgPool2d, cat, interpolate, manualSeed, nn, noGrad, optim, randn, scope, type Tensor, tensor, where } from "simdgrad";
import { gunzip, parseCsv } from "simdgrad/io";
import * as models from "simdgrad/models";
import { beforeAll, describe, expect, test } from "vitest";

let images: Tensor;
let labels: Tensor;
let text: number[];
let vocabulary: number;

beforeAll(async () => {
  const file = new TextDecoder().decode(await gunzip(readFileSync("examples/data/digits.csv.gz")));
  const { values, rows, columns } = parseCsv(file, { header: false });
  const table = tensor(values, { shape: [rows, columns] });
  images = table.slice([], [0, -1]).div(16).reshape([rows, 1, 8, 8]);
  labels = table.select(1, -1).int();
  const characters = readFileSync("test/fixtures/text/shakespeare.txt", "utf8");
  const symbols = [...new Set(characters)].sort();
  text = Array.from(characters, (c) => symbols.indexOf(c));
  vocabulary = symbols.length;
});

/** Loss before and after some steps of Adam, each on the next part of the data. */
function train(model: nn.Module | nn.Module[], steps: number, lr: number, loss: (step: number) => Tensor): [first: number, last: number] {
  const optimizer = new optim.Adam(
    [model].flat().flatMap((part) => part.parameters()),
    { lr },
  );
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    scope(() => {
      optimizer.zeroGrad();
      const value = loss(step);
      value.backward();
      optimizer.step();
      losses.push(value.item());
    });
  }
  const mean = (part: number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
  return [losses[0] as number, mean(losses.slice(-5))];
}

const BATCH = 32;

/** Some of the digits. */
function batch(step: number): [x: Tensor, y: Tensor] {
  const at = (step * BATCH) % (1797 - BATCH);
  return [images.narrow(0, at, BATCH), labels.narrow(0, at, BATCH)];
}

const as = (size: number) => (x: Tensor) => interpolate(x, { size: [size, size], mode: "bilinear" });
const words = (x: Tensor): Tensor => avgPool2d(x, 2).reshape([-1, 16]).mul(16).int();
const rows = (x: Tensor): Tensor => x.reshape([-1, 64]);

// Guessing costs ln 10 = 2.3 nats.
describe("digits are told apart", () => {
  test.each([
    ["MLP", () => new models.MLP(64, [64, 10]), rows, 60, 0.01],
    ["LeNet", () => new models.LeNet(), as(28), 60, 0.003],
    ["ResNet of 8 layers", () => new models.CifarResNet(1, { inChannels: 1 }), as(16), 40, 0.01],
    ["MobileNetV2", () => new models.MobileNetV2({ numClasses: 10, inChannels: 1, widthMult: 0.25, dropout: 0 }), as(32), 120, 0.005],
    ["ViT", () => new models.ViT(VIT), (x: Tensor) => x, 100, 0.003],
    ["BERT, the mean of four pixels as a word", () => new Words(), words, 200, 0.003],
    ["TCN, one pixel after the other", () => new Pixels(), (x: Tensor) => x.reshape([-1, 1, 64]), 300, 0.01],
  ] as const)("%s", (_, make, prepare, steps, lr) => {
    manualSeed(1);
    const model = make();
    const [, last] = train(model, steps, lr, (step) => {
      const [x, y] = batch(step);
      return new nn.CrossEntropyLoss().call(model.call(prepare(x)) as Tensor, y);
    });
    expect(last).toBeLessThan(1.3);
  });
});

const VIT = { imageSize: 8, patchSize: 2, inChannels: 1, numLayers: 2, numHeads: 2, hiddenDim: 32, numClasses: 10 };

/** BERT, and a dense layer on the mean of its states. */
class Words extends nn.Module {
  readonly bert = new models.BERT(17, { hiddenSize: 32, numLayers: 2, numHeads: 2, maxLength: 16, dropout: 0 });
  readonly fc = new nn.Linear(32, 10);
  forward(tokens: Tensor): Tensor {
    return this.fc.call(this.bert.call(tokens)[0].mean(1));
  }
}

/** A TCN and a dense layer on its last step. */
class Pixels extends nn.Module {
  readonly tcn = new models.TCN(1, [16, 16, 16, 16], { kernelSize: 4, dropout: 0 });
  readonly fc = new nn.Linear(16, 10);
  forward(x: Tensor): Tensor {
    return this.fc.call(this.tcn.call(x).select(2, -1));
  }
}

describe("images are written in few numbers, drawn and cleaned", () => {
  test("Autoencoder", () => {
    manualSeed(1);
    const model = new models.Autoencoder(64, [32, 8]);
    const [first, last] = train(model, 120, 0.005, (step) => {
      const x = rows(batch(step)[0]);
      return new nn.MSELoss().call(model.call(x), x);
    });
    expect(last).toBeLessThan(0.35 * first);
  });

  test("VAE", () => {
    manualSeed(1);
    const model = new models.VAE(64, { hiddenSize: 64, latentSize: 4 });
    const [first, last] = train(model, 120, 0.005, (step) => {
      const x = batch(step)[0];
      return models.vaeLoss(model.call(x), x).div(BATCH);
    });
    expect(last).toBeLessThan(0.75 * first);
  });

  test("UNet with time takes noise away", () => {
    manualSeed(1);
    const model = new models.UNet({ channels: [16, 32], timeFeatures: 16 });
    const [first, last] = train(model, 60, 0.003, (step) => {
      const x = batch(step)[0].mul(2).sub(1);
      const noise = randn(x.shape);
      const t = tensor(Array.from({ length: BATCH }, (_, i) => (i + step) % 100));
      const share = t.div(100).reshape([BATCH, 1, 1, 1]);
      const noisy = x.mul(share.mul(-1).add(1)).add(noise.mul(share));
      return new nn.MSELoss().call(model.call(noisy, t), noise);
    });
    expect(last).toBeLessThan(0.5 * first);
  });

  test("DCGAN: the discriminator learns, and the generator's images come nearer to the digits", () => {
    manualSeed(1);
    const generator = new models.DCGANGenerator(8, { features: 8 });
    const discriminator = new models.DCGANDiscriminator({ features: 8 });
    const judge = new nn.BCEWithLogitsLoss();
    const real = (step: number): Tensor => as(28)(batch(step)[0]).mul(2).sub(1);
    const distance = (): number =>
      scope(() =>
        noGrad(() =>
          generator
            .call(randn([BATCH, 8]))
            .mean(0)
            .sub(real(0).mean(0))
            .square()
            .mean()
            .item(),
        ),
      );
    const before = distance();
    const options = { lr: 0.002, betas: [0.5, 0.999] as [number, number] };
    const [forG, forD] = [new optim.Adam(generator.parameters(), options), new optim.Adam(discriminator.parameters(), options)];
    const ones = tensor(new Float32Array(BATCH).fill(1));
    const zeros = tensor(new Float32Array(BATCH));
    for (let step = 0; step < 60; step++)
      scope(() => {
        const made = generator.call(randn([BATCH, 8]));
        forD.zeroGrad();
        judge
          .call(discriminator.call(real(step)), ones)
          .add(judge.call(discriminator.call(made.detach()), zeros))
          .backward();
        forD.step();
        forG.zeroGrad();
        judge.call(discriminator.call(made), ones).backward();
        forG.step();
      });
    expect(distance()).toBeLessThan(0.7 * before);
  });
});

describe("the next character", () => {
  const LENGTH = 32;
  const N = 16;
  /** Pieces of the text, and the same one character later. */
  function pieces(step: number): [x: Tensor, y: Tensor] {
    const starts = Array.from({ length: N }, (_, i) => ((step * N + i) * 997) % (text.length - LENGTH - 1));
    const cut = (by: number): Tensor =>
      tensor(
        starts.map((at) => text.slice(at + by, at + by + LENGTH)),
        { dtype: "int32" },
      );
    return [cut(0), cut(1)];
  }
  // The entropy of single characters in this text is 3.3 nats: what is below it knows what came before.
  test.each([
    ["LSTMLanguageModel", () => new models.LSTMLanguageModel(vocabulary, { hiddenSize: 64, numLayers: 1 }), 100, 0.01],
    ["GPT", () => new models.GPT(vocabulary, { blockSize: LENGTH, numLayers: 2, numHeads: 2, embedDim: 32 }), 150, 0.005],
    ["Llama", () => new models.Llama(vocabulary, { dim: 32, hiddenDim: 64, numLayers: 2, numHeads: 2 }), 150, 0.005],
  ] as const)("%s", (_, make, steps, lr) => {
    manualSeed(1);
    const model = make();
    const [, last] = train(model, steps, lr, (step) => {
      const [x, y] = pieces(step);
      return new nn.CrossEntropyLoss().call(model.call(x).reshape([N * LENGTH, vocabulary]), y.reshape([N * LENGTH]));
    });
    expect(last).toBeLessThan(2.75);
  });

  test("LSTMClassifier tells text from the same text backwards", () => {
    manualSeed(1);
    const model = new models.LSTMClassifier(vocabulary, 2, { embeddingDim: 16, hiddenSize: 32 });
    const backwards = tensor(
      Array.from({ length: N }, (_, i) => i % 2),
      { dtype: "int32" },
    );
    const [, last] = train(model, 240, 0.01, (step) => {
      const [x] = pieces(step);
      const turned = backwards.reshape([N, 1]).eq(1);
      return new nn.CrossEntropyLoss().call(model.call(where(turned, x.flip(1), x)) as Tensor, backwards);
    });
    expect(last).toBeLessThan(0.55);
  });

  test("Seq2SeqTransformer turns words around", () => {
    manualSeed(1);
    const model = new models.Seq2SeqTransformer(vocabulary, vocabulary + 1, {
      ...{ embedDim: 32, numHeads: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 64, dropout: 0 },
    });
    const [, last] = train(model, 250, 0.004, (step) => {
      const src = pieces(step)[0].narrow(1, 0, 6);
      const turned = src.flip(1);
      const begin = tensor(new Int32Array(N).fill(vocabulary), { shape: [N, 1] });
      const scores = model.call(src, cat([begin, turned.narrow(1, 0, 5)], 1));
      return new nn.CrossEntropyLoss().call(scores.reshape([N * 6, vocabulary + 1]), turned.reshape([N * 6]));
    });
    expect(last).toBeLessThan(1);
  });
});
