// Whole training steps: forward, cross-entropy, backward and Adam on a batch of 64.
import { nn, optim, randint, randn, scope } from "simdgrad";
import type { Suite, Task } from "../suite.js";

const BATCH = 64;
const CLASSES = 10;

// A very small learning rate, at which the network does not learn its batch; if it did, the gradients would vanish.
const LEARNING_RATE = 1e-6;

function step(name: string, inputShape: readonly number[], layers: () => readonly nn.Module[]): Task {
  return {
    name,
    shape: [],
    setup: () => {
      const model = new nn.Sequential(...layers());
      const optimizer = new optim.Adam(model.parameters(), { lr: LEARNING_RATE });
      const criterion = new nn.CrossEntropyLoss();
      const x = randn([BATCH, ...inputShape]);
      const labels = randint(0, CLASSES, [BATCH]);
      return () => {
        optimizer.zeroGrad();
        const loss = scope(() => criterion.call(model.call(x), labels));
        loss.backward();
        optimizer.step();
        return loss;
      };
    },
  };
}

/** Dense layers of the given widths with ReLU between them. */
function mlp(...widths: readonly number[]): nn.Module[] {
  return widths.slice(1).flatMap((width, i) => {
    const layer = new nn.Linear(widths[i] as number, width);
    return i === 0 ? [layer] : [new nn.ReLU(), layer];
  });
}

/** The network of many MNIST tutorials: two convolutions without padding, 28x28 -> 24x24, halved by pooling. */
function cnn(): nn.Module[] {
  const convolutions = [new nn.Conv2d(1, 32, 3), new nn.ReLU(), new nn.Conv2d(32, 64, 3), new nn.ReLU(), new nn.MaxPool2d(2)];
  return [...convolutions, new nn.Flatten(), ...mlp(64 * 12 * 12, 128, CLASSES)];
}

export const training: Suite = {
  group: `training step, batch ${BATCH}`,
  time: "ms",
  rates: [],
  tasks: [
    step("MLP 784-128-10", [784], () => mlp(784, 128, CLASSES)),
    step("MLP 784-512-512-10", [784], () => mlp(784, 512, 512, CLASSES)),
    step("CNN conv32-conv64-pool-dense128, 28x28", [1, 28, 28], cnn),
  ],
};
