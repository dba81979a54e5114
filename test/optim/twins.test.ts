// Optimizers against float64 twins, written from the formulas of PyTorch's documentation, over several steps.
import { optim, type Tensor, tensor } from "simdgrad";
import { test } from "vitest";
import { randomValues } from "../assembly/harness.js";
import { expectClose } from "../support.js";

const STEPS = 6;
const SIZE = 9; // two vectors and a rest
const start = Array.from(randomValues(SIZE, 1, -1, 1));
const gradients = Array.from({ length: STEPS }, (_, step) => Array.from(randomValues(SIZE, 10 + step, -1, 1)));

/** One weight and its state, moved by one gradient after the other. */
type Twin = (weight: number, gradients: readonly number[]) => number;

function sgd({
  lr = 1e-3,
  momentum = 0,
  dampening = 0,
  weightDecay = 0,
  nesterov = false,
  maximize = false,
}: Partial<optim.SGDOptions>): Twin {
  return (start, gs) => {
    let [p, buffer] = [start, 0];
    gs.forEach((raw, step) => {
      let g = (maximize ? -raw : raw) + weightDecay * p;
      if (momentum !== 0) {
        buffer = step === 0 ? g : momentum * buffer + (1 - dampening) * g;
        g = nesterov ? g + momentum * buffer : buffer;
      }
      p -= lr * g;
    });
    return p;
  };
}

function adam(
  { lr = 1e-3, betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0, amsgrad = false, maximize = false }: Partial<optim.AdamOptions>,
  decoupled = false,
): Twin {
  return (start, gs) => {
    let [p, m, v, largest] = [start, 0, 0, 0];
    gs.forEach((raw, step) => {
      let g = maximize ? -raw : raw;
      if (decoupled) p -= lr * weightDecay * p;
      else g += weightDecay * p;
      m = b1 * m + (1 - b1) * g;
      v = b2 * v + (1 - b2) * g * g;
      largest = Math.max(largest, v);
      const root = Math.sqrt((amsgrad ? largest : v) / (1 - b2 ** (step + 1)));
      p -= (lr * (m / (1 - b1 ** (step + 1)))) / (root + eps);
    });
    return p;
  };
}

type Row = [name: string, make: (p: Tensor) => optim.SGD | optim.Adam | optim.AdamW, twin: Twin];

const sgdRows = [
  { lr: 0.1 },
  { lr: 0.1, weightDecay: 0.5 },
  { lr: 0.1, momentum: 0.9 },
  { lr: 0.1, momentum: 0.9, dampening: 0.3 },
  { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  { lr: 0.1, momentum: 0.5, maximize: true },
  { lr: 0 },
].map((options): Row => [`SGD ${JSON.stringify(options)}`, (p) => new optim.SGD([p], options), sgd(options)]);

const adamRows = [
  {},
  { lr: 0.1 },
  { lr: 0.1, betas: [0.5, 0.7] as const, eps: 1e-3 },
  { lr: 0.1, weightDecay: 0.3 },
  { lr: 0.1, betas: [0.9, 0.3] as const, amsgrad: true },
  { lr: 0.1, maximize: true },
  { lr: 0.1, betas: [0, 0] as const },
].flatMap((options): Row[] => [
  [`Adam ${JSON.stringify(options)}`, (p) => new optim.Adam([p], options), adam(options)],
  [`AdamW ${JSON.stringify(options)}`, (p) => new optim.AdamW([p], options), adam({ weightDecay: 0.01, ...options }, true)],
]);

test.each([...sgdRows, ...adamRows])("%s", (_, make, twin) => {
  const p = tensor(start, { requiresGrad: true });
  const optimizer = make(p);
  for (const g of gradients) {
    p.grad = tensor(g);
    optimizer.step();
  }
  expectClose(
    p,
    start.map((weight, i) =>
      twin(
        weight,
        gradients.map((g) => g[i] as number),
      ),
    ),
    2e-6,
  );
});
