// Weights that others trained, in the layers and networks of this library: results are those of the files' own frameworks. The files are
// too large for the repository. MODELS_DIR names the folder that has them, DATA_DIR that of the data sets; without these variables the
// tests say that they did not run.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { memory, nn, noGrad, type Tensor, tensor } from "simdgrad";
import { gunzip, loadIdx, loadSafetensors } from "simdgrad/io";
import * as models from "simdgrad/models";
import { describe, expect, test } from "vitest";

const folders = { models: process.env["MODELS_DIR"], data: process.env["DATA_DIR"] };
const has = (kind: keyof typeof folders, path: string): boolean =>
  existsSync(join(folders[kind] ?? "", path)) && folders[kind] !== undefined;
for (const kind of ["models", "data"] as const)
  if (!folders[kind]) console.log(`test/models/pretrained: ${kind.toUpperCase()}_DIR is not set, so weights of others were not tested`);
const bytes = (kind: keyof typeof folders, path: string): Uint8Array => readFileSync(join(folders[kind] as string, path));
const json = <T>(path: string): T => JSON.parse(new TextDecoder().decode(bytes("models", path))) as T;

/** Numbers as the golden files have them. */
interface Encoded {
  readonly shape: number[];
  readonly b64: string;
}
const decoded = ({ b64 }: Encoded): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(b64, "base64")).buffer);

/** The largest difference, as a share of the largest number. */
function difference(given: Tensor, wanted: Float32Array): number {
  const values = given.toTypedArray() as Float32Array;
  expect(values.length).toBe(wanted.length);
  const size = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return values.reduce((most, x, i) => Math.max(most, Math.abs(x - (wanted[i] as number))), 0) / size;
}

describe.runIf(has("models", "stories260K"))("stories260K, a Llama of 260,000 parameters", () => {
  test("the greedy text is that of llama2.c, token by token", async () => {
    const net = new models.Llama(512, { dim: 64, hiddenDim: 172, numLayers: 5, numHeads: 8, numKvHeads: 4, maxLength: 512 });
    // The file leaves out the names of the parts of a layer.
    const named = (key: string): string => key.replace(/\.(w[qkvo])\./, ".attention.$1.").replace(/\.(w[123])\./, ".feed_forward.$1.");
    const state = loadSafetensors(bytes("models", "stories260K/stories260K.safetensors"));
    net.loadStateDict(Object.fromEntries(Object.entries(state).map(([key, value]) => [named(key), value])));
    const golden = json<{ greedy_tokens_from_bos: number[] }>("stories260K/golden.json").greedy_tokens_from_bos;
    const before = memory().liveTensors;
    const tokens = golden.slice(0, 1);
    for await (const token of models.generate(net, golden.slice(0, 1), { temperature: 0, maxNewTokens: golden.length - 1 }))
      tokens.push(token);
    expect(tokens).toEqual(golden);
    expect(tokens.length).toBeGreaterThan(200);
    expect(memory().liveTensors).toBe(before);
  });
});

describe.runIf(has("models", "resnet-cifar10") && has("data", "cifar10"))("ResNet-20 of CIFAR-10", () => {
  test("scores of 16 images", async () => {
    const net = models.resnet20().eval();
    expect(net.loadStateDict(loadSafetensors(bytes("models", "resnet-cifar10/resnet20_cifar10.safetensors")))).toEqual({
      missing: [],
      unexpected: [],
    });
    const file = await gunzip(bytes("data", "cifar10/test_1000.bin.gz"));
    const images = tensor(
      Float32Array.from({ length: 16 * 3072 }, (_, i) => (file[Math.floor(i / 3072) * 3073 + 1 + (i % 3072)] as number) / 255),
      {
        shape: [16, 3, 32, 32],
      },
    );
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ].map((values) => tensor(values).reshape([3, 1, 1])) as [Tensor, Tensor];
    const { logits } = json<{ logits: Encoded }>("resnet-cifar10/golden.json");
    expect(
      difference(
        noGrad(() => net.call(images.sub(mean).div(std))),
        decoded(logits),
      ),
    ).toBeLessThan(1e-5);
  });
});

/** The network of burn's example of imported weights. */
class Mnist extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 8, 3);
  readonly conv2 = new nn.Conv2d(8, 16, 3);
  readonly conv3 = new nn.Conv2d(16, 24, 3);
  readonly norm1 = new nn.BatchNorm2d(24);
  readonly fc1 = new nn.Linear(11616, 32);
  readonly fc2 = new nn.Linear(32, 10);
  readonly norm2 = new nn.BatchNorm1d(10);
  forward(x: Tensor): Tensor {
    const features = this.norm1.call(this.conv3.call(this.conv2.call(this.conv1.call(x).relu()).relu()).relu());
    return this.norm2.call(this.fc2.call(this.fc1.call(features.flatten(1)).relu())).logSoftmax(1);
  }
}

describe.runIf(has("models", "burn-mnist") && has("data", "mnist"))("burn's CNN of MNIST", () => {
  test("logarithms of probabilities of 16 images", async () => {
    const net = new Mnist().eval();
    net.loadStateDict(loadSafetensors(bytes("models", "burn-mnist/mnist.safetensors")));
    const images = loadIdx(await gunzip(bytes("data", "mnist/t10k-images-idx3-ubyte.gz")));
    const x = images.narrow(0, 0, 16).float().div(255).sub(0.1307).div(0.3081).reshape([16, 1, 28, 28]);
    const { log_probs: golden } = json<{ log_probs: Encoded }>("burn-mnist/golden.json");
    expect(
      difference(
        noGrad(() => net.call(x)),
        decoded(golden),
      ),
    ).toBeLessThan(1e-5);
  });
});

test.runIf(folders.models)("the folder has the files", () => {
  const files = ["stories260K", "resnet-cifar10", "burn-mnist"];
  expect(files.filter((path) => !has("models", path))).toEqual([]);
});
