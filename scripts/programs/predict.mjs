// An application that loads a trained model and predicts, to measure the size of its bundle.
import { noGrad, tensor } from "simdgrad";
import { loadSafetensors } from "simdgrad/io";
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "simdgrad/nn";

const model = new Sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(72, 10));

/** The class of an 8x8 image. `file` holds the weights. */
export function predict(file, pixels) {
  model.loadStateDict(loadSafetensors(file));
  return noGrad(() =>
    model
      .eval()
      .call(tensor(pixels).reshape([1, 1, 8, 8]))
      .argmax(1)
      .item(),
  );
}
