// One step of training: forward, cross-entropy, backward, Adam.
import { nn, noGrad, optim, scope, tensor } from "../../../../dist/index.js";
import { batchOf, LEARNING_RATE, parametersOf } from "../../networks.mjs";
import { make } from "./make.mjs";

const parts = {
  conv: (inputs, outputs, kernel) => new nn.Conv2d(inputs, outputs, kernel),
  linear: (inputs, outputs) => new nn.Linear(inputs, outputs),
  relu: () => new nn.ReLU(),
  pool: () => new nn.MaxPool2d(2),
  flatten: () => new nn.Flatten(),
};

function build(layers) {
  const model = new nn.Sequential(...layers.map(([name, ...sizes]) => parts[name](...sizes)));
  for (const [i, layer] of layers.entries()) {
    const values = parametersOf(layer, i);
    const part = model.at(i);
    if (values) noGrad(() => [part.weight.copy_(make(values.weight)), part.bias.copy_(make(values.bias))]);
  }
  return model;
}

/** @param {import("../../networks.mjs").Training} work */
export function train(work) {
  const model = build(work.layers);
  const optimizer = new optim.Adam(model.parameters(), { lr: LEARNING_RATE });
  const criterion = new nn.CrossEntropyLoss();
  const batch = batchOf(work);
  const x = make(batch.x);
  const labels = tensor(batch.labels);
  return {
    run() {
      optimizer.zeroGrad();
      const loss = scope(() => criterion.call(model.call(x), labels));
      loss.backward();
      optimizer.step();
      return loss;
    },
  };
}
