// A training loop that leaks several frames deep: where a line below says so.
import { nn, noGrad, optim, randn } from "simdgrad";
import { keepAll, probe } from "./model.js";

const kept = [];

function remember(x) {
  kept.push(x.detach().mul(2)); // leaks
  kept.push(noGrad(() => probe.call(x))); // leaks
  keepAll(kept, x);
}

const observe = (x) => remember(x);

export function train(steps) {
  const [x, y, model] = [randn([8, 2]), randn([8, 1]), new nn.Linear(2, 1)];
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  for (let step = 0; step < steps; step++) {
    const out = model.call(x);
    const loss = nn.functional.mseLoss(out, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    observe(out);
  }
}
