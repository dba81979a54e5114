// What the Worker computes. Every function here runs from start to end without waiting, so two requests never see each
// other's tensors or scopes, and what it made is given back before it returns.
import { nn, noGrad, optim, scope, type Tensor, tensor } from "simdgrad";
import { loadSafetensors } from "simdgrad/io";
import { accuracy } from "simdgrad/metrics";
import { DIGITS, DigitNet, FEATURES, imagesOf } from "../../browser/model.js";
import type { Tuning } from "./input.js";

/** The answer to `POST /classify`. */
export interface Classified {
  readonly digit: number;
  readonly probabilities: readonly number[];
}

/** How well a head does on the samples. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** The answer to `POST /tune`. */
export interface Tuned {
  readonly samples: number;
  readonly before: Score;
  readonly after: Score;
}

/** The network with the weights of a safetensors file, to be evaluated only. */
export function readModel(file: Uint8Array): DigitNet {
  const model = new DigitNet();
  try {
    scope(() => model.loadStateDict(loadSafetensors(file)));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model.eval();
}

/** Which digit 64 pixels of 0 to 16 show. */
export function classify(model: DigitNet, pixels: Float32Array): Classified {
  const shares = scope(() => noGrad(() => model.call(imagesOf(tensor(pixels))).softmax(1)).toTypedArray());
  const probabilities = Array.from(shares);
  return { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities };
}

/** All samples as one batch: what the head is given, and the digits. */
function batchOf(model: DigitNet, samples: Tuning["samples"]): [features: Tensor, labels: Tensor] {
  const pixels = new Float32Array(samples.flatMap((sample) => Array.from(sample.pixels)));
  const features = noGrad(() => model.body.call(imagesOf(tensor(pixels))));
  return [features, tensor(Int32Array.from(samples, ({ digit }) => digit))];
}

function score(head: nn.Linear, features: Tensor, labels: Tensor): Score {
  return scope(() =>
    noGrad(() => {
      const logits = head.call(features);
      return { loss: nn.functional.crossEntropy(logits, labels).item(), accuracy: accuracy(logits, labels) };
    }),
  );
}

/** Trains a copy of the last layer on the samples. The model stays as it is. */
export function tune(model: DigitNet, { samples, steps, lr }: Tuning): Tuned {
  const head = new nn.Linear(FEATURES, DIGITS);
  const optimizer = new optim.Adam(head.parameters(), { lr });
  try {
    return scope(() => {
      head.loadStateDict(model.head.stateDict());
      const [features, labels] = batchOf(model, samples);
      const before = score(head, features, labels);
      for (let step = 0; step < steps; step++) {
        scope(() => {
          optimizer.zeroGrad();
          nn.functional.crossEntropy(head.call(features), labels).backward();
          optimizer.step();
        });
      }
      return { samples: samples.length, before, after: score(head, features, labels) };
    });
  } finally {
    optimizer.zeroGrad();
    optimizer.dispose();
    head.dispose();
  }
}
