// A product, its gradient and one small network trained, saved and read, by the same code in every runtime; what comes back tells whether they computed the same bytes.
// [N, C, H, W] images; the digests and losses are compared between runtimes, so nothing here may depend on the host.
import {
  type InitOptions,
  init,
  type MemoryReport,
  manualSeed,
  memory,
  nn,
  noGrad,
  optim,
  type RuntimeReport,
  randint,
  randn,
  runtime,
  scope,
  type Tensor,
} from "simdgrad";
import { loadSafetensors, saveSafetensors } from "simdgrad/io";
import { half } from "./half.js";
import { bothHalves, resume } from "./resuming.js";

/** The kernels a run asks for. */
export type Simd = NonNullable<InitOptions["simd"]>;

/** What one run gives. */
export interface Outcome {
  /** Loss of each training step. */
  losses: number[];
  /** SHA-256, in hexadecimal, of a product, its gradient and the trained weights as safetensors files. */
  hash: string;
  /** SHA-256 of the checkpoint of a training after 20 steps; of these, the first 10 were taken by the runtime that gave `half`. */
  resumed: string;
  /** That checkpoint after 10 steps, as text. */
  half: string;
  memory: MemoryReport;
  runtime: RuntimeReport;
}

const STEPS = 10;
const CLASSES = 10;

/** Tensors and a gradient without any layer, as a file. */
function differentiate(): Uint8Array {
  const x = randn([5, 7], { requiresGrad: true });
  const product = x.matmul(x.t()).tanh();
  product.div(3).sum().backward();
  return saveSafetensors({ product, gradient: x.grad as Tensor });
}

function build(): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 3, { padding: 1 }),
    new nn.BatchNorm2d(8),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Dropout(0.1),
    new nn.Flatten(),
    new nn.Linear(8 * 5 * 5, CLASSES),
  );
}

function train(model: nn.Sequential, images: Tensor, labels: Tensor): number[] {
  const loss = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  model.train();
  const losses = Array.from({ length: STEPS }, () =>
    scope(() => {
      optimizer.zeroGrad();
      const value = loss.call(model.call(images), labels);
      value.backward();
      optimizer.step();
      return value.item();
    }),
  );
  optimizer.zeroGrad();
  optimizer.dispose();
  return losses;
}

function predict(model: nn.Sequential, images: Tensor): Float32Array {
  model.eval();
  return scope(() => noGrad(() => model.call(images)).toTypedArray() as Float32Array);
}

/** A file written by one model and read by another must make it predict the very same numbers. */
function saveAndCheck(model: nn.Sequential, images: Tensor): Uint8Array {
  const file = saveSafetensors(model.stateDict());
  const restored = build();
  restored.loadStateDict(loadSafetensors(file));
  const [expected, got] = [predict(model, images), predict(restored, images)];
  if (!got.every((value, i) => value === expected[i])) throw new Error("the restored model predicts something else");
  return file;
}

async function sha256(...files: Uint8Array[]): Promise<string> {
  const bytes = Uint8Array.from(files.flatMap((file) => [...file]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The checkpoint of another runtime continued; or, where none was given, of this one, and the checkpoint after half the steps. */
async function continued(): Promise<{ readonly resumed: string; readonly half: string }> {
  if (half !== "") return { resumed: await sha256(resume(Uint8Array.from(half.split(","), Number))), half };
  const [first, whole] = bothHalves();
  return { resumed: await sha256(whole), half: String(first) };
}

/** Trains for a few steps on random images, saves, reads back and compares. */
export async function smoke(simd: Simd): Promise<Outcome> {
  await init({ simd });
  manualSeed(42);
  const gradient = scope(differentiate);
  const images = randn([13, 1, 11, 11]);
  const labels = randint(0, CLASSES, [13]);
  const model = build();
  const losses = train(model, images, labels);
  const hash = await sha256(gradient, saveAndCheck(model, images));
  return { losses, hash, ...(await continued()), memory: memory(), runtime: runtime() };
}
