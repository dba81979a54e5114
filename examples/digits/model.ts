// The two networks of the example.
import { nn } from "simdgrad";

/** Convolutions with batch normalisation, twice halved by pooling, then one dense layer. */
function cnn(size: number): nn.Sequential {
  const side = Math.floor(Math.floor(size / 2) / 2);
  return new nn.Sequential(
    new nn.Conv2d(1, 32, 3, { padding: 1 }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(32, 64, 3, { padding: 1 }),
    new nn.BatchNorm2d(64),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Dropout(0.4),
    new nn.Linear(64 * side * side, 64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  );
}

/** Two dense layers. */
function mlp(size: number): nn.Sequential {
  return new nn.Sequential(new nn.Flatten(), new nn.Linear(size * size, 128), new nn.ReLU(), new nn.Linear(128, 10));
}

/** Builds the network the options name, for square images. */
export function buildModel(name: "cnn" | "mlp", size: number): nn.Sequential {
  return name === "cnn" ? cnn(size) : mlp(size);
}
