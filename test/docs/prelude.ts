// What the examples of docstrings may use without making it: small values by the names that the documentation gives them.
import { Generator, nn, optim, type Tensor, tensor } from "simdgrad";
import { DataLoader, TensorDataset } from "simdgrad/data";
import { saveSafetensors } from "simdgrad/io";

/** Made anew for each example. */
export function given() {
  const generator = new Generator(1);
  const images = tensor(new Float32Array(4 * 3 * 8 * 8).fill(0.5), { shape: [4, 3, 8, 8] });
  const labels = tensor([0, 1, 1, 0], { dtype: "int32" });
  const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
  const dataset = new TensorDataset(
    tensor(
      Float32Array.from({ length: 12 }, (_, i) => i / 12),
      { shape: [4, 3] },
    ),
    labels,
  );
  const w = tensor(
    [
      [0.5, -1, 2],
      [1, 0, -0.5],
    ],
    { requiresGrad: true },
  );
  const loss: Tensor = w.square().sum();
  return {
    /** float32 [2, 3], and what was computed from it. */
    x: tensor([
      [0.5, -1, 2],
      [1, 0.25, -0.5],
    ]),
    y: w.mul(2),
    /** A weight [2, 3] that requires a gradient, its running average, and a loss that was computed from it. */
    w,
    weight: new nn.Parameter(
      tensor([
        [0.5, -1, 2],
        [1, 0, -0.5],
      ]),
    ),
    average: tensor([
      [0.5, -1, 2],
      [1, 0, -0.5],
    ]),
    loss,
    losses: [] as Tensor[],
    /** Images float32 [4, 3, 8, 8] with int32 classes [4] and the logits [4, 2] of a classifier. */
    images,
    labels,
    logits: tensor([
      [2, -1],
      [-1, 2],
      [0, 1],
      [1, 0],
    ]),
    predicted: tensor([0, 1, 0, 0], { dtype: "int32" }),
    /** A classifier of 3 features, its optimizer, four samples, and batches of them. */
    model,
    optimizer: new optim.Adam(model.parameters()),
    dataset,
    train: new DataLoader(dataset, { batchSize: 2 }),
    test: new DataLoader(dataset, { batchSize: 2 }),
    generator,
    /** The model's safetensors file. */
    bytes: saveSafetensors(model.stateDict()),
    /** A gzip file of nothing. */
    gzipped: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  };
}
