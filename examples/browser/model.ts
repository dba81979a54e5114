// The network of the page and of the Worker: small enough to train in seconds, and its file to ship with a site.
import { nn, type Tensor } from "simdgrad";
import { BRIGHTEST, SIDE } from "./ink.js";

/** Outputs of the body: what the head tells the digits apart by. */
export const FEATURES = 64;
export const DIGITS = 10;

/** Pixels of 0 to 16, 64 to a digit, as the network takes them: [N, 1, 8, 8] of 0 to 1. */
export function imagesOf(pixels: Tensor): Tensor {
  return pixels.reshape([-1, 1, SIDE, SIDE]).div(BRIGHTEST);
}

/** Images [N, 1, 8, 8] -> logits [N, 10]. The head stands alone, so that it can be trained alone. */
export class DigitNet extends nn.Module {
  readonly body = new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { padding: 1 }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Dropout(0.25),
    new nn.Linear(32 * 2 * 2, FEATURES),
    new nn.ReLU(),
  );
  readonly head = new nn.Linear(FEATURES, DIGITS);

  forward(images: Tensor): Tensor {
    return this.head.call(this.body.call(images));
  }
}
