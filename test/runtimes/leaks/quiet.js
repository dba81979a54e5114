// Loops that hold no more tensors after many steps than after a few, and that nothing warns of.
import { nn, optim, randn } from "simdgrad";

const STEPS = 600;
const bceLoss = new nn.BCEWithLogitsLoss();

/** The loop of the README, and nothing else. */
function regression() {
  const [x, y, model] = [randn([8, 2]), randn([8, 1]), new nn.Linear(2, 1)];
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  for (let step = 0; step < STEPS; step++) {
    const loss = nn.functional.mseLoss(model.call(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

/** Two optimizers that take turns. Between the steps of one, the other's graph comes and goes. */
function adversaries() {
  const [maker, critic, truth] = [new nn.Linear(2, 2), new nn.Linear(2, 1), randn([8, 2])];
  const [makerStep, criticStep] = [maker, critic].map((model) => new optim.Adam(model.parameters(), { lr: 0.01 }));
  const [ones, zeros] = [truth.sum({ dim: 1, keepdim: true }).mul(0).add(1), truth.sum({ dim: 1, keepdim: true }).mul(0)];
  for (let step = 0; step < STEPS; step++) {
    const noise = randn([8, 2]);
    const made = maker.call(noise);
    criticStep.zeroGrad();
    bceLoss
      .call(critic.call(truth), ones)
      .add(bceLoss.call(critic.call(made.detach()), zeros))
      .backward();
    criticStep.step();
    makerStep.zeroGrad();
    bceLoss.call(critic.call(made), ones).backward();
    makerStep.step();
    noise.dispose();
  }
}

/** What was seen is kept, up to so much. */
function replay(capacity) {
  const [y, model, seen] = [randn([1, 1]), new nn.Linear(2, 1), []];
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  for (let step = 0; step < 2 * STEPS; step++) {
    seen.push(randn([1, 2]));
    if (seen.length > capacity) seen.shift().dispose();
    const loss = nn.functional.mseLoss(model.call(seen[step % seen.length]), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

regression();
adversaries();
replay(400);
