// One step of training: forward, cross-entropy, backward, Adam.
import { batchOf, LEARNING_RATE, parametersOf } from "../../networks.mjs";
import { simdgrad } from "./library.mjs";
import { make } from "./make.mjs";

const parts = {
  conv: (inputs, outputs, kernel) => new simdgrad.nn.Conv2d(inputs, outputs, kernel),
  linear: (inputs, outputs) => new simdgrad.nn.Linear(inputs, outputs),
  relu: () => new simdgrad.nn.ReLU(),
  pool: () => new simdgrad.nn.MaxPool2d(2),
  flatten: () => new simdgrad.nn.Flatten(),
};

function build(layers) {
  const model = new simdgrad.nn.Sequential(...layers.map(([name, ...sizes]) => parts[name](...sizes)));
  for (const [i, layer] of layers.entries()) {
    const values = parametersOf(layer, i);
    const part = model.at(i);
    if (values) simdgrad.noGrad(() => [part.weight.copy_(make(values.weight)), part.bias.copy_(make(values.bias))]);
  }
  return model;
}

/** @param {import("../../networks.mjs").Training} work */
export function train(work) {
  const model = build(work.layers);
  const optimizer = new simdgrad.optim.Adam(model.parameters(), { lr: LEARNING_RATE });
  const criterion = new simdgrad.nn.CrossEntropyLoss();
  const batch = batchOf(work);
  const x = make(batch.x);
  const labels = simdgrad.tensor(batch.labels);
  return {
    run() {
      optimizer.zeroGrad();
      const loss = simdgrad.scope(() => criterion.call(model.call(x), labels));
      loss.backward();
      optimizer.step();
      return loss;
    },
  };
}
