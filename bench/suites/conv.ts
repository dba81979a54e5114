// Convolutions and both their gradients. N batch, C channels in, F filters, K kernel height and width, S height and width, G groups.
import { conv2d, randn, type Tensor } from "simdgrad";
import { gradientOf } from "../gradient.js";
import type { Suite, Task } from "../suite.js";

interface Layer {
  readonly K: number;
  readonly C: number;
  readonly F: number;
  readonly S: number;
  readonly N?: number;
  readonly stride?: number;
  readonly G?: number;
}

const LAYERS: readonly Layer[] = [
  { K: 3, C: 64, F: 64, S: 56 },
  { K: 3, C: 256, F: 256, S: 14 },
  { K: 3, C: 32, F: 64, S: 14, N: 64 },
  { K: 1, C: 64, F: 256, S: 56 },
  { K: 7, C: 3, F: 64, S: 224, stride: 2 },
  { K: 5, C: 1, F: 32, S: 28, N: 64 },
  { K: 3, C: 128, F: 128, S: 56, G: 128 },
];

function nameOf({ K, C, F, S, N = 1, stride = 1, G = 1 }: Layer): string {
  const channels = G === 1 ? `${C}->${F}` : `${C} depthwise`;
  return `${K}x${K} ${channels}, ${S}x${S}${stride > 1 ? `, stride ${stride}` : ""}${N > 1 ? `, batch ${N}` : ""}`;
}

/** The directions of a layer; each counts as many multiplications as the direct sum of the forward pass. */
function tasksOf(layer: Layer): Task[] {
  const { K, C, F, S, N = 1, stride = 1, G = 1 } = layer;
  const out = S / stride;
  const x = [N, C, S, S];
  const weight = [F, C / G, K, K];
  const conv = (image: Tensor, kernel: Tensor, options = {}): Tensor =>
    conv2d(image, kernel, null, { stride, padding: (K - 1) / 2, groups: G, ...options });
  const task = (direction: string, shape: readonly number[], setup: Task["setup"]): Task => ({
    name: `${nameOf(layer)}: ${direction}`,
    work: { "GFLOP/s": (2 * N * F * out * out * C * K * K) / G },
    shape,
    setup,
  });
  const forward = (direction: string, options: { fast?: boolean; packed?: boolean }): Task =>
    task(direction, [N, F, out, out], () => {
      const image = randn(x);
      const kernel = randn(weight);
      return () => conv(image, kernel, options);
    });
  const tiled = K === 3 && stride === 1 && G === 1;
  return [
    forward("forward", {}),
    ...(tiled ? [forward("filters packed", { packed: true }), forward("fast, filters packed", { fast: true, packed: true })] : []),
    task("input gradient", x, () => {
      const image = randn(x, { requiresGrad: true });
      return gradientOf(image, conv(image, randn(weight)));
    }),
    task("weight gradient", weight, () => {
      const kernel = randn(weight, { requiresGrad: true });
      return gradientOf(kernel, conv(randn(x), kernel));
    }),
  ];
}

export const conv: Suite = {
  group: "conv2d, padding K / 2",
  time: "ms",
  rates: ["GFLOP/s"],
  tasks: LAYERS.flatMap(tasksOf),
};
