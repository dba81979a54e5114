// Training as a generator: whoever holds it decides when the next batch runs. To pause is not to ask for more, so weights,
// optimizer, random numbers and the place in the epoch stay exactly where they are.
import { manualSeed, nn, noGrad, optim, scope, type Tensor } from "simdgrad";
import { DataLoader } from "simdgrad/data";
import { accuracy } from "simdgrad/metrics";
import type { Digits, Labelled } from "./dataset.js";
import type { DigitNet } from "./model.js";

/** How to train. */
export interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  /** Learning rate at the start; it falls to almost 0 along half a cosine. */
  readonly lr: number;
  /** Seed of order and dropout. */
  readonly seed: number;
}

/** Where training stands: after each batch, and once more after each epoch. Counts start at 1. */
export type Progress =
  | { type: "batch"; epoch: number; batch: number; batches: number; loss: number }
  | { type: "epoch"; epoch: number; epochs: number; loss: number; accuracy: number; heldBackLoss: number; heldBackAccuracy: number };

/** How good a model is. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

const score = (logits: Tensor, loss: Tensor, labels: Tensor): Score => ({ loss: loss.item(), accuracy: accuracy(logits, labels) });

/** Loss and accuracy on images the model does not learn from. */
export function evaluate(model: DigitNet, [images, labels]: Labelled): Score {
  model.eval();
  return scope(() =>
    noGrad(() => {
      const logits = model.call(images);
      return score(logits, nn.functional.crossEntropy(logits, labels), labels);
    }),
  );
}

/** One step down the gradient. The mode is set each time: between two batches the model may have been asked to classify. */
function learn(model: DigitNet, optimizer: optim.Adam, [images, labels]: Labelled): Score {
  model.train();
  return scope(() => {
    const logits = model.call(images);
    const loss = nn.functional.crossEntropy(logits, labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return score(logits, loss, labels);
  });
}

/**
 * Trains `model` from where it stands, one batch per `next()`.
 * Errors: when the loss is no longer finite.
 */
export function* training(model: DigitNet, { train, heldBack }: Digits, settings: Settings): Generator<Progress, void, void> {
  const { epochs, batchSize, lr, seed } = settings;
  manualSeed(seed);
  const loader = new DataLoader(train, { batchSize, shuffle: true, seed, dropLast: true });
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const batches = loader.length;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      optimizer.lr = (lr * (1 + Math.cos((Math.PI * (epoch - 1)) / epochs))) / 2;
      const sums = { loss: 0, accuracy: 0 };
      let batch = 0;
      for (const tensors of loader) {
        const { loss, accuracy } = learn(model, optimizer, tensors as Labelled);
        if (!Number.isFinite(loss)) throw new Error(`the loss became ${loss} in epoch ${epoch}; lower the learning rate`);
        sums.loss += loss;
        sums.accuracy += accuracy;
        yield { type: "batch", epoch, batch: ++batch, batches, loss };
      }
      const { loss: heldBackLoss, accuracy: heldBackAccuracy } = evaluate(model, heldBack);
      yield { type: "epoch", epoch, epochs, loss: sums.loss / batches, accuracy: sums.accuracy / batches, heldBackLoss, heldBackAccuracy };
    }
  } finally {
    optimizer.zeroGrad();
    optimizer.dispose();
  }
}
